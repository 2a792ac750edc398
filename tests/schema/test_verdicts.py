"""Independent validators read the compiled schemas alike: `jsonschema`, `jsonschema-rs` and ajv, in both drafts."""

from __future__ import annotations

import copy
import random

import pytest
from by_hand import event, plan, raw, section, shape
from judges import Case, ajv, python, rust

from protocols.plan.model import Body
from protocols.problems import Severity
from protocols.schema import compile_plan, standalone

ODD = 'a/b~c%d #é\U0001f389 "q"\\?&\'<>^|{}`[]+:;=@,!$(*)~1%2F'

TREE = {
    "$defs": {"node": {"properties": {"children": {"items": {"$ref": "#/$defs/node"}}, "name": {"type": "string"}}}},
    "$ref": "#/$defs/node",
}

PRODUCT = shape(
    type="object", properties={"id": shape(type="string", required=True), "price": shape(type="number", minimum=0)}, additional=False
)

ORDER = shape(
    properties={
        "order_id": shape(type="string", required=True, minLength=1),
        "total": shape(type="number", minimum=0, exclusiveMaximum=1000),
        "even": shape(type="integer", multipleOf=2),
        "currency": shape(type="string", pattern="^[A-Z]{3}$"),
        "coupon": shape(type="string", null=True),
        "method": shape(enum=["card", "cash", 3], null=True),
        "gift": shape(type="boolean", const=True, null=True),
        "email": shape(type="string", format="email"),
        "products": shape(type="array", items=PRODUCT, minItems=1, maxItems=3, uniqueItems=True),
        "sizes": shape(type="object", additional=shape(type="integer"), maxProperties=2),
        "constructor": shape(type="string"),
        "anything": shape(),
    },
    raw=raw({"dependentRequired": {"coupon": ["total"]}, "if": {"required": ["gift"]}, "then": {"required": ["email"]}}),
)

PLAN = plan(
    event("Order Completed", properties=ORDER, payloads=(raw({"required": ["messageId"]}),)),
    event(
        "Signed Up", bodies={1: Body(), 2: Body(properties=shape(properties={"method": shape(enum=["Email", "Google"], required=True)}))}
    ),
    event("Plan", bodies={2: Body(), 3: Body(properties=shape(properties={"of": shape(const=3, required=True)}))}),
    event("Plan@3", properties=shape(properties={"of": shape(const="name", required=True)})),
    event(ODD, properties=shape(properties={"odd": shape(required=True), ODD: shape(type="integer")}, additional=False)),
    event("Tree", properties=shape(properties={"tree": shape(raw=raw(TREE)), "again": shape(raw=raw(TREE))})),
    event("constructor", context=shape(properties={"app": shape(type="object", required=True)})),
    identify=section(traits=shape(properties={"age": shape(type="integer")}, additional=False)),
    page=section(
        event("Checkout", properties=shape(properties={"step": shape(type="integer", required=True)})),
        properties=shape(properties={"url": shape(type="string")}),
    ),
    default_version=2,
)


def track(name, properties=None, **fields):
    return {"type": "track", "event": name, "userId": "u", "messageId": "m", "properties": properties or {}, **fields}


def order(**properties):
    return track("Order Completed", {"order_id": "o", **properties})


def signed_up(version, **properties):
    return track("Signed Up", properties, context={"protocols": {"event_version": version}})


def page(name, **fields):
    return {"type": "page", "userId": "u", "name": name, "properties": {}, **fields}


GOOD = [
    order(total=1, even=2, currency="EUR", coupon=None, method="card", gift=None, email="ada@example.com"),
    order(even=4.0),  # 4.0 is an integer
    order(total=999.99, method=3, sizes={"S": 1}, anything=[None, {}]),
    order(method=None),  # null joined the enum
    order(gift=True, email="ada@example.com"),
    order(products=[{"id": "a", "price": 0}, {"id": "b"}], unplanned=1),  # unplanned properties are a warning, not the schema's
    track("Signed Up", {"method": "Email"}),  # version 2 by default
    signed_up(1),
    signed_up(1.0, method=5),
    signed_up(2, method="Google"),
    signed_up(9, method="Google"),  # not planned: checked as the default
    signed_up("1", method="Google"),  # no integer: likewise
    signed_up(True, method="Google"),  # true is never 1
    signed_up(None, method="Google"),
    track("Signed Up", {"method": "Email"}, context={"protocols": "1"}),
    track("Plan"),
    track("Plan", {"of": 3}, context={"protocols": {"event_version": 3}}),
    track("Plan@3", {"of": "name"}),  # a name that looks like a version's key has a schema of its own
    track(ODD, {"odd": None, ODD: 1}),
    track("Tree", {"tree": {"children": [{"name": "a", "children": []}]}, "again": {"name": "b"}}),
    track("constructor", context={"app": {}}),
    {"type": "identify", "anonymousId": "a", "traits": {"age": 41}},
    {"type": "identify", "userId": "u"},
    page("Checkout", properties={"step": 1}),
    page(None, properties={"name": "Checkout", "step": 1}),
    page("", properties={"name": "Checkout", "step": 1}),
    page("Home", properties={"name": "Checkout"}),  # `name` goes before `properties.name`
    page("Home"),
    page("Home", category=None),
    {"type": "screen", "userId": "u", "name": "Checkout", "properties": {"step": "x"}},  # only pages are planned
    {"type": "group", "userId": "u", "groupId": "g"},
    {"type": "alias", "userId": "u", "previousId": None},
]

BAD = [
    None,
    [],
    "track",
    {},
    {"type": None, "userId": "u"},
    {"type": "Track", "userId": "u", "event": "Order Completed"},  # before normalising
    {"type": "batch", "userId": "u"},
    track("Order completed", {"order_id": "o"}),  # the plan refuses unplanned events
    track(""),
    track(None),
    {"type": "track", "userId": "u"},
    track("Order Completed"),  # order_id
    {key: value for key, value in order().items() if key != "messageId"},  # the payload's own raw schema
    {key: value for key, value in order().items() if key != "userId"},
    order() | {"properties": []},
    order() | {"context": 1},
    order(order_id=""),
    order(total="1"),
    order(total=True),  # true is never a number
    order(total=-1),
    order(total=1000),
    order(even=3),
    order(even=2.5),
    order(currency="EURO"),
    order(coupon="x"),  # needs total
    order(method="Card"),
    order(gift=False),
    order(gift=True),  # needs email
    order(email="ada"),
    order(products=[]),
    order(products=[{"price": 1}]),
    order(products=[{"id": "a"}, {"id": "a"}]),
    order(products=[{"id": "a", "colour": "red"}]),
    order(sizes={"S": "1"}),
    order(sizes={"S": 1, "M": 1, "L": 1}),
    order(constructor=1),
    order(constructor=None),
    track("Signed Up"),
    signed_up(1, method="Google") | {"event": "Signed up"},
    signed_up(2, method="X"),
    signed_up(9),
    track("Plan", context={"protocols": {"event_version": 3}}),
    track("Plan@3", {"of": 3}),
    track(ODD),
    track(ODD, {"odd": 1, ODD: "1"}),
    track(ODD, {"odd": 1, "even": 1}),
    track("Tree", {"tree": {"children": [{"children": [{"name": 1}]}]}}),
    track("constructor"),
    track("constructor", context={}),
    {"type": "identify", "userId": "u", "traits": {"age": "41"}},
    {"type": "identify", "userId": "u", "traits": {"Age": 41}},
    page("Checkout"),
    page("Checkout", properties={"step": "1"}),
    page(None, properties={"name": "Checkout"}),
    page(None, properties={"name": "Home", "url": 1}),
    page(5),
    {"type": "group", "userId": "u"},
    {"type": "group", "userId": "u", "groupId": ""},
    {"type": "alias", "anonymousId": "a"},
]

DRAFTS = ("2020-12", "7")


def schemas(draft):
    bundle = compile_plan(PLAN, draft)
    return {"bundle": bundle} | {key: standalone(bundle, key) for key in compile_plan(PLAN)["$defs"] if key != "envelope"}


def cases(values):
    return [Case(draft, schema, values) for draft in DRAFTS for schema in schemas(draft).values()]


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("judge", [python, rust], ids=["jsonschema", "jsonschema-rs"])
def test_bundle(judge, draft):
    bundle = compile_plan(PLAN, draft)
    assert [value for value, valid in zip(GOOD, judge(Case(draft, bundle, GOOD)), strict=True) if not valid] == []
    assert [value for value, valid in zip(BAD, judge(Case(draft, bundle, BAD)), strict=True) if valid] == []


def test_bundle_in_ajv():
    for good, bad in [ajv([Case(draft, compile_plan(PLAN, draft), values) for values in (GOOD, BAD)]) for draft in DRAFTS]:
        assert [value for value, valid in zip(GOOD, good, strict=True) if not valid] == []
        assert [value for value, valid in zip(BAD, bad, strict=True) if valid] == []


def test_all_schemas_read_alike_on_damaged_events():
    """The bundle and every schema of its own, in both drafts, over events damaged at random: four lists of equal verdicts."""
    asked = cases(list(damaged(GOOD, 300, random.Random(20240115))))
    by_rust = [rust(case) for case in asked]
    half = len(asked) // 2
    assert by_rust[:half] == by_rust[half:]  # draft-07 says the same
    assert [python(case) for case in asked] == by_rust
    assert 0.2 < sum(by_rust[0]) / len(by_rust[0]) < 0.8  # neither list is trivial


def test_all_schemas_read_alike_in_ajv():
    asked = cases([*GOOD, *BAD, *damaged(GOOD, 1500, random.Random(7))])
    assert ajv(asked) == [rust(case) for case in asked]


def test_bundle_says_what_the_schema_of_its_own_says():
    """A payload that the bundle routes to a schema has that schema's verdict."""
    bundle = compile_plan(PLAN)
    values = [*GOOD, *BAD]
    verdicts = dict(zip(map(repr, values), rust(Case("2020-12", bundle, values)), strict=True))
    routed = [(value, key) for value in values if (key := key_of(value)) is not None]
    assert len(routed) > 60
    for value, key in routed:
        assert rust(Case("2020-12", standalone(bundle, key), [value])) == [verdicts[repr(value)]], value


def key_of(value):
    """The schema a payload answers to by the table of the plan format, None where there is none."""
    from protocols.engine.envelope import normalise
    from protocols.engine.router import Router

    if not isinstance(value, dict) or value.get("type") not in ("track", "identify", "page", "screen", "group", "alias"):
        return None
    if value["type"] == "track" and value.get("event") not in PLAN.events:
        return None
    router = Router(compile_plan(PLAN)["x-protocols"])
    return router.route(value["type"], normalise(value).payload).key


def test_only_errors_refuse_unplanned_events():
    open_plan = plan(
        event("A"), unplanned={**PLAN.unplanned, "events": Severity.warning}, track=section(event("A"), context=shape(type="object"))
    )
    values = [track("A"), track("B"), track("")]
    for draft in DRAFTS:
        assert rust(Case(draft, compile_plan(open_plan, draft), values)) == [True, True, False]
        assert rust(Case(draft, compile_plan(plan(), draft), values)) == [False, False, False]  # a plan without events


# Values on which validators are known to differ; nothing the compiled schemas could say differently.
KNOWN = [
    # what, schema, value, jsonschema, jsonschema-rs, ajv
    ("floating point", {"multipleOf": 0.01}, 19.99, False, True, False),
    ("$ before a line end", {"pattern": "^[A-Z]{3}$"}, "USD\n", True, False, False),
    ("digits of other scripts", {"pattern": "^\\d$"}, "٣", True, False, False),
    ("integers beyond 2^53", {"const": 9007199254740993}, 9007199254740992, False, False, True),
    ("a date-time in lower case", {"format": "date-time"}, "2024-01-15t10:30:00z", True, True, True),
    ("a date-time with a blank", {"format": "date-time"}, "2024-01-15 10:30:00Z", False, False, True),
    ("an e-mail in quotes", {"format": "email"}, '"a b"@example.com', True, True, False),
]


def test_known_disagreements():
    asked = [Case("2020-12", schema, [value]) for _, schema, value, *_ in KNOWN]
    by_ajv = ajv(asked)
    for (what, *_, in_python, in_rust, in_ajv), case, got in zip(KNOWN, asked, by_ajv, strict=True):
        assert (what, python(case), rust(case), got) == (what, [in_python], [in_rust], [in_ajv])


SPARE = [None, True, False, 0, 1, 2.0, -1, 0.5, "", "x", "Checkout", "2024-01-15T10:30:00Z", [], {}, [None], {"name": "Checkout"}, 10**15]
NAMES = ["name", "messageId", "timestamp", "traits", "context", "extra", "coupon", "email", "products", "__proto__"]


def damaged(events, count, chance):
    """Copies of the events, each with one to three members left out, replaced or added somewhere."""
    for _ in range(count):
        value = copy.deepcopy(chance.choice(events))
        for _ in range(chance.randint(1, 3)):
            _damage(value, chance)
        yield value


def _damage(value, chance):
    places = list(_containers(value))
    holder = chance.choice(places)
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    change = chance.choice(("drop", "replace", "replace", "add"))
    spare = copy.deepcopy(chance.choice(SPARE))
    if change == "drop" and keys:
        del holder[chance.choice(keys)]
    elif change == "replace" and keys:
        holder[chance.choice(keys)] = spare
    elif isinstance(holder, dict):
        holder[chance.choice(NAMES)] = spare
    else:
        holder.append(spare)


def _containers(value):
    if isinstance(value, (dict, list)):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _containers(inner)
