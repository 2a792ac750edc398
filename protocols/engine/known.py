"""Between the two stages: faults that were explained before, recognised at the speed of decoding.

Producers repeat their mistakes. Once the second stage has met the same fault a few times, the planned event gets a second
struct that lets this one place through (`Loosened`): what it decodes is right in every other place, so all that is left
to say is about the values it let through. Each value belongs to a class of values of which the same is said: absent, of a
JSON type that the plan does not allow there, or of an allowed one and failing the same keywords, which the same judge
tells as in the second stage. What is said of a class is taken from the second stage once, and only kept if writing it
again gives exactly what the second stage wrote. An event that the plan lacks has such a struct too, with its name as the
only place.

Only places that are independent of all others are let through: no deprecated members, no names that are close to a planned
one, nothing under keywords that look at several members. Everything else is the second stage's, as before. Memory is
bounded: so many places an event, so many texts a place.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple, get_args

import msgspec
from msgspec import UNSET, UnsetType

from protocols import names
from protocols.engine.decoders import REFUSALS, Decode, Decoders, Entry, Member, decoder, loosened, route_of
from protocols.engine.explain import Result, in_order
from protocols.engine.faults import failing
from protocols.engine.finding import ITEM, Path
from protocols.engine.members import misspelt
from protocols.engine.nodes import Node, successors
from protocols.engine.router import Route
from protocols.engine.types import Inexact, Loosened, Type, is_odd
from protocols.problems import Problem
from protocols.violations import Recurring, pointer_tokens, to_pointer

_ENOUGH = 2
"""Sightings after which a fault is worth a struct."""
_WORTH = 8
"""Events explained for which a struct of their event is made, or made anew: it takes as long as ten explanations."""
_MOST_PLACES = 64
"""Places let through in one event."""
_MOST_STRANGERS = 256
"""Events that the plan lacks."""
_MOST_CANDIDATES = 10_000
_MOST_TEXTS = 1024
_LONGEST_TEXT = 64
_SAFE = 2**53
_MEMBERS = ("properties", "traits", "context")

Sighting = tuple[Recurring, Any, Sequence[int]]
"""A recurring violation, the value it is about, and the indices of the arrays on the way there."""


class Recalled(msgspec.Struct, frozen=True):
    """What is wrong with one event, as a `Result` that is not written out."""

    route: Route
    sightings: Sequence[Sighting]
    message_id: str | None

    @property
    def clean(self) -> bool:
        return not self.sightings

    @property
    def violations(self) -> tuple[Problem, ...]:
        return tuple(in_order([recurring.again(value, indices, self.message_id) for recurring, value, indices in self.sightings]))

    def result(self) -> Result:
        return Result(self.route, self.violations)


_SCALARS: Mapping[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_RIGHT = "right"
"""The class of the values with which nothing is wrong."""


class _Spot(NamedTuple):
    """Where a fault may be let through. `node` is what the plan says of the values, None for a name that the plan lacks."""

    path: Path
    node: Node | None
    required: bool


class _Place:
    """A spot at which faults are let through, and what is known of the values there.

    `said` holds what is said of the classes of values. A class is a Python type, for all values of a JSON type that is not
    allowed here and, as `UnsetType`, for none; or, among the values of an allowed type, those that fail the same keywords.
    `built` says whether there is a struct that lets them through.
    """

    def __init__(self, spot: _Spot) -> None:
        self.path, self._node, required = spot
        self.said: dict[Any, _Said] = {_RIGHT: ()} if required else {_RIGHT: (), UnsetType: ()}
        self._allowed = frozenset(_python_types(self._node)) if self._node is not None else frozenset()
        self._failing = failing(dict(self._node)) if self._node is not None else None
        self._texts: dict[str, _Said] = {}
        self.built = False

    def said_of(self, value: Any) -> _Said | None:
        """What is said of a value; None where that is not known."""
        kind = type(value)
        said = self.said.get(kind)
        if said is not None:
            return said
        if kind is not str:
            return self.said.get(self.class_of(value))
        said = self._texts.get(value)
        if said is None:
            said = self.said.get(self.class_of(value))
            if said is not None and len(value) <= _LONGEST_TEXT and len(self._texts) < _MOST_TEXTS:
                self._texts[value] = said
        return said

    def class_of(self, value: Any) -> Any:
        """The class of a value; None for one that has to be looked at by itself."""
        kind = type(value)
        if self._failing is None or kind not in self._allowed:
            return kind if self._failing is None or kind in _SCALARS or kind is UnsetType else _RIGHT
        if kind in (int, float) and not -_SAFE < value < _SAFE:
            return None
        keywords = self._failing(value)
        return (kind, *keywords, value if "enum" in keywords else None) if keywords else _RIGHT


_Said = tuple[Recurring, ...]


def _python_types(node: Node) -> Iterator[type]:
    """The types of the scalars that may be right by `node`; a float may be a whole number."""
    listed = node.get("type", tuple(_SCALARS.values()))
    allowed = {listed} if isinstance(listed, str) else set(listed)
    if allowed & {"number", "integer"}:
        allowed |= {"number", "integer"}
    yield from (kind for kind, name in _SCALARS.items() if name in allowed)


Read = Callable[[Any], Iterator[tuple[Any, Sequence[int]]]]


class _Known(NamedTuple):
    """A loosened struct: what it stands for, and how the values that it let through are read off an event.

    `holders` give the members of the payload that hold places. `single` places have one value an event, `repeated` ones
    lie in arrays.
    """

    entry: Entry
    holders: Sequence[Callable[[Any], Any]]
    single: Sequence[tuple[Callable[[Any], Any], _Place]]
    repeated: Sequence[tuple[Read, _Place]]


class Known:
    """Recalls what is wrong with events; `learn` tells it what the second stage has said. Safe between threads."""

    def __init__(self, bundle: Mapping[str, Any], decoders: Decoders) -> None:
        self._bundle = bundle
        self._order = decoders.order
        self._decoders = decoders
        self._entries: dict[Route, Entry] = {}
        settings = bundle["x-protocols"]
        self._refuses_strangers = settings["unplanned"]["events"] == "error"
        self._calls: Mapping[str, Any] = settings["calls"]
        self._track: Mapping[str, Any] = self._calls["track"]
        self._strangers: dict[str, Entry] = {}
        self._built_strangers = 0
        self._seen: dict[tuple[str, Path], int] = {}
        self._places: dict[str, dict[Path, _Place]] = {}
        self._members: dict[str, tuple[Member, _Known]] = {}
        self._changed: set[str] = set()
        self._waiting: Counter[str] = Counter()
        self._ready: set[str] = set()
        self._waited = 0
        self._state: tuple[tuple[Decode, ...], dict[type[Any], _Known]] = ((), {})

    def recall(self, line: bytes) -> Recalled | None:
        """What is wrong with the event in a line that is strict UTF-8 and within the limits; None where that is not known."""
        found = self._decoded(line)
        if found is None:
            return None
        event, known, route = found
        sightings: list[Sighting] = []
        for get, place in known.single:
            try:
                value = get(event)
            except AttributeError:  # the object that would hold it is not there
                continue
            said = place.said_of(value)
            if said is None:
                return None
            for recurring in said:
                sightings.append((recurring, recurring.first.value if recurring.named else value, ()))
        for each, place in known.repeated:
            for value, indices in each(event):
                said = place.said_of(value)
                if said is None:
                    return None
                for recurring in said:
                    sightings.append((recurring, recurring.first.value if recurring.named else value, indices))
        return Recalled(route, sightings, event.messageId)

    def _decoded(self, line: bytes) -> tuple[Any, _Known, Route] | None:
        decodes, structs = self._state
        for decode in decodes:
            try:
                event = decode(line)
            except REFUSALS:
                continue
            known = structs[type(event)]
            for holder in known.holders:
                if holder(event) is None:
                    return None
            route = route_of(known.entry, event, line)
            return None if route is None else (event, known, route)
        return None

    def learn(self, line: bytes, result: Result) -> None:
        """Remember what the second stage said of a line that could not be recalled."""
        if not result.violations:
            return
        planned = self._planned(result.route._replace(assumed=False))
        entry = planned or self._stranger(result)
        if entry is None:
            return
        found = self._decoded(line)
        if found is not None:
            event, known, route = found
            if route == result.route:
                _remember(event, known, result)
            return
        self._waited += 1
        if planned is not None:
            for problem in result.violations:
                self._notice(planned, problem)
            self._waiting[planned.key] += 1
            if planned.key in self._changed and self._waiting[planned.key] >= _WORTH:
                self._ready.add(planned.key)
        elif self._is_noticed(str(entry.route.event), ("event",)) and len(self._strangers) < _MOST_STRANGERS:
            self._strangers[str(entry.route.event)] = entry
        if (self._ready or len(self._strangers) > self._built_strangers) and self._waited >= len(self._members):
            self._rebuild()

    def _planned(self, route: Route) -> Entry | None:
        """The entry of a route whose events can be accepted at all."""
        if route in self._entries:
            return self._entries[route]
        is_planned = route.call is not None and (route.event is None or route.event in self._calls[route.call]["events"])
        entry = self._decoders.entry(route) if is_planned else None
        return entry if entry is None else self._entries.setdefault(route, entry)

    def _stranger(self, result: Result) -> Entry | None:
        """The entry of an event that the plan lacks, where nothing is said of such events but that."""
        call, name, *_ = result.route
        if not self._refuses_strangers or call != "track" or name is None or name in self._track["events"] or is_odd(name):
            return None
        return Entry(result.route, self._track["section"])

    def _is_noticed(self, key: str, path: Path) -> bool:
        """Count a fault; whether it has now been met often enough."""
        seen = self._seen.get((key, path), 0) + 1
        if len(self._seen) >= _MOST_CANDIDATES:
            self._seen.clear()
        self._seen[key, path] = seen
        return seen == _ENOUGH

    def _notice(self, entry: Entry, problem: Problem) -> None:
        """Count a fault at its place, and let the place through when there were enough."""
        spot = _spot_of(self._bundle["$defs"][entry.key], problem)
        places = self._places.setdefault(entry.key, {})
        if spot is None or spot.path in places or len(places) >= _MOST_PLACES:
            return
        if self._is_noticed(entry.key, spot.path):
            places[spot.path] = _Place(spot)
            self._changed.add(entry.key)

    def _rebuild(self) -> None:
        """New structs where places have come, and unions of all. Done when as many events were explained before as there are
        structs, so that it takes no larger share of the time when these are many."""
        ready, self._ready, self._waited = self._ready, set(), 0
        self._changed -= ready
        for entry in self._entries.values():
            if entry.key in ready:
                self._waiting[entry.key] = 0
                self._build(entry)
        for name, entry in list(self._strangers.items())[self._built_strangers :]:
            with contextlib.suppress(Inexact):
                self._members[f"track {name}"] = _named(self._bundle, self._order, entry, name)
        self._built_strangers = len(self._strangers)
        unions: list[dict[Any, type[Any]]] = []
        for member, _ in self._members.values():
            config = member.struct.__struct_config__
            tag = config.tag_field, config.tag
            fitting = next((each for each in unions if tag not in each and next(iter(each))[0] == tag[0]), None)
            if fitting is None:
                unions.append(fitting := {})
            fitting[tag] = member.struct
        decodes = tuple(decoder(list(each.values())) for each in unions)
        self._state = decodes, {member.struct: known for member, known in self._members.values()}

    def _build(self, entry: Entry) -> None:
        """A struct for all places of an event. They are added one by one, since one that cannot be said is given up."""
        places = self._places[entry.key]
        built = {path: place for path, place in places.items() if place.built}
        for path, place in list(places.items()):
            if not place.built:
                try:
                    self._members[entry.key] = _loosened(self._bundle, self._order, entry, {**built, path: place})
                except Inexact:
                    del places[path]
                else:
                    place.built = True
                    built[path] = place


def _named(bundle: Mapping[str, Any], order: Sequence[str], entry: Entry, name: str) -> tuple[Member, _Known]:
    """The struct of an event that the plan lacks: its name is the one place where there is something to say."""
    member = loosened(bundle, order, entry, bundle["$defs"][entry.key])
    return member, _Known(member.entry, (), (((lambda _: name), _Place(_Spot(("event",), None, required=True))),), ())


def _loosened(bundle: Mapping[str, Any], order: Sequence[str], entry: Entry, places: Mapping[Path, _Place]) -> tuple[Member, _Known]:
    member = loosened(bundle, order, entry, _loosen(bundle["$defs"][entry.key], (), places))
    known = _Known(
        member.entry,
        tuple(attrgetter(name) for name in dict.fromkeys(str(path[0]) for path in places)),
        tuple((_getter(member.struct, path), place) for path, place in places.items() if ITEM not in path),
        tuple((_reader(member.struct, path), place) for path, place in places.items() if ITEM in path),
    )
    return member, known


def _values(event: Any, known: _Known) -> Iterator[tuple[_Place, Any, Sequence[int]]]:
    """The values that were let through; nothing where the object that would hold one is not there."""
    for get, place in known.single:
        with contextlib.suppress(AttributeError):
            yield place, get(event), ()
    for each, place in known.repeated:
        yield from ((place, value, indices) for value, indices in each(event))


def _remember(event: Any, known: _Known, result: Result) -> None:
    """Take what is said of each class of values from a result, if written again it is what the result says."""
    values = [(place, place.class_of(value), value, indices) for place, value, indices in _values(event, known)]
    fresh: dict[tuple[_Place, Any], _Said] = {}
    again: list[Problem] = []
    for place, class_, value, indices in values:
        if class_ is None:
            return
        said = place.said.get(class_)
        if said is None and (said := fresh.get((place, class_))) is None:
            said = fresh[place, class_] = tuple(recurring_at(place.path, value, indices, result))
        again += (r.again(r.first.value if r.named else value, indices, event.messageId) for r in said)
    if tuple(in_order(again)) == result.violations:
        for (place, class_), said in fresh.items():
            if len(place.said) < _MOST_TEXTS:
                place.said[class_] = said


def recurring_at(path: Path, value: Any, indices: Sequence[int], result: Result) -> Iterator[Recurring]:
    rest = iter(indices)
    here = to_pointer([next(rest) if token == ITEM else token for token in path])
    starred = tuple(None if token == ITEM else str(token) for token in path)
    for problem in result.violations:
        if problem.pointer == here:
            hidden = problem.value is UNSET and value is not UNSET
            is_named = problem.id.startswith("naming/")  # where that is hidden too, nothing written again is the same
            yield Recurring(problem, starred, hidden=hidden, named=is_named)


def _spot_of(schema: Node, problem: Problem) -> _Spot | None:
    """The spot that a violation is about; None where it is not to be let through."""
    tokens = pointer_tokens(problem.pointer or "")
    if len(tokens) < 2 or tokens[0] not in _MEMBERS or tokens[:2] == ["context", "protocols"]:
        return None
    holder: Node = {}
    node: Any = schema
    path: list[str | int] = []
    for depth, token in enumerate(tokens):
        is_last = depth == len(tokens) - 1
        holder = node
        if token in holder.get("properties", {}):
            node = holder["properties"][token]
            path.append(token)
        elif "items" in holder and token.isdecimal():
            node = holder["items"]
            path.append(ITEM)
        elif is_last and is_plainly_unplanned(holder, token, problem):
            return _Spot((*path, token), None, required=False)
        else:
            return None
        if not isinstance(node, Mapping) or node.get("x-status") == "deprecated":
            return None
    if path[-1] == ITEM or problem.id.startswith(("naming/", "limit/")):
        return None
    if problem.family == "required" and path[-1] in successors(holder):
        return None
    return _Spot(tuple(path), node, tokens[-1] in holder.get("required", ()))


def is_plainly_unplanned(holder: Node, name: str, problem: Problem) -> bool:
    """Whether all that is said of this name depends on nothing else in the event: it resembles no planned one."""
    if "x-unplanned" not in holder or holder["x-unplanned"] == "off" or not problem.id.startswith(("unplanned/", "naming/")):
        return False
    planned = holder.get("properties", {})
    bare = names.without_dynamic_part(name)
    return misspelt(name, holder) is None and all(names.nearest(each, planned) is None for each in {name, bare})


def _loosen(node: Node, path: Path, places: Mapping[Path, _Place]) -> dict[str, Any]:
    """The schema with `Loosened` nodes at these places below `path`, nothing of which is required any more."""
    below = [each for each in places if each[: len(path)] == path and len(each) > len(path)]
    changed = dict(node)
    if any(each[len(path)] == ITEM for each in below):
        changed["items"] = _loosen(node["items"], (*path, ITEM), places)
    keys = list(dict.fromkeys(str(each[len(path)]) for each in below if each[len(path)] != ITEM))
    if not keys:
        return changed
    changed["properties"] = dict(node.get("properties", {}))
    for key in keys:
        inner = changed["properties"].get(key)
        here = (*path, key)
        inner = _loosen(inner, here, places) if inner is not None else None
        changed["properties"][key] = Loosened(inner) if here in places else inner
    changed["required"] = [key for key in node.get("required", ()) if (*path, key) not in places]
    return changed


def _getter(struct: type[Any], path: Path) -> Callable[[Any], Any]:
    """Reads the value at a path through objects alone; raises AttributeError where one of these is not there."""
    attributes: list[str] = []
    kind: Any = struct
    for key in path:
        attributes.append(_attribute(kind, key))
        kind = _struct_in(_type_of(kind, key))
    return attrgetter(".".join(attributes))


def _reader(type: Type, path: Path) -> Read:
    """Reads the values at a path that leads through arrays."""
    if not path:
        return lambda value: iter(((value, ()),))
    if path[0] == ITEM:
        inner = _reader(type, path[1:])

        def items(array: Any) -> Iterator[tuple[Any, Sequence[int]]]:
            if isinstance(array, list):
                for index, item in enumerate(array):
                    for value, indices in inner(item):
                        yield value, (index, *indices)

        return items
    struct = _struct_in(type)
    get = attrgetter(_attribute(struct, path[0]))
    rest = _reader(_type_of(struct, path[0]), path[1:])
    return lambda value: rest(get(value)) if isinstance(value, struct) else iter(())


def _attribute(struct: type[Any] | None, key: Any) -> str:
    if struct is None:
        raise Inexact(key)  # what would hold it is never decoded
    return str(struct.__struct_fields__[struct.__struct_encode_fields__.index(key)])


def _type_of(struct: Any, key: Any) -> Type:
    named = struct.__annotations__[_attribute(struct, key)]
    return getattr(named, "__supertype__", named)


def _struct_in(type_: Type) -> Any:
    """The struct that a type holds, as itself, as a member of a union or as items; None where there is none."""
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return type_
    return next((found for inner in get_args(type_) if (found := _struct_in(inner)) is not None), None)
