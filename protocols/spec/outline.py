"""A shape in words: one row for each property, with what its values may be."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from protocols.formats import FORMATS
from protocols.plan.model import Shape
from protocols.spec.entry import inner, types
from protocols.violations import counted


class Row(NamedTuple):
    """A property, `depth` levels below the top; what is in an array stands one level below the array."""

    depth: int
    name: str
    shape: Shape


def rows(shape: Shape, depth: int = 0) -> Iterator[Row]:
    """All properties of a shape in reading order: on each level the required ones first, each followed by its own."""
    for name, member in sorted(inner(shape).items(), key=lambda item: not item[1].required):
        yield Row(depth, name, member)
        yield from rows(member, depth + 1)


def kind(shape: Shape) -> str:
    """`string`, `integer or null`, `array of objects`, `any`."""
    return " or ".join(f"array of {_many(shape.items)}" if name == "array" and shape.items else name for name in types(shape))


def _many(items: Shape) -> str:
    named = [name for name in types(items) if name != "null"]
    return "anything" if named == ["any"] else " or ".join(f"{name}s" for name in named)


def sayings(shape: Shape) -> Iterator[str]:
    """Sentences about a property: whether it has to be there, what it is, what it may be, an example."""
    if shape.required:
        yield "Required."
    if shape.status == "deprecated":
        yield f"Deprecated, send {shape.replaced_by}." if shape.replaced_by else "Deprecated."
    if shape.description:
        yield shape.description
    if rules := ", ".join(_rules(shape)):
        yield f"{rules[:1].upper()}{rules[1:]}."
    if shape.items is not None and (rules := ", ".join(_rules(shape.items))):
        yield f"Each item: {rules}."
    if shape.personal:
        yield "Personal."
    if shape.examples:
        yield f"e.g. {', '.join(map(_shown, shape.examples))}"


def _rules(shape: Shape) -> Iterator[str]:
    for keyword, value in shape.keywords.items():
        if keyword in _RULES:
            yield _RULES[keyword](value)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_RULES: Mapping[str, Callable[[Any], str]] = {
    "enum": lambda values: f"one of {', '.join(_shown(value) for value in values if value is not None)}",
    "const": lambda value: f"always {_shown(value)}",
    "minimum": lambda least: f"at least {least}",
    "maximum": lambda most: f"at most {most}",
    "exclusiveMinimum": lambda least: f"more than {least}",
    "exclusiveMaximum": lambda most: f"less than {most}",
    "multipleOf": lambda unit: f"a multiple of {unit}",
    "minLength": lambda least: f"at least {counted(least, 'character')}",
    "maxLength": lambda most: f"at most {counted(most, 'character')}",
    "pattern": lambda pattern: f"matches {pattern}",
    "format": lambda name: FORMATS[name].noun,
    "minItems": lambda least: f"at least {counted(least, 'item')}",
    "maxItems": lambda most: f"at most {counted(most, 'item')}",
    "uniqueItems": lambda wanted: "no item twice" if wanted else "items may repeat",
    "minProperties": lambda least: f"at least {counted(least, 'member')}",
    "maxProperties": lambda most: f"at most {counted(most, 'member')}",
}
"""Keyword -> what it asks for, as a clause."""
