"""Where a JSON value ends, found in its bytes without parsing it.

Only strings and brackets are looked at, so a damaged value has an end as well: where its brackets close, of whatever
kind. Nesting costs nothing. The patterns match in linear time: no two parts of them can take the same byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FLAT = re.compile(rb'[^"{}\[\]]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^"{}\[\]]*)*', re.DOTALL)  # up to a bracket or an unfinished string
_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*("?)', re.DOTALL)  # the rest of a string; unfinished, up to the end or a last backslash
_WORD = re.compile(rb'[^,\[\]{"]*')
_SPACE = re.compile(rb"[ \t\r\n]*")
_KEY = re.compile(rb'[ \t\r\n]*("[^"\\]*(?:\\.[^"\\]*)*")[ \t\r\n]*:[ \t\r\n]*', re.DOTALL)


class Scan:
    """Looks for the end of one value that may come in several blocks; used for one value only.

    Anything that begins with neither a bracket nor a quote is a word, and goes on to the next comma, bracket or quote;
    a brace that closes nothing belongs to it.
    """

    __slots__ = ("_escaped", "depth", "string", "word")

    def __init__(self) -> None:
        self.depth = 0
        self.string = False  # inside a string
        self.word = False
        self._escaped = False  # the last block ended in a string, on a backslash

    def end(self, block: bytes, position: int = 0) -> int | None:
        """Where in `block` the value ends, read on from `position`; None when it goes on behind the block."""
        length = len(block)
        while position < length:
            if self.string:
                if self._escaped:
                    self._escaped = False
                    position += 1
                rest = _matched(_STRING, block, position)
                if rest.group(1):
                    self.string = False
                    if not self.depth:
                        return rest.end()
                elif rest.end() < length:
                    self._escaped = True
                    return None
                position = rest.end()
                continue
            if self.depth:
                position = _matched(_FLAT, block, position).end()
            elif self.word or block[position] not in b'"{[':
                self.word = True
                end = _matched(_WORD, block, position).end()
                return end if end < length else None
            mark = block[position : position + 1]
            position += 1
            if mark == b'"':
                self.string = True
            elif mark:
                self.depth += 1 if mark in b"{[" else -1
                if not self.depth:
                    return position
        return None


def value_end(text: bytes, start: int = 0) -> int | None:
    """Where the value that begins at `start` ends; None where the text breaks off before."""
    return Scan().end(text, start)


def unclosed(text: bytes) -> bytes:
    """The brackets that are still open where `text` breaks off, outermost first, and a quote where it does so in a string."""
    open_ = bytearray()
    position = 0
    while (position := _matched(_FLAT, text, position).end()) < len(text):
        mark = text[position : position + 1]
        position += 1
        if mark == b'"':
            return bytes(open_ + mark)
        if mark in b"{[":
            open_ += mark
        else:
            del open_[-1:]
    return bytes(open_)


def skip_space(text: bytes, start: int) -> int:
    """The next byte from `start` that is not blank."""
    return _matched(_SPACE, text, start).end()


def item_spans(text: bytes, start: int = 0) -> Iterator[tuple[int, int]]:
    """Where each item of the array at `start` begins and ends. The text has to be right JSON."""
    position = skip_space(text, start + 1)
    while text[position : position + 1] not in (b"]", b""):
        end = _end_of_right_value(text, position)
        yield position, end
        position = _next(text, end)


def member_spans(text: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The members of an object: the key in its quotes, and where its value begins and ends. The text has to be right JSON."""
    position = 1
    while (key := _KEY.match(text, position)) is not None:
        end = _end_of_right_value(text, key.end())
        yield key.group(1), key.end(), end
        position = _next(text, end)


def _end_of_right_value(text: bytes, start: int) -> int:
    end = value_end(text, start)
    end = len(text) if end is None else end
    if text[start] in b'"{[':
        return end
    word = text[start:end].partition(b"}")[0]
    return start + len(word.rstrip(b" \t\r\n"))


def _next(text: bytes, end: int) -> int:
    """Where the next item or key may begin, behind the comma."""
    position = skip_space(text, end)
    return skip_space(text, position + 1) if text[position : position + 1] == b"," else position


def _matched(pattern: re.Pattern[bytes], text: bytes, position: int) -> re.Match[bytes]:
    """The match of a pattern that matches everywhere, if only nothing."""
    match = pattern.match(text, position)
    assert match is not None
    return match
