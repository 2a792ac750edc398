"""A pattern in the way of the shell: `*`, `?`, `[abc]`, and `**` for any number of folders.

It means what the shell would have made of it: files that match are read whatever their suffix, folders that match are
read as folders. Quoted, it works where the shell has no `**` and where the list would be too long for a command line.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator

from protocols.errors import EventsError
from protocols.readers import file, folder
from protocols.readers.format import Location
from protocols.readers.record import Fault, Source

_SIGN = re.compile(r"[*?\[]")


def fits(text: str) -> bool:
    """Whether there is a sign of a pattern and no file of that very name."""
    return bool(_SIGN.search(text)) and not os.path.lexists(text)


def find(text: str) -> Iterator[Source | Fault]:
    matches = sorted(glob.glob(text, recursive=True))
    if not matches:
        raise EventsError(f"no file matched {file.shown(text)}{_cause(text)}")
    files = [path for path in matches if not os.path.isdir(path)]
    if files and "**" in text:
        matches = files  # `**` has gone into the folders already
    for path in matches:
        yield from folder.find(path) if os.path.isdir(path) else file.find(path)


def _cause(text: str) -> str:
    """Why nothing matched, as the end of a sentence."""
    fixed = _SIGN.split(text, maxsplit=1)[0].rpartition("/")[0]
    if fixed and not os.path.isdir(fixed):
        return file.absent(fixed)
    where = f"the folder {file.shown(fixed)}/" if fixed else "this folder"
    try:
        names = sorted(name for name in os.listdir(fixed or ".") if not name.startswith("."))
    except OSError as error:
        return f"; {where} cannot be read: {error.strerror or error}"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"; {where} holds {', '.join(names[:3])}{more}" if names else f"; {where} is empty"


PATTERN = Location("a pattern such as events/**/*.jsonl", fits, find)
