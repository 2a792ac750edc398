"""One file while it is being read: blocks of bytes, and what its beginning looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from protocols.errors import EventsError

HEAD = 1024 * 1024
"""How far into a file is looked to tell its format; more than a batch body of the largest size that Segment takes."""

PACKED = (".gz", ".zst")
"""The suffixes of compressions."""

BLANKS = b" \t\r\n"
BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"[\r\n][ \t\r\n]*")


class Stream:
    """The unpacked bytes of one file.

    `head` is its beginning: to the start of the second line that is not blank, or `HEAD` bytes, or all; mostly more.
    `fault` is set when the blocks have ended too early, and says why. `lines` is the number of line ends that have been
    passed by whoever cuts the stream at them.
    """

    def __init__(self, name: str, blocks: Iterator[bytes]) -> None:
        self.name = name
        self.lines = 0
        self._watched = _Watched(blocks)
        self._blocks = iter(self._watched)
        head = bytearray()
        for block in self._blocks:
            head += block
            if len(head) >= HEAD or _second_line(bytes(head)):
                break
        self.head = bytes(head).removeprefix(BOM)
        self.text = self.head[:HEAD].lstrip(BLANKS)
        """The head from its first character that is not blank."""
        end = _second_line(self.head)
        self.one_line = end is None
        """Whether nothing but blanks follows the first line, as far as the head goes."""
        self.newline = b"\r" if end is not None and b"\n" not in end.group() else b"\n"
        """What ends a line. Only a file whose first line ends in a bare carriage return is cut at those."""

    @classmethod
    def of_lines(cls, name: str, blocks: Iterator[bytes]) -> Stream:
        """Some lines of a file that is known to have one record a line and LF at their ends; nothing is looked for in them."""
        stream = cls(name, iter(()))
        stream.one_line = False
        stream._watched = _Watched(blocks)
        stream._blocks = iter(stream._watched)
        return stream

    @property
    def fault(self) -> str | None:
        return self._watched.fault

    @property
    def suffix(self) -> str:
        """The suffix of the name in lower case, without that of a compression: `.jsonl` for `Events.JSONL.gz`."""
        name = self.name.rsplit("/", 1)[-1].lower()
        for packed in PACKED:
            name = name.removesuffix(packed)
        return "." + name.rsplit(".", 1)[-1] if "." in name else ""

    def blocks(self) -> Iterator[bytes]:
        """The whole content without its byte order mark. Ends early, with `fault` set, where it cannot be read on."""
        if self.head:
            yield self.head
        yield from self._blocks

    def first_line(self) -> bytes:
        """The first line that is not blank, without the blanks around it; what the head has of it where that is less."""
        return self.text.split(self.newline, 1)[0].rstrip(BLANKS)

    def second_line(self) -> bytes:
        """The beginning of the next line that is not blank."""
        return self.text.partition(self.newline)[2].lstrip(BLANKS)[:64]


class _Watched:
    """Blocks up to an error, which is a `fault` then. It is no part of the stream that reads it: each would hold the other, and
    both a megabyte of their file, until somebody looks for garbage."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.fault: str | None = None
        self._blocks = blocks

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._blocks
        except EventsError as error:
            self.fault = error.message
        except OSError as error:
            self.fault = f"the file cannot be read further: {error.strerror or error}"


def _second_line(head: bytes) -> re.Match[bytes] | None:
    """The line end between the first line that is not blank and the next such line."""
    text = head[:HEAD]
    start = len(text) - len(text.removeprefix(BOM).lstrip(BLANKS))
    end = _LINE_END.search(text, start)
    return end if end is not None and end.end() < len(text) else None
