"""Cases of names, and which known name was meant."""

import pytest

from protocols import names

WRITTEN = [
    # (case, names written in it, names that are not)
    (
        "title",
        [
            *("Order Completed", "URL Copied", "3D Model Viewed", "Signed In", "API Key Created", "2FA Enabled", "Élan Créé", "SMS"),
            *("Product Added to Cart", "Product Added To Cart"),  # a small word may be small; that it has to be is taste
            *("iOS App Opened", "Sign in with iPhone", "eBay Listing Viewed", "YouTube Video Played"),  # brands begin as they like
            *("Checkout v2 Started", "Step 2 Completed", "Sign-Up Completed", "Sign-up Completed", "Opt-In", "製品閲覧"),
        ],
        [
            *("order completed", "Order completed", "Order  Completed", "Order Completed ", "OrderCompleted_x", ""),
            *("User Signed in", "to Cart Added"),  # small words at an end are not small
            *("OrderCompleted", "Order.Completed", "Order/Completed"),  # words without a blank between them
            *("ORDER COMPLETED", "PURCHASE"),  # longer than an acronym
            *("order Completed", "épargne Créée"),
        ],
    ),
    (
        "sentence",
        ["Order completed", "Order", "Signed in with PayPal", "API key created", "Étape terminée", "Step 2"],
        ["order completed", "Order Completed", "Order completed ", "ORDER COMPLETED", "OrderCompleted", ""],
    ),
    (
        "snake",
        ["product_id", "id", "step_1", "prix_réduit", "2fa_enabled"],
        ["productId", "product id", "_id", "id_", "product__id", "Product_id", "Électro_prix", "É", ""],
    ),
    ("camel", ["productId", "id", "userID", "step1", "2faEnabled"], ["ProductId", "product_id", "product id", "ÉtapeTerminée", ""]),
    ("pascal", ["ProductId", "Id", "URLCopied", "2FAEnabled"], ["productId", "Product Id", "étapeTerminée", "PURCHASE", ""]),
    ("kebab", ["product-id", "id"], ["product_id", "Product-id", "product--id", "É-id", ""]),
    ("lower", ["order completed", "order"], ["Order completed", "order  completed", "order_completed", " order", ""]),
    ("upper", ["ORDER COMPLETED", "ORDER_COMPLETED", "ÉTAPE"], ["Order Completed", "ÉTAPE é", "ORDER__COMPLETED", ""]),
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
    # acronyms and brands are one word, and keep their spelling where the case has capitals
    ("iOSAppOpened", "snake", "ios_app_opened"),
    ("ios_app_opened", "title", "iOS App Opened"),
    ("youtube_video_played", "title", "YouTube Video Played"),
    ("OAuth2Enabled", "snake", "oauth2_enabled"),
    ("2FAEnabled", "snake", "2fa_enabled"),
    ("B2BSignup", "snake", "b2b_signup"),
    ("productIDs", "snake", "product_ids"),
    ("api_key_created", "title", "API Key Created"),
    ("api_key_created", "sentence", "API key created"),
    ("step2Completed", "snake", "step2_completed"),
    ("étapeTerminée", "snake", "étape_terminée"),
    ("crééPar", "title", "Créé Par"),
    # what makes one verb with the word before is no small word
    ("sign_in_clicked", "title", "Sign In Clicked"),
    ("signed_in_on_web", "title", "Signed In on Web"),
    # shouting is no spelling
    ("SIGNED_UP", "title", "Signed Up"),
    ("ORDER COMPLETED", "pascal", "OrderCompleted"),
]


@pytest.mark.parametrize(("name", "case", "better"), REWRITTEN)
def test_rewrite(name, case, better):
    assert names.rewrite(name, case) == better
    assert names.is_written_in(better, case)
