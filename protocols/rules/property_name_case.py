"""Property names are written in the case that the plan agrees on.

A property becomes a column, a filter and a variable. Where `orderId` stands beside `order_id`, half of the values are in
the one and half in the other, and every query has to know. The rule asks only where `naming: properties:` says a case or
a pattern, at every depth, and leaves alone the names under `allow`, deprecated properties, and what bundled plans bring.
`--fix` renames the property wherever the plan names it, if only its case changes; who sends it has to follow.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.naming import misnamed
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject

EXAMPLE = """
naming: {properties: {case: snake}}
definitions:
  Product:
    properties:
      product_id: string
      imageUrl: string                      # ! rename it to image_url
events:
  Order Completed:
    properties:
      order_id: string
      orderTotal: number                    # ! rename it to order_total
      number: {type: string, status: deprecated}
      products: {type: array, items: {ref: Product}}
"""


def check(subject: Subject) -> Iterator[Finding]:
    yield from misnamed(subject, "property", "property-name-case")
