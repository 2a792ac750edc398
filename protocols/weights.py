"""How much each kind of violation weighs in a run, over what the plan says: `--severity`, `--select` and `--ignore`.

They settle what is a violation at all, before the first event is looked at. What is ignored makes no event invalid and is
nowhere in the report; waivers and a baseline come later, and only settle which violations fail the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from protocols.errors import UsageError
from protocols.globs import matches
from protocols.names import nearest
from protocols.problems import Severity
from protocols.violations import FAMILIES, KINDS, UNCHECKED

OF_THE_RUN: Mapping[str, str] = {"expectation": "--expect or --forbid", "coverage": "--min-coverage"}
"""Families of what a run lacks as a whole -> what asks for it."""


def kinds_of(name: str) -> tuple[str, ...]:
    """The ids that a name stands for: an id, a family, or a glob over ids. None where it stands for nothing."""
    if name in FAMILIES:
        return tuple(id for id in KINDS if id.startswith(f"{name}/"))
    return tuple(id for id in KINDS if matches(name, id))


def unknown(name: str) -> str | None:
    """Why a name stands for no kind of violation, as a sentence; None where it does."""
    if kinds_of(name):
        return None
    if name.partition("/")[0] in OF_THE_RUN:
        return f"{name} is about a run as a whole, and always an error; leave out what asks for it: {OF_THE_RUN[name.partition('/')[0]]}"
    near = nearest(name, [*FAMILIES, *KINDS]) or _by_kind(name)
    return f"there is no violation {name}; {f'did you mean {near}?' if near else 'protocols explain lists them all'}"


def _by_kind(name: str) -> str | None:
    """The id whose second half is nearest: people leave the family out."""
    kinds = {id.partition("/")[2]: id for id in KINDS}
    near = nearest(name.rpartition("/")[2], kinds)
    return kinds[near] if near else None


def weights(
    severity: Mapping[str, Severity] | None = None, *, select: Iterable[str] = (), ignore: Iterable[str] = ()
) -> dict[str, Severity]:
    """Id or family -> the severity that counts over the plan's; `off` by id alone.

    `severity` goes by id or family, as a plan's own, and takes globs too; what it switches off is ignored. With `select`
    only the ids named stay, with what they weigh; what the plan has switched off stays off. `ignore` takes ids out. Raises
    UsageError for a name that stands for nothing, and for an id that cannot be taken out.
    """
    found: dict[str, Severity] = {}
    for name, level in (severity or {}).items():
        found |= {name: level} if name in FAMILIES and level is not Severity.off else dict.fromkeys(_known(name), level)
    chosen = {id for name in select for id in _known(name)}
    ignored = {id for name in ignore for id in _known(name)}
    for name in {*(severity or ()), *ignore}:
        if name in UNCHECKED:
            raise UsageError(f"{name} is always an error: nothing else can be said of such a record; a waiver can let it pass")
    off = {id for id in KINDS if id in ignored or (chosen and id not in chosen)}
    return {name: found[name] for name in found if name not in UNCHECKED} | dict.fromkeys(sorted(off - UNCHECKED), Severity.off)


def kept(ignore: Iterable[str]) -> dict[str, list[str]]:
    """Families and globs that are to be ignored -> those of their ids that stay all the same, since nothing else can be said."""
    return {name: stay for name in ignore if (stay := [id for id in kinds_of(name) if id in UNCHECKED])}


def _known(name: str) -> tuple[str, ...]:
    if wrong := unknown(name):
        raise UsageError(wrong)
    return kinds_of(name)
