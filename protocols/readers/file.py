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
    """Why nothing is at `path`, as the end of a sentence: the first folder that is absent, or the nearest name in the last one."""
    folder, name = os.path.split(path.rstrip("/"))
    if folder and not os.path.isdir(folder):
        deeper = cause(folder)
        return f"; the folder {shown(folder)}/ does not exist{deeper if 'does not exist' not in deeper else ''}"
    try:
        names = sorted(entry for entry in os.listdir(folder or ".") if not entry.startswith("."))
    except OSError:
        return ""
    meant = nearest(name, names) if name else None
    return f"; did you mean {shown(os.path.join(folder, meant))}?" if meant is not None else ""


FILE = Location("a file", fits, find)
