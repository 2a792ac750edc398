"""`-`: standard input."""

from __future__ import annotations

from collections.abc import Iterator

from protocols.readers.format import Location
from protocols.readers.record import Source

NAME = "<stdin>"


def fits(text: str) -> bool:
    return text == "-"


def find(text: str) -> Iterator[Source]:
    yield Source(NAME, None, None)


STDIN = Location("standard input, written -", fits, find)
