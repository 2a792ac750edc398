"""The names that a plan file itself writes, with nothing merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from protocols.plan.grammar import OWN_MEMBERS
from protocols.plan.merge import Removed, names_of
from protocols.plan.nodes import Map
from protocols.positions import Position
from protocols.violations import CALLS

MEMBERS = ("property", "trait", "context")
"""Kinds of names that stand in payloads."""


class Name(NamedTuple):
    """A name that a file gives to something.

    `kind` is event, page, definition, property, trait or context (a field of a context); a page is a named screen as
    well. `node` is what the file says of it, and `path` holds the keys that lead to it.
    """

    kind: str
    name: str
    at: Position
    node: Any
    path: tuple[str, ...]

    @property
    def is_removed(self) -> bool:
        """Whether the file takes out what has this name."""
        return isinstance(self.node, Removed)


class Holder(NamedTuple):
    """A mapping that may have members, or a `ref` that brings some: a shape, or that of an event or a call.

    `kind` is that of its members, which stand under `path`; `definition` where that depends on who uses it.
    """

    node: Map
    members: Map | None
    kind: str
    path: tuple[str, ...]


def names_in(tree: Map, kinds: Mapping[str, str]) -> list[Name]:
    """Every name in a file, in the order they stand in. `kinds` says what the members of a definition are."""
    return sorted([*_top_names(tree), *_member_names(tree, kinds)], key=lambda name: (name.at.line, name.at.column))


def kinds_of_definitions(trees: Iterable[Map]) -> dict[str, str]:
    """Definition -> what its members are: traits or fields of a context where it is used for these alone, else properties."""
    users: dict[str, set[str]] = {}
    for tree in trees:
        for holder in holders(tree):
            user = f"{_DEFINITION}{holder.path[1]}" if holder.kind == "definition" else holder.kind
            for name, _ in names_of(holder.node, "ref") if "ref" in holder.node else ():
                users.setdefault(name, set()).add(user)
    return {name: _kind_of(name, users) for name in users}


_DEFINITION = "definition "


def _kind_of(name: str, users: Mapping[str, set[str]]) -> str:
    kinds: set[str] = set()
    seen = {name}
    waiting = [name]
    while waiting:
        for user in users.get(waiting.pop(), set()) - seen:
            if user.startswith(_DEFINITION):
                seen.add(user)
                waiting.append(user.removeprefix(_DEFINITION))
            else:
                kinds.add(user)
    return kinds.pop() if len(kinds) == 1 else "property"


def _top_names(tree: Map) -> Iterator[Name]:
    homes: list[tuple[str, Map, str, tuple[str, ...]]] = [("event", tree, "events", ()), ("definition", tree, "definitions", ())]
    homes += [("page", tree[call], "named", (call,)) for call in ("page", "screen") if isinstance(tree.get(call), Map)]
    for kind, home, key, path in homes:
        names = home.get(key, {})
        for name, node in names.items():
            yield Name(kind, name, names.keys_at[name], node, (*path, key, name))


def _member_names(tree: Map, kinds: Mapping[str, str]) -> Iterator[Name]:
    for holder in holders(tree):
        kind = kinds.get(holder.path[1], "property") if holder.kind == "definition" else holder.kind
        members = holder.members or Map(holder.node.at)
        for name, node in members.items():
            yield Name(kind, name, members.keys_at[name], node, (*holder.path, name))


def holders(tree: Map) -> Iterator[Holder]:
    """Everything in a file that may have members."""
    for name, node in tree.get("definitions", {}).items():
        yield from _shape(node, "definition", ("definitions", name))
    for name, node in tree.get("events", {}).items():
        yield from _body(node, "property", ("events", name))
    for call in CALLS:
        section = tree.get(call)
        if isinstance(section, Map):
            yield from _body(section, "trait" if OWN_MEMBERS.get(call) == "traits" else "property", (call,))
            for name, node in section.get("named", {}).items():
                yield from _body(node, "property", (call, "named", name))


def _body(node: Any, kind: str, path: tuple[str, ...]) -> Iterator[Holder]:
    """An event, a version of one or a call section."""
    if not isinstance(node, Map):
        return
    yield from _shape(node, kind, path)
    if "traits" in node:
        yield from _members(Map(node["traits"].at), node["traits"], "trait", (*path, "traits"))
    yield from _shape(node.get("context"), "context", (*path, "context"))
    for number, version in node.get("versions", {}).items():
        yield from _body(version, kind, (*path, "versions", number))


def _shape(node: Any, kind: str, path: tuple[str, ...]) -> Iterator[Holder]:
    if not isinstance(node, Map):
        return
    yield from _members(node, node.get("properties"), kind, (*path, "properties"))
    for key in ("items", "additionalProperties"):
        yield from _shape(node.get(key), kind, (*path, key))


def _members(node: Map, members: Map | None, kind: str, path: tuple[str, ...]) -> Iterator[Holder]:
    yield Holder(node, members, kind, path)
    for name, member in (members or {}).items():
        yield from _shape(member, kind, (*path, name))
