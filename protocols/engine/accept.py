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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Annotated, Any, Literal, NamedTuple, Union

import msgspec
from msgspec import Meta, Raw

from protocols.engine.envelope import LEGACY_FIELDS, TIMES
from protocols.engine.parse import depth_of_text
from protocols.engine.router import Route
from protocols.engine.types import NEVER, Anything, Field, Inexact, Type, is_closed, is_odd, object_of, struct, type_of

_REFUSALS = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
_TEXT = Annotated[str, Meta(min_length=1)]
_MEMBERS = ("properties", "traits", "context")
_SAID = frozenset({"title", "description", "type", "allOf", "properties", "required"})


class Acceptor:
    """Accepts events by a bundle. Builds its decoders when it is first asked; picklable, and safe between threads."""

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        self._bundle = bundle
        self._limits: Mapping[str, int] = bundle["x-protocols"]["limits"]
        self._built: _Decoders | None = None

    def __reduce__(self) -> tuple[type[Acceptor], tuple[Mapping[str, Any]]]:
        return type(self), (self._bundle,)

    @cached_property
    def routes(self) -> frozenset[Route]:
        """The routes that have a decoder, whose events can be accepted at all. No version is `assumed` here."""
        return frozenset(entry.route for entry in self._decoders(b"").entries.values())

    def _decoders(self, line: bytes) -> _Decoders:
        """The decoders; the first line that is asked about settles the order in which they expect an event's keys."""
        if self._built is None:
            self._built = _build(self._bundle, _keys(line))  # where two threads build them at once, the last stays: both are right
        return self._built

    def accept(self, line: bytes) -> Route | None:
        """The route of an event with which nothing is wrong; None for any other bytes, and where that is not certain."""
        decoders = self._decoders(line)
        if len(line) > self._limits["event_bytes"] or not _is_utf8(line):
            return None
        for decode in decoders.decodes:
            event = _attempt(decode, line)
            if event is not _REFUSED:
                return decoders.route(event, line) if self._is_shallow(line) else None
        return None

    def accept_all(self, lines: Sequence[bytes]) -> tuple[Counter[Route], list[int]]:
        """How many events of each route were accepted, and the indices of the lines that were not, ascending."""
        routes: Counter[Route] = Counter()
        refused: list[int] = []
        for start in range(0, len(lines), _BATCH):
            batch = lines[start : start + _BATCH]
            accept = self._together if self._is_plain(batch) else self._one_by_one
            refused += (start + at for at in accept(batch, routes))
        return routes, refused

    def _one_by_one(self, lines: Sequence[bytes], routes: Counter[Route]) -> Iterator[int]:
        """Count the accepted lines into `routes`; yields the indices of the others."""
        for at, line in enumerate(lines):
            route = self.accept(line)
            if route is None:
                yield at
            else:
                routes[route] += 1

    def _together(self, lines: Sequence[bytes], routes: Counter[Route]) -> list[int]:
        """The same for lines that `_is_plain` has looked at."""
        decoders = self._decoders(lines[0])
        if not decoders.decodes:
            return list(range(len(lines)))
        events, refused = _decode_all(decoders.decodes, lines)
        kinds = Counter(map(type, events))
        kinds.pop(_Refused, None)
        unsure = {kind for kind in kinds if decoders.entries[kind].needs_look}
        if unsure or not all(map(_user_of, events)):
            for at, event in enumerate(events):
                if type(event) in unsure or event.userId is None:
                    kinds[type(event)] -= 1
                    route = decoders.route(event, lines[at])
                    if route is None:
                        refused.append(at)
                    else:
                        routes[route] += 1
        for kind, count in kinds.items():
            if count:
                routes[decoders.entries[kind].route] += count
        return sorted(refused)

    def _is_plain(self, lines: Sequence[bytes]) -> bool:
        """Whether no line is too large, out of UTF-8 or can be nested too deeply; measured for all lines at once.

        Brackets are counted by leaving out everything else: of all that the first stage does beside decoding, this is
        the largest part, near 0.3 us a line.
        """
        joined = b"\n".join(lines)
        brackets = joined.translate(None, _NO_BRACKETS).split(b"\n")
        return (
            max(map(len, lines)) <= self._limits["event_bytes"]
            and len(brackets) == len(lines)
            and max(map(len, brackets)) <= self._limits["depth"]
            and _is_utf8(joined)
        )

    def _is_shallow(self, line: bytes) -> bool:
        most = self._limits["depth"]
        return len(line.translate(None, _NO_BRACKETS)) <= most or depth_of_text(line) <= most


_BATCH = 100
"""Lines looked at together: few, so that one odd line spoils the pace of few, and their bytes stay in the cache."""

_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[{\n")


class _Refused(msgspec.Struct, gc=False):
    """Stands where a line was refused; it never lacks an identity, so that it is not looked at twice."""

    userId: str = "nobody"


_REFUSED = _Refused()
_user_of = attrgetter("userId")


def _decode_all(decodes: Sequence[_Decode], lines: Sequence[bytes]) -> tuple[list[Any], list[int]]:
    """Every line decoded by the first union, or by another where that one refuses it; `_REFUSED` where all do."""
    first, *others = decodes
    events: list[Any] = []
    refused: list[int] = []
    rest = iter(lines)
    while not _extended(events, first, rest):
        line = lines[len(events)]
        event = next((event for decode in others if (event := _attempt(decode, line)) is not _REFUSED), _REFUSED)
        if event is _REFUSED:
            refused.append(len(events))
        events.append(event)
    return events, refused


def _extended(events: list[Any], decode: _Decode, lines: Iterator[bytes]) -> bool:
    """Decode lines into `events` up to the first that is refused; False where there was one, and it is consumed."""
    try:
        events.extend(map(decode, lines))
    except _REFUSALS:
        return False
    return True


def _attempt(decode: _Decode, line: bytes) -> Any:
    try:
        return decode(line)
    except _REFUSALS:
        return _REFUSED


def _keys(line: bytes) -> tuple[str, ...]:
    """The keys of an event in their order; none where it is no object."""
    keys = _attempt(msgspec.json.Decoder(dict[str, Raw]).decode, line)
    return () if keys is _REFUSED else tuple(keys)


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

    @property
    def needs_look(self) -> bool:
        """Whether events of the struct differ in more than their struct."""
        return self.versioned or self.check is not None


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


def _build(bundle: Mapping[str, Any], order: Sequence[str]) -> _Decoders:
    """The decoders of a bundle. `order` lists keys in the order in which events have them: others are looked up as well,
    but an expected one is found at once."""
    settings = bundle["x-protocols"]
    if _is_privacy_on(settings):
        return _Decoders((), {})
    unions = [list(members) for members in _unions(_Plan(bundle, order))]
    decodes = [_union([member.struct for member in members]).decode for members in unions if members]
    return _Decoders(tuple(decodes), {member.struct: member.entry for members in unions for member in members})


def _union(structs: Sequence[type[msgspec.Struct]]) -> msgspec.json.Decoder[Any]:
    """A decoder of these structs. A struct on its own would also be taken without its tag, so there are always two."""
    config = structs[0].__struct_config__
    refuses = struct("Refuses", [Field("", NEVER, True)], tag_field=config.tag_field, tag=f"not {config.tag}")
    return msgspec.json.Decoder(Union[tuple(structs) if len(structs) > 1 else (structs[0], refuses)])  # noqa: UP007  # made at run time


def _is_privacy_on(settings: Mapping[str, Any]) -> bool:
    severities = [settings["severity"]]
    for call in settings["calls"].values():
        severities += [call["severity"], *(body["severity"] for event in call["events"].values() for body in event["bodies"].values())]
    return any(said.get(key, "off") != "off" for said in severities for key in ("privacy", "privacy/personal-data"))


class _Plan(NamedTuple):
    """A bundle as far as decoders are made of it, and the order of keys to expect."""

    bundle: Mapping[str, Any]
    order: Sequence[str]

    @property
    def schemas(self) -> Mapping[str, Any]:
        return self.bundle["$defs"]  # type: ignore[no-any-return]  # a bundle is plain JSON

    @property
    def calls(self) -> Mapping[str, Any]:
        return self.bundle["x-protocols"]["calls"]  # type: ignore[no-any-return]

    @property
    def limits(self) -> Mapping[str, int]:
        return self.bundle["x-protocols"]["limits"]  # type: ignore[no-any-return]

    @property
    def destinations(self) -> Sequence[str] | None:
        return self.bundle["x-protocols"]["destinations"]  # type: ignore[no-any-return]

    def ordered(self, fields: Sequence[Field]) -> list[Field]:
        ranks = {key: rank for rank, key in enumerate(self.order)}
        return sorted(fields, key=lambda field: ranks.get(field.key, len(ranks)))


def _unions(plan: _Plan) -> Iterator[Iterator[_Member]]:
    """The unions in the order they are tried: planned track events by their default version, calls, the rest."""
    yield _named(plan, "track", 0)
    yield _calls(plan)
    for call in ("page", "screen"):
        yield from (_named(plan, call, rank) for rank in range(_ranks(plan, call)))
    yield from (_named(plan, "track", rank) for rank in range(1, _ranks(plan, "track")))


def _ranks(plan: _Plan, call: str) -> int:
    return max((len(event["versions"]) for event in plan.calls[call]["events"].values()), default=0)


def _named(plan: _Plan, call: str, rank: int) -> Iterator[_Member]:
    """A struct for each planned event of a call, told apart by their names.

    A union holds each name once, so an event's versions are spread over as many unions; `rank` 0 is the default version.
    """
    for name, event in plan.calls[call]["events"].items():
        versions = sorted(event["versions"], key=lambda version: version[0] != event["default"])
        if rank >= len(versions) or event["status"] == "deprecated" or is_odd(name):
            continue
        if call == "track" and len(name) > plan.limits["event_name"]:
            continue
        version, key = versions[rank]
        if event["bodies"][key]["status"] == "deprecated":
            continue
        try:
            yield _member(plan, Route(call, name, version), key, is_default=rank == 0)
        except Inexact:
            continue


def _calls(plan: _Plan) -> Iterator[_Member]:
    """A struct for each call but track, told apart by `type`."""
    for call, section in plan.calls.items():
        if call == "track":
            continue
        try:
            yield _member(plan, Route(call, None, None), section["section"])
        except Inexact:
            continue


def _member(plan: _Plan, route: Route, key: str, *, is_default: bool = False) -> _Member:
    """The struct of a whole payload of this route; raises Inexact."""
    schema, limits = plan.schemas[key], plan.limits
    call = str(route.call)
    unknown = [keyword for keyword in schema if keyword not in _SAID and not keyword.startswith("x-")]
    if unknown or len(schema["allOf"]) != 1 or schema.get("x-status") == "deprecated":
        raise Inexact(key)
    if not {*schema["required"], *schema["properties"]} <= {"type", "event", "name", *_MEMBERS}:
        raise Inexact(key)
    own = {"identify": "traits", "group": "traits", "alias": None}.get(call, "properties")
    fields = [
        *_envelope(call, plan),
        *(_payload_member(schema, member, member == own, limits) for member in ("properties", "traits")),
        _context(schema, route, is_default),
        *(Field(old, NEVER) for old in LEGACY_FIELDS if old != "action"),
    ]
    tag_field, tag = ("type", call) if route.event is None else ("event" if call == "track" else "name", route.event)
    if route.event is not None:
        fields.insert(0, Field("type", Literal[call], True))
    if call != "track":
        fields.append(Field("event", None))
    if call in ("page", "screen") and route.event is None:
        fields.append(Field("name", str | None))
    entry = _Entry(route, _check(schema, plan, route), versioned=route.version is not None)
    return _Member(struct(call, plan.ordered(fields), tag_field=tag_field, tag=tag), entry)


def _envelope(call: str, plan: _Plan) -> Iterator[Field]:
    yield Field("userId", _TEXT if call == "alias" else _TEXT | None, call == "alias")
    yield Field("anonymousId", _TEXT | None)
    yield Field("messageId", Annotated[str, Meta(max_length=plan.limits["message_id"])] | None)
    yield from (Field(time, datetime | None) for time in TIMES)
    yield Field("integrations", _integrations(plan.destinations))
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
    node = _node(schema, member)
    type = type_of(node) if _is_described(node) else _any_members(limits)
    may_lack = _takes_empty(type) if is_own else member not in schema["required"]
    return Field(member, type | None if may_lack else type, not may_lack)


def _node(schema: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    return {"type": "object", **schema["properties"].get(member, {})}


def _is_described(node: Mapping[str, Any]) -> bool:
    return is_closed(node) or any(not keyword.startswith("x-") and keyword not in ("type", "description", "examples") for keyword in node)


def _any_members(limits: Mapping[str, int]) -> Type:
    """An object of which the plan says nothing; its names are still counted and measured."""
    name = Annotated[str, Meta(max_length=limits["property_name"])]
    return Annotated[dict[name, Raw], Meta(max_length=limits["properties"])]


def _takes_empty(type: Type) -> bool:
    try:
        msgspec.json.decode(b"{}", type=type)
    except msgspec.ValidationError:
        return False
    return True


def _context(schema: Mapping[str, Any], route: Route, is_default: bool) -> Field:
    """`context`, in which the version of the event stands."""
    node = _node(schema, "context")
    required = "context" in schema["required"]
    if route.version is None:
        type = type_of(node)
    elif is_closed(node) or not isinstance(node.get("additionalProperties", True), bool) or "protocols" in node.get("properties", {}):
        raise Inexact("the place of the version")
    else:
        version: Type = Literal[route.version]
        said = Field("event_version", version | None if is_default else version, not is_default)
        protocols = struct("Protocols", [said])
        type = object_of(node, [Field("protocols", protocols | None if is_default else protocols, not is_default)])
        required = required or not is_default
    return Field("context", type if required else type | None, required)


def _check(schema: Mapping[str, Any], plan: _Plan, route: Route) -> _Check | None:
    """What a struct cannot say of this route: of open objects how many names they have and how long these are, of identify
    whether its traits are to be read from the context, of pages whether their name is a planned one."""
    limits = plan.limits
    nodes = [_node(schema, member) for member in ("properties", "traits")]
    checks: list[_Check] = []
    if route.call == "identify" or any(_is_described(node) and _may_hold_others(node, limits) for node in nodes):
        checks.append(_names_check(limits, is_identify=route.call == "identify"))
    if route.event is None and (planned := plan.calls[str(route.call)]["events"]):
        checks.append(_name_check(frozenset(planned)))
    return (lambda event, line: all(check(event, line) for check in checks)) if checks else None


def _may_hold_others(node: Mapping[str, Any], limits: Mapping[str, int]) -> bool:
    return not is_closed(node) or len(node.get("properties", ())) > limits["properties"]


_CONTEXT_TRAITS = Field("context", struct("ContextTraits", [Field("traits", Raw)]) | None)


def _names_check(limits: Mapping[str, int], *, is_identify: bool) -> _Check:
    """Decodes the line once more, for the names of its members alone."""
    members = (Field(member, _any_members(limits) | None) for member in ("properties", "traits"))
    decode = msgspec.json.Decoder(struct("Names", [*members, _CONTEXT_TRAITS])).decode

    def check(_: Any, line: bytes) -> bool:
        names = _attempt(decode, line)
        if names is _REFUSED:
            return False
        reads_context = is_identify and not names.traits and names.context is not None and names.context.traits is not None
        return not reads_context

    return check


def _name_check(planned: Collection[str]) -> _Check:
    """The page or screen has a name of its own, and the plan speaks of no page of that name."""
    return lambda event, _: bool(event.name) and event.name not in planned
