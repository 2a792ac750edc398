"""The values of an enum can be told apart, and hold no blanks that nobody sees.

`"gold "` is not `gold`: whoever copies the value without its blank sends a violation. Two values that are equal, or differ
only in case, are mostly one value written twice; events then hold both, and every chart has two bars.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted

EXAMPLE = """
events:
  Plan Changed:
    properties:
      from: {enum: [free, basic, gold]}
      to: {enum: [free, basic, "gold "]}    # ! take the blanks out
      by: {enum: [user, admin, User]}       # ! keep one of the two
      at: {enum: [1, 2, 2]}                 # ! keep one of the two
"""


def check(subject: Subject) -> Iterator[Finding]:
    for planned in subject.all_shapes:
        for number, message, hint in _faults(planned.shape.keywords.get("enum", ())):
            yield Finding(subject.item_at(planned.shape.positions["enum"], number), message, hint)


def _faults(values: list[Any]) -> Iterator[tuple[int, str, str]]:
    """The number of a value from 0, what is wrong with it and what to do."""
    seen: dict[str, Any] = {}
    for number, value in enumerate(values):
        if isinstance(value, str) and value != value.strip():
            yield number, f"the value {quoted(value)} begins or ends in a blank", "take the blanks out"
        key = json.dumps(value.strip().casefold() if isinstance(value, str) else value, sort_keys=True)
        if key not in seen:
            seen[key] = value
        elif seen[key] == value:
            yield number, f"the value {_said(value)} stands there twice", "keep one of the two"
        else:
            yield number, f"the values {_said(seen[key])} and {_said(value)} are nearly the same", "keep one of the two"


def _said(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else json.dumps(value)[:60]
