"""Errors of a JSON Schema validator in one form, whichever engine found them.

`fast_faults` asks jsonschema-rs, which finds every error in compiled code; `protocols.engine.reference` asks the pure
Python reference implementation and answers in the same form.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from protocols.engine.finding import Path


class Fault(NamedTuple):
    """One failed keyword.

    `path` leads to the value in the instance and `where` to the keyword in the schema, by tokens (a `$ref` on the
    way is one or is left out).
    `names` are the missing member of `required` and `dependentRequired`, or the members that
    `additionalProperties` and `unevaluatedProperties` refuse. `branches` are the faults of each alternative of
    `anyOf` and `oneOf`, empty where several alternatives of `oneOf` fit.
    """

    keyword: str
    path: Path
    where: tuple[str | int, ...]
    names: tuple[str, ...] = ()
    branches: tuple[tuple[Fault, ...], ...] = ()


Judge = Callable[[Any], Iterable[Fault]]
"""Takes an instance, answers with the faults of it."""

MakeJudge = Callable[[dict[str, Any]], Judge]


def fast_judge(schema: dict[str, Any]) -> Judge:
    """A judge by jsonschema-rs: patterns in linear time, formats asserted, nothing fetched from anywhere."""
    validator = _validator(schema)

    def judge(instance: Any) -> Iterable[Fault]:
        if _holds_large_float(instance):
            return _by_reference(schema, instance)
        if validator.is_valid(instance):
            return ()
        return _by_reference(schema, instance) if _has_odd_key(instance) else fast_faults(validator.iter_errors(instance), instance)

    return judge


def failing(schema: dict[str, Any]) -> Callable[[Any], Sequence[str]]:
    """Says for values that are no arrays or objects which keywords of a schema they fail, in the words of jsonschema-rs."""
    validator = _validator(schema)
    return lambda value: () if validator.is_valid(value) else sorted(error.kind.name for error in validator.iter_errors(value))


def _validator(schema: dict[str, Any]) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(
        _with_whole_numbers(schema),
        validate_formats=True,
        ignore_unknown_formats=False,
        pattern_options=jsonschema_rs.RegexOptions(),
        offline=True,
    )


def _by_reference(schema: dict[str, Any], instance: Any) -> Iterable[Fault]:
    """The faults of an instance that jsonschema-rs 0.61 does not judge exactly.

    In the paths of its errors it leaves out an empty key and reads `01` and `+1` as the number 1. A large float is to it what it
    is in binary, so that 1e30, which JSON writes for 10**30, is 19,884,624,838,656 more.
    """
    from protocols.engine.reference import reference_judge

    return reference_judge(schema)(instance)


_ODD_KEY = re.compile(r"(?:\+[0-9]+|0[0-9]+)?")


def _has_odd_key(value: Any) -> bool:
    return any(isinstance(node, dict) and any(map(_ODD_KEY.fullmatch, node)) for node in _all_in(value))


_LARGE = 2.0**53
"""From here on a float may be another number than the one that its decimals say."""


def _holds_large_float(value: Any) -> bool:
    return any(isinstance(node, float) and abs(node) >= _LARGE for node in _all_in(value))


def _all_in(value: Any) -> list[Any]:
    """A JSON value and all values in it, level by level, so that any depth will do."""
    found = [value]
    for node in found:
        if isinstance(node, dict):
            found.extend(node.values())
        elif isinstance(node, list):
            found.extend(node)
    return found


def _with_whole_numbers(schema: Any) -> Any:
    """The schema with its large floats as the whole numbers that their decimals say."""
    if isinstance(schema, dict):
        return {keyword: _with_whole_numbers(value) for keyword, value in schema.items()}
    if isinstance(schema, list):
        return list(map(_with_whole_numbers, schema))
    return int(Decimal(repr(schema))) if isinstance(schema, float) and _LARGE <= abs(schema) < math.inf else schema


def _keys(path: Iterable[str | int], instance: Any) -> Iterator[str | int]:
    """A path with its keys as text again; jsonschema-rs reads a key such as `1` as a number."""
    for token in path:
        key = str(token) if isinstance(instance, dict) else token
        yield key
        instance = instance[key]


def fast_faults(errors: Iterable[Any], instance: Any) -> Iterator[Fault]:
    """The faults of `instance` behind `jsonschema_rs.ValidationError`s."""
    for error in errors:
        kind = error.kind
        path, where = tuple(_keys(error.instance_path, instance)), tuple(error.evaluation_path)
        names: tuple[str, ...] = ()
        branches: tuple[tuple[Fault, ...], ...] = ()
        keyword = kind.name
        match keyword:
            case "required":
                names = (kind.property,)
                keyword = str(where[-1])
            case "additionalProperties" | "unevaluatedProperties":
                names = tuple(kind.unexpected)
            case "falseSchema" if where[-1:] == ("additionalProperties",) and path[-1:] != where[-1:]:
                keyword, names = "additionalProperties", tuple(value_at(instance, path))  # so it is said where no member is described
            case "propertyNames":
                where = where[: len(where) - where[::-1].index("propertyNames")]
            case "falseSchema" if where[-1:] == ("propertyNames",):
                keyword = "propertyNames"
            case "contains":
                where = (*where[:-1], "contains")  # it may have been minContains or maxContains
            case "anyOf" | "oneOf" if type(kind).__name__ != "OneOfMultipleValid":
                branches = tuple(tuple(fast_faults(branch, instance)) for branch in kind.context)
        yield Fault(keyword, path, where, names, branches)


def value_at(instance: Any, path: Path) -> Any:
    """The value that a path leads to."""
    for token in path:
        instance = instance[token]
    return instance
