"""JSON Schema as other tools write it -> shapes of a plan.

It may be of any draft from 04 to 2020-12, and often is of none: `"type": "any"`, `required: false` inside a property,
keywords of the tool's own. What the plan format has words for becomes its words; what only JSON Schema can say stands
under `schema`, cleaned to 2020-12; the rest is a loss. The shape takes the values that the schema takes.

References are written out, since a plan's raw schemas know no place outside themselves.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from protocols import patterns
from protocols.errors import ExchangeError, PlanError
from protocols.exchange.exchange import Path, loss
from protocols.formats import FORMATS
from protocols.plan import load_text
from protocols.plan.write import short
from protocols.problems import Problem
from protocols.schema.shapes import RESERVED
from protocols.violations import describe, json_type, pointer_tokens, quoted, quoted_if_odd

Tree = dict[str, Any]

DEEPEST = 40
"""Schemas inside each other; a plan may be nested 100 levels deep, and each schema is two of them."""

MOST = 200_000
"""Schemas of one document with its references written out."""

LONGEST_NAME = 1000
"""Characters; a key of YAML may have 1,024 with its quotes."""


@dataclass(slots=True)
class Reading:
    """What is known while a schema is read.

    `root` is the schema that references begin at, `home` its place in the document. `open` are the references that are
    being written out.
    """

    root: Any
    home: Path
    losses: list[Problem] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    count: int = 0

    def lose(self, kind: str, path: Path, message: str, hint: str | None = None) -> None:
        self.losses.append(loss(kind, path, message, hint))


# -- a shape


def shape(reading: Reading, schema: Any, path: Path, depth: int = 0) -> Tree:
    """The shape that takes what the schema takes, in its long form; an empty one takes all."""
    if isinstance(schema, bool):
        return {} if schema else {"schema": {"not": {}}}
    if not _is_usable(reading, schema, path, depth):
        return {}
    if "$ref" in schema:
        followed: Tree = _referred(reading, schema, path, lambda target, at: shape(reading, target, at, depth))
        return followed
    found = {**_values(reading, schema, path), **words(reading, schema, path)}
    members, unplanned = _members(reading, schema, path, depth)
    rest = {key: schema[key] for key in schema if key in _RAW}
    rest |= {"required": unplanned} if unplanned else {}
    if isinstance(schema.get("items"), list):
        rest |= {key: schema[key] for key in ("items", "additionalItems") if key in schema}
    elif "items" in schema:
        items = shape(reading, schema["items"], (*path, "items"), depth + 1)
        if items:
            found["items"] = short(items)
    if "patternProperties" in rest:
        rest |= {"properties": dict.fromkeys(schema.get("properties", ()), True)} if "properties" in schema else {}
        rest |= {"additionalProperties": schema["additionalProperties"]} if "additionalProperties" in schema else {}
        members.pop("additionalProperties", None)
        members |= {"additionalProperties": True} if "properties" in members else {}
    found |= members
    unsatisfiable = _contradiction(found)
    if unsatisfiable is not None:
        if found.get("nullable") and "enum" in found:
            found["enum"] = [*found["enum"], None]
        rest |= {key: found.pop(key) for key in _BOUNDS if key in found}
        reading.lose("said-otherwise", path, f"no value can satisfy this, so it stands under schema as it was: {unsatisfiable}")
    if rest:
        further = raw(reading, rest, path, depth)
        if further:
            found["schema"] = {"allOf": [found["schema"], further]} if "schema" in found else alone(further)
    return ordered(found)


_ORDER = {
    key: rank
    for rank, key in enumerate(
        [
            *("type", "required", "nullable", "enum", "const"),
            *("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format"),
            *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
            *("status", "description", "examples", "labels"),
        ]
    )
}
_LAST = {key: rank for rank, key in enumerate(("additionalProperties", "properties", "items", "schema"), start=1000)}


def ordered(found: Tree) -> Tree:
    """The same shape in the order of writing: what it is, what it means, what it holds."""
    return dict(sorted(found.items(), key=lambda item: _ORDER.get(item[0], _LAST.get(item[0], 999))))


def alone(schema: Tree) -> Tree:
    """A schema that is nothing but one other is that other."""
    only = schema.get("allOf")
    return dict(only[0]) if len(schema) == 1 and isinstance(only, list) and len(only) == 1 and isinstance(only[0], dict) else schema


def _is_usable(reading: Reading, schema: Any, path: Path, depth: int) -> bool:
    reading.count += 1
    if reading.count > MOST:
        raise ExchangeError(f"its references multiply it to more than {MOST:,} schemas")
    if not isinstance(schema, Mapping):
        reading.lose("faulty-value", path, f"a schema should be an object, got {describe(schema)}")
        return False
    if depth > DEEPEST:
        reading.lose("not-sayable", path, f"a plan may be nested {DEEPEST} schemas deep, so nothing is said of what is in here")
        return False
    return True


def _referred(reading: Reading, schema: Mapping[str, Any], path: Path, read: Callable[[Any, Path], Any]) -> Any:
    """What a reference leads to. Keywords beside it count for nothing up to draft-07; its description is kept."""
    reference, at = schema["$ref"], (*path, "$ref")
    target, home = _target(reading, reference) if isinstance(reference, str) else (None, path)
    if target is None:
        reading.lose("not-sayable", at, f"the reference {describe(reference)} leads nowhere in this file, so nothing is said of the value")
        return {}
    if reference in reading.open:
        reading.lose("not-sayable", at, f"the reference {quoted(reference)} leads back to itself, so nothing is said from here on")
        return {}
    reading.open.append(reference)
    found = read(target, home)
    reading.open.pop()
    described = isinstance(found, dict) and isinstance(schema.get("description"), str) and schema["description"].strip()
    return {**found, "description": schema["description"]} if described else found


def _target(reading: Reading, reference: str) -> tuple[Any, Path]:
    node: Any = reading.root if reference[:1] == "#" and reference[1:2] in ("", "/") else None
    home: Path = reading.home
    for token in pointer_tokens(unquote(reference[1:])):
        key = int(token) if isinstance(node, list) and token.isdecimal() and int(token) < len(node) else token
        node = node[key] if isinstance(key, int) else node.get(token) if isinstance(node, Mapping) else None
        home = (*home, key)
    return (node, home) if isinstance(node, (Mapping, bool)) else (None, home)


# -- what a value is


def _values(reading: Reading, schema: Mapping[str, Any], path: Path) -> Tree:
    """Type, listed values, bounds, pattern and format in the plan's words, with null as the schema means it.

    In a plan null is allowed where `nullable` says so, or the type or the listed values name it: by any of these. In JSON
    Schema each of them has to allow it.
    """
    found = dict(_keywords(reading, {key: value for key, value in schema.items() if key not in _RAW}, path))
    if "const" in found and any(_is_same(found["const"], value) for value in found.get("enum", ())):
        del found["enum"]
    listed = [found[key] if key == "enum" else [found[key]] for key in ("enum", "const") if key in found]
    types = found.get("type")
    if types is None:
        return found
    takes_null = "null" in types and all(None in values for values in listed)
    kinds = [name for name in types if name != "null"]
    left = [[value for value in values if value is not None] for values in listed]
    if takes_null and (not kinds or not all(left)):
        return {"type": "null"}
    if not all(left) or not kinds:
        reading.lose("said-otherwise", path, "no value can satisfy this, so it stands under schema as one that takes none")
        return {"schema": {"not": {}}}
    if "enum" in found:
        found["enum"] = [value for value in found["enum"] if value is not None]
    found["type"] = kinds[0] if len(kinds) == 1 else kinds
    if takes_null:
        found["nullable"] = True
    if kinds == ["string"] and found.get("format") == "date-time":
        del found["format"]
        found["type"] = "datetime"
    return found


def _is_same(one: Any, other: Any) -> bool:
    """Whether two JSON values are one; Python alone takes 1 for true."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _keywords(reading: Reading, schema: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Any]]:
    """The keywords about the value itself that can be used, with usable values; `type` is a list, `any` is left out."""
    for key, value in schema.items():
        at = (*path, key)
        if key == "type":
            types = _types(reading, value, at)
            if types is not None:
                yield key, types
        elif key in ("exclusiveMinimum", "exclusiveMaximum") and isinstance(value, bool):
            continue  # draft-04: it says how the bound beside it is meant
        elif key == "pattern" and isinstance(value, str):
            fault = patterns.fault(value)
            if fault is None:
                yield key, value
            else:
                reading.lose("unusable-pattern", at, f"the pattern {quoted(value)} cannot be used: {fault}, so the text is not checked")
        elif key == "format" and isinstance(value, str):
            if value in FORMATS:
                yield key, value
            else:
                reading.lose("unknown-format", at, f"the format {quoted_if_odd(value)} is none that is checked", "write it as a pattern")
        elif key in _WANTED:
            wanted, is_right = _WANTED[key]
            if not is_right(value):
                reading.lose("faulty-value", at, f"{key} should be {wanted}, got {describe(value)}, so it asks for nothing")
            else:
                yield _bound(key, schema), _whole(value) if key in _COUNTS else _once(value) if key == "enum" else value


def _types(reading: Reading, value: Any, path: Path) -> list[str] | None:
    names = value if isinstance(value, list) else [value]
    unknown = [name for name in names if name not in _TYPES]
    if unknown or not names:
        said = "an empty list" if not names else describe(unknown[0])
        reading.lose("faulty-value", path, f"type should be {_TYPES_SAID}, got {said}, so any value is taken")
        return None
    return None if "any" in names else list(dict.fromkeys(names))


_TYPES = ("string", "number", "integer", "boolean", "object", "array", "null", "any")
_TYPES_SAID = "a JSON type, or a list of them"


def _bound(key: str, schema: Mapping[str, Any]) -> str:
    """The name of a bound as it is since draft-06: `minimum: 0, exclusiveMinimum: true` is `exclusiveMinimum: 0`."""
    exclusive = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}.get(key)
    return exclusive if exclusive is not None and schema.get(exclusive) is True else key


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return _is_number(value) and value >= 0 and value == int(value)


def _whole(value: Any) -> int:
    return int(value)


def _once(values: list[Any]) -> list[Any]:
    """The list without what stands in it twice, which changes nothing."""
    first: dict[str, Any] = {}
    for value in values:
        first.setdefault(json.dumps(value, sort_keys=True), value)
    return list(first.values())


_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains")

_WANTED: dict[str, tuple[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), ("a number", _is_number)),
    "multipleOf": ("a number above 0", lambda value: _is_number(value) and value > 0),
    **dict.fromkeys(_COUNTS, ("a whole number from 0", _is_count)),
    "uniqueItems": ("true or false", lambda value: isinstance(value, bool)),
    "enum": ("a list of values", lambda value: isinstance(value, list) and bool(value)),
    "const": ("a value", lambda value: True),
    **dict.fromkeys(("pattern", "format"), ("text", lambda value: isinstance(value, str))),
}
"""Keyword -> what its value should be, in words and in code."""


# -- what people are told


def words(reading: Reading, schema: Mapping[str, Any], path: Path) -> Tree:
    """Description, examples, labels and the tool's own keys; of all that has no place in a plan it is said so."""
    found: Tree = {}
    described = schema.get("description")
    for key, value in schema.items():
        at = (*path, key)
        if key in KNOWN or value in ("", {}, []) or (key == "required" and (value is False or isinstance(value, list))):
            continue
        if key == "description" and isinstance(value, str):
            found[key] = value
        elif key == "title" and isinstance(value, str):
            found["x-title" if described else "description"] = value
        elif key == "examples" and isinstance(value, list):
            found[key] = value
        elif key == "example":
            found.setdefault("examples", [value])
        elif key == "labels" and are_labels(value):
            found[key] = value
        elif key == "deprecated" and isinstance(value, bool):
            found |= {"status": "deprecated"} if value else {}
        elif key in _OWN:
            found[_OWN[key]] = value
        elif key in _IDS:
            reading.lose("bookkeeping", at, f"{key} is the other tool's own, and means nothing in a plan")
        elif key == "required":
            said = "required: true inside a property asks for nothing in JSON Schema" if value is True else _not_names(value)
            reading.lose("faulty-value", at, said, "write required: true in the plan where it is meant" if value is True else None)
        elif key.startswith("x-") and key not in RESERVED:
            found[key] = value
        elif key in _NOWHERE:
            reading.lose("not-sayable", at, f"{key} cannot be said in a plan")
        else:
            reading.lose("unknown-keyword", at, f"{quoted_if_odd(key)} is no keyword of JSON Schema")
    return found


def _not_names(value: Any) -> str:
    return f"required should be a list of names, got {describe(value)}, so it asks for nothing"


def are_labels(value: Any) -> bool:
    """Whether a value may stand under `labels`: words, numbers and booleans by name, or lists of them."""
    words = (str, int, float, bool)
    return isinstance(value, Mapping) and all(
        isinstance(word, words) or (isinstance(word, list) and all(isinstance(inner, words) for inner in word)) for word in value.values()
    )


_OWN = {"default": "x-default", "$comment": "x-comment"}
"""Keywords that only tell people something and have no word in a plan -> the key they are kept under."""

_IDS = frozenset({"id", "$id", "$anchor"})
_NOWHERE = frozenset({"unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$vocabulary"})


# -- what a value holds


def _members(reading: Reading, schema: Mapping[str, Any], path: Path, depth: int) -> tuple[Tree, list[str]]:
    """`properties` and `additionalProperties`; and the names that have to be there without being planned, since the schema
    says more of them than that they may be anything. Without any of its members described, an object stays open.
    """
    found: Tree = {}
    described = schema.get("properties", {})
    members: dict[str, Tree] = {}
    if not isinstance(described, Mapping):
        reading.lose("faulty-value", (*path, "properties"), f"properties should be an object, got {describe(described)}")
        described = {}
    for name, member in described.items():
        at = (*path, "properties", name)
        if is_name(reading, name, at):
            members[name] = shape(reading, member, at, depth + 1)
    required = [name for name in required_names(reading, schema, path) if is_name(reading, name, (*path, "required"))]
    is_open = schema.get("additionalProperties", True) in (True, {})
    for name in required if is_open else [name for name in required if name in members]:
        members[name] = ordered({**members.get(name, {}), "required": True})
    if members:
        found["properties"] = {name: short(member) for name, member in members.items()}
    if "additionalProperties" in schema:
        found["additionalProperties"] = _additional(reading, schema["additionalProperties"], (*path, "additionalProperties"), depth)
    elif required and not described:
        found["additionalProperties"] = True  # what is only asked to be there plans nothing
    if found.get("additionalProperties") is True and not members:
        del found["additionalProperties"]
    return found, [] if is_open else [name for name in required if name not in members]


def _additional(reading: Reading, schema: Any, path: Path, depth: int) -> Any:
    if isinstance(schema, bool):
        return schema
    return short(found) if (found := shape(reading, schema, path, depth + 1)) else True


def required_names(reading: Reading, schema: Mapping[str, Any], path: Path) -> Iterator[str]:
    names = schema.get("required")
    for index, name in enumerate(names if isinstance(names, list) else ()):
        if isinstance(name, str):
            yield name
        else:
            reading.lose("faulty-value", (*path, "required", index), f"a name should be text, got {describe(name)}")


def is_name(reading: Reading, name: str, path: Path) -> bool:
    """Whether a plan can hold something under this name."""
    if not name or name.startswith("\0"):
        reading.lose("unusable-name", path, "a name in a plan is not empty, so nothing is said of this one")
    elif len(name) > LONGEST_NAME:
        reading.lose("unusable-name", path, f"a name in a plan has at most {LONGEST_NAME:,} characters, so nothing is said of this one")
    else:
        return True
    return False


# -- what no value satisfies

_BOUNDS = (
    *("enum", "const", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern"),
    *("format", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
)


def _contradiction(found: Tree) -> str | None:
    """Why the loader would refuse a shape as one that no value fits; asked only where keywords can exclude each other."""
    bounds = [key for key in _BOUNDS if key in found]
    if not bounds or (len(bounds) == 1 and not _may_be_excluded(found, bounds[0])):
        return None
    asked = {key: found[key] for key in (*bounds, "type", "nullable", "additionalProperties", "properties") if key in found}
    asked |= {"properties": {name: _only_required(member) for name, member in asked["properties"].items()}} if "properties" in asked else {}
    return _refused(json.dumps(asked))


def _may_be_excluded(found: Tree, bound: str) -> bool:
    if bound in ("minProperties", "maxProperties"):
        return True
    if bound not in ("enum", "const"):
        return False
    kinds = {json_type(value) for value in (found["enum"] if bound == "enum" else [found["const"]])}
    types = found.get("type", list(kinds))
    return not kinds & set(types if isinstance(types, list) else [types])


def _only_required(member: Any) -> Tree:
    return {"required": True} if isinstance(member, dict) and member.get("required") else {}


@functools.lru_cache(maxsize=4096)
def _refused(shape: str) -> str | None:
    try:
        load_text(f"protocols: 1\nplan: p\nversion: 1\ndefinitions: {{shape: {shape}}}")
    except PlanError as error:
        return error.problems[0].message
    return None


# -- raw schemas


def raw(reading: Reading, schema: Any, path: Path, depth: int = 0) -> Any:
    """The same schema in 2020-12, with nothing in it that a plan's raw schemas may not hold."""
    if isinstance(schema, bool):
        return schema
    if not _is_usable(reading, schema, path, depth):
        return {}
    if "$ref" in schema:
        return _referred(reading, schema, path, lambda target, at: raw(reading, target, at, depth))
    found: Tree = {}
    for key, value in _keywords(reading, schema, path):
        found[key] = value[0] if key == "type" and len(value) == 1 else value
    for key, value in words(reading, schema, path).items():
        if key in _RAW_WORDS or key.startswith("x-"):
            found[_RAW_WORDS.get(key, key)] = value
        else:
            reading.lose("not-sayable", (*path, key), f"{key} cannot be said in a raw schema")
    names = list(required_names(reading, schema, path))
    if names:
        found["required"] = list(dict.fromkeys(names))
    for key, value in schema.items():
        if key in _PARTS:
            found |= _PARTS[key](reading, schema, key, value, (*path, key), depth + 1)
        elif key in _ANNOTATIONS:
            found[key] = value
    return found


_RAW_WORDS = {"description": "description", "examples": "examples", "x-title": "title", "x-default": "default", "x-comment": "$comment"}
"""What people are told, as a raw schema says it."""

_ANNOTATIONS = frozenset({"contentEncoding", "contentMediaType", "readOnly", "writeOnly"})

_Part = Callable[[Reading, Mapping[str, Any], str, Any, Path, int], Tree]


def _one(reading: Reading, schema: Mapping[str, Any], key: str, value: Any, path: Path, depth: int) -> Tree:
    return {key: raw(reading, value, path, depth)}


def _several(reading: Reading, schema: Mapping[str, Any], key: str, value: Any, path: Path, depth: int) -> Tree:
    if not isinstance(value, list) or not value:
        reading.lose("faulty-value", path, f"{key} should be a list of schemas, got {describe(value)}, so it asks for nothing")
        return {}
    return {key: [raw(reading, member, (*path, index), depth) for index, member in enumerate(value)]}


def _by_name(reading: Reading, schema: Mapping[str, Any], key: str, value: Any, path: Path, depth: int) -> Tree:
    if not isinstance(value, Mapping):
        reading.lose("faulty-value", path, f"{key} should be an object, got {describe(value)}, so it asks for nothing")
        return {}
    members = {name: raw(reading, member, (*path, name), depth) for name, member in value.items() if _may_name(reading, key, name, path)}
    return {key: members} if members else {}


def _may_name(reading: Reading, key: str, name: str, path: Path) -> bool:
    fault = patterns.fault(name) if key == "patternProperties" else None
    if fault is not None:
        reading.lose("unusable-pattern", (*path, name), f"the pattern {quoted(name)} cannot be used: {fault}, so these are not checked")
    return fault is None and is_name(reading, name, (*path, name))


def _items(reading: Reading, schema: Mapping[str, Any], key: str, value: Any, path: Path, depth: int) -> Tree:
    if not isinstance(value, list):
        return _one(reading, schema, "items", value, path, depth)
    found = _several(reading, schema, "prefixItems", value, path, depth) if value else {}
    if "additionalItems" in schema:
        found |= _one(reading, schema, "items", schema["additionalItems"], (*path[:-1], "additionalItems"), depth)
    return found


def _dependencies(reading: Reading, schema: Mapping[str, Any], key: str, value: Any, path: Path, depth: int) -> Tree:
    if not isinstance(value, Mapping):
        return _by_name(reading, schema, key, value, path, depth)  # which says what is wrong
    names = {name: dependent for name, dependent in value.items() if _are_names(dependent)}
    schemas = {name: raw(reading, dependent, (*path, name), depth) for name, dependent in value.items() if name not in names}
    return {**({"dependentRequired": names} if names else {}), **({"dependentSchemas": schemas} if schemas else {})}


def _dependent_names(reading: Reading, schema: Mapping[str, Any], key: str, value: Any, path: Path, depth: int) -> Tree:
    if isinstance(value, Mapping) and all(map(_are_names, value.values())):
        return {key: value}
    reading.lose("faulty-value", path, f"{key} should be lists of names by name, got {describe(value)}, so it asks for nothing")
    return {}


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _count(reading: Reading, schema: Mapping[str, Any], key: str, value: Any, path: Path, depth: int) -> Tree:
    return {}  # among the keywords already


_PARTS: dict[str, _Part] = {
    **dict.fromkeys(("not", "if", "then", "else", "contains", "additionalProperties", "propertyNames"), _one),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _several),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), _by_name),
    "items": _items,
    "dependencies": _dependencies,
    "dependentRequired": _dependent_names,
    **dict.fromkeys(("minContains", "maxContains"), _count),
}
"""Keyword with schemas in it -> how it is written in 2020-12."""

_RAW = (frozenset(_PARTS) | _ANNOTATIONS) - {"items", "properties", "additionalProperties"}
"""Keywords that the plan format has no word of its own for."""

KNOWN = frozenset(_PARTS) | _ANNOTATIONS | frozenset(_WANTED) | {"type", "additionalItems", "definitions", "$defs", "$schema", "$ref"}
"""Keywords that something else reads; definitions are read where they are referred to, and `$schema` says the dialect alone."""
