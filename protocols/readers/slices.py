"""Files in slices: parts that can be read apart from each other, in other processes too.

Lines stand in a grid of fixed size: slice `k` has the lines that begin in its bytes, and reads the last of them to its
end. So the cut depends on the file alone, never on how many read it, and nobody has to look for the borders beforehand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

from protocols.errors import EventsError
from protocols.readers.format import Format
from protocols.readers.record import Source
from protocols.readers.stream import Stream

SLICE = 8 * 1024 * 1024
"""Bytes of a slice, at least. What a slice costs beside its lines is near 1 ms, most of it for its different faults."""

_MOST = 8 * SLICE
_SLICES = 32
"""How many slices make up a large input: enough to keep many processes busy to the end."""


def slice_size(total: int) -> int:
    """The bytes of a slice of an input with so many bytes."""
    return min(max(SLICE, total // _SLICES), _MOST)


BLOCK = 1024 * 1024
"""Bytes read at once: what is done once a block is then a small part of it, and a block still fits into the cache of a core."""


def keep_memory() -> None:
    """Have the C library keep the memory of blocks for the next ones, where it is glibc.

    It gives large pieces back to the system at once, which has to clear them again: 0.4 s for a million events. The size of the
    largest piece that it was ever given back is what it takes for large from then on.
    """
    bytes(4 * BLOCK)  # is never touched, so it takes no memory


_REST = 64 * 1024  # how much is read at once to find the end of a slice's last line


class Slice(NamedTuple):
    """A part of one file, to be read by whoever gets it; it can be pickled.

    With `end` None it is the whole file, in any format and packed or not. Otherwise it is the lines that begin in the
    bytes from `start` up to `end`; in the last slice, up to the end of the file, which may have grown. `inode` tells
    whether it is still the same file. With `text` the lines have been read already, because their input cannot be
    opened twice; `fault` says why there are no more of them.
    """

    source: Source
    start: int = 0
    end: int | None = None
    inode: tuple[int, int] | None = None
    text: bytes | None = None
    fault: str | None = None

    @property
    def last(self) -> bool:
        """Whether the file ends with this slice. Of an input that cannot be opened twice, none says so."""
        return self.text is None and (self.end is None or self.end >= (self.source.size or 0))

    def __str__(self) -> str:
        if self.text is not None:
            return f"{self.source.name}, from byte {self.start:,} on"
        return self.source.name if self.end is None else f"{self.source.name}, bytes {self.start:,} to {self.end:,}"


class Live(NamedTuple):
    """What comes next from an input that is read once: to be read in this process, and before anything else is asked for."""

    stream: Stream
    format: Format


def grid(source: Source, inode: tuple[int, int], size: int) -> Iterator[Slice]:
    """The slices of a file of lines on disk."""
    for start in range(0, source.size or 0, size):
        yield Slice(source, start, min(start + size, source.size or 0), inode)


def lines_in(file: BinaryIO, part: Slice) -> Iterator[bytes]:
    """The bytes of a slice's lines. Raises EventsError where the file is not what it was when it was cut."""
    assert part.end is not None
    status = os.fstat(file.fileno())
    if part.inode != (status.st_dev, status.st_ino):
        raise EventsError("another file has taken its place while it was read")
    position = max(part.start - 1, 0)  # a line begins behind a line end
    begun = not part.start
    file.seek(position)
    while block := file.read(min(BLOCK, part.end - position) if position < part.end else _REST):
        if not begun:
            skipped = block.find(b"\n") + 1
            begun = skipped > 0
            position += skipped or len(block)
            block = block[skipped:] if begun else b""
            if position >= part.end and not part.last:
                return  # no line begins here
        last = -1 if part.last else block.find(b"\n", max(part.end - 1 - position, 0))
        if last >= 0:
            yield block[: last + 1]
            return
        # what has begun of a line is read again with its rest, where it is short: that is less work than to put it together
        ended = block.rfind(b"\n") + 1 if position + len(block) < part.end else 0
        if ended > 0 and len(block) - ended < _REST:
            block = block[:ended]
            file.seek(position + ended)
        position += len(block)
        if block:
            yield block
    if position < part.end:
        raise EventsError("the file has become shorter while it was read")


def stretches(blocks: Iterator[bytes], size: int) -> Iterator[tuple[int, Iterator[bytes]]]:
    """The same grid over bytes that come once: where each slice that has lines begins, and its bytes.

    Those have to be read before the next slice is asked for; what is left of them then is passed over.
    """
    position = 0
    block = b""

    def stretch() -> Iterator[bytes]:
        nonlocal position, block
        end = (position // size + 1) * size
        while block:
            last = block.find(b"\n", max(end - 1 - position, 0)) + 1
            here, block = (block[:last], block[last:]) if last else (block, b"")
            position += len(here)
            yield here
            if not last:
                block = next(filled, b"")
            else:
                return

    filled = filter(None, blocks)
    while block := block or next(filled, b""):
        whole = stretch()
        yield position, whole
        for _ in whole:
            pass


def gathered(blocks: Iterator[bytes], most: int) -> tuple[bytes | None, Iterator[bytes]]:
    """The blocks as one text; None where they have more than `most` bytes, and then the same blocks again."""
    held: list[bytes] = []
    size = 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size > most:
            return None, chain(held, blocks)
    return b"".join(held), blocks
