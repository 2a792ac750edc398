"""Segment's tracking plans: what its two APIs answer, and what is saved of that.

    Public API   {"data": {"rules": [{"key", "type": "TRACK", "version", "jsonSchema"}, ...], "pagination"}}, the plan
                 itself under {"data": {"trackingPlan"}}; saved mostly as the plan with its rules, or as the rules alone
    Config API   {"name", "display_name", "rules": {"events": [{"name", "version", "description", "rules"}, ...],
                 "global", "identify", "group", "identify_traits", "group_traits"}}

A rule's schema describes the whole message, with the event's own properties at `properties.properties`; or, as Typewriter
stores it, those properties alone, and then it carries `eventMetadata`. The COMMON or global rule holds for every call.
Segment takes the oldest version where a message names none, as a plan does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from msgspec.structs import replace

from protocols.errors import ExchangeError
from protocols.exchange.exchange import Exported, Imported, Path, loss
from protocols.exchange.json_schema import KNOWN, Reading, Tree, alone, are_labels, is_name, raw, required_names, shape, words
from protocols.plan.grammar import FORMAT, OWN_MEMBERS
from protocols.plan.model import UNPLANNED, Body, Event, Limits, Plan, RawSchema, Section, Shape
from protocols.positions import Position
from protocols.problems import Problem
from protocols.schema.draft7 import downgrade
from protocols.schema.shapes import plain, raw_schema, shape_schema
from protocols.violations import CALLS as EVERY_CALL
from protocols.violations import counted, describe, quoted, quoted_if_odd

TITLE = "a Segment tracking plan"


class Rule(NamedTuple):
    """One rule of either API. `call` is `common` where it holds for every call; `path` leads to `schema`."""

    call: str
    name: str
    version: int | None
    schema: Any
    path: Path
    about: Tree


CALLS = {"TRACK": "track", "IDENTIFY": "identify", "GROUP": "group", "PAGE": "page", "SCREEN": "screen", "COMMON": "common"}
"""Type of a rule in the Public API -> the call that it is about."""

_NOT_DEPRECATED = "0001-01-01"
"""The date that Segment writes where there is none."""


def recognises(document: Any) -> bool:
    """Whether a JSON document is a Segment plan of any of these forms, or an envelope around one."""
    document, _ = _unwrapped(document)
    if isinstance(document, list):
        return bool(document) and all(isinstance(rule, Mapping) and (_is_public(rule) or _is_config(rule)) for rule in document)
    rules = document.get("rules") if isinstance(document, Mapping) else None
    if isinstance(rules, list):
        return all(isinstance(rule, Mapping) and (_is_public(rule) or _is_config(rule)) for rule in rules)
    return isinstance(rules, Mapping) and any(key in rules for key in _CONFIG_KEYS)


def _is_public(rule: Mapping[str, Any]) -> bool:
    return "jsonSchema" in rule and "type" in rule


def _is_config(rule: Mapping[str, Any]) -> bool:
    return "name" in rule and "rules" in rule


_CONFIG_KEYS = {
    "events": "track",
    "global": "common",
    "identify": "identify",
    "group": "group",
    "identify_traits": "identify",
    "group_traits": "group",
}
"""Key of `rules` in the Config API -> the call that it is about."""


def read(document: Any, name: str) -> Imported:
    """The plan; `name` is what it is called where the file does not say. Raises ExchangeError where it has no rule."""
    document, home = _unwrapped(document)
    losses: list[Problem] = []
    about = document if isinstance(document, Mapping) else {}
    rules = list(_rules(document, home, losses))
    if not rules and not losses:
        raise ExchangeError("the plan holds no rule")
    head = {"protocols": FORMAT, **_head(about, home, name, losses)}
    body = _Building(losses)
    for rule in rules:
        body.add(rule)
    return Imported({**head, **body.tree()}, _once(losses))


def _once(losses: Iterable[Problem]) -> list[Problem]:
    return list({(problem.pointer, problem.message): problem for problem in losses}.values())


def _unwrapped(document: Any) -> tuple[Any, Path]:
    """What stands inside the envelopes of both APIs, and where."""
    home: Path = ()
    for key in ("data", "trackingPlan", "tracking_plan"):
        if isinstance(document, Mapping) and "rules" not in document and isinstance(document.get(key), (Mapping, list)):
            document, home = document[key], (*home, key)
    several = document.get("tracking_plans", document.get("trackingPlans")) if isinstance(document, Mapping) else None
    if isinstance(several, list) and len(several) == 1:
        key = "tracking_plans" if "tracking_plans" in document else "trackingPlans"
        return several[0], (*home, key, 0)
    return document, home


# -- what is said of the plan

_IDS_OF_PLAN = ("id", "slug", "resourceSchemaId", "type", "createdAt", "create_time", "resource_name")
_TIMES = ("updatedAt", "update_time")


def _head(plan: Mapping[str, Any], home: Path, name: str, losses: list[Problem]) -> Tree:
    """Name, version and description. Segment numbers no plan; the day of the last change tells two imports apart."""
    called = next((plan[key] for key in ("display_name", "name") if isinstance(plan.get(key), str) and plan[key].strip()), name)
    changed = next((plan[key][:10] for key in _TIMES if isinstance(plan.get(key), str) and _DAY.match(plan[key])), None)
    head = {"plan": called, "version": changed or "1.0.0"}
    for key, value in plan.items():
        path = (*home, key)
        if key in ("rules", "display_name", *_TIMES) or value in ("", None, [], {}) or value == called:
            continue
        if key == "description" and isinstance(value, str):
            head["description"] = value
        elif key in _IDS_OF_PLAN or key == "name":
            losses.append(loss("bookkeeping", path, f"{key} is Segment's own, and means nothing in a plan"))
        elif key == "pagination":
            if isinstance(value, Mapping) and value.get("next"):
                losses.append(loss("incomplete", path, "this is one page of the rules, and more follow", "join the pages first"))
        else:
            losses.append(loss("not-sayable", path, f"nothing is known here of {quoted_if_odd(key)}"))
    return head


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


# -- rules


def _rules(document: Any, home: Path, losses: list[Problem]) -> Iterator[Rule]:
    rules: Any = document.get("rules") if isinstance(document, Mapping) else document
    home = (*home, "rules") if isinstance(document, Mapping) else home
    if isinstance(rules, list):
        for index, rule in enumerate(rules):
            yield from _listed(rule, (*home, index), losses)
        return
    for key, value in rules.items():
        yield from _configured(key, value, (*home, key), losses)


def _listed(rule: Mapping[str, Any], path: Path, losses: list[Problem]) -> Iterator[Rule]:
    """A rule of a list, as the one API or the other has it."""
    if not _is_public(rule):
        yield from _event(rule, path, losses)
        return
    said = rule["type"]
    call = CALLS.get(said.upper()) if isinstance(said, str) else None
    if call is None:
        losses.append(loss("not-sayable", (*path, "type"), f"the type of a rule should be {', '.join(CALLS)}, got {describe(said)}"))
        return
    about = dict(_about(rule, path, losses, ("key", "type", "version", "jsonSchema")))
    yield from _named(Rule(call, rule.get("key") or "", None, rule["jsonSchema"], (*path, "jsonSchema"), about), rule, path, losses)


def _configured(key: str, value: Any, path: Path, losses: list[Problem]) -> Iterator[Rule]:
    """The rules under one key of the Config API."""
    call = _CONFIG_KEYS.get(key)
    if key == "events" and isinstance(value, list):
        for index, rule in enumerate(value):
            yield from _event(rule, (*path, index), losses)
    elif call is not None and key.endswith("_traits") and isinstance(value, list):
        yield from _traits(call, value, path, losses)
    elif call is not None and isinstance(value, Mapping) and value:
        yield Rule(call, "", None, value, path, {})
    elif value not in (None, [], {}):
        losses.append(loss("not-sayable", path, f"nothing is known here of {quoted_if_odd(key)}"))


def _event(rule: Any, path: Path, losses: list[Problem]) -> Iterator[Rule]:
    if not isinstance(rule, Mapping) or "rules" not in rule:
        losses.append(loss("faulty-value", path, f"a rule should be an object with name and rules, got {describe(rule)}"))
        return
    about = dict(_about(rule, path, losses, ("name", "version", "rules")))
    yield from _named(Rule("track", rule.get("name", ""), None, rule["rules"], (*path, "rules"), about), rule, path, losses)


def _traits(call: str, traits: list[Any], path: Path, losses: list[Problem]) -> Iterator[Rule]:
    """Traits that stand one by one, as one rule over the traits."""
    for index, trait in enumerate(traits):
        if isinstance(trait, Mapping) and isinstance(trait.get("name"), str) and isinstance(trait.get("rules", {}), Mapping):
            described = {"description": trait["description"]} if trait.get("description") else {}
            yield Rule(
                call, "", None, {"eventMetadata": {}, "properties": {trait["name"]: {**described, **trait.get("rules", {})}}}, path, {}
            )
        else:
            losses.append(loss("faulty-value", (*path, index), f"a trait should be an object with name and rules, got {describe(trait)}"))


def _named(rule: Rule, source: Mapping[str, Any], path: Path, losses: list[Problem]) -> Iterator[Rule]:
    """The rule with its name and version, if a plan can have it under them."""
    key = "key" if "key" in source else "name"
    said = source.get("version")
    version = int(said) if isinstance(said, (int, float)) and not isinstance(said, bool) and said == int(said) >= 0 else None
    if version is None and said is not None:
        losses.append(loss("faulty-value", (*path, "version"), f"a version should be a whole number from 0, got {describe(said)}"))
    if not isinstance(rule.name, str):
        losses.append(loss("unusable-name", (*path, key), f"a name should be text, got {describe(rule.name)}, so the rule is left out"))
    elif rule.call != "track" or is_name(Reading({}, path, losses), rule.name, (*path, key)):
        yield rule._replace(version=version)


def _about(rule: Mapping[str, Any], path: Path, losses: list[Problem], known: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """What a rule says of its event for people."""
    for key, value in rule.items():
        if key in known or value in ("", None, [], {}):
            continue
        if (key == "description" and isinstance(value, str)) or (key == "labels" and are_labels(value)):
            yield key, value
        elif key == "deprecatedAt" and isinstance(value, str):
            if not value.startswith(_NOT_DEPRECATED):
                yield "status", "deprecated"
                yield "x-deprecated-at", value
        elif key in ("createdAt", "updatedAt", "id"):
            losses.append(loss("bookkeeping", (*path, key), f"{key} of a rule is Segment's own, and means nothing in a plan"))
        else:
            losses.append(loss("not-sayable", (*path, key), f"nothing is known here of {quoted_if_odd(key)} of a rule"))


# -- the body of an event or call

_MEMBERS = ("properties", "traits", "context")
_FIELDS = frozenset(
    {
        *_MEMBERS,
        *("type", "event", "name", "category", "userId", "anonymousId", "groupId", "previousId", "messageId", "integrations", "channel"),
        *("timestamp", "sentAt", "originalTimestamp", "receivedAt", "version"),
    }
)


def _is_of_message(schema: Mapping[str, Any]) -> bool:
    """Whether a schema describes the whole message, and not the event's own properties."""
    described = schema.get("properties")
    if "eventMetadata" in schema or not isinstance(described, Mapping):
        return False
    members = [described[name] for name in _MEMBERS if name in described]
    return bool(members) and _FIELDS.issuperset(described) and all(map(_may_be_object, members))


def _may_be_object(schema: Any) -> bool:
    types = schema.get("type", "object") if isinstance(schema, Mapping) else "object"
    return types in ("object", "any") or (isinstance(types, list) and "object" in types)


def _body(rule: Rule, losses: list[Problem]) -> Tree:
    """What a plan says of the payloads that a rule is about, as the keys of an event or section."""
    if not isinstance(rule.schema, Mapping) or "$ref" in rule.schema:
        losses.append(loss("faulty-value", rule.path, f"a rule should be an object that says what it asks for, got {_got(rule.schema)}"))
        return {}
    reading = Reading(rule.schema, rule.path, losses)
    _check_metadata(rule, losses)
    schema = {key: value for key, value in rule.schema.items() if key != "eventMetadata"}
    own = OWN_MEMBERS.get(rule.call, "properties")
    if _is_of_message(rule.schema):
        return _of_message(reading, schema, rule.path, own)
    return {own if key == "properties" else key: value for key, value in _own(reading, schema, rule.path).items()}


def _got(schema: Any) -> str:
    return "a reference" if isinstance(schema, Mapping) else describe(schema)


def _check_metadata(rule: Rule, losses: list[Problem]) -> None:
    """`eventMetadata` repeats the rule's name and type, and mostly rightly so."""
    metadata = rule.schema.get("eventMetadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if name not in (None, "", rule.name):
        message = f"eventMetadata calls the event {describe(name)}, and the rule {quoted(rule.name)}, which was taken"
        losses.append(loss("bookkeeping", (*rule.path, "eventMetadata", "name"), message))


def _of_message(reading: Reading, schema: Mapping[str, Any], path: Path, own: str) -> Tree:
    """The body for a schema over the whole message. What a message always is, an object with an object of its own members,
    is not said again."""
    described = schema["properties"]
    body = words(reading, schema, path)
    fields: Tree = {}
    implied = {own, "type", "event"}
    for name, member in described.items():
        at = (*path, "properties", name)
        if name not in _MEMBERS or not isinstance(member, Mapping):
            fields |= {} if _says_nothing(member) else {name: member}
            continue
        found = _own(reading, member, at)
        if name == own:
            _add(body, {own if key == "properties" else key: value for key, value in found.items()}, reading, at)
        elif name == "context" and found:
            body[name] = found
        elif found.keys() <= {"properties"}:
            body |= {name: found["properties"]} if found else {}
        else:
            fields[name] = member
        if name in body and any(_is_required(inner) for inner in _members_of(body, name).values()):
            implied.add(name)
    payload = _further(reading, schema, path, fields, implied)
    return {**body, **({"payload": payload} if payload else {})}


def _members_of(body: Tree, name: str) -> Tree:
    members: Tree = body[name].get("properties", {}) if name == "context" else body[name]
    return members


def _is_required(member: Any) -> bool:
    return isinstance(member, dict) and member.get("required", False)


def _add(body: Tree, found: Tree, reading: Reading, path: Path) -> None:
    """Lay what is said of the event's own members into its body, where the words for the whole event come first."""
    for key, value in found.items():
        if key in body and body[key] != value:
            reading.lose("not-sayable", (*path, key), f"an event has one {key} in a plan, and that of the whole message was taken")
        else:
            body[key] = value


def _further(reading: Reading, schema: Mapping[str, Any], path: Path, fields: Tree, implied: Collection[str]) -> Tree:
    """The raw schema over the whole message: what it says beyond its members, and of other fields."""
    rest: Tree = {key: value for key, value in schema.items() if key in KNOWN and key not in _SAID}
    if rest.keys() & {"additionalProperties", "patternProperties"}:
        fields = {**dict.fromkeys(schema["properties"], True), **fields}
    rest |= {"properties": fields} if fields else {}
    needed = [name for name in required_names(reading, schema, path) if name not in implied]
    rest |= {"required": needed} if needed else {}
    return alone(raw(reading, rest, path)) if rest else {}


_SAID = frozenset({"properties", "required", "type", "definitions", "$defs", "$schema", "$ref"})


def _says_nothing(schema: Any) -> bool:
    return schema is True or (isinstance(schema, Mapping) and schema.keys() <= {"type"} and _may_be_object(schema))


def _own(reading: Reading, schema: Any, path: Path) -> Tree:
    """The shape of a member of the payload, which is always an object."""
    found = shape(reading, schema, path)
    types = found.pop("type", "object")
    found.pop("nullable", None)
    if "object" not in (types if isinstance(types, list) else [types]):
        reading.lose(
            "not-sayable", (*path, "type"), f"this value is always an object, so type {_either(types)} could fit none, and is left out"
        )
        return {key: value for key, value in found.items() if key in ("description", "labels")}
    return found


def _either(types: str | list[str]) -> str:
    return types if isinstance(types, str) else " or ".join(types)


# -- the plan


@dataclass(slots=True)
class _Building:
    """What is known while rules become a plan: bodies by call, name and version."""

    losses: list[Problem]
    bodies: dict[str, dict[str, dict[int | None, tuple[Tree, Path]]]] = field(default_factory=dict)
    common: list[Rule] = field(default_factory=list)

    def add(self, rule: Rule) -> None:
        if rule.call == "common":
            self.common.append(rule)
            return
        body = _body(rule, self.losses)
        for key, value in rule.about.items():
            if key in body and body[key] != value:
                self.losses.append(loss("conflict", rule.path, f"the rule and its schema have a {key} each", "the rule's was taken"))
            body[key] = value
        body = _in_order(body)
        name = rule.name if rule.call in ("track", "page", "screen") else ""
        if rule.name and not name:
            self.losses.append(loss("bookkeeping", rule.path, f"the {rule.call} call has no names, so {quoted(rule.name)} is left out"))
        versions = self.bodies.setdefault(rule.call, {}).setdefault(name, {})
        there = versions.get(rule.version)
        if there is None:
            versions[rule.version] = (body, rule.path)
        elif not name and body.keys() == {"traits"} and not body["traits"].keys() & there[0].get("traits", {}).keys():
            there[0]["traits"] = {**there[0].get("traits", {}), **body["traits"]}  # traits that stand one by one
        elif there[0] != body:
            subject = quoted_if_odd(name) if name else f"the {rule.call} call"
            said = "" if rule.version is None else f" version {rule.version}"
            self.losses.append(loss("conflict", rule.path, f"{subject}{said} has another rule before this one", "the first was taken"))

    def tree(self) -> Tree:
        """All sections, in the order of a plan."""
        shared = _shared(self.common, self.losses)
        sections: Tree = {}
        for call, common in _USERS.items():
            bodies = self.bodies.get(call, {})
            named = {name: self._versioned(versions) for name, versions in bodies.items() if name}
            section = self._section(call, bodies.get("", {}))
            if common in shared.definitions:
                self._report_conflicts(call, shared.definitions[common]["properties"], [*named.values(), section], shared.path)
                openness = {} if section or call == "track" else {"additionalProperties": True}
                section = {"ref": common, **openness, **section}
            section |= {"named": named} if named and call != "track" else {}
            sections |= {call: section} if section else {}
            sections |= {"events": named} if named and call == "track" else {}
        return {
            **({"definitions": shared.definitions} if shared.definitions else {}),
            **{key: sections[key] for key in _SECTIONS if key in sections},
            **({"payload": shared.payload} if shared.payload else {}),
        }

    def _section(self, call: str, versions: Mapping[int | None, tuple[Tree, Path]]) -> Tree:
        """The body of a call without a name; the oldest where there are several, since only names have versions."""
        if not versions:
            return {}
        oldest = min(versions, key=lambda version: version or 0)
        for version, (_, path) in versions.items():
            if version != oldest:
                self.losses.append(loss("conflict", path, f"the {call} call has no versions in a plan", f"version {oldest} was taken"))
        body = {key: value for key, value in versions[oldest][0].items() if key not in ("status", "x-deprecated-at")}
        if len(body) < len(versions[oldest][0]):
            self.losses.append(loss("not-sayable", versions[oldest][1], f"the {call} call cannot be deprecated in a plan"))
        return body

    def _versioned(self, versions: Mapping[int | None, tuple[Tree, Path]]) -> Tree:
        """An event, with its versions where it has more than a first."""
        bodies = {version: body for version, (body, _) in versions.items()}
        if bodies.keys() <= {None} or bodies.keys() == {1}:
            return next(iter(bodies.values()))
        numbered = (
            dict(sorted((1 if version is None else version, body) for version, body in bodies.items())) if len(bodies) > 1 else bodies
        )
        if len(numbered) < len(bodies):
            self.losses.append(
                loss("conflict", versions[None][1], "an event without a version stands beside its version 1", "it was left out")
            )
            numbered = {version: bodies[version] for version in sorted(version for version in bodies if version is not None)}
        first = next(iter(numbered.values()))
        said = [key for key in ("description", "labels") if key in first and all(body.get(key) == first[key] for body in numbered.values())]
        return {
            **{key: first[key] for key in said},
            "versions": {str(version): {key: body[key] for key in body if key not in said} for version, body in numbered.items()},
        }

    def _report_conflicts(self, call: str, shared: Tree, bodies: Sequence[Tree], path: Path) -> None:
        """A name that the common rule and an event both describe, and not alike, is described by the event."""
        names = Counter(
            name
            for body in bodies
            for name, member in _described(body, call)
            if name in shared and _but_required(member) != _but_required(shared[name])
        )
        closed = sum(_is_closed(part) for body in bodies for part in (body, *body.get("versions", {}).values()))
        if closed:
            message = f"{counted(closed, 'rule')} of {call} allow no further members, and those of the common rule count as planned there"
            self.losses.append(loss("said-otherwise", path, message))
        for name, count in names.items():
            message = f"{quoted_if_odd(name)} is described by the common rule and otherwise by {counted(count, 'rule')} of {call}"
            self.losses.append(loss("conflict", path, message, "there the latter was taken"))


_SECTIONS = ("track", "events", "identify", "group", "page", "screen")
"""Parts of a plan in the order in which they are written."""


def _described(body: Tree, call: str) -> Iterator[tuple[str, Any]]:
    for part in (body, *body.get("versions", {}).values()):
        yield from part.get(OWN_MEMBERS[call], {}).items()


def _is_closed(body: Tree) -> bool:
    return body.get("additionalProperties", True) is not True


def _but_required(member: Any) -> Tree:
    long = {"type": member} if isinstance(member, str) else member
    return {key: value for key, value in long.items() if key != "required" and (key, value) != ("type", "any")}


def _in_order(body: Tree) -> Tree:
    """A body in the order of writing: words first, then what it holds, what is raw at the end."""
    last = {key: rank for rank, key in enumerate(("additionalProperties", "properties", "traits", "context", "schema", "payload"), start=1)}
    first = {key: rank for rank, key in enumerate(("description", "status", "labels"), start=-9)}
    return dict(sorted(body.items(), key=lambda item: first.get(item[0], last.get(item[0], 0))))


# -- the rule for every call


class _Shared(NamedTuple):
    """What every call has in common: members of its properties and traits, and a raw schema over the payload."""

    definitions: Tree
    payload: Tree
    path: Path


_USERS = {"track": "Common", "page": "Common", "screen": "Common", "identify": "CommonTraits", "group": "CommonTraits"}
"""Call -> the definition with what the common rule says of its members."""


def _shared(rules: Sequence[Rule], losses: list[Problem]) -> _Shared:
    """Properties and traits become definitions, so that they are planned wherever they are used; the rest holds as it is."""
    if not rules:
        return _Shared({}, {}, ())
    for rule in rules[1:]:
        losses.append(loss("conflict", rule.path, "there is another common rule before this one", "the first was taken"))
    rule = rules[0]
    schema = rule.schema if isinstance(rule.schema, Mapping) and _is_of_message(rule.schema) else {}
    at = {name: (*rule.path, "properties", name) for name in schema.get("properties", ())} or {"properties": rule.path}
    reading = Reading(rule.schema, rule.path, losses)
    definitions: Tree = {}
    fields: Tree = {}
    for name, member in schema.get("properties", {"properties": rule.schema}).items():
        if name not in ("properties", "traits") or not isinstance(member, Mapping):
            fields |= {} if _says_nothing(member) else {name: member}
            continue
        members = {key: member[key] for key in ("properties", "required") if key in member}
        found = shape(reading, members, at[name])
        if found:
            definitions["Common" if name == "properties" else "CommonTraits"] = {"properties": found["properties"]}
        left = {key: value for key, value in member.items() if key not in members and key not in ("type", "description", "eventMetadata")}
        if left.keys() & {"additionalProperties", "patternProperties"}:
            left["properties"] = dict.fromkeys(member.get("properties", ()), True)
        fields |= {name: left} if left else {}
    for key, value in {**rule.about, **words(reading, schema, rule.path)}.items():
        if definitions and key == "description":
            definitions = {name: {key: value, **definition} for name, definition in definitions.items()}
        else:
            losses.append(loss("not-sayable", (*rule.path, key), f"{key} cannot be said of what all calls have in common"))
    return _Shared(definitions, _further(reading, schema, rule.path, fields, {"properties", "traits", "type"}), rule.path)


# -- the way out


def write(plan: Plan) -> Exported:
    """The plan as the Public API has it, each schema over the whole message in draft-07.

    A rule says all that the plan says of its event, what others say too; only the raw schema over every call is a COMMON
    rule. Raises SchemaError where draft-07 cannot say what the plan says.
    """
    losses = [*_lost_of_plan(plan)]
    common = _common(plan)
    rules = [_rule("common", "COMMON", "", None, Body(payloads=common), {}, losses)] if common else []
    for call, section in plan.sections.items():
        rules.extend(_written(call, section, len(common), losses))
    described = {} if plan.description is None else {"description": plan.description}
    return Exported({"name": plan.name, **described, "rules": rules}, sorted(dict.fromkeys(losses), key=_in_order_of(plan)))


def _in_order_of(plan: Plan) -> Callable[[Problem], tuple[int, int, int]]:
    """A sorting key: the plan's files as they were read, and each from its top."""
    rank = {file.path: number for number, file in enumerate(plan.files)}
    return lambda problem: (rank.get(problem.file or "", len(rank)), problem.line or 0, problem.column or 0)


_DEFAULTS: Mapping[str, Any] = {
    "owners": (),
    "labels": {},
    "naming": {},
    "limits": Limits(),
    "unplanned": UNPLANNED,
    "severity": {},
    "default_version": "oldest",
    "destinations": None,
}
"""What a plan settles that Segment keeps elsewhere or not at all -> the value that says nothing."""


def _lost_of_plan(plan: Plan) -> Iterator[Problem]:
    home = Position(plan.files[0].path)
    yield _lost(home, "version", "note")
    for key, nothing in _DEFAULTS.items():
        if getattr(plan, key) != nothing:
            yield _lost(home, key)


def _lost(position: Position, key: str, severity: str = "warning") -> Problem:
    kind = "not-sayable" if severity == "warning" else "bookkeeping"
    found = loss(kind, (), f"{key} cannot be said in {TITLE}")
    return replace(found, pointer=None, file=position.file, line=position.line, column=position.column)


def _common(plan: Plan) -> tuple[RawSchema, ...]:
    """The raw schema over every call, with which the payload schemas of all six calls begin; a plan has one or none."""
    firsts = [section.body.payloads[:1] for section in plan.sections.values()]
    return firsts[0] if len(firsts) == len(EVERY_CALL) and all(first == firsts[0] for first in firsts) else ()


def _all_lost(position: Position, said: Mapping[str, Any]) -> Iterator[Problem]:
    return (_lost(position, key) for key, value in said.items() if value)


def _written(call: str, section: Section, shared: int, losses: list[Problem]) -> Iterator[Tree]:
    """The rules of one call; the first `shared` of its raw schemas over the payload are said for every call."""
    kind = next((kind for kind, meant in CALLS.items() if meant == call), None)
    home = section.position or next((event.position for event in section.events.values()), None)
    body = replace(section.body, payloads=section.body.payloads[shared:])
    says = body.properties or body.traits or body.context or body.payloads
    if says and home is not None and (kind is None or call == "track"):
        losses.append(_lost(home, "what holds for alias calls" if kind is None else "what holds for unplanned track calls"))
    elif says:
        yield _rule(call, kind, "", None, body, {"description": body.description, "labels": section.labels}, losses)
    if section.position is not None:
        said = {"owners": section.owners, "unplanned": body.unplanned, "severity": body.severity, **section.extensions}
        losses.extend(_all_lost(section.position, said))
    for event in section.events.values():
        yield from _events(call, kind, event, shared, losses)


def _events(call: str, kind: str | None, event: Event, shared: int, losses: list[Problem]) -> Iterator[Tree]:
    said = {"owners": event.owners, "status": event.status, "replaced_by": event.replaced_by, **event.extensions}
    since = said.pop("x-deprecated-at", None)
    losses.extend(_all_lost(event.position, {**said, "status": None} if since else said))
    for version, whole in event.bodies.items():
        body = replace(whole, payloads=whole.payloads[shared:])
        own = {"unplanned": body.unplanned, "severity": body.severity, "status": body.status != event.status and body.status}
        losses.extend(_all_lost(event.position, own))
        about = {"description": event.description if body.description is None else body.description, "labels": event.labels}
        rule = _rule(call, kind, event.name, version, body, about, losses)
        yield {**rule, "deprecatedAt": since} if since and event.status else rule


def _rule(call: str, kind: str | None, name: str, version: int | None, body: Body, about: Tree, losses: list[Problem]) -> Tree:
    members = {"properties": body.properties, "traits": body.traits, "context": body.context}
    said = {name: member for name, member in members.items() if member is not None}
    losses.extend(problem for member in said.values() for problem in _lost_of_shape(member))
    schemas = {name: _member(member) for name, member in said.items()}
    needed = [name for name, schema in schemas.items() if schema.get("required")]
    schema = {
        "type": "object",
        **{key: plain(value) for key, value in about.items() if value},
        "properties": {OWN_MEMBERS.get(call, "properties"): {"type": "object"}, **schemas},
        **({"required": needed} if needed else {}),
        **({"allOf": [raw_schema(raw, ()) for raw in body.payloads]} if body.payloads else {}),
    }
    return {"key": name, "type": kind, "version": 1 if version is None else version, "jsonSchema": _in_draft_7(schema)}


def _member(shape: Shape) -> Tree:
    return shape_schema(replace(shape, keywords={**shape.keywords, "type": ["object"]}, null=False), None, ())


def _in_draft_7(schema: Tree) -> Tree:
    """The schema in draft-07, without the keywords that only mean something to this package."""
    found: Tree = downgrade({"title": "", **schema})
    return {key: _plain_words(value, key in _BY_NAME) for key, value in found.items() if key != "title" and not key.startswith("x-")}


def _plain_words(schema: Any, names: bool = False) -> Any:
    """A schema without `x-` keywords; with `names` it is a mapping from names, which may begin so."""
    if isinstance(schema, list):
        return [_plain_words(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept = {key: value for key, value in schema.items() if names or not key.startswith("x-")}
    return {
        key: value
        if not names and key in ("enum", "const", "examples", "default", "labels")
        else _plain_words(value, not names and key in _BY_NAME)
        for key, value in kept.items()
    }


_BY_NAME = frozenset({"properties", "patternProperties", "definitions", "dependencies"})


def _lost_of_shape(shape: Shape) -> Iterator[Problem]:
    """What a shape and all inside it say that a schema cannot."""
    said = {key: getattr(shape, key) for key in ("personal", "status", "replaced_by", "owners", "labels")}
    for key, value in {**said, **shape.extensions}.items():
        if value:
            yield _lost(shape.positions.get(key, shape.position), key)
    if shape.properties == {} and shape.additional is None:
        found = _lost(shape.position, "properties: {}")
        yield replace(found, message="that an object has no planned members cannot be said in a Segment tracking plan")
    inner = [*(shape.properties or {}).values(), shape.items, shape.additional]
    for member in inner:
        if isinstance(member, Shape):
            yield from _lost_of_shape(member)
