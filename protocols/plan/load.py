"""Plan files -> Plan: everything merged, every ref expanded, every mistake found before anything is raised."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from protocols.errors import PlanError
from protocols.names import nearest
from protocols.plan import model
from protocols.plan.extend import Reading, Source, bundled_source, extended, is_bare, read_text, real_path, whole
from protocols.plan.garbage import kept
from protocols.plan.grammar import OWN_MEMBERS
from protocols.plan.library import bundled
from protocols.plan.merge import Removed, merged, names_of, refs
from protocols.plan.model import Body, Event, Limits, Naming, Plan, PlanFile, RawSchema, Section, Shape
from protocols.plan.nodes import MAX_DEPTH, List, Map, plain
from protocols.positions import Position
from protocols.problems import Problem, Severity
from protocols.violations import CALLS, quoted_if_odd

MAX_SHAPES = 500_000
"""Shapes of one plan with every ref written out."""


@kept()
def load_plan(path: str | Path) -> Plan:
    """The plan in this file, with all that it extends; a bare name such as `ecommerce`, where there is no such file, means
    the bundled plan.

    Raises PlanError with every mistake, in the order of file, line and column.
    """
    reading = Reading()
    name = str(path)
    shown = name.replace(os.sep, "/")
    is_file = os.path.exists(name) or not is_bare(shown)
    sources = [Source(name, shown)] if is_file else bundled_source(reading, name, Position(name))
    return _finished(reading, whole(reading, sources[0]) if sources else None)


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """A plan beside the files it was made from, all by the names they are shown under.

    `plan` is None where there are `problems`. `definitions` are those of the whole plan, used or not. `written` holds what
    each file says itself, in long forms and with nothing merged; `texts` what stands in it; `bundled` the names of those
    files that travel with the package.
    """

    plan: Plan | None
    problems: tuple[Problem, ...]
    definitions: Mapping[str, Shape]
    written: Mapping[str, Map]
    texts: Mapping[str, str]
    bundled: frozenset[str]


@kept()
def load_files(path: str, *, is_part: bool = False, instead: Mapping[str, str] | None = None) -> Loaded:
    """The plan in this file, for those who look at its files as well. Raises nothing for what is wrong with it.

    A part is a file that others extend: it need not say `plan` and `version`, and what others of its plan may bring is not
    missed. `instead` holds texts that are read in place of files, by their real path.
    """
    reading = Reading(gaps=is_part, instead=instead or {})
    shown = posixpath.normpath(path.replace(os.sep, "/"))
    tree = whole(reading, Source(path, shown), Position(shown) if is_part else None)
    plan = None if tree is None else build(reading, tree)
    own = {source.shown for name in bundled() for source in bundled_source(reading, name, Position(shown))}
    return Loaded(
        plan=None if reading.problems else plan,
        problems=tuple(in_order(reading.problems, reading.files)),
        definitions=reading.definitions,
        written=reading.written,
        texts=reading.texts,
        bundled=frozenset(own),
    )


@kept()
def load_text(text: str, path: str = "plan.yaml") -> Plan:
    """The plan in this text; `path` is its name in positions, and what it extends is sought from there.

    Raises PlanError with every mistake, in the order of file, line and column.
    """
    import hashlib

    reading = Reading()
    reading.files.append(PlanFile(path, hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()))
    own = read_text(reading, text, path, is_root=True)
    source = Source(path, path)
    return _finished(reading, None if own is None else extended(reading, own, source, (real_path(path),)))


def _finished(reading: Reading, tree: Map | None) -> Plan:
    """The plan of a merged tree, or all that is wrong with it."""
    plan = None if tree is None else build(reading, tree)
    if reading.problems or plan is None:
        raise PlanError(in_order(reading.problems, reading.files))
    return plan


def in_order(problems: list[Problem], files: list[PlanFile]) -> list[Problem]:
    """Each problem once, by file in order of reading, line and column. Of a value left out no more is said than that."""
    rank = _numbered(files)
    blanks = {_place(problem) for problem in problems if problem.id == "plan/blank-value"}
    unique = {
        (_place(problem), problem.message): problem
        for problem in problems
        if problem.id == "plan/blank-value" or _place(problem) not in blanks
    }
    return sorted(unique.values(), key=lambda problem: (rank.get(problem.file or "", len(rank)), problem.line or 0, problem.column or 0))


def _numbered(files: Iterable[PlanFile]) -> dict[str, int]:
    return {file.path: number for number, file in enumerate(files)}


def _place(problem: Problem) -> tuple[str | None, int | None, int | None]:
    return (problem.file, problem.line, problem.column)


# -- the plan


class Building(msgspec.Struct):
    """What is known while a tree becomes a plan.

    `files` numbers the files in order of reading. `expanded` holds each definition with its own refs written out, `flat` a
    faultless shape for each content without mappings and lists. `raws` holds each raw schema that was checked, by the id of its
    mapping (kept beside it, so that no other can come to have that id), as plain values.
    """

    reading: Reading
    definitions: Map
    files: Mapping[str, int]
    expanded: dict[str, Map] = {}
    flat: dict[Any, Shape] = {}
    raws: dict[int, tuple[Map, dict[str, Any]]] = {}

    def blame(self, kind: str, at: Position, message: str, hint: str | None = None) -> None:
        self.reading.blame(kind, at, message, hint)


def build(reading: Reading, tree: Map) -> Plan | None:
    """The plan of a merged tree; None where refs multiply beyond measure. Mistakes go into `reading`."""
    definitions = tree.get("definitions") or Map(tree.at)
    building = Building(reading, definitions, _numbered(reading.files))
    used = refs("plan", tree.only(_is_no_definition))
    edges = {name: refs("shape", shape) for name, shape in definitions.items()}
    _check_refs(building, [*chain.from_iterable(edges.values()), *used])
    if not _is_of_measure(building, edges, used):
        return None
    _expand_definitions(building)
    payload = _payload(building, tree)
    sections = {call: section for call in CALLS if (section := _section(building, tree, call, payload)) is not None}
    _check_default_version(building, tree, sections)
    return Plan(
        name=tree.get("plan", ""),
        version=tree.get("version", ""),
        sections=sections,
        files=tuple(reading.files),
        description=tree.get("description"),
        owners=tuple(tree.get("owners", ())),
        labels=plain(tree.get("labels", {})),
        naming=dict(_naming(building, tree.get("naming", {}))),
        limits=Limits(**tree.get("limits", {})),
        unplanned={**model.UNPLANNED, **_severities(tree, "unplanned")},
        severity=_severities(tree, "severity"),
        default_version=tree.get("default_version", "oldest"),
        destinations=frozenset(tree["destinations"]) if "destinations" in tree else None,
        definitions={name: definitions.keys_at[name] for name, shape in definitions.items() if not isinstance(shape, Removed)},
    )


def _check_default_version(building: Building, tree: Map, sections: Mapping[str, Section]) -> None:
    """A number as `default_version` is a version of at least one event."""
    default = tree.get("default_version")
    versions = {version for section in sections.values() for event in section.events.values() for version in event.bodies} - {None}
    if isinstance(default, int) and default not in versions and not building.reading.gaps:
        known = ", ".join(map(str, sorted(version for version in versions if version is not None)))
        hint = f"write oldest, latest or one of {known}" if known else "write oldest or latest"
        building.blame("contradiction", tree.values_at["default_version"], f"no event has a version {default}", hint)


def _severities(node: Map, key: str) -> dict[str, Severity]:
    return {name: Severity[word] for name, word in node.get(key, {}).items()}


def _naming(building: Building, naming: Mapping[str, Map]) -> Iterator[tuple[str, Naming]]:
    for family in ("events", "properties", "traits"):
        if family not in naming:
            continue
        rule = naming[family]
        case = rule.get("case", ())
        if "pattern" in rule:
            _check_pattern(building, rule["pattern"], rule.values_at["pattern"])
        yield (
            family,
            Naming(
                cases=(case,) if isinstance(case, str) else tuple(case),
                pattern=rule.get("pattern"),
                order=rule.get("order"),
                allow=frozenset(rule.get("allow", ())),
                position=naming.keys_at[family] if isinstance(naming, Map) else None,
            ),
        )


# -- refs


Refs = Iterable[tuple[str, Position]]
"""Names of definitions, each with its place."""


def _is_no_definition(key: str) -> bool:
    return key != "definitions"


def _check_refs(building: Building, refs: Refs) -> None:
    """Every name under `ref` has to be a definition."""
    known = {name: None for name, shape in building.definitions.items() if not isinstance(shape, Removed)}
    for name, at in refs:
        if name in known or building.reading.gaps:
            continue
        near = nearest(name, known)
        hint = f"did you mean {near}?" if near else "write it under definitions"
        removed = " any more" if name in building.definitions else ""
        building.blame("unknown-ref", at, f"there is no definition {quoted_if_odd(name)}{removed}", hint)
    for name, at in _removed_in_vain(building.definitions):
        building.blame("nothing-removed", at, f"there is no definition {quoted_if_odd(name)} to remove")


def _removed_in_vain(node: Map) -> Iterator[tuple[str, Position]]:
    for name, value in node.items():
        if isinstance(value, Removed) and not value.used:
            yield name, node.values_at[name]


def _is_of_measure(building: Building, edges: Mapping[str, Refs], used: Refs) -> bool:
    """Whether no definition leads back to itself, and the plan with its refs written out stays within bounds.

    `edges` are the refs of each definition, `used` those of all else. Puts the definitions in an order in which each comes
    after those it refers to, so that no chain of refs is walked by recursion.
    """
    in_order: dict[str, None] = {}
    is_sound = True
    for name in edges:
        circle = _circle(edges, name, in_order)
        if circle is not None:
            is_sound = False
            path, at = circle
            way = " -> ".join(quoted_if_odd(step) for step in path)
            building.blame("cycle", at, f"the definition {way} leads back to itself", "say a recursive shape under schema")
    if not is_sound or not _measured(building, edges, used, in_order):
        return False
    for name in in_order:
        _definition(building, name)
    return True


def _circle(edges: Mapping[str, Refs], start: str, done: dict[str, None]) -> tuple[list[str], Position] | None:
    """A way from `start` back to a definition on it, with the place of the ref that closes it."""
    if start in done:
        return None
    way = [start]
    open_edges = [iter(edges[start])]
    while open_edges:
        step = next(open_edges[-1], None)
        if step is None:
            open_edges.pop()
            done[way.pop()] = None
            continue
        name, at = step
        if name in way:
            done.update(dict.fromkeys(way))
            return [*way[way.index(name) :], name], at
        if name in edges and name not in done:
            way.append(name)
            open_edges.append(iter(edges[name]))
    return None


def _measured(building: Building, edges: Mapping[str, Refs], used: Refs, in_order: Iterable[str]) -> bool:
    """Whether the plan stays within `MAX_SHAPES` and `MAX_DEPTH` with its refs written out; each definition is measured once."""
    sizes: dict[str, int] = {}
    depths: dict[str, int] = {}
    for name in in_order:
        size, depth = _extent(building.definitions[name])
        known = [ref for ref, _ in edges[name] if ref in sizes]
        sizes[name] = size + sum(sizes[ref] for ref in known)
        depths[name] = depth + max((depths[ref] for ref in known), default=0)
        at, shown = building.definitions.keys_at[name], quoted_if_odd(name)
        if sizes[name] > MAX_SHAPES:
            building.blame("too-large", at, f"the definition {shown} stands for more than {MAX_SHAPES:,} shapes with its refs written out")
            return False
        if depths[name] > MAX_DEPTH:
            building.blame("too-deep", at, f"the definition {shown} is nested more than {MAX_DEPTH} levels deep with its refs written out")
            return False
    total = 0
    for name, at in used:
        total += sizes.get(name, 1)
        if total > MAX_SHAPES:
            building.blame("too-large", at, f"the plan stands for more than {MAX_SHAPES:,} shapes with its refs written out, from here on")
            return False
    return True


def _extent(node: Any) -> tuple[int, int]:
    """How many mappings a part of a plan holds, an upper bound of its shapes, and how deep they are nested."""
    size = depth = 0
    for value in node.values() if isinstance(node, Map) else ():
        if isinstance(value, Map):
            inner_size, inner_depth = _extent(value)
            size, depth = size + inner_size, max(depth, inner_depth)
    return size + 1, depth + 1


def _expand_definitions(building: Building) -> None:
    """Write the refs of every definition out and judge each definition by itself, used or not."""
    for name, shape in building.definitions.items():
        if not isinstance(shape, Removed):
            building.reading.definitions[name] = _shape(building, shape, building.definitions.keys_at[name])


def _definition(building: Building, name: str) -> Map | None:
    """A definition with its own refs written out, those of its members still to be."""
    if name not in building.expanded:
        shape = building.definitions.get(name)
        if not isinstance(shape, Map):
            return None
        building.expanded[name] = _expand(building, "shape", shape)
    return building.expanded[name]


def _expand(building: Building, kind: str, node: Map) -> Map:
    """The definitions that `ref` names merged in order, then the keys of the shape itself."""
    if "ref" not in node:
        return node
    base: Map | None = None
    for name, _ in names_of(node, "ref"):
        part = _definition(building, name)
        if part is not None:
            if kind not in ("shape", "frame"):
                part = part.only(_is_of_events)
            base = part if base is None else merged(kind, base, part)
    own = node.only(_is_no_ref)
    own.fresh = False
    return own if base is None else merged(kind, base, own)


def _is_no_ref(key: str) -> bool:
    return key != "ref"


def _is_of_events(key: str) -> bool:
    """Whether a definition hands this key on to an event: what describes the shape does not describe the event."""
    return key not in ("description", "examples")


# -- shapes

_KEYWORDS = frozenset(
    [
        "enum",
        "const",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minProperties",
        "maxProperties",
        "minItems",
        "maxItems",
        "uniqueItems",
    ]
)
_FREE = frozenset(
    {"type", "description", "required", "nullable", "examples", "personal", "status", "replaced_by", "labels", "owners", "properties"}
)
"""Keys that no value can contradict by themselves."""


def _shape(building: Building, node: Map, position: Position) -> Shape:
    """The shape that a mapping describes; `position` is that of its key.

    Of the 24,000 shapes in a plan of 1,000 events fifty are different, and are read once: 2 us each and not 7.
    """
    if "ref" in node:
        return _read(building, _expand(building, "shape", node), position)
    kinds = tuple(map(type, node.values()))
    if not _ODD.isdisjoint(kinds):
        return _read(building, node, position)
    content = (kinds, *node.items())  # 1, 1.0 and true are equal, and three things
    same = building.flat.get(content)
    if same is None:
        mistakes = len(building.reading.problems)
        shape = _read(building, node, position)
        if shape.positions is node.keys_at and len(building.reading.problems) == mistakes:
            building.flat[content] = shape
        return shape
    return replace(same, position=position, positions=node.keys_at)


_ODD = frozenset({Map, List, float})
"""What has places of its own in it, and what may be equal and yet not the same: 0.0 and -0.0."""


def _read(building: Building, node: Map, position: Position) -> Shape:
    """The shape of a mapping whose refs are written out."""
    keywords: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    positions: Mapping[str, Position] = node.keys_at
    for key, value in node.items():
        if key == "type":
            positions = _typed(value, keywords, positions)
        elif key in _KEYWORDS:
            keywords[key] = plain(value) if isinstance(value, (Map, List)) else value
        elif key == "properties":
            fields["properties"] = _members(building, value)
        elif key in _READ:
            fields[_READ[key][0]] = _READ[key][1](value)
        elif key == "items":
            fields["items"] = _shape(building, value, node.keys_at[key])
        elif key == "additionalProperties":
            fields["additional"] = value if isinstance(value, bool) else _shape(building, value, node.keys_at[key])
        elif key == "schema":
            fields["raw"] = _raw(building, value, node.keys_at[key])
        elif key.startswith("x-"):
            fields.setdefault("extensions", {})[key] = plain(value)
    shape = Shape(position=position, keywords=keywords, positions=positions, null=_takes_null(node, keywords), **fields)
    if not _FREE.issuperset(node):
        _judge(building, node, shape)
    return shape


_READ: dict[str, tuple[str, Any]] = {
    "required": ("required", bool),
    "description": ("description", str),
    "examples": ("examples", lambda value: tuple(plain(value))),
    "personal": ("personal", bool),
    "status": ("status", lambda word: None if word == "active" else word),
    "replaced_by": ("replaced_by", str),
    "labels": ("labels", plain),
    "owners": ("owners", tuple),
}
"""Key -> field of a Shape, and how its value is read."""


def _typed(named: Any, keywords: dict[str, Any], positions: Mapping[str, Position]) -> Mapping[str, Position]:
    """Set the type as a list of names, `any` and `datetime` resolved; the places with that of the format it brings."""
    names = [named] if isinstance(named, str) else list(named)
    if "any" in names:
        return positions
    keywords["type"] = list(dict.fromkeys("string" if name == "datetime" else name for name in names))
    if "datetime" not in names:
        return positions
    keywords.setdefault("format", "date-time")
    return {**positions, "format": positions.get("format", positions["type"])}


def _takes_null(node: Map, keywords: Mapping[str, Any]) -> bool:
    if node.get("nullable"):
        return True
    if "type" in node:
        if "type" not in keywords or "null" in keywords["type"]:
            return True
    elif "enum" not in keywords and "const" not in keywords:
        return True
    return any(member is None for member in keywords.get("enum", ())) or ("const" in keywords and keywords["const"] is None)


def _members(building: Building, node: Map) -> dict[str, Shape]:
    """The shapes of an object's members, those that were removed left out."""
    members = {}
    for name, value in node.items():
        if isinstance(value, Removed):
            if not value.used:
                building.blame(
                    "nothing-removed", node.values_at[name], f"{quoted_if_odd(name)} is inherited from nowhere, so nothing is removed"
                )
            continue
        members[name] = _shape(building, value, node.keys_at[name])
    for name, shape in members.items():
        if shape.replaced_by is not None:
            _check_successor(building, name, shape.replaced_by, members, shape.positions["replaced_by"], "a property planned beside it")
    return members


def _check_successor(building: Building, name: str, successor: str, known: Mapping[str, Any], at: Position, what: str) -> None:
    if successor == name:
        building.blame("unknown-successor", at, f"{quoted_if_odd(name)} is replaced by itself", f"name {what} instead")
    elif successor not in known:
        near = nearest(successor, [other for other in known if other != name])
        hint = f"did you mean {near}?" if near else f"name {what}"
        building.blame(
            "unknown-successor", at, f"{quoted_if_odd(name)} is replaced by {quoted_if_odd(successor)}, which is not in the plan", hint
        )


def _raw(building: Building, node: Map, position: Position) -> RawSchema:
    """A raw schema, checked the first time it is met."""
    known = building.raws.get(id(node))
    if known is None:
        from protocols.plan.raw import check_raw

        building.reading.problems.extend(check_raw(node))
        known = building.raws[id(node)] = (node, plain(node))
    return RawSchema(known[1], position)


def _check_pattern(building: Building, pattern: str, at: Position) -> bool:
    from protocols.plan.contradictions import pattern_problem

    problem = pattern_problem(pattern, at)
    if problem is not None:
        building.reading.problems.append(problem)
    return problem is None


def _judge(building: Building, node: Map, shape: Shape) -> None:
    """What is wrong with the keywords of a merged shape, each by itself and against each other."""
    from protocols.plan.contradictions import contradictions

    pattern = node.get("pattern")
    is_pattern = pattern is None or _check_pattern(building, pattern, node.values_at["pattern"])
    building.reading.problems.extend(contradictions(node, shape, is_pattern, building.files))


# -- calls, events and versions

_ABOUT = frozenset({"description", "status", "replaced_by", "labels", "owners", "examples"})
"""Keys that say something about an event or section rather than about what it carries."""
_BESIDE = frozenset({"traits", "context", "payload", "versions", "unplanned", "severity", "named"})
"""Keys of an event or section that are not about the value it describes."""
_NOT_SHARED = frozenset({"description", "named", "payload"})
"""Keys of a section that its events do not take over; raw payload schemas are kept apart and all hold."""


def _section(building: Building, tree: Map, call: str, payload: tuple[RawSchema, ...]) -> Section | None:
    node = tree.get(call)
    if isinstance(node, Removed):
        if not node.used:
            building.blame("nothing-removed", tree.values_at[call], f"the {call} section is inherited from nowhere, so nothing is removed")
        node = None
    position = tree.keys_at[call] if node is not None else None
    if node is None and call != "track" and not payload:
        return None
    section = _expand(building, "section", _turned(node, call)) if node is not None else Map(tree.at)
    payloads = (*payload, *_payload(building, section))
    home, key = (tree, "events") if call == "track" else (section, "named")
    shared = section.only(lambda key: key not in _NOT_SHARED)
    planned = home.get(key) or Map(tree.at)
    return Section(
        position=position,
        body=_turned_back(_body(building, section, position, payloads), call),
        events=_events(building, planned, shared, payloads),
        labels=plain(section.get("labels", {})),
        owners=tuple(section.get("owners", ())),
        extensions=_extensions(section),
    )


def _extensions(node: Map) -> dict[str, Any]:
    return {key: plain(value) for key, value in node.items() if key.startswith("x-")}


def _turned(node: Map, call: str) -> Map:
    """A section with the member that it describes under `properties`, whatever the call calls it."""
    if OWN_MEMBERS.get(call) != "traits":
        return node
    turned = Map(node.at)
    swap = {"traits": "properties", "properties": "traits"}
    for key in node:
        turned.put(swap.get(key, key), node[key], node.keys_at[key], node.values_at[key])
    return turned


def _turned_back(body: Body, call: str) -> Body:
    """The body of a section that was `_turned`, with each member under its own name again."""
    return replace(body, properties=body.traits, traits=body.properties) if OWN_MEMBERS.get(call) == "traits" else body


def _payload(building: Building, node: Map) -> tuple[RawSchema, ...]:
    return (_raw(building, node["payload"], node.keys_at["payload"]),) if "payload" in node else ()


def _body(building: Building, node: Map, position: Position | None, payloads: tuple[RawSchema, ...], status: str | None = None) -> Body:
    """What an event, version or section with its own member under `properties` says of a payload."""
    own = node.only(_is_of_own_value)
    own_at = own.keys_at.get("properties") or position or node.at
    return Body(
        properties=_own_shape(building, own, own_at) if own else None,
        traits=Shape(
            position=node.keys_at["traits"],
            keywords={},
            positions={"properties": node.keys_at["traits"]},
            properties=_members(building, node["traits"]),
        )
        if "traits" in node
        else None,
        context=_own_shape(building, node["context"], node.keys_at["context"]) if "context" in node else None,
        payloads=payloads,
        unplanned=_severities(node, "unplanned"),
        severity=_severities(node, "severity"),
        status=status,
        description=node.get("description"),
    )


def _is_of_own_value(key: str) -> bool:
    return key not in _ABOUT and key not in _BESIDE and not key.startswith("x-")


def _own_shape(building: Building, node: Map, position: Position) -> Shape:
    """The shape of a member of the payload, which is always an object."""
    shape = _shape(building, node, position)
    types = shape.keywords.get("type")
    if types is not None and "object" not in types:
        at = shape.positions["type"]
        building.blame("contradiction", at, f"this value is always an object, so type {' or '.join(types)} fits none", "take the type out")
    return shape


def _events(building: Building, planned: Map, shared: Map, payloads: tuple[RawSchema, ...]) -> dict[str, Event]:
    """The planned events of a call, successors resolved."""
    events: dict[str, Event] = {}
    for name, node in planned.items():
        if not isinstance(node, Removed):
            events[name] = _event(building, name, node, planned.keys_at[name], shared, payloads)
            continue
        building.reading.left_out.add(name)
        if not node.used and not building.reading.gaps:
            building.blame(
                "nothing-removed", planned.values_at[name], f"{quoted_if_odd(name)} is inherited from nowhere, so nothing is removed"
            )
    return dict(_with_successors(building, events, planned))


def _event(building: Building, name: str, node: Map, position: Position, shared: Map, payloads: tuple[RawSchema, ...]) -> Event:
    node = _expand(building, "event", node)
    payloads = (*payloads, *_payload(building, node))
    versions = node.get("versions", {})
    common = _over(shared, node.only(_is_common))
    bodies: dict[int | None, Body] = {}
    for number, version in versions.items():
        if isinstance(version, Removed):
            if not version.used:
                at = versions.values_at[number]
                building.blame(
                    "nothing-removed", at, f"version {number} of {quoted_if_odd(name)} is inherited from nowhere, so nothing is removed"
                )
            continue
        version = _expand(building, "event", version)
        whole_version = _over(common, version.only(_is_common))
        status = None if version.get("status") == "active" else version.get("status")
        bodies[int(number)] = _body(building, whole_version, versions.keys_at[number], (*payloads, *_payload(building, version)), status)
    return Event(
        name=name,
        position=position,
        bodies=dict(sorted(bodies.items(), key=lambda item: item[0] or 0)) or {None: _body(building, common, position, payloads)},
        description=common.get("description"),
        status=None if common.get("status") == "active" else common.get("status"),
        replaced_by=common.get("replaced_by"),
        labels=plain(common.get("labels", {})),
        owners=tuple(common.get("owners", ())),
        extensions=_extensions(common),
    )


def _is_common(key: str) -> bool:
    """Whether a key of an event holds for all its versions by merging; raw payload schemas are kept apart and all hold."""
    return key not in ("versions", "payload")


def _over(base: Map, over: Map) -> Map:
    """`over` laid over what it shares with others; whether it was written anew no longer matters here."""
    result: Map = merged("event", base, over) if base else over
    return result


def _with_successors(building: Building, events: dict[str, Event], planned: Map) -> Iterator[tuple[str, Event]]:
    """The events, those that say nothing of their own with their successor's bodies."""
    for name, event in events.items():
        if event.replaced_by is None:
            yield name, event
            continue
        at = planned[name].values_at.get("replaced_by", event.position)
        heir = _heir(building, name, events, planned, at)
        yield name, event if heir is None else replace(event, bodies=heir.bodies)


def _heir(building: Building, name: str, events: dict[str, Event], planned: Map, at: Position) -> Event | None:
    """The event whose bodies one without a body has: the first on the way of its successors that says anything."""
    way = [name]
    while (successor := events[way[-1]].replaced_by) is not None and _says_nothing(planned[way[-1]]):
        if successor in way and successor != way[-1]:
            building.blame("cycle", at, f"{' -> '.join(quoted_if_odd(step) for step in [*way, successor])} replace each other in a circle")
            return None
        if successor not in events or successor == way[-1]:
            if len(way) == 1:
                _miss_successor(building, name, successor, events, at, is_needed=True)
            return None
        way.append(successor)
    if len(way) > 1:
        return events[way[-1]]
    successor = events[name].replaced_by
    if successor is not None and (successor not in events or successor == name):
        _miss_successor(building, name, successor, events, at, is_needed=False)
    return None


def _miss_successor(building: Building, name: str, successor: str, events: Mapping[str, Event], at: Position, is_needed: bool) -> None:
    if building.reading.gaps:
        return
    if successor not in building.reading.left_out:
        _check_successor(building, name, successor, events, at, "a planned event")
    elif is_needed:
        message = f"{quoted_if_odd(name)} is checked as {quoted_if_odd(successor)}, which was removed or not selected"
        building.blame("unknown-successor", at, message, "take that in as well, or this one out")


def _says_nothing(node: Map) -> bool:
    """Whether an event has no body, only words about itself."""
    return all(key in _ABOUT or key.startswith("x-") for key in node)
