"""Which files are plan files: those that are named, and those that folders and globs hold."""

from __future__ import annotations

import glob
import os
import posixpath
import re
from collections.abc import Iterator, Sequence

from protocols.errors import PlanError
from protocols.plan import bundled
from protocols.plan.kinds import mistake
from protocols.positions import Position

_FORMAT = re.compile(rb"^(?:\xef\xbb\xbf)?[\"']?protocols[\"']?[ \t]*:", re.MULTILINE)
_NAMED = re.compile(rb"^[\"']?(?:plan|version)[\"']?[ \t]*:", re.MULTILINE)


def plan_files(places: Sequence[str]) -> list[str]:
    """The plan files at these places, each once. A folder is searched to its depths, a glob as it says; of what they find
    counts what says `protocols` as a key.

    Raises PlanError where a place holds none; a file that is not there is one too, for the loader to complain of.
    """
    found: dict[str, None] = {}
    wrong = []
    for place in places:
        here = list(_at(place))
        found.update(dict.fromkeys(here))
        if not here:
            wrong.append(mistake("no-plan-files", Position(place), f"{place} holds no plan file", hint="plan files end in .yaml or .yml"))
        elif place in bundled() and not os.path.lexists(place):
            wrong.append(mistake("missing-file", Position(place), f"there is no file {place}", hint="bundled plans are not looked at"))
    if wrong:
        raise PlanError(wrong)
    return list(found)


def _at(place: str) -> Iterator[str]:
    is_folder = os.path.isdir(place)
    if not is_folder and (os.path.lexists(place) or not glob.has_magic(place)):
        yield _shown(place)
        return
    pattern = os.path.join(glob.escape(place), "**") if is_folder else place
    for path in sorted(glob.glob(pattern, recursive=True)):
        if path.endswith((".yaml", ".yml")) and _says(path, _FORMAT):
            yield _shown(path)


def _shown(path: str) -> str:
    return posixpath.normpath(path.replace(os.sep, "/"))


def is_part(path: str) -> bool:
    """Whether a file can only be a part of plans, since it says neither `plan` nor `version`."""
    return _says(path, _FORMAT) and not _says(path, _NAMED)


def _says(path: str, key: re.Pattern[bytes]) -> bool:
    try:
        with open(path, "rb") as file:
            return key.search(file.read()) is not None
    except OSError:
        return False
