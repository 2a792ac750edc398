"""A plan file and all it extends, as one tree.

Bundled plans are named by their bare name; whatever has a slash or ends in .yaml or .yml is a path, relative to the
file that says it: a file, a folder, or a glob of plan files, which are taken in the order of their names.
"""

from __future__ import annotations

import glob
import hashlib
import os
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from protocols.names import nearest
from protocols.plan import grammar
from protocols.plan.kinds import mistake
from protocols.plan.library import bundled
from protocols.plan.merge import Removed, joined, longhand, merged, refs
from protocols.plan.model import PlanFile, Shape
from protocols.plan.nodes import MAX_BYTES, Document, List, Map, parse
from protocols.positions import Position
from protocols.problems import Problem
from protocols.violations import CALLS, quoted_if_odd

INHERITED = frozenset({"definitions", "events", "naming", "payload", *CALLS})
"""What a plan takes over from those it extends; the rest of their keys is their own affair."""


MAX_CHAIN = 50
"""Files that extend one another."""


class Source(msgspec.Struct, frozen=True):
    """A plan file: where it is, and how it is called in messages and positions."""

    real: str
    shown: str


class Reading(msgspec.Struct):
    """What is known while a plan is read.

    `files` are in order of reading. `gaps` says that something it extends could not be had, so that names it may have
    brought are not missed. `left_out` are the events that a selection did not take, and those that were removed.
    `trees` holds each file with all it extends, by its real path; `written` what each says itself and `texts` its text, by
    the name it is shown under; `definitions` the shapes of all definitions, once the plan is built. `instead` holds texts
    that are read in place of files, by real path.
    """

    problems: list[Problem] = []
    files: list[PlanFile] = []
    left_out: set[str] = set()
    gaps: bool = False
    trees: dict[str, Map | None] = {}
    written: dict[str, Map] = {}
    texts: dict[str, str] = {}
    definitions: dict[str, Shape] = {}
    instead: Mapping[str, str] = {}

    def blame(self, kind: str, at: Position, message: str, hint: str | None = None) -> None:
        """Note a mistake."""
        self.problems.append(mistake(kind, at, message, hint=hint))


# -- one file


def read_file(reading: Reading, source: Source, at: Position | None) -> Map | None:
    """The tree of one file alone, checked and written out in full; `at` is where another file extends it."""
    here = at or Position(source.shown)
    given = reading.instead.get(real_path(source.real))
    if given is not None:
        reading.files.append(PlanFile(source.shown, hashlib.sha256(given.encode()).hexdigest()))
        return read_text(reading, given, source.shown, is_root=at is None)
    try:
        if os.path.isdir(source.real):
            reading.blame("unreadable-file", here, f"{source.shown} is a folder", "name a plan file")
            return None
        with open(source.real, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        reading.blame("missing-file", here, f"there is no file {source.shown}", _similar_file(source))
        return None
    except ValueError:
        reading.blame("missing-file", here, f"no file can have the name {quoted_if_odd(source.shown)}")
        return None
    except OSError as error:
        reason = error.strerror or str(error)
        reading.blame("unreadable-file", here, f"{source.shown} cannot be read: {reason[:1].lower()}{reason[1:]}")
        return None
    if len(content) > MAX_BYTES:
        reading.blame("file-too-large", here, f"{source.shown} is larger than a plan file may be, {MAX_BYTES:,} bytes")
        return None
    reading.files.append(PlanFile(source.shown, hashlib.sha256(content).hexdigest()))
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = len(content[content.rfind(b"\n", 0, error.start) + 1 : error.start].decode(errors="replace")) + 1
        byte = content[error.start]
        reading.blame(
            "not-utf-8", Position(source.shown, line, column), f"a plan file is UTF-8, and the byte 0x{byte:02x} is not", "save it as UTF-8"
        )
        return None
    return read_text(reading, text, source.shown, is_root=at is None)


def _similar_file(source: Source) -> str | None:
    folder = os.path.dirname(source.real) or "."
    try:
        near = nearest(os.path.basename(source.real), sorted(os.listdir(folder)))
    except (OSError, ValueError):
        return None
    return f"did you mean {posixpath.join(posixpath.dirname(source.shown), near)}?" if near else None


_COMPULSORY = {"plan": "acme-shop", "version": "1.0.0"}
"""What only the plan itself has to say, and not those it extends; each with an example."""


def read_text(reading: Reading, text: str, shown: str, *, is_root: bool) -> Map | None:
    """The tree of one text, checked and written out in full; None where it holds no mapping."""
    document = parse(text, shown)
    reading.texts[shown] = text
    reading.problems.extend(document.problems)
    root = document.root
    if not isinstance(root, Map):
        if not document.problems:
            at = root.at if isinstance(root, List) else Position(shown)
            got = "a list" if isinstance(root, List) else "nothing" if root is None else "a single value"
            reading.blame("not-a-mapping", at, f"a plan should be a mapping of keys, got {got}", "begin with protocols: 1")
        return None
    missing = [key for key in _COMPULSORY if key not in root] if is_root else []
    reading.problems.extend(grammar.check(document))
    for key in missing:
        reading.blame("missing-key", root.at, f"the plan should say {key}, and does not", f"write {key}: {_COMPULSORY[key]} at its top")
    reading.problems.extend(_blanks(document))
    if "version" in root and not isinstance(root["version"], str):
        root["version"] = document.texts.get(root.values_at["version"], str(root["version"]))
    longhand("plan", root)
    reading.written[shown] = root
    return root


def _blanks(document: Document) -> Iterator[Problem]:
    """Values that were left out where any value would do; the check has already dropped all others."""
    if document.blanks:
        yield from _blanks_in(document.root, document.blanks, set())


def _blanks_in(node: Any, blanks: frozenset[Position], seen: set[int]) -> Iterator[Problem]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, Map):
        for key, value in node.items():
            if value is None and node.values_at[key] in blanks:
                hint = "write a type such as string" if key == "type" else "write null if that is meant"
                yield mistake("blank-value", node.values_at[key], f"{quoted_if_odd(key)} has no value", hint=hint)
            elif isinstance(value, (Map, List)):
                yield from _blanks_in(value, blanks, seen)
    elif isinstance(node, List):
        for value, at in zip(node, node.items_at, strict=True):
            if value is None and at in blanks:
                yield mistake("blank-value", at, "a list item has no value", hint="write null if that is meant")
            elif isinstance(value, (Map, List)):
                yield from _blanks_in(value, blanks, seen)


# -- a file and what it extends


def real_path(path: str) -> str:
    """The one path of a file, however it is named; a name that can be no file's stays as it is."""
    try:
        return os.path.realpath(path)
    except ValueError:
        return path


def whole(reading: Reading, source: Source, at: Position | None = None, trail: tuple[str, ...] = ()) -> Map | None:
    """The tree of a file with everything it extends merged under it. A file is read once, however often it is named."""
    real = real_path(source.real)
    if real not in reading.trees:
        own = read_file(reading, source, at)
        reading.trees[real] = None if own is None else extended(reading, own, source, (*trail, real))
    return reading.trees[real]


def extended(reading: Reading, own: Map, source: Source, trail: tuple[str, ...]) -> Map:
    """A tree laid over all that its `extends` names."""
    base: Map | None = None
    items = own.get("extends", ())
    for item, at in zip(items, own["extends"].items_at if items else (), strict=True):
        if not item:  # a selection that was refused
            continue
        name, selection = (item, None) if isinstance(item, str) else next(iter(item.items()))
        place = at if isinstance(item, str) else item.keys_at[name]
        found = [part for other in _sources(reading, name, place, source) if (part := _part(reading, other, place, trail)) is not None]
        if selection is not None:
            _check_selection(reading, found, name, selection)
            found = [_selected(reading, part, frozenset(selection)) for part in found]
        for part in found:
            base = part if base is None else _side_by_side(reading, base, part, own, place)
    if base is None:
        return own
    result: Map = merged("plan", base, own)
    return result


def _part(reading: Reading, source: Source, at: Position, trail: tuple[str, ...]) -> Map | None:
    """What a file passes on to those that extend it."""
    if real_path(source.real) in trail:
        reading.blame("cycle", at, f"{source.shown} extends this file in turn", "take one of the two out")
        reading.gaps = True
        return None
    if len(trail) >= MAX_CHAIN:
        reading.blame("too-deep", at, f"plans may extend each other {MAX_CHAIN} files deep, and this is one more")
        reading.gaps = True
        return None
    tree = whole(reading, source, at, trail)
    if tree is None:
        reading.gaps = True
        return None
    return tree.only(INHERITED.__contains__)


def _side_by_side(reading: Reading, base: Map, part: Map, own: Map, at: Position) -> Map:
    conflicts: list[tuple[str, Position, Position]] = []
    result = joined("plan", base, part, own, conflicts)
    for name, first, second in conflicts:
        reading.blame(
            "sibling-conflict",
            at,
            f"{quoted_if_odd(name)} has one content at {first} and another at {second}",
            "write it in this file to settle it",
        )
    return result


def _sources(reading: Reading, name: str, at: Position, source: Source) -> list[Source]:
    """The files that one entry of `extends` names."""
    name_path = name.replace("\\", "/")
    if is_bare(name_path):
        return bundled_source(reading, name, at)
    folder = os.path.dirname(source.real)
    shown_folder = posixpath.dirname(source.shown)
    real = os.path.join(folder, name_path)
    shown = posixpath.normpath(posixpath.join(shown_folder, name_path))
    try:
        is_folder = os.path.isdir(real)
        is_glob = not os.path.exists(real) and glob.has_magic(name_path)
    except ValueError:
        is_folder = is_glob = False
    if not is_folder and not is_glob:
        return [Source(real, shown)]
    pattern = os.path.join(glob.escape(real), "*") if is_folder else os.path.join(glob.escape(folder), name_path)
    here = real_path(source.real)
    files = sorted(
        file.replace(os.sep, "/")
        for file in glob.glob(pattern, recursive=True)
        if file.endswith((".yaml", ".yml")) and os.path.isfile(file) and real_path(file) != here
    )
    if not files:
        what = f"the folder {shown}" if is_folder else shown
        reading.blame("no-plan-files", at, f"{what} holds no other plan file", "plan files end in .yaml or .yml")
        reading.gaps = True
    return [
        Source(file, posixpath.normpath(posixpath.join(shown_folder, os.path.relpath(file, folder or ".").replace(os.sep, "/"))))
        for file in files
    ]


def is_bare(name: str) -> bool:
    """Whether a name is that of a bundled plan and not a path."""
    return "/" not in name and not name.endswith((".yaml", ".yml"))


def bundled_source(reading: Reading, name: str, at: Position) -> list[Source]:
    library = bundled()
    if name in library:
        return [Source(str(library[name]), _shown(library[name]))]
    near = nearest(name, library)
    hint = f"did you mean {near}?" if near else f"write ./{name}.yaml for a file of your own; bundled are {', '.join(library) or 'none'}"
    reading.blame("missing-file", at, f"no bundled plan is called {quoted_if_odd(name)}", hint)
    reading.gaps = True
    return []


def _shown(file: Path) -> str:
    """How a bundled plan is called: `plans/ecommerce.yaml`, unless another file is found under that name from here."""
    shown = f"plans/{file.name}"
    return f"protocols/{shown}" if os.path.exists(shown) and not os.path.samefile(shown, file) else shown


# -- selections


def _check_selection(reading: Reading, parts: list[Map], name: str, selection: List) -> None:
    known = [event for part in parts for event, body in part.get("events", {}).items() if not isinstance(body, Removed)]
    if not parts:
        return
    for event, at in zip(selection, selection.items_at, strict=True):
        if event not in known:
            near = nearest(event, known)
            reading.blame(
                "unknown-event", at, f"{quoted_if_odd(name)} has no event {quoted_if_odd(event)}", f"did you mean {near}?" if near else None
            )


def _selected(reading: Reading, tree: Map, names: frozenset[str]) -> Map:
    """Only these events, and the definitions they use, by whatever way."""
    events = tree.get("events")
    part = Map(tree.at)
    if not isinstance(events, Map):
        return part
    reading.left_out.update(set(events) - names)
    definitions = tree.get("definitions", {})
    part.put("events", events.only(names.__contains__), tree.keys_at["events"], tree.values_at["events"])
    used: dict[str, None] = {}
    waiting = [ref for ref, _ in refs("events", part["events"])]
    while waiting:
        ref = waiting.pop()
        if ref in definitions and ref not in used:
            used[ref] = None
            waiting += [other for other, _ in refs("shape", definitions[ref])]
    if used:
        part.put("definitions", definitions.only(used.__contains__), tree.keys_at["definitions"], tree.values_at["definitions"])
    return part
