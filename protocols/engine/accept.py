"""The first stage: says of most events, at the speed of parsing, that nothing at all is wrong with them.

Every planned call, event and version becomes a msgspec struct over the whole payload, envelope and body in one; the
structs of all track events are one union told apart by `event`, those of other calls by `type` or `name`. Decoding an
event as such a union checks it in one pass and keeps almost nothing of it.

The one law: what is accepted has no violation of any severity. So whatever cannot be said in a struct is refused, and
a refused event is no bad event: the second stage looks at it. Refused by design: old spellings of fields, an empty
`userId`, `event` on another call than track, deprecated events and properties, unplanned events and names, payloads under
raw schemas, pages named only by `properties.name`, lines that are no strict UTF-8, everything while
`privacy/personal-data` is on.

`accept` is the plain version; `accept_all` does the same for a batch with its loops in C, 1.2 times as fast.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from operator import add, attrgetter
from typing import Annotated, Any, Literal, NamedTuple, Union

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from protocols.engine.envelope import LEGACY_FIELDS, TIMES
from protocols.engine.parse import depth_of_text
from protocols.engine.router import Route
from protocols.engine.types import NEVER, Anything, Field, Inexact, Type, is_closed, is_odd, struct, type_of

_REFUSALS = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
_TEXT = Annotated[str, Meta(min_length=1)]
_MEMBERS = ("properties", "traits", "context")
_SAID = frozenset({"title", "description", "type", "allOf", "properties", "required"})


class Acceptor:
    """Accepts events by a bundle. Builds its decoders when it is first asked; picklable, and safe between threads."""

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        self._bundle = bundle
        self._limits = bundle["x-protocols"]["limits"]
        self._built: _Decoders | None = None

    def __reduce__(self) -> tuple[type[Acceptor], tuple[Mapping[str, Any]]]:
        return type(self), (self._bundle,)

    @property
    def routes(self) -> frozenset[Route]:
        """The routes that have a decoder, whose events can be accepted at all. No version is `assumed` here."""
        return frozenset(entry.route for entry in self._decoders.entries.values())

    @property
    def _decoders(self) -> _Decoders:
        if self._built is None:
            self._built = _build(self._bundle)  # two threads may both build it: the same, and only one is kept
        return self._built

    def accept(self, line: bytes) -> Route | None:
        """The route of an event with which nothing is wrong; None for any other bytes, and where that is not certain."""
        decoders = self._decoders
        if len(line) > self._limits["event_bytes"] or not _is_utf8(line):
            return None
        for decode in decoders.decodes:
            try:
                event = decode(line)
            except _REFUSALS:
                continue
            return decoders.route(event, line) if self._is_shallow(line) else None
        return None

    def accept_all(self, lines: Sequence[bytes]) -> tuple[Counter[Route], list[int]]:
        """How many events of each route were accepted, and the indices of the lines that were not, ascending."""
        if not lines or not self._decoders.decodes or not self._is_plain(lines):
            return self._one_by_one(lines)
        events, refused = self._decode_all(lines)
        routes: Counter[Route] = Counter()
        kinds = Counter(map(type, events))
        unsure = {kind for kind in kinds if self._decoders.entries[kind].check is not None}
        if unsure or not all(map(_user_of, events)):
            for at, event in enumerate(events):
                if type(event) in unsure or not event.userId:
                    kinds[type(event)] -= 1
                    route = None if type(event) is _Refused else self._decoders.route(event, lines[at])
                    if route is None:
                        refused.append(at)
                    else:
                        routes[route] += 1
        for kind, count in kinds.items():
            if count and kind is not _Refused:
                routes[self._decoders.entries[kind].route] += count
        return routes, sorted(refused)

    def _decode_all(self, lines: Sequence[bytes]) -> tuple[list[Any], list[int]]:
        """Every line decoded by the first union, or by another where that one refuses it; `_REFUSED` where all do."""
        first, *others = self._decoders.decodes
        events: list[Any] = []
        refused: list[int] = []
        rest = iter(lines)
        while len(events) < len(lines):
            try:
                events.extend(map(first, rest))
            except _REFUSALS:
                event = _decoded(others, lines[len(events)])
                if event is _REFUSED:
                    refused.append(len(events))
                events.append(event)
        return events, refused

    def _is_plain(self, lines: Sequence[bytes]) -> bool:
        """Whether no line is too large, nested too deeply or out of UTF-8; each is measured for all lines at once."""
        if max(map(len, lines)) > self._limits["event_bytes"]:
            return False
        if max(map(add, map(bytes.count, lines, repeat(b"{")), map(bytes.count, lines, repeat(b"[")))) > self._limits["depth"]:
            return False
        return all(map(bytes.isascii, lines)) or all(map(_is_utf8, lines))

    def _is_shallow(self, line: bytes) -> bool:
        most = self._limits["depth"]
        return line.count(b"{") + line.count(b"[") <= most or depth_of_text(line) <= most

    def _one_by_one(self, lines: Sequence[bytes]) -> tuple[Counter[Route], list[int]]:
        routes = list(map(self.accept, lines))
        return Counter(route for route in routes if route is not None), [i for i, route in enumerate(routes) if route is None]


class _Refused(msgspec.Struct, gc=False):
    """Stands where a line was refused; it never lacks an identity, so that it is not looked at twice."""

    userId: str = "nobody"


_REFUSED = _Refused()
_user_of = attrgetter("userId")


def _decoded(decodes: Sequence[_Decode], line: bytes) -> Any:
    for decode in decodes:
        try:
            return decode(line)
        except _REFUSALS:
            continue
    return _REFUSED


def _is_utf8(line: bytes) -> bool:
    """msgspec does not look inside the text that it skips."""
    if line.isascii():
        return True
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


# The decoders of a bundle.

_Decode = Callable[[bytes], Any]
_Check = Callable[[Any, bytes], bool]


class _Entry(NamedTuple):
    """What a struct stands for. `check` says the rest about an event of it where the struct cannot; `versions` that the
    event may name its version, `route.version`."""

    route: Route
    check: _Check | None = None
    versioned: bool = False


class _Decoders(NamedTuple):
    """`decodes` are tried in turn; each decodes a union. `entries` has the struct of every member of these unions."""

    decodes: tuple[_Decode, ...]
    entries: Mapping[type[Any], _Entry]

    def route(self, event: Any, line: bytes) -> Route | None:
        """The route of a decoded event, or None where it lacks an identity or does not pass its check."""
        route, check, versioned = self.entries[type(event)]
        if (event.userId is None and event.anonymousId is None) or (check is not None and not check(event, line)):
            return None
        return route._replace(assumed=_names_no_version(event)) if versioned else route


def _names_no_version(event: Any) -> bool:
    context = event.context
    protocols = None if context is None else context.protocols
    return protocols is None or protocols.event_version is None


class _Member(NamedTuple):
    """A struct of a union and what it stands for."""

    struct: type[msgspec.Struct]
    entry: _Entry


def _build(bundle: Mapping[str, Any]) -> _Decoders:
    settings = bundle["x-protocols"]
    if _is_privacy_on(settings):
        return _Decoders((), {})
    unions = [list(members) for members in _unions(bundle, settings)]
    decodes = [msgspec.json.Decoder(Union[tuple(member.struct for member in members)]).decode for members in unions if members]  # noqa: UP007
    return _Decoders(tuple(decodes), {member.struct: member.entry for members in unions for member in members})


def _is_privacy_on(settings: Mapping[str, Any]) -> bool:
    severities = [settings["severity"]]
    for call in settings["calls"].values():
        severities += [call["severity"], *(body["severity"] for event in call["events"].values() for body in event["bodies"].values())]
    return any(said.get(key, "off") != "off" for said in severities for key in ("privacy", "privacy/personal-data"))


def _unions(bundle: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[Iterator[_Member]]:
    """The unions in the order they are tried: planned track events by their default version, calls, the rest."""
    yield _named(bundle, settings, "track", 0)
    yield _calls(bundle, settings)
    for call in ("page", "screen"):
        yield from (_named(bundle, settings, call, rank) for rank in range(_ranks(settings, call)))
    yield from (_named(bundle, settings, "track", rank) for rank in range(1, _ranks(settings, "track")))


def _ranks(settings: Mapping[str, Any], call: str) -> int:
    return max((len(event["versions"]) for event in settings["calls"][call]["events"].values()), default=0)


def _named(bundle: Mapping[str, Any], settings: Mapping[str, Any], call: str, rank: int) -> Iterator[_Member]:
    """A struct for each planned event of a call, told apart by their names.

    A union holds each name once, so an event's versions are spread over as many unions; `rank` 0 is the default version.
    """
    for name, event in settings["calls"][call]["events"].items():
        versions = sorted(event["versions"], key=lambda version: version[0] != event["default"])
        if rank >= len(versions) or event["status"] == "deprecated" or is_odd(name):
            continue
        if call == "track" and len(name) > settings["limits"]["event_name"]:
            continue
        version, key = versions[rank]
        if event["bodies"][key]["status"] == "deprecated":
            continue
        try:
            yield _member(bundle, settings, Route(call, name, version), key, is_default=rank == 0)
        except Inexact:
            continue


def _calls(bundle: Mapping[str, Any], settings: Mapping[str, Any]) -> Iterator[_Member]:
    """A struct for each call but track, told apart by `type`."""
    for call, section in settings["calls"].items():
        if call == "track":
            continue
        try:
            yield _member(bundle, settings, Route(call, None, None), section["section"])
        except Inexact:
            continue


def _member(bundle: Mapping[str, Any], settings: Mapping[str, Any], route: Route, key: str, *, is_default: bool = False) -> _Member:
    """The struct of a whole payload of this route; raises Inexact."""
    schema, limits = bundle["$defs"][key], settings["limits"]
    call = str(route.call)
    unknown = [keyword for keyword in schema if keyword not in _SAID and not keyword.startswith("x-")]
    if unknown or len(schema["allOf"]) != 1 or schema.get("x-status") == "deprecated":
        raise Inexact(key)
    if not set(schema["required"]) <= {"type", "event", "name", *_MEMBERS} or not schema["properties"].keys() <= {"type", "event", "name", *_MEMBERS}:
        raise Inexact(key)
    own = {"identify": "traits", "group": "traits", "alias": None}.get(call, "properties")
    fields = [
        *_envelope(call, settings),
        *(_payload_member(schema, member, member == own, limits) for member in ("properties", "traits")),
        Field("context", *_context(schema, route, is_default)),
        *(Field(old, NEVER) for old in LEGACY_FIELDS if old != "action"),
    ]
    if route.event is None:
        tag = {"tag_field": "type", "tag": call}
    else:
        tag = {"tag_field": "event" if call == "track" else "name", "tag": route.event}
        fields.insert(0, Field("type", Literal[call], True))  # type: ignore[valid-type]  # a type made at run time
    if call != "track":
        fields.append(Field("event", None))
    if call in ("page", "screen") and route.event is None:
        fields.append(Field("name", str | None))
    check = _check(schema, settings, route, own)
    return _Member(struct(call, fields, **tag), _Entry(route, check, versioned=route.version is not None))


def _envelope(call: str, settings: Mapping[str, Any]) -> Iterator[Field]:
    yield Field("userId", _TEXT if call == "alias" else _TEXT | None, call == "alias")
    yield Field("anonymousId", _TEXT | None)
    yield Field("messageId", Annotated[str, Meta(max_length=settings["limits"]["message_id"])] | None)
    yield from (Field(time, datetime | None) for time in TIMES)
    yield Field("integrations", _integrations(settings["destinations"]))
    match call:
        case "group":
            yield Field("groupId", _TEXT, True)
        case "alias":
            yield Field("previousId", str | None)
        case "page" | "screen":
            yield Field("category", str | None)


def _integrations(destinations: Sequence[str] | None) -> Type:
    if destinations is None:
        return Anything | None
    return struct("Integrations", [Field(name, Raw) for name in dict.fromkeys(["All", *destinations])], closed=True) | None


def _payload_member(schema: Mapping[str, Any], member: str, is_own: bool, limits: Mapping[str, int]) -> Field:
    """`properties` or `traits`. Absent and null are read as `{}` where the call has the member, as absent elsewhere."""
    node = schema["properties"].get(member, {})
    type = type_of(node) if node.keys() - {"x-origin"} else _undescribed(limits)
    may_lack = _takes_empty(type) if is_own else member not in schema["required"]
    return Field(member, type | None if may_lack else type, not may_lack)


def _undescribed(limits: Mapping[str, int]) -> Type:
    """An object of which the plan says nothing; its names are still counted and measured."""
    return Annotated[dict[Annotated[str, Meta(max_length=limits["property_name"])], Raw], Meta(max_length=limits["properties"])]  # type: ignore[misc]  # a limit read at run time


def _takes_empty(type: Type) -> bool:
    try:
        msgspec.json.decode(b"{}", type=type)
    except msgspec.ValidationError:
        return False
    return True


def _context(schema: Mapping[str, Any], route: Route, is_default: bool) -> tuple[Type, bool]:
    """The type of `context`, and whether it has to be there. The version of the event stands in it."""
    node = dict(schema["properties"].get("context", {}))
    required = "context" in schema["required"]
    if route.version is None:
        type = type_of({"type": "object"} | node)
        return (type, True) if required else (type | None, False)
    said = struct("Protocols", [Field("event_version", Literal[route.version] | None if is_default else Literal[route.version], not is_default)])
    raise Inexact(said)
