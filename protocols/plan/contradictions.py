"""Keywords of a shape that are wrong by themselves, or that exclude each other so that no value is left."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from protocols.names import nearest
from protocols.plan.kinds import mistake
from protocols.plan.model import Shape
from protocols.plan.nodes import Map
from protocols.positions import Position
from protocols.problems import Problem
from protocols.violations import counted, describe, json_type, quoted, quoted_if_odd


def pattern_problem(pattern: str, at: Position) -> Problem | None:
    """Why a pattern cannot be used, if it cannot."""
    reason = _pattern_fault(pattern)
    return None if reason is None else mistake("bad-pattern", at, f"the pattern {quoted(pattern)} cannot be used: {reason}")


@functools.lru_cache(maxsize=10_000)
def _pattern_fault(pattern: str) -> str | None:
    from protocols.patterns import fault

    return fault(pattern)


def format_problem(name: str, at: Position) -> Problem | None:
    """What is wrong with the name of a format, if it is none of those that are checked."""
    from protocols.formats import FORMATS

    if name in FORMATS:
        return None
    names = list(FORMATS)
    near = nearest(name, names)
    hint = f"did you mean {near}?" if near else "write it as a pattern"
    return mistake("unknown-format", at, f"format should be {', '.join(names[:-1])} or {names[-1]}, got {describe(name)}", hint=hint)


_RANGES = (
    ("minLength", "maxLength", "length"),
    ("minItems", "maxItems", "number of items"),
    ("minProperties", "maxProperties", "number of members"),
)


def contradictions(node: Map, shape: Shape, is_pattern: bool, files: Mapping[str, int]) -> Iterator[Problem]:
    """What no value can satisfy in a merged shape.

    `is_pattern` says whether its pattern can be used at all; `files` numbers the files of the plan, the plan's own first.
    """
    for least, most, noun in _RANGES:
        if least in node and most in node and node[least] > node[most]:
            yield _excluded(files, node, least, most, f"no {noun} fits")
    yield from _numbers(files, node, shape.keywords)
    yield from _members(node, shape)
    if node.get("format", "date-time") != "date-time" and "datetime" in _named_types(node):
        yield _excluded(files, node, "type", "format", "no text fits")
    if "enum" in node or "const" in node:
        yield from _listed(files, node, shape, is_pattern)


def _excluded(files: Mapping[str, int], node: Map, one: str, other: str, so: str) -> Problem:
    """Two keywords that exclude each other, placed at the one that was written last."""
    first, last = sorted((one, other), key=lambda key: _written(files, node.keys_at[key]))
    return mistake(
        "contradiction", node.keys_at[last], f"{_said(node, last)} excludes {_said(node, first)}{_where(node, first, last)}, so {so}"
    )


def _written(files: Mapping[str, int], at: Position) -> tuple[int, int, int]:
    """Order of writing as far as positions tell: a file speaks after those it extends."""
    return (-files.get(at.file, 0), at.line, at.column)


def _where(node: Map, key: str, seen_from: str) -> str:
    """Where the other keyword stands, unless that is the same line."""
    at, here = node.keys_at[key], node.keys_at[seen_from]
    if at.file != here.file:
        return f" ({at})"
    return f" (line {at.line})" if at.line != here.line else ""


def _said(node: Map, key: str) -> str:
    value = node[key]
    if isinstance(value, list):
        return f"{key} [{', '.join(_short(member) for member in value[:5])}{', ...' if len(value) > 5 else ''}]"
    return f"{key} {_short(value)}" if not isinstance(value, Map) else key


def _short(value: Any) -> str:
    return (
        quoted_if_odd(value)
        if isinstance(value, str)
        else "null"
        if value is None
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


def _named_types(node: Map) -> list[str]:
    named = node.get("type", [])
    return [named] if isinstance(named, str) else list(named)


def _numbers(files: Mapping[str, int], node: Map, keywords: Mapping[str, Any]) -> Iterator[Problem]:
    """A range of numbers in which there is none."""
    low = max(((node[key], key == "exclusiveMinimum", key) for key in ("minimum", "exclusiveMinimum") if key in node), default=None)
    high = min(((node[key], key != "exclusiveMaximum", key) for key in ("maximum", "exclusiveMaximum") if key in node), default=None)
    if low is None or high is None:
        return
    (least, is_open_below, below), (most, is_closed_above, above) = low, high
    if least > most or (least == most and (is_open_below or not is_closed_above)):
        yield _excluded(files, node, below, above, "no number fits")
        return
    if _takes_fractions(keywords):
        step = keywords.get("multipleOf", 0)
        if not isinstance(step, int) or step == 0:
            return
        noun, culprit = f"no multiple of {step}", "multipleOf"
    else:
        step = keywords.get("multipleOf", 1)
        if not isinstance(step, int):
            return
        noun, culprit = ("no whole number", "type") if step == 1 else (f"no whole multiple of {step}", "multipleOf")
    first = math.ceil(least / step) * step if isinstance(least, float) else -(-least // step) * step
    if first == least and is_open_below:
        first += step
    if first > most or (first == most and not is_closed_above):
        yield mistake("contradiction", node.keys_at[culprit], f"{noun} lies between {_said(node, below)} and {_said(node, above)}")


def _takes_fractions(keywords: Mapping[str, Any]) -> bool:
    types = keywords.get("type")
    return types is None or "number" in types or "integer" not in types


def _members(node: Map, shape: Shape) -> Iterator[Problem]:
    """Sizes of an object against the members that it has to have or may have."""
    if shape.properties is None:
        return
    required = sum(member.required for member in shape.properties.values())
    if required > node.get("maxProperties", required):
        yield mistake(
            "contradiction",
            node.keys_at["maxProperties"],
            f"{_said(node, 'maxProperties')} leaves no room for the {counted(required, 'member')} required",
        )
    if shape.additional is False and node.get("minProperties", 0) > len(shape.properties):
        yield mistake(
            "contradiction",
            node.keys_at["minProperties"],
            f"{_said(node, 'minProperties')} asks for more than the {counted(len(shape.properties), 'member')} allowed",
        )


_BOUNDS = [
    "type",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
]


def _listed(files: Mapping[str, int], node: Map, shape: Shape, is_pattern: bool) -> Iterator[Problem]:
    """Values that are listed one by one, against all the other keywords."""
    keywords = shape.keywords
    if "enum" in keywords and "const" in keywords and not any(_equal(member, keywords["const"]) for member in keywords["enum"]):
        yield _excluded(files, node, "enum", "const", "no value fits")
        return
    listed = [keywords["const"]] if "const" in keywords else keywords["enum"]
    source = "const" if "const" in keywords else "enum"
    left = [value for value in listed if not (value is None and shape.null)]
    if len(left) < len(listed) or (shape.null and "nullable" in node):
        return
    for key in _BOUNDS:
        if key not in keywords or (key == "pattern" and not is_pattern):
            continue
        left = [value for value in left if _fits(key, keywords[key], value)]
        if not left:
            culprit = "type" if key not in node else key
            yield _excluded(files, node, source, culprit, "no value fits")
            return


def _equal(one: Any, other: Any) -> bool:
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _fits(keyword: str, bound: Any, value: Any) -> bool:
    """Whether one keyword lets a value through."""
    if keyword == "type":
        kind = json_type(value)
        return (
            kind in bound or (kind == "integer" and "number" in bound) or (kind == "number" and "integer" in bound and value == int(value))
        )
    if keyword == "pattern":
        from protocols import patterns

        return not isinstance(value, str) or patterns.matches(bound, value)
    if keyword == "format":
        from protocols import formats

        return not isinstance(value, str) or formats.matches(bound, value)
    import jsonschema_rs

    return bool(jsonschema_rs.is_valid({keyword: bound}, value))
