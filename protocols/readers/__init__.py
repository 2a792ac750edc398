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
from protocols.readers.record import Batch, Done, Fault, Lines, Record, Source
from protocols.readers.records import Opener
from protocols.readers.slices import BLOCK, SLICE, Live, Slice, gathered, grid, keep_memory, lines_in, slice_size, stretches
from protocols.readers.stdin import STDIN
from protocols.readers.stream import Stream
from protocols.readers.values import VALUES
from protocols.readers.zstd import ZSTD

__all__ = [
    "COMPRESSIONS",
    "FEW",
    "FORMATS",
    "MOST_BYTES",
    "PLACES",
    "SLICE",
    "Batch",
    "Done",
    "Fault",
    "Lines",
    "Live",
    "Opener",
    "Record",
    "Slice",
    "Source",
    "expand",
    "is_much",
    "read",
    "read_batches",
    "read_blocks",
    "read_slice",
    "slices",
    "total_bytes",
]

PLACES: dict[str, Location] = {"stdin": STDIN, "folder": FOLDER, "pattern": PATTERN, "file": FILE}
"""Where events may be, in the order of asking: the first that fits is meant."""

COMPRESSIONS: dict[str, Compression] = {"gzip": GZIP, "zstd": ZSTD}

FORMATS: dict[str, Format] = {"lines": LINES, "values": VALUES}
"""How events follow each other, in the order of asking. Arrays and batch bodies inside are opened whatever the format."""

FEW = 4
"""Slices that are checked sooner than other processes have been started for them."""

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


def is_much(parts: Iterable[Source | Fault], size: int | None = None) -> bool:
    """Whether it may pay to share the reading of what `expand` has found; where a size is not known, it may."""
    size = size or SLICE
    sizes = [part.size for part in parts if isinstance(part, Source)]
    return None in sizes or sum(filter(None, sizes)) > FEW * size


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
            yield _not_opened(part, error)
            continue
        try:
            yield from _parts(part.name, _Counted(_disk_blocks(file), on_bytes), opener, MOST_BYTES)
        finally:
            if part.path is not None:
                file.close()


def read_blocks(name: str, blocks: Iterable[bytes], *, at: str | None = None, most: int = MOST_BYTES) -> Iterator[Part]:
    """The records of one file that comes as blocks of any size, packed or not; `name` is its name in messages.

    A record of more than `most` bytes is a problem, and is not held.
    """
    return _parts(name, _Counted(iter(blocks)), Opener(at), most)


def slices(
    parts: Iterable[Source | Fault],
    *,
    stdin: BinaryIO | None = None,
    share: bool = False,
    on_bytes: Callable[[int], None] | None = None,
    size: int | None = None,
) -> Iterator[Slice | Live | Fault | Done]:
    """What `expand` has found in slices for `read_slice`, in the same order; the cut depends on the input and `size` alone.

    Without a `size`, large input has larger slices.

    What cannot be opened twice is read here, so `on_bytes` counts its bytes and Done or a Fault follows its last slice.
    Its slices are Live; with `share`, they can be read elsewhere as soon as it turns out to be large. A packed file that
    is most of the input is treated in the same way, every other one is a slice as a whole.
    """
    keep_memory()
    parts = list(parts)
    total = sum(part.size or 0 for part in parts if isinstance(part, Source))
    size = size or slice_size(total)
    for part in parts:
        if isinstance(part, Fault):
            yield part
        elif part.size is None:
            yield from _streamed(part, stdin, share, on_bytes, size)
        elif part.size <= size:
            yield Slice(part)
        else:
            yield from _sliced(part, 2 * part.size > total, share, on_bytes, size)


def read_slice(
    part: Slice | Live, opener: Opener, *, on_bytes: Callable[[int], None] | None = None, most: int = MOST_BYTES
) -> Iterator[Part]:
    """The records of a slice, their places counted from where it begins; ends in Done if the slice could be opened."""
    if isinstance(part, Live):
        yield from _records(part.stream, part.format, opener, most)
    elif part.text is not None:
        yield from _records(Stream.of_lines(part.source.name, _faulty([part.text], part)), LINES, opener, most)
    else:
        yield from _read_file(part, opener, on_bytes, most)


def _read_file(part: Slice, opener: Opener, on_bytes: Callable[[int], None] | None, most: int) -> Iterator[Part]:
    name = part.source.name
    try:
        file = _opened(part.source, None)
    except OSError as error:
        yield _not_opened(part.source, error)
        return
    with file:
        if part.end is None:
            yield from _parts(name, _Counted(_disk_blocks(file), on_bytes), opener, most)
            return
        blocks = _Counted(lines_in(file, part), on_bytes)
        # only the first slice may begin with a byte order mark
        stream = Stream.of_lines(name, iter(blocks)) if part.start else Stream(name, iter(blocks))
        stream.one_line = False
        yield from _records(stream, LINES, opener, most, blocks)


def _sliced(
    source: Source, chief: bool, share: bool, on_bytes: Callable[[int], None] | None, size: int
) -> Iterator[Slice | Live | Done | Fault]:
    """The slices of a file on disk; `chief` where it is most of the input."""
    try:
        with _opened(source, None) as file:
            status = os.fstat(file.fileno())
            packing = _packing(file.read(MOST_MAGIC))
            file.seek(0)
            lines = packing is None and _is_lines(Stream(source.name, _unpacked(_disk_blocks(file))))
    except OSError:
        packing, lines = None, False  # whoever reads it says why it cannot be read
    if packing is not None and chief:
        yield from _streamed(source, None, share, on_bytes, size)
    elif lines:
        yield from grid(source, (status.st_dev, status.st_ino), size)
    else:
        yield Slice(source)


def _streamed(
    source: Source, stdin: BinaryIO | None, share: bool, on_bytes: Callable[[int], None] | None, size: int
) -> Iterator[Slice | Live | Done | Fault]:
    """The slices of what is read once, from its beginning to its end."""
    try:
        file = _opened(source, stdin)
    except OSError as error:
        yield _not_opened(source, error)
        return
    try:
        blocks = _Counted(_disk_blocks(file), on_bytes)
        stream = Stream(source.name, _unpacked(iter(blocks)))
        if stream.fault is not None and not stream.head:
            yield Fault(source.name, None, stream.fault)
        elif _is_lines(stream):
            yield from _stretched(source, stream, share, size)
        else:
            yield Live(stream, _format(stream))
        yield Done(source.name, 0, blocks.size)
    finally:
        if source.path is not None:
            file.close()


def _stretched(source: Source, stream: Stream, share: bool, size: int) -> Iterator[Slice | Live]:
    """The slices of lines that are read once; with `share`, all behind the first few have their text with them."""
    told = False
    for start, stretch in stretches(stream.blocks(), size):
        text = None
        if share and max(start, source.size or 0) >= FEW * size:
            text, stretch = gathered(stretch, 4 * size)
        if text is not None:
            yield Slice(source, start, text=text, fault=stream.fault)
        else:
            yield Live(Stream.of_lines(source.name, _faulty(stretch, stream)), LINES)
        told = stream.fault is not None
    if stream.fault is not None and not told:
        yield Slice(source, text=b"", fault=stream.fault)


def _faulty(blocks: Iterable[bytes], stream: Stream | Slice) -> Iterator[bytes]:
    """The blocks, and the fault that ended them too early as an exception again."""
    yield from blocks
    if stream.fault is not None:
        raise EventsError(stream.fault)


def _opened(source: Source, stdin: BinaryIO | None) -> BinaryIO:
    if source.path is None:
        return stdin if stdin is not None else sys.stdin.buffer
    return open(source.path, "rb", buffering=0)


def _not_opened(source: Source, error: OSError) -> Fault:
    return Fault(source.name, None, f"the file cannot be opened: {error.strerror or error}")


def _disk_blocks(file: BinaryIO) -> Iterator[bytes]:
    """What a file holds, as it comes: a pipe is not waited for until a block is full."""
    read = getattr(file, "read1", file.read)
    while block := read(BLOCK):
        yield block


class _Counted:
    """Blocks whose bytes are counted as they go by: `size` holds those up to now, `on_bytes` is told of each."""

    def __init__(self, blocks: Iterator[bytes], on_bytes: Callable[[int], None] | None = None) -> None:
        self._blocks = blocks
        self._on_bytes = on_bytes
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            self.size += len(block)
            if self._on_bytes is not None:
                self._on_bytes(len(block))
            yield block


def _parts(name: str, blocks: _Counted, opener: Opener, most: int) -> Iterator[Part]:
    """All that one file gives."""
    stream = Stream(name, _unpacked(iter(blocks)))
    if stream.fault is not None and not stream.head:
        yield Fault(name, None, stream.fault)
        yield Done(name, 0, blocks.size)
    else:
        yield from _records(stream, _format(stream), opener, most, blocks)


def _records(stream: Stream, format: Format, opener: Opener, most: int, blocks: _Counted | None = None) -> Iterator[Part]:
    """What a stream gives; `blocks` are what it comes from, None where their bytes are told by somebody else."""
    records = 0
    for part in opener.records(stream, format.cut(stream, most), most):
        records += len(part.raws) if isinstance(part, Batch) else isinstance(part, Record)
        yield part
    yield Done(stream.name, records, blocks.size if blocks is not None else 0, stream.lines)


def _format(stream: Stream) -> Format:
    return next((format for format in FORMATS.values() if format.recognises(stream)), LINES)


def _is_lines(stream: Stream) -> bool:
    """Whether a stream can be cut at any line feed."""
    return not stream.one_line and stream.newline == b"\n" and _format(stream) is LINES


def _unpacked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks, unpacked where they are packed. Raises EventsError where they hold no text."""
    head, blocks = _begun(blocks)
    name = _packing(head)
    if name is not None:
        head, blocks = _begun(COMPRESSIONS[name].unpack(blocks))
    strange = foreign(head, name, COMPRESSIONS)
    if strange is not None:
        raise EventsError(strange)
    yield from blocks


def _packing(head: bytes) -> str | None:
    """The name of the compression that begins with these bytes."""
    return next((name for name, compression in COMPRESSIONS.items() if head.startswith(compression.magic)), None)


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
