"""Raw JSON Schema inside a plan: valid, without references, with patterns and formats that are really checked."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from protocols.names import nearest
from protocols.plan.contradictions import format_problem, pattern_problem
from protocols.plan.kinds import mistake
from protocols.plan.nodes import List, Map, plain
from protocols.positions import Position
from protocols.problems import Problem
from protocols.violations import describe, quoted_if_odd

_ONE = frozenset(
    [
        "not",
        "if",
        "then",
        "else",
        "contains",
        "items",
        "additionalProperties",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
        "contentSchema",
    ]
)
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas"})
_PLAIN = frozenset(
    [
        "type",
        "enum",
        "const",
        "multipleOf",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "maxContains",
        "minContains",
        "maxProperties",
        "minProperties",
        "required",
        "dependentRequired",
        "format",
        "contentEncoding",
        "contentMediaType",
        "title",
        "description",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
        "examples",
        "$comment",
    ]
)
_KNOWN = _ONE | _SEVERAL | _BY_NAME | _PLAIN
_REFUSED = {
    "$ref": "write the shape out; in a plan, ref names a definition",
    "$dynamicRef": "write the shape out",
    "$recursiveRef": "write the shape out",
    "$id": "take it out",
    "$schema": "take it out; raw schemas are JSON Schema 2020-12",
    "$anchor": "take it out",
    "$dynamicAnchor": "take it out",
    "$vocabulary": "take it out",
    "$defs": "take it out; reusable shapes stand under definitions of the plan",
    "definitions": "take it out; reusable shapes stand under definitions of the plan",
    "dependencies": "write dependentRequired or dependentSchemas",
    "additionalItems": "write items beside prefixItems",
    "id": "take it out",
}
"""Keywords with no meaning inside a plan -> what to do instead."""


def check_raw(schema: Map) -> Iterator[Problem]:
    """Everything that is wrong with a raw schema, each with its place."""
    problems = [*_keywords(schema), *_against_meta_schema(schema)]
    yield from problems
    if not problems:
        yield from _uncompilable(schema)


def _keywords(schema: Any) -> Iterator[Problem]:
    """Walk the schema and those inside it; what the meta-schema says of their values is not said here."""
    if not isinstance(schema, Map):
        return
    for key, value in schema.items():
        if key in _ONE:
            yield from _keywords(value)
        elif key in _SEVERAL and isinstance(value, List):
            for item in value:
                yield from _keywords(item)
        elif key in _BY_NAME and isinstance(value, Map):
            for name, member in value.items():
                problem = pattern_problem(name, value.keys_at[name]) if key == "patternProperties" else None
                if problem is not None:
                    yield problem
                yield from _keywords(member)
        elif key == "pattern" and isinstance(value, str):
            problem = pattern_problem(value, schema.values_at[key])
            if problem is not None:
                yield problem
        elif key == "format" and isinstance(value, str):
            problem = format_problem(value, schema.values_at[key])
            if problem is not None:
                yield problem
        elif key not in _KNOWN and not key.startswith("x-"):
            yield _unknown(key, schema.keys_at[key])


def _unknown(key: str, at: Position) -> Problem:
    if key in _REFUSED:
        return mistake("bad-schema", at, f"{key} may not stand in a raw schema of a plan", hint=_REFUSED[key])
    near = nearest(key, sorted(_KNOWN))
    hint = f"did you mean {near}?" if near else "keys of your own begin with x-"
    return mistake("bad-schema", at, f"{quoted_if_odd(key)} is no keyword of JSON Schema 2020-12", hint=hint)


@functools.cache
def _meta_schema() -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator({"$ref": "https://json-schema.org/draft/2020-12/schema"})


def _against_meta_schema(schema: Map) -> Iterator[Problem]:
    places: set[Position] = set()
    for error in _meta_schema().iter_errors(schema):
        subject, at = _found(schema, error.instance_path)
        if at not in places:
            places.add(at)
            yield mistake("bad-schema", at, f"{subject} should be {_wanted(error)}, got {describe(error.instance)}")


def _found(schema: Map, path: list[str | int]) -> tuple[str, Position]:
    """What the error is about, and where that stands."""
    node: Any = schema
    subject, at = "the raw schema", schema.at
    for token in path:
        if isinstance(node, Map):
            key = next((key for key in node if key == token or (isinstance(token, int) and key.isdecimal() and int(key) == token)), None)
            if key is None:
                return subject, at
            subject, at, node = quoted_if_odd(key), node.values_at[key], node[key]
        elif isinstance(node, List) and isinstance(token, int) and token < len(node):
            subject, at, node = f"item {token + 1} of {subject}", node.items_at[token], node[token]
    return subject, at


def _wanted(error: Any) -> str:
    kind = error.kind
    match kind.name:
        case "type":
            return " or ".join(_NOUNS.get(name, name) for name in reversed(kind.types))
        case "minimum":
            return f"{kind.limit} or more"
        case "exclusiveMinimum":
            return f"greater than {kind.limit}"
        case "minItems":
            return "a list with at least one item"
        case "uniqueItems":
            return "a list that holds nothing twice"
        case _:
            return "as JSON Schema 2020-12 has it" if error.instance_path[-1:] != ["type"] else "a JSON type, or a list of them"


_NOUNS = {
    "object": "a schema",
    "boolean": "true or false",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
}


def _uncompilable(schema: Map) -> Iterator[Problem]:
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator(plain(schema), pattern_options=jsonschema_rs.RegexOptions())
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        yield mistake("bad-schema", schema.at, f"the raw schema cannot be used: {str(error).splitlines()[0]}")
