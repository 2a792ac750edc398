"""Segment's plans, in and out again: what comes back is what went out, but for what is listed as lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_agreement import MEMBERS, whole_plans

from protocols.errors import ExchangeError
from protocols.exchange import LOSS_KINDS, read, segment
from protocols.plan import bundled, load_plan, load_text
from protocols.plan.model import Plan
from protocols.plan.write import dump
from protocols.schema import compile_plan


def imported(document: Any) -> tuple[dict[str, Any], list[str]]:
    """The tree of the plan without its head, and the losses as `pointer: sentence`."""
    _, found = read(json.dumps(document).encode(), "plan")
    load_text(dump(found.tree))
    tree = {key: value for key, value in found.tree.items() if key not in ("protocols", "plan", "version")}
    return tree, [f"{loss.pointer}: {loss.message}" for loss in found.losses]


def rule(key: Any = "A", type: str = "TRACK", schema: Any = None, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": type, "version": 1, "jsonSchema": {"type": "object"} if schema is None else schema, **more}


def whole(**members: Any) -> dict[str, Any]:
    """A schema over the whole message."""
    return {"properties": {"properties": {}, **members}}


STRING = {"properties": {"a": {"type": "string"}}}

RULES: list[tuple[str, list[dict[str, Any]], dict[str, Any], list[str]]] = [
    ("one rule of version 1 is an event without versions", [rule()], {"events": {"A": {}}}, []),
    ("and of any other version is not", [rule(version=3)], {"events": {"A": {"versions": {"3": {}}}}}, []),
    ("versions come in their order", [rule(version=2), rule()], {"events": {"A": {"versions": {"1": {}, "2": {}}}}}, []),
    (
        "a rule without a version beside a first one",
        [rule(), rule(version=None), rule(version=2)],
        {"events": {"A": {"versions": {"1": {}, "2": {}}}}},
        ["/1/jsonSchema: an event without a version stands beside its version 1; it was left out"],
    ),
    (
        "a version that is none",
        [rule(version="two")],
        {"events": {"A": {}}},
        ['/0/version: a version should be a whole number from 0, got string "two"'],
    ),
    ("the same rule twice is one", [rule(), rule()], {"events": {"A": {}}}, []),
    (
        "two rules for one event",
        [rule(), rule(schema=whole(properties=STRING))],
        {"events": {"A": {}}},
        ["/1/jsonSchema: A version 1 has another rule before this one; the first was taken"],
    ),
    ("Go's first day is no date", [rule(deprecatedAt="0001-01-01T00:00:00Z")], {"events": {"A": {}}}, []),
    (
        "a date is one",
        [rule(deprecatedAt="2024-01-10")],
        {"events": {"A": {"status": "deprecated", "x-deprecated-at": "2024-01-10"}}},
        [],
    ),
    ("the schema is about the message", [rule(schema=whole(properties=STRING))], {"events": {"A": {"properties": {"a": "string"}}}}, []),
    ("or about the event's own properties", [rule(schema=STRING)], {"events": {"A": {"properties": {"a": "string"}}}}, []),
    (
        "properties that are called as a part of a message, in Typewriter's form",
        [rule(schema={"eventMetadata": {}, "properties": {"context": {"type": "object"}}})],
        {"events": {"A": {"properties": {"context": "object"}}}},
        [],
    ),
    (
        "a property called context that is no object cannot be the message's",
        [rule(schema={"properties": {"context": {"type": "string"}}})],
        {"events": {"A": {"properties": {"context": "string"}}}},
        [],
    ),
    (
        "what holds for the context and for traits on a track call",
        [rule(schema=whole(context={**STRING, "required": ["a"]}, traits=STRING))],
        {"events": {"A": {"traits": {"a": "string"}, "context": {"properties": {"a": {"type": "string", "required": True}}}}}},
        [],
    ),
    (
        "fields of the envelope are raw",
        [rule(schema={**whole(userId={"type": "string"}), "required": ["userId", "properties", "event"]})],
        {"events": {"A": {"payload": {"properties": {"userId": {"type": "string"}}, "required": ["userId"]}}}},
        [],
    ),
    (
        "a message that allows no further fields",
        [rule(schema={**whole(), "additionalProperties": False})],
        {"events": {"A": {"payload": {"additionalProperties": False, "properties": {"properties": True}}}}},
        [],
    ),
    (
        "properties that could be none",
        [rule(schema={"eventMetadata": {}, "type": "array", "items": {"type": "string"}})],
        {"events": {"A": {}}},
        ["/0/jsonSchema/type: this value is always an object, so type array could fit none, and is left out"],
    ),
    (
        "a rule that is no schema",
        [rule(schema="any")],
        {"events": {"A": {}}},
        ['/0/jsonSchema: a rule should be an object that says what it asks for, got string "any"'],
    ),
    (
        "a rule that is a reference",
        [rule(schema={"$ref": "#/x"})],
        {"events": {"A": {}}},
        ["/0/jsonSchema: a rule should be an object that says what it asks for, got a reference"],
    ),
    (
        "the type is written in any case",
        [rule("", "identify", whole(traits=STRING))],
        {"identify": {"traits": {"a": "string"}}},
        [],
    ),
    (
        "an identify call has no name",
        [rule("Identify", "IDENTIFY", whole(traits=STRING))],
        {"identify": {"traits": {"a": "string"}}},
        ['/0/jsonSchema: the identify call has no names, so "Identify" is left out'],
    ),
    (
        "nor versions",
        [rule("", "GROUP", whole(traits=STRING), version=2), rule("", "GROUP")],
        {},
        ["/0/jsonSchema: the group call has no versions in a plan; version 1 was taken"],
    ),
    (
        "pages with a name and without",
        [rule("", "PAGE", STRING), rule("Home", "PAGE", STRING)],
        {"page": {"properties": {"a": "string"}, "named": {"Home": {"properties": {"a": "string"}}}}},
        [],
    ),
    (
        "a common rule that says nothing beyond what a message is",
        [rule("", "COMMON", whole(context={"type": "object"}, traits={"type": "object"})), rule()],
        {"events": {"A": {}}},
        [],
    ),
    (
        "a name that the common rule and an event describe",
        [rule("", "COMMON", whole(properties=STRING)), rule(schema=whole(properties={"properties": {"a": {"type": "number"}}}))],
        {
            "definitions": {"Common": {"properties": {"a": "string"}}},
            "track": {"ref": "Common"},
            "events": {"A": {"properties": {"a": "number"}}},
            "page": {"ref": "Common", "additionalProperties": True},
            "screen": {"ref": "Common", "additionalProperties": True},
        },
        ["/0/jsonSchema: a is described by the common rule and otherwise by 1 rule of track; there the latter was taken"],
    ),
    (
        "an event that allows nothing further",
        [rule("", "COMMON", whole(traits=STRING)), rule("", "IDENTIFY", whole(traits={"additionalProperties": False}))],
        {
            "definitions": {"CommonTraits": {"properties": {"a": "string"}}},
            "identify": {"ref": "CommonTraits", "additionalProperties": False},
            "group": {"ref": "CommonTraits", "additionalProperties": True},
        },
        ["/0/jsonSchema: 1 rule of identify allow no further members, and those of the common rule count as planned there"],
    ),
    (
        "two common rules",
        [rule("", "COMMON", whole(userId={"minLength": 1})), rule("", "COMMON")],
        {"payload": {"properties": {"userId": {"minLength": 1}}}},
        ["/1/jsonSchema: there is another common rule before this one; the first was taken"],
    ),
    (
        "what is known of a rule beyond these",
        [rule(labels={"team": "a"}, description="D", author="Ada", updatedAt="2024-01-01")],
        {"events": {"A": {"description": "D", "labels": {"team": "a"}}}},
        [
            "/0/author: nothing is known here of author of a rule",
            "/0/updatedAt: updatedAt of a rule is Segment's own, and means nothing in a plan",
        ],
    ),
    (
        "two descriptions",
        [rule(schema={"description": "One"}, description="Two")],
        {"events": {"A": {"description": "Two"}}},
        ["/0/jsonSchema: the rule and its schema have a description each; the rule's was taken"],
    ),
    (
        "names that are none",
        [rule(""), rule(None), rule(["A"]), rule("B", "ALIAS")],
        {},
        [
            "/0/key: a name in a plan is not empty, so nothing is said of this one",
            "/1/key: a name in a plan is not empty, so nothing is said of this one",
            "/2/key: a name should be text, got array of 1 item, so the rule is left out",
            '/3/type: the type of a rule should be TRACK, IDENTIFY, GROUP, PAGE, SCREEN, COMMON, got string "ALIAS"',
        ],
    ),
]


@pytest.mark.parametrize(("reason", "rules", "tree", "losses"), RULES, ids=[row[0] for row in RULES])
def test_rules(reason: str, rules: list[dict[str, Any]], tree: dict[str, Any], losses: list[str]) -> None:
    assert imported(rules) == (tree, losses)


ENVELOPES: list[tuple[str, Any, list[str]]] = [
    ("the plan with its rules", {"name": "N", "rules": [rule()]}, []),
    ("the rules alone", [rule()], []),
    ("an answer of the Public API", {"data": {"rules": [rule()], "pagination": {"current": "a"}}}, []),
    ("its plan", {"data": {"trackingPlan": {"name": "N", "rules": [rule()]}}}, []),
    (
        "a page of several",
        {"data": {"rules": [rule()], "pagination": {"next": "b"}}},
        ["/data/pagination: this is one page of the rules, and more follow; join the pages first"],
    ),
    ("the Config API", {"display_name": "N", "rules": {"events": [{"name": "A", "version": 1, "rules": {}}]}}, []),
    ("a list of one plan", {"tracking_plans": [{"rules": {"events": [{"name": "A", "rules": {}}], "global": {}, "group": None}}]}, []),
    ("the rules of the Config API alone", [{"name": "A", "version": 1, "rules": {}}], []),
    (
        "more than is known",
        {"rules": {"events": [{"name": "A", "rules": {}}], "alias": [1]}, "author": "Ada"},
        ["/rules/alias: nothing is known here of alias", "/author: nothing is known here of author"],
    ),
    (
        "an event that is none",
        {"rules": {"events": [{"name": "A", "rules": {}}, "B"]}},
        ['/rules/events/1: a rule should be an object with name and rules, got string "B"'],
    ),
    (
        "a trait that is none",
        {"rules": {"events": [{"name": "A", "rules": {}}], "group_traits": ["plan"]}},
        ['/rules/group_traits/0: a trait should be an object with name and rules, got string "plan"'],
    ),
]


@pytest.mark.parametrize(("reason", "document", "losses"), ENVELOPES, ids=[row[0] for row in ENVELOPES])
def test_envelopes(reason: str, document: Any, losses: list[str]) -> None:
    assert imported(document) == ({"events": {"A": {}}}, losses)


HEADS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("a plan without a name is called as its file", {}, {"plan": "plan", "version": "1.0.0"}),
    ("the name for people first", {"name": "workspaces/a", "display_name": "Shop"}, {"plan": "Shop", "version": "1.0.0"}),
    ("the day of the last change", {"name": "Shop", "updatedAt": "2024-11-05T16:20:00Z"}, {"plan": "Shop", "version": "2024-11-05"}),
    ("unless that is none", {"name": " ", "update_time": "lately"}, {"plan": "plan", "version": "1.0.0"}),
    ("what it is about", {"name": "Shop", "description": "Sales"}, {"plan": "Shop", "version": "1.0.0", "description": "Sales"}),
]


@pytest.mark.parametrize(("reason", "about", "head"), HEADS, ids=[row[0] for row in HEADS])
def test_heads(reason: str, about: dict[str, Any], head: dict[str, Any]) -> None:
    tree = read(json.dumps({**about, "rules": [rule()]}).encode(), "plan")[1].tree
    assert {key: value for key, value in tree.items() if key != "events"} == {"protocols": 1, **head}


def test_a_name_that_stands_twice_is_not_lost_in_silence() -> None:
    content = b'[{"key": "A", "key": "B", "type": "TRACK", "jsonSchema": {}}]'
    _, found = read(content, "plan")
    assert [(loss.pointer, loss.message) for loss in found.losses] == [
        ("/0/key", "key stands more than once in one object; the last was taken")
    ]
    assert list(found.tree["events"]) == ["B"]


UNREADABLE: list[tuple[str, bytes, str]] = [
    ("not UTF-8", b'["\xff"]', "it is not UTF-8: byte 3 is 0xff"),
    ("no JSON", b"rules: []", "it is not JSON: line 1, column 1 cannot be read"),
    ("a number that JSON has not", b"[NaN]", "it is not JSON: NaN is no number of JSON"),
    ("a text that no file can hold", b'["\\ud800"]', "a text in it holds half of a surrogate pair, so it cannot be written as UTF-8"),
    ("deeper than Python parses", b"[" * 100_000, "it is nested too deep to be a plan"),
    ("deeper than any plan", b"[" * 500 + b"]" * 500, "it is nested too deep to be a plan"),
    ("a single value", b"3", "it should be a Segment tracking plan, which has rules, got integer 3"),
    ("an empty object", b"{}", "it should be a Segment tracking plan, which has rules, got an empty object"),
    (
        "rules of something else",
        b'{"rules": [{"id": 1}]}',
        "it should be a Segment tracking plan, which has rules, got an object with rules",
    ),
    (
        "many keys",
        b'{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}',
        "it should be a Segment tracking plan, which has rules, got an object with a, b, c, d, e and more",
    ),
]


@pytest.mark.parametrize(("reason", "content", "sentence"), UNREADABLE, ids=[row[0] for row in UNREADABLE])
def test_unreadable(reason: str, content: bytes, sentence: str) -> None:
    with pytest.raises(ExchangeError) as caught:
        read(content, "plan")
    assert str(caught.value) == sentence


# -- out and in again


def again(plan: Plan) -> Plan:
    """A plan that went out and came back."""
    return load_text(dump(read(json.dumps(segment.write(plan).document).encode(), "plan")[1].tree))


def bare(schema: Any) -> Any:
    """A schema without what only means something to this package, and without members that say nothing."""
    if isinstance(schema, list):
        return [bare(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept = {key: bare(value) for key, value in schema.items() if not key.startswith("x-")}
    return {key: value for key, value in kept.items() if key != "properties" or value not in ({}, {"type": "object"})}


def schemas(plan: Plan) -> dict[str, Any]:
    """Every schema of a plan by its key; a version 1 that stands alone comes back as an event without versions."""
    bundle = compile_plan(plan)
    return {key: bare(schema) for key, schema in bundle["$defs"].items()}


@pytest.mark.parametrize("name", bundled())
def test_bundled_plans_come_back(name: str) -> None:
    plan = load_plan(name)
    losses = segment.write(plan).losses
    assert {loss.id for loss in losses} <= LOSS_KINDS.keys()
    lost = {call for call in ("alias", "track") for loss in losses if f"{call} calls cannot be said" in loss.message}
    came, went = schemas(again(plan)), schemas(plan)
    assert {key: came[key] for key in came if key not in lost} == {key: went[key] for key in went if key not in lost}


@settings(max_examples=80, deadline=None)
@given(st.lists(MEMBERS, min_size=1, max_size=3), st.just({}) | MEMBERS)
def test_random_plans_come_back(events: list[dict[str, Any]], traits: dict[str, Any]) -> None:
    rules = [rule(f"Event {number}", schema=whole(properties=members)) for number, members in enumerate(events)]
    rules.append(rule("", "IDENTIFY", whole(traits=traits)))
    plan = load_text(dump(read(json.dumps(rules).encode(), "plan")[1].tree))
    assert schemas(again(plan)) == schemas(plan)


LOST_ON_THE_WAY_OUT = """\
protocols: 1
plan: p
version: 1
owners: [a]
limits: {depth: 9}
severity: {naming: off}
default_version: latest
destinations: [Mixpanel]
track: {context: {properties: {app: object}}}
events:
  A:
    status: deprecated
    x-deprecated-at: 2024-01-10
    owners: [b]
    x-own: 1
    severity: {naming: note}
    properties:
      a: {type: object, properties: {}, personal: true, x-own: 1}
      b: {type: array, items: {labels: {c: d}}}
  B: {status: deprecated, replaced_by: A, unplanned: {properties: off}}
  C: {versions: {1: {status: deprecated}, 2: {properties: {a: string}}}}
alias: {context: {properties: {app: object}}}
"""


def test_lost_on_the_way_out() -> None:
    exported = segment.write(load_text(LOST_ON_THE_WAY_OUT))
    assert [f"{loss.line}:{loss.column} {loss.severity} {loss.message}" for loss in exported.losses] == [
        f"{place} cannot be said in a Segment tracking plan"
        for place in [
            "1:1 note version",
            "1:1 warning owners",
            "1:1 warning limits",
            "1:1 warning severity",
            "1:1 warning default_version",
            "1:1 warning destinations",
            "9:1 warning what holds for unplanned track calls",
            "11:3 warning owners",
            "11:3 warning x-own",
            "11:3 warning severity",
            "18:7 warning that an object has no planned members",
            "18:41 warning personal",
            "18:57 warning x-own",
            "19:32 warning labels",
            "20:3 warning status",
            "20:3 warning replaced_by",
            "20:3 warning unplanned",
            "21:3 warning status",
            "22:1 warning what holds for alias calls",
        ]
    ]
    assert [(rule["key"], rule["version"], rule.get("deprecatedAt")) for rule in exported.document["rules"]] == [
        ("A", 1, "2024-01-10"),
        ("B", 1, None),
        ("C", 1, None),
        ("C", 2, None),
    ]


# -- size, and whole plans


def test_large_plans_are_read_at_once() -> None:
    """564 rules are the most that were seen in public; 0.5 s on the machine where this was written."""
    members = {f"property_{number}": {"type": ["string", "null"], "description": "What it is."} for number in range(12)}
    content = json.dumps(
        [rule(f"Event {number}", schema=whole(properties={"properties": members, "required": ["property_1"]})) for number in range(564)]
    )
    began = perf_counter()
    text = dump(read(content.encode(), "plan")[1].tree)
    assert len(load_text(text).events) == 564
    assert perf_counter() - began < 5


LOSSES: dict[str, dict[str, int]] = {
    "library.config-api.json": {
        "name is Segment's own, and means nothing in a plan": 1,
        "create_time is Segment's own, and means nothing in a plan": 1,
    },
    "library.public-api.json": {
        "resource_name is Segment's own, and means nothing in a plan": 1,
    },
    "library.typewriter.json": {
        "createdAt of a rule is Segment's own, and means nothing in a plan": 4,
        "updatedAt of a rule is Segment's own, and means nothing in a plan": 4,
        "id is Segment's own, and means nothing in a plan": 1,
        "slug is Segment's own, and means nothing in a plan": 1,
        "type is Segment's own, and means nothing in a plan": 1,
        "createdAt is Segment's own, and means nothing in a plan": 1,
        "resourceSchemaId is Segment's own, and means nothing in a plan": 1,
        "id is the other tool's own, and means nothing in a plan": 13,
    },
    # published by companies, and tried where PROTOCOLS_REAL_PLANS names their folder
    "contentful-user-interface.config-api.json": {
        "create_time is Segment's own, and means nothing in a plan": 1,
        "name is Segment's own, and means nothing in a plan": 1,
    },
    "contentful-user-interface.public-api.json": {
        "resource_name is Segment's own, and means nothing in a plan": 1,
    },
    "segment-typewriter-test-plan.public-api.json": {
        "createdAt of a rule is Segment's own, and means nothing in a plan": 25,
        "updatedAt of a rule is Segment's own, and means nothing in a plan": 25,
        "createdAt is Segment's own, and means nothing in a plan": 1,
        "id is Segment's own, and means nothing in a plan": 1,
        "resourceSchemaId is Segment's own, and means nothing in a plan": 1,
        "type is Segment's own, and means nothing in a plan": 1,
        "id is the other tool's own, and means nothing in a plan": 158,
        "key is no keyword of JSON Schema": 6,
        **{
            f'eventMetadata calls the event string "Property Object Name Collision #{number}", '
            f'and the rule "Property Object Name Collision {number}", which was taken': 1
            for number in (1, 2)
        },
        'eventMetadata calls the event string "NoID type", and the rule "NoID Type", which was taken': 1,
    },
}
"""File -> sentences of its losses, and how often each is said."""


@pytest.mark.parametrize("file", whole_plans(), ids=lambda file: file.name)
def test_losses_of_whole_plans(file: Path) -> None:
    _, found = read(file.read_bytes(), "plan")
    assert Counter(loss.message for loss in found.losses) == LOSSES[file.name]
    plan = load_text(dump(found.tree))
    assert schemas(again(plan)) == schemas(plan)
