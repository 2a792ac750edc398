"""What the readers give: records, by themselves or in batches, and what went wrong with a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, NamedTuple, overload

import msgspec
from msgspec import UNSET

from protocols.errors import EventsError
from protocols.positions import Place
from protocols.problems import Problem


class Record(msgspec.Struct, frozen=True):
    """One event as it came in, or the reason why it could not be read.

    `raw` is the event's own JSON bytes, not yet parsed; they need not be valid JSON. `value` is for formats that have no
    such bytes: there it is the decoded event, elsewhere UNSET. With a `problem` both are absent. `batch_bytes` is the
    size in bytes of the batch body that begins with this record, None for every other record.
    """

    place: Place
    raw: bytes | None = None
    value: Any = UNSET
    problem: Problem | None = None
    batch_bytes: int | None = None

    def later(self, lines: int, records: int) -> Record:
        """The same record where so many lines and records of its file stand before what its place counts from."""
        place = self.place
        line = None if place.line is None else place.line + lines
        return Record(Place(place.file, line, place.record + records), self.raw, self.value, self.problem, self.batch_bytes)


class Lines(Sequence[bytes]):
    """Lines in one text, of which each is a record and begins with a brace. They are cut when one of them is asked for."""

    def __init__(self, text: bytes, count: int) -> None:
        self.text = text
        self._count = count
        self._cut: list[bytes] | None = None

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if self._cut is None:
            self._cut = BytesIO(self.text).readlines()
        return self._cut[index]

    def __len__(self) -> int:
        return self._count


class Batch(msgspec.Struct, frozen=True):
    """Records that follow each other in one file: `raws[i]` begins on line `lines[i]` and is record `first_record + i`.

    It may have its line end behind it.
    A line is None where lines mean nothing, as in a file of one line that holds many records. `batch_bytes` is the size in
    bytes of the batch body that these records came in, None where they came in none; such a batch may hold no record.
    Where some were left out, `numbers` has the records' own.
    """

    file: str
    first_record: int
    raws: Sequence[bytes]
    lines: Sequence[int | None]
    batch_bytes: int | None = None
    numbers: Sequence[int] | None = None

    def place(self, index: int) -> Place:
        """Where `raws[index]` stood."""
        return Place(self.file, self.lines[index], self.number(index))

    def number(self, index: int) -> int:
        """The number of `raws[index]` among the records of its file."""
        return self.first_record + index if self.numbers is None else self.numbers[index]

    def only(self, indices: Sequence[int]) -> Batch:
        """The batch without its other records."""
        if len(indices) == len(self.raws):
            return self
        return Batch(
            self.file,
            self.first_record,
            [self.raws[index] for index in indices],
            [self.lines[index] for index in indices],
            self.batch_bytes,
            [self.number(index) for index in indices],
        )

    def later(self, lines: int, records: int) -> Batch:
        """The same batch where so many lines and records of its file stand before what it counts from."""
        moved = range(self.lines.start + lines, self.lines.stop + lines) if isinstance(self.lines, range) else _moved(self.lines, lines)
        numbers = self.numbers if self.numbers is None else [number + records for number in self.numbers]
        return Batch(self.file, self.first_record + records, self.raws, moved, self.batch_bytes, numbers)

    def records(self) -> Iterator[Record]:
        """The records one by one; the first carries `batch_bytes`."""
        for index, raw in enumerate(self.raws):
            yield Record(self.place(index), raw.rstrip(b"\r\n"), batch_bytes=None if index else self.batch_bytes)


def _moved(lines: Sequence[int | None], more: int) -> list[int | None]:
    return [None if line is None else line + more for line in lines]


class Fault(msgspec.Struct, frozen=True):
    """Something of a file that could not be read, so that events may be missing: an I/O fault, an archive cut short.

    Reading goes on behind it where it can. `line` counts from 1 and is None where the whole file is meant.
    """

    file: str
    line: int | None
    message: str

    def error(self) -> EventsError:
        """The same as an exception, for callers that stop at the first fault."""
        return EventsError(self.message, self.file, self.line)

    def __str__(self) -> str:
        return str(self.error())


class Done(msgspec.Struct, frozen=True):
    """The end of one file, or of a slice: how many records it gave, unreadable ones among them, and its size in bytes on disk.

    `lines` is the number of its line ends, counted where a slice of the same file may follow.
    """

    file: str
    records: int
    bytes: int
    lines: int = 0


class Source(NamedTuple):
    """One file to read: its name in messages, its path (None for standard input), its size in bytes where that is known."""

    name: str
    path: str | None
    size: int | None
