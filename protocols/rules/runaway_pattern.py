"""A pattern can be checked in a time that does not explode.

This tool matches in linear time, but the schemas it compiles are read by validators that try one way after another: in
Python, JavaScript, Java or Ruby `^(a+)+$` takes twice as long with each letter of a text that does not match, and thirty
letters stall a server. The rule finds repeats that can cut one text in two ways.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.patterns import runs_away
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted

EXAMPLE = r"""
events:
  Page Viewed By Robot:
    properties:
      path: {type: string, pattern: "^(/[a-z]+)*$"}
      words: {type: string, pattern: "^([a-z]+ ?)*$"}        # ! let each repeat begin or end with a character of its own
"""


def check(subject: Subject) -> Iterator[Finding]:
    for planned in subject.all_shapes:
        pattern = planned.shape.keywords.get("pattern")
        if pattern and runs_away(pattern):
            message = f"the pattern {quoted(pattern)} can take time without end in other engines"
            yield Finding(
                subject.value_at(planned.shape.positions["pattern"]), message, "let each repeat begin or end with a character of its own"
            )
