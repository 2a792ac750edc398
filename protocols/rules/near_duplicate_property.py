"""One property is spelled in one way throughout a plan.

`spaceId` in one event and `space_id` in another are two columns with half of the values each. The rule compares names
without their case and separators, tells at the spelling that fewer events have, and says nothing where one object lists
both spellings on purpose, of deprecated properties, and of names that `property-name-case` speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from protocols.names import fold, is_written_in
from protocols.positions import Position
from protocols.rules.naming import own_names
from protocols.rules.rule import Finding, seen_from
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Space Opened: {properties: {space_id: string}}
  Space Closed: {properties: {space_id: string}}
  Space Deleted:
    properties:
      spaceId: string                       # ! write space_id here too
  Space Renamed: {properties: {newName: string, new_name: string}}
"""


def check(subject: Subject) -> Iterator[Finding]:
    spellings: dict[str, dict[str, list[Position]]] = {}
    for planned in subject.shapes:
        name = planned.path[-1]
        if planned.kind == "property" and len(planned.path) > 1 and planned.shape.status != "deprecated" and _is_compared(subject, name):
            spellings.setdefault(fold(name), {}).setdefault(name, []).append(planned.shape.position)
    for own in own_names(subject, "property"):
        places = spellings.get(fold(own.name), {}) if fold(own.name) else {}
        usual = max(places, key=lambda spelling: len(places[spelling]), default=own.name)
        is_on_purpose = any(usual in siblings for siblings in subject.siblings.get(own.name, ()))
        if own.name in places and own.name != usual and not is_on_purpose:
            first = places[usual][0]
            where = seen_from(own.at, first)
            yield Finding(own.at, f"{quoted_if_odd(own.name)} is written {quoted_if_odd(usual)} in {where}", f"write {usual} here too")


def _is_compared(subject: Subject, name: str) -> bool:
    """Whether a name is written as the plan agrees; where it is not, another rule says so. `$path` is no spelling of `path`."""
    if not re.fullmatch(r"[\w -]+", name):
        return False
    agreed = subject.plan.naming.get("properties")
    return agreed is None or not agreed.cases or any(is_written_in(name, case) for case in agreed.cases)
