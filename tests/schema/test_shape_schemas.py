"""One shape -> one schema, whole; the order of the keywords counts too."""

from __future__ import annotations

import json

import pytest
from by_hand import at, raw, shape

from protocols.positions import Position
from protocols.problems import Severity
from protocols.schema.shapes import shape_schema

WHERE = ("track/Order Completed", "properties", "properties")
O = {"x-origin": "plan.yaml:1:3"}  # noqa: E741  # the origin that most rows share

ROWS = [
    # what stands in the plan, and the schema it becomes
    (shape(), {**O}),  # a member planned by name alone
    (shape(type="string"), {"type": "string", **O}),
    (shape(type="string integer"), {"type": ["string", "integer"], **O}),
    (shape(type="string", null=True), {"type": ["string", "null"], **O}),
    (shape(type="null string", null=True), {"type": ["null", "string"], **O}),  # null is not added twice
    (shape(null=True, minLength=2), {"minLength": 2, **O}),  # without a type null is allowed as it is
    (shape(enum=["a", "b"]), {"enum": ["a", "b"], **O}),
    (shape(enum=["a", "b"], null=True), {"enum": ["a", "b", None], **O}),
    (shape(enum=["a", None], null=True, type="string"), {"type": ["string", "null"], "enum": ["a", None], **O}),
    (shape(const=5), {"const": 5, **O}),
    (shape(const=5, null=True), {"enum": [5, None], **O}),  # const says one value, with null there are two
    (shape(const=None, null=True), {"const": None, **O}),
    (shape(const=False, null=True, type="boolean"), {"type": ["boolean", "null"], "enum": [False, None], **O}),
    # one const out of an enum, or null
    (shape(enum=["a", "b"], const="a", null=True), {"enum": ["a", "b", None], **O, "allOf": [{"enum": ["a", None], **O}]}),
    # keywords in one order whatever the plan's
    (
        shape(format="email", pattern="@", maxLength=9, minLength=3, type="string", description="Mail", examples=("a@b.c",)),
        {
            "description": "Mail",
            "type": "string",
            "minLength": 3,
            "maxLength": 9,
            "pattern": "@",
            "format": "email",
            "examples": ["a@b.c"],
            **O,
        },
    ),
    (
        shape(multipleOf=2, maximum=9, exclusiveMinimum=0, type="number"),
        {"type": "number", "exclusiveMinimum": 0, "maximum": 9, "multipleOf": 2, **O},
    ),
    # who it belongs to and what became of it; a key of the plan's own follows, but never replaces one of ours
    (
        shape(
            personal=True,
            status="deprecated",
            replaced_by="order_id",
            owners=("ada",),
            labels={"team": ["growth"]},
            extensions={"x-ours": {"a": (1,)}, "x-origin": "elsewhere"},
        ),
        {
            **O,
            "x-personal": True,
            "x-status": "deprecated",
            "x-replaced-by": "order_id",
            "x-owners": ["ada"],
            "x-labels": {"team": ["growth"]},
            "x-ours": {"a": [1]},
        },
    ),
    # an object that describes its members
    (
        shape(type="object", properties={"id": shape(2, "string", required=True), "n": shape(3, "integer")}),
        {
            "type": "object",
            **O,
            "x-unplanned": "warning",
            "properties": {"id": {"type": "string", "x-origin": "plan.yaml:2:3"}, "n": {"type": "integer", "x-origin": "plan.yaml:3:3"}},
            "required": ["id"],
        },
    ),
    (shape(type="object", properties={}), {"type": "object", **O, "x-unplanned": "warning", "properties": {}}),  # none planned
    (shape(type="object"), {"type": "object", **O}),  # undescribed: nothing in it is unplanned
    (shape(type="object", additional=True, properties={}), {"type": "object", **O, "properties": {}}),
    (
        shape(type="object", additional=False, properties={}),
        {"type": "object", **O, "x-unplanned": "error", "properties": {}, "additionalProperties": False},
    ),
    (shape(type="object", additional=False), {"type": "object", **O, "x-unplanned": "error", "additionalProperties": False}),
    # a map, and what its values hold is described
    (
        shape(type="object", additional=shape(2, "object", properties={})),
        {
            "type": "object",
            **O,
            "additionalProperties": {"type": "object", "x-origin": "plan.yaml:2:3", "x-unplanned": "warning", "properties": {}},
        },
    ),
    (
        shape(type="array", items=shape(2, "object", properties={}), minItems=1, uniqueItems=True),
        {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            **O,
            "items": {"type": "object", "x-origin": "plan.yaml:2:3", "x-unplanned": "warning", "properties": {}},
        },
    ),
    # raw JSON Schema
    (
        shape(type="object", raw=raw({"dependentRequired": {"a": ("b",)}}, 7)),
        {"type": "object", **O, "allOf": [{"dependentRequired": {"a": ["b"]}, "x-origin": "plan.yaml:7:3"}]},
    ),
    # where keywords stand: only those on other lines, only those that an event can violate
    (
        shape(type="string", pattern="a", positions={"type": at(1, 9), "pattern": at(4), "description": at(5), "minLength": at(6)}),
        {"type": "string", "pattern": "a", **O, "x-origins": {"pattern": "plan.yaml:4:3"}},
    ),
    (
        shape(type="string", required=True, positions={"type": at(1, file="base.yaml"), "required": at(8), "nullable": at(9)}),
        {
            "type": "string",
            **O,
            "x-origins": {"nullable": "plan.yaml:9:3", "required": "plan.yaml:8:3", "type": "base.yaml:1:3"},
        },
    ),
    (
        shape(const=1, null=True, positions={"const": at(2)}),  # const was written as enum, and so is its origin
        {"enum": [1, None], **O, "x-origins": {"enum": "plan.yaml:2:3"}},
    ),
]


@pytest.mark.parametrize(("shape", "schema"), ROWS)
def test_schema(shape, schema):
    assert json.dumps(shape_schema(shape, Severity.warning, WHERE)) == json.dumps(schema)


OPENNESS = [
    # unplanned names in the plan's words, and what the nodes say
    (None, {}),  # a context
    (Severity.off, {"x-unplanned": "off"}),  # misspelt names are still looked for
    (Severity.note, {"x-unplanned": "note"}),
    (Severity.warning, {"x-unplanned": "warning"}),
    (Severity.error, {"x-unplanned": "error", "additionalProperties": False}),
]


@pytest.mark.parametrize(("unplanned", "said"), OPENNESS)
def test_openness_of_nested_objects_follows(unplanned, said):
    nested = shape(type="object", properties={"inner": shape(type="object", properties={})})
    outer = shape_schema(nested, unplanned, WHERE)
    for node in (outer, outer["properties"]["inner"]):
        assert {keyword: node[keyword] for keyword in ("x-unplanned", "additionalProperties") if keyword in node} == said


def test_raw_schema_that_refers_to_itself_keeps_its_own_root():
    tree = {"$defs": {"node": {"items": {"$ref": "#/$defs/node"}}}, "$ref": "#/$defs/node"}
    node = shape_schema(shape(properties={"a/~b": shape(raw=raw(tree, 4))}), Severity.off, ("track/The Event",))
    assert node["properties"]["a/~b"]["allOf"] == [
        {
            "$id": "urn:protocols:track%2FThe%20Event:properties:a%2F%7Eb:allOf:0",
            "$defs": {"node": {"items": {"$ref": "#/$defs/node"}}},
            "allOf": [{"$ref": "#/$defs/node"}],
            "x-origin": "plan.yaml:4:3",
        }
    ]


def test_dynamic_references_begin_at_the_own_root_too():
    (schema,) = shape_schema(shape(raw=raw({"$dynamicAnchor": "node", "items": {"$dynamicRef": "#node"}})), None, ("track",))["allOf"]
    assert schema == {"$id": "urn:protocols:track:allOf:0", "$dynamicAnchor": "node", "items": {"$dynamicRef": "#node"}, **O}


def test_raw_schema_keeps_an_id_of_its_own():
    named = {"$id": "https://example.com/tree", "items": {"$ref": "#"}}
    (schema,) = shape_schema(shape(raw=raw(named)), Severity.off, WHERE)["allOf"]
    assert schema == {**named, **O}


def test_keyword_unknown_to_this_room_is_never_lost():
    with pytest.raises(KeyError, match="contains"):
        shape_schema(shape(contains={}), Severity.off, WHERE)


def test_position_of_a_file_with_colons_is_read_back():
    node = shape_schema(shape(), Severity.off, WHERE)
    assert Position.parse(node["x-origin"]) == at(1)
