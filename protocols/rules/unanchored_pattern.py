"""A pattern that lists values takes these values and nothing around them.

A pattern is found anywhere in the text: `fall|winter` also takes `rainfall` and `winter sale`. And in `^fall|winter$` the
signs bind to their own branch alone. Write an `enum`, or brackets and both signs around all of it: `^(fall|winter)$`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted

EXAMPLE = """
events:
  Season Chosen:
    properties:
      season: {type: string, pattern: "fall|winter"}         # ! write enum: [fall, winter]
      next: {type: string, pattern: "^fall|winter$"}         # ! write "^(fall|winter)$"
      last: {type: string, pattern: "^(fall|winter)$"}
      code: {type: string, pattern: "^AB-"}
      word: {type: string, pattern: "fall"}
"""

_LISTED = re.compile(r"[\w ,-]+(?:\|[\w ,-]+)+")


def check(subject: Subject) -> Iterator[Finding]:
    for planned in subject.all_shapes:
        pattern = planned.shape.keywords.get("pattern", "")
        hint = _hint(pattern)
        if hint:
            at = subject.value_at(planned.shape.positions["pattern"])
            yield Finding(at, f"the pattern {quoted(pattern)} takes more than the values it lists", hint)


def _hint(pattern: str) -> str | None:
    if _LISTED.fullmatch(pattern):
        return f"write enum: [{', '.join(value.strip() for value in pattern.split('|'))}]"
    inner = pattern[1:-1]
    is_half_tied = pattern.startswith("^") and pattern.endswith("$") and _LISTED.fullmatch(inner)
    return f'write "^({inner})$"' if is_half_tied else None
