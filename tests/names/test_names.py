"""Cases of names, and which known name was meant."""

import pytest

from protocols import names

WRITTEN = [
    # (case, names written in it, names that are not)
    (
        "title",
        ["Order Completed", "URL Copied", "Product Added to Cart", "3D Model Viewed", "Signed In"],
        ["order completed", "Order completed", "Order  Completed", "Order Completed ", "OrderCompleted_x", ""],
    ),
    ("snake", ["product_id", "id", "step_1", "prix_réduit"], ["productId", "product id", "_id", "id_", "product__id", "Product_id", ""]),
    ("camel", ["productId", "id", "userID", "step1"], ["ProductId", "product_id", "product id", ""]),
    ("pascal", ["ProductId", "Id"], ["productId", "Product Id"]),
    ("kebab", ["product-id", "id"], ["product_id", "Product-id", "product--id"]),
    ("lower", ["order completed", "order"], ["Order completed", "order  completed", "order_completed"]),
    ("upper", ["ORDER COMPLETED", "ORDER_COMPLETED"], ["Order Completed"]),
    ("sentence", ["Order completed", "Order"], ["order completed"]),
]


@pytest.mark.parametrize(("case", "good", "bad"), WRITTEN)
def test_is_written_in(case, good, bad):
    assert [name for name in good if not names.is_written_in(name, case)] == []
    assert [name for name in bad if names.is_written_in(name, case)] == []


REWRITTEN = [
    ("productId", "snake", "product_id"),
    ("Product ID", "snake", "product_id"),
    ("HTTPStatus", "snake", "http_status"),
    ("product_added_to_cart", "title", "Product Added to Cart"),
    ("order-completed", "camel", "orderCompleted"),
    (" Order  Completed ", "title", "Order Completed"),
    ("article.read", "snake", "article_read"),
]


@pytest.mark.parametrize(("name", "case", "better"), REWRITTEN)
def test_rewrite(name, case, better):
    assert names.rewrite(name, case) == better
    assert names.is_written_in(better, case)


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
