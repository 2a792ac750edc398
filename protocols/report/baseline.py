"""The baseline: violations that were there already, so that a run fails on new ones alone.

An entry tells a violation by its id, call, event, version and pointer. Lines, counts, values and the words of a message
are no part of it, so nothing changes in the file while the same faults come in; neither is the severity, nor what the plan
expects there: a plan that turns a warning into an error, or adds a value to a list, makes no known fault a new one. What is
new under a changed plan is what it had not asked for before: another id, another place, another version.

Every violation is recorded, whatever `--fail-on` says, so that a stricter run later does not begin with thousands.
Baselines add up: `baseline(a) | baseline(b) == baseline(a + b)`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from protocols.errors import UsageError
from protocols.report.report import Group, Key, Report, Spot
from protocols.violations import CALLS, KINDS

BASELINE = "protocols-baseline.yaml"
"""The file where none is named."""

FORMAT = 1

HEADER = """\
# Violations that were there already: `protocols validate --baseline` fails on others alone.
# Written by `protocols baseline`; what is healed is taken out by `protocols validate --baseline`. Comments are not kept.
"""


class Entry(NamedTuple):
    """A violation as it is known again. With `all` every violation of the id and call is known: there were more different
    ones than a report tells apart."""

    call: str | None
    event: str | None
    version: int | None
    id: str
    pointer: str | None
    all: bool = False

    def __str__(self) -> str:
        subject = " ".join(part for part in (None if self.call == "track" and self.event else self.call, self.event) if part)
        version = f" (version {self.version})" if self.version is not None else ""
        return f"{self.id}{f' in {subject}' if subject else ''}{version}{f' at {self.pointer}' if self.pointer else ''}"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is known; nothing else of a run stands in it."""

    entries: frozenset[Entry] = frozenset()

    def knows(self, group: Group | Spot) -> bool:
        return entry_of(group) in self.entries or self.knows_all(group.id, group.key.call)

    def knows_all(self, id: str, call: str | None) -> bool:
        return Entry(call, None, None, id, None, all=True) in self.entries

    def __or__(self, other: Baseline) -> Baseline:
        return Baseline(_settled(self.entries | other.entries))

    def without(self, entries: Iterable[Entry]) -> Baseline:
        return Baseline(self.entries.difference(entries))


def entry_of(group: Group | Spot) -> Entry:
    return Entry(group.key.call, group.key.event, group.key.version, group.id, group.pointer)


def baseline_of(report: Report, groups: Iterable[Group] | None = None) -> Baseline:
    """All that is wrong in a report, or what these of its groups hold."""
    beyond = (Entry(call, None, None, id, None, all=True) for id, call in folded(report))
    return Baseline(_settled({*beyond, *map(entry_of, report.groups if groups is None else groups)}))


def _settled(entries: Iterable[Entry]) -> frozenset[Entry]:
    """Without those that another one says already."""
    listed = frozenset(entries)
    whole = {(entry.id, entry.call) for entry in listed if entry.all}
    return frozenset(entry for entry in listed if entry.all or (entry.id, entry.call) not in whole)


def folded(report: Report) -> set[tuple[str, str | None]]:
    """The (id, call) of which a report has violations in no group."""
    return {(id, call) for id, _, call in report.ungrouped}


def healed(baseline: Baseline, report: Report, off: Iterable[str] = ()) -> tuple[Entry, ...]:
    """The entries whose event was seen, and seen without it; `off` are ids that this run did not look at. In the order of the file."""
    there = {entry_of(group) for group in report.groups}
    kinds = {(group.id, group.key.call) for group in report.groups} | folded(report)
    seen = {traffic.key for traffic in report.traffic}
    calls = {key.call for key in seen}
    names = {(key.call, key.event) for key in seen}
    unlooked = {*off}

    def was_seen(entry: Entry) -> bool:
        """Of a record that was no event, and of a track call without a name, another record or call is as good."""
        if entry.id == "limit/batch-too-large":  # a report does not say whether there were batches
            return False
        if entry.call is None:
            return report.count > 0
        if entry.all or (entry.call == "track" and entry.event is None):
            return entry.call in calls
        if entry.version is None and entry.event is not None:  # the plan may have given it versions since
            return (entry.call, entry.event) in names
        return Key(entry.call, entry.event, entry.version) in seen

    def is_there(entry: Entry) -> bool:
        return entry in there or ((entry.id, entry.call) in kinds if entry.all else (entry.id, entry.call) in folded_kinds)

    folded_kinds = folded(report)
    return tuple(entry for entry in in_order(baseline.entries) if entry.id not in unlooked and was_seen(entry) and not is_there(entry))


# -- the file


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By call, event, version, id and pointer: the entries of one event stand together."""
    return sorted(entries, key=lambda entry: (_call(entry.call), entry.event or "", entry.version or 0, entry.id, entry.pointer or ""))


def _call(call: str | None) -> int:
    return CALLS.index(call) if call in CALLS else len(CALLS)


def dump(baseline: Baseline) -> str:
    """The text of the file: one line for each entry, so that two branches that heal different faults merge."""
    lines = [f"  - {{{', '.join(f'{name}: {value}' for name, value in _written(entry))}}}\n" for entry in in_order(baseline.entries)]
    return f"{HEADER}baseline: {FORMAT}\nknown:{'' if lines else ' []'}\n{''.join(lines)}"


def _written(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.call is not None:
        yield "call", entry.call
    if entry.event is not None:
        yield "event", _text(entry.event)
    if entry.version is not None:
        yield "version", str(entry.version)
    yield "id", entry.id
    if entry.pointer is not None:
        yield "pointer", _text(entry.pointer)
    if entry.all:
        yield "all", "true"


def _text(text: str) -> str:
    """A text in double quotes as YAML reads it; what cannot be seen is written as an escape."""
    quoted = json.dumps(text, ensure_ascii=False)
    if quoted.isprintable():
        return quoted
    return "".join(character if character.isprintable() else _escape(ord(character)) for character in quoted)


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def load(text: str, name: str) -> Baseline:
    """The baseline in the text of a file called `name`. Raises UsageError where it is none."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # 0.6 s for 10,000 entries, where PyYAML was built with it; else 1.9
    try:
        read = yaml.load(text, loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}" if mark is not None else ""
        raise UsageError(
            f"{name}{place} is no YAML; if it is the baseline, take out what does not belong there, such as the marks of a merge,"
            " or delete it and let protocols baseline write it anew"
        ) from None
    if not isinstance(read, dict) or "baseline" not in read:
        raise _no_baseline(name, "it has no key baseline")
    if read["baseline"] != FORMAT:
        version = read["baseline"]
        if type(version) is int and version > FORMAT:
            raise UsageError(f"{name} was written by a newer protocols: its format is {version}, this one knows {FORMAT}; update protocols")
        raise _no_baseline(name, f"its format should be the number {FORMAT}, got {version!r}")
    known = read.get("known") or []
    if not isinstance(known, list):
        raise _no_baseline(name, "known should be a list")
    return Baseline(_settled(_entry(item, number, name) for number, item in enumerate(known, 1)))


_TYPES: dict[str, tuple[type, ...]] = {"call": (str,), "event": (str,), "version": (int,), "id": (str,), "pointer": (str,), "all": (bool,)}


def _entry(item: Any, number: int, name: str) -> Entry:
    at = f"entry {number} of known"
    if not isinstance(item, dict):
        raise _no_baseline(name, f"{at} should be a mapping with id, call, event, version and pointer")
    for key, value in item.items():
        if key not in _TYPES:
            raise _no_baseline(name, f"{at} has the unknown key {key}; known are {', '.join(_TYPES)}")
        if not isinstance(value, _TYPES[key]) or (isinstance(value, bool) and key != "all"):
            raise _no_baseline(name, f"{key} in {at} should be {'a text' if _TYPES[key] == (str,) else 'a whole number'}, got {value!r}")
    if item.get("id") not in KINDS:
        raise _no_baseline(name, f"{at} should have the id of a violation, got {item.get('id')}")
    return Entry(item.get("call"), item.get("event"), item.get("version"), item["id"], item.get("pointer"), item.get("all", False))


def _no_baseline(place: str, why: str) -> UsageError:
    return UsageError(f"{place} is no baseline: {why}; protocols baseline writes one")
