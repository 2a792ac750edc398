"""zstd: frames one after the other, unpacked as they come. Python has it from 3.14 on; before, an extra package does the same."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

from protocols.errors import EventsError
from protocols.readers.format import Compression

_MOST_AT_ONCE = 256 * 1024  # a small archive of a huge text stays small in memory
_PIECE = 4 * 1024  # a call that fails gives nothing, and what is lost must not depend on how the bytes come


def unpack(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The unpacked bytes. Frames that hold no text but something for other programs are passed over."""
    zstd = _package()
    frame = zstd.ZstdDecompressor()
    begun = False
    for piece in _pieces(blocks):
        more = True
        while more:
            begun = True
            try:
                unpacked = frame.decompress(piece, _MOST_AT_ONCE)
            except zstd.ZstdError as error:
                raise EventsError(_cause(str(error))) from None
            if unpacked:
                yield unpacked
            piece, more = b"", not frame.needs_input
            if frame.eof:
                piece = frame.unused_data
                frame, begun, more = zstd.ZstdDecompressor(), False, bool(piece)
    if begun:
        raise EventsError("the zstd archive is cut short")


def _package() -> ModuleType:
    """The module that unpacks. Raises EventsError where there is none."""
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        raise EventsError(
            'zstd archives are read with a package that is not installed; pip install "protocols[zstd]" installs it'
        ) from None
    return zstd


def _cause(error: str) -> str:
    """What is wrong with an archive, from zstd's own words; the window is bounded by its default of 128 MB."""
    if "too much memory" in error:
        return "the zstd archive takes more than 128 MB of memory to unpack; unpack it first, with zstd -d --long=31"
    if "ictionary" in error:
        return "the zstd archive was packed with a dictionary, without which it cannot be read; unpack it first"
    return "the zstd archive is damaged, or something else follows its end"


def _pieces(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size."""
    rest = b""
    for block in blocks:
        rest += block
        whole = len(rest) - len(rest) % _PIECE
        for start in range(0, whole, _PIECE):
            yield rest[start : start + _PIECE]
        rest = rest[whole:]
    if rest:
        yield rest


_FRAME = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = tuple(bytes((first, 0x2A, 0x4D, 0x18)) for first in range(0x50, 0x60))  # RFC 8878, 3.1.2

ZSTD = Compression((_FRAME, *_SKIPPABLE), ".zst", unpack)
