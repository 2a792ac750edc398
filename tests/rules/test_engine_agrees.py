"""What lint says of a name that is planned, the engine says of one that is not: people see one sentence."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from linted import found
from said import said

from protocols.names import CASES, spec_event
from protocols.violations import quoted

NAMES = st.one_of(
    st.sampled_from(
        ["orderWrapped", "order_wrapped", "iOS Lamp Wrapped", "2FA Wrapped", "ÉTÉ", "a", "-", "A B-C", "wrap lamp", "Lamp 123456 Wrapped"]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12),
)
RULES = ("event-name-case", "event-name-order", "dynamic-name")
ORDERS = st.sampled_from(["", ", order: object-action"])


@given(NAMES.filter(lambda name: spec_event(name) is None), st.sampled_from(list(CASES)), ORDERS)
@example("wrap lamp 123456", "title", ", order: object-action")
@settings(max_examples=200, deadline=None)
def test_event_names(name, case, order):
    head = f"naming: {{events: {{case: {case}{order}}}}}\n"
    event = {"type": "track", "event": name, "userId": "u"}
    engine = [line.partition(" /event: ")[2] for line in said(head, event) if " naming/" in line]
    planned = found(f"{head}events: {{{quoted(name)}: {{}}}}", *RULES)
    assert sorted(line.split(" ", 2)[2].rpartition(" [")[0] for line in planned) == sorted(engine)
