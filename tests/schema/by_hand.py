"""Plans made by hand, so that the tests of this room need no YAML."""

from __future__ import annotations

from typing import Any

from protocols.plan.model import Body, Event, Plan, RawSchema, Section, Shape
from protocols.positions import Position

_OWN = {field for field in Shape.__struct_fields__ if field not in ("keywords", "position", "positions")}


def at(line: int, column: int = 3, file: str = "plan.yaml") -> Position:
    return Position(file, line, column)


def shape(line: int = 1, type: str | None = None, **fields: Any) -> Shape:
    """A shape at a line: `type` is a list of names in one text, fields of `Shape` are fields, all others are keywords."""
    types = {"type": type.split()} if type else {}
    own = {name: fields.pop(name) for name in list(fields) if name in _OWN}
    positions = fields.pop("positions", {})
    return Shape(position=at(line), positions=positions, keywords={**types, **fields}, **own)


def raw(schema: Any, line: int = 1) -> RawSchema:
    return RawSchema(schema, at(line))


def event(name: str, line: int = 1, **fields: Any) -> Event:
    """An event; without `bodies`, its one body has the fields of `Body` among `fields`."""
    body = {key: fields.pop(key) for key in list(fields) if key in ("properties", "traits", "context", "payloads", "unplanned", "severity")}
    return Event(name=name, position=at(line), bodies=fields.pop("bodies", {None: Body(**body)}), **fields)


def section(*events: Event, line: int = 1, **body: Any) -> Section:
    return Section(position=at(line), body=Body(**body), events={event.name: event for event in events})


def plan(*events: Event, **fields: Any) -> Plan:
    """A plan of track events, and of the other sections among `fields`."""
    calls = {call: fields.pop(call) for call in ("track", "identify", "page", "screen", "group", "alias") if call in fields}
    sections = {"track": section(*events)} | calls
    return Plan(**{"name": "shop", "version": "2.10.0", "sections": sections, "files": (), **fields})
