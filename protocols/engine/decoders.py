"""The decoders of a bundle: for every planned call, event and version a struct over the whole payload.

The structs of all track events are one union told apart by `event`, those of other calls by `type` or `name`; envelope and
body are one struct. What cannot be said in a struct is either left out of the union, so that its events are refused, or
said by a check that looks at the line once more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple, Union

import msgspec
from msgspec import Meta, Raw

from protocols.engine.envelope import LEGACY_FIELDS, TIMES
from protocols.engine.members import Members
from protocols.engine.router import Route
from protocols.engine.types import NEVER, Anything, Field, Inexact, Type, is_closed, is_odd, object_of, struct, type_of
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
    of it where the struct cannot; `is_default` that an event of this version need not name it."""

    route: Route
    key: str
    check: Check | None = None
    is_default: bool = False

    @property
    def versioned(self) -> bool:
        """Whether the event may name its version, `route.version`."""
        return self.route.version is not None


class Decoders(NamedTuple):
    """`decodes` are tried in turn; each decodes a union. `entries` has the struct of every member of these unions, and
    `sure` those whose events all have one route, given an identity. `order` is that of the keys they expect."""

    decodes: tuple[Decode, ...]
    entries: Mapping[type[Any], Entry]
    sure: Mapping[type[Any], Route]
    order: Sequence[str]

    def route(self, event: Any, line: bytes) -> Route | None:
        """The route of a decoded event, or None where it lacks an identity or does not pass its check."""
        return route_of(self.entries[type(event)], event, line)


def route_of(entry: Entry, event: Any, line: bytes) -> Route | None:
    """The route of an event that was decoded as a struct of this entry, or None as in `Decoders.route`."""
    route, _, check, _ = entry
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


def build(bundle: Mapping[str, Any], order: Sequence[str]) -> Decoders:
    """The decoders of a bundle. `order` lists keys in the order in which events have them: others are looked up as well,
    but an expected one is found at once."""
    plan = _plan(bundle, order)
    if any(said.get(key, "off") != "off" for said in plan.severities() for key in ("privacy", "privacy/personal-data")):
        return Decoders((), {}, {}, order)
    unions = [list(members) for members in _unions(plan)]
    decodes = [union([member.struct for member in members]) for members in unions if members]
    entries = {member.struct: member.entry for members in unions for member in members}
    sure = {kind: entry.route for kind, entry in entries.items() if entry.check is None and not entry.versioned}
    return Decoders(tuple(decodes), entries, sure, order)


def loosened(bundle: Mapping[str, Any], order: Sequence[str], entry: Entry, schema: Mapping[str, Any]) -> Member:
    """The struct of the same events by another schema; raises Inexact."""
    plan = _plan(bundle, order)._replace(schemas={entry.key: schema})
    return _member(plan, entry.route, entry.key, is_default=entry.is_default)


def union(structs: Sequence[type[msgspec.Struct]]) -> Decode:
    """A decoder of these structs, which have different tags in one field. A struct on its own would also be taken without
    its tag, so there are always two."""
    config = structs[0].__struct_config__
    refuses = struct("Refuses", [Field("", NEVER, True)], tag_field=config.tag_field, tag=f"not {config.tag}")
    return msgspec.json.Decoder(Union[tuple(structs) if len(structs) > 1 else (structs[0], refuses)]).decode  # noqa: UP007  # made at run time


def _plan(bundle: Mapping[str, Any], order: Sequence[str]) -> _Plan:
    return _Plan(bundle["$defs"], bundle["x-protocols"], order)


class _Plan(NamedTuple):
    """A bundle as far as decoders are made of it, and the order of keys to expect."""

    schemas: Mapping[str, Any]
    settings: Mapping[str, Any]
    order: Sequence[str]

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
    """The unions in the order they are tried: planned track events by their default version, calls, the rest."""
    yield _named(plan, "track", 0)
    yield _calls(plan)
    for call in ("page", "screen"):
        yield from (_named(plan, call, rank) for rank in range(_ranks(plan, call)))
    yield from (_named(plan, "track", rank) for rank in range(1, _ranks(plan, "track")))


def _ranks(plan: _Plan, call: str) -> int:
    return max((len(event["versions"]) for event in plan.calls[call]["events"].values()), default=0)


def _named(plan: _Plan, call: str, rank: int) -> Iterator[Member]:
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


def _calls(plan: _Plan) -> Iterator[Member]:
    """A struct for each call but track, told apart by `type`."""
    for call, section in plan.calls.items():
        if call == "track":
            continue
        try:
            yield _member(plan, Route(call, None, None), section["section"])
        except Inexact:
            continue


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
    entry = Entry(route, key, _check(schema, plan, route), is_default)
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


def _check(schema: Mapping[str, Any], plan: _Plan, route: Route) -> Check | None:
    """What a struct cannot say of this route: of open objects how many names they have, how long these are and how they are
    spelled, of identify whether its traits are to be read from the context, of pages whether their name is a planned one."""
    nodes = {member: _node(schema, member) for member in ("properties", "traits")}
    checks: list[Check] = []
    if route.call == "identify" or any(_is_described(node) and _may_hold_others(node, plan.limits) for node in nodes.values()):
        judges = {member: _judge(plan, route, member, node) for member, node in nodes.items() if _lets_others_in(node)}
        checks.append(_names_check(plan.limits, judges, is_identify=route.call == "identify"))
    if route.event is None and (planned := plan.calls[str(route.call)]["events"]):
        checks.append(_name_check(frozenset(planned)))
    return (lambda event, line: all(check(event, line) for check in checks)) if checks else None


def _may_hold_others(node: Mapping[str, Any], limits: Mapping[str, int]) -> bool:
    return not is_closed(_opened(node)) or len(node.get("properties", ())) > limits["properties"]


def _judge(plan: _Plan, route: Route, member: str, node: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], bool]:
    """Whether nothing is to be said of any name of a `member`. What was said of a name is remembered, of some thousand."""
    members = Members(plan.settings)
    known = frozenset(node.get("properties", ()))
    said = {severity for of in plan.severities() for severity in of if severity.startswith("unplanned")}
    fine: dict[str, bool] = {}

    def is_fine(name: str) -> bool:
        if name not in fine:
            verdict = not said and all(f.severity is Severity.off for f in members.judge(member, {name: None}, node, planned=True))
            if len(fine) >= _MOST_NAMES:
                return verdict
            fine[name] = verdict
        return fine[name]

    return lambda inner: all(map(is_fine, inner.keys() - known))


_MOST_NAMES = 4096


_CONTEXT_TRAITS = Field("context", struct("ContextTraits", [Field("traits", Raw)]) | None)


def _names_check(limits: Mapping[str, int], judges: Mapping[str, Callable[[Any], bool]], *, is_identify: bool) -> Check:
    """Decodes the line once more, for the names of its members alone."""
    members = (Field(member, _any_members(limits) | None) for member in ("properties", "traits"))
    decode = msgspec.json.Decoder(struct("Names", [*members, _CONTEXT_TRAITS])).decode

    def check(_: Any, line: bytes) -> bool:
        names = attempt(decode, line)
        if names is REFUSED or not all(is_fine(getattr(names, member) or {}) for member, is_fine in judges.items()):
            return False
        reads_context = is_identify and not names.traits and names.context is not None and names.context.traits is not None
        return not reads_context

    return check


def _name_check(planned: Collection[str]) -> Check:
    """The page or screen has a name of its own, and the plan speaks of no page of that name."""
    return lambda event, _: bool(event.name) and event.name not in planned
