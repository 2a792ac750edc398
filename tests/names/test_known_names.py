"""Which known name was meant."""

import pytest

from protocols import names

KNOWN = ["Product Viewed", "Product Shared", "Cart Shared", "Order Completed", "Signed Up"]
NEAREST = [
    ("product_viewed", "Product Viewed"),  # the same words in another spelling
    ("Product View", "Product Viewed"),
    ("Order Complete", "Order Completed"),
    ("SIGNED UP", "Signed Up"),
    ("Article Shared", None),  # as close to Cart Shared as to Product Viewed: not at all
    ("Product Purchased", None),
    ("Cart Share", "Cart Shared"),
    ("User Product Viewed", "Product Viewed"),  # one word too many
    ("", None),
    ("...", None),
]


@pytest.mark.parametrize(("name", "meant"), NEAREST)
def test_nearest(name, meant):
    assert names.nearest(name, KNOWN) == meant


def test_nearest_forgives_case_in_close_names():
    assert names.nearest("PRODUCT VIEW", KNOWN) == "Product Viewed"


def test_another_spelling():
    known = names.Known(["Product Viewed", "product_viewed", "!!!"])
    assert known.spelled("productViewed") == "Product Viewed"  # the first of several
    assert known.spelled("Product View") is None
    assert known.spelled("???") is None  # nothing is no spelling of nothing
