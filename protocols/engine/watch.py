"""What of a plan shows up in events: which of its events, versions, properties and enumeration values, and names of pages.

Nothing of it is a verdict, so it stands beside the two stages and not in them. What has been seen once need not be seen again:
an event of which everything was seen is not looked at any more, and of the others only those members are decoded of which
something is missing. Each of these takes a struct of its own, which is made anew when much has been seen and ever less often.
So a file whose events show all that is planned soon costs nothing. Where something never comes in three of five events, a million
events of 800 bytes, 30% of them bad, take 5.7 s in one process, and 4.1 s without the watch.

`see` is the plain version. No event is passed over to save time, however long nothing new has come: what is said to be unseen
was in none, and a build may fail by it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import msgspec
from msgspec import UNSET, Raw

from protocols.engine.decoders import REFUSALS, Decode
from protocols.engine.envelope import normalise
from protocols.engine.parse import NotJSON, TooDeep, parse
from protocols.engine.router import Route, Router, name_of
from protocols.engine.types import Field, Inexact, struct
from protocols.violations import CALLS, to_pointer

Key = tuple[str | None, str | None, int | None]
"""Call, event and version."""


class Spot(NamedTuple):
    """One thing that a plan holds: an event, a version of one, a property or a value of an enumeration.

    `pointer` is that of a property, with `*` for items and keys of maps; `value` is UNSET in all but values.
    """

    part: str
    call: str
    event: str | None
    version: int | None
    pointer: str | None = None
    value: Any = UNSET


class Outcome(Protocol):
    """What was said of one event, as far as it matters here."""

    @property
    def route(self) -> Route: ...


class Watch:
    """Watches events for what of a plan they show, and with `names` for the names of their pages and screens.

    `spots` are in the plan's order; `take` gives the indices of those that were seen. Picklable: a copy has seen nothing.
    """

    def __init__(self, bundle: Mapping[str, Any], *, parts: bool = True, names: bool = False) -> None:
        self._arguments = (bundle, parts, names)
        self._router = Router(bundle["x-protocols"])
        self._calls = bundle["x-protocols"]["calls"]
        self.spots: list[Spot] = []
        self._events: dict[Key, list[int]] = {}
        self._open: dict[Key, _Open] = {}
        if parts:
            for call, section in self._calls.items():
                self._plant(bundle["$defs"], call, section)
        self._names = names
        self._met: set[Key] = set()
        self._seen: set[int] = set()
        self._fresh: set[int] = set()
        self._named: Counter[tuple[str, str]] = Counter()
        self._keys: dict[tuple[str | None, ...], Key] = {}
        versioned = any(entry["default"] is not None for section in self._calls.values() for entry in section["events"].values())
        self._decode = msgspec.json.Decoder(_VersionedGlance if versioned else _Glance).decode

    def __reduce__(self) -> tuple[Callable[..., Watch], tuple[Any, ...]]:
        return _again, self._arguments

    def take(self) -> tuple[set[int], Counter[tuple[str, str]]]:
        """What was seen since the last time: the indices of spots, and how many pages and screens of each (call, name)."""
        taken = self._fresh, self._named
        self._fresh, self._named = set(), Counter()
        return taken

    def see_all(self, raws: Sequence[bytes], accepted: Iterable[Route], rest: Sequence[tuple[int, Outcome]]) -> None:
        """Look at many events: the routes of those that were accepted, and what came of the others, by index."""
        routes = set(accepted)
        for route in routes:
            self._meet(route[:3])
        for index, outcome in rest:
            self._meet(outcome.route[:3])
            if outcome.route[:3] in self._open or self._wants_name(outcome.route):
                self._glance(raws[index], outcome.route)
        if any(route[:3] in self._open or self._wants_name(route) for route in routes):
            others = {index for index, _ in rest}
            for index, raw in enumerate(raws):
                if index not in others:
                    self._glance(raw)

    def see(self, raw: bytes, route: Route | None = None) -> None:
        """Look at one event, of whose route nothing need be known. The plain version."""
        try:
            value = parse(raw)
        except (NotJSON, TooDeep):
            return
        event = normalise(value) if isinstance(value, dict) else None
        if event is None or event.call is None:
            return
        name = name_of(event.call, event.payload)
        if self._names and name is not None and event.call in _PAGES:
            self._named[event.call, name] += 1
        key = (route or self._router.route(event.call, event.payload).route)[:3]
        self._meet(key)
        here = self._open.get(key)
        if here is not None:
            known = len(self._seen)
            for member, node in here.nodes.items():
                self._walk(node, event.payload.get(member))
            self._looked(key, here, known)

    def _glance(self, raw: bytes, route: Route | None = None) -> None:
        """The same for an event that can be read. Without a route it was accepted: its call and its name are spelled as planned."""
        try:
            glance: Any = self._decode(raw)
        except REFUSALS:
            self.see(raw, route)
            return
        call, name = glance.type, glance.name
        if call is None or call not in CALLS or (call == "identify" and route) or (self._names and call in _PAGES and not name):
            self.see(raw, route)  # traits may be read from the context, and the name of a page from its properties
            return
        if self._names and name and call in _PAGES:
            self._named[call, name] += 1
        key = route[:3] if route is not None else self._key(glance)
        here = self._open.get(key)
        if here is None:
            return
        known = len(self._seen)
        for member, (decode, nothing) in here.decoders.items():
            part = getattr(glance, member)
            if bytes(part):
                try:
                    value = decode(part)
                except REFUSALS:
                    value = parse(bytes(part))
                if value != nothing:
                    self._walk(here.nodes[member], value)
        self._looked(key, here, known)

    def _key(self, glance: Any) -> Key:
        said = glance.type, glance.event, glance.name
        key = self._keys.get(said)
        if key is None:
            call = glance.type
            name = glance.event if call == "track" else glance.name if call in _PAGES else None
            entry = self._calls[call]["events"].get(name)
            if entry is not None and entry["default"] is not None:
                return call, name, _version(glance, entry["default"])
            if len(self._keys) >= _MOST_KEYS:
                self._keys.clear()
            key = self._keys[said] = call, name if entry is not None or call == "track" else None, None
        return key

    def _wants_name(self, route: Route) -> bool:
        return self._names and route.call in _PAGES

    def _meet(self, key: Key) -> None:
        if key not in self._met and key in self._events:
            self._met.add(key)
            self._fresh.update(self._events[key])

    def _walk(self, node: _Node, value: Any) -> None:
        """Mark what a value shows of a node and of all below it."""
        if value is None or (type(value) is Raw and bytes(value) == b"null"):
            return
        if node.index is not None:
            self._mark(node.index)
        if node.values:
            self._mark(node.values.get(_same(value)))
        if isinstance(value, msgspec.Struct):
            for attribute, inner in node.attributes:
                self._walk(inner, getattr(value, attribute))
        elif isinstance(value, dict):
            for name, inner in node.members.items():
                self._walk(inner, value.get(name))
            if node.others is not None:
                for name, member in value.items():
                    if name not in node.planned:
                        self._walk(node.others, member)
        elif isinstance(value, list) and node.each is not None:
            for item in value:
                self._walk(node.each, item)

    def _mark(self, index: int | None) -> None:
        if index is not None and index not in self._seen:
            self._seen.add(index)
            self._fresh.add(index)

    def _looked(self, key: Key, here: _Open, known: int) -> None:
        """Count a look, and now and then forget what need not be looked for any more; `known` were seen before it."""
        here.looks += 1
        here.changed = here.changed or len(self._seen) > known
        if here.looks < here.enough:
            return
        here.enough *= 4
        if here.changed:
            nodes = {member: left for member, node in here.nodes.items() if (left := _unseen(node, self._seen)) is not None}
            del self._open[key]
            if nodes:
                self._open[key] = _Open(nodes, looks=here.looks, enough=here.enough)

    # -- what there is to be seen

    def _plant(self, schemas: Mapping[str, Any], call: str, section: Mapping[str, Any]) -> None:
        """The spots of a call: those of its events, or of the call itself where it names none and something is said of it."""
        for name, entry in section["events"].items():
            if entry["status"] == "deprecated":
                continue
            event = self._add(Spot("events", call, name, None))
            for version, key in entry["versions"]:
                if entry["bodies"][key]["status"] == "deprecated":
                    self._events[call, name, version] = [event]
                    continue
                versions = [] if version is None else [self._add(Spot("versions", call, name, version))]
                self._events[call, name, version] = [event, *versions]
                self._plant_members(schemas[key], (call, name, version))
        schema = schemas[section["section"]]
        if not section["events"] and any(schema["properties"].get(member) for member in _OWN):
            self._events[call, None, None] = [self._add(Spot("events", call, None, None))]
            self._plant_members(schema, (call, None, None))

    def _plant_members(self, schema: Mapping[str, Any], key: tuple[str, str | None, int | None]) -> None:
        nodes = {}
        for member in _OWN:
            if member in schema["properties"]:
                node = self._node(schema["properties"][member], (member,), key, None)
                if _is_open(node):
                    nodes[member] = node
        if nodes:
            self._open[key] = _Open(nodes)

    def _node(self, schema: Any, path: tuple[str, ...], key: tuple[str, str | None, int | None], index: int | None) -> _Node:
        node = _Node(index)
        if not isinstance(schema, Mapping):
            return node
        pointer = to_pointer(path)
        for value in schema.get("enum", ()):
            if value is not None:
                node.values[_same(value)] = self._add(Spot("values", *key, pointer, value))
        node.planned = frozenset(schema.get("properties", ()))
        for name, inner in schema.get("properties", {}).items():
            if not (isinstance(inner, Mapping) and inner.get("x-status") == "deprecated"):
                here = (*path, name)
                node.members[name] = self._node(inner, here, key, self._add(Spot("properties", *key, to_pointer(here))))
        for keyword in ("items", "additionalProperties"):
            inner = self._node(schema.get(keyword), (*path, "*"), key, None)
            if _is_open(inner):
                setattr(node, "each" if keyword == "items" else "others", inner)
        return node

    def _add(self, spot: Spot) -> int:
        self.spots.append(spot)
        return len(self.spots) - 1


def _again(bundle: Mapping[str, Any], parts: bool, names: bool) -> Watch:
    return Watch(bundle, parts=parts, names=names)


_PAGES = ("page", "screen")
_OWN = ("properties", "traits")
"""The members that are the event's own; the context is that of the library that sends it."""


@dataclass(slots=True)
class _Node:
    """Something that is still to be seen: a property by its index, the values of an enumeration, members, items, keys of a map.

    `planned` are the names of all members, seen or not; `attributes` the members of the struct that was made for them.
    """

    index: int | None = None
    values: dict[Any, int] = field(default_factory=dict)
    members: dict[str, _Node] = field(default_factory=dict)
    each: _Node | None = None
    others: _Node | None = None
    planned: frozenset[str] = frozenset()
    attributes: list[tuple[str, _Node]] = field(default_factory=list)


class _Open:
    """An event of which something was not seen yet. `decoders` have what is decoded where nothing of it is there, too."""

    def __init__(self, nodes: dict[str, _Node], *, looks: int = 0, enough: int = 4) -> None:
        self.nodes = nodes
        self.looks, self.enough, self.changed = looks, enough, False
        self.decoders: dict[str, tuple[Decode, Any]] = {}
        for member, node in nodes.items():
            type_ = _type_of(node)
            decode = msgspec.json.Decoder(_optional(type_)).decode
            self.decoders[member] = decode, decode(b"{}")


def _is_open(node: _Node) -> bool:
    return bool(node.index is not None or node.values or node.members or node.each or node.others)


def _unseen(node: _Node, seen: set[int]) -> _Node | None:
    """What is left of a node; None where nothing is."""
    left = _Node(
        index=None if node.index in seen else node.index,
        values={value: index for value, index in node.values.items() if index not in seen},
        members={name: inner for name, member in node.members.items() if (inner := _unseen(member, seen)) is not None},
        each=None if node.each is None else _unseen(node.each, seen),
        others=None if node.others is None else _unseen(node.others, seen),
        planned=node.planned,
    )
    return left if _is_open(left) else None


def _type_of(node: _Node) -> Any:
    """A type that decodes what is looked for and passes over the rest; everything where that cannot be said."""
    inner = bool(node.members), node.each is not None, node.others is not None, bool(node.values)
    if inner == (True, False, False, False):
        try:
            made = struct("Open", [Field(name, _optional(_type_of(member))) for name, member in node.members.items()])
        except Inexact:
            return Any
        node.attributes = list(zip(made.__struct_fields__, node.members.values(), strict=True))
        return made
    if node.each is not None and inner == (False, True, False, False):
        return list[_optional(_type_of(node.each))]  # type: ignore[misc]  # made at run time
    return Any if any(inner) else Raw


def _optional(type_: Any) -> Any:
    return type_ if type_ in (Any, Raw) else type_ | None


def _same(value: Any) -> Any:
    """Equal for equal JSON values and for these alone: 1 is 1.0 and not true."""
    if isinstance(value, (list, dict)):
        return "json", json.dumps(value, sort_keys=True)
    return isinstance(value, bool), value


class _Protocols(msgspec.Struct, gc=False):
    event_version: int | float | None = None


class _Context(msgspec.Struct, gc=False):
    protocols: _Protocols | None = None


class _Glance(msgspec.Struct, gc=False):
    """What tells which event it is, and its own members as they stand in the text."""

    type: str | None = None
    event: str | None = None
    name: str | None = None
    properties: Raw = Raw()
    traits: Raw = Raw()


class _VersionedGlance(_Glance, gc=False):
    context: _Context | None = None


def _version(glance: Any, default: int) -> int:
    """The version that an accepted event names; the plan's default where it names none."""
    protocols = None if glance.context is None else glance.context.protocols
    said = None if protocols is None else protocols.event_version
    return default if said is None else int(said)


_MOST_KEYS = 4096
