"""A raw schema speaks of members that the plan names.

Only what stands under `properties` is planned. A name that `schema` alone knows is reported as unplanned in each event
that has it, though a rule for it exists; mostly it is a slip of the pen, and the rule never takes effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from protocols.names import nearest
from protocols.plan.nodes import List, Map
from protocols.positions import Position
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.rules.written import holders
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Order Completed:
    properties:
      coupon: string
      discount: number
    schema:
      dependentRequired:
        coupon: [discount]
        discount: [cupon]                   # ! did you mean coupon?
      anyOf:
        - {required: [coupon]}
        - {required: [voucher]}             # ! plan it under properties
"""


def check(subject: Subject) -> Iterator[Finding]:
    planned: dict[Position, set[str]] = {}
    for place in subject.all_shapes:
        shape = place.shape
        if shape.raw is not None and shape.properties is not None and shape.additional is None:
            planned.setdefault(shape.raw.position, set()).update(shape.properties)
    for tree in subject.written.values():
        for holder in holders(tree):
            known = planned.get(holder.node.keys_at["schema"], set()) if "schema" in holder.node else set()
            for name, at in _names(holder.node["schema"]) if known else ():
                if name not in known:
                    near = nearest(name, known)
                    hint = f"did you mean {near}?" if near else "plan it under properties"
                    yield Finding(at, f"{quoted_if_odd(name)} is known to the raw schema alone", hint)


def _names(schema: Any) -> Iterator[tuple[str, Position]]:
    """The members of the value itself that a raw schema names; those of values inside it are not looked at."""
    if not isinstance(schema, Map):
        return
    for key, value in schema.items():
        if key in ("properties", "dependentSchemas", "dependentRequired") and isinstance(value, Map):
            yield from ((name, value.keys_at[name]) for name in value)
        for listed in _listed(key, value):
            yield from ((item, at) for item, at in zip(listed, listed.items_at, strict=True) if isinstance(item, str))
        for inner in _of_same_value(key, value):
            yield from _names(inner)


def _listed(key: str, value: Any) -> list[List]:
    """Lists of names."""
    found = [value] if key == "required" else list(value.values()) if key == "dependentRequired" and isinstance(value, Map) else []
    return [names for names in found if isinstance(names, List)]


def _of_same_value(key: str, value: Any) -> list[Any]:
    """Schemas inside a schema that are about the same value."""
    if key in ("allOf", "anyOf", "oneOf") and isinstance(value, List):
        return value
    if key == "dependentSchemas" and isinstance(value, Map):
        return list(value.values())
    return [value] if key in ("not", "if", "then", "else") else []
