"""What is said of the form of names that the plan lacks: case, order, parts that vary, and what the public spec calls it."""

import pytest
from said import said

PLAN = """
naming:
  events: {case: title, order: object-action, allow: [Page View, "Level 9000", iOS 14 Prompt]}
  properties: {case: snake, allow: [legacy_20190101]}
  traits: {case: [snake, camel]}
unplanned: {events: warning, properties: warning, traits: warning}
events:
  Product Viewed:
    properties:
      product_id: string
      box: {type: object, properties: {size: integer}}
      items: {type: array, items: {type: object, properties: {sku: string}}}
      scores: {type: object, additionalProperties: integer}
      anything: {type: object}
      open: {type: object, properties: {a: integer}, additionalProperties: true}
  Checkout Done: {}
  Basket Seen: {status: deprecated, replaced_by: Product Viewed}
identify: {traits: {email: string}}
"""


def track(event, **properties):
    return {"type": "track", "event": event, "userId": "u", "properties": properties}


def viewed(**properties):
    return track("Product Viewed", **properties)


ROWS = [
    # the order: only of names that the plan lacks, and with a better name where one is certain
    (
        track("Share Article"),
        [
            "warning naming/event-name-order /event: Share Article is not an object and a past-tense action; rename it to Article Shared",
            "warning unplanned/unplanned-event /event: Share Article is not in the plan",
        ],
    ),
    (track("Article Shared"), ["warning unplanned/unplanned-event /event: Article Shared is not in the plan"]),
    (
        track("Download"),
        [
            "warning naming/event-name-order /event: Download is not an object and a past-tense action; "
            "say what it happened to, then what happened",
            "warning unplanned/unplanned-event /event: Download is not in the plan",
        ],
    ),
    # two rules broken at once ask for one and the same name
    (
        track("share_article"),
        [
            "warning naming/event-name-case /event: share_article is not Title Case; rename it to Article Shared",
            "warning naming/event-name-order /event: share_article is not an object and a past-tense action; rename it to Article Shared",
            "warning unplanned/unplanned-event /event: share_article is not in the plan",
        ],
    ),
    # the spec's names are right as they are
    (track("Signed Up"), ["warning unplanned/unplanned-event /event: Signed Up is not in the plan"]),
    # the spec's name for it; a planned one goes first, and the one that took its place before it
    (
        track("User Bought Product"),
        [
            "warning naming/event-name-order /event: User Bought Product is not an object and a past-tense action; "
            "rename it to Order Completed",
            "warning unplanned/unplanned-event /event: User Bought Product is not in the plan; the public spec calls it Order Completed",
        ],
    ),
    (
        track("View Item"),
        [
            "warning naming/event-name-order /event: View Item is not an object and a past-tense action; rename it to Product Viewed",
            "warning unplanned/unplanned-event /event: View Item is not in the plan; did you mean Product Viewed?",
        ],
    ),
    (
        track("Checkout Completed"),
        ["warning unplanned/unplanned-event /event: Checkout Completed is not in the plan; the public spec calls it Order Completed"],
    ),
    (track("Baskets Seen"), ["warning unplanned/unplanned-event /event: Baskets Seen is not in the plan; did you mean Product Viewed?"]),
    # parts that vary
    (
        track("Viewed Product 123"),
        [
            "warning naming/dynamic-name /event: Viewed Product 123 holds a value that changes; "
            "rename it to Product Viewed and send 123 as a property",
            "warning naming/event-name-order /event: Viewed Product 123 is not an object and a past-tense action; "
            "rename it to Product Viewed",
            "warning unplanned/unplanned-event /event: Viewed Product 123 is not in the plan; did you mean Product Viewed?",
        ],
    ),
    (
        track("Survey 8f14e45f Answered"),
        [
            "warning naming/dynamic-name /event: Survey 8f14e45f Answered holds a value that changes; "
            "rename it to Survey Answered and send 8f14e45f as a property",
            "warning unplanned/unplanned-event /event: Survey 8f14e45f Answered is not in the plan",
        ],
    ),
    (
        track("4711"),
        [
            "warning naming/dynamic-name /event: 4711 holds a value that changes; send 4711 as a property",
            "warning naming/event-name-order /event: 4711 is not an object and a past-tense action; "
            "say what it happened to, then what happened",
            "warning unplanned/unplanned-event /event: 4711 is not in the plan",
        ],
    ),
    # allowed names are exempt from all rules of naming
    (track("Page View"), ["warning unplanned/unplanned-event /event: Page View is not in the plan"]),
    (track("Level 9000"), ["warning unplanned/unplanned-event /event: Level 9000 is not in the plan"]),
    # an unplanned event's own names, as far as they can be read without a plan
    (
        track("Article Shared", experiment_41234=1, box={"x_41234": 1}),
        [
            "warning unplanned/unplanned-event /event: Article Shared is not in the plan",
            "warning naming/dynamic-name /properties/experiment_41234: experiment_41234 holds a value that changes; "
            "rename it to experiment and send 41234 as a value",
        ],
    ),
    # properties and traits, nested ones too
    (
        viewed(experiment_41234=1),
        [
            "warning naming/dynamic-name /properties/experiment_41234: experiment_41234 holds a value that changes; "
            "rename it to experiment and send 41234 as a value",
            "warning unplanned/unplanned-property /properties/experiment_41234: properties.experiment_41234 is not in the plan",
        ],
    ),
    (
        viewed(box={"size_2024_01_15": 1}),
        [
            "warning naming/dynamic-name /properties/box/size_2024_01_15: size_2024_01_15 holds a value that changes; "
            "rename it to size and send 2024_01_15 as a value",
            "warning unplanned/unplanned-property /properties/box/size_2024_01_15: "
            "properties.box.size_2024_01_15 is not in the plan; did you mean size?",
        ],
    ),
    (
        viewed(items=[{"sku": "a"}, {"ada@example.com": 1}]),
        [
            "warning naming/dynamic-name /properties/items/1/ada@example.com: ada@example.com holds a value that changes; "
            "send ada@example.com as a value",
            "warning naming/property-name-case /properties/items/1/ada@example.com: ada@example.com is not snake_case",
            "warning unplanned/unplanned-property /properties/items/1/ada@example.com: "
            'properties.items[1]["ada@example.com"] is not in the plan',
        ],
    ),
    (
        {"type": "identify", "userId": "u", "traits": {"flag_5f3a9c2e": True}},
        [
            "warning naming/dynamic-name /traits/flag_5f3a9c2e: flag_5f3a9c2e holds a value that changes; "
            "rename it to flag and send 5f3a9c2e as a value",
            "warning unplanned/unplanned-trait /traits/flag_5f3a9c2e: traits.flag_5f3a9c2e is not in the plan",
        ],
    ),
    (
        viewed(legacy_20190101=1),
        ["warning unplanned/unplanned-property /properties/legacy_20190101: properties.legacy_20190101 is not in the plan"],
    ),
    # honest digits
    (viewed(address_2="x"), ["warning unplanned/unplanned-property /properties/address_2: properties.address_2 is not in the plan"]),
    # keys of maps, and names in objects that the plan leaves open or undescribed, are the sender's own affair
    (viewed(scores={"2024-01-15": 1}, anything={"x_41234": 1}, open={"x_41234": 1}), []),
]


@pytest.mark.parametrize(("payload", "expected"), ROWS, ids=range(len(ROWS)))
def test_violations(payload, expected):
    assert said(PLAN, payload) == expected


OPEN = """
naming: {properties: {case: snake}}
unplanned: {events: off, properties: off, traits: off}
events: {Product Viewed: {properties: {product_id: string}}}
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("colour", []),
        ("line_2", []),
        (
            "shopColour",
            ["warning naming/property-name-case /properties/shopColour: shopColour is not snake_case; rename it to shop_colour"],
        ),
        (
            "colour_41234",
            [
                "warning naming/dynamic-name /properties/colour_41234: colour_41234 holds a value that changes; "
                "rename it to colour and send 41234 as a value"
            ],
        ),
    ],
)
def test_names_are_judged_where_others_are_let_in(name, expected):
    """The first stage lets such events through by their names alone, so it has to see all that the second says of names."""
    assert said(OPEN, viewed(**{name: 1})) == expected


def test_no_order_is_asked_for_unless_the_plan_asks():
    plan = "naming: {events: {case: title}}\nevents: {Product Viewed: {}}\n"
    assert said(plan, track("Share Article")) == ["error unplanned/unplanned-event /event: Share Article is not in the plan"]


def test_a_better_name_is_written_as_the_plan_writes_names():
    plan = "naming: {events: {case: snake, order: object-action}}\nevents: {product_viewed: {}}\n"
    assert said(plan, track("Purchase Made")) == [
        "warning naming/event-name-case /event: Purchase Made is not snake_case; rename it to order_completed",
        "error unplanned/unplanned-event /event: Purchase Made is not in the plan; the public spec calls it Order Completed",
    ]
    assert said(plan, track("share_article_41234")) == [
        "warning naming/dynamic-name /event: share_article_41234 holds a value that changes; "
        "rename it to article_shared and send 41234 as a property",
        "warning naming/event-name-order /event: share_article_41234 is not an object and a past-tense action; rename it to article_shared",
        "error unplanned/unplanned-event /event: share_article_41234 is not in the plan",
    ]


def test_severities_of_names_are_the_plans():
    plan = (
        "naming: {events: {order: object-action}}\nseverity: {naming/event-name-order: error, naming/dynamic-name: off}\nevents: {A: {}}\n"
    )
    assert said(plan, track("Share Article 41234"))[0].startswith("error naming/event-name-order")
    assert len(said(plan, track("Share Article 41234"))) == 2
