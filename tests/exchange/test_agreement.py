"""An imported plan takes the payloads that the foreign rules take, and no others."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agreement import disagreements, imported_bundle, ours, payload, theirs
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nearby import around

INTENDED: list[tuple[str, dict[str, Any], dict[str, Any], bool, bool]] = [
    (
        "a context is asked for where it has required members; what Segment has taken in always has one",
        {"properties": {"properties": {}, "context": {"required": ["app"]}}},
        {"type": "track", "event": "Seen", "userId": "u1"},
        False,
        True,
    ),
    (
        "an empty list of values is a faulty one, and asks for nothing",
        {"properties": {"properties": {"properties": {"a": {"enum": []}}}}},
        {"type": "track", "event": "Seen", "userId": "u1", "properties": {"a": 3}},
        True,
        False,
    ),
    (
        "a pattern that cannot be checked in linear time is not",
        {"properties": {"properties": {"properties": {"a": {"pattern": "^(?!x)"}}}}},
        {"type": "track", "event": "Seen", "userId": "u1", "properties": {"a": "x"}},
        True,
        False,
    ),
    (
        "what every call is, is asked of this one too",
        {"properties": {"properties": {}}},
        {"type": "track", "event": "Seen"},
        False,
        True,
    ),
]
"""Where the two differ, and why: a rule, a payload, our verdict and theirs. No other difference was found."""


@pytest.mark.parametrize(("reason", "schema", "event", "mine", "other"), INTENDED, ids=[row[0] for row in INTENDED])
def test_intended_differences(reason: str, schema: dict[str, Any], event: dict[str, Any], mine: bool, other: bool) -> None:
    assert ours(imported_bundle(one_rule(schema)), "track", "Seen").is_valid(event) is mine
    assert theirs(schema).is_valid(event) is other


# -- random rules

NAMES = st.sampled_from(["a", "b", "x_1", "price", "Order ID"])
VALUES = st.sampled_from(["some text", "a", " a ", "", 3, 2.5, 0, -1, True, False, None, [], {}])
TYPES = st.sampled_from(["string", "number", "integer", "boolean", "object", "array", "null"])
PATTERNS = st.sampled_from(["a|b", "^a$", "^[a-z]+$", "\\d"])
COUNTS = st.sampled_from([0, 1, 2, 3.0])


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "additionalProperties": st.booleans() | inner,
            "patternProperties": st.dictionaries(PATTERNS, inner, max_size=1),
            "minProperties": COUNTS,
            "maxProperties": COUNTS,
            "dependencies": st.dictionaries(NAMES, inner | st.lists(NAMES, min_size=1, max_size=1), max_size=1),
            "propertyNames": st.fixed_dictionaries({"pattern": PATTERNS}),
        },
    )


def schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    own = st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True) | st.just("any") | st.just(["string", "any"]),
            "enum": st.lists(VALUES, min_size=1, max_size=4),
            "const": VALUES,
            "minimum": st.integers(-1, 3),
            "maximum": st.integers(-1, 3),
            "exclusiveMinimum": st.integers(-1, 3),
            "multipleOf": st.sampled_from([1, 2, 0.5]),
            "minLength": COUNTS,
            "maxLength": COUNTS,
            "pattern": PATTERNS,
            "items": inner | st.lists(inner, max_size=2) | st.booleans(),
            "minItems": COUNTS,
            "uniqueItems": st.booleans(),
            "contains": inner,
            "required": st.just(False),
            "id": st.just("/properties/a"),
            "description": st.sampled_from(["", "What it is."]),
            "title": st.just("A title"),
            "labels": st.just({}),
        },
    )
    combined = st.fixed_dictionaries(
        {},
        optional={
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "if": inner,
            "then": inner,
        },
    )
    tuples = st.fixed_dictionaries({"items": st.lists(inner, max_size=2), "additionalItems": inner | st.booleans()})
    return st.tuples(own | tuples, st.just({}) | objects(inner), st.just({}) | combined).map(
        lambda parts: {**parts[0], **parts[1], **parts[2]}
    )


SCHEMAS = st.recursive(st.just({}) | st.booleans() | st.fixed_dictionaries({"type": TYPES}), schemas, max_leaves=6)
MEMBERS = st.tuples(st.fixed_dictionaries({}, optional={"type": st.just("object")}), objects(SCHEMAS)).map(
    lambda parts: {**parts[0], **parts[1]}
)


def one_rule(schema: Any) -> bytes:
    return json.dumps({"rules": [{"key": "Seen", "type": "TRACK", "version": 1, "jsonSchema": schema}]}).encode()


@settings(max_examples=80, deadline=None)
@given(MEMBERS)
@example({"properties": {"a": {"type": "string", "enum": ["a", None]}}})  # the type refuses the null that is listed
@example({"properties": {"a": {"type": ["string", "null"], "enum": ["a"]}}})  # the list refuses the null of the type
@example({"properties": {"a": {"type": "string", "enum": [None]}}})  # nothing fits
@example({"properties": {"a": {"type": ["string", "null"], "enum": [None]}}})  # null alone fits
@example({"properties": {"a": {"enum": [3, None], "const": 3}}})
@example({"properties": {"a": {"type": "number", "minimum": 3, "maximum": 1}}})  # a plan may not say so itself
@example({"properties": {"a": {"type": ["string", "null"], "minLength": 3, "maxLength": 1, "enum": ["a", None]}}})
@example({"properties": {"a": True}, "patternProperties": {"^x": {"type": "string"}}, "additionalProperties": False})
@example({"required": ["a"]})
@example({"properties": {"a": {"items": [{"type": "string"}], "additionalItems": False}}})
def test_random_members(schema: dict[str, Any]) -> None:
    """A rule over the event's own properties, as Typewriter stores it."""
    stored = {"eventMetadata": {}, **schema}
    mine, other = ours(imported_bundle(one_rule(stored)), "track", "Seen"), theirs({"properties": {"properties": schema}})
    assert disagreements(mine, other, _tracks(schema)) == []


def _tracks(schema: Any) -> Iterator[dict[str, Any]]:
    yield from (
        payload("track", {"properties": value}, "Seen") for value in around({"type": "object", **schema}) if isinstance(value, dict)
    )


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(["IDENTIFY", "GROUP", "PAGE", "SCREEN"]),
    MEMBERS,
    st.just({}) | MEMBERS,
    st.lists(st.sampled_from(["userId", "messageId"])),
)
def test_random_messages(kind: str, members: dict[str, Any], context: dict[str, Any], needed: list[str]) -> None:
    """A rule over the whole message of every other call."""
    call = kind.lower()
    own = "traits" if call in ("identify", "group") else "properties"
    schema = {"type": "object", "properties": {own: members, "context": context, "userId": {"type": "string"}}, "required": [own, *needed]}
    content = json.dumps({"rules": [{"key": "", "type": kind, "version": 1, "jsonSchema": schema}]}).encode()
    mine, other = ours(imported_bundle(content), call), theirs(schema)
    values = [value for value in around({"type": "object", **members}) if isinstance(value, dict)]
    contexts = [value for value in around({"type": "object", **context}) if isinstance(value, dict)]
    payloads = [payload(call, {own: value, "context": {}}) for value in values]
    payloads += [payload(call, {own: values[0], "context": value}) for value in contexts]
    payloads += [{**payload(call, {own: values[0]}), "messageId": "m1"}]
    assert disagreements(mine, other, iter(payloads)) == []


CLOSING = frozenset({"additionalProperties", "minProperties", "maxProperties"})
"""An event whose rule says these could not have the common members at all; a plan takes them as planned, and says so."""


@settings(max_examples=50, deadline=None)
@given(MEMBERS, MEMBERS)
@example({"properties": {"a": {"type": "string"}}, "required": ["a"]}, {"properties": {"b": {"type": "number"}}})
def test_random_common_rules(common: dict[str, Any], members: dict[str, Any]) -> None:
    """What holds for every call, together with what holds for the event; where both describe one name, the event's counts."""
    members = {key: value for key, value in members.items() if key not in CLOSING}
    names = members.get("properties", {}).keys()
    common = {**common, "properties": {name: value for name, value in common.get("properties", {}).items() if name not in names}}
    if "required" in common:
        common["required"] = [name for name in common["required"] if name not in names]
    whole, each = ({"type": "object", "properties": {"properties": schema}} for schema in (common, members))
    rules = [
        {"key": "", "type": "COMMON", "version": 1, "jsonSchema": whole},
        {"key": "Seen", "type": "TRACK", "version": 1, "jsonSchema": each},
    ]
    mine = ours(imported_bundle(json.dumps(rules).encode()), "track", "Seen")
    values = [value for schema in (common, members) for value in around({"type": "object", **schema}) if isinstance(value, dict)]
    values += [{**one, **values[0]} for one in values]
    payloads = (payload("track", {"properties": value}, "Seen") for value in values)
    assert disagreements(mine, theirs({"allOf": [whole, each]}), payloads) == []


# -- whole plans

OWN = Path(__file__).with_name("plans")
"""Plans of a library, one in each form that Segment's plans come in, with the oddities of real ones."""

REAL = Path(os.environ["PROTOCOLS_REAL_PLANS"]) if os.environ.get("PROTOCOLS_REAL_PLANS") else None
"""A folder with plans that companies published, which are not ours to copy; where it is named, they are tried as well."""


def whole_plans() -> list[Path]:
    return sorted(file for folder in (OWN, REAL) if folder is not None for file in folder.glob("*.json"))


@pytest.mark.parametrize("file", whole_plans(), ids=lambda file: file.name)
def test_whole_plans(file: Path) -> None:
    compared = 0
    content = file.read_bytes()
    bundle = imported_bundle(content)
    for name, schema, members in _track_rules(json.loads(content)):
        mine, other = ours(bundle, "track", name), theirs(schema)
        payloads = [
            payload("track", {"properties": value}, name) for value in around({"type": "object", **members}) if isinstance(value, dict)
        ]
        assert disagreements(mine, other, iter(payloads)) == []
        compared += len(payloads)
    assert compared > 50


def _track_rules(document: Any) -> Iterator[tuple[str, Any, Any]]:
    """Name, schema over the whole message, and the part of it that is about the event's own properties."""
    rules = document["rules"]
    for rule in rules if isinstance(rules, list) else rules["events"]:
        schema = rule.get("jsonSchema", rule.get("rules"))
        if rule.get("type", "TRACK") != "TRACK":
            continue
        if "eventMetadata" in schema:
            yield rule["key"], {"properties": {"properties": schema}}, schema
        else:
            yield rule.get("key", rule.get("name")), schema, schema["properties"]["properties"]
