"""From the texts that a format has cut to numbered records, with arrays, batch bodies and wrapping records opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from protocols.positions import Place
from protocols.problems import Problem
from protocols.readers.format import ENDS, Cut, Oversized, Texts
from protocols.readers.record import Batch, Fault, Record
from protocols.readers.stream import Stream
from protocols.readers.unwrap import Opened, may_hold_body, open_text, pointed, pointer_of
from protocols.violations import violation


class Opener:
    """Opens what the events of one run are wrapped in. `at` is an RFC 6901 pointer, None or `""` for the record itself."""

    def __init__(self, at: str | None) -> None:
        self.at = at or ""
        self.tokens = pointer_of(self.at)

    def records(self, stream: Stream, cuts: Iterable[Cut], most: int) -> Iterator[Batch | Record | Fault]:
        """The records of one file, numbered from 1."""
        number = 1
        for cut in cuts:
            if isinstance(cut, Fault):
                yield cut
            elif isinstance(cut, Oversized):
                yield Record(Place(stream.name, cut.line, number), problem=_too_large(most))
                number += 1
            elif cut.raws:
                for part in self._opened(stream, cut, number):
                    yield part
                    number += len(part.raws) if isinstance(part, Batch) else 1

    def _opened(self, stream: Stream, texts: Texts, number: int) -> Iterator[Batch | Record]:
        if not self.tokens and not texts.arrays and not (texts.bodies and any(map(may_hold_body, texts.raws))):
            yield Batch(stream.name, number, texts.raws, texts.lines)
            return
        raws: list[bytes] = []
        lines: list[int | None] = []
        for text, line in zip(texts.raws, texts.lines, strict=True):
            for found in self._found(text.rstrip(ENDS), texts):
                if isinstance(found, bytes):
                    raws.append(found)
                    lines.append(line)
                    continue
                if raws:
                    yield Batch(stream.name, number, raws, lines)
                    number += len(raws)
                    raws, lines = [], []
                if isinstance(found, Problem):
                    yield Record(Place(stream.name, line, number), problem=found)
                    number += 1
                else:
                    yield Batch(stream.name, number, found.raws, _below(line, found, stream), found.batch_bytes)
                    number += len(found.raws)
        if raws:
            yield Batch(stream.name, number, raws, lines)

    def _found(self, text: bytes, texts: Texts) -> Iterator[bytes | Problem | Opened]:
        """What one text holds: one event, a problem, or several events."""
        opened = open_text(text) if texts.arrays and text.startswith(b"[") else None
        if opened is not None and not self.tokens and not texts.bodies:
            yield opened
            return
        for inner in [text] if opened is None else opened.raws:
            found = pointed(inner, self.tokens, self.at) if self.tokens else inner
            if isinstance(found, Problem):
                yield found
                continue
            inside = open_text(found) if self.tokens or found.startswith(b"{") else None
            if inside is not None and self.tokens:  # lines are known of the wrapping text alone
                inside = inside._replace(lines=[0] * len(inside.raws))
            yield found if inside is None else inside


def _below(line: int | None, opened: Opened, stream: Stream) -> list[int | None]:
    """The lines of the events in a text; None where the whole file is one line."""
    return [None if stream.one_line or line is None else line + more for more in opened.lines]


def _too_large(most: int) -> Problem:
    return violation("limit/event-too-large", "", expected=f"at most {most} bytes", actual="more; it was passed over")
