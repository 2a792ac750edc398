"""Raw JSON Schema inside a plan: valid, with patterns and formats that are really checked, and references inside itself alone.

Here is where a recursive shape is said: `schema: {$ref: "#/$defs/node", $defs: {node: ...}}`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from protocols.names import nearest
from protocols.plan.contradictions import format_problem, pattern_problem
from protocols.plan.kinds import mistake
from protocols.plan.nodes import List, Map, plain
from protocols.positions import Position
from protocols.problems import Problem
from protocols.violations import describe, pointer_tokens, quoted_if_odd

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
_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs"})
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
        "$ref",
    ]
)
_KNOWN = _ONE | _SEVERAL | _BY_NAME | _PLAIN
_REFUSED = {
    "$dynamicRef": "write the shape out",
    "$recursiveRef": "write the shape out",
    "$id": "take it out",
    "$schema": "take it out; raw schemas are JSON Schema 2020-12",
    "$anchor": "take it out",
    "$dynamicAnchor": "take it out",
    "$vocabulary": "take it out",
    "definitions": "write $defs",
    "dependencies": "write dependentRequired or dependentSchemas",
    "additionalItems": "write items beside prefixItems",
    "id": "take it out",
}
"""Keywords with no meaning inside a plan -> what to do instead."""


def check_raw(schema: Map) -> Iterator[Problem]:
    """Everything that is wrong with a raw schema, each with its place."""
    problems = [*_keywords(schema), *_against_meta_schema(schema)]
    if not problems:
        problems = list(_references(schema))
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


def _references(root: Map) -> Iterator[Problem]:
    """Every `$ref` leads to a schema of this raw schema, and none of them back to itself at the same value."""
    settled: set[int] = set()
    for schema in _schemas(root):
        if "$ref" in schema and _target(root, schema["$ref"]) is None:
            reference, at = schema["$ref"], schema.values_at["$ref"]
            yield mistake(
                "bad-schema", at, f"$ref leads nowhere: {describe(reference)}", hint='write "#/$defs/..." and the schema under $defs'
            )
            return
    for schema in _schemas(root):
        if _leads_back(root, schema, [], settled):
            yield mistake(
                "bad-schema", schema.at, "$ref leads back here at the same value, so it could never be checked", hint="take it out"
            )
            return


def _schemas(schema: Any) -> Iterator[Map]:
    """This schema and all schemas inside it."""
    if not isinstance(schema, Map):
        return
    yield schema
    for key, value in schema.items():
        inner = [value] if key in _ONE else value if key in _SEVERAL else value.values() if key in _BY_NAME else ()
        for each in inner:
            yield from _schemas(each)


def _target(root: Map, reference: str) -> Any:
    """The schema that a reference of the form `#` or `#/...` leads to, or None."""
    node: Any = root if reference.startswith("#") else None
    for token in pointer_tokens(unquote(reference[1:])):
        if isinstance(node, List):
            node = node[int(token)] if token.isdecimal() and int(token) < len(node) else None
        else:
            node = node.get(token) if isinstance(node, Map) else None
    return node if isinstance(node, (Map, bool)) and reference[1:2] in ("", "/") else None


def _leads_back(root: Map, schema: Any, above: list[int], settled: set[int]) -> bool:
    """Whether a schema comes back to itself without going into the value."""
    if not isinstance(schema, Map) or id(schema) in settled:
        return False
    if id(schema) in above:
        return True
    same_value: list[Any] = [_target(root, schema["$ref"])] if "$ref" in schema else []
    for key, value in schema.items():
        same_value += value if key in ("allOf", "anyOf", "oneOf") else [value] if key in ("not", "if", "then", "else") else []
        same_value += value.values() if key == "dependentSchemas" else ()
    found = any(_leads_back(root, inner, [*above, id(schema)], settled) for inner in same_value)
    settled.add(id(schema))
    return found


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
