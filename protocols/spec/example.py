"""A short payload of an entry that its plan has nothing against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from protocols.formats import FORMATS
from protocols.names import fold
from protocols.plan.model import Shape
from protocols.spec.entry import Entry

_ENVELOPE: Mapping[str, Mapping[str, Any]] = {
    "group": {"userId": "u-1001", "groupId": "acc-310"},
    "alias": {"userId": "u-1001", "previousId": "anonymous-77"},
}
_USER = {"userId": "u-1001"}

_MADE_UP: Mapping[str, Any] = {"string": "text", "integer": 1, "number": 1, "boolean": True, "object": {}, "array": [], "null": None}


def example(entry: Entry) -> dict[str, Any] | None:
    """What is required, and of the rest whatever the plan gives an example or a list of values for.

    Of a name in two spellings the first is taken; deprecated names are left out. None for the track call without an event.
    """
    if entry.call == "track" and entry.event is None:
        return None
    payload: dict[str, Any] = {"type": entry.call}
    if entry.event is not None:
        payload["event" if entry.call == "track" else "name"] = entry.event
    payload |= _ENVELOPE.get(entry.call, _USER)
    for part, shape in entry.parts.items():
        value = dict(_members(shape.properties or {}))
        if value or part == "properties":
            payload[part] = value
    return payload


def _members(shapes: Mapping[str, Shape]) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for name, shape in shapes.items():
        if shape.status == "deprecated" or fold(name) in seen:
            continue
        if (found := list(_values(shape))) or shape.required:
            seen.add(fold(name))
            yield name, found[0] if found else _made_up(shape)


def _values(shape: Shape) -> Iterator[Any]:
    """Values that the plan names, the best first; none where it names none."""
    yield from shape.examples
    if "const" in shape.keywords:
        yield shape.keywords["const"]
    yield from (value for value in shape.keywords.get("enum", ()) if value is not None)
    if shape.items is not None:
        yield from ([item] for item in _values(shape.items))
    if members := dict(_members(shape.properties or {})):
        yield members


def _made_up(shape: Shape) -> Any:
    """A value of the right type; the test of all examples says whether it will do."""
    if "format" in shape.keywords:
        return FORMATS[shape.keywords["format"]].example
    return _MADE_UP[shape.keywords.get("type", ["string"])[0]]
