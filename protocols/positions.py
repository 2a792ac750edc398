"""Where something stands in a file."""

from __future__ import annotations

import msgspec


class Position(msgspec.Struct, frozen=True, order=True, gc=False):
    """A place in a text file: `line` and `column` count from 1, `column` in characters."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """Read back what `str()` wrote; the file's name may hold colons."""
        file, line, column = text.rsplit(":", 2)
        return cls(file, int(line), int(column))


class Place(msgspec.Struct, frozen=True):
    """Where a record stood in the input.

    `line` is the line of the file where the record begins and `record` its number in the file, both from 1;
    `line` is None where lines mean nothing, as inside a one-line batch body.
    """

    file: str
    line: int | None
    record: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line is not None else f"{self.file}#{self.record}"
