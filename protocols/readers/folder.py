"""A folder: its event files and those of the folders in it, in the order of their names."""

from __future__ import annotations

import os
from collections.abc import Iterator

from protocols.errors import EventsError
from protocols.readers.file import shown, source
from protocols.readers.format import Location
from protocols.readers.record import Fault, Source
from protocols.readers.stream import PACKED

KINDS = (".json", ".jsonl", ".ndjson")
SUFFIXES = tuple(kind + packed for packed in ("", *PACKED) for kind in KINDS)


def fits(text: str) -> bool:
    return os.path.isdir(text)


def find(text: str) -> Iterator[Source | Fault]:
    """The files with one of `SUFFIXES`, hidden ones and those in hidden folders left out; links to folders are not followed.

    A folder that cannot be read is a Fault. One that holds no event file at all raises EventsError.
    """
    others: list[str] = []
    found = False
    for path in _walk(text):
        if isinstance(path, Fault):
            found = True
            yield path
        elif path.lower().endswith(SUFFIXES):
            found = True
            yield source(path)
        else:
            others.append(path)
    if not found:
        seen = f"; it holds {shown(others[0])}, which is read when it is named" if others else "; it is empty"
        packed = " or ".join(PACKED)
        raise EventsError(f"no file in {shown(text)}/ is named .json, .jsonl or .ndjson (or these with {packed}){seen}")


def _walk(folder: str) -> Iterator[str | Fault]:
    """Every file below a folder that is not hidden."""
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError as error:
        yield Fault(shown(folder), None, f"the folder cannot be read: {error.strerror or error}")
        return
    for name in names:
        path = os.path.join(folder, name)
        if not os.path.isdir(path):
            yield path
        elif not os.path.islink(path):
            yield from _walk(path)


FOLDER = Location("a folder, with the folders in it", fits, find)
