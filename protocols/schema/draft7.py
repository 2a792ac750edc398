"""The same schema in draft-07, for tools that read no newer draft; or a SchemaError that says what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from protocols.errors import SchemaError
from protocols.schema.keys import apart
from protocols.violations import pointer_tokens, to_pointer

_DIALECT = "http://json-schema.org/draft-07/schema#"

_ABSENT = {
    **dict.fromkeys(("unevaluatedProperties", "unevaluatedItems", "minContains", "maxContains"), "draft-07 has no {keyword}"),
    **dict.fromkeys(("$dynamicRef", "$dynamicAnchor", "$anchor", "$vocabulary"), "draft-07 has no {keyword}"),
    "dependencies": "dependencies asks for nothing in 2020-12 and would in draft-07; write dependentRequired or dependentSchemas",
    "additionalItems": "additionalItems asks for nothing in 2020-12 and would in draft-07; write prefixItems and items",
}
"""Keyword -> why a schema that uses it cannot be said in draft-07 with the same meaning."""

_ONE = frozenset({"additionalProperties", "items", "contains", "propertyNames", "not", "if", "then", "else"})
_LIST = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_MAP = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_RENAMED = {"$defs": "definitions", "prefixItems": "items", "dependentSchemas": "dependencies", "dependentRequired": "dependencies"}


def downgrade(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """A 2020-12 bundle in draft-07, with the same verdict for every payload."""
    return {"$schema": _DIALECT, **_schema(bundle, str(bundle["title"]))}


def _schema(schema: Any, origin: str) -> Any:
    """One schema and all within it. `origin` is the nearest place in the plan, for the error."""
    if not isinstance(schema, Mapping):
        return schema
    origin = str(schema.get("x-origin", origin))
    for keyword in schema:
        if keyword in _ABSENT:
            raise SchemaError(f"{origin}: {_ABSENT[keyword].format(keyword=keyword)}")
    if "$defs" in schema and "definitions" in schema:
        raise SchemaError(f"{origin}: $defs and definitions are one place in draft-07; write $defs alone")
    written: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _WRITERS:
            _WRITERS[keyword](written, schema, _inner(keyword, value, origin))
        elif keyword != "$schema":
            written[keyword] = _inner(keyword, value, origin)
    return apart(written)  # draft-07 ignores what stands beside a reference


def _inner(keyword: str, value: Any, origin: str) -> Any:
    """The value of a keyword, its schemas rewritten and everything else as it is."""
    if keyword in _ONE:
        return _schema(value, origin)
    if keyword in _LIST:
        return [_schema(member, origin) for member in value]
    if keyword in _MAP:
        return {name: _schema(member, origin) for name, member in value.items()}
    return value


def _write_definitions(written: dict[str, Any], schema: Mapping[str, Any], value: Any) -> None:
    written["definitions"] = value


def _write_reference(written: dict[str, Any], schema: Mapping[str, Any], value: str) -> None:
    """`#/$defs/x` is `#/definitions/x`; the fragment of a reference is a percent-encoded JSON Pointer."""
    base, _, fragment = value.partition("#")
    tokens = list(_renamed(pointer_tokens(unquote(fragment))))
    written["$ref"] = f"{base}#{quote(to_pointer(tokens), safe='/$@')}" if tokens else value


def _renamed(tokens: Iterable[str]) -> Iterator[str]:
    """The tokens of a pointer as draft-07 spells them: keywords are renamed, names that look like keywords are not."""
    is_name = False
    for token in tokens:
        yield token if is_name else _RENAMED.get(token, token)
        is_name = not is_name and token in _MAP


def _write_dependents(written: dict[str, Any], schema: Mapping[str, Any], value: Any) -> None:
    """`dependentRequired` and `dependentSchemas` are one keyword; a property in both asks for both."""
    merged = written.setdefault("dependencies", {})
    for name, dependent in value.items():
        merged[name] = {"allOf": [_as_schema(merged[name]), _as_schema(dependent)]} if name in merged else dependent


def _as_schema(dependent: Any) -> Any:
    return {"required": dependent} if isinstance(dependent, list) else dependent


def _write_prefix(written: dict[str, Any], schema: Mapping[str, Any], value: Any) -> None:
    written["items"] = value


def _write_items(written: dict[str, Any], schema: Mapping[str, Any], value: Any) -> None:
    written["additionalItems" if "prefixItems" in schema else "items"] = value


_Writer = Callable[[dict[str, Any], Mapping[str, Any], Any], None]

_WRITERS: Mapping[str, _Writer] = {
    "$defs": _write_definitions,
    "$ref": _write_reference,
    "dependentRequired": _write_dependents,
    "dependentSchemas": _write_dependents,
    "prefixItems": _write_prefix,
    "items": _write_items,
}
"""Keywords that draft-07 writes otherwise; every other keyword is the same in both."""
