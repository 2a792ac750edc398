"""A plan's tree -> YAML as a person would write it: one line for a property, quotes only where they are needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from protocols.plan.nodes import resolve

WIDTH = 120
"""Columns of a line; only a name or a word that is longer by itself goes beyond."""

_NAMED = frozenset({"events", "named", "versions", "definitions", "properties", "traits"})
"""Keys whose value has an entry for each name, which stands on lines of its own."""

_SPREAD = frozenset({"events", "named", "versions"})
"""Keys whose entries are never folded into one line, and stand apart by a blank one."""


def dump(tree: Mapping[str, Any], comments: Sequence[str] = ()) -> str:
    """The text of a plan file. `tree` is what the text shall be read as, in its order; `comments` are lines above it.

    Every text that Python can encode as UTF-8 is read back as it was; a float has to be finite.
    """
    lines = [f"# {comment}" for comment in comments]
    was_block = False
    for key, value in tree.items():
        entry = list(_entry(key, value, 0))
        if lines and (was_block or len(entry) > 1):
            lines.append("")
        lines += entry
        was_block = len(entry) > 1
    return "\n".join(lines) + "\n"


def short(shape: Mapping[str, Any]) -> Any:
    """A shape in its short form where it has one: `number` for `{type: number}`, `any` for one that says nothing."""
    if not shape:
        return "any"
    return shape["type"] if len(shape) == 1 and isinstance(shape.get("type"), str) else dict(shape)


# -- blocks


def _entry(key: str, value: Any, indent: int, spread: bool = False) -> Iterator[str]:
    """The lines of one key and its value; with `spread` a mapping gets lines of its own even where one would do."""
    head = " " * indent + _key(key)
    line = f"{head}: {_flow(value)}"
    if not value and isinstance(value, (dict, list)):
        yield line
    elif isinstance(value, str):
        yield from _text(head, value, indent) if len(line) > WIDTH or "\n" in value else (line,)
    elif not isinstance(value, (dict, list)) or (len(line) <= WIDTH and not spread and key not in _NAMED and not _names(value)):
        yield line
    else:
        yield f"{head}:"
        yield from _block(value, indent + 2, key)


def _names(value: Any) -> bool:
    """Whether a mapping with an entry for each name stands anywhere inside."""
    if isinstance(value, list):
        return any(map(_names, value))
    return isinstance(value, dict) and any(
        (key in _NAMED and isinstance(inner, dict) and inner) or _names(inner) for key, inner in value.items()
    )


def _block(value: Any, indent: int, under: str = "") -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield from _mapping(value, indent, under)
    elif isinstance(value, list) and value:
        for item in value:
            line = f"{' ' * indent}- {_flow(item)}"
            if len(line) <= WIDTH or not isinstance(item, (dict, list)):
                yield line
            else:
                first, *rest = _block(item, indent + 2)
                yield f"{' ' * indent}- {first[indent + 2 :]}"
                yield from rest
    else:
        yield " " * indent + _flow(value)


def _mapping(value: Mapping[str, Any], indent: int, under: str) -> Iterator[str]:
    spread = under in _SPREAD
    was_block, is_first = False, True
    for key, inner in value.items():
        entry = list(_entry(key, inner, indent, spread))
        if spread and not is_first and (was_block or len(entry) > 1):
            yield ""
        yield from entry
        was_block, is_first = len(entry) > 1, False


def _text(head: str, text: str, indent: int) -> Iterator[str]:
    """A text of several lines as it stands, a long one folded; one that neither could hold exactly, in quotes."""
    margin = " " * (indent + 2)
    lines = text.split("\n")
    if len(lines) > 1 and _is_literal(lines):
        yield f"{head}: {'|' if lines[-1] == '' else '|-'}"
        yield from (margin + line if line else "" for line in (lines[:-1] if lines[-1] == "" else lines))
    elif len(lines) == 1 and text.isprintable() and text == " ".join(text.split()):
        yield f"{head}: >-"
        yield from (margin + line for line in _wrapped(text.split(" "), WIDTH - len(margin)))
    else:
        yield f"{head}: {_scalar(text, in_flow=False)}"


def _is_literal(lines: Sequence[str]) -> bool:
    body = lines[:-1] if lines[-1] == "" else lines
    return all(map(str.isprintable, lines)) and bool(body) and body[0][:1] not in ("", " ") and body[-1].strip() != ""


def _wrapped(words: Sequence[str], width: int) -> Iterator[str]:
    line = words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line += " " + word
    yield line


# -- one line


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key, in_flow=True)}: {_within(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_within, value)) + "]"
    return _scalar(value, in_flow=False)


def _within(value: Any) -> str:
    return _flow(value) if isinstance(value, (dict, list)) else _scalar(value, in_flow=True)


def _key(name: str) -> str:
    """A key is read as text in any case, so one that is a number, such as a version, needs no quotes."""
    return name if name.isdecimal() and name.isascii() else _scalar(name, in_flow=False)


def _scalar(value: Any, *, in_flow: bool) -> str:
    if not isinstance(value, str):
        return json.dumps(value, allow_nan=False)
    if _is_plain(value) and not (in_flow and _FLOW_SIGNS.search(value)):
        return value
    if value.isprintable() and ("\\" in value or '"' in value):
        return "'" + value.replace("'", "''") + "'"
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(map(_escaped, quoted)) if not quoted.isprintable() else quoted


def _is_plain(text: str) -> bool:
    """Whether a text may stand without quotes, and is then read as this text."""
    return _PLAIN.fullmatch(text) is not None and text.isprintable() and text != "<<" and resolve(text) is text


_PLAIN = re.compile(
    r"(?![-?:,\[\]{}#&*!|>'\"%@` ]|\.\.\.)"  # an indicator, or the mark that ends a document
    r"(?:(?!: | #).)*"
    r"(?<![: ])"
)
_FLOW_SIGNS = re.compile(r"[,\[\]{}:?]")


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
