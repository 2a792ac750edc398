"""Bundle -> the program of the kernel: what it asks of events, as rows of numbers.

The law is that of the first stage: what the program takes has no violation. Nodes of JSON Schema become rows of fixed length,
objects lists of fields, and every planned call, event and version a route: the nodes of its `properties`, `traits` and
`context`, which stand in the envelope of its call. What cannot be said exactly raises `Inexact`, and its events have no route.
`kernel/src/decode.rs` reads what is written here, in the same order.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from protocols import formats, patterns
from protocols.automata import Automaton, automaton
from protocols.engine.decoders import SAID, Learned, closed_to_others, is_described, lets_others_in, node_of
from protocols.engine.envelope import LEGACY_FIELDS, TIMES
from protocols.engine.finding import ITEM, Path
from protocols.engine.nodes import successors
from protocols.engine.router import Route
from protocols.engine.types import KNOWN, SILENT, Inexact, Node, bounds, count, divisor, is_closed, is_odd, may_be_container

_KINDS: Mapping[str, int] = {
    "null": 1,
    "boolean": 2 | 4,
    "integer": 8,
    "number": 8 | 16,
    "string": 32,
    "array": 64,
    "object": 128,
}
_SCALARS = 63
_NULL, _TEXT, _ARRAY, _OBJECT = (_KINDS[name] for name in ("null", "string", "array", "object"))

_ANY = 0
"""The node of any value: the first one."""

_SLOTS = 2**32 - 3
"""The nodes from here on are those of the route's members, in the order of `_MEMBERS`."""

_MEMBERS = ("properties", "traits", "context")
_UNBOUNDED = 2**62
_DEEPEST = 500
"""Levels that the kernel follows, each of which takes a part of the stack."""

_FORMAT = 3
"""The version of what is written here: one more with each change, as in `kernel/src/decode.rs`."""

_MOST_FIELDS = 512
_NO_ROUTE = -1, 0
_SAFE = 2**53 - 1


class Program(NamedTuple):
    """`words` are eight bytes each; `text` holds the strings that they speak of. The kernel calls routes and objects by their
    numbers."""

    words: bytes
    text: bytes
    routes: Sequence[Route]
    objects: Sequence[Spot | None]


class Spot(NamedTuple):
    """An object in the schema of the bundle's `key`: the path to it, with `ITEM` for the items of arrays, and the keys of its fields."""

    key: str
    path: Path
    fields: Sequence[str]


def program(bundle: Mapping[str, Any], learned: Learned | None = None) -> Program:
    """The program of a bundle. `learned` are names that open members have and of which nothing is to be said."""
    return _Writer(bundle, learned or {}).program()


_Here = tuple[str, Path]
"""The key of a schema, and the path to what is looked at."""


class _Field(NamedTuple):
    """A member of an object; `is_alone` where what is said of its absence depends on nothing else."""

    key: str
    node: int
    required: bool = False
    is_alone: bool = True


@dataclass
class _Table:
    """Parts of one kind, each a row of words."""

    words: array[int] = field(default_factory=lambda: array("q"))
    count: int = 0

    def add(self, row: Iterable[int]) -> int:
        self.words.extend(row)
        self.count += 1
        return self.count - 1


class _Writer:
    def __init__(self, bundle: Mapping[str, Any], learned: Learned) -> None:
        self._schemas = bundle["$defs"]
        self._settings = bundle["x-protocols"]
        self._limits: Mapping[str, int] = self._settings["limits"]
        self._learned = learned
        self._text = bytearray()
        self._strings: dict[bytes, tuple[int, int]] = {}
        self._automata, self._lists, self._nodes, self._objects, self._calls = (_Table() for _ in range(5))
        self._slots = _Table()
        self._routes: list[Route] = []
        self._known: dict[Any, int] = {}
        self._spots: list[Spot | None] = []
        self._row(any=True)
        self._any_object = self._row(_OBJECT, object=self._object([], extra=_ANY))

    def program(self) -> Program:
        for call, section in self._settings["calls"].items():
            self._call(call, section)
        words = array("q", [_FORMAT, self._limits["event_bytes"], min(self._limits["depth"], _DEEPEST)])
        for table in (self._automata, self._lists, self._nodes, self._objects, self._slots, self._calls):
            words.append(table.count)
            words.extend(table.words)
        return Program(words.tobytes(), bytes(self._text), self._routes, self._spots)

    # Calls and routes.

    def _call(self, call: str, section: Mapping[str, Any]) -> None:
        by = {"track": 1, "page": 2, "screen": 2}.get(call, 0) if section["events"] or call == "track" else 0
        is_strange = call == "track" and self._settings["unplanned"]["events"] == "error"  # nothing else is said of such an event then
        other = self._route(Route(call, None, None), section["section"]) if is_strange or call != "track" else None
        events = {name: self._event(call, name, event) for name, event in section["events"].items()}
        row = [*self._string(call), self._envelope(call, by), by, -1 if other is None else other, is_strange, len(events)]
        for name, versions in events.items():
            row += [*self._string(name), *versions]
        self._calls.add(row)

    def _event(self, call: str, name: str, event: Mapping[str, Any]) -> Sequence[int]:
        """The route of an event that names no version, how many versions it may name, and each with its route; -1 for a route where
        nothing can be said of the event."""
        if event["status"] == "deprecated" or is_odd(name) or (call == "track" and len(name) > self._limits["event_name"]):
            return _NO_ROUTE
        if event["default"] is None:
            (_, key), *_ = event["versions"]
            route = None if event["bodies"][key]["status"] == "deprecated" else self._route(Route(call, name, None), key)
            return _NO_ROUTE if route is None else (route, 0)
        said = []
        for version, key in event["versions"]:
            if event["bodies"][key]["status"] != "deprecated":
                said.append((version, self._route(Route(call, name, version), key)))
        routes = [(version, route) for version, route in said if route is not None]
        assumed = self._route(Route(call, name, event["default"], assumed=True), dict(event["versions"])[event["default"]])
        if assumed is None or event["default"] not in dict(routes):
            return _NO_ROUTE
        return [assumed, len(routes), *(number for pair in routes for number in pair)]

    def _route(self, route: Route, key: str) -> int | None:
        """The number of a route, None where something of it cannot be said exactly."""
        try:
            row = list(self._slots_of(route, self._schemas[key], key))
        except Inexact:
            return None
        self._routes.append(route)
        return self._slots.add(row)

    def _slots_of(self, route: Route, schema: Mapping[str, Any], key: str) -> Iterator[int]:
        unknown = [keyword for keyword in schema if keyword not in SAID and not keyword.startswith("x-")]
        if unknown or len(schema["allOf"]) != 1 or schema.get("x-status") == "deprecated":
            raise Inexact(key)
        if not {*schema["required"], *schema["properties"]} <= {"type", "event", "name", *_MEMBERS}:
            raise Inexact(key)
        own = {"identify": "traits", "group": "traits", "alias": ""}.get(str(route.call), "properties")
        for member in ("properties", "traits"):
            filled = route.call == "identify" and member == own  # else they may stand in the context
            node = node_of(schema, member)
            yield self._member(node, self._learned.get(key, {}).get(member, ()), (key, (member,)), filled)
            may_lack = _takes_empty(node) if member == own else member not in schema["required"]
            yield int(may_lack and not filled)
        context = node_of(schema, "context")
        yield self._node(context, (key, ()), "context") if route.version is None else self._versioned(context, (key, ("context",)))
        yield int("context" not in schema["required"])

    def _member(self, node: Node, learned: Sequence[str], here: _Here, filled: bool) -> int:
        """`properties` or `traits`, whose names are counted and measured."""
        if not is_described(node):
            return self._once(("members", filled), lambda: self._row(_OBJECT, object=self._others(int(filled))))
        lenient = lets_others_in(node)
        node = closed_to_others(node, learned, self._limits) if lenient else node
        most, longest = self._limits["properties"], self._limits["property_name"]
        members = self._object_of(_said(node), here, lenient=lenient, least=int(filled), most=most, longest=longest)
        return self._row(_OBJECT, object=members)

    def _others(self, least: int) -> int:
        return self._object([], extra=_ANY, least=least, most=self._limits["properties"], longest=self._limits["property_name"])

    def _versioned(self, node: Node, here: _Here) -> int:
        """The context of an event that may name its version there, once: the kernel has seen it."""
        if is_closed(node) or not isinstance(node.get("additionalProperties", True), bool) or "protocols" in node.get("properties", {}):
            raise Inexact("the place of the version")
        protocols = _Field("protocols", self._once("version", self._version))
        return self._row(_OBJECT, object=self._object_of(_said(node), here, more=[protocols]))

    def _version(self) -> int:
        said = self._object([_Field("event_version", _ANY)], extra=_ANY)
        return self._row(_OBJECT | _NULL, object=said)

    def _envelope(self, call: str, by: int) -> int:
        text = self._once("text", lambda: self._row(_TEXT, least=1))
        text_or_null = self._once("text or null", lambda: self._row(_TEXT | _NULL, least=1))
        any_text_or_null = self._once("any text or null", lambda: self._row(_TEXT | _NULL))
        message_id = self._once("message id", lambda: self._row(_TEXT | _NULL, most=self._limits["message_id"]))
        null = self._once("null", lambda: self._row(_NULL))
        never = self._once("never", self._row)
        fields = [  # in the order in which they mostly come: the kernel looks for a member behind the last one first
            *(_Field(member, _SLOTS + number) for number, member in enumerate(_MEMBERS)),
            _Field("type", _ANY),
            _Field("event", _ANY if call == "track" else null),
            _Field("messageId", message_id),
            _Field("anonymousId", text_or_null),
            _Field("userId", text if call == "alias" else text_or_null, call == "alias"),
            *(_Field(time, self._once("time", self._time)) for time in TIMES),
            _Field("integrations", self._once("integrations", self._integrations)),
            *(_Field(old, never) for old in LEGACY_FIELDS if old != "action"),
        ]
        match call:
            case "group":
                fields.append(_Field("groupId", text, True))
            case "alias":
                fields.append(_Field("previousId", any_text_or_null))
            case "page" | "screen":
                fields += [_Field("category", any_text_or_null), _Field("name", _ANY if by else any_text_or_null)]
        identities = sum(1 << number for number, each in enumerate(fields) if each.key in ("userId", "anonymousId"))
        return self._object(fields, extra=_ANY, one_of=identities)

    def _time(self) -> int:
        return self._row(_TEXT | _NULL, pattern=self._automaton(formats.ENVELOPE_TIME))

    def _integrations(self) -> int:
        destinations = self._settings["destinations"]
        if destinations is None:
            return self._row(_OBJECT | _NULL, object=self._object([], extra=_ANY))
        named = [_Field(name, _ANY) for name in dict.fromkeys(["All", *destinations]) if not is_odd(name)]
        return self._row(_OBJECT | _NULL, object=self._object(named))

    # Nodes.

    def _node(self, node: Any, holder: _Here | None, token: str | int) -> int:
        """The number of the node at this token of what holds it; raises Inexact."""
        if node is True:
            return _ANY
        if not isinstance(node, Mapping):
            raise Inexact(node)
        said = _said(node)
        if not said:
            return _ANY
        if said == _OPEN:
            return self._any_object
        if may_be_container(said):
            return self._written(said, None if holder is None else (holder[0], (*holder[1], token)))
        return self._once(repr(said), lambda: self._written(said, holder))

    def _once(self, key: Any, write: Callable[[], int]) -> int:
        """A part that is written when it is first asked for."""
        if key not in self._known:
            self._known[key] = write()
        return self._known[key]

    def _written(self, node: Node, here: _Here | None) -> int:
        types = node.get("type", tuple(_KINDS))
        kinds = 0
        for name in (types,) if isinstance(types, str) else types:
            if name not in _KINDS:
                raise Inexact(name)
            kinds |= _KINDS[name]
        limits: dict[str, Any] = {}
        listed = -1
        if "enum" in node or "const" in node:
            kinds &= _SCALARS
            listed = self._list(node)
        if kinds & _KINDS["number"]:
            limits.update(_numbers(node))
        if kinds & _TEXT:
            limits.update(self._texts(node))
        if kinds & _ARRAY:
            limits.update(self._items(node, here))
        if kinds & _OBJECT:
            limits["object"] = self._object_of(node, here)
        return self._row(kinds, listed=listed, **limits)

    def _texts(self, node: Node) -> Iterator[tuple[str, Any]]:
        yield "least", count(node, "minLength") or 0
        yield "most", _UNBOUNDED if (most := count(node, "maxLength")) is None else most
        if "pattern" in node:
            yield "pattern", self._automaton(node["pattern"])
        if "format" in node:
            yield "format", self._once(("format", node["format"]), lambda: self._format(node["format"]))

    def _format(self, name: str) -> Any:
        if name not in formats.FORMATS:
            raise Inexact(name)
        format = formats.FORMATS[name]
        return self._automaton(format.shape), format.longest

    def _automaton(self, pattern: str) -> int:
        return self._once(("pattern", pattern), lambda: self._put(automaton(pattern)))

    def _put(self, found: Automaton | None) -> int:
        if found is None:
            raise Inexact("a pattern")
        steps = array("H", found.steps).tobytes()
        return self._automata.add([*self._bytes(found.classes), found.width, *self._bytes(bytes(found.accepting)), *self._bytes(steps)])

    def _list(self, node: Node) -> int:
        """The values of `enum` or `const`."""
        if "enum" in node and "const" in node:
            raise Inexact("enum beside const")
        values = node["enum"] if "enum" in node else [node["const"]]
        kinds, numbers, texts = 0, [], []
        for value in values:
            match value:
                case None:
                    kinds |= _NULL
                case bool():
                    kinds |= 4 if value else 2
                case int() | float() if -_SAFE <= value <= _SAFE:
                    numbers.append(_bits(value))
                case str() if not patterns.SURROGATES.search(value):
                    texts.append(value)
                case _:
                    raise Inexact(value)
        strings = [number for text in texts for number in self._string(text)]
        return self._lists.add([kinds, len(numbers), *numbers, len(texts), *strings])

    def _items(self, node: Node, here: _Here | None) -> Iterator[tuple[str, int]]:
        least, most = count(node, "minItems"), count(node, "maxItems")
        if node.get("uniqueItems", False):  # more items would have to be compared
            most = 1 if most is None else min(most, 1)
        yield "items", self._node(node["items"], here, ITEM) if "items" in node else _ANY
        yield "least_items", least or 0
        yield "most_items", _UNBOUNDED if most is None else most

    def _object_of(
        self,
        node: Node,
        here: _Here | None,
        *,
        lenient: bool = False,
        least: int = 0,
        most: int = _UNBOUNDED,
        longest: int = _UNBOUNDED,
        more: Sequence[_Field] = (),
    ) -> int:
        """The object of a node. `longest` is for the names of members that it does not describe."""
        others = node.get("additionalProperties", True)
        extra = None if is_closed(node) else _ANY if others is True else self._node(others, None, ITEM)
        fields = [*self._fields(node, here, extra is not None), *more]
        least = max(least, count(node, "minProperties") or 0)
        if least > 1 and extra is not None:  # equal names may be counted twice
            raise Inexact("minProperties")
        if "maxProperties" in node:
            most = min(most, count(node, "maxProperties") or 0)
        return self._object(
            fields, here, extra=extra, lenient=lenient, least=least, most=most, longest=longest if extra == _ANY else _UNBOUNDED
        )

    def _fields(self, node: Node, here: _Here | None, is_open: bool) -> Iterator[_Field]:
        properties, required = node.get("properties", {}), node.get("required", ())
        succeeding = successors(node) if required else ()
        for key, member in properties.items():
            if isinstance(member, Mapping) and member.get("x-status") == "deprecated":
                if key in required:
                    raise Inexact("deprecated and required")
                yield _Field(key, self._once("never", self._row))
                continue
            number = self._optional(member, here, key, required=key in required)
            yield _Field(key, number, key in required, key not in succeeding)
        for key in required:
            if key not in properties:
                if not is_open:
                    raise Inexact("required and not allowed")
                yield _Field(key, _ANY, True)

    def _optional(self, member: Any, here: _Here | None, key: str, *, required: bool) -> int:
        """A member; an optional one that cannot be said is refused wherever it is there."""
        try:
            return self._node(member, here, key)
        except Inexact:
            if required:
                raise
            return self._once("never", self._row)

    # Rows.

    def _row(
        self,
        kinds: int = 0,
        *,
        any: bool = False,
        items: int = _ANY,
        least_items: int = 0,
        most_items: int = _UNBOUNDED,
        object: int = 0,
        numbers: tuple[int, int, int, int] | None = None,
        divisor: int = 0,
        least: int = 0,
        most: int = _UNBOUNDED,
        pattern: int = -1,
        format: tuple[int, int] = (-1, 0),
        listed: int = -1,
    ) -> int:
        limits = numbers or _NO_BOUNDS
        row = (any, kinds, items, least_items, most_items, object, *limits, divisor, least, most, pattern, *format, listed)
        return self._nodes.add(row)

    def _object(
        self,
        fields: Sequence[_Field],
        here: _Here | None = None,
        *,
        extra: int | None = None,
        lenient: bool = False,
        least: int = 0,
        most: int = _UNBOUNDED,
        longest: int = _UNBOUNDED,
        one_of: int = 0,
    ) -> int:
        if len(fields) > _MOST_FIELDS or any(is_odd(each.key) for each in fields) or len({each.key for each in fields}) < len(fields):
            raise Inexact("keys")
        row = [here is not None, -1 if extra is None else extra, lenient, least, most, longest, one_of, len(fields)]
        for each in fields:
            row += [*self._string(each.key), each.node, each.is_alone, each.required]
        self._spots.append(None if here is None else Spot(*here, [each.key for each in fields]))
        return self._objects.add(row)

    def _string(self, text: str) -> tuple[int, int]:
        return self._bytes(text.encode())

    def _bytes(self, text: bytes) -> tuple[int, int]:
        """Where a string stands in the text, and its length."""
        if text not in self._strings:
            self._strings[text] = len(self._text), len(text)
            self._text += text
        return self._strings[text]


_OPEN = {"type": "object"}


def _said(node: Node) -> dict[str, Any]:
    """What a schema asks for, without what it only tells; raises Inexact where it is more than can be said."""
    said = {keyword: value for keyword, value in node.items() if keyword in KNOWN and keyword not in SILENT}
    if any(word not in KNOWN and not word.startswith("x-") for word in node):
        raise Inexact(sorted(node))
    return said


def _numbers(node: Node) -> Iterator[tuple[str, Any]]:
    said = dict(bounds(node))
    yield (
        "numbers",
        (
            _bits(said.get("minimum", -_INFINITE)),
            _bits(said.get("exclusiveMinimum", -_INFINITE)),
            _bits(said.get("maximum", _INFINITE)),
            _bits(said.get("exclusiveMaximum", _INFINITE)),
        ),
    )
    yield "divisor", divisor(node) or 0


_INFINITE = float("inf")


def _bits(number: float) -> int:
    """A double as the whole number that has its bits."""
    found: int = struct.unpack("=q", struct.pack("=d", number))[0]
    return found


_NO_BOUNDS = _bits(-_INFINITE), _bits(-_INFINITE), _bits(_INFINITE), _bits(_INFINITE)


def _takes_empty(node: Node) -> bool:
    """Whether an object without members is right."""
    return not node.get("required") and not node.get("minProperties")
