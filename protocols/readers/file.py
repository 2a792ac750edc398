"""One file, named as it is: whatever its suffix, it is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import PurePath

from protocols.errors import EventsError
from protocols.names import nearest
from protocols.readers.format import Location
from protocols.readers.record import Source


def fits(text: str) -> bool:
    """A file that is there; or anything else, for the other places have been asked before."""
    return True


def find(text: str) -> Iterator[Source]:
    if not os.path.lexists(text):
        raise EventsError(f"{shown(text)} does not exist{cause(text)}")
    yield source(text)


def source(path: str) -> Source:
    """The source of a file, with its size where it is a plain file: a pipe or a device has none."""
    try:
        status = os.stat(path)
    except OSError:
        return Source(shown(path), path, None)
    return Source(shown(path), path, status.st_size if stat.S_ISREG(status.st_mode) else None)


def shown(path: str) -> str:
    """A path as it stands in messages: as it was given, with forward slashes."""
    return PurePath(path).as_posix() if path else '""'


def cause(path: str) -> str:
    """Why nothing is at `path`, as the end of a sentence: a folder on the way that is absent, or the name that was meant."""
    folder = os.path.dirname(path.rstrip("/"))
    return absent(folder) if folder and not os.path.isdir(folder) else _meant(path)


def absent(folder: str) -> str:
    """That a folder does not exist, as the end of a sentence: the outermost one on the way that does not."""
    while (outer := os.path.dirname(folder)) and not os.path.isdir(outer):
        folder = outer
    return f"; the folder {shown(folder)}/ does not exist{_meant(folder)}"


def _meant(path: str) -> str:
    folder, name = os.path.split(path.rstrip("/"))
    try:
        names = sorted(other for other in os.listdir(folder or ".") if not other.startswith("."))
    except OSError:
        return ""
    near = nearest(name, names) if name else None
    if near is None:
        return ""
    meant = os.path.join(folder, near)
    return f"; did you mean {shown(meant)}{'/' if os.path.isdir(meant) else ''}?"


FILE = Location("a file", fits, find)
