"""What other tools write as JSON Schema, as a shape of the plan, and what of it is lost."""

from __future__ import annotations

from typing import Any

import pytest

from protocols.errors import ExchangeError
from protocols.exchange import json_schema
from protocols.exchange.json_schema import Reading, raw, shape
from protocols.plan.nodes import parse, plain
from protocols.plan.write import short


def read(schema: Any) -> tuple[Any, list[str]]:
    """The shape as a plan has it, and `pointer: sentence` of each loss."""
    reading = Reading(schema, ())
    found = short(shape(reading, schema, ()))
    return found, [f"{loss.pointer}: {loss.message}" for loss in reading.losses]


def written(shape: str) -> Any:
    return plain(parse(f"a: {shape}", "plan.yaml").root)["a"]


CARRIED: list[tuple[str, Any, str]] = [
    ("nothing is asked for", {}, "any"),
    ("true is the schema that takes all", True, "any"),
    ("false takes nothing", False, "{schema: {not: {}}}"),
    ("any is no type of JSON Schema, and plainly meant", {"type": "any"}, "any"),
    ("a list of one type", {"type": ["string"]}, "string"),
    ("null in the type", {"type": ["string", "null"]}, "{type: string, nullable: true}"),
    ("null in the middle of several types", {"type": ["string", "null", "integer"]}, "{type: [string, integer], nullable: true}"),
    ("null alone", {"type": ["null"]}, '"null"'),
    ("a time", {"type": "string", "format": "date-time"}, "datetime"),
    (
        "a time among other types is no short form",
        {"type": ["string", "number"], "format": "date-time"},
        "{type: [string, number], format: date-time}",
    ),
    (
        "nullable adds null to the list by itself",
        {"type": ["string", "null"], "enum": ["a", None]},
        "{type: string, nullable: true, enum: [a]}",
    ),
    ("the list does not hold the null of the type", {"type": ["string", "null"], "enum": ["a"]}, "{type: string, enum: [a]}"),
    ("the type refuses the null of the list", {"type": "string", "enum": ["a", None]}, "{type: string, enum: [a]}"),
    ("without a type the list says it all", {"enum": ["a", None]}, "{enum: [a, null]}"),
    ("outer blanks are part of the value", {"enum": ["paid", " open "]}, '{enum: [paid, " open "]}'),
    ("twice in the list is once", {"enum": ["a", 1, True, "a"]}, "{enum: [a, 1, true]}"),
    ("draft-04 marks a bound as exclusive", {"minimum": 0, "exclusiveMinimum": True}, "{exclusiveMinimum: 0}"),
    ("or as not", {"maximum": 9, "exclusiveMaximum": False}, "{maximum: 9}"),
    ("a count may be written as a float", {"type": "array", "minItems": 1.0}, "{type: array, minItems: 1}"),
    ("words", {"type": "string", "description": "Which.", "examples": ["a"]}, "{type: string, description: Which., examples: [a]}"),
    ("empty words say nothing", {"type": "string", "description": "", "labels": {}}, "string"),
    ("a title is a description", {"type": "string", "title": "Which"}, "{type: string, description: Which}"),
    ("and stays beside one", {"title": "T", "description": "D", "default": 3}, "{description: D, x-title: T, x-default: 3}"),
    ("keys of the tool's own", {"x-tool": {"a": [1]}}, "{x-tool: {a: [1]}}"),
    ("an example of OpenAPI", {"example": "a"}, "{examples: [a]}"),
    ("deprecated since 2019-09", {"deprecated": True}, "{status: deprecated}"),
    ("required: false inside a property is what it is anyway", {"type": "string", "required": False}, "string"),
    ("no member is described, so the object is open", {"type": "object", "properties": {}}, "object"),
    ("only asked to be there, which plans nothing", {"required": ["a"]}, "{additionalProperties: true, properties: {a: {required: true}}}"),
    ("closed", {"additionalProperties": False, "properties": {"a": {}}}, "{additionalProperties: false, properties: {a: any}}"),
    ("a map", {"type": "object", "additionalProperties": {"type": "number"}}, "{type: object, additionalProperties: number}"),
    (
        "asked to be there as a member of the map",
        {"additionalProperties": {"type": "number"}, "required": ["a"]},
        "{additionalProperties: number, schema: {required: [a]}}",
    ),
    ("items of any kind", {"type": "array", "items": {}}, "array"),
    ("items", {"type": "array", "items": {"type": "string"}}, "{type: array, items: string}"),
    (
        "a tuple is only known to JSON Schema",
        {"items": [{"type": "string"}], "additionalItems": False},
        "{schema: {prefixItems: [{type: string}], items: false}}",
    ),
    (
        "alternatives are only known to JSON Schema",
        {"anyOf": [{"type": "string"}, {"minimum": 3}]},
        "{schema: {anyOf: [{type: string}, {minimum: 3}]}}",
    ),
    ("allOf with one schema is that schema", {"allOf": [{"required": ["a"]}]}, "{schema: {required: [a]}}"),
    (
        "dependencies have two names now",
        {"dependencies": {"a": ["b"], "c": {"minProperties": 2}}},
        "{schema: {dependentRequired: {a: [b]}, dependentSchemas: {c: {minProperties: 2}}}}",
    ),
    (
        "names by pattern leave the object open, and the members stay planned",
        {"properties": {"a": {}}, "patternProperties": {"^x_": {"type": "number"}}, "additionalProperties": False},
        "{additionalProperties: true, properties: {a: any}, schema: "
        "{patternProperties: {^x_: {type: number}}, properties: {a: true}, additionalProperties: false}}",
    ),
    ("a reference is written out", {"definitions": {"d": {"type": "number"}}, "items": {"$ref": "#/definitions/d"}}, "{items: number}"),
    (
        "what is said beside it is kept",
        {"$defs": {"d": {"type": "number"}}, "items": {"$ref": "#/$defs/d", "description": "D"}},
        "{items: {type: number, description: D}}",
    ),
    ("ids inside raw schemas too", {"not": {"type": "any", "required": False}}, "{schema: {not: {}}}"),
]


@pytest.mark.parametrize(("reason", "schema", "wanted"), CARRIED, ids=[row[0] for row in CARRIED])
def test_carried(reason: str, schema: Any, wanted: str) -> None:
    assert read(schema) == (written(wanted), [])


LOST: list[tuple[str, Any, str, list[str]]] = [
    (
        "lookaround has no place in linear time",
        {"pattern": "^(?!X)"},
        "any",
        ['/pattern: the pattern "^(?!X)" cannot be used: lookaround is not allowed, so the text is not checked'],
    ),
    (
        "no regular expression",
        {"pattern": "("},
        "any",
        ['/pattern: the pattern "(" cannot be used: a parenthesis is not closed, so the text is not checked'],
    ),
    (
        "a format nobody checks here",
        {"type": "string", "format": "iri"},
        "string",
        ["/format: the format iri is none that is checked; write it as a pattern"],
    ),
    (
        "a type of another language",
        {"type": "String"},
        "any",
        ['/type: type should be a JSON type, or a list of them, got string "String", so any value is taken'],
    ),
    (
        "no type at all",
        {"type": []},
        "any",
        ["/type: type should be a JSON type, or a list of them, got an empty list, so any value is taken"],
    ),
    (
        "an empty list of values",
        {"enum": []},
        "any",
        ["/enum: enum should be a list of values, got array of 0 items, so it asks for nothing"],
    ),
    (
        "a bound that is no number",
        {"minimum": "3"},
        "any",
        ['/minimum: minimum should be a number, got string "3", so it asks for nothing'],
    ),
    (
        "a negative length",
        {"maxLength": -1},
        "any",
        ["/maxLength: maxLength should be a whole number from 0, got integer -1, so it asks for nothing"],
    ),
    (
        "required as in draft-03",
        {"properties": {"a": {"required": True}}},
        "{properties: {a: any}}",
        [
            "/properties/a/required: required: true inside a property asks for nothing in JSON Schema; "
            "write required: true in the plan where it is meant"
        ],
    ),
    (
        "required as text",
        {"required": "a"},
        "any",
        ['/required: required should be a list of names, got string "a", so it asks for nothing'],
    ),
    ("a name that is no text", {"required": [3]}, "any", ["/required/0: a name should be text, got integer 3"]),
    ("a keyword of no draft", {"key": "optional object"}, "any", ["/key: key is no keyword of JSON Schema"]),
    ("labels that are none", {"labels": {"a": {"b": 1}}}, "any", ["/labels: labels is no keyword of JSON Schema"]),
    ("an id of the tool's own", {"id": "/properties/a"}, "any", ["/id: id is the other tool's own, and means nothing in a plan"]),
    (
        "what needs to see its neighbours",
        {"unevaluatedProperties": False},
        "any",
        ["/unevaluatedProperties: unevaluatedProperties cannot be said in a plan"],
    ),
    (
        "a name that is empty",
        {"properties": {"": {}}},
        "any",
        ["/properties/: a name in a plan is not empty, so nothing is said of this one"],
    ),
    (
        "a name longer than a key of YAML",
        {"properties": {"x" * 1001: {}}},
        "any",
        [f"/properties/{'x' * 1001}: a name in a plan has at most 1,000 characters, so nothing is said of this one"],
    ),
    ("no schema", {"items": "string"}, "any", ['/items: a schema should be an object, got string "string"']),
    ("properties that are none", {"properties": ["a"]}, "any", ["/properties: properties should be an object, got array of 1 item"]),
    (
        "a list of schemas that is none",
        {"anyOf": {}},
        "any",
        ["/anyOf: anyOf should be a list of schemas, got object with 0 members, so it asks for nothing"],
    ),
    (
        "a pattern for names",
        {"patternProperties": {"(?=a)": {}}},
        "any",
        ['/patternProperties/(?=a): the pattern "(?=a)" cannot be used: lookaround is not allowed, so these are not checked'],
    ),
    (
        "a reference to elsewhere",
        {"$ref": "other.json"},
        "any",
        ['/$ref: the reference string "other.json" leads nowhere in this file, so nothing is said of the value'],
    ),
    (
        "a reference that never ends",
        {"properties": {"a": {"$ref": "#"}}},
        "{properties: {a: {properties: {a: any}}}}",
        ['/properties/a/$ref: the reference "#" leads back to itself, so nothing is said from here on'],
    ),
    (
        "no value fits, and a plan may not say so itself",
        {"minimum": 3, "maximum": 1},
        "{schema: {minimum: 3, maximum: 1}}",
        [": no value can satisfy this, so it stands under schema as it was: maximum 1 excludes minimum 3, so no number fits"],
    ),
    (
        "nor in this way",
        {"type": "string", "enum": [None]},
        "{schema: {not: {}}}",
        [": no value can satisfy this, so it stands under schema as one that takes none"],
    ),
    (
        "words in a raw schema",
        {"not": {"labels": {"a": "b"}, "title": "T"}},
        "{schema: {not: {description: T}}}",
        ["/not/labels: labels cannot be said in a raw schema"],
    ),
]


@pytest.mark.parametrize(("reason", "schema", "wanted", "losses"), LOST, ids=[row[0] for row in LOST])
def test_lost(reason: str, schema: Any, wanted: str, losses: list[str]) -> None:
    assert read(schema) == (written(wanted), losses)


def test_deep_schemas_end_somewhere() -> None:
    schema: Any = {"type": "string"}
    for _ in range(60):
        schema = {"properties": {"a": schema}}
    assert [sentence.partition(": ")[2] for sentence in read(schema)[1]] == [
        "a plan may be nested 40 schemas deep, so nothing is said of what is in here"
    ]


def test_references_that_multiply_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_schema, "MOST", 1000)
    definitions: dict[str, Any] = {f"d{level}": {"anyOf": [{"$ref": f"#/definitions/d{level + 1}"}] * 10} for level in range(9)}
    schema = {"definitions": {**definitions, "d9": {}}, "$ref": "#/definitions/d0"}
    with pytest.raises(ExchangeError) as caught:
        raw(Reading(schema, ()), schema, ())
    assert str(caught.value) == "its references multiply it to more than 1,000 schemas"
