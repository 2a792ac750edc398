"""What the plan asks for fits into the limits that it sets itself.

An event whose name is longer than `limits: event_name` is a violation each time it is sent, however faithfully. The limits
are those of the plan, or Segment's own where it says none: 255 characters for names, 300 properties, 64 levels.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.plan.model import Limits
from protocols.positions import Position
from protocols.rules.rule import Finding
from protocols.rules.subject import Planned, Subject
from protocols.violations import counted, dotted, quoted_if_odd

EXAMPLE = """
limits: {event_name: 24, property_name: 20, properties: 2, depth: 3}
events:
  Order Completed: {properties: {order_id: string}}
  Order Completed By Telephone: {}          # ! find a shorter name, or raise limits: event_name
  Cart Viewed:
    properties:                             # ! plan fewer, or raise limits: properties
      cart_id: string
      currency: string
      products: {type: array, items: {type: object, properties: {}}}     # ! plan it flatter, or raise limits: depth
  Cart Shared:
    properties:
      share_of_the_whole_cart: number       # ! find a shorter name, or raise limits: property_name
"""


def check(subject: Subject) -> Iterator[Finding]:
    for event in subject.plan.events.values():
        yield from _length(event.name, event.position, subject.plan.limits.event_name, "event_name")
    for planned in subject.shapes:
        if planned.kind != "context" and len(planned.path) == 1:
            yield from _members(planned, subject.plan.limits)
        yield from _depth(planned, subject.plan.limits.depth)


def _length(name: str, at: Position, most: int, key: str) -> Iterator[Finding]:
    if len(name) > most:
        message = f"{quoted_if_odd(name)} should have at most {counted(most, 'character')}, got {len(name)}"
        yield Finding(at, message, f"find a shorter name, or raise limits: {key}")


def _members(planned: Planned, limits: Limits) -> Iterator[Finding]:
    """Number and names of what stands right under properties or traits."""
    members = planned.shape.properties or {}
    if len(members) > limits.properties:
        at = planned.shape.positions.get("properties", planned.shape.position)
        noun = "property" if planned.kind == "property" else "trait"
        message = f"there should be at most {counted(limits.properties, noun)}, got {len(members)}"
        yield Finding(at, message, "plan fewer, or raise limits: properties")
    for name, member in members.items():
        yield from _length(name, member.position, limits.property_name, "property_name")


def _depth(planned: Planned, most: int) -> Iterator[Finding]:
    """The first object or array that is one too deep; the payload itself is the first level."""
    depth = len(planned.path) + 1
    if depth == most + 1 and (planned.shape.properties is not None or planned.shape.items is not None):
        message = f"{dotted(planned.path)} should be at most {counted(most, 'level')} deep, got {depth}"
        yield Finding(planned.shape.position, message, "plan it flatter, or raise limits: depth")
