"""NDJSON, also called JSON Lines: one record a line.

This is the hot path. A line is neither parsed nor looked into: what is wrong inside it is found by whoever parses it.
Lines end in LF or CRLF, in a bare CR where the first line does; blank lines are passed over, and counted as lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

from protocols.native import kernel
from protocols.readers.format import ENDS, Cut, Format, Oversized, Texts
from protocols.readers.record import Fault, Lines
from protocols.readers.scan import unclosed, value_end
from protocols.readers.stream import BLANKS, BOM, Stream
from protocols.readers.unwrap import may_hold_body

SUFFIXES = (".jsonl", ".ndjson")


def recognises(stream: Stream) -> bool:
    """Whether the first line is one whole object, or is broken in a way that only a record on its own line can be.

    An array on one line is left to the other format, which holds none of it, unless the suffix says that these are lines.
    """
    first, second = stream.first_line(), stream.second_line()
    if not first.startswith((b"{", b"[")):
        return True
    end = value_end(first)
    if end == len(first):
        return first.startswith(b"{") or (stream.suffix in SUFFIXES and second.startswith(b"["))
    if end is not None:
        return not first[end:].lstrip(BLANKS).startswith((b"{", b"[", b","))
    if first.startswith(b"["):
        return False
    inside = unclosed(first)
    if stream.one_line or inside.endswith(b'"'):  # a string cannot go over a line end
        return True
    fits = inside.endswith(b"[") or first.endswith(b":")  # an object may begin next
    return second.startswith(b"{") and (not fits or stream.suffix in SUFFIXES)


def cut(stream: Stream, most: int) -> Iterator[Cut]:
    """Every line that is not blank. A line of more than `most` bytes is not held, and the next line goes on."""
    newline = stream.newline
    line = 1  # the line that `pieces` begin
    pieces: list[bytes] = []
    held = 0  # the bytes of that line so far, dropped ones too
    for block in stream.blocks():
        if not held and block.endswith(newline) and block.isspace() and not block.strip(BLANKS):  # padding would be a long list of nothing
            line += block.count(newline)
            stream.lines = line - 1
            continue
        whole = _whole(pieces, block, most) if newline == b"\n" and held <= most else None
        if whole is not None:
            yield Texts(whole, range(line, line + len(whole)))
            line += len(whole)
            last = block[block.rfind(b"\n") + 1 :]
            pieces, held = [last], len(last)
            stream.lines = line - 1
            continue
        lines, last = _split(block, newline)
        held += len(lines[0].rstrip(ENDS)) if lines else len(last)
        if not lines:
            pieces.append(last)
            if held > most:
                pieces.clear()
            continue
        if held > most:
            yield Oversized(line)
            lines[0] = b""
        elif pieces:
            lines[0] = b"".join((*pieces, lines[0]))
        pieces, held = [last], len(last)
        if len(block) > most:
            yield from _checked(lines, line, most)
        else:
            yield _texts(lines, line, block)
        line += len(lines)
        stream.lines = line - 1
    if stream.fault is not None:
        yield Fault(stream.name, line, f"{stream.fault}; records from this line on may be missing")
    elif held > most:
        yield Oversized(line)
    elif held:
        yield _texts([b"".join(pieces)], line)


def _whole(pieces: Sequence[bytes], block: bytes, most: int) -> Lines | None:
    """The lines that end in a block, as one text; None where the kernel, if there is one, cannot tell that each is one record.

    It takes 0.03 us a line; to cut lines and look at them here takes 0.15.
    """
    found = kernel()
    end = block.rfind(b"\n") + 1
    if found is None or not end:
        return None
    text = b"".join([*filter(None, pieces), block[:end]])  # which copies nothing where the block is all of it
    count = found.lines(text) if len(text) <= most else -1
    return Lines(text, count) if count > 0 else None


def _split(block: bytes, newline: bytes) -> tuple[list[bytes], bytes]:
    """The lines that end in a block, and what follows the last of them.

    Where they end in line feeds they keep their ends, which JSON does not mind: taking them off is one more copy of each.
    `BytesIO` looks for line feeds with `memchr`, and takes 0.12 us for a line of 800 bytes; `split` goes byte by byte, 0.34.
    """
    if newline != b"\n":
        *lines, last = block.split(newline)
        return lines, last
    lines = BytesIO(block).readlines()
    last = b"" if not lines or block.endswith(b"\n") else lines.pop()
    return lines, last


def _texts(lines: list[bytes], first: int, block: bytes = b"") -> Texts:
    """Lines as texts; blank lines are left out, blanks and byte order marks before a record taken off, and blanks behind it then.

    Two comparisons of a whole block, 20 ns a line each, tell that every line begins with a brace: no blank, mark or array
    then. They also tell whether all begin with their `type`, which no batch body has. The first line may have begun in
    another block than this one.
    """
    lowest, highest = min(lines), max(lines)
    typed = lowest.startswith(_TYPE) and highest.startswith(_TYPE)
    bodies = not typed and (may_hold_body(block) or may_hold_body(lines[0]))
    if lowest >= b"{" and highest < b"|":
        return Texts(lines, range(first, first + len(lines)), bodies=bodies)
    numbered = [(number, _bare(line)) for number, line in enumerate(lines, first)]
    raws = [line for _, line in numbered if line]
    arrays = any(raw.startswith(b"[") for raw in raws)
    return Texts(raws, [number for number, line in numbered if line], arrays, bodies)


_TYPE = b'{"type":'


def _bare(line: bytes) -> bytes:
    """What of a line is its record, which must not depend on the lines around it."""
    return line if line.startswith(b"{") else line.removeprefix(BOM).strip(BLANKS)


def _checked(lines: list[bytes], first: int, most: int) -> Iterator[Cut]:
    """The same line by line, for blocks that are large enough to hold a line of more than `most` bytes."""
    for number, line in enumerate(lines, first):
        yield Oversized(number) if len(line.rstrip(ENDS)) > most else _texts([line], number)


LINES = Format("one JSON object a line (NDJSON, JSON Lines)", recognises, cut)
