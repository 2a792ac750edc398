"""Bytes to records: where the events are, how they are packed, and how one follows the other.

Places say which files to read, a compression is told by a file's first bytes, a format by its content and, where that
leaves a doubt, by its suffix. Records are handed on as bytes and not parsed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import BinaryIO

from protocols.errors import EventsError
from protocols.readers.file import FILE
from protocols.readers.folder import FOLDER
from protocols.readers.foreign import MOST_MAGIC, foreign
from protocols.readers.format import MOST_BYTES, Compression, Format, Location
from protocols.readers.gzip import GZIP
from protocols.readers.lines import LINES
from protocols.readers.pattern import PATTERN
from protocols.readers.record import Batch, Done, Fault, Record, Source
from protocols.readers.records import Opener
from protocols.readers.stdin import STDIN
from protocols.readers.stream import Stream
from protocols.readers.values import VALUES

__all__ = [
    "COMPRESSIONS",
    "FORMATS",
    "MOST_BYTES",
    "PLACES",
    "Batch",
    "Done",
    "Fault",
    "Record",
    "Source",
    "expand",
    "read",
    "read_batches",
    "read_blocks",
    "total_bytes",
]

PLACES: dict[str, Location] = {"stdin": STDIN, "folder": FOLDER, "pattern": PATTERN, "file": FILE}
"""Where events may be, in the order of asking: the first that fits is meant."""

COMPRESSIONS: dict[str, Compression] = {"gzip": GZIP}

FORMATS: dict[str, Format] = {"lines": LINES, "values": VALUES}
"""How events follow each other, in the order of asking. Arrays and batch bodies inside are opened whatever the format."""

BLOCK = 256 * 1024
"""Bytes read at once: 64 KB cost a fifth more a line."""

Part = Batch | Record | Fault | Done


def expand(sources: Sequence[str]) -> list[Source | Fault]:
    """The files that sources stand for: files, folders, patterns, and `-` for standard input.

    They keep the order of `sources`, those of a folder or a pattern the order of their names. A file that is met again is
    read once. A folder inside that cannot be read is a Fault. Raises EventsError where a source stands for no file.
    """
    found: dict[str, Source | Fault] = {}
    for text in sources:
        location = next(location for location in PLACES.values() if location.fits(text))
        for part in location.find(text):
            key = str(part) if isinstance(part, Fault) else os.path.realpath(part.path) if part.path is not None else part.name
            found.setdefault(key, part)
    return list(found.values())


def total_bytes(sources: Sequence[str]) -> int | None:
    """The size of all files on disk, None where one is a pipe. Raises EventsError as `expand` does."""
    sizes = [part.size for part in expand(sources) if isinstance(part, Source)]
    return None if None in sizes else sum(size for size in sizes if size is not None)


def read(
    sources: Sequence[str],
    *,
    at: str | None = None,
    stdin: BinaryIO | None = None,
    on_bytes: Callable[[int], None] | None = None,
) -> Iterator[Record | Fault]:
    """The records of all sources one by one, and what could not be read; for `at` and the others see `read_batches`."""
    for part in read_batches(sources, at=at, stdin=stdin, on_bytes=on_bytes):
        if isinstance(part, Batch):
            yield from part.records()
        elif not isinstance(part, Done):
            yield part


def read_batches(
    sources: Sequence[str],
    *,
    at: str | None = None,
    stdin: BinaryIO | None = None,
    on_bytes: Callable[[int], None] | None = None,
) -> Iterator[Part]:
    """The records of all sources in batches, in input order.

    `at` is an RFC 6901 pointer to the event inside records that wrap it. `on_bytes` is called with the number of bytes
    that were read from disk since the last call, packed ones where the file is packed. A record that cannot be read
    comes alone, with its problem; what is wrong with a file as a whole is a Fault, and the next file is read; each file that
    could be opened ends in Done. Raises EventsError, before anything is read, where a source stands for no file, and
    UsageError where `at` is no pointer.
    """
    opener = Opener(at)
    for part in expand(sources):
        if isinstance(part, Fault):
            yield part
            continue
        try:
            file = _opened(part, stdin)
        except OSError as error:
            yield Fault(part.name, None, f"the file cannot be opened: {error.strerror or error}")
            continue
        try:
            yield from _parts(part.name, _disk_blocks(file, on_bytes), opener, MOST_BYTES)
        finally:
            if part.path is not None:
                file.close()


def read_blocks(name: str, blocks: Iterable[bytes], *, at: str | None = None, most: int = MOST_BYTES) -> Iterator[Part]:
    """The records of one file that comes as blocks of any size, packed or not; `name` is its name in messages.

    A record of more than `most` bytes is a problem, and is not held.
    """
    return _parts(name, iter(blocks), Opener(at), most)


def _opened(source: Source, stdin: BinaryIO | None) -> BinaryIO:
    if source.path is None:
        return stdin if stdin is not None else sys.stdin.buffer
    return open(source.path, "rb", buffering=0)


def _disk_blocks(file: BinaryIO, on_bytes: Callable[[int], None] | None) -> Iterator[bytes]:
    """What a file holds, as it comes: a pipe is not waited for until a block is full."""
    read = getattr(file, "read1", file.read)
    while block := read(BLOCK):
        if on_bytes is not None:
            on_bytes(len(block))
        yield block


def _parts(name: str, blocks: Iterator[bytes], opener: Opener, most: int) -> Iterator[Part]:
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for block in blocks:
            size += len(block)
            yield block

    stream = Stream(name, _unpacked(counted()))
    records = 0
    if stream.fault is not None and not stream.head:
        yield Fault(name, None, stream.fault)
    else:
        format = next((format for format in FORMATS.values() if format.recognises(stream)), LINES)
        for part in opener.records(stream, format.cut(stream, most), most):
            records += len(part.raws) if isinstance(part, Batch) else isinstance(part, Record)
            yield part
    yield Done(name, records, size)


def _unpacked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks, unpacked where they are packed. Raises EventsError where they hold no text."""
    head, blocks = _begun(blocks)
    name = next((name for name, compression in COMPRESSIONS.items() if head.startswith(compression.magic)), None)
    if name is not None:
        head, blocks = _begun(COMPRESSIONS[name].unpack(blocks))
    strange = foreign(head, name, COMPRESSIONS)
    if strange is not None:
        raise EventsError(strange)
    yield from blocks


def _begun(blocks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, as many as a magic number may need, and the same blocks from the beginning."""
    head = b""
    try:
        for block in blocks:
            head += block
            if len(head) >= MOST_MAGIC:
                break
    except (EventsError, OSError) as error:
        return head, _broken(head, error)
    return head, chain((head,), blocks)


def _broken(head: bytes, error: Exception) -> Iterator[bytes]:
    """Blocks that end in an error, which is raised when they have been read."""
    if head:
        yield head
    raise error
