"""One property is spelled in one way throughout a plan.

`spaceId` in one event and `space_id` in another are two columns with half of the values each. The rule compares names
without their case and separators, tells at the spelling that fewer events have, and says nothing where one object lists
both spellings on purpose, of deprecated properties, and of names that `property-name-case` speaks of.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.names import fold, is_written_in
from protocols.positions import Position
from protocols.rules.naming import is_deprecated
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.rules.written import Name
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
        if planned.kind == "property" and len(planned.path) > 1 and planned.shape.status != "deprecated":
            places = spellings.setdefault(fold(planned.path[-1]), {})
            places.setdefault(planned.path[-1], []).append(planned.shape.position)
    for name in subject.names:
        places = spellings.get(fold(name.name), {}) if name.kind == "property" and fold(name.name) else {}
        usual = max(places, key=lambda spelling: len(places[spelling]), default=name.name)
        if name.name != usual and _counts(subject, name, usual):
            first = places[usual][0]
            where = f"line {first.line}" if first.file == name.at.file else f"{first.file}:{first.line}"
            yield Finding(name.at, f"{quoted_if_odd(name.name)} is written {quoted_if_odd(usual)} in {where}", f"write {usual} here too")


def _counts(subject: Subject, name: Name, better: str) -> bool:
    """Whether a spelling is worth a word: not on purpose, not on its way out, not said by another rule."""
    if name.is_removed or ("property", name.name) in subject.bundled_names or is_deprecated(subject, name):
        return False
    if any(better in siblings for siblings in subject.siblings.get(name.name, ())):
        return False
    agreed = subject.plan.naming.get("properties")
    return agreed is None or not agreed.cases or any(is_written_in(name.name, case) for case in agreed.cases)
