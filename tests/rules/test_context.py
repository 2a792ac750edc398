"""What a place in a plan file is about, which baselines and filters go by."""

from __future__ import annotations

import pytest

from protocols.plan.nodes import parse
from protocols.positions import Position
from protocols.rules.context import Context, context

TEXT = """\
plan: p
definitions:
  Product: {properties: {price: number}}
events:
  Order Completed:
    owners: [shop]
    properties:
      total: {type: number, minimum: 0}
      products: {items: {properties: {a/b: {additionalProperties: {properties: {c: string}}}}}}
    context: {properties: {ip: string}}
    versions:
      2: {properties: {tax: number}}
identify:
  traits: {email: string}
page:
  properties: {url: string}
  named: {Home: {properties: {step: integer}}}
"""

PLACES = [
    ("p\n", Context()),
    ("price", Context()),
    ("Order Completed", Context("track", "Order Completed")),
    ("shop", Context("track", "Order Completed")),
    # the name of a member, and all that is said of it
    ("total", Context("track", "Order Completed", None, "/properties/total")),
    ("minimum", Context("track", "Order Completed", None, "/properties/total")),
    # items and keys of maps are stars, odd names are escaped
    ("products", Context("track", "Order Completed", None, "/properties/products")),
    ("a/b", Context("track", "Order Completed", None, "/properties/products/*/a~1b")),
    ("c: string", Context("track", "Order Completed", None, "/properties/products/*/a~1b/*/c")),
    ("ip", Context("track", "Order Completed", None, "/context/ip")),
    ("tax", Context("track", "Order Completed", 2, "/properties/tax")),
    # calls, and pages by name
    ("identify", Context("identify")),
    ("email", Context("identify", None, None, "/traits/email")),
    ("url", Context("page", None, None, "/properties/url")),
    ("Home", Context("page", "Home")),
    ("step", Context("page", "Home", None, "/properties/step")),
]


@pytest.mark.parametrize(("word", "about"), PLACES, ids=[row[0].strip() for row in PLACES])
def test_what_a_place_is_about(word, about):
    offset = TEXT.rindex(word) if word != "c: string" else TEXT.index(word)
    line = TEXT.count("\n", 0, offset) + 1
    at = Position("plan.yaml", line, offset - TEXT.rfind("\n", 0, offset))
    assert context(parse(TEXT, "plan.yaml").root, at) == about
