"""The decoders of a bundle: for every planned call, event and version a struct over the whole payload.

The structs of all track events are one union told apart by `event`, those of other calls by `type` or `name`; envelope and
body are one struct. What cannot be said in a struct is either left out of the union, so that its events are refused, or
said by a check that looks at the line once more.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache, partial
from typing import Annotated, Any, Literal, NamedTuple, Union

import msgspec
from msgspec import Meta, Raw

from protocols.engine.envelope import LEGACY_FIELDS, TIMES
from protocols.engine.members import Members
from protocols.engine.router import Route
from protocols.engine.types import NEVER, Anything, Field, Inexact, Loosened, Type, is_closed, is_odd, object_of, struct, type_of
from protocols.problems import Severity

Decode = Callable[[bytes], Any]
Check = Callable[[Any, bytes], bool]

REFUSALS = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
"""What a decoder raises for bytes that it does not take."""

_TEXT = Annotated[str, Meta(min_length=1)]
_MEMBERS = ("properties", "traits", "context")
SAID = frozenset({"title", "description", "type", "allOf", "properties", "required"})


class Refused(msgspec.Struct, gc=False):
    """Stands where a line was refused; it never lacks an identity, so that it is not looked at twice."""

    userId: str = "nobody"


REFUSED = Refused()


def attempt(decode: Decode, line: bytes) -> Any:
    """What a line is decoded to, or `REFUSED`."""
    try:
        return decode(line)
    except REFUSALS:
        return REFUSED


class Entry(NamedTuple):
    """What a struct stands for: the route of its events, and the key of their schema. `check` says the rest about an event
    of it where the struct cannot; `is_default` that an event of this version need not name it. `names` are those that it
    met in members that let others in than the planned ones, with their numbers: `{member: {name: sightings}}`."""

    route: Route
    key: str
    check: Check | None = None
    is_default: bool = False
    names: Mapping[str, Mapping[str, int]] = {}

    @property
    def is_sure(self) -> bool:
        """Whether its events have this route, given an identity; not where they may name their version."""
        return self.check is None and self.route.version is None


class Decoders:
    """Unions of structs, tried in turn and made when they are first tried.

    `entries` has the struct of every member of the unions made so far. `sure` has those whose events all have one route, given
    an identity, and `slow` those whose events could be taken by a faster one if more were known of them. `order` is that of
    the keys they expect, `learned` the names that they take beside the planned ones without a check.
    """

    def __init__(self, plan: _Plan, sure: dict[type[Any], Route]) -> None:
        self.order = plan.order
        self.learned = plan.learned
        self.entries: dict[type[Any], Entry] = {}
        self.sure = sure
        self.slow: set[type[Any]] = set()
        self._unions = [] if _is_private(plan.settings) else [_Union(step, plan) for step in _steps(plan)]
        self._inside = [union for union in self._unions if union.step.differs_inside]

    @cached_property
    def first(self) -> Decode | None:
        """What decodes most events; None where no event can be accepted."""
        return next(filter(None, map(self._made, self._unions)), None)

    def decode(self, line: bytes) -> Any:
        """What a line is decoded to, or `REFUSED`."""
        first = self.first
        if first is None:
            return REFUSED
        try:
            return first(line)
        except REFUSALS as error:
            return self.decode_again(line, deep=lies_deep(error))

    def decode_again(self, line: bytes, *, deep: bool) -> Any:
        """The same for a line that `first` has refused, and inside the event if `deep`."""
        return self._decoded(line, self._inside if deep else self._unions, deep=deep)

    def _decoded(self, line: bytes, unions: Iterable[_Union], *, deep: bool) -> Any:
        for union in unions:
            if deep and not union.step.differs_inside:
                continue
            decode = self._made(union)
            if decode is not None:
                try:
                    return decode(line)
                except REFUSALS as error:
                    deep = deep or lies_deep(error)
        return REFUSED

    def route(self, event: Any, line: bytes) -> Route | None:
        """The route of a decoded event, or None where it lacks an identity or does not pass its check."""
        return route_of(self.entries[type(event)], event, line)

    def entry(self, route: Route) -> Entry | None:
        """The entry of a route that has a struct in some union."""
        return next((entry for union in self._unions if (entry := self._entries_of(union).get(route)) is not None), None)

    def routes(self) -> frozenset[Route]:
        """The routes that have a struct. No version is `assumed` here."""
        return frozenset(route for union in self._unions for route in self._entries_of(union))

    def _entries_of(self, union: _Union) -> Mapping[Route, Entry]:
        self._made(union)
        return union.entries

    def _made(self, union: _Union) -> Decode | None:
        """The decoder of a union; None where it has no members."""
        if union.is_made:
            return union.decode
        with _MAKING:
            return union.decode if union.is_made else self._make(union)

    def _make(self, union: _Union) -> Decode | None:
        members = list(union.step.members(union.plan))
        self.entries.update({member.struct: member.entry for member in members})
        self.slow.update(member.struct for member in members if union.step.is_spare or member.entry.names)
        self.sure.update({each.struct: each.entry.route for each in members if each.entry.is_sure and each.struct not in self.slow})
        union.entries = {member.entry.route: member.entry for member in members}
        union.decode = decoder([member.struct for member in members]) if members else None
        union.is_made = True
        return union.decode


def lies_deep(error: Exception) -> bool:
    """Whether what a decoder complains of is inside the event, as msgspec's message says at its end, and not that it is none of
    those in the union. An `event` that is no text may be null, as it is for other calls than track."""
    message = str(error)
    return " - at `$" in message and not message.endswith(_OTHERS) and message != "Expected `str` - at `$.event`"


_OTHERS = (" - at `$.type`", " - at `$.name`")


def route_of(entry: Entry, event: Any, line: bytes) -> Route | None:
    """The route of an event that was decoded as a struct of this entry, or None as in `Decoders.route`."""
    route, check = entry.route, entry.check
    if (event.userId is None and event.anonymousId is None) or (check is not None and not check(event, line)):
        return None
    return route if route.version is None else route._replace(assumed=_names_no_version(event))


def _names_no_version(event: Any) -> bool:
    context = event.context
    protocols = None if context is None else context.protocols
    return protocols is None or protocols.event_version is None


class Member(NamedTuple):
    """A struct of a union and what it stands for."""

    struct: type[msgspec.Struct]
    entry: Entry


Made = dict[Any, "Member | None"]
"""Structs by what they were made of; None where none can be made."""


Learned = Mapping[str, Mapping[str, Sequence[str]]]
"""`{key of a schema: {member: names}}`: names that the plan lacks, of which nothing is to be said, in members that let others
in. They are members of a struct then, which is three times as fast as to look at all names of an event."""


def build(
    bundle: Mapping[str, Any],
    order: Sequence[str],
    learned: Learned | None = None,
    made: Made | None = None,
    sure: dict[type[Any], Route] | None = None,
) -> Decoders:
    """The decoders of a bundle. `order` lists the keys of usual events in their order: these are found at once. `made` keeps
    structs for the next time, and `sure` those that were ever sure."""
    plan = _Plan(bundle["$defs"], bundle["x-protocols"], order, learned or {}, {} if made is None else made)
    return Decoders(plan, {} if sure is None else sure)


def loosened(bundle: Mapping[str, Any], order: Sequence[str], entry: Entry, schema: Mapping[str, Any]) -> Member:
    """The struct of the same events by another schema; raises Inexact."""
    plan = _Plan({entry.key: schema}, bundle["x-protocols"], order, {}, {})
    return _member(plan, entry.route, entry.key, is_default=entry.is_default)


def decoder(structs: Sequence[type[msgspec.Struct]]) -> Decode:
    """A decoder of these structs, which have different tags in one field. A struct on its own would also be taken without
    its tag, so there are always two."""
    config = structs[0].__struct_config__
    refuses = struct("Refuses", [Field("", NEVER, True)], tag_field=config.tag_field, tag=f"not {config.tag}")
    with _MAKING:
        return msgspec.json.Decoder(Union[tuple(structs) if len(structs) > 1 else (structs[0], refuses)]).decode  # noqa: UP007  # made at run time


_MAKING = threading.RLock()
"""Held while decoders are made. Where two threads make decoders of the same structs at once, msgspec 0.22 crashes: of a hundred runs
of the test of threads, two to five did."""


class _Plan(NamedTuple):
    """A bundle as far as decoders are made of it, and the order of keys to expect."""

    schemas: Mapping[str, Any]
    settings: Mapping[str, Any]
    order: Sequence[str]
    learned: Learned
    made: Made

    @property
    def calls(self) -> dict[str, Any]:
        return dict(self.settings["calls"])

    @property
    def limits(self) -> dict[str, int]:
        return dict(self.settings["limits"])

    def ordered(self, fields: Sequence[Field]) -> list[Field]:
        ranks = {key: rank for rank, key in enumerate(self.order)}
        return sorted(fields, key=lambda field: ranks.get(field.key, len(ranks)))


def is_private(bundle: Mapping[str, Any]) -> bool:
    """Whether values are looked at for personal data, which only the second stage does."""
    return _is_private(bundle["x-protocols"])


def _is_private(settings: Mapping[str, Any]) -> bool:
    return any(said.get(key, "off") != "off" for said in _severities(settings) for key in ("privacy", "privacy/personal-data"))


def _severities(settings: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """What the plan, its calls and its events say of severities."""
    yield settings["severity"]
    for call in settings["calls"].values():
        yield call["severity"]
        yield from (body["severity"] for event in call["events"].values() for body in event["bodies"].values())


class _Step(NamedTuple):
    """How a union comes about. `differs_inside` tells that it may take an event that was refused for a fault inside one of its
    members; `is_spare` that there is a faster one for most of its events, which can learn from those that need this one."""

    members: Callable[[_Plan], Iterator[Member]]
    differs_inside: bool = False
    is_spare: bool = False


@dataclass(slots=True)
class _Union:
    step: _Step
    plan: _Plan
    is_made: bool = False
    decode: Decode | None = None
    entries: Mapping[Route, Entry] = field(default_factory=dict)


def _steps(plan: _Plan) -> Iterator[_Step]:
    """The unions in the order they are tried: planned track events by their default version, calls, the rest.

    The first two are for events with the usual keys; where these have others, the next two take them. An event or call
    that lets unplanned names in has a struct with the names that were learned, and, much later, one with a check that
    takes any name.
    """
    yield _Step(lambda plan: _named(plan, "track", 0, width=_Width.usual))
    yield _Step(lambda plan: _calls(plan, width=_Width.usual))
    if plan.order:
        yield _Step(lambda plan: _named(plan, "track", 0), is_spare=True)
        yield _Step(_calls, is_spare=True)
    yield _Step(lambda plan: _named(plan, "track", 0, width=_Width.any_name), differs_inside=True)
    yield _Step(lambda plan: _calls(plan, width=_Width.any_name), differs_inside=True)
    for call in ("page", "screen"):
        yield from (_Step(partial(_named, call=call, rank=rank), differs_inside=True) for rank in range(_ranks(plan, call)))
    yield from (_Step(partial(_named, call="track", rank=rank), differs_inside=True) for rank in range(1, _ranks(plan, "track")))


class _Width(enum.Enum):
    """Which keys and names the structs of a union take: those that events have had so far, all of the envelope, or all of the
    envelope and any name in members that let others in."""

    usual = enum.auto()
    envelope = enum.auto()
    any_name = enum.auto()


def _ranks(plan: _Plan, call: str) -> int:
    return max((len(event["versions"]) for event in plan.calls[call]["events"].values()), default=0)


def _named(plan: _Plan, call: str, rank: int, *, width: _Width = _Width.envelope) -> Iterator[Member]:
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
        if event["bodies"][key]["status"] != "deprecated":
            yield from _made(plan, Route(call, name, version), key, is_default=rank == 0, width=width)


def _calls(plan: _Plan, *, width: _Width = _Width.envelope) -> Iterator[Member]:
    """A struct for each call but track, told apart by `type`."""
    for call, section in plan.calls.items():
        if call != "track":
            yield from _made(plan, Route(call, None, None), section["section"], width=width)


def _made(plan: _Plan, route: Route, key: str, *, width: _Width, is_default: bool = False) -> Iterator[Member]:
    """The struct of a route, if there can be one: the one that takes any name, where it lets others in at all, or another."""
    learned = plan.learned.get(key, {})
    what = key, width, tuple(plan.order), tuple((member, tuple(names)) for member, names in learned.items())
    if what not in plan.made:
        plan.made[what] = _maybe(plan, route, key, learned, width=width, is_default=is_default)
    member = plan.made[what]
    if member is not None:
        yield member


def _maybe(plan: _Plan, route: Route, key: str, learned: Mapping[str, Sequence[str]], *, width: _Width, is_default: bool) -> Member | None:
    schema = plan.schemas[key]
    closed = _closed(schema, learned, plan.limits)
    if width is _Width.any_name and closed is schema:
        return None
    plan = plan if width is _Width.any_name else plan._replace(schemas={key: closed})
    try:
        return _member(plan, route, key, is_default=is_default, usual=width is _Width.usual and bool(plan.order))
    except Inexact:
        return None


def _closed(schema: Mapping[str, Any], learned: Mapping[str, Sequence[str]], limits: Mapping[str, int]) -> Mapping[str, Any]:
    """The schema without the freedom to send names that are neither planned nor learned; itself where there is none."""
    nodes = {member: node for member in ("properties", "traits") if lets_others_in(node := node_of(schema, member))}
    if not nodes:
        return schema
    closed = {member: closed_to_others(node, learned.get(member, ()), limits) for member, node in nodes.items()}
    return {**schema, "properties": {**schema["properties"], **closed}}


def closed_to_others(node: Mapping[str, Any], learned: Sequence[str], limits: Mapping[str, int]) -> dict[str, Any]:
    """The node of a member in which there may be no other names than the planned and the learned ones."""
    planned = node.get("properties", {})
    names = learned[: max(0, limits["properties"] - len(planned))]
    return {**node, "x-unplanned": "note", "properties": {**planned, **dict.fromkeys(names, True)}}


def _member(plan: _Plan, route: Route, key: str, *, is_default: bool = False, usual: bool = False) -> Member:
    """The struct of a whole payload of this route, or of one with the `usual` keys and no others; raises Inexact."""
    schema, limits = plan.schemas[key], plan.limits
    call = str(route.call)
    unknown = [keyword for keyword in schema if keyword not in SAID and not keyword.startswith("x-")]
    if unknown or len(schema["allOf"]) != 1 or schema.get("x-status") == "deprecated":
        raise Inexact(key)
    if not {*schema["required"], *schema["properties"]} <= {"type", "event", "name", *_MEMBERS}:
        raise Inexact(key)
    own = {"identify": "traits", "group": "traits", "alias": ""}.get(call, "properties")
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
    names = {member: _Names(plan, member, node) for member in ("properties", "traits") if lets_others_in(node := node_of(schema, member))}
    counts = {member: judge.counts for member, judge in names.items()}
    entry = Entry(route, key, _check(schema, plan, route, names), is_default, counts)
    if usual:
        fields = list(_usual(fields, plan.order, tag_field, own))
    return Member(struct(call, plan.ordered(fields), closed=usual, tag_field=tag_field, tag=tag), entry)


def _usual(fields: Sequence[Field], order: Sequence[str], tag_field: str, own: str) -> Iterator[Field]:
    """The fields that events with these keys can have. A field that is never there costs a hundredth of the time, so that a
    struct without them, closed, is a tenth faster."""
    known = {tag_field, *(each.key for each in fields)}
    yield from (each for each in fields if each.required or each.key in order or each.key in _READ or each.key == own)
    yield from (Field(key, Raw) for key in order[:_MOST_USUAL] if key not in known and not is_odd(key))


_READ = frozenset({"userId", "anonymousId", "messageId", "name", "context"})
"""The fields that are read off decoded events, beside their own member."""

_MOST_USUAL = 64


def _envelope(call: str, plan: _Plan) -> Iterator[Field]:
    yield Field("userId", _TEXT if call == "alias" else _TEXT | None, call == "alias")
    yield Field("anonymousId", _TEXT | None)
    yield Field("messageId", Annotated[str, Meta(max_length=plan.limits["message_id"])] | None)
    yield from (Field(time, datetime | None) for time in TIMES)
    yield Field("integrations", _integrations(plan.settings["destinations"]))
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
    node = node_of(schema, member)
    type = type_of(_opened(node)) if is_described(node) else _any_members(limits)
    may_lack = _takes_empty(type) if is_own else member not in schema["required"]
    return Field(member, type | None if may_lack else type, not may_lack)


def node_of(schema: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    return {"type": "object", **schema["properties"].get(member, {})}


def is_described(node: Mapping[str, Any]) -> bool:
    return is_closed(node) or any(not keyword.startswith("x-") and keyword not in ("type", "description", "examples") for keyword in node)


def _opened(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node of a member without what is said of names it lacks, where nothing is: a check looks at these names."""
    return {keyword: value for keyword, value in node.items() if keyword != "x-unplanned"} if lets_others_in(node) else node


def lets_others_in(node: Mapping[str, Any]) -> bool:
    """Whether names that the described object lacks are fine as such, but for their spelling."""
    return node.get("x-unplanned") == "off" and node.get("additionalProperties", True) is True


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
    node = node_of(schema, "context")
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


def _check(schema: Mapping[str, Any], plan: _Plan, route: Route, names: Mapping[str, _Names]) -> Check | None:
    """What a struct cannot say of this route: of open objects how many names they have, how long these are and how they are
    spelled, of identify whether its traits are to be read from the context, of pages whether their name is a planned one."""
    nodes = [node_of(schema, member) for member in ("properties", "traits")]
    checks: list[Check] = []
    if any(is_described(node) and _may_hold_others(node, plan.limits) for node in nodes):
        checks.append(_names_check(plan.limits, names, is_identify=route.call == "identify"))
    elif route.call == "identify":
        checks.append(_traits_check(_names_check(plan.limits, names, is_identify=True)))
    if route.event is None and (planned := plan.calls[str(route.call)]["events"]):
        checks.append(_name_check(frozenset(planned)))
    if len(checks) == 1:
        return checks[0]
    return (lambda event, line: all(check(event, line) for check in checks)) if checks else None


def _may_hold_others(node: Mapping[str, Any], limits: Mapping[str, int]) -> bool:
    return not is_closed(_opened(node)) or len(node.get("properties", ())) > limits["properties"]


class _Names:
    """Judges the names of a member that lets others in than the planned ones: whether there is nothing to be said of them.

    `counts` says how often a name was met of which that holds, and 0 for others; it remembers some thousand.
    """

    def __init__(self, plan: _Plan, member: str, node: Mapping[str, Any]) -> None:
        self._members = Members(plan.settings)
        described = {name: inner.node if isinstance(inner, Loosened) else inner for name, inner in node.get("properties", {}).items()}
        self._member, self._node = member, {**node, "properties": described}
        self._planned = frozenset(described)
        self._silent = not any(severity.startswith("unplanned") for of in _severities(plan.settings) for severity in of)
        self.counts: dict[str, int] = {}

    def are_fine(self, names: Set[str]) -> bool:
        return all(map(self._is_fine, names - self._planned))

    def _is_fine(self, name: str) -> bool:
        count = self.counts.get(name)
        if count is None:
            found = self._members.judge(self._member, {name: None}, self._node, planned=True)
            count = int(self._silent and all(finding.severity is Severity.off for finding in found))
            if len(self.counts) >= _MOST_NAMES:
                return count > 0
        self.counts[name] = count + 1 if count else 0
        return count > 0


_MOST_NAMES = 4096


_CONTEXT_TRAITS = Field("context", struct("ContextTraits", [Field("traits", Raw)]) | None)


@lru_cache(maxsize=64)
def _names_decoder(longest: int, most: int) -> Decode:
    type = _any_members({"property_name": longest, "properties": most}) | None
    return msgspec.json.Decoder(struct("Names", [Field("properties", type), Field("traits", type), _CONTEXT_TRAITS])).decode


def _names_check(limits: Mapping[str, int], judges: Mapping[str, _Names], *, is_identify: bool) -> Check:
    """Decodes the line once more, for the names of its members alone."""
    decode = _names_decoder(limits["property_name"], limits["properties"])

    def check(_: Any, line: bytes) -> bool:
        names = attempt(decode, line)
        if names is REFUSED or not all(judge.are_fine((getattr(names, member) or {}).keys()) for member, judge in judges.items()):
            return False
        reads_context = is_identify and not names.traits and names.context is not None and names.context.traits is not None
        return not reads_context

    return check


def _traits_check(otherwise: Check) -> Check:
    """Traits are not read from the context where there are some; a struct that differs from an empty one has some."""

    def check(event: Any, line: bytes) -> bool:
        traits = event.traits
        if isinstance(traits, msgspec.Struct):
            kind = type(traits)
            if kind not in empty:
                empty[kind] = _empty(kind)
            if traits != empty[kind]:
                return True
        return (isinstance(traits, dict) and bool(traits)) or otherwise(event, line)

    empty: dict[type[Any], Any] = {}
    return check


def _empty(kind: type[msgspec.Struct]) -> msgspec.Struct | None:
    """A struct none of whose members was there; None where some have to be."""
    try:
        return kind()
    except TypeError:
        return None


def _name_check(planned: Collection[str]) -> Check:
    """The page or screen has a name of its own, and the plan speaks of no page of that name."""
    return lambda event, _: bool(event.name) and event.name not in planned
