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
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from protocols.errors import UsageError
from protocols.names import nearest
from protocols.report.report import Group, Key, Report, Spot
from protocols.selector import NAMED
from protocols.violations import CALLS, KINDS, quoted

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


class Baseline(msgspec.Struct, frozen=True):
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
    """The baseline in the text of a file called `name`. Raises UsageError where it is none, or for an entry that nothing can fit."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # 0.4 s for 10,000 entries, where PyYAML was built with it; else 1.7
    try:
        root = yaml.compose(text, loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}" if mark is not None else ""
        raise UsageError(
            f"{name}{place} is no YAML; if it is the baseline, take out what does not belong there, such as the marks of a merge,"
            " or delete it and let protocols baseline write it anew"
        ) from None
    if not _is_mapping(root) or "baseline" not in (top := _members(root, name)):
        raise _no_baseline(name, "it has no key baseline")
    _is_format(top["baseline"], name)
    for key, node in top.items():
        if key not in _TOP:
            raise _wrong(name, node, f"a baseline has the keys {' and '.join(_TOP)} alone, got {key}{_meant(key, _TOP, '; take it out')}")
    known = top.get("known")
    if known is None or known.tag == _NULL:
        return Baseline()
    if not isinstance(known.value, list) or _is_mapping(known):
        raise _wrong(name, known, f"known should be a list of entries such as {_EXAMPLE}, got {_got(known)}")
    return Baseline(_settled(_entry(node, name) for node in known.value))


_TOP = ("baseline", "known")
_EXAMPLE = '{call: track, event: "Order Completed", id: type/wrong-type, pointer: /properties/total}'
_TAG = "tag:yaml.org,2002:"
_NULL, _STR, _INT, _BOOL = f"{_TAG}null", f"{_TAG}str", f"{_TAG}int", f"{_TAG}bool"
_TRUE = frozenset({"true", "yes", "on"})
_WHOLE = re.compile(r"0|[1-9][0-9]{0,8}")

_KEYS: Mapping[str, tuple[str, str]] = {
    "call": (_STR, f"one of {', '.join(CALLS)}"),
    "event": (_STR, "a text"),
    "version": (_INT, "a whole number"),
    "id": (_STR, "the id of a violation"),
    "pointer": (_STR, "a JSON Pointer such as /properties/total"),
    "all": (_BOOL, "true or false"),
}
"""Key of an entry -> the YAML type of its value, and what is wanted."""


def _is_format(node: Any, name: str) -> None:
    if node.tag == _INT and _WHOLE.fullmatch(node.value):
        if int(node.value) > FORMAT:
            newer = f"its format is {node.value}, this one knows {FORMAT}; update protocols"
            raise UsageError(f"{name} was written by a newer protocols: {newer}")
        if int(node.value) == FORMAT:
            return
    raise _no_baseline(f"{name}:{_line(node)}", f"its format should be the number {FORMAT}, got {_got(node)}")


def _members(mapping: Any, name: str) -> dict[str, Any]:
    """Key -> value, as nodes of YAML that know their lines."""
    found: dict[str, Any] = {}
    for key, value in mapping.value:
        if not isinstance(key.value, str):
            raise _wrong(name, key, f"a key should be a text, got {_got(key)}; take it out")
        if key.value in found:  # the last would win unseen
            raise _wrong(name, key, f"each key should stand once, got {quoted(key.value)} again; take out what is too much")
        found[key.value] = value
    return found


def _entry(node: Any, name: str) -> Entry:
    if not _is_mapping(node):
        raise _wrong(name, node, f"an entry should be a mapping such as {_EXAMPLE}, got {_got(node)}")
    members = _members(node, name)
    said = {key: _value(key, value, name) for key, value in members.items() if value.tag != _NULL or key not in _KEYS}
    if "id" not in said:
        raise _wrong(name, node, "an entry should have the id of a violation, got none; write one, such as id: type/wrong-type")
    entry = Entry(said.get("call"), said.get("event"), said.get("version"), said["id"], said.get("pointer"), said.get("all", False))
    for key, why in _never(entry):
        raise _wrong(name, members.get(key, node), why)
    return entry


def _value(key: str, node: Any, name: str) -> Any:
    if key not in _KEYS:
        raise _wrong(name, node, f"an entry has the keys {', '.join(_KEYS)}, got {key}{_meant(key, _KEYS, '; take it out')}")
    tag, wanted = _KEYS[key]
    text = node.value
    if node.tag != tag or (tag == _INT and not _WHOLE.fullmatch(text)):
        quotes = f'; write "{text}" in quotes' if tag == _STR and isinstance(text, str) else ""
        raise _wrong(name, node, f"{key} should be {wanted}, got {_got(node)}{quotes}")
    if tag == _INT:
        return int(text)
    return text.lower() in _TRUE if tag == _BOOL else text


def _never(entry: Entry) -> Iterator[tuple[str, str]]:
    """Why no violation can ever be an entry: the key that is to blame, and what should stand there."""
    call, event, version, id, pointer, whole = entry
    if id not in KINDS:
        yield "id", f"id should be the id of a violation, got {quoted(id)}{_meant(id, KINDS, '; protocols explain lists them all')}"
    if call is not None and call not in CALLS:
        yield "call", f"call should be {_KEYS['call'][1]}, got {quoted(call)}{_meant(call, CALLS)}"
    if whole:
        for key, value in (("event", event), ("version", version), ("pointer", pointer)):
            if value is not None:
                yield key, f"all: true should stand beside id and call alone, got {key} too; take out {key}, or all"
        return
    for key, value in (("event", event), ("version", version)):
        if value is not None and call is None:
            yield key, f"{key} should stand beside a call, got none; write call: track, or the one that is meant"
    if event is not None and call not in NAMED:
        yield "event", f"event should stand beside call: {' or '.join(NAMED)}, got call: {call}, which has no names; take out event"
    if pointer is None:
        yield "pointer", 'an entry should have a pointer such as /properties/total, or "" for the whole record, got none; write it'
    elif pointer and not pointer.startswith("/"):
        yield "pointer", f"pointer should begin with a slash, got {quoted(pointer)}; did you mean {as_pointer(pointer)}?"


def as_pointer(text: str) -> str:
    """The pointer that `properties.products[0].price` was probably meant to be, its indices written `*`."""
    plain = text.removeprefix("$").replace("[]", "[*]")
    path = plain if "/" in plain else plain.replace("[", ".").replace("]", "").replace(".", "/")
    return "/" + "/".join("*" if part.isdecimal() else part for part in path.strip("/").split("/"))


def _is_mapping(node: Any) -> bool:
    return node is not None and node.id == "mapping"


def _got(node: Any) -> str:
    if node.id != "scalar":
        return f"a {node.id.replace('sequence', 'list')}"
    return quoted(node.value) if node.tag == _STR else "null" if node.tag == _NULL else node.value


def _meant(text: str, known: Iterable[str], else_: str = "") -> str:
    near = nearest(text, known)
    return f"; did you mean {near}?" if near else else_


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _wrong(name: str, node: Any, why: str) -> UsageError:
    return UsageError(f"{name}:{_line(node)}: {why}")


def _no_baseline(place: str, why: str) -> UsageError:
    return UsageError(f"{place} is no baseline: {why}; protocols baseline writes one")
