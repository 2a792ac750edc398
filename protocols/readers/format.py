"""The forms that members of the tables have: a place to look for files, a compression, a format, and what a format cuts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from protocols.readers.record import Fault, Source
from protocols.readers.stream import Stream

MOST_BYTES = 256 * 1024 * 1024
"""The largest record that is read; a larger one is a problem and is passed over without being held."""


ENDS = b"\r\n"
"""What a text that is a line may have behind it."""


class Texts(NamedTuple):
    """Texts of one JSON value each, not parsed, and the line where each begins, None for the items of an array on the file's only line.

    A text that is a line may still have its line end behind it. With `arrays` some of them may be arrays of events, with
    `bodies` batch bodies.
    """

    raws: Sequence[bytes]
    lines: Sequence[int | None]
    arrays: bool = False
    bodies: bool = False


class Oversized(NamedTuple):
    """A record of more than `MOST_BYTES`, and the line where it begins."""

    line: int


Cut = Texts | Oversized | Fault


class Format(NamedTuple):
    """A way to write events one after the other. `recognises` is asked about the stream's head; `cut` reads the stream."""

    meaning: str
    recognises: Callable[[Stream], bool]
    cut: Callable[[Stream, int], Iterator[Cut]]


class Compression(NamedTuple):
    """`magic` is how such a file begins, or all the ways in which it may.

    `unpack` raises EventsError, after the last block it could give, where the archive is damaged.
    """

    magic: bytes | tuple[bytes, ...]
    suffix: str
    unpack: Callable[[Iterator[bytes]], Iterator[bytes]]


class Location(NamedTuple):
    """A way to say where events are. `find` gives the files that `text` stands for, or raises EventsError with the likely cause."""

    meaning: str
    fits: Callable[[str], bool]
    find: Callable[[str], Iterable[Source | Fault]]
