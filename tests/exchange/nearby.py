"""Values around a schema: one that it should take, and many that differ from it in one place each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

SAMPLES: Mapping[str, Any] = {"string": "some text", "integer": 3, "number": 2.5, "boolean": True, "null": None, "object": {}, "array": []}

_FORMATS = {"date-time": "2024-01-15T10:30:00Z", "email": "ada@example.com", "uri": "https://example.com/"}


def around(schema: Any) -> Iterator[Any]:
    """A good value first; then every type, every listed value, every member left out, and the same inside members and items."""
    yield good(schema)
    yield from SAMPLES.values()
    if not isinstance(schema, Mapping):
        return
    yield from _of_value(schema)
    yield from _of_object(schema)
    yield from _of_array(schema)


def good(schema: Any) -> Any:
    """A value that fits the plainer keywords: type, listed values, patterns that are words, required members."""
    if not isinstance(schema, Mapping):
        return "some text"
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    types = schema.get("type", "object" if "properties" in schema else "string")
    kind = types[0] if isinstance(types, list) else types
    if kind == "object":
        return {name: good(member) for name, member in schema.get("properties", {}).items()}
    if kind == "array":
        items = schema.get("items", {})
        return [good(items)] if isinstance(items, (Mapping, bool)) else [good(item) for item in items]
    if kind == "string":
        return _FORMATS.get(schema.get("format", ""), str(schema.get("pattern", "some text")).split("|")[0].strip("^$()"))
    return schema.get("minimum", SAMPLES.get(kind, "some text")) if kind in ("integer", "number") else SAMPLES.get(kind, "some text")


def _of_value(schema: Mapping[str, Any]) -> Iterator[Any]:
    for value in schema.get("enum", ()):
        yield value
        if isinstance(value, str):
            yield from (f"{value} ", value.strip(), value.upper(), "")
    for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
        if isinstance(bound := schema.get(key), (int, float)):
            yield from (bound - 1, bound, bound + 1, bound + 0.5, str(bound))
    for key in ("minLength", "maxLength", "minItems", "maxItems"):
        if isinstance(bound := schema.get(key), (int, float)):
            yield from ("x" * int(bound), "x" * (int(bound) + 1), "x" * max(int(bound) - 1, 0), [3] * (int(bound) + 1))
    if "pattern" in schema:
        yield from (f"x{part}x" for part in str(schema["pattern"]).strip("^$()").split("|"))
        yield from ("", "no such thing", str(schema["pattern"]).lower())
    yield from (1.0, -1, 0, 1e400 > 0, "2024-01-15T10:30:00Z", "ada@example.com")


def _of_object(schema: Mapping[str, Any]) -> Iterator[Any]:
    members = schema.get("properties", {})
    if not members and "required" not in schema and "additionalProperties" not in schema and "patternProperties" not in schema:
        return
    whole = good({"type": "object", **{key: schema[key] for key in ("properties",) if key in schema}})
    names = schema["required"] if isinstance(schema.get("required"), list) else []
    whole = {**{name: "some text" for name in names if isinstance(name, str)}, **whole}
    yield whole
    yield {**whole, "a name of its own": 1}
    yield {**whole, "x_1": 1}
    for name in whole:
        yield {key: value for key, value in whole.items() if key != name}
    for name, member in members.items():
        for value in around(member):
            yield {**whole, name: value}


def _of_array(schema: Mapping[str, Any]) -> Iterator[Any]:
    items = schema.get("items")
    yield from (["a", "a"], ["a", "b"], [1, None, {}]) if items is not None or "uniqueItems" in schema else ()
    if isinstance(items, list):
        yield from ([good(item) for item in items[:number]] for number in range(len(items) + 1))
        yield [*map(good, items), "one more"]
    elif isinstance(items, Mapping):
        yield from ([value] for value in around(items))
