"""What lint says of a name that is planned, the engine says of one that is not: people see one sentence."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from linted import found
from said import said

from protocols.names import CASES
from protocols.violations import quoted

NAMES = st.one_of(
    st.sampled_from(["Order Completed", "orderCompleted", "order_completed", "iOS App Opened", "2FA Used", "ÉTÉ", "a", "-", "A B-C"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12),
)


@given(NAMES, st.sampled_from(list(CASES)))
@settings(max_examples=150, deadline=None)
def test_event_names(name, case):
    head = f"naming: {{events: {{case: {case}}}}}\n"
    event = {"type": "track", "event": name, "userId": "u"}
    engine = [line.partition(": ")[2] for line in said(head, event) if " naming/event-name-case " in line]
    planned = found(f"{head}events: {{{quoted(name)}: {{}}}}", "event-name-case")
    assert [line.partition(" warning ")[2].rpartition(" [")[0] for line in planned] == engine
