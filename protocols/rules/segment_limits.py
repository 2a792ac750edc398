"""A plan stays within what Segment takes.

The schema page of a source shows 4,000 events, and 300 properties of an event or traits of a user, nested ones counted
too; of an event with more, Unify drops what is above, and an identify call with 300 traits or more is refused. A plan that
is uploaded as a file may have fewer than 2,000 rules.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.rule import Finding
from protocols.rules.subject import Planned, Subject
from protocols.violations import counted

MOST_EVENTS = 1999
MOST_PROPERTIES = 300
MOST_TRAITS = 299

EXAMPLE = f"""
identify:
  traits:                                   # ! plan at most 299
    {{
      {", ".join(f"t{number}: string" for number in range(100))},
      {", ".join(f"t{number}: string" for number in range(100, 200))},
      {", ".join(f"t{number}: string" for number in range(200, MOST_TRAITS + 1))},
    }}
"""


def check(subject: Subject) -> Iterator[Finding]:
    ours = [event for event in subject.plan.events.values() if subject.is_ours(event.position)]
    if len(subject.plan.events) > MOST_EVENTS and ours:
        message = f"there should be at most {MOST_EVENTS:,} events, got {len(subject.plan.events):,}"
        yield Finding(ours[-1].position, message, "split the plan")
    for planned in subject.shapes:
        if len(planned.path) == 1 and planned.kind != "context":
            yield from _members(subject, planned)


def _members(subject: Subject, planned: Planned) -> Iterator[Finding]:
    is_identify = planned.call == "identify"
    most, noun = (MOST_TRAITS, "trait") if is_identify else (MOST_PROPERTIES, "property" if planned.kind == "property" else "trait")
    number = _members_within(planned)
    if number > most:
        at = planned.shape.positions.get("properties", planned.shape.position)
        yield Finding(at, f"there should be at most {counted(most, noun)}, nested ones too, got {number}", f"plan at most {most}")


def _members_within(planned: Planned) -> int:
    """How many members a shape has, those of its members too; items of an array count once."""
    waiting, number = [planned.shape], 0
    while waiting:
        shape = waiting.pop()
        members = list((shape.properties or {}).values())
        number += len(members)
        waiting += [*members, *([shape.items] if shape.items is not None else [])]
    return number
