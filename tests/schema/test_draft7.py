"""Draft-07: the same meaning in older words, or an error that names what stands in the way."""

from __future__ import annotations

import itertools

import pytest
from by_hand import event, plan, raw, section, shape
from judges import Case, ajv, python, rust

from protocols.errors import SchemaError
from protocols.schema import compile_plan

DIALECT = "http://json-schema.org/draft-07/schema#"


def planned(schema):
    """A plan with one raw schema, at line 7, for every value of `value`."""
    return plan(track=section(context=shape(properties={"value": shape(raw=raw(schema, 7))})))


def written(schema):
    compiled = compile_plan(planned(schema), "7")
    (found,) = compiled["definitions"]["track"]["properties"]["context"]["properties"]["value"]["allOf"]
    assert found.pop("x-origin") == "plan.yaml:7:3"
    return found


ID = "urn:protocols:track:properties:context:properties:value:allOf:0"

ROWS = [
    # 2020-12, draft-07
    ({"type": "string", "minLength": 1}, {"type": "string", "minLength": 1}),
    (
        {"if": {"const": 1}, "then": False, "else": {"not": {"type": "null"}}},
        {"if": {"const": 1}, "then": False, "else": {"not": {"type": "null"}}},
    ),
    ({"dependentRequired": {"a": ["b"]}}, {"dependencies": {"a": ["b"]}}),
    ({"dependentSchemas": {"a": {"minProperties": 2}}}, {"dependencies": {"a": {"minProperties": 2}}}),
    # one keyword for two: a name in both asks for both
    (
        {"dependentRequired": {"a": ["b"], "c": ["d"]}, "dependentSchemas": {"a": {"minProperties": 2}}},
        {"dependencies": {"a": {"allOf": [{"required": ["b"]}, {"minProperties": 2}]}, "c": ["d"]}},
    ),
    ({"prefixItems": [{"type": "string"}, True]}, {"items": [{"type": "string"}, True]}),
    (
        {"prefixItems": [{"type": "string"}], "items": {"type": "integer"}},
        {"items": [{"type": "string"}], "additionalItems": {"type": "integer"}},
    ),
    ({"items": {"dependentRequired": {"a": ["b"]}}}, {"items": {"dependencies": {"a": ["b"]}}}),
    ({"contains": {"prefixItems": [True]}}, {"contains": {"items": [True]}}),
    ({"anyOf": [{"dependentRequired": {"a": ["b"]}}]}, {"anyOf": [{"dependencies": {"a": ["b"]}}]}),
    ({"oneOf": [{"prefixItems": [True, False]}]}, {"oneOf": [{"items": [True, False]}]}),
    (
        {"patternProperties": {"^items$": {"prefixItems": [False]}}},
        {"patternProperties": {"^items$": {"items": [False]}}},
    ),
    (
        {"propertyNames": {"dependentRequired": {"a": ["b"]}, "maxLength": 1}},
        {"propertyNames": {"dependencies": {"a": ["b"]}, "maxLength": 1}},
    ),
    # names are no keywords, nor is data
    ({"properties": {"$defs": {"const": {"prefixItems": [1]}}}}, {"properties": {"$defs": {"const": {"prefixItems": [1]}}}}),
    ({"enum": [{"dependentRequired": 1}], "x-own": {"$defs": 1}}, {"enum": [{"dependentRequired": 1}], "x-own": {"$defs": 1}}),
    ({"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "null"}, {"type": "null"}),
    # references: draft-07 ignores their neighbours, and the place has another name
    (
        {"$defs": {"a b": {"type": "null"}}, "properties": {"x": {"$ref": "#/$defs/a%20b"}}},
        {"$id": ID, "definitions": {"a b": {"type": "null"}}, "properties": {"x": {"$ref": "#/definitions/a%20b"}}},
    ),
    (
        {"$defs": {"a": True}, "properties": {"x": {"$ref": "#/$defs/a", "type": "null", "allOf": [{"minLength": 1}]}}},
        {
            "$id": ID,
            "definitions": {"a": True},
            "properties": {"x": {"type": "null", "allOf": [{"minLength": 1}, {"$ref": "#/definitions/a"}]}},
        },
    ),
    ({"items": {"$ref": "#"}}, {"$id": ID, "items": {"$ref": "#"}}),
    (
        {"properties": {"properties": {"$defs": {"$defs": True}, "not": {"$ref": "#/properties/properties/$defs/$defs"}}}},
        {
            "$id": ID,
            "properties": {"properties": {"definitions": {"$defs": True}, "not": {"$ref": "#/properties/properties/definitions/$defs"}}},
        },
    ),
    (
        {"prefixItems": [True], "not": {"$ref": "#/prefixItems/0"}},
        {"$id": ID, "items": [True], "not": {"$ref": "#/items/0"}},
    ),
    (
        {"definitions": {"a": {"prefixItems": [True]}}, "not": {"$ref": "#/definitions/a/prefixItems/0"}},
        {"$id": ID, "definitions": {"a": {"items": [True]}}, "not": {"$ref": "#/definitions/a/items/0"}},
    ),
]


@pytest.mark.parametrize(("schema", "expected"), ROWS)
def test_keywords(schema, expected):
    assert written(schema) == expected


VALUES = [
    *(None, True, 0, 1, 2, "", "a", "b"),
    *([], [1], ["a"], ["a", 1], ["a", "b"], [None, 1], [[]], [["a"]]),
    *(dict.fromkeys(names, 1) for count in range(4) for names in itertools.combinations("abcd", count)),
    *([{"a": 1}], [{"a": 1, "b": 1}], {"x": None}, {"x": "a"}, {"x": ""}, {"$defs": {"prefixItems": [1]}}, {"properties": {"$defs": 1}}),
]
PAYLOADS = [{"type": "identify", "userId": "u", "context": {"value": value}} for value in VALUES]


def test_both_drafts_have_one_verdict():
    plans = [plan(identify=section(context=shape(properties={"value": shape(raw=raw(schema))}))) for schema, _ in ROWS]
    new = [Case("2020-12", compile_plan(compiled), PAYLOADS) for compiled in plans]
    old = [Case("7", compile_plan(compiled, "7"), PAYLOADS) for compiled in plans]
    verdicts = [rust(case) for case in new]
    assert [rust(case) for case in old] == verdicts
    assert [python(case) for case in new] == verdicts
    assert [python(case) for case in old] == verdicts
    assert ajv([*new, *old]) == [*verdicts, *verdicts]


NEVER = [
    # schema, what the error says
    ({"unevaluatedProperties": False}, "plan.yaml:7:3: draft-07 has no unevaluatedProperties"),
    ({"items": {"unevaluatedItems": False}}, "plan.yaml:7:3: draft-07 has no unevaluatedItems"),
    ({"contains": True, "minContains": 2}, "plan.yaml:7:3: draft-07 has no minContains"),
    ({"contains": True, "maxContains": 2}, "plan.yaml:7:3: draft-07 has no maxContains"),
    ({"$dynamicRef": "#node"}, "plan.yaml:7:3: draft-07 has no $dynamicRef"),
    ({"$defs": {"a": {"$dynamicAnchor": "node"}}}, "plan.yaml:7:3: draft-07 has no $dynamicAnchor"),
    ({"$defs": {"a": {"$anchor": "node"}}}, "plan.yaml:7:3: draft-07 has no $anchor"),
    (
        {"dependencies": {"a": ["b"]}},
        "plan.yaml:7:3: dependencies asks for nothing in 2020-12 and would in draft-07; write dependentRequired or dependentSchemas",
    ),
    (
        {"additionalItems": False},
        "plan.yaml:7:3: additionalItems asks for nothing in 2020-12 and would in draft-07; write prefixItems and items",
    ),
    ({"$defs": {}, "definitions": {}}, "plan.yaml:7:3: $defs and definitions are one place in draft-07; write $defs alone"),
]


@pytest.mark.parametrize(("schema", "message"), NEVER)
def test_what_draft7_cannot_say(schema, message):
    with pytest.raises(SchemaError) as error:
        compile_plan(planned(schema), "7")
    assert str(error.value) == message


def test_payload_schemas_too():
    with pytest.raises(SchemaError, match=r"^plan\.yaml:9:3: draft-07 has no unevaluatedProperties$"):
        compile_plan(plan(event("A", payloads=(raw({"unevaluatedProperties": False}, 9),))), "7")


def test_bundle_is_draft7_throughout():
    bundle = compile_plan(plan(event("A")), "7")
    assert bundle["$schema"] == DIALECT
    assert next(iter(bundle)) == "$schema"
    assert "$defs" not in bundle
    assert bundle["definitions"]["track/A"]["allOf"] == [{"$ref": "#/definitions/envelope"}]
