"""A plan -> the whole bundle; parts of it where a row needs no more; and that each is a valid schema."""

from __future__ import annotations

import json

import jsonschema
import pytest
from by_hand import at, event, plan, raw, section, shape

from protocols.plan.model import Body, Limits, Naming, PlanFile
from protocols.positions import Position
from protocols.problems import Severity
from protocols.schema import compile_plan, standalone
from protocols.schema.envelope import envelope
from protocols.schema.keys import key, reference

ENVELOPE = {"$ref": "#/$defs/envelope"}
OFF = {**plan().unplanned, "events": Severity.off}


def bare(call):
    """The schema of a call that the plan does not speak of."""
    return {"title": call, "type": "object", "allOf": [ENVELOPE], "properties": {"type": {"const": call}}, "required": ["type"]}


def when(call, then):
    return {"if": {"required": ["type"], "properties": {"type": {"const": call}}}, "then": then}


def named(name):
    return {"required": ["event"], "properties": {"event": name}}


def ref(escaped):
    return {"$ref": f"#/$defs/{escaped}"}


def version_is(value):
    protocols = {"type": "object", "required": ["event_version"], "properties": {"event_version": value}}
    context = {"type": "object", "required": ["protocols"], "properties": {"protocols": protocols}}
    return {"required": ["context"], "properties": {"context": context}}


def quiet(call):
    return {"section": call, "unplanned": {}, "severity": {}, "events": {}}


SHOP = plan(
    sections={
        "track": section(
            event(
                "Order Completed",
                3,
                description="The customer paid.",
                owners=("ada",),
                labels={"team": ["growth"]},
                extensions={"x-ticket": 5},
                properties=shape(
                    4,
                    properties={
                        "order_id": shape(5, "string", required=True, description="Ours."),
                        "coupon": shape(6, "string", null=True, positions={"type": at(7)}),
                    },
                ),
                context=shape(8, properties={"app": shape(9, "object", required=True, properties={})}),
                payloads=(raw({"required": ["messageId"]}, 10),),
            ),
            event(
                "Signed Up",
                11,
                bodies={
                    1: Body(status="deprecated"),
                    2: Body(description="With its method.", unplanned={"properties": Severity.error}, properties=shape(12, properties={})),
                },
            ),
            event("Completed Order", 13, status="deprecated", replaced_by="Order Completed"),
            line=2,
        ),
        "identify": section(line=14, traits=shape(15, properties={"age": shape(16, "integer")}), description="Who."),
    },
    description="Events of the shop",
    owners=("growth@acme.example",),
    labels={"team": "growth"},
    files=(PlanFile("plan.yaml", "ab" * 32),),
    naming={"events": Naming(cases=("title",), order="object-action", allow=frozenset({"iOS", "A"}), position=at(20))},
    limits=Limits(message_id=36),
    severity={"value/format-mismatch": Severity.warning, "naming": Severity.note},
    destinations=frozenset({"Mixpanel", "Braze"}),
    default_version="latest",
)

BUNDLE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "shop 2.10.0",
    "description": "Events of the shop",
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"enum": ["track", "identify", "page", "screen", "group", "alias"]}},
    "allOf": [
        when(
            "track",
            {
                **named({"enum": ["Order Completed", "Signed Up", "Completed Order"]}),
                "allOf": [
                    {"if": named({"const": "Order Completed"}), "then": ref("track~1Order%20Completed")},
                    {
                        "if": named({"const": "Signed Up"}),
                        "then": {
                            "allOf": [
                                {"if": version_is({"const": 1}), "then": ref("track~1Signed%20Up@1")},
                                {"if": version_is({"enum": [1]}), "else": ref("track~1Signed%20Up@2")},
                            ]
                        },
                    },
                    {"if": named({"const": "Completed Order"}), "then": ref("track~1Completed%20Order")},
                ],
            },
        ),
        *(when(call, ref(call)) for call in ("identify", "page", "screen", "group", "alias")),
    ],
    "x-owners": ["growth@acme.example"],
    "x-labels": {"team": "growth"},
    "x-protocols": {
        "format": 1,
        "plan": {"name": "shop", "version": "2.10.0", "files": [{"path": "plan.yaml", "sha256": "ab" * 32}]},
        "naming": {
            "events": {"cases": ["title"], "pattern": None, "order": "object-action", "allow": ["A", "iOS"], "origin": "plan.yaml:20:3"}
        },
        "limits": {
            "event_name": 255,
            "property_name": 255,
            "event_bytes": 32768,
            "batch_bytes": 512000,
            "message_id": 36,
            "properties": 300,
            "depth": 64,
        },
        "unplanned": {"destinations": "warning", "events": "error", "properties": "warning", "traits": "off", "versions": "warning"},
        "severity": {"naming": "note", "value/format-mismatch": "warning"},
        "destinations": ["Braze", "Mixpanel"],
        "default_version": "latest",
        "calls": {
            "track": {
                "section": "track",
                "unplanned": {},
                "severity": {},
                "events": {
                    "Order Completed": {
                        "versions": [[None, "track/Order Completed"]],
                        "default": None,
                        "origin": "plan.yaml:3:3",
                        "status": None,
                        "replaced_by": None,
                        "owners": ["ada"],
                        "labels": {"team": ["growth"]},
                        "bodies": {"track/Order Completed": {"status": None, "unplanned": {}, "severity": {}}},
                    },
                    "Signed Up": {
                        "versions": [[1, "track/Signed Up@1"], [2, "track/Signed Up@2"]],
                        "default": 2,
                        "origin": "plan.yaml:11:3",
                        "status": None,
                        "replaced_by": None,
                        "owners": [],
                        "labels": {},
                        "bodies": {
                            "track/Signed Up@1": {"status": "deprecated", "unplanned": {}, "severity": {}},
                            "track/Signed Up@2": {"status": None, "unplanned": {"properties": "error"}, "severity": {}},
                        },
                    },
                    "Completed Order": {
                        "versions": [[None, "track/Completed Order"]],
                        "default": None,
                        "origin": "plan.yaml:13:3",
                        "status": "deprecated",
                        "replaced_by": "Order Completed",
                        "owners": [],
                        "labels": {},
                        "bodies": {"track/Completed Order": {"status": None, "unplanned": {}, "severity": {}}},
                    },
                },
            },
            **{call: quiet(call) for call in ("identify", "page", "screen", "group", "alias")},
        },
    },
    "$defs": {
        "envelope": envelope(Limits(message_id=36)),
        "track": {"title": "track", "type": "object", "x-origin": "plan.yaml:2:3", **dict(list(bare("track").items())[2:])},
        "track/Order Completed": {
            "title": "track Order Completed",
            "description": "The customer paid.",
            "type": "object",
            "x-origin": "plan.yaml:3:3",
            "x-owners": ["ada"],
            "x-labels": {"team": ["growth"]},
            "x-ticket": 5,
            "allOf": [ENVELOPE, {"required": ["messageId"], "x-origin": "plan.yaml:10:3"}],
            "properties": {
                "type": {"const": "track"},
                "event": {"const": "Order Completed"},
                "properties": {
                    "type": "object",
                    "x-origin": "plan.yaml:4:3",
                    "x-unplanned": "warning",
                    "properties": {
                        "order_id": {"description": "Ours.", "type": "string", "x-origin": "plan.yaml:5:3"},
                        "coupon": {"type": ["string", "null"], "x-origin": "plan.yaml:6:3", "x-origins": {"type": "plan.yaml:7:3"}},
                    },
                    "required": ["order_id"],
                },
                # a context is open, and so is all within it
                "context": {
                    "type": "object",
                    "x-origin": "plan.yaml:8:3",
                    "properties": {"app": {"type": "object", "x-origin": "plan.yaml:9:3", "properties": {}}},
                    "required": ["app"],
                },
            },
            "required": ["type", "event", "properties", "context"],
        },
        "track/Signed Up@1": {
            "title": "track Signed Up version 1",
            "type": "object",
            "x-origin": "plan.yaml:11:3",
            "x-status": "deprecated",
            "allOf": [ENVELOPE],
            "properties": {"type": {"const": "track"}, "event": {"const": "Signed Up"}},
            "required": ["type", "event"],
        },
        "track/Signed Up@2": {
            "title": "track Signed Up version 2",
            "description": "With its method.",
            "type": "object",
            "x-origin": "plan.yaml:11:3",
            "allOf": [ENVELOPE],
            "properties": {
                "type": {"const": "track"},
                "event": {"const": "Signed Up"},
                "properties": {
                    "type": "object",
                    "x-origin": "plan.yaml:12:3",
                    "x-unplanned": "error",
                    "properties": {},
                    "additionalProperties": False,
                },
            },
            "required": ["type", "event"],
        },
        "track/Completed Order": {
            "title": "track Completed Order",
            "type": "object",
            "x-origin": "plan.yaml:13:3",
            "x-status": "deprecated",
            "x-replaced-by": "Order Completed",
            "allOf": [ENVELOPE],
            "properties": {"type": {"const": "track"}, "event": {"const": "Completed Order"}},
            "required": ["type", "event"],
        },
        "identify": {
            "title": "identify",
            "description": "Who.",
            "type": "object",
            "x-origin": "plan.yaml:14:3",
            "allOf": [ENVELOPE],
            "properties": {
                "type": {"const": "identify"},
                "traits": {
                    "type": "object",
                    "x-origin": "plan.yaml:15:3",
                    "x-unplanned": "off",
                    "properties": {"age": {"type": "integer", "x-origin": "plan.yaml:16:3"}},
                },
            },
            "required": ["type"],
        },
        **{call: bare(call) for call in ("page", "screen", "group", "alias")},
    },
}


def test_whole_bundle():
    compiled = compile_plan(SHOP)
    assert compiled == BUNDLE
    assert json.dumps(compiled) == json.dumps(BUNDLE)  # in this order


@pytest.mark.parametrize(("draft", "judge"), [("2020-12", jsonschema.Draft202012Validator), ("7", jsonschema.Draft7Validator)])
def test_every_schema_is_valid_in_its_draft(draft, judge):
    bundle = compile_plan(SHOP, draft)
    judge.check_schema(bundle)
    for name in compile_plan(SHOP)["$defs"]:
        judge.check_schema(standalone(bundle, name))


ROUTES = [
    # a track section, and what the bundle says of track calls
    (plan(), False),  # no event is planned, and unplanned ones are errors
    (plan(unplanned=OFF), ref("track")),
    (plan(event("A")), {**named({"enum": ["A"]}), "allOf": [{"if": named({"const": "A"}), "then": ref("track~1A")}]}),
    (
        plan(event("A"), unplanned=OFF),
        {"allOf": [{"if": named({"const": "A"}), "then": ref("track~1A")}, {"if": named({"enum": ["A"]}), "else": ref("track")}]},
    ),
    # one version: whatever version an event names
    (
        plan(event("A", bodies={3: Body()})),
        {**named({"enum": ["A"]}), "allOf": [{"if": named({"const": "A"}), "then": ref("track~1A@3")}]},
    ),
]


@pytest.mark.parametrize(("compiled", "route"), ROUTES)
def test_routes_of_track(compiled, route):
    assert compile_plan(compiled)["allOf"][0] == when("track", route)


def test_routes_of_pages():
    def page_is(value):
        name = {"required": ["name"], "properties": {"name": value}}
        nameless = {"name": {"enum": [None, ""]}, "properties": {"type": "object", **name}}
        return {"anyOf": [name, {"required": ["properties"], "properties": nameless}]}

    bundle = compile_plan(plan(page=section(event("Checkout"))))
    assert bundle["allOf"][2] == when(
        "page",
        {
            "allOf": [
                {"if": page_is({"const": "Checkout"}), "then": ref("page~1Checkout")},
                {"if": page_is({"enum": ["Checkout"]}), "else": ref("page")},
            ]
        },
    )
    # `name` may be absent: the page may have its name in `properties`
    assert bundle["$defs"]["page/Checkout"] == {
        "title": "page Checkout",
        "type": "object",
        "x-origin": "plan.yaml:1:3",
        "allOf": [ENVELOPE],
        "properties": {"type": {"const": "page"}, "name": {"enum": ["Checkout", None, ""]}},
        "required": ["type"],
    }


VERSIONS = [
    # default_version, versions planned, the one taken
    ("oldest", (1, 2, 5), 1),
    ("latest", (1, 2, 5), 5),
    (2, (1, 2, 5), 2),
    (3, (1, 2, 5), 1),  # a number that this event lacks
    (3, (None,), None),
    ("latest", (None,), None),
]


@pytest.mark.parametrize(("default", "versions", "taken"), VERSIONS)
def test_default_version(default, versions, taken):
    bundle = compile_plan(plan(event("A", bodies={version: Body() for version in versions}), default_version=default))
    assert bundle["x-protocols"]["calls"]["track"]["events"]["A"]["default"] == taken


UNPLANNED = [
    # of the plan, of the section, of the event, and what its properties say
    ({}, {}, {}, "warning"),
    ({"properties": Severity.note}, {}, {}, "note"),
    ({"properties": Severity.note}, {"properties": Severity.error}, {}, "error"),
    ({"properties": Severity.note}, {"properties": Severity.error}, {"properties": Severity.off}, "off"),
    ({"traits": Severity.error}, {}, {}, "warning"),  # not theirs
]


@pytest.mark.parametrize(("of_plan", "of_section", "of_event", "said"), UNPLANNED)
def test_unplanned_of_the_nearest_counts(of_plan, of_section, of_event, said):
    a = event("A", properties=shape(properties={}), unplanned=of_event)
    compiled = plan(track=section(a, unplanned=of_section), unplanned={**plan().unplanned, **of_plan})
    assert compile_plan(compiled)["$defs"]["track/A"]["properties"]["properties"]["x-unplanned"] == said


MEMBERS = [
    # what the plan says of a member of the payload, and what stands in its schema
    (shape(), {"type": "object", "x-origin": "plan.yaml:1:3"}),
    (shape(null=True), {"type": "object", "x-origin": "plan.yaml:1:3"}),  # never null: the payload was normalised
    (shape(minProperties=1), {"type": "object", "minProperties": 1, "x-origin": "plan.yaml:1:3"}),
]


@pytest.mark.parametrize(("member", "schema"), MEMBERS)
@pytest.mark.parametrize("name", ["properties", "traits", "context"])
def test_members_are_objects(name, member, schema):
    compiled = compile_plan(plan(event("A", **{name: member})))["$defs"]["track/A"]
    assert compiled["properties"][name] == schema
    assert compiled["required"] == ["type", "event"]


REQUIRED = [
    # a member of the payload, and whether the payload has to have it
    (shape(required=True), True),
    (shape(properties={"a": shape(required=True)}), True),
    (shape(properties={"a": shape()}), False),
    (shape(properties={"a": shape(properties={"b": shape(required=True)})}), False),  # `a` itself may be absent
]


@pytest.mark.parametrize(("member", "required"), REQUIRED)
def test_members_are_required_where_one_of_theirs_is(member, required):
    compiled = compile_plan(plan(event("A", traits=member)))["$defs"]["track/A"]
    assert compiled["required"] == ["type", "event", *(["traits"] if required else [])]


def test_raw_schemas_over_the_payload_are_told_apart():
    tree = {"items": {"$ref": "#"}}
    compiled = compile_plan(plan(event("A", payloads=(raw(tree, 2), raw(tree, 3)))))["$defs"]["track/A"]
    assert compiled["allOf"] == [
        ENVELOPE,
        {"$id": "urn:protocols:track%2FA:allOf:1", **tree, "x-origin": "plan.yaml:2:3"},
        {"$id": "urn:protocols:track%2FA:allOf:2", **tree, "x-origin": "plan.yaml:3:3"},
    ]


def test_a_section_may_be_deprecated():
    assert compile_plan(plan(page=section(status="deprecated")))["$defs"]["page"]["x-status"] == "deprecated"


KEYS = [
    (("track",), "track", "#/$defs/track"),
    (("track", "Order Completed"), "track/Order Completed", "#/$defs/track~1Order%20Completed"),
    (("track", "Signed Up", 2), "track/Signed Up@2", "#/$defs/track~1Signed%20Up@2"),
    (("track", "a/b~c"), "track/a/b~c", "#/$defs/track~1a~1b~0c"),
    (("track", "50% #é"), "track/50% #é", "#/$defs/track~150%25%20%23%C3%A9"),
    # names that look like another's version
    (("track", "Signed Up@2"), "track/Signed Up@2@", "#/$defs/track~1Signed%20Up@2@"),
    (("track", "Signed Up@2@"), "track/Signed Up@2@@", "#/$defs/track~1Signed%20Up@2@@"),
    (("track", "Signed Up@2@", 1), "track/Signed Up@2@@1", "#/$defs/track~1Signed%20Up@2@@1"),
    (("track", "Signed Up@2@@1"), "track/Signed Up@2@@1@", "#/$defs/track~1Signed%20Up@2@@1@"),
    (("track", "me@home"), "track/me@home", "#/$defs/track~1me@home"),
]


@pytest.mark.parametrize(("parts", "name", "pointer"), KEYS)
def test_keys(parts, name, pointer):
    assert key(*parts) == name
    assert reference(name) == {"$ref": pointer}


def test_no_two_keys_are_one():
    assert len({name for _, name, _ in KEYS}) == len(KEYS)


def test_origins_can_be_read_back():
    assert Position.parse(compile_plan(SHOP)["$defs"]["track/Signed Up@2"]["x-origin"]) == at(11)
