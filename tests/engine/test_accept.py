"""The first stage, row by row: what it takes, what it leaves to the second, and why."""

from __future__ import annotations

import json
import pickle
import random
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from random_bundles import shape

from protocols.engine.accept import Acceptor
from protocols.engine.router import Route
from protocols.engine.types import Inexact, type_of
from protocols.engine.validator import Engine
from protocols.plan import load_text
from protocols.schema import compile_plan

PLAN = """
protocols: 1
plan: test
version: 1
limits: {event_name: 30, property_name: 20, event_bytes: 2000, message_id: 10, properties: 20, depth: 8}
destinations: [Mixpanel]
events:
  Order Completed:
    properties:
      order_id: {type: string, required: true}
      total: {type: number, minimum: 0}
      count: {type: integer, minimum: 1, exclusiveMaximum: 10}
      even: {type: integer, multipleOf: 2}
      currency: {type: string, pattern: "^[A-Z]{3}$"}
      slug: {type: string, pattern: "^[a-z]+(-[a-z]+)*$"}
      blank: {type: string, pattern: "\\\\s"}
      method: {enum: [Email, Google, 1, null]}
      coupon: {type: string, nullable: true}
      email: {type: string, format: email}
      at: datetime
      tags: {type: array, items: string, maxItems: 2}
      only: {type: array, uniqueItems: true}
      products: {type: array, items: {type: object, properties: {sku: {type: string, required: true}}}}
      sizes: {type: object, additionalProperties: integer}
      old: {type: string, status: deprecated}
  Signed Up:
    versions:
      1: {properties: {method: {type: string, required: true}}}
      2: {properties: {method: {enum: [Email], required: true}}}
      3: {status: deprecated}
  Old Event: {status: deprecated}
  An Event Of More Than Thirty Characters: {properties: {a: string}}
  Raw: {properties: {a: string}, schema: {dependentRequired: {a: [b]}}}
  Whole: {payload: {required: [messageId]}}
  Free: {unplanned: {properties: "off"}, properties: {a: string}}
identify: {traits: {plan: string}}
page: {properties: {url: string}, named: {Checkout: {properties: {step: {type: integer, required: true}}}}}
"""


def bundle(text: str = PLAN) -> dict[str, Any]:
    return compile_plan(load_text(text))


BUNDLE = bundle()
ORDER = Route("track", "Order Completed", None)


def order(**properties: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Order Completed", "userId": "u", "properties": {"order_id": "o", **properties}}


def signed_up(context: Any = None, **properties: Any) -> dict[str, Any]:
    payload = {"type": "track", "event": "Signed Up", "userId": "u", "properties": {"method": "Email", **properties}}
    return payload if context is None else {**payload, "context": context}


def version(value: Any) -> dict[str, Any]:
    return {"protocols": {"event_version": value}}


ACCEPTED = [
    (order(), ORDER),
    (order(total=1, count=9, even=4, currency="USD", slug="a-b", method=None, coupon=None, tags=["a"], only=[1]), ORDER),
    (order(total=1.5, email="ada@example.com", at="2024-01-15T10:30:00Z", sizes={"a": 1}, products=[{"sku": "s"}]), ORDER),
    (order() | {"userId": None, "anonymousId": "a"}, ORDER),
    (order() | {"channel": "web", "context": {"ip": "::1"}, "integrations": {"All": True, "Mixpanel": {"a": 1}}}, ORDER),
    (order() | {"timestamp": "2024-01-15 10:30:00+0100", "sentAt": None, "messageId": "m" * 10}, ORDER),
    (order() | {"context": None, "integrations": None, "traits": {}}, ORDER),
    (order() | {"action": "x"}, ORDER),  # an old spelling only where there is no `type`
    (signed_up(method="any"), Route("track", "Signed Up", 1, assumed=True)),  # the oldest
    (signed_up(version(None), method="any"), Route("track", "Signed Up", 1, assumed=True)),
    (signed_up(version(1), method="any"), Route("track", "Signed Up", 1)),
    (signed_up(version(2)), Route("track", "Signed Up", 2)),
    ({"type": "track", "event": "Free", "userId": "u", "properties": {"x": 1}}, Route("track", "Free", None)),
    ({"type": "identify", "userId": "u", "traits": {"plan": "free", "other": 1}}, Route("identify", None, None)),  # traits are open
    ({"type": "identify", "userId": "u"}, Route("identify", None, None)),
    ({"type": "identify", "userId": "u", "traits": {"plan": "free"}, "context": {"traits": {"plan": 1}}}, Route("identify", None, None)),
    ({"type": "group", "userId": "u", "groupId": "g"}, Route("group", None, None)),
    ({"type": "alias", "userId": "u", "previousId": "p"}, Route("alias", None, None)),
    ({"type": "page", "userId": "u", "name": "Home", "properties": {"url": "u"}}, Route("page", None, None)),
    ({"type": "page", "userId": "u", "name": "Checkout", "properties": {"step": 1}}, Route("page", "Checkout", None)),
    ({"type": "screen", "userId": "u"}, Route("screen", None, None)),  # no plan, so only the envelope
]


@pytest.mark.parametrize(("payload", "route"), ACCEPTED)
def test_accepted(payload: dict[str, Any], route: Route) -> None:
    line = json.dumps(payload).encode()
    assert Acceptor(BUNDLE).accept(line) == route
    assert Engine(BUNDLE, mode="explain").check(line).violations == ()


REFUSED = [
    # Wrong, each by one thing.
    order(total=-1),
    order(count=10),
    order(even=3),
    order(currency="usd"),
    order(currency="USD\n"),
    order(method="Other"),
    order(method=True),  # 1 is listed, true is not
    order(order_id=None),
    order(email="ada"),
    order(at="2024-01-15 10:30:00Z"),
    order(tags=["a", "b", "c"]),
    order(products=[{}]),
    order(products=[None]),
    order(sizes={"a": "b"}),
    order(old="x"),
    order(unplanned=1),
    order(products=[{"sku": "s", "unplanned": 1}]),
    {**order(), "properties": None},
    {**order(), "properties": []},
    {**order(), "userId": 5},
    {**order(), "userId": None},
    {**order(), "userId": "", "anonymousId": "a"},
    {**order(), "messageId": "m" * 11},
    {**order(), "timestamp": "2024-01-15"},
    {**order(), "timestamp": 1705314600},
    {**order(), "timestamp": "1705314600"},
    {**order(), "integrations": {"Other": True}},
    {**order(), "context": []},
    {**order(), "type": "Track"},
    {**order(), "event": "order completed"},
    {**order(), "event": "Other"},
    {**order(), "user_id": "u"},
    {**order(), "previous_id": None},
    {**order(), "extra": [[[[[[[[1]]]]]]]]},
    {**order(), "extra": "x" * 2000},
    {**order(), "traits": {"a" * 21: 1}},
    signed_up(version(3)),  # deprecated
    signed_up(version(4)),
    signed_up(version("2")),
    {"type": "track", "event": "Old Event", "userId": "u"},
    {"type": "track", "event": "An Event Of More Than Thirty Characters", "userId": "u"},
    {"type": "track", "event": "Free", "userId": "u", "properties": {"x" * 21: 1}},
    {"type": "track", "event": "Free", "userId": "u", "properties": dict.fromkeys("bcdefghijklmnopqrstuvw", 1)},
    {"type": "identify", "userId": "u", "event": "x"},
    {"type": "identify", "userId": "u", "traits": {"Plan": "free"}},  # another spelling of a planned name
    {"type": "identify", "userId": "u", "context": {"traits": {"plan": 5}}},
    {"type": "group", "userId": "u", "groupId": ""},
    {"type": "page", "userId": "u", "properties": {"name": "Checkout"}},
    {"type": "page", "userId": "u", "name": "Checkout"},
    {"userId": "u"},
    {},
    [],
]


@pytest.mark.parametrize("payload", REFUSED)
def test_refused(payload: Any) -> None:
    line, good = json.dumps(payload).encode(), json.dumps(order()).encode()
    assert Acceptor(BUNDLE).accept(line) is None
    assert Acceptor(BUNDLE).accept_all([good, line, good]) == (Counter({ORDER: 2}), [1])
    assert Engine(BUNDLE, mode="explain").check(line).violations


LEFT_TO_EXPLAIN = [
    (order(count=1.0), "a whole number written as a fraction"),
    (order(total=2**53), "numbers that lose digits"),
    (order(blank="a b"), "a pattern that Python's re says in another way"),
    (order(only=[1, 2]), "items that would have to be compared"),
    (order(email='"a b"@example.com'), "a form of the format that is not common"),
    ({**order(), "timestamp": "2024-01-15T10:30Z"}, "a time without seconds"),
    ({**order(), "properties": {"order_id": "\ud83d"}}, "half an emoji"),
    (signed_up(version(2.0)), "a version written as a fraction"),
    ({"type": "track", "event": "Raw", "userId": "u", "properties": {}}, None),
    ({"type": "track", "event": "Whole", "userId": "u", "messageId": "m"}, "a raw schema over the payload"),
    ({"type": "identify", "userId": "u", "context": {"traits": {"plan": "free"}}}, "traits read from the context"),
    ({"type": "page", "userId": "u", "properties": {"name": "Checkout", "step": 1}}, None),
    ({"type": "page", "userId": "u"}, "a page that may have its name in its properties"),
]


@pytest.mark.parametrize(("payload", "reason"), LEFT_TO_EXPLAIN)
def test_left_to_the_second_stage(payload: Any, reason: str | None) -> None:
    line = json.dumps(payload).encode()
    assert Acceptor(BUNDLE).accept(line) is None
    if reason is not None:
        assert Engine(BUNDLE).check(line).violations == (), reason


BYTES = [
    (b"", False),
    (b"null", False),
    (b"{", False),
    (b"[" * 5000, False),
    (b'{"a":' * 3000, False),
    (b"\xef\xbb\xbf%s", False),  # a byte order mark
    (b"%s\n", True),
    (b" %s\r\n", True),
    (b"%s x", False),
    (b"%s\x00", False),
]


@pytest.mark.parametrize(("form", "accepted"), BYTES)
def test_bytes_around_an_event(form: bytes, accepted: bool) -> None:
    line = form.replace(b"%s", json.dumps(order()).encode())
    assert (Acceptor(BUNDLE).accept(line) is not None) is accepted


TEXTS = [
    (b'"extra": "\xff"', False),  # no UTF-8, in a field nobody looks at
    (b'"extra": "\xed\xa0\x80"', False),  # half an emoji, encoded
    (b'"extra": "\xf0\x9f\x98\x80"', True),
    (b'"extra": NaN', False),
    (b'"extra": 1e400', True),
    (b'"extra": 01', False),
    (b'"extra": "\\ud83d"', False),  # valid JSON, left to the second stage
    (b'"us\\u0065r_id": "u"', False),  # an old spelling, spelled with an escape
    (b'"userId": 5, "userId": "u"', False),
    (b'"event": "Signed Up"', False),
]


@pytest.mark.parametrize(("member", "accepted"), TEXTS)
def test_what_else_stands_in_the_text(member: bytes, accepted: bool) -> None:
    good = json.dumps(order()).encode()
    line = good[:-1] + b", " + member + b"}"
    assert (Acceptor(BUNDLE).accept(line) is not None) is accepted
    assert Acceptor(BUNDLE).accept_all([good, line])[1] == ([] if accepted else [1])


def test_a_batch() -> None:
    good, bad = json.dumps(order()).encode(), json.dumps(order(total=-1)).encode()
    lines = [good] * 150 + [bad] + [good, b"", b"\xff"] + [json.dumps(signed_up()).encode()] * 2
    routes = Counter({ORDER: 151, Route("track", "Signed Up", 1, assumed=True): 2})
    assert Acceptor(BUNDLE).accept_all(lines) == (routes, [150, 152, 153])


def test_routes_without_a_decoder() -> None:
    routes = Acceptor(BUNDLE).routes
    assert {route.event for route in routes if route.call == "track"} == {"Order Completed", "Signed Up", "Free"}
    assert {route.version for route in routes if route.event == "Signed Up"} == {1, 2}


def test_nothing_is_accepted_while_personal_data_is_looked_for() -> None:
    acceptor = Acceptor(bundle(PLAN.replace("events:\n", "severity: {privacy/personal-data: warning}\nevents:\n", 1)))
    assert acceptor.accept(json.dumps(order()).encode()) is None
    assert acceptor.accept_all([json.dumps(order()).encode()]) == (Counter(), [0])


def test_a_single_planned_event_still_needs_its_name() -> None:
    acceptor = Acceptor(bundle("protocols: 1\nplan: p\nversion: 1\nevents: {One: {properties: {a: string}}}\n"))
    assert acceptor.accept(b'{"type":"track","event":"One","userId":"u"}') == Route("track", "One", None)
    assert acceptor.accept(b'{"type":"track","userId":"u"}') is None


def test_the_order_of_the_first_event_changes_nothing() -> None:
    lines = [json.dumps(payload).encode() for payload, _ in ACCEPTED] + [json.dumps(payload).encode() for payload in REFUSED]
    expected = [Acceptor(BUNDLE).accept(line) for line in lines]
    backwards = Acceptor(BUNDLE)
    backwards.accept(json.dumps(dict(reversed(order().items()))).encode())
    assert [backwards.accept(line) for line in lines] == expected


def test_a_copy_and_many_threads() -> None:
    acceptor = pickle.loads(pickle.dumps(Acceptor(BUNDLE)))
    lines = [json.dumps(payload).encode() for payload, _ in ACCEPTED] * 20
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(acceptor.accept_all(lines))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(Counter(route for _, route in ACCEPTED * 20), [])] * 4


# A decoder of a text with a pattern in a union with an array or object corrupts memory in msgspec 0.22.


def test_no_union_holds_a_pattern_beside_an_array_or_object() -> None:
    seen = 0
    for seed in range(1500):
        try:
            type = type_of(shape(random.Random(seed), 2))
        except Inexact:
            continue
        for union in unions(msgspec.inspect.type_info(type)):
            seen += 1
            patterns = [part for part in union.types if isinstance(part, msgspec.inspect.StrType) and part.pattern is not None]
            containers = [part for part in union.types if isinstance(part, _CONTAINERS)]
            assert not (patterns and containers), seed
    assert seen > 100


_CONTAINERS = (msgspec.inspect.ListType, msgspec.inspect.DictType, msgspec.inspect.StructType)


def unions(info: Any) -> Iterator[Any]:
    """All unions in a type, at any depth."""
    match info:
        case msgspec.inspect.UnionType():
            yield info
            for part in info.types:
                yield from unions(part)
        case msgspec.inspect.ListType():
            yield from unions(info.item_type)
        case msgspec.inspect.DictType():
            yield from unions(info.value_type)
        case msgspec.inspect.StructType():
            for field in info.fields:
                yield from unions(field.type)


def test_such_a_node_is_not_said() -> None:
    with pytest.raises(Inexact, match="a text with a pattern beside an array or object"):
        type_of({"type": ["string", "array"], "format": "email"})
    with pytest.raises(Inexact, match="a text with a pattern beside an array or object"):
        type_of({"pattern": "^a"})


OPEN = """
protocols: 1
plan: open
version: 1
unplanned: {properties: off}
naming: {properties: {case: snake}}
events: {Bought: {properties: {id: {type: string, required: true}}}}
"""


def test_names_that_are_let_in_are_learned() -> None:
    """Taken by a struct from then on, and only those: not what is misspelt or rare."""
    acceptor = Acceptor(compile_plan(load_text(OPEN)))
    events = [
        *[{"id": "a", "extra": 1, "other": "x"}] * 99,
        {"id": "a", "extra": 1, "rare": 1},
        {"id": "a", "Extra": 1},
        {"id": "a", "ID": 1},
        {"id": 1, "extra": 1},
    ]
    lines = [json.dumps({"type": "track", "event": "Bought", "userId": "u", "properties": each}).encode() for each in events]
    for _ in range(2):  # before and after
        routes, refused = acceptor.accept_all(lines)
        assert (sum(routes.values()), refused) == (100, [100, 101, 102])
    assert acceptor.decoders(b"").learned == {"track/Bought": {"properties": ["extra", "other"]}}


def test_an_attackers_names_are_not_learned() -> None:
    acceptor = Acceptor(compile_plan(load_text(OPEN)))
    for number in range(20_000):
        name = "extra_" + "".join(chr(97 + int(digit)) for digit in str(number // 4))
        event = {"type": "track", "event": "Bought", "userId": "u", "properties": {"id": "a", name: 1}}
        assert acceptor.accept(json.dumps(event).encode()) is not None
    ((learned,),) = (members.values() for members in acceptor.decoders(b"").learned.values())
    assert len(learned) == 64
    assert all(len(counts) <= 4096 for entry in acceptor.decoders(b"").entries.values() for counts in entry.names.values())


def test_keys_that_other_events_have_are_learned() -> None:
    """A spare struct takes them, until there is one for these keys too; what is none of an event's is refused all the time."""
    acceptor = Acceptor(BUNDLE)
    assert acceptor.accept(json.dumps(order()).encode()) is not None
    other = {**order(), "receivedAt": "2024-01-15T10:30:00Z", "channel": {"of": ["our", "own"]}, "context": {"ip": "::1"}}
    lines = [json.dumps(other).encode()] * 98 + [json.dumps({**other, wrong: "x"}).encode() for wrong in ("user_id", "groupId")]
    routes = Counter({ORDER: 99})
    before = acceptor.decoders(b"")
    assert acceptor.accept_all(lines[:98]) == (Counter({ORDER: 98}), [])
    assert acceptor.decoders(b"") is before  # not yet worth it
    assert acceptor.accept_all(lines) == (routes, [98])
    assert acceptor.decoders(b"").order == (*order(), "receivedAt", "channel", "context", "groupId")
    learned: Any = acceptor.decoders(b"").first
    assert learned is not None
    assert [acceptor._sure[type(learned(line))] for line in (lines[0], lines[-1])] == [ORDER, ORDER]
    assert acceptor.accept_all(lines) == (routes, [98])


def test_an_attackers_keys_are_not_learned_for_ever() -> None:
    acceptor = Acceptor(BUNDLE)
    lines = [json.dumps({**order(), f"x{number}": 1}).encode() for number in range(10_000)]
    assert acceptor.accept_all(lines) == (Counter({ORDER: 10_000}), [])
    assert len(acceptor.decoders(b"").order) == 64
