"""Bytes -> a JSON value, strictly, or what is wrong with them.

RFC 8259 in strict UTF-8. Libraries differ at the edges: a lone surrogate
escape such as `"\\ud83d"` is valid JSON that msgspec refuses, and numbers beyond the range of a double or of
Python's digit limit are valid too; those few lines are read by the standard library.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from protocols.patterns import SURROGATES

_DECODER = msgspec.json.Decoder()
_ENCODER = msgspec.json.Encoder()
_PARSEABLE_DEPTH = 900
"""Deeper input is not parsed at all: msgspec and the standard library both stop near 1,000."""

_BRACKETS_AND_STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)


class NotJSON(Exception):
    """The text is no JSON; `str()` is a noun phrase that says what it is instead."""


class TooDeep(Exception):
    """The text is nested so deeply that it cannot be parsed; `depth` is how deep."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        super().__init__(depth)


def parse(raw: bytes) -> Any:
    """The JSON value that these bytes hold.

    Lone surrogates come back as U+FFFD and numbers beyond the range of a double as the largest double, so that every
    engine can take the value. Raises NotJSON, or TooDeep from about 900 levels.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise NotJSON(f"text that is not UTF-8: byte 0x{raw[error.start]:02x} at column {error.start + 1}") from None
    if raw.count(b"[") + raw.count(b"{") > _PARSEABLE_DEPTH and (deep := depth_of_text(raw)) > _PARSEABLE_DEPTH:
        raise TooDeep(deep)
    try:
        return _DECODER.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return _parse_slowly(text)


def text_of(value: Any) -> bytes | None:
    """The JSON text of a Python value, as msgspec writes it; None for values that it does not write.

    Dates, UUIDs and the like become texts, sets and tuples arrays, numbers as keys texts; numbers that are not finite become
    null, as in JavaScript.
    """
    try:
        return _ENCODER.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None


def _parse_slowly(text: str) -> Any:
    try:
        return scrub(json.loads(text, parse_constant=_refuse_constant, parse_int=_integer))
    except json.JSONDecodeError as error:
        if not text.strip():
            raise NotJSON("an empty text") from None
        what = (error.msg[:1].lower() + error.msg[1:]).removesuffix(" at").removesuffix(" starting")
        if error.pos >= len(text.rstrip()):
            raise NotJSON(f"text that ends too early, at column {error.pos + 1}: {what}") from None
        line = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise NotJSON(f"text that is not JSON at {line}: {what}") from None


def _refuse_constant(name: str) -> Any:
    raise NotJSON(f"{name}, which is a number of JavaScript and not of JSON")


_MOST_BITS = 13_000
"""Integers of more bits, about 3,900 digits, count as the largest double: Python would not write them as text."""


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= 3900 else math.copysign(sys.float_info.max, -1 if digits[0] == "-" else 1)


def scrub(value: Any) -> Any:
    """The same value in JSON's own types, safe for every engine; what was given is not changed.

    Mappings become dicts and tuples lists, lone surrogates U+FFFD, infinities the largest double. Raises NotJSON for
    what JSON does not have: NaN, keys that are no strings, other types.
    """
    match value:
        case str():
            text = str.__str__(value)  # a subclass, such as an enumeration, as the text that it is
            return text if text.isascii() else SURROGATES.sub("\ufffd", text)
        case None | bool():
            return value
        case int():
            return int.__int__(value) if value.bit_length() < _MOST_BITS else math.copysign(sys.float_info.max, 1 if value > 0 else -1)
        case float():
            if math.isnan(value):
                raise NotJSON("a record with NaN, which JSON does not have")
            return float.__float__(value) if math.isfinite(value) else math.copysign(sys.float_info.max, value)
        case Mapping():
            return {_key(key): scrub(member) for key, member in value.items()}
        case list() | tuple():
            return [scrub(item) for item in value]
        case _:
            raise NotJSON(f"a record with a Python {type(value).__name__}, which JSON does not have")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise NotJSON(f"a record with the key {key!r}, which is no string")
    return scrub(key)  # type: ignore[no-any-return]  # a string stays a string


def depth_of_text(raw: bytes) -> int:
    """How deep a JSON text is nested: 1 for `{}`, 2 for `{"a": []}`. Brackets inside strings do not count."""
    deepest = depth = 0
    for match in _BRACKETS_AND_STRINGS.finditer(raw):
        first = raw[match.start()]
        if first in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in b"]}":
            depth -= 1
    return deepest


def depth_of(value: Any) -> int:
    """How deep a JSON value is nested, as `depth_of_text` counts; walks by levels, so any depth can be measured."""
    level, depth = [value], 0
    while level := [node for node in level if isinstance(node, (dict, list))]:
        depth += 1
        level = [child for node in level for child in (node.values() if isinstance(node, dict) else node)]
    return depth
