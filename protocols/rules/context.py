"""What a place in a plan file is about: the call, the event and the member of its payload."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from protocols.plan.nodes import List, Map
from protocols.positions import Position
from protocols.violations import CALLS, to_pointer


class Context(NamedTuple):
    """`pointer` leads into a payload, with `*` for the items of an array and the keys of a map; None above its members."""

    call: str | None = None
    event: str | None = None
    version: int | None = None
    pointer: str | None = None


def context(tree: Map, at: Position) -> Context:
    """What stands at this place of a file is about."""
    return _said_by(list(_path(tree, (at.line, at.column))))


def _path(node: Any, place: tuple[int, int]) -> Iterator[str]:
    """The keys on the way to a place: at each level the last one that begins before it or there."""
    while isinstance(node, (Map, List)):
        if isinstance(node, List):
            begun = [(at.line, at.column, number) for number, at in enumerate(node.items_at) if (at.line, at.column) <= place]
            node = node[max(begun)[2]] if begun else None
            continue
        key = max((key for key in node if _at(node, key) <= place), key=lambda key: _at(node, key), default=None)
        if key is None:
            return
        yield key
        node = node[key]


def _at(node: Map, key: str) -> tuple[int, int]:
    at = node.keys_at[key]
    return (at.line, at.column)


def _said_by(path: list[str]) -> Context:
    match path:
        case ["events", event, *rest]:
            return _in_event(Context("track", event), rest)
        case [("page" | "screen") as call, "named", event, *rest]:
            return _in_event(Context(call, event), rest)
        case [call, *rest] if call in CALLS:
            return _in_event(Context(call), rest)
        case _:
            return Context()


def _in_event(found: Context, path: list[str]) -> Context:
    match path:
        case ["versions", version, *rest]:
            return _in_event(found._replace(version=int(version)), rest)
        case ["properties" | "traits" as member, name, *rest]:
            return found._replace(pointer=to_pointer([member, name, *_members(rest)]))
        case ["context", *rest]:
            return found._replace(pointer=to_pointer(["context", *_members(rest)]))
        case _:
            return found


def _members(path: list[str]) -> Iterator[str]:
    match path:
        case ["properties", name, *rest]:
            yield name
            yield from _members(rest)
        case ["items" | "additionalProperties", *rest]:
            yield "*"
            yield from _members(rest)
