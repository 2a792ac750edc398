"""Reading the plan's own keywords (`x-...`) off a compiled schema.

A node of the compiled schema is a plain JSON Schema object made of dicts and lists; the plan leaves in it where it comes
from (`x-origin`, `x-origins`), whether its values are personal and what is said of names it lacks (`x-unplanned`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from protocols.engine.finding import ITEM, Path
from protocols.violations import pointer_tokens

Node = Mapping[str, Any]


def child(node: Node, token: str | int) -> Node:
    """The node that speaks of the member or item `token`; an empty one where none does."""
    if isinstance(token, int):
        found = node.get("items")
    else:
        found = node.get("properties", {}).get(token)
        if found is None:
            found = node.get("additionalProperties")
    return found if isinstance(found, dict) else {}


def along(node: Node, path: Path) -> Iterator[Node]:
    """The nodes from `node` down to the one that speaks of the value at `path`, both included."""
    yield node
    for token in path:
        node = child(node, token)
        yield node


def is_map_key(node: Node, token: str | int) -> bool:
    """Whether `token` is a key of a map, which has a name of its own but no shape of its own."""
    return isinstance(token, str) and token not in node.get("properties", {}) and isinstance(node.get("additionalProperties"), dict)


def holds_personal(node: Node) -> bool:
    """Whether the plan marks a value at or below this node personal."""
    if node.get("x-personal"):
        return True
    inner = [*node.get("properties", {}).values(), node.get("items"), node.get("additionalProperties")]
    return any(isinstance(each, dict) and holds_personal(each) for each in inner)


def down(schema: Node, where: Sequence[str | int]) -> Iterator[Any]:
    """What stands along the schema path `where`, from the schema itself on; ends early where the path cannot be followed.

    Engines write `$ref` into the path or leave it out: both are followed, inside the schema resource alone.
    """
    node: Any = schema
    resource = schema
    yield node
    for token in where:
        if isinstance(node, dict):
            token = str(token)  # jsonschema-rs reads a key such as `1` as a number
        while isinstance(node, dict) and token not in node and isinstance(node.get("$ref"), str):
            node = _resolve(resource, node["$ref"])
        if token == "$ref" and isinstance(node, dict):
            node = _resolve(resource, node["$ref"])
        elif (isinstance(node, list) and isinstance(token, int)) or (isinstance(node, dict) and token in node):
            node = node[token]  # type: ignore[index]  # a list has an index here, a mapping a key
        else:
            return
        if isinstance(node, dict) and "$id" in node:
            resource = node
        yield node


def _resolve(resource: Node, reference: str) -> Any:
    """What a reference of the form `#/...` leads to in a schema resource; an empty schema for any other."""
    node: Any = resource
    fragment = unquote(reference.partition("#")[2])
    for token in pointer_tokens(fragment):
        node = node.get(token, {}) if isinstance(node, dict) else {}
    return node if reference.startswith("#") else {}


def origin(schema: Node, where: Sequence[str | int], keyword: str | None = None) -> str | None:
    """The `x-origin` that asked for what stands at the schema path `where`: of `keyword` itself where it has its own,
    else of the nearest node above.
    """
    found: str | None = None
    origins: Mapping[str, str] = {}
    for node in down(schema, where):
        if isinstance(node, dict) and isinstance(node.get("x-origin"), str):
            found, origins = node["x-origin"], node.get("x-origins", {})
        elif isinstance(node, (dict, list)):
            origins = {}
    return origins.get(keyword, found) if keyword else found


def successors(node: Node) -> frozenset[str]:
    """The members that others of the same object were replaced by: where one of these is missing, the other one may be there."""
    members = node.get("properties", {}).values()
    return frozenset(member["x-replaced-by"] for member in members if isinstance(member, Mapping) and "x-replaced-by" in member)


def node_at(schema: Node, path: Path) -> Node:
    """The node that describes what is at a path, where `ITEM` stands for each item of an array; empty where none does."""
    node = schema
    for token in path:
        node = node["items"] if token == ITEM else node.get("properties", {}).get(token, {})
    return node
