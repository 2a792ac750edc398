"""Names that mean something to every tool are not used for anything else.

`Page Viewed` and `Screen Viewed` are made out of page and screen calls on their way, and `Violation Generated` out of
violations: a track call of that name is counted twice. And `revenue`, `currency` and `value` are read by destinations as
an amount of money, its currency and a worth, so that text under `revenue` is dropped there or adds up to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.names import spec_events
from protocols.rules.rule import Finding
from protocols.rules.subject import Planned, Subject

EXAMPLE = """
events:
  Page Viewed: {}                           # ! say it under page
  Course Bought:
    properties:
      revenue: string                       # ! make it number, or give it another name
      currency: {type: string, nullable: true}
      discount: string
"""

EVENTS = {"Page Viewed": "say it under page", "Screen Viewed": "say it under screen", "Violation Generated": "take it out"}
PROPERTIES = {
    "revenue": ("number", "an amount of money"),
    "currency": ("string", "the code of a currency"),
    "value": ("number", "what an event is worth"),
}


def check(subject: Subject) -> Iterator[Finding]:
    for name in subject.names:
        if name.kind == "event" and name.name in EVENTS and not name.is_removed:
            yield Finding(name.at, f"{name.name} is made out of other calls on their way", EVENTS[name.name])
    for planned in subject.shapes:
        is_of_spec = planned.event is not None and planned.event.name in spec_events()  # for these another rule asks for all types
        is_own = planned.call == "track" and planned.kind == "property" and len(planned.path) == 2
        if is_own and planned.path[1] in PROPERTIES and not is_of_spec:
            yield from _typed(subject, planned)


def _typed(subject: Subject, planned: Planned) -> Iterator[Finding]:
    type, meaning = PROPERTIES[planned.path[1]]
    types = set(planned.shape.keywords.get("type", [type])) - {"null"}
    if types and not types & {type, "integer" if type == "number" else type}:
        at = subject.value_at(planned.shape.positions["type"])
        yield Finding(
            at,
            f"{planned.path[1]} is {' or '.join(sorted(types))}, and tools read it as {meaning}",
            f"make it {type}, or give it another name",
        )
