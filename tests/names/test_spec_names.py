"""The public spec's events: their names, and the names of one's own that mean one of them."""

from pathlib import Path

import pytest

from protocols import names
from protocols.plan import load_plan
from protocols.plan.library import bundled

TABLE = Path(names.__file__).with_name("spec.txt")


def families():
    """`{family: [event]}`, as the table has them."""
    found: dict[str, list[str]] = {}
    for row in TABLE.read_text("utf-8").splitlines():
        if row.startswith("["):
            found[row.strip("[]")] = []
        elif row and not row.startswith("#"):
            found[list(found)[-1]].append(row.partition("=")[0].strip())
    return found


PLANNED = {event.name for path in bundled().values() for event in load_plan(path).events.values() if event.status != "deprecated"}


@pytest.mark.parametrize("family", families())
def test_the_bundled_plans_hold_a_family_whole_or_not_at_all(family):
    """A name that is spelled otherwise here than in the plan of its family would break this."""
    assert PLANNED & set(families()[family]) in (set(), set(families()[family]))


def test_the_families_that_are_bundled_are_known():
    assert {family for family, events in families().items() if PLANNED & set(events)} >= {"ecommerce", "lifecycle", "video"}


def test_there_are_87_events():
    assert len(names.spec_events()) == len(set(names.spec_events())) == 87


@pytest.mark.parametrize("name", names.spec_events())
def test_a_name_of_the_spec_means_no_other(name):
    assert names.spec_event(name) is None
    assert names.spec_event(name.lower().replace(" ", "_")) == name
    assert names.is_spec_event(name)


@pytest.mark.parametrize(
    "old", [event for path in bundled().values() for event in load_plan(path).events.values() if event.status == "deprecated"]
)
def test_the_specs_old_names_mean_those_that_took_their_place(old):
    assert names.spec_event(old.name) == old.replaced_by


def test_every_other_name_in_the_table_means_its_event():
    for row in TABLE.read_text("utf-8").splitlines():
        name, _, synonyms = row.partition("=")
        if row and row[0] not in "#[":
            assert [names.spec_event(synonym.strip()) for synonym in synonyms.split(",") if synonym] == [name.strip()] * len(
                [synonym for synonym in synonyms.split(",") if synonym]
            )


MEANT = [
    # the words in another order, form or spelling
    ("Viewed Product", "Product Viewed"),
    ("product view", "Product Viewed"),
    ("ProductViewed", "Product Viewed"),
    ("Viewed a Product", "Product Viewed"),
    ("Order Canceled", "Order Cancelled"),
    ("Viewed Product 123", "Product Viewed"),
    # who did it is not part of it
    ("User Bought Product", "Order Completed"),
    ("Customer Signed Up", "Signed Up"),
    # other words
    ("Purchase Made", "Order Completed"),
    ("Checkout Complete", "Order Completed"),
    ("Add To Cart", "Product Added"),
    ("AddedToBasket", "Product Added"),
    ("Signup", "Signed Up"),
    ("Login", "Signed In"),
    ("User Logged Out", "Signed Out"),
    ("Promo Code Applied", "Coupon Applied"),
    ("DeepLink Opened", "Deep Link Opened"),
    # the names other tools recommend
    ("add_to_cart", "Product Added"),
    ("begin_checkout", "Checkout Started"),
    ("purchase", "Order Completed"),
    ("view_item", "Product Viewed"),
    ("view_item_list", "Product List Viewed"),
    ("select_item", "Product Clicked"),
    ("select_promotion", "Promotion Clicked"),
    ("add_payment_info", "Payment Info Entered"),
    ("add_to_wishlist", "Product Added to Wishlist"),
    ("sign_up", "Signed Up"),
    ("InitiateCheckout", "Checkout Started"),
    ("CompleteRegistration", "Signed Up"),
    ("StartTrial", "Trial Started"),
    ("collection_viewed", "Product List Viewed"),
    ("payment_info_submitted", "Payment Info Entered"),
    ("app_remove", "Application Uninstalled"),
    # other readings are possible: nothing is said
    ("Search", None),
    ("Checkout", None),
    ("Order", None),
    ("Refund", None),
    ("Subscribe", None),
    ("Payment Completed", None),
    ("Chat Started", None),
    ("User Created", None),
    ("Video Watched", None),
    # a word too many
    ("View Cart Button Clicked", None),
    ("Purchase Failed", None),
    ("Purchase Order Completed", None),
    ("Sign Up Page Viewed", None),
    ("Product Added to Comparison", None),
    ("Order Not Completed", None),
    ("Video Content Played", None),
    ("", None),
    ("user", None),
]


@pytest.mark.parametrize(("name", "meant"), MEANT)
def test_spec_event(name, meant):
    assert names.spec_event(name) == meant
