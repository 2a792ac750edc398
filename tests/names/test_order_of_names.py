"""Object first, then a past tense: the verdict, the action, and the better name."""

import pytest

from protocols import names
from protocols.names.verbs import _read

ORDERED = [
    # (name, its action; None where the order is wrong)
    ("Article Shared", "Shared"),
    ("article_shared", "shared"),  # in any case
    ("User Signed Up", "Signed Up"),  # a particle belongs to the verb
    ("Cart Checked Out", "Checked Out"),
    ("Order Sent", "Sent"),  # irregular
    ("Photo Took", "Took"),  # past tense or participle
    ("Query Run", "Run"),  # a participle that looks like the verb
    ("Video Playback Paused by User", "Paused"),  # a qualifier behind
    ("Product Added to Cart", "Added"),
    ("User Signed In with Google", "Signed In"),
    ("User Subscribed In Store", "Subscribed"),  # `in` begins a qualifier here
    ("Video Watched 50%", "Watched"),
    ("Form Submitted Successfully", "Submitted"),
    ("Order Created and Paid", "Paid"),
    ("Add to Cart Clicked", "Clicked"),  # the object may hold verbs and prepositions
    ("Saved Search Deleted", "Deleted"),
    ("Refund Agreed", "Agreed"),
    ("Share Article", None),
    ("Shared Article", None),
    ("Download", None),
    ("Article Share", None),
    ("sharing article", None),
    ("Video Playing", None),
    ("News Feed", None),  # not everything on -ed is a verb
    ("Top Hundred", None),
    ("Product Viewed Page", None),  # not everything may follow
    ("Logged In", None),  # no object
    ("Swiped Left", None),
    ("Order Not Completed", None),
    ("Successfully Completed", None),
    ("", None),
    ("  ", None),
    ("🍱", None),
]


@pytest.mark.parametrize(("name", "action"), ORDERED)
def test_verdict_and_action(name, action):
    assert names.action_of(name) == action
    assert names.is_object_action(name) is (action is not None)


@pytest.mark.parametrize("name", ["Signed Up", "signed_up", "Unsubscribed", "Video Content Playing", "Account Added User"])
def test_the_names_of_the_spec_are_right_as_they_are(name):
    assert names.is_object_action(name)
    assert names.object_action(name) is None


TURNED = [
    # (name, the better one)
    ("Share Article", "Article Shared"),
    ("Shared Article", "Article Shared"),
    ("Article Share", "Article Shared"),
    ("sharing article", "article shared"),  # written as the name is
    ("shareArticle", "articleShared"),
    ("share-article", "article-shared"),
    ("Clicks Banner", "Banner Clicked"),
    ("Share Article via Email", "Article Shared via Email"),
    ("Accept Terms of Service", "Terms of Service Accepted"),
    ("Clicked on a Link", "Link Clicked"),
    ("Delete the Workspace", "Workspace Deleted"),
    ("Left Team", "Team Left"),
    ("Take Photo", "Photo Taken"),  # the participle: it happened to the photo
    ("User Viewed Product", "Product Viewed"),  # who did it stands in userId
    ("User Login", "User Logged In"),
    ("Cart Checkout", "Cart Checked Out"),
    ("User Sign Up", "User Signed Up"),
    ("Sign Up", "Signed Up"),  # the spec's own name has no object
    ("Button Clicked Event", "Button Clicked"),
    ("Viewed Article 41234", "Article Viewed"),  # without what varies
    ("Open Create Dialog", "Create Dialog Opened"),
    ("Click Save", "Save Clicked"),
    ("view_create", "view_created"),  # a view that was created
    ("Purchase Complete", "Purchase Completed"),
    ("Order Refund", "Order Refunded"),
    ("submit_button_click", "submit_button_clicked"),
    # no object, no certain verb, or a noun: no better name
    ("Download", None),
    ("Add to Cart", None),
    ("Home Page", None),
    ("Search Results", None),
    ("Order Status", None),
    ("Play Button", None),
    ("Meeting Room", None),
    ("Initial Purchase", None),
    ("Create or update Prospect", None),
    ("Confirm Delete", None),
    ("Download Update", None),  # which of the two?
    ("Signed Up Free", None),
    ("B2B Signup", None),
    ("Nested Arrays", None),
    ("Labels Test", None),
    ("Shares Total", None),
    ("Commande terminée", None),
    ("", None),
    ("123456", None),
]


@pytest.mark.parametrize(("name", "better"), TURNED)
def test_better_order(name, better):
    assert names.object_action(name) == better


def test_the_better_order_is_written_in_the_case_that_is_asked_for():
    assert names.object_action("Share Article", "snake") == "article_shared"
    assert names.object_action("share.article") == "Article Shared"


def test_no_verb_stands_in_the_table_twice():
    verbs = [verb.base for verb in _read()]
    assert len(verbs) == len(set(verbs)) > 350
