"""Where things begin and end in the text of a plan file, which the tree does not keep.

Offsets count characters of the text without its byte order mark; lines and columns are those of positions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from protocols.plan.nodes import events

_BREAK = re.compile(r"\r\n|\n|\r")


class Scalar(NamedTuple):
    """A scalar as it stands: from `start` up to `end`. `style` is its quote, `|` or `>`, or None where it is plain."""

    start: int
    end: int
    style: str | None
    value: str


@dataclass(frozen=True)
class Layout:
    """A text that is YAML."""

    text: str

    @cached_property
    def starts(self) -> list[int]:
        """Offset of every line's first character."""
        return [0, *(found.end() for found in _BREAK.finditer(self.text))]

    def line(self, number: int) -> str:
        """The text of a line, its end included."""
        end = self.starts[number] if number < len(self.starts) else None
        return self.text[self.starts[number - 1] : end]

    def offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column - 1

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    @cached_property
    def scalars(self) -> dict[int, Scalar]:
        """Every scalar by its offset."""
        return {event.start_mark.index: _scalar(event) for event in events(self.text) if _is(event, "ScalarEvent")}

    def is_comment(self, offset: int) -> bool:
        """Whether the `#` at this offset begins a comment, or stands in one, rather than in a text."""
        return not any(scalar.start <= offset < scalar.end for scalar in self._bodies)

    @cached_property
    def _bodies(self) -> list[Scalar]:
        """The scalars, block scalars without the line that holds their `|` or `>`."""
        return [
            scalar._replace(start=self.starts[self.place(scalar.start)[0]]) if scalar.style in ("|", ">") else scalar
            for scalar in self.scalars.values()
        ]

    @cached_property
    def last_lines(self) -> dict[int, int]:
        """Line -> the last line of what begins on it: the value of a key, or an item of a list."""
        last: dict[int, int] = {}
        for first, end in self._extents():
            last[first] = max(end, last.get(first, first))
        return last

    def _extents(self) -> Iterator[tuple[int, int]]:
        """First and last line of every key with its value, and of every item."""
        stack: list[_Open] = []
        for event in events(self.text):
            kind = type(event).__name__
            if kind in ("MappingStartEvent", "SequenceStartEvent"):
                line = self._line(event.start_mark)
                stack.append(_Open(kind == "MappingStartEvent", bool(event.flow_style), line, line))
                continue
            if kind in ("ScalarEvent", "AliasEvent"):
                first, end = self._line(event.start_mark), self._last_line(event)
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                closed = stack.pop()
                first = closed.first
                end = self._line(event.end_mark) if closed.is_flow else closed.last
            else:
                continue
            if not stack:
                continue
            around = stack[-1]
            around.last = max(around.last, end)
            if around.is_map and around.key is None:
                around.key = first
                continue
            yield (first if around.key is None else around.key), end
            around.key = None

    def _line(self, mark: Any) -> int:
        return self.place(mark.index)[0]

    def _last_line(self, event: Any) -> int:
        start, end = event.start_mark.index, event.end_mark.index
        return self.place(start + len(self.text[start:end].rstrip()))[0]


@dataclass(slots=True)
class _Open:
    """A mapping or list that is not closed yet; `key` is the line of a key that waits for its value."""

    is_map: bool
    is_flow: bool
    first: int
    last: int
    key: int | None = None


def _is(event: Any, kind: str) -> bool:
    return type(event).__name__ == kind


def _scalar(event: Any) -> Scalar:
    return Scalar(event.start_mark.index, event.end_mark.index, event.style or None, event.value)
