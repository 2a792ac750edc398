"""JSON values on as many lines as they like: the items of an array, or objects one after the other, printed pretty or not.

An array is never held: its items are cut out as they come, with the line where each begins. What is wrong between items
(a missing comma, an array that is not closed) is a Fault, told once a file, and the items around it are read all the
same. What is wrong inside an item is found by whoever parses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Raw

from protocols.readers.format import Cut, Format, Oversized, Texts
from protocols.readers.record import Fault
from protocols.readers.scan import Scan, skip_space, value_end
from protocols.readers.stream import BLANKS, Stream

_ITEMS = msgspec.json.Decoder(list[Raw])
_BETWEEN = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*")
_MOST_TRIES = 10


def recognises(stream: Stream) -> bool:
    """Whether the first character opens an object or an array. Lines are asked before."""
    return stream.text.startswith((b"{", b"["))


def cut(stream: Stream, most: int) -> Iterator[Cut]:
    """Every item of an array at the top, and every other value there. One of more than `most` bytes is not held."""
    cutter = _Cutter(stream, most)
    for block in stream.blocks():
        yield from _gathered(cutter.values_in(block))
    yield from _gathered(cutter.rest())


class _Cutter:
    """What is remembered from one block to the next."""

    def __init__(self, stream: Stream, most: int) -> None:
        self.stream = stream
        self.most = most
        self.line = 1  # of the byte that is looked at
        self.array = 0  # the line where the open array begins, 0 outside of one
        self.before = b""  # what came last: `[`, `,`, `]`, or `v` for a value
        self.scan: Scan | None = None  # of the value that is open
        self.begun = 1  # the line where that value begins
        self.pieces: list[bytes] = []
        self.held = 0  # the bytes of that value so far, dropped ones too
        self.told: set[str] = set()

    def values_in(self, block: bytes) -> Iterator[Cut]:
        position = counted = 0
        several = len(block) <= self.most  # not tried again in a block where it failed
        while position < len(block):
            if self.scan is None:
                position = skip_space(block, position)
                self.line += block.count(self.stream.newline, counted, position)
                counted = position
                mark = block[position : position + 1]
                if mark in (b",", b"]", b"") or (mark == b"[" and not self.array):
                    yield from self._separated(mark)
                    position += 1
                    continue
                if self.array and self.before == b"v":
                    yield from self._fault("a comma is missing before this item of the array")
                elif several and self.array and mark == b"{":
                    raws, after = _several(block, position)
                    several = bool(raws)
                    if raws:
                        yield Texts(raws, self._lines(block, position, raws))
                        position, self.before = after, b"v"
                        continue
                self.scan, self.begun = Scan(), self.line
            end = self.scan.end(block, position)
            self.held += (len(block) if end is None else end) - position
            self.pieces.append(block[position:end])
            if self.held > self.most:
                self.pieces.clear()
            if end is None:
                break
            position = end
            yield from self._value()
        self.line += block.count(self.stream.newline, counted)

    def _lines(self, block: bytes, position: int, raws: list[bytes]) -> list[int | None]:
        """The lines of items that stand one after the other from `position`, where `self.line` is."""
        if self.stream.one_line:
            return [None] * len(raws)
        lines: list[int | None] = []
        line = self.line
        for raw in raws:
            lines.append(line)
            following = _BETWEEN.match(block, position + len(raw))
            after = following.end() if following is not None else len(block)
            line += block.count(self.stream.newline, position, after)
            position = after
        return lines

    def rest(self) -> Iterator[Cut]:
        """What the end of the file says."""
        if self.stream.fault is not None:
            line = self.begun if self.scan is not None else self.line
            yield Fault(self.stream.name, line, f"{self.stream.fault}; records from this line on may be missing")
            return
        if self.scan is not None and (self.scan.word or not self.array):
            yield from self._value()
        if self.scan is not None:
            yield from self._fault("the file ends inside the item of the array that begins here", self.begun)
        elif self.array:
            yield from self._fault("the file ends before the array that begins here is closed", self.array)

    def _value(self) -> Iterator[Cut]:
        """The value that has come to its end."""
        raw = b"".join(self.pieces).rstrip(BLANKS)
        if self.held > self.most:
            yield Oversized(self.begun)
        elif self.before == b"]" and not raw.startswith(b"{"):
            yield from self._fault("something that is no event follows the end of the array", self.begun)
        else:
            yield Texts([raw], [None if self.array and self.stream.one_line else self.begun])
        self.scan, self.pieces, self.held, self.before = None, [], 0, b"v"

    def _separated(self, mark: bytes) -> Iterator[Fault]:
        """A mark between values; `b""` is none."""
        if mark == b"[":
            self.array = self.line
        elif mark == b"," and not self.array:
            yield from self._fault("a comma stands between values that are in no array")
        elif mark == b"," and self.before != b"v":
            yield from self._fault("an item is missing before this comma of the array")
        elif mark == b"]" and not self.array:
            yield from self._fault("a bracket closes an array that was never opened")
        elif mark == b"]":
            if self.before == b",":
                yield from self._fault("a comma follows the last item of the array")
            self.array = 0
        self.before = mark or self.before

    def _fault(self, message: str, line: int | None = None) -> Iterator[Fault]:
        if message not in self.told:
            self.told.add(message)
            yield Fault(self.stream.name, line or self.line, f"not valid JSON: {message}")


def _several(block: bytes, position: int) -> tuple[list[bytes], int]:
    """As many whole items as can be had at once from `position`, and where the last one ends; `[]` where the scan has to do it.

    The text up to a place that looks like a border between items is one only if it parses as an array: inside an
    item its brackets would not close. msgspec does so 20 times faster than the scan finds items one by one.
    """
    end = value_end(block, position)
    following = _BETWEEN.match(block, end) if end is not None else None
    if end is None or following is None:
        return [], position
    border = block[end - 1 : following.end() + 1]
    last = len(block)
    for tries in range(_MOST_TRIES):
        last = block.rfind(border, end - 1, last if tries < 3 else (end + last) // 2)  # an item of many objects is left behind quickly
        if last < 0:
            break
        try:
            return [bytes(raw) for raw in _ITEMS.decode(b"[%b]" % block[position : last + 1])], last + 1
        except (ValueError, RecursionError):  # the border was inside an item, or some item is not what msgspec takes
            continue
    return [], position


def _gathered(cuts: Iterable[Cut]) -> Iterator[Cut]:
    """The same, with texts that follow each other put together."""
    raws: list[bytes] = []
    lines: list[int | None] = []
    for cut in cuts:
        if isinstance(cut, Texts):
            raws += cut.raws
            lines += cut.lines
            continue
        if raws:
            yield Texts(raws, lines, bodies=True)
            raws, lines = [], []
        yield cut
    if raws:
        yield Texts(raws, lines, bodies=True)


VALUES = Format("the items of a JSON array, or objects one after the other, over any number of lines", recognises, cut)
