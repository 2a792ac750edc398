"""No two events have nearly the same name.

`Order Completed`, `Completed Order` and `Orders Complete` are one thing that people did, counted in three places, and
whoever reads a chart of one of them is wrong without knowing. Names count as nearly the same when they differ in case,
in separators, in the form of a word (`Complete`, `Completed`), or in the order of their two words. Deprecated events are
left alone: they are there to be told apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.names import is_written_in, spec_events
from protocols.plan.model import Event, Naming
from protocols.rules.naming import stems
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Order Completed: {}
  Completed Order: {status: deprecated, replaced_by: Order Completed}
  order_completed: {}          # ! keep one, and deprecate the other: status: deprecated, replaced_by: Order Completed
  Cart Viewed: {}
  View Cart: {}                # ! keep one, and deprecate the other: status: deprecated, replaced_by: Cart Viewed
"""


def check(subject: Subject) -> Iterator[Finding]:
    first: dict[tuple[str, ...], Event] = {}
    for event in sorted(subject.plan.events.values(), key=lambda event: _claim(subject, event)):
        key = stems(event.name)
        if event.status == "deprecated" or not key:
            continue
        known = first.setdefault(key, event)
        if known is not event:
            name = quoted_if_odd(known.name)
            hint = f"keep one, and deprecate the other: status: deprecated, replaced_by: {name}"
            yield Finding(event.position, f"{quoted_if_odd(event.name)} is nearly the same name as {name}", hint)


def _claim(subject: Subject, event: Event) -> tuple[bool, ...]:
    """Which of two names is rather the one to keep: one that is not ours to change, one of the spec, one written as agreed."""
    agreed = subject.plan.naming.get("events", Naming())
    is_as_agreed = not agreed.cases or any(is_written_in(event.name, case) for case in agreed.cases)
    return (subject.is_ours(event.position), event.name not in spec_events(), not is_as_agreed)
