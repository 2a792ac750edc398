"""What is said of names and values: one row for each kind, one mistake one violation."""

import pytest
from said import said

PLAN = """
naming: {events: {case: title}, properties: {case: snake}, traits: {case: [snake, camel]}}
unplanned: {traits: warning}
destinations: [Mixpanel, Google Analytics]
definitions:
  Currency: {type: string, pattern: "^[A-Z]{3}$", examples: [USD]}
  Product: {type: object, properties: {product_id: {type: string, required: true}, price: {type: number, minimum: 0}}}
track: {context: {properties: {app: {type: object, properties: {version: {type: string, required: true}}}}}}
events:
  Product Viewed: {ref: Product}
  Order Completed:
    properties:
      order_id: {type: string, required: true}
      total: {type: number, minimum: 0, maximum: 1000}
      above: {type: number, exclusiveMinimum: 0, exclusiveMaximum: 10}
      even: {type: integer, multipleOf: 2}
      currency: {ref: Currency}
      coupon: {type: string, nullable: true}
      method: {enum: [Email, Google]}
      gift: {const: 5}
      note: {type: string, minLength: 2, maxLength: 5}
      email: {type: string, format: email, personal: true}
      at: datetime
      tags: {type: array, items: string, minItems: 1, maxItems: 3, uniqueItems: true}
      products: {type: array, items: {ref: Product}}
      sizes: {type: object, additionalProperties: integer, minProperties: 1, maxProperties: 2}
      mixed: {type: [string, number]}
      order_number: {type: string, status: deprecated, replaced_by: order_id}
      old: {type: string, status: deprecated}
    schema: {dependentRequired: {coupon: [currency]}}
  Signed Up:
    versions:
      1: {status: deprecated, properties: {method: string}}
      2: {properties: {method: {enum: [Email, Google], required: true}}}
  Completed Order: {status: deprecated, replaced_by: Order Completed}
  Raw:
    properties:
      pay: {schema: {anyOf: [{type: string}, {type: integer, minimum: 3}]}}
      card: {schema: {oneOf: [{required: [number]}, {required: [token]}]}}
      not: {schema: {not: {const: 1}}}
      has: {type: array, schema: {contains: {const: 1}}}
      never: {schema: {properties: {x: false}}}
      1: {properties: {2: {type: string, required: true}}}
      tree: {schema: {$ref: "#/$defs/node", $defs: {node: {type: object, properties: {kids: {items: {$ref: "#/$defs/node"}}}}}}}
    payload: {required: [messageId]}
identify: {traits: {email: {type: string, required: true}, firstName: string}}
"""


def order(**properties):
    return {"type": "track", "event": "Order Completed", "userId": "u", "properties": {"order_id": "o1", **properties}}


def raw(**properties):
    return {"type": "track", "event": "Raw", "userId": "u", "messageId": "m", "properties": properties}


ROWS = [
    (order(), []),
    (order(total=5, coupon=None, currency="USD", tags=["a"], sizes={"x": 1}, mixed=2.5, at="2024-01-15T10:30:00Z", even=4.0), []),
    # required
    (
        {"type": "track", "event": "Order Completed", "userId": "u"},
        ["error required/missing-property /properties/order_id: properties.order_id is required and missing"],
    ),
    (
        {"type": "track", "event": "Order Completed", "userId": "u", "properties": {"order_number": "7"}},
        [
            "error required/missing-property /properties/order_id: "
            "properties.order_id is required and missing; rename order_number to order_id"
        ],
    ),
    (
        order(coupon="X"),
        [
            "error required/missing-property /properties/currency: "
            "properties.currency is required and missing; it goes with properties.coupon"
        ],
    ),
    (
        order() | {"context": {"app": {}}},
        ["error required/missing-context /context/app/version: context.app.version is required and missing"],
    ),
    ({"type": "identify", "userId": "u"}, ["error required/missing-trait /traits/email: traits.email is required and missing"]),
    # type
    (order(total="29.99"), ['error type/wrong-type /properties/total: properties.total should be a number, got string "29.99"']),
    (order(total=True), ["error type/wrong-type /properties/total: properties.total should be a number, got boolean true"]),
    (order(even=1.5), ["error type/wrong-type /properties/even: properties.even should be an integer, got number 1.5"]),
    (order(mixed=[]), ["error type/wrong-type /properties/mixed: properties.mixed should be a string or a number, got array of 0 items"]),
    (
        order(coupon=1, currency="USD"),
        ["error type/wrong-type /properties/coupon: properties.coupon should be a string or null, got integer 1"],
    ),
    (order(total=None), ["error type/null-value /properties/total: properties.total should be a number, got null"]),
    (order(method=None), ['error type/null-value /properties/method: properties.method should be one of "Email", "Google", got null']),
    (
        order(products={"price": 1}),
        ["error type/wrong-type /properties/products: properties.products should be an array, got object with 1 member"],
    ),
    (
        order(products=[{"product_id": "a", "price": "1"}, None, {"price": -1}]),
        [
            'error type/wrong-type /properties/products/0/price: properties.products[0].price should be a number, got string "1"',
            "error type/null-value /properties/products/1: properties.products[1] should be an object, got null",
            "error value/out-of-range /properties/products/2/price: properties.products[2].price should be at least 0, got integer -1",
            "error required/missing-property /properties/products/2/product_id: properties.products[2].product_id is required and missing",
        ],
    ),
    # value
    (
        order(method="email"),
        [
            'error value/not-allowed /properties/method: properties.method should be one of "Email", "Google", '
            'got string "email"; did you mean "Email"?'
        ],
    ),
    (order(gift=4), ["error value/not-allowed /properties/gift: properties.gift should be 5, got integer 4"]),
    (
        order(currency="usd"),
        ['error value/pattern-mismatch /properties/currency: properties.currency should match ^[A-Z]{3}$ such as USD, got string "usd"'],
    ),
    (
        order(currency="USD\n"),
        ['error value/pattern-mismatch /properties/currency: properties.currency should match ^[A-Z]{3}$ such as USD, got string "USD\\n"'],
    ),
    (order(total=-1), ["error value/out-of-range /properties/total: properties.total should be at least 0, got integer -1"]),
    (order(total=1000.5), ["error value/out-of-range /properties/total: properties.total should be at most 1000, got number 1000.5"]),
    (order(above=0), ["error value/out-of-range /properties/above: properties.above should be more than 0, got integer 0"]),
    (order(above=10), ["error value/out-of-range /properties/above: properties.above should be less than 10, got integer 10"]),
    (order(even=3), ["error value/out-of-range /properties/even: properties.even should be a multiple of 2, got integer 3"]),
    (order(note="x"), ["error value/wrong-length /properties/note: properties.note should have at least 2 characters, got 1"]),
    (order(note="xxxxxx"), ["error value/wrong-length /properties/note: properties.note should have at most 5 characters, got 6"]),
    (order(tags=[]), ["error value/wrong-size /properties/tags: properties.tags should have at least 1 item, got none"]),
    (order(tags=list("abcd")), ["error value/wrong-size /properties/tags: properties.tags should have at most 3 items, got 4"]),
    (order(tags=["a", "a"]), ["error value/not-unique /properties/tags: properties.tags should hold no item twice, got array of 2 items"]),
    (order(sizes={}), ["error value/wrong-size /properties/sizes: properties.sizes should have at least 1 member, got none"]),
    (
        order(sizes={"a": 1, "b": "2"}),
        ['error type/wrong-type /properties/sizes/b: properties.sizes.b should be an integer, got string "2"'],
    ),
    # keys that look like numbers are keys, in paths too
    (
        order(sizes={"1": "x"}),
        ['error type/wrong-type /properties/sizes/1: properties.sizes[1] should be an integer, got string "x"'],
    ),
    (
        order(sizes={"01": "x", "+1": 5}),
        ['error type/wrong-type /properties/sizes/01: properties.sizes[01] should be an integer, got string "x"'],
    ),
    (raw(**{"1": {}}), ['error required/missing-property /properties/1/2: properties["1"]["2"] is required and missing']),
    # and so is an empty one
    (
        order(sizes={"": "2"}),
        ['error type/wrong-type /properties/sizes/: properties.sizes[""] should be an integer, got string "2"'],
    ),
    (
        order(at="2024-01-15"),
        [
            "error value/format-mismatch /properties/at: "
            'properties.at should be a date-time such as 2024-01-15T10:30:00Z, got string "2024-01-15"'
        ],
    ),
    # personal values are shown by type and length only
    (
        order(email="not an address"),
        [
            "error value/format-mismatch /properties/email: "
            "properties.email should be an e-mail address such as ada@example.com, got string of 14 characters"
        ],
    ),
    # names
    (
        order(orderId="x"),
        ["error naming/property-name-case /properties/orderId: orderId is not spelled as in the plan; remove it, order_id is there too"],
    ),
    (
        {"type": "track", "event": "Order Completed", "userId": "u", "properties": {"orderId": "x"}},
        ["error naming/property-name-case /properties/orderId: orderId is not spelled as in the plan; rename it to order_id"],
    ),
    (
        order(totl=1),
        ["warning unplanned/unplanned-property /properties/totl: properties.totl is not in the plan; did you mean total?"],
    ),
    (
        order(FooBar=1),
        [
            "warning naming/property-name-case /properties/FooBar: FooBar is not snake_case; rename it to foo_bar",
            "warning unplanned/unplanned-property /properties/FooBar: properties.FooBar is not in the plan",
        ],
    ),
    (
        order(**{"a b": 1}),
        [
            "warning naming/property-name-case /properties/a b: a b is not snake_case; rename it to a_b",
            'warning unplanned/unplanned-property /properties/a b: properties["a b"] is not in the plan',
        ],
    ),
    (
        order(**{"x" * 256: 1}),
        [f'error limit/property-name-too-long /properties/{"x" * 256}: the name "{"x" * 59}…" should have at most 255 characters, got 256'],
    ),
    (
        {"type": "identify", "userId": "u", "traits": {"email": "a", "first_name": "x", "shoe": 1}},
        [
            "error naming/trait-name-case /traits/first_name: first_name is not spelled as in the plan; rename it to firstName",
            "warning unplanned/unplanned-trait /traits/shoe: traits.shoe is not in the plan",
        ],
    ),
    # events
    (
        order() | {"event": "order completed "},
        ['error naming/event-name-case /event: "order completed " is not spelled as in the plan; rename it to Order Completed'],
    ),
    (
        order() | {"event": "Product View", "properties": {"anything": 1}},
        ["error unplanned/unplanned-event /event: Product View is not in the plan; did you mean Product Viewed?"],
    ),
    (
        order() | {"event": "checkout_begun"},
        [
            "warning naming/event-name-case /event: checkout_begun is not Title Case; rename it to Checkout Started",
            "error unplanned/unplanned-event /event: checkout_begun is not in the plan; the public spec calls it Checkout Started",
        ],
    ),
    (
        order() | {"event": "E" * 256},
        [
            "error limit/event-name-too-long /event: event should have at most 255 characters, got 256",
            f'error unplanned/unplanned-event /event: "{"E" * 59}…" is not in the plan',
        ],
    ),
    # status
    (
        order() | {"event": "Completed Order"},
        ["warning status/deprecated-event /event: Completed Order is deprecated; send Order Completed"],
    ),
    (
        order(order_number="7"),
        ["warning status/deprecated-property /properties/order_number: properties.order_number is deprecated; send order_id"],
    ),
    (order(old="7"), ["warning status/deprecated-property /properties/old: properties.old is deprecated"]),
    (
        {"type": "track", "event": "Signed Up", "userId": "u"},
        ["warning status/deprecated-version /event: version 1 of Signed Up is deprecated; send version 2"],
    ),
    (
        {"type": "track", "event": "Signed Up", "userId": "u", "context": {"protocols": {"event_version": 2}}},
        ["error required/missing-property /properties/method: properties.method is required and missing"],
    ),
    (
        {"type": "track", "event": "Signed Up", "userId": "u", "context": {"protocols": {"event_version": "2"}}},
        [
            "warning unplanned/unplanned-version /context/protocols/event_version: context.protocols.event_version "
            'should be one of the versions 1, 2, got string "2"; it was checked as version 1',
            "warning status/deprecated-version /event: version 1 of Signed Up is deprecated; send version 2",
        ],
    ),
    # destinations
    (
        order() | {"integrations": {"All": False, "Mixpanle": True, "Google Analytics": {}}},
        [
            "warning unplanned/unplanned-destination /integrations/Mixpanle: "
            "integrations.Mixpanle is not a destination of the plan; did you mean Mixpanel?"
        ],
    ),
    # raw schemas: the alternative that came closest speaks
    (raw(pay="x", card={"number": 1}, has=[1]), []),
    (raw(pay=True), ["error type/wrong-type /properties/pay: properties.pay should be a string or an integer, got boolean true"]),
    (raw(pay=1), ["error value/out-of-range /properties/pay: properties.pay should be at least 3, got integer 1"]),
    (
        raw(card={"number": 1, "token": 2}),
        [
            "error value/schema-rule /properties/card: properties.card should satisfy "
            'oneOf: [{"required": ["number"]}, {"required": ["token"]}], got object with 2 members'
        ],
    ),
    # a recursive shape
    (raw(tree={"kids": [{"kids": []}]}), []),
    (
        raw(tree={"kids": [{"kids": [5]}]}),
        ["error type/wrong-type /properties/tree/kids/0/kids/0: properties.tree.kids[0].kids[0] should be an object, got integer 5"],
    ),
    (raw(**{"not": 1}), ['error value/schema-rule /properties/not: properties.not should satisfy not: {"const": 1}, got integer 1']),
    (
        raw(never={"x": 1}),
        ["error value/schema-rule /properties/never/x: properties.never.x should satisfy false, which no value does, got integer 1"],
    ),
    (raw(has=[2]), ['error value/schema-rule /properties/has: properties.has should satisfy contains: {"const": 1}, got array of 1 item']),
    (
        {k: v for k, v in raw().items() if k != "messageId"},
        ["error required/missing-property /messageId: messageId is required and missing"],
    ),
]


@pytest.mark.parametrize(("payload", "expected"), ROWS, ids=range(len(ROWS)))
def test_violations(payload, expected):
    assert said(PLAN, payload) == expected
