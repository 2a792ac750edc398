"""gzip: one member or several, one after the other, unpacked as they come."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

from protocols.errors import EventsError
from protocols.readers.format import Compression

_GZIP = zlib.MAX_WBITS | 16  # zlib's way to ask for gzip
_MOST_AT_ONCE = 256 * 1024  # a small archive of a huge text stays small in memory


def unpack(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The unpacked bytes. Zeros behind the last member are padding, as for gzip itself."""
    new, damaged = _inflater()
    member = new(_GZIP)
    begun, members = False, 0  # of the member that is read; those before it
    for block in blocks:
        if members and not begun:
            block = block.lstrip(b"\0")
        more = bool(block)
        while more:
            begun = True
            before = member.copy()
            try:
                unpacked = member.decompress(block, _MOST_AT_ONCE)
            except damaged:
                yield _salvaged(before, block, damaged)
                raise EventsError("the gzip archive is damaged, or something else follows its end") from None
            if unpacked:
                yield unpacked
            block = member.unconsumed_tail
            more = bool(block) or len(unpacked) == _MOST_AT_ONCE  # what is full may have left something inside
            if member.eof:
                block = member.unused_data.lstrip(b"\0")
                member, begun, members, more = new(_GZIP), False, members + 1, bool(block)
    if begun or not members:
        raise EventsError("the gzip archive is cut short")


def _inflater() -> tuple[Callable[[int], Any], Any]:
    """What unpacks, and what it raises: zlib-ng where it is installed, which takes half the time of zlib and is used alike."""
    try:
        from zlib_ng import zlib_ng
    except ImportError:
        return zlib.decompressobj, zlib.error
    return zlib_ng.decompressobj, zlib_ng.error


def _salvaged(member: Any, block: bytes, damaged: Any) -> bytes:
    """What stands before the fault in a damaged block: zlib gives nothing of a call that fails, so every byte is a call."""
    unpacked = bytearray()
    try:
        for position in range(len(block)):
            unpacked += member.decompress(block[position : position + 1])
    except damaged:
        pass
    return bytes(unpacked)


GZIP = Compression(b"\x1f\x8b", ".gz", unpack)
