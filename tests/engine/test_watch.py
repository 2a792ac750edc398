"""What of a plan shows up: what counts as seen, and that the quick look sees what the plain one does."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import protocols
from protocols.engine.validator import Engine
from protocols.engine.watch import Watch
from protocols.schema import compile_plan

PLAN = """
protocols: 1
plan: shop
version: 1
unplanned: {properties: off, events: off}
events:
  Order:
    properties:
      id: {type: string, required: true}
      paid: {enum: [card, 1, true, null]}
      lines:
        type: array
        items: {type: object, properties: {sku: string, size: {enum: [S, L]}}}
      tags: {type: array, items: {enum: [new, old]}}
      rates: {type: object, properties: {base: object}, additionalProperties: {type: object, properties: {value: number}}}
      either: {type: [object, array], properties: {deep: string}, items: string}
      old: {type: string, status: deprecated}
      "odd \\"name\\"": string
  Sign: {versions: {1: {properties: {method: string}}, 2: {properties: {method: string}}, 3: {status: deprecated}}}
  Gone: {status: deprecated}
identify: {traits: {email: string}}
group: {}
page: {named: {Home: {properties: {step: integer}}}}
"""
BUNDLE = compile_plan(protocols.load_text(PLAN, "shop.yaml"))


def said(watch):
    """The spots that were seen, short: `Order /properties/id`, `Sign@1`, `Order /properties/paid=1`."""
    seen, _ = watch.take()
    return sorted(name(watch.spots[index]) for index in seen)


def name(spot):
    version = "" if spot.version is None else f"@{spot.version}"
    value = f"={json.dumps(spot.value)}" if spot.part == "values" else ""
    event = spot.event if spot.call == "track" else " ".join(filter(None, (spot.call, spot.event)))
    return f"{event}{version} {spot.pointer or ''}{value}".rstrip()


def test_what_there_is_to_be_seen():
    assert [name(spot) for spot in Watch(BUNDLE).spots] == [
        "Order",
        "Order /properties/id",
        "Order /properties/paid",
        'Order /properties/paid="card"',
        "Order /properties/paid=1",
        "Order /properties/paid=true",
        "Order /properties/lines",
        "Order /properties/lines/*/sku",
        "Order /properties/lines/*/size",
        'Order /properties/lines/*/size="S"',
        'Order /properties/lines/*/size="L"',
        "Order /properties/tags",
        'Order /properties/tags/*="new"',
        'Order /properties/tags/*="old"',
        "Order /properties/rates",
        "Order /properties/rates/base",
        "Order /properties/rates/*/value",
        "Order /properties/either",
        "Order /properties/either/deep",
        'Order /properties/odd "name"',
        "Sign",
        "Sign@1",
        "Sign@1 /properties/method",
        "Sign@2",
        "Sign@2 /properties/method",
        "identify",
        "identify /traits/email",
        "page Home",
        "page Home /properties/step",
    ]


def order(**properties):
    return {"type": "track", "event": "Order", "userId": "u", "properties": {"id": "1", **properties}}


SEEN = [
    # an event, whatever is wrong with it
    ({"type": "track", "event": "Order"}, ["Order"]),
    ({"type": "track", "event": "order", "properties": {"id": 5}}, ["Order", "Order /properties/id"]),
    # null is no value
    (order(id=None), ["Order"]),
    # a value of another type shows the property, and nothing below it
    (order(lines="x"), ["Order", "Order /properties/id", "Order /properties/lines"]),
    # 1 is 1.0 and not true
    (order(paid=1.0), ["Order", "Order /properties/id", "Order /properties/paid", "Order /properties/paid=1"]),
    (order(paid=True), ["Order", "Order /properties/id", "Order /properties/paid", "Order /properties/paid=true"]),
    # items of all arrays, and keys of maps
    (
        order(lines=[{}, 5, {"sku": "a"}, {"size": "L"}], tags=["old", "x"], rates={"a": {}, "b": {"value": 1}}),
        [
            "Order",
            "Order /properties/id",
            "Order /properties/lines",
            "Order /properties/lines/*/size",
            'Order /properties/lines/*/size="L"',
            "Order /properties/lines/*/sku",
            "Order /properties/rates",
            "Order /properties/rates/*/value",
            "Order /properties/tags",
            'Order /properties/tags/*="old"',
        ],
    ),
    # what is deprecated, unplanned or in the context is not asked for
    ({"type": "track", "event": "Gone", "context": {"id": 1}}, []),
    (order(old="x", more="y"), ["Order", "Order /properties/id"]),
    # versions, the default where none is named
    ({"type": "track", "event": "Sign", "properties": {"method": "x"}}, ["Sign", "Sign@1", "Sign@1 /properties/method"]),
    ({"type": "track", "event": "Sign", "context": {"protocols": {"event_version": 2}}}, ["Sign", "Sign@2"]),
    ({"type": "track", "event": "Sign", "context": {"protocols": {"event_version": 3}}}, ["Sign"]),
    # traits are read where the engine reads them
    ({"type": "identify", "context": {"traits": {"email": "x"}}}, ["identify", "identify /traits/email"]),
    ({"type": "page", "properties": {"name": "Home", "step": 1}}, ["page Home", "page Home /properties/step"]),
    ({"type": "page", "name": "Other", "properties": {"step": 1}}, []),
    ({"type": "nothing"}, []),
]


@pytest.mark.parametrize(("event", "expected"), SEEN)
def test_what_counts_as_seen(event, expected):
    raw = json.dumps(event).encode()
    plain, quick = Watch(BUNDLE), Watch(BUNDLE)
    plain.see(raw)
    accepted, rest = Engine(BUNDLE).check_all([raw])
    quick.see_all([raw], accepted, rest)
    assert said(plain) == said(quick) == sorted(expected)


SCALARS = st.none() | st.booleans() | st.sampled_from(["card", 1, 1.0, True, "S", "L", "new", "old", "x", 5, "a\\b", "ü"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["sku", "size", "value", "deep", "base", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = ["id", "paid", "lines", "tags", "rates", "either", "old", 'odd "name"', "method", "step", "email", "name"]
MEMBERS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5)
EVENTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["track", "track", "track", "identify", "page", "screen", "Track", "x"]),
        "event": st.sampled_from(["Order", "order", "Sign", "Gone", "New", 5]),
    },
    optional={
        "userId": st.just("u"),
        "name": st.sampled_from(["Home", "Other", "", 5]),
        "properties": MEMBERS | VALUES,
        "traits": MEMBERS | VALUES,
        "context": st.fixed_dictionaries(
            {}, optional={"traits": MEMBERS, "protocols": st.fixed_dictionaries({"event_version": st.sampled_from([1, 2, 2.0, 3, 9, "1"])})}
        ),
    },
).map(lambda event: event if event["type"] == "track" else {name: value for name, value in event.items() if name != "event"})


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(EVENTS, max_size=12), max_size=3))
def test_the_quick_look_sees_what_the_plain_one_sees(batches):
    engine = Engine(BUNDLE)
    plain, quick = Watch(BUNDLE, names=True), pickle.loads(pickle.dumps(Watch(BUNDLE, names=True)))
    for batch in batches:
        raws = [json.dumps(event, ensure_ascii=number % 2 == 0).encode() for number, event in enumerate(batch)]
        for raw in (*raws, b"{", b"[]", b'{"type":"track","event":"Order","x":"\xff"}'):
            plain.see(raw)
        quick.see_all(raws, *engine.check_all(raws))
        assert plain.take() == quick.take()


@settings(max_examples=30, deadline=None)
@given(st.lists(EVENTS, max_size=30), st.integers(0, 30))
def test_what_was_seen_adds_up(events, cut):
    raws = [json.dumps(event).encode() for event in events]
    whole, first, second = Watch(BUNDLE), Watch(BUNDLE), Watch(BUNDLE)
    engine = Engine(BUNDLE)
    whole.see_all(raws, *engine.check_all(raws))
    first.see_all(raws[:cut], *engine.check_all(raws[:cut]))
    second.see_all(raws[cut:], *engine.check_all(raws[cut:]))
    assert whole.take()[0] == first.take()[0] | second.take()[0]


def test_what_was_seen_is_still_known_as_planned():
    """`base` is no key of the map, also when nobody looks for it any more."""
    watch = Watch(BUNDLE)
    raws = [json.dumps(order(rates={"base": {"value": 1}})).encode()] * 100
    watch.see_all(raws, *Engine(BUNDLE).check_all(raws))
    assert said(watch) == ["Order", "Order /properties/id", "Order /properties/rates", "Order /properties/rates/base"]


def test_names_of_pages_without_parts():
    watch = Watch(BUNDLE, parts=False, names=True)
    events = [
        {"type": "page", "userId": "u", **more}
        for more in ({"name": "Home"}, {"name": "A"}, {"properties": {"name": "A"}}, {}, {"name": 5})
    ]
    raws = [json.dumps(event).encode() for event in events]
    watch.see_all(raws, *Engine(BUNDLE).check_all(raws))
    assert watch.take() == (set(), {("page", "Home"): 1, ("page", "A"): 2})
    assert watch.take() == (set(), {})
