"""The decoders of a bundle: for every planned call, event and version a struct over the whole payload.

The structs of all track events are one union told apart by `event`, those of other calls by `type` or `name`; envelope and
body are one struct. What cannot be said in a struct is either left out of the union, so that its events are refused, or
said by a check that looks at the line once more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import lru_cache
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
_SAID = frozenset({"title", "description", "type", "allOf", "properties", "required"})


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
    def versioned(self) -> bool:
        """Whether the event may name its version, `route.version`."""
        return self.route.version is not None


class Decoders(NamedTuple):
    """`decodes` are tried in turn; each decodes a union. `entries` has the struct of every member of these unions, and
    `sure` those whose events all have one route, given an identity. `order` is that of the keys they expect, `learned` the
    names that they take beside the planned ones without a check."""

    decodes: tuple[Decode, ...]
    entries: Mapping[type[Any], Entry]
    sure: Mapping[type[Any], Route]
    order: Sequence[str]
    learned: Learned

    def route(self, event: Any, line: bytes) -> Route | None:
        """The route of a decoded event, or None where it lacks an identity or does not pass its check."""
        return route_of(self.entries[type(event)], event, line)


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


def build(bundle: Mapping[str, Any], order: Sequence[str], learned: Learned = {}, made: Made | None = None) -> Decoders:  # noqa: B006  # only read
    """The decoders of a bundle. `order` lists keys in the order in which events have them: others are looked up as well,
    but an expected one is found at once. `made` keeps structs for the next time."""
    plan = _Plan(bundle["$defs"], bundle["x-protocols"], order, learned, {} if made is None else made)
    if any(said.get(key, "off") != "off" for said in plan.severities() for key in ("privacy", "privacy/personal-data")):
        return Decoders((), {}, {}, order, {})
    unions = [list(members) for members in _unions(plan)]
    decodes = [union([member.struct for member in members]) for members in unions if members]
    entries = {member.struct: member.entry for members in unions for member in members}
    sure = {kind: entry.route for kind, entry in entries.items() if entry.check is None and not entry.versioned}
    return Decoders(tuple(decodes), entries, sure, order, learned)


def loosened(bundle: Mapping[str, Any], order: Sequence[str], entry: Entry, schema: Mapping[str, Any]) -> Member:
    """The struct of the same events by another schema; raises Inexact."""
    plan = _Plan({entry.key: schema}, bundle["x-protocols"], order, {}, {})
    return _member(plan, entry.route, entry.key, is_default=entry.is_default)


def union(structs: Sequence[type[msgspec.Struct]]) -> Decode:
    """A decoder of these structs, which have different tags in one field. A struct on its own would also be taken without
    its tag, so there are always two."""
    config = structs[0].__struct_config__
    refuses = struct("Refuses", [Field("", NEVER, True)], tag_field=config.tag_field, tag=f"not {config.tag}")
    return msgspec.json.Decoder(Union[tuple(structs) if len(structs) > 1 else (structs[0], refuses)]).decode  # noqa: UP007  # made at run time


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

    def severities(self) -> Iterator[Mapping[str, str]]:
        """What the plan, its calls and its events say of severities."""
        yield self.settings["severity"]
        for call in self.calls.values():
            yield call["severity"]
            yield from (body["severity"] for event in call["events"].values() for body in event["bodies"].values())

    def ordered(self, fields: Sequence[Field]) -> list[Field]:
        ranks = {key: rank for rank, key in enumerate(self.order)}
        return sorted(fields, key=lambda field: ranks.get(field.key, len(ranks)))


def _unions(plan: _Plan) -> Iterator[Iterator[Member]]:
    """The unions in the order they are tried: planned track events by their default version, calls, the rest.

    An event or call that lets unplanned names in has two structs: one with the names that were learned, and, much
    later, one with a check that takes any name.
    """
    yield _named(plan, "track", 0)
    yield _calls(plan)
    yield _named(plan, "track", 0, any_name=True)
    yield _calls(plan, any_name=True)
    for call in ("page", "screen"):
        yield from (_named(plan, call, rank) for rank in range(_ranks(plan, call)))
    yield from (_named(plan, "track", rank) for rank in range(1, _ranks(plan, "track")))


def _ranks(plan: _Plan, call: str) -> int:
    return max((len(event["versions"]) for event in plan.calls[call]["events"].values()), default=0)


def _named(plan: _Plan, call: str, rank: int, *, any_name: bool = False) -> Iterator[Member]:
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
            yield from _made(plan, Route(call, name, version), key, is_default=rank == 0, any_name=any_name)


def _calls(plan: _Plan, *, any_name: bool = False) -> Iterator[Member]:
    """A struct for each call but track, told apart by `type`."""
    for call, section in plan.calls.items():
        if call != "track":
            yield from _made(plan, Route(call, None, None), section["section"], any_name=any_name)


def _made(plan: _Plan, route: Route, key: str, *, any_name: bool, is_default: bool = False) -> Iterator[Member]:
    """The struct of a route, if there can be one: the one that takes any name, where it lets others in at all, or the other."""
    learned = plan.learned.get(key, {})
    what = key, any_name, tuple((member, tuple(names)) for member, names in learned.items())
    if what not in plan.made:
        plan.made[what] = _maybe(plan, route, key, learned, any_name=any_name, is_default=is_default)
    member = plan.made[what]
    if member is not None:
        yield member


def _maybe(plan: _Plan, route: Route, key: str, learned: Mapping[str, Sequence[str]], *, any_name: bool, is_default: bool) -> Member | None:
    schema = plan.schemas[key]
    closed = _closed(schema, learned, plan.limits)
    if any_name and closed is schema:
        return None
    try:
        return _member(plan if any_name else plan._replace(schemas={key: closed}), route, key, is_default=is_default)
    except Inexact:
        return None


def _closed(schema: Mapping[str, Any], learned: Mapping[str, Sequence[str]], limits: Mapping[str, int]) -> Mapping[str, Any]:
    """The schema without the freedom to send names that are neither planned nor learned; itself where there is none."""
    nodes = {member: node for member in ("properties", "traits") if _lets_others_in(node := _node(schema, member))}
    if not nodes:
        return schema
    closed = {}
    for member, node in nodes.items():
        planned = node.get("properties", {})
        names = learned.get(member, ())[: max(0, limits["properties"] - len(planned))]
        closed[member] = {**node, "x-unplanned": "note", "properties": {**planned, **dict.fromkeys(names, True)}}
    return {**schema, "properties": {**schema["properties"], **closed}}


def _member(plan: _Plan, route: Route, key: str, *, is_default: bool = False) -> Member:
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
    names = {member: _Names(plan, member, node) for member in ("properties", "traits") if _lets_others_in(node := _node(schema, member))}
    counts = {member: judge.counts for member, judge in names.items()}
    entry = Entry(route, key, _check(schema, plan, route, names), is_default, counts)
    return Member(struct(call, plan.ordered(fields), tag_field=tag_field, tag=tag), entry)


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
    node = _node(schema, member)
    type = type_of(_opened(node)) if _is_described(node) else _any_members(limits)
    may_lack = _takes_empty(type) if is_own else member not in schema["required"]
    return Field(member, type | None if may_lack else type, not may_lack)


def _node(schema: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    return {"type": "object", **schema["properties"].get(member, {})}


def _is_described(node: Mapping[str, Any]) -> bool:
    return is_closed(node) or any(not keyword.startswith("x-") and keyword not in ("type", "description", "examples") for keyword in node)


def _opened(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node of a member without what is said of names it lacks, where nothing is: a check looks at these names."""
    return {keyword: value for keyword, value in node.items() if keyword != "x-unplanned"} if _lets_others_in(node) else node


def _lets_others_in(node: Mapping[str, Any]) -> bool:
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


def _check(schema: Mapping[str, Any], plan: _Plan, route: Route, names: Mapping[str, _Names]) -> Check | None:
    """What a struct cannot say of this route: of open objects how many names they have, how long these are and how they are
    spelled, of identify whether its traits are to be read from the context, of pages whether their name is a planned one."""
    nodes = [_node(schema, member) for member in ("properties", "traits")]
    checks: list[Check] = []
    if any(_is_described(node) and _may_hold_others(node, plan.limits) for node in nodes):
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
        self._silent = not any(severity.startswith("unplanned") for of in plan.severities() for severity in of)
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
