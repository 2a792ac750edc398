"""One property is spelled in one way throughout a plan.

`spaceId` in one event and `space_id` in another are two columns with half of the values each. The rule compares names
without their case and separators, tells at the spelling that fewer events have, and says nothing where one object lists
both spellings on purpose, of deprecated properties, and of names that `property-name-case` speaks of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from protocols.names import fold, is_written_in
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
      spaceId: string                       # ! write space_id, as elsewhere
  Space Renamed: {properties: {newName: string, new_name: string}}
"""


def check(subject: Subject) -> Iterator[Finding]:
    spellings: dict[str, Counter[str]] = {}
    for planned in subject.shapes:
        if planned.kind == "property" and len(planned.path) > 1 and planned.shape.status != "deprecated":
            spellings.setdefault(fold(planned.path[-1]), Counter())[planned.path[-1]] += 1
    usual = {name: counts.most_common(1)[0][0] for folded, counts in spellings.items() if folded and len(counts) > 1 for name in counts}
    for name in subject.names:
        better = usual.get(name.name, name.name)
        if name.kind == "property" and name.name != better and _counts(subject, name, better):
            yield Finding(name.at, f"{quoted_if_odd(name.name)} is {quoted_if_odd(better)} in most places", f"write {better}, as elsewhere")


def _counts(subject: Subject, name: Name, better: str) -> bool:
    """Whether a spelling is worth a word: not on purpose, not on its way out, not said by another rule."""
    if name.is_removed or ("property", name.name) in subject.bundled_names or is_deprecated(subject, name):
        return False
    if any(better in siblings for siblings in subject.siblings.get(name.name, ())):
        return False
    agreed = subject.plan.naming.get("properties")
    return agreed is None or not agreed.cases or any(is_written_in(name.name, case) for case in agreed.cases)
