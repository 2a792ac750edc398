r"""A pattern is one that other engines can read.

Patterns mean what ECMA-262 says. The schemas that are compiled from a plan are also read in Python and, through RE2, in Go,
BigQuery and others, which do not know all of it. The rule finds what these refuse; it says nothing of what differs beyond
ASCII alone (`\d`, `\w`, `\s` and `\b` there), or at a line end behind `$`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted

EXAMPLE = r"""
events:
  Code Used:
    properties:
      code: {type: string, pattern: '^\d{4}-\w+$'}
      name: {type: string, pattern: '^\p{L}+$'}              # ! list the letters
      mark: {type: string, pattern: '^\u2713$'}              # ! write the character itself
      text: {type: string, pattern: '^.{1,2000}$'}           # ! write maxLength
      year: {type: string, pattern: '^(?<year>[0-9]{4})'}    # ! write ( without a name
"""

_PARTS = re.compile(r"\\u\{[^}]*\}|\\.|\(\?<|\{[0-9]+(?:,[0-9]*)?\}", re.DOTALL)
_FOREIGN = (
    (re.compile(r"\\[pP]"), r"Python does not know `\p`", "list the letters"),
    (re.compile(r"\\u"), r"RE2 does not know `\u`", "write the character itself"),
    (re.compile(r"\\c"), r"Python and RE2 do not know `\c`", "write the character by its code, as in `\\x0a`"),
    (re.compile(r"\(\?<"), "Python writes names of groups in another way", "write ( without a name"),
)
_MOST_TIMES = 1000


def check(subject: Subject) -> Iterator[Finding]:
    for planned in subject.all_shapes:
        pattern = planned.shape.keywords.get("pattern", "")
        for reason, hint in _reasons(pattern):
            at = subject.value_at(planned.shape.positions["pattern"])
            yield Finding(at, f"the pattern {quoted(pattern)} cannot be read everywhere: {reason}", hint)


def _reasons(pattern: str) -> Iterator[tuple[str, str]]:
    """Why another engine refuses the pattern, once for each reason."""
    parts = _PARTS.findall(pattern)
    for sign, reason, hint in _FOREIGN:
        if any(map(sign.match, parts)):
            yield reason, hint
    counts = [int(number) for part in parts if part.startswith("{") for number in re.findall("[0-9]+", part)]
    if max(counts, default=0) > _MOST_TIMES:
        yield f"RE2 counts to {_MOST_TIMES:,}", "write maxLength"
