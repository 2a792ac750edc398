"""The reference engine: `jsonschema`, the pure Python implementation, for doubt and as an oracle in tests.

Its keywords are replaced in `KEYWORDS`, so that it asks the same of an event as the fast engine does:

- Patterns and formats are those of `protocols.patterns` and `protocols.formats`; Python's `re` never sees an event.
- A number is the decimal that JSON writes for it: 19.99 is a multiple of 0.01, and 1e30 equals 10 to the power of 30.
- Nothing is fetched: a `$ref` to another host is unknown.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache, partial
from typing import Any

import jsonschema
import jsonschema_specifications  # type: ignore[import-untyped]  # it has no types
from jsonschema.validators import extend

from protocols import formats, patterns
from protocols.engine.faults import Fault, Judge
from protocols.engine.finding import Path
from protocols.errors import SchemaError

_Errors = Iterator[jsonschema.ValidationError]
_Keyword = Callable[[Any, Any, Any, Mapping[str, Any]], _Errors]


class Reference:
    """A JSON Schema of draft 2020-12, or of draft-07 where its `$schema` says so.

    Raises SchemaError for `unevaluatedProperties` beside `patternProperties`, which `jsonschema` matches by itself.
    """

    def __init__(self, schema: Mapping[str, Any] | bool) -> None:
        is_draft7 = isinstance(schema, Mapping) and "draft-07" in str(schema.get("$schema", ""))
        if not is_draft7 and {"unevaluatedProperties", "patternProperties"} <= set(_names(schema)):
            raise SchemaError("the reference engine cannot follow unevaluatedProperties beside patternProperties")
        validator = _validator(jsonschema.Draft7Validator if is_draft7 else jsonschema.Draft202012Validator)
        self._validator = validator(schema, format_checker=_formats(), registry=jsonschema_specifications.REGISTRY)

    def iter_errors(self, value: Any) -> Iterator[tuple[str, Path, tuple[str | int, ...]]]:
        """The failed keywords: name, path to the value, path to the keyword. Those inside `anyOf` are part of it."""
        for fault in self.faults(value):
            yield fault.keyword, fault.path, fault.where

    def is_valid(self, value: Any) -> bool:
        return next(self.iter_errors(value), None) is None

    def faults(self, value: Any) -> Iterator[Fault]:
        """The same as faults, with the names and branches that explanations are made of."""
        return (fault for error in self._validator.iter_errors(value) for fault in _faults(error))


def reference_judge(schema: dict[str, Any]) -> Judge:
    """What `fast_judge` makes, by the reference engine."""
    return Reference(schema).faults


def _faults(error: Any) -> Iterator[Fault]:
    """The faults behind one `jsonschema.ValidationError`."""
    path, where = tuple(error.absolute_path), tuple(error.absolute_schema_path)
    keyword = _SAME.get(str(error.validator), str(error.validator))
    match keyword:
        case "anyOf" | "oneOf":
            branches: list[list[Fault]] = [[] for _ in error.validator_value] if error.context else []
            for inner in error.context or ():
                branches[int(inner.relative_schema_path[0])].extend(_faults(inner))
            yield Fault(keyword, path, where, branches=tuple(map(tuple, branches)))
        case "additionalProperties":
            yield Fault(keyword, path, where, tuple(_others(error.instance, error.schema)))
        case "unevaluatedProperties":
            yield Fault(keyword, path, where, _unevaluated(error.message))
        case "required" | "dependentRequired" | "dependencies":
            yield Fault(keyword, path, where, (error.message,))
        case _:
            yield Fault(keyword, path, where)


_SAME = {"None": "falseSchema", "minContains": "contains", "maxContains": "contains"}


def _unevaluated(message: str) -> tuple[str, ...]:
    """The names in a message of `jsonschema`, which gives them nowhere else."""
    quoted = re.search(r"\((.*) (?:was|were) une", message, re.DOTALL)
    return () if quoted is None else tuple(ast.literal_eval(f"[{quoted[1]}]"))


def _names(schema: Any) -> Iterator[str]:
    """Every key in a schema, at any depth."""
    if isinstance(schema, Mapping):
        yield from schema
        for member in schema.values():
            yield from _names(member)
    elif isinstance(schema, list):
        for item in schema:
            yield from _names(item)


@cache
def _validator(base: Any) -> Any:
    ours = {keyword: check for keyword, check in KEYWORDS.items() if keyword in base.VALIDATORS}
    references = {keyword: _along(keyword, base.VALIDATORS[keyword]) for keyword in ("$ref", "$dynamicRef") if keyword in base.VALIDATORS}
    return extend(base, ours | references)  # type: ignore[no-untyped-call]  # jsonschema types the result, not the function


def _along(keyword: str, check: _Keyword) -> _Keyword:
    """`jsonschema` leaves references out of the path; with them it leads through the schema as it is written."""

    def checked(validator: Any, reference: Any, instance: Any, schema: Any) -> _Errors:
        for error in check(validator, reference, instance, schema):
            error.relative_schema_path.appendleft(keyword)
            yield error

    return checked


@cache
def _formats() -> jsonschema.FormatChecker:
    checker = jsonschema.FormatChecker(formats=())
    for format in formats.FORMATS:
        checker.checks(format)(partial(_has_format, format))
    return checker


def _has_format(format: str, value: object) -> bool:
    return not isinstance(value, str) or formats.matches(format, value)


# Keywords. Each yields one error a fault; that of a missing name has the name for its message.


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> _Errors:
    if isinstance(instance, str) and not patterns.matches(pattern, instance):
        yield _Error(f"{instance!r} does not match {pattern!r}")


def _properties(validator: Any, properties: Mapping[str, Any], instance: Any, schema: Any) -> _Errors:
    if isinstance(instance, dict):
        for name, member in properties.items():
            if name in instance:
                yield from _descend(validator, instance[name], member, name, name)


def _pattern_properties(validator: Any, members: Mapping[str, Any], instance: Any, schema: Any) -> _Errors:
    if isinstance(instance, dict):
        for pattern, member in members.items():
            for name, value in instance.items():
                if patterns.matches(pattern, name):
                    yield from _descend(validator, value, member, pattern, name)


def _additional_properties(validator: Any, additional: Any, instance: Any, schema: Any) -> _Errors:
    if not isinstance(instance, dict):
        return
    others = list(_others(instance, schema))
    if isinstance(additional, Mapping):
        for name in others:
            yield from validator.descend(instance[name], additional, path=name)
    elif others and not additional:
        yield _Error(f"{', '.join(others)} are not allowed")


def _others(instance: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """The names that `additionalProperties` speaks of."""
    for name in instance:
        if name not in schema.get("properties", {}) and not any(patterns.matches(p, name) for p in schema.get("patternProperties", {})):
            yield name


def _property_names(validator: Any, names: Any, instance: Any, schema: Any) -> _Errors:
    if isinstance(instance, dict) and any(not validator.evolve(schema=names).is_valid(name) for name in instance):
        yield _Error("a name is not allowed")


def _required(validator: Any, required: list[str], instance: Any, schema: Any) -> _Errors:
    if isinstance(instance, dict):
        yield from (_Error(name) for name in required if name not in instance)


def _dependent_required(validator: Any, dependent: Mapping[str, Any], instance: Any, schema: Any) -> _Errors:
    if isinstance(instance, dict):
        for name, needed in dependent.items():
            if name in instance and isinstance(needed, list):
                yield from (_Error(other) for other in needed if other not in instance)
            elif name in instance:  # `dependencies` of draft-07 holds schemas too
                yield from validator.descend(instance, needed, schema_path=name)


def _all_of(validator: Any, branches: list[Any], instance: Any, schema: Any) -> _Errors:
    for index, branch in enumerate(branches):
        yield from _descend(validator, instance, branch, index)


def _any_of(validator: Any, branches: list[Any], instance: Any, schema: Any) -> _Errors:
    failed = [list(_descend(validator, instance, branch, index)) for index, branch in enumerate(branches)]
    if all(failed):
        yield _Error("no alternative fits", context=[error for errors in failed for error in errors])


def _one_of(validator: Any, branches: list[Any], instance: Any, schema: Any) -> _Errors:
    failed = [list(_descend(validator, instance, branch, index)) for index, branch in enumerate(branches)]
    if all(failed):
        yield _Error("no alternative fits", context=[error for errors in failed for error in errors])
    elif sum(not errors for errors in failed) > 1:
        yield _Error("several alternatives fit")


def _descend(validator: Any, value: Any, schema: Any, schema_path: str | int, path: str | None = None) -> _Errors:
    """As `jsonschema` descends, which loses both paths where the schema is `false`."""
    for error in validator.descend(value, schema, path=path, schema_path=schema_path):
        if error.validator is None and not error.relative_schema_path:
            error.relative_schema_path.appendleft(schema_path)
            if path is not None:
                error.relative_path.appendleft(path)
        yield error


def _bound(fails: Callable[[Any, Any], bool]) -> _Keyword:
    def check(validator: Any, bound: Any, instance: Any, schema: Any) -> _Errors:
        if _is_number(instance) and fails(_exact(instance), _exact(bound)):
            yield _Error(f"{instance!r} is out of range")

    return check


def _multiple_of(validator: Any, divisor: Any, instance: Any, schema: Any) -> _Errors:
    if _is_number(instance) and (_exact(instance) / _exact(divisor)).denominator != 1:
        yield _Error(f"{instance!r} is not a multiple of {divisor}")


def _enum(validator: Any, listed: list[Any], instance: Any, schema: Any) -> _Errors:
    if _same_as(instance) not in map(_same_as, listed):
        yield _Error(f"{instance!r} is not listed")


def _const(validator: Any, value: Any, instance: Any, schema: Any) -> _Errors:
    if _same_as(instance) != _same_as(value):
        yield _Error(f"{instance!r} is not {value!r}")


def _unique_items(validator: Any, unique: bool, instance: Any, schema: Any) -> _Errors:
    if unique and isinstance(instance, list) and len(set(map(_same_as, instance))) < len(instance):
        yield _Error("an item is there twice")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _exact(number: int | float) -> Fraction:
    """The decimal that JSON writes for a number."""
    return Fraction(number) if isinstance(number, int) else Fraction(repr(number))


def _same_as(value: Any) -> Any:
    """Something hashable that is equal for equal JSON values: 1 and 1.0 are equal, 1 and true are not."""
    match value:
        case bool() | str() | None:
            return type(value), value
        case int() | float():
            return _exact(value)
        case list():
            return tuple(map(_same_as, value))
        case _:
            return frozenset((name, _same_as(member)) for name, member in value.items())


_Error = jsonschema.ValidationError

KEYWORDS: Mapping[str, _Keyword] = {
    "pattern": _pattern,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "propertyNames": _property_names,
    "required": _required,
    "dependentRequired": _dependent_required,
    "dependencies": _dependent_required,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "minimum": _bound(operator.lt),
    "maximum": _bound(operator.gt),
    "exclusiveMinimum": _bound(operator.le),
    "exclusiveMaximum": _bound(operator.ge),
    "multipleOf": _multiple_of,
    "enum": _enum,
    "const": _const,
    "uniqueItems": _unique_items,
}
"""The keywords that are ours; all others are `jsonschema`'s."""
