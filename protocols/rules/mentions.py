"""Where plan files refer to the names of events and members: `replaced_by`, selections, raw schemas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from protocols.plan.nodes import List, Map
from protocols.positions import Position
from protocols.rules.written import holders
from protocols.violations import pointer_tokens

EVENT, MEMBER = "event", "member"


class Mention(NamedTuple):
    """A name that stands somewhere as a reference. `of` is event or member, None where it may also be a mere value."""

    name: str
    at: Position
    of: str | None


def mentions_in(tree: Map) -> Iterator[Mention]:
    """Every reference to an event or member by its name in one file."""
    for item in tree.get("extends", ()):
        for selected in item.values() if isinstance(item, Map) else ():
            yield from _listed(selected, EVENT)
    yield from _successors(tree.get("events", {}).values(), EVENT)
    for holder in holders(tree):
        yield from _successors((holder.members or {}).values(), MEMBER)
        if "schema" in holder.node:
            yield from _in_schema(holder.node["schema"])
    yield from _in_payloads(tree)


def _successors(nodes: Iterable[Any], of: str) -> Iterator[Mention]:
    for node in nodes:
        if isinstance(node, Map) and "replaced_by" in node:
            yield Mention(node["replaced_by"], node.values_at["replaced_by"], of)


def _in_payloads(node: Any) -> Iterator[Mention]:
    """What raw schemas over a whole call say: names of members, of fields of the envelope, values; nobody can tell which."""
    for key, value in node.items() if isinstance(node, Map) else ():
        if key == "payload":
            yield from _anything(value, node.values_at[key])
        elif key in ("events", "named", "versions") or isinstance(value, Map):
            yield from _in_payloads(value)


def _anything(value: Any, at: Position) -> Iterator[Mention]:
    if isinstance(value, Map):
        for key, member in value.items():
            yield Mention(key, value.keys_at[key], None)
            yield from _anything(member, value.values_at[key])
    elif isinstance(value, List):
        for item, item_at in zip(value, value.items_at, strict=True):
            yield from _anything(item, item_at)
    elif isinstance(value, str):
        yield Mention(value, at, None)


def _in_schema(schema: Any) -> Iterator[Mention]:
    """What one raw schema says: the names of members as such, and all else that is text."""
    for key, value in schema.items() if isinstance(schema, Map) else ():
        if key in ("properties", "dependentSchemas", "dependentRequired") and isinstance(value, Map):
            for name, member in value.items():
                yield Mention(name, value.keys_at[name], MEMBER)
                yield from _listed(member, MEMBER) if key == "dependentRequired" else _in_schema(member)
        elif key == "required":
            yield from _listed(value, MEMBER)
        elif key == "$ref":
            yield from (Mention(token, schema.values_at[key], None) for token in pointer_tokens(value))
        elif key in ("enum", "const", "examples", "default"):
            yield from _anything(value, schema.values_at[key])
        elif isinstance(value, Map):
            yield from _in_schema(value)
        elif isinstance(value, List):
            for item in value:
                yield from _in_schema(item)


def _listed(value: Any, of: str) -> Iterator[Mention]:
    if isinstance(value, List):
        yield from (Mention(item, at, of) for item, at in zip(value, value.items_at, strict=True) if isinstance(item, str))
