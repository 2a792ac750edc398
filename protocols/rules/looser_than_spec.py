"""An event of the spec asks for no less than the spec does.

Tools know `Order Completed` and its properties from the public spec, and count on their types. An event of that name that
takes text for `total`, or leaves out what the spec requires, passes here and fails there. The rule compares your own
events and call sections with the bundled plans, whether or not you extend them: members that both have, by their types, and
what is required. Formats, patterns and values are yours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from protocols.plan import bundled, load_plan
from protocols.plan.model import Body, Plan, Shape
from protocols.positions import Position
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
identify:
  traits:
    age: {type: [number, string]}           # ! take number, as the spec does, or give it another name
events:
  Order Completed:
    properties:
      order_id: string
      total: string                         # ! take number, as the spec does, or give it another name
      products:
        type: array
        items: {properties: {price: any}}   # ! take number, as the spec does, or give it another name
  Order Packed: {properties: {total: string}}
"""


def check(subject: Subject) -> Iterator[Finding]:
    for spec in _specs(subject):
        for name, event in subject.plan.events.items():
            theirs = spec.events.get(name)
            if theirs is not None and theirs.status != "deprecated" and event.status != "deprecated":
                for body in event.bodies.values():
                    yield from _compared(body, list(theirs.bodies.values())[-1], event.position)
        for call, section in spec.sections.items():
            ours = subject.plan.sections.get(call)
            if ours is not None and ours.position is not None:
                yield from _compared(ours.body, section.body, ours.position)


def _specs(subject: Subject) -> Iterator[Plan]:
    """The bundled plans that may have something to say, each other one left unread."""
    names = {name.name for name in subject.names if name.kind == "event"}
    names |= {call for call, section in subject.plan.sections.items() if section.position is not None and call != "track"}
    for name, file in bundled().items():
        text = _text(file)
        if any(f"\n{known}:" in text or f"\n  {known}:" in text for known in names):
            yield _spec(name)


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@cache
def _spec(name: str) -> Plan:
    return load_plan(name)


def _compared(ours: Body, theirs: Body, at: Position) -> Iterator[Finding]:
    pairs = ((ours.properties, theirs.properties), (ours.traits, theirs.traits), (ours.context, theirs.context))
    for own, other in pairs:
        if other is not None:
            yield from _looser(own or Shape(position=at), other, at)


def _looser(ours: Shape, theirs: Shape, at: Position) -> Iterator[Finding]:
    """Where a shape takes what the spec's does not. `at` is where something that is missing would be written."""
    own: Mapping[str, Shape] = ours.properties or {}
    for name, other in (theirs.properties or {}).items():
        member = own.get(name)
        if other.required and (member is None or not member.required):
            place = at if member is None else member.position
            yield Finding(place, f"{quoted_if_odd(name)} is required by the spec, and not here", "write required: true")
        if member is not None:
            yield from _wider(name, member, other)
            yield from _looser(member, other, member.position)
    if ours.items is not None and theirs.items is not None:
        yield from _looser(ours.items, theirs.items, at)


def _wider(name: str, ours: Shape, theirs: Shape) -> Iterator[Finding]:
    wanted, got = _types(theirs), _types(ours)
    if not wanted or (got and got <= wanted) or "enum" in ours.keywords or "const" in ours.keywords:
        return
    said, known = _said(got) or "anything", _said(wanted)
    at = ours.positions.get("type", ours.position)
    yield Finding(
        at, f"{quoted_if_odd(name)} takes {said}, and the spec {known}", f"take {known}, as the spec does, or give it another name"
    )


def _said(types: set[str]) -> str:
    return " or ".join(sorted(types - {"integer"} if "number" in types else types))


def _types(shape: Shape) -> set[str]:
    """The types of a shape, none where it takes anything; null is left out, and whoever takes numbers takes integers."""
    types = set(shape.keywords.get("type", ())) - {"null"}
    return types | {"integer"} if "number" in types else types
