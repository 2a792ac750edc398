"""One name means one type across events.

Where `price` is a number in one event and text in another, no question about prices can be asked of both, and warehouses
keep the column in the wider type. Types that share one are fine (`integer` and `number`, `[string, number]` and `string`),
and so is null. The rule looks at the members right under `properties`, and tells at each place that differs from most.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.plan.model import Shape
from protocols.rules.rule import Finding, seen_from
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Product Viewed: {properties: {price: number}}
  Product Added: {properties: {price: integer}}
  Product Removed:
    properties:
      price: string          # ! make them one type, or give one of them another name
"""


def check(subject: Subject) -> Iterator[Finding]:
    for name, places in _by_name(subject).items():
        types = [_types(place) for place in places]
        usual = max(types, key=lambda one: sum(bool(one & other) for other in types))
        first = places[types.index(usual)].position
        for place, own in zip(places, types, strict=True):
            if not own & usual:
                where = seen_from(place.position, first)
                yield Finding(
                    place.position,
                    f"{quoted_if_odd(name)} is {_said(own)} here and {_said(usual)} in {where}",
                    "make them one type, or give one of them another name",
                )


def _by_name(subject: Subject) -> dict[str, list[Shape]]:
    """Name of a property -> what it is right under the properties of each event in use that gives it a type."""
    found: dict[str, list[Shape]] = {}
    for planned in subject.shapes:
        in_use = planned.shape.status != "deprecated" and (planned.event is None or planned.event.status != "deprecated")
        if len(planned.path) == 2 and planned.kind == "property" and in_use and _types(planned.shape):
            found.setdefault(planned.path[1], []).append(planned.shape)
    return found


def _types(shape: Shape) -> frozenset[str]:
    """The types of a shape, null left out; an integer is a number."""
    types = set(shape.keywords.get("type", ())) - {"null"}
    return frozenset(types | {"number"} if "integer" in types else types)


def _said(types: frozenset[str]) -> str:
    return " or ".join(sorted(types - {"number"} if "integer" in types else types))
