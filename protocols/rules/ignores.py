"""Comments that silence findings: `# protocols: ignore[rule, other-rule] -- reason`.

A comment silences these rules in what begins on its line, to the end of that: a key with its whole value, an item of a
list. A comment on a line of its own does so for the next line that holds something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from protocols.positions import Position
from protocols.rules.layout import Layout

_COMMENT = re.compile(r"#[ \t]*protocols:[ \t]*ignore\b(?:[ \t]*\[(?P<rules>[^\]\r\n]*)\])?")
_RULE = re.compile(r"[^,\s](?:[^,]*[^,\s])?")
FAMILY = "lint/"


class Ignore(NamedTuple):
    """One rule that a comment names, and the lines of the file in which it is silent.

    `at` is where the rule is named. `rule` is empty where the comment names none.
    """

    at: Position
    rule: str
    first: int
    last: int


def ignores_in(text: str, file: str) -> Iterator[Ignore]:
    """Every rule that the comments of a file silence, in the order they stand in."""
    text = text.removeprefix("\ufeff")
    found = list(_COMMENT.finditer(text))
    layout = Layout(text)
    for comment in found:
        if layout.is_comment(comment.start()):
            yield from _ignores(layout, comment, file)


def _ignores(layout: Layout, comment: re.Match[str], file: str) -> Iterator[Ignore]:
    line = _spoken_of(layout, comment.start())
    last = layout.last_lines.get(line, line)
    listed, begin = comment["rules"] or "", comment.start("rules")
    rules = [(rule[0], begin + rule.start()) for rule in _RULE.finditer(listed)] or [("", comment.start())]
    for rule, offset in rules:
        yield Ignore(Position(file, *layout.place(offset)), rule.removeprefix(FAMILY), line, last)


def _spoken_of(layout: Layout, offset: int) -> int:
    """The line that a comment is about: its own, or the next that holds something where it stands alone."""
    line, column = layout.place(offset)
    if _holds_something(layout.line(line)[: column - 1]):
        return line
    below = range(line + 1, len(layout.starts) + 1)
    return next((number for number in below if _holds_something(layout.line(number))), line)


def _holds_something(text: str) -> bool:
    return not text.lstrip().startswith("#") and not text.isspace() and text != ""


def silencing(ignores: Sequence[Ignore], rule: str, at: Position) -> Ignore | None:
    """The comment that silences a finding of this rule at this place, the last one that does where there are several."""
    return next(
        (
            ignore
            for ignore in reversed(ignores)
            if ignore.rule == rule and ignore.at.file == at.file and ignore.first <= at.line <= ignore.last
        ),
        None,
    )
