"""Schema node -> the msgspec type that takes nothing the node refuses.

The law of the first stage begins here: a value of the type is valid by the node. The type may refuse valid values, where
msgspec cannot say what JSON Schema says; a node of which nothing useful can be said raises `Inexact`.

Each rule below was measured against JSON Schema over some 600,000 random pairs. The least obvious:

- Integers stay within +-(2^53 - 1): beyond, numbers lose digits in one library and not in another.
- A union of a Literal with its own base type takes the whole base type, so an enum becomes a Literal alone. A pattern
  that few texts match becomes one too.
- A text with a pattern never stands in a union with an array or object: building and freeing such a decoder corrupts a
  reference count in msgspec 0.22 and crashes the process later.
- Of two equal keys the last wins; so members are counted in dicts, after that, and never in structs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple, NewType, Union

import msgspec
from msgspec import UNSET, Meta, Raw

from protocols import patterns
from protocols.formats import FORMATS

Type = Any
"""What `msgspec.json.Decoder` takes as a type."""

Node = Mapping[str, Any]


class Inexact(Exception):
    """No type takes a useful part of the node and nothing else."""


NEVER: Type = Annotated[int, Meta(ge=1, le=0)]
"""Takes nothing; as the type of an optional field it refuses objects that have the field."""

_TYPES = ("string", "integer", "number", "boolean", "null", "object", "array")
_LARGEST = 2**53 - 1
_MOST_FIELDS = 400
_MOST_TEXTS = 20_000
"""How many texts a pattern may stand for to become a Literal: `^[A-Z]{3}$` has 17,576. It costs 30 ns, a pattern 300."""

SILENT = frozenset({"title", "description", "examples", "$comment"})
KNOWN = SILENT | {
    *("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "format", "items", "minItems", "maxItems", "uniqueItems"),
    *("properties", "required", "additionalProperties", "x-unplanned", "minProperties", "maxProperties"),
}


class Field(NamedTuple):
    """A member of an object: its key, the type of its value, whether it has to be there, and what stands for it where it
    is not."""

    key: str
    type: Type
    required: bool = False
    default: Any = None


class Loosened(NamedTuple):
    """A node at which faults are let through, to be looked at by whoever decodes: it takes every scalar, and arrays and
    objects as `node` does. With `None` for a node it takes everything."""

    node: Node | None


def type_of(node: Any) -> Type:
    """The type of a node; raises Inexact."""
    if node is True:
        return Raw
    if isinstance(node, Loosened):
        return _loosened(node)
    if not isinstance(node, Mapping):
        raise Inexact(node)
    keywords = {keyword: value for keyword, value in node.items() if not keyword.startswith("x-") or keyword == "x-unplanned"}
    if unknown := keywords.keys() - KNOWN:
        raise Inexact(sorted(unknown))
    if not keywords.keys() - SILENT:
        return Raw
    if may_be_container(keywords):
        return _union(keywords)
    text = repr({keyword: value for keyword, value in keywords.items() if keyword not in SILENT})
    if text not in _scalars:
        if len(_scalars) >= _MOST_SCALARS:
            _scalars.clear()
        _scalars[text] = _literals(keywords) if "enum" in keywords or "const" in keywords else _union(keywords)
    return _scalars[text]


_scalars: dict[str, Type] = {}
"""Types of scalars by what is said of them: a large plan says the same of many."""
_MOST_SCALARS = 1000


def _loosened(loosened: Loosened) -> Type:
    if loosened.node is None:
        return Any
    exact = type_of(loosened.node)  # raises where the node itself cannot be said
    if not may_be_container(loosened.node):
        return _SCALAR
    if "string" in _types_of(loosened.node):
        raise Inexact("a text beside an array or object")
    return Union[exact, _SCALAR]  # noqa: UP007  # a union made at run time


_SCALAR = Union[str, int, float, bool, None]  # noqa: UP007  # a union of types, not an annotation


def may_be_container(node: Node) -> bool:
    """Whether the node takes an array or object."""
    return not {"object", "array"}.isdisjoint(_types_of(node)) and "enum" not in node and "const" not in node


def _types_of(node: Node) -> set[str]:
    return set(_listed(node["type"])) if "type" in node else set(_TYPES)


def _union(node: Node) -> Type:
    """The union of what each JSON type that the node allows may be."""
    allowed = _types_of(node)
    if not allowed <= set(_TYPES) or not allowed:
        raise Inexact(node["type"])
    if "number" in allowed:
        allowed.discard("integer")
    if "multipleOf" in node and "number" in allowed:
        allowed = (allowed - {"number"}) | {"integer"}
    has_pattern = "string" in allowed and ("pattern" in node or "format" in node)
    if has_pattern and allowed & {"object", "array"}:
        raise Inexact("a text with a pattern beside an array or object")
    parts = [_PARTS[name](node) for name in _TYPES if name in allowed]
    return Union[tuple(parts)]  # noqa: UP007  # a union made at run time


def _listed(types: Any) -> Sequence[str]:
    return [types] if isinstance(types, str) else list(types)


# Texts.


def _string(node: Node) -> Type:
    least, most, pattern = count(node, "minLength"), count(node, "maxLength"), None
    if "pattern" in node and "format" in node:
        raise Inexact("a pattern beside a format")
    if "format" in node:
        if node["format"] not in FORMATS:
            raise Inexact(node["format"])
        pattern = FORMATS[node["format"]].accept
    if "pattern" in node:
        if (listed := _texts_of(node["pattern"], least or 0, _LARGEST if most is None else most)) is not None:
            return listed
        pattern = patterns.for_accept(node["pattern"])
        if pattern is None:
            raise Inexact(node["pattern"])
    return _bounded(str, min_length=least, max_length=most, pattern=pattern)


@lru_cache(maxsize=64)
def _texts_of(pattern: str, least: int, most: int) -> Type | None:
    """All texts of these lengths that match, None where they are not few."""
    listed = patterns.texts(pattern, _MOST_TEXTS)
    if not listed:
        return None
    fitting = tuple(text for text in listed if least <= len(text) <= most)
    if not fitting:
        return NEVER
    literal: Any = Literal[fitting]
    literal.__class__ = _LargeLiteral
    return literal


class _LargeLiteral(type(Literal[""]), _root=True):  # type: ignore[misc, call-arg]
    """A Literal that is compared by identity: msgspec asks each type of each struct for its hash, which takes a Literal of
    all currencies 5 ms; in a plan of a thousand events that was ten seconds."""

    __hash__ = object.__hash__


# Numbers.


def _integer(node: Node) -> Type:
    least, most = -_LARGEST, _LARGEST
    for keyword, bound in bounds(node):
        match keyword:
            case "minimum":
                least = max(least, math.ceil(bound))
            case "exclusiveMinimum":
                least = max(least, math.floor(bound) + 1)
            case "maximum":
                most = min(most, math.floor(bound))
            case "exclusiveMaximum":
                most = min(most, math.ceil(bound) - 1)
    return Annotated[int, Meta(ge=least, le=most, multiple_of=divisor(node))]


def _number(node: Node) -> Type:
    said = dict(bounds(node))
    limits: dict[str, float] = {}
    least, above = said.get("minimum"), said.get("exclusiveMinimum")
    most, below = said.get("maximum"), said.get("exclusiveMaximum")
    if above is not None and (least is None or above >= least):
        limits["gt"] = float(above)
    else:
        limits["ge"] = float(-_LARGEST if least is None else least)
    if below is not None and (most is None or below <= most):
        limits["lt"] = float(below)
    else:
        limits["le"] = float(_LARGEST if most is None else most)
    return _bounded(float, **limits)


def bounds(node: Node) -> Iterator[tuple[str, int | float]]:
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if keyword in node:
            bound = node[keyword]
            if isinstance(bound, bool) or not isinstance(bound, (int, float)) or not -_LARGEST <= bound <= _LARGEST:
                raise Inexact(keyword)
            yield keyword, bound


def divisor(node: Node) -> int | None:
    if "multipleOf" not in node:
        return None
    return _whole(node["multipleOf"], "multipleOf", least=1)


def count(node: Node, keyword: str) -> int | None:
    return _whole(node[keyword], keyword, least=0) if keyword in node else None


def _whole(value: Any, keyword: str, *, least: int) -> int:
    """A whole number of a schema; `3.0` is one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= _LARGEST or value != int(value):
        raise Inexact(keyword)
    return int(value)


def _bounded(type: Type, **limits: Any) -> Type:
    said = {name: limit for name, limit in limits.items() if limit is not None}
    return Annotated[type, Meta(**said)] if said else type


# Enumerations.


def _literals(node: Node) -> Type:
    """The listed values that the rest of the node allows: texts, whole numbers and null, and booleans as a pair."""
    rest = {keyword: value for keyword, value in node.items() if keyword not in ("enum", "const", *SILENT)}
    decoder = msgspec.json.Decoder(_union(rest) if rest else Any)
    values = list(node["enum"]) if "enum" in node else [node["const"]]
    if "const" in node and "enum" in node:
        values = [value for value in values if type(value) is type(node["const"]) and value == node["const"]]
    kept = [value for value in map(_plain, values) if value is not Inexact and _takes(decoder, value)]
    texts_and_numbers = tuple(dict.fromkeys(value for value in kept if not isinstance(value, bool)))
    types: list[Type] = [Literal[texts_and_numbers]] if texts_and_numbers else []
    if len({value for value in kept if isinstance(value, bool)}) == 2:
        types.append(bool)
    if not types:
        raise Inexact(values)
    return Union[tuple(types)]  # noqa: UP007  # a union made at run time


def _plain(value: Any) -> Any:
    """A value that a Literal can hold, `Inexact` where it is none; `1.0` is the integer 1."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and patterns.SURROGATES.search(value):
        return Inexact
    if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        return Inexact
    return value if value is None or isinstance(value, (str, int)) else Inexact


def _takes(decoder: msgspec.json.Decoder[Any], value: Any) -> bool:
    try:
        decoder.decode(msgspec.json.encode(value))
    except msgspec.DecodeError:
        return False
    return True


# Arrays.


def _array(node: Node) -> Type:
    least, most = count(node, "minItems"), count(node, "maxItems")
    if node.get("uniqueItems", False):  # more items would have to be compared
        most = 1 if most is None else min(most, 1)
    items = type_of(node["items"]) if "items" in node else Raw
    return _bounded(list[items], min_length=least, max_length=most)  # type: ignore[valid-type]  # a type made at run time


# Objects.


def object_of(node: Node, extra: Sequence[Field] = ()) -> Type:
    """The type of the objects that a node allows, which have these fields as well."""
    more = node.get("additionalProperties", True)
    least, most = count(node, "minProperties"), count(node, "maxProperties")
    if not isinstance(more, bool):
        if extra or node.get("properties") or node.get("required") or is_closed(node):
            raise Inexact("additionalProperties")
        return _bounded(dict[str, type_of(more)], min_length=least, max_length=most)  # type: ignore[misc]  # a type made at run time
    is_open = more and not is_closed(node)
    fields = [*_fields(node, is_open), *extra]
    if not fields and is_open:
        return Anything if least is None and most is None else _bounded(dict[str, Raw], min_length=least, max_length=most)
    if least is not None and least > sum(field.required for field in fields):
        raise Inexact("minProperties")
    if most is not None and (is_open or most < len(fields)):
        raise Inexact("maxProperties")
    return struct("Object", fields, closed=not is_open)


def is_closed(node: Node) -> bool:
    """Whether a name that the node does not describe is a fault, or at least to be reported."""
    return "x-unplanned" in node or node.get("additionalProperties") is False


def _fields(node: Node, is_open: bool) -> Iterator[Field]:
    properties, required = node.get("properties", {}), node.get("required", [])
    for key, member in properties.items():
        if isinstance(member, Loosened):
            yield Field(key, type_of(member), default=UNSET)
            continue
        deprecated = isinstance(member, Mapping) and member.get("x-status") == "deprecated"
        if deprecated and key in required:
            raise Inexact("deprecated and required")
        yield Field(key, NEVER if deprecated else _member(member, key in required), key in required)
    for key in required:
        if key not in properties:
            if not is_open:
                raise Inexact("required and not allowed")
            yield Field(key, Raw, True)


def _member(member: Any, required: bool) -> Type:
    """The type of a member; an optional one that cannot be said is refused wherever it is there."""
    try:
        return type_of(member)
    except Inexact:
        if required:
            raise
        return NEVER


_ODD_KEY = re.compile('["\\\\\x00-\x1f\x7f\ud800-\udfff]')


def is_odd(name: str) -> bool:
    """Whether JSON writes this name in more than one usual way, so that it is not compared in decoders."""
    return _ODD_KEY.search(name) is not None


def struct(
    name: str, fields: Sequence[Field], *, closed: bool = False, tag_field: str | None = None, tag: str | None = None
) -> type[msgspec.Struct]:
    """A struct with these fields, in their order. The attribute of a field is its key where Python lets it be one."""
    if len(fields) > _MOST_FIELDS or any(is_odd(field.key) for field in fields) or len({field.key for field in fields}) < len(fields):
        raise Inexact("keys")
    attributes = {field.key: field.key if field.key in _PLAIN_ATTRIBUTES else f"field_{index}" for index, field in enumerate(fields)}
    return msgspec.defstruct(
        name,
        [(attributes[f.key], _named(f.type), *(() if f.required else (f.default,))) for f in fields],
        rename={attribute: key for key, attribute in attributes.items()},
        forbid_unknown_fields=closed,
        kw_only=True,
        gc=False,
        tag_field=tag_field,
        tag=tag,
    )


def _named(type_: Type) -> Type:
    """The type under a name, at which typing stops. Else it looks at every part of every type whenever a struct is made: a
    third of the time, and 10 ms where one is the Literal of all currencies."""
    return type_ if isinstance(type_, type) else NewType("Named", type_)


_PLAIN_ATTRIBUTES = frozenset(
    {"userId", "anonymousId", "messageId", "name", "context", "traits", "properties", "protocols", "event_version"}
)
"""The fields that are read off decoded events by name."""


class Anything(msgspec.Struct, gc=False):
    """Takes any object and keeps nothing of it."""


_PARTS: Mapping[str, Callable[[Node], Type]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": lambda _: bool,
    "null": lambda _: None,
    "object": object_of,
    "array": _array,
}
