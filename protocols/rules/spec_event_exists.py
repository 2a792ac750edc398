"""What the public spec has a name for goes by that name.

Tools know `Order Completed`: they draw funnels, count revenue and feed ads from it without being told. `Purchase Made` says
the same and is a custom event to all of them. Names are compared by what their words mean, which is a guess: where something
else happened, an ignore comment says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols import names
from protocols.rules.naming import own_names, stems
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Signed Up: {}
  User Bought Product: {}                   # ! name it Order Completed if that is what happened
  Invoice Printed: {}
"""


def check(subject: Subject) -> Iterator[Finding]:
    agreed = subject.plan.naming.get("events")
    for name in own_names(subject, "event"):
        known = names.spec_event(name.name)
        if known is None:
            continue
        is_as_agreed = agreed is not None and names.fold(known) == names.fold(name.name)
        is_duplicate = known in subject.plan.events and stems(known) == stems(name.name)
        if not is_as_agreed and not is_duplicate:
            hint = f"name it {known} if that is what happened"
            yield Finding(name.at, f"{quoted_if_odd(name.name)} sounds like {known} in the spec", hint)
