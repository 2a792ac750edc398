"""One better name for whatever is wrong with a name."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_laws_of_names import NAMES

from protocols import names

BETTER = [
    # name, cases agreed on, whether the order is, what was meant, better name
    ("Share Article", ("title",), True, None, "Article Shared"),
    ("share_article_41234", ("title",), True, None, "Article Shared"),
    # without an agreement on the order it stays
    ("share_article", ("title",), False, None, "Share Article"),
    # any of the cases will do
    ("productId", ("snake", "camel"), False, None, None),
    ("Product Id", ("snake", "camel"), False, None, "product_id"),
    # what was meant counts, in the case agreed on
    ("purchase made", ("title",), True, "Order Completed", "Order Completed"),
    ("prodid", ("camel",), False, "product_id", "productId"),
    # nobody agreed on a case: what is left is written as it was
    ("Viewed Product 123", (), False, None, "Viewed Product"),
    ("experiment_41234", (), False, None, "experiment"),
    # and no letter is changed for a case that only happens to fit
    ("0000---odd-name~!3", (), False, None, None),
    ("Add To Cart", (), False, None, None),
    # nothing is wrong
    ("Article Shared", ("title",), True, None, None),
    # nobody can type it
    ("Article\x00shared", ("title",), True, None, None),
]


@pytest.mark.parametrize(("name", "cases", "ordered", "meant", "better"), BETTER)
def test_better_names(name, cases, ordered, meant, better):
    assert names.better_name(name, cases, ordered=ordered, meant=meant) == better


@given(NAMES, st.lists(st.sampled_from(list(names.CASES)), max_size=2), st.booleans())
@example("00:2FA", ["title"], False)
def test_it_is_another_name_in_a_case_agreed_on(name, cases, ordered):
    better = names.better_name(name, cases, ordered=ordered)
    if better is not None:
        assert better != name
        assert not cases or any(names.is_written_in(better, case) for case in cases)
