"""Which faults are recalled once they were explained, and that this says the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from protocols.engine import compiled, known
from protocols.engine.known import Recalled
from protocols.engine.validator import Engine
from protocols.plan import load_text
from protocols.schema import compile_plan

PLAN = """
protocols: 1
plan: shop
version: 1
unplanned: {traits: warning}
naming: {properties: {case: snake}}
events:
  Bought:
    properties:
      id: {type: string, required: true, maxLength: 5, personal: true}
      price: {type: number, minimum: 0, maximum: 9}
      count: {type: integer}
      currency: {enum: [USD, EUR]}
      code: {type: string, pattern: "^[a-z]+$", minLength: 3}
      note: {type: string, nullable: true}
      when: {type: string, format: date}
      box: {type: object, properties: {width: {type: number, required: true}}}
      lines: {type: array, minItems: 1, items: {properties: {sku: {type: string, required: true}, tags: {type: array, items: string}}}}
      old: {type: string, status: deprecated}
  Sized: {minProperties: 1, properties: {a: string, b: string}}
  Gone: {status: deprecated}
  Renamed: {properties: {old_id: {type: string, replaced_by: id}, id: {type: string, required: true}}}
  Raw: {properties: {a: {schema: {type: string}}, b: number}}
  Signed Up:
    versions:
      1: {properties: {plan: {type: string, required: true}}}
      2: {properties: {tier: {type: integer, required: true}}}
identify:
  traits: {email: {type: string, required: true}, age: integer}
"""


def bought(**properties: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Bought", "userId": "u", "properties": {"id": "p1", **properties}}


def other(event: str, **properties: Any) -> dict[str, Any]:
    return {"type": "track", "event": event, "userId": "u", "properties": properties}


def identify(**traits: Any) -> dict[str, Any]:
    return {"type": "identify", "userId": "u", "traits": {"email": "a@b.c", **traits}}


def without_id(**properties: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Bought", "userId": "u", "messageId": "m", "properties": properties}


def version_2(**properties: Any) -> dict[str, Any]:
    return {**other("Signed Up", **properties), "context": {"protocols": {"event_version": 2}}}


RECALLED = [
    # a required one is absent
    [without_id(), without_id(price=1), without_id()],
    # null, and other types than the one planned
    [bought(price=None), bought(price=None), bought(price=None)],
    [bought(price="1"), bought(price="2.5"), bought(price="x" * 300)],
    [bought(price=True), bought(price=False), bought(price=True)],
    [bought(count=1.5), bought(count=2.5), bought(count=-0.5)],
    # a personal value is not shown, neither the first time nor later
    [{**bought(), "properties": {"id": n}} for n in (1, 22, 333)],
    [{**bought(), "properties": {"id": n}} for n in ("123456", "1234567", "12345678")],
    # out of range, at either end
    [bought(price=-1), bought(price=-2.5), bought(price=-3)],
    [bought(price=10), bought(price=11), bought(price=12)],
    # in an enumeration each text has its own hint
    [bought(currency="usd"), bought(currency="usd"), bought(currency="usd")],
    # a text may fail in one way or in two
    [bought(code="ABC"), bought(code="A B"), bought(code="12345")],
    [bought(code="A"), bought(code="B"), bought(code="")],
    [bought(when="today"), bought(when="2024-13-01"), bought(when="2024")],
    # several at once, in one event or in turn
    [bought(price="1", currency="usd", count=None)] * 4,
    [bought(price="1"), bought(count=None), bought(price="2"), bought(count=None), bought(count=None, price="3")],
    # in an object, in the items of an array
    [bought(box={"width": "1"}), bought(box={"width": "2"}), bought(box={"width": "3"})],
    [bought(box={}), bought(box={}), bought(box={})],
    [bought(lines=[{"sku": 1}]), bought(lines=[{"sku": "a"}, {"sku": 2}]), bought(lines=[{"sku": 3}, {"sku": 4}, {"sku": "b"}])],
    [bought(lines=[{}]), bought(lines=[{"sku": "a"}, {}]), bought(lines=[{}, {}])],
    # an array or object that is none
    [bought(lines="none"), bought(lines="all"), bought(lines="x")],
    [bought(box=None), bought(box=None), bought(box=None)],
    # names that the plan lacks, whatever their value; the agreed case is judged as well
    [bought(zebra=1), bought(zebra=2), bought(zebra=3)],
    [bought(zebra=[1]), bought(zebra=[]), bought(zebra=[{"a": 1}])],
    [bought(box={"width": 1, "zebra": 1})] * 3,
    # events that the plan lacks, whatever is in them; some have a hint
    [other("Sold", a=1), other("Sold"), other("Sold", b=[{}])],
    [other("Boughtt", a=1), other("Boughtt"), other("Boughtt", b=[{}])],
    # other calls, other versions; the version is assumed or said
    [identify(age="1"), identify(age="2"), identify(age="3")],
    [identify(zebra="1"), identify(zebra="2"), identify(zebra="3")],
    [other("Signed Up"), other("Signed Up"), other("Signed Up")],
    [version_2(), version_2(tier="1"), version_2(), version_2(tier="2")],
]

SHOWN = [
    # its finding about the name has the name for a value, of which no more than the length may be shown when all is redacted
    [bought(Zebra="x"), bought(Zebra="y"), bought(Zebra="z")],
]

EXPLAINED = [
    # what is said of these names depends on what else is there
    [bought(prize=1)] * 4,
    [bought(Price=1)] * 4,
    [bought(old="x")] * 4,
    # an array or object where a scalar belongs
    [bought(price=[1])] * 4,
    # in an array as a whole: how many items, and items by themselves
    [bought(lines=[])] * 4,
    [bought(lines=[{"sku": "a", "tags": [1]}])] * 4,
    # sizes of objects, and raw schemas
    [other("Sized")] * 4,
    [other("Raw", a=1)] * 4,
    # every text that is not listed has a hint of its own
    [bought(currency="usd"), bought(currency="eur"), bought(currency="Usd"), bought(currency="gbp")],
    # numbers near the end of what a double holds
    [bought(price=2**53)] * 4,
    # the envelope
    [{**bought(price="1"), "userId": 5}] * 4,
    [{**other("Sold"), "userId": 5}] * 4,
    [other("Gone")] * 4,
    # another spelling of a planned event is checked as that event
    [other("bought")] * 4,
    # no object at all
    [{**bought(), "properties": None}] * 4,
    # what is said of a missing member depends on whether its predecessor is there
    [other("Renamed"), other("Renamed"), other("Renamed", old_id="a"), other("Renamed"), other("Renamed", old_id="b")],
]


@pytest.fixture(autouse=True)
def learns_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "_WORTH", 2)


def outcomes(events: list[dict[str, Any]], mode: str = "fast", **options: Any) -> list[Any]:
    engine = Engine(compile_plan(load_text(PLAN)), mode=mode, **options)  # type: ignore[arg-type]
    return [engine.check_all([json.dumps(event).encode()])[1][0][1] for event in events]


@pytest.mark.parametrize(
    ("events", "redact"), [(row, redact) for row in RECALLED for redact in (False, True)] + [(row, False) for row in SHOWN]
)
def test_recalled(events: list[dict[str, Any]], redact: bool) -> None:
    found = outcomes([*events, *events, events[-1]], redact=redact)
    assert isinstance(found[-1], Recalled)
    assert [getattr(outcome, "result", lambda whole=outcome: whole)() for outcome in found] == outcomes(
        [*events, *events, events[-1]], "explain", redact=redact
    )


@pytest.mark.parametrize("events", EXPLAINED, ids=lambda events: json.dumps(events[0])[50:110])
def test_explained_every_time(events: list[dict[str, Any]]) -> None:
    found = outcomes(events)
    assert not any(isinstance(outcome, Recalled) for outcome in found)
    assert found == outcomes(events, "explain")


def attack(check: Callable[[bytes], object]) -> None:
    """An attacker's names and values are explained one by one, and leave little behind."""
    for number in range(3000):
        check(json.dumps(bought(**{f"zebra_{number // 3}": 1})).encode())
        check(json.dumps(bought(currency=f"{number}")).encode())
        check(json.dumps(other(f"Sold {number // 3}")).encode())


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "kernel", lambda: None)
    engine = Engine(compile_plan(load_text(PLAN)))
    attack(engine.check)
    assert engine._known is not None
    assert len(engine._known._members) <= 257
    (places,) = engine._known._places.values()
    assert len(places) == 64
    assert max(len(place.said) for place in places.values()) <= 1024
    assert max(len(place._texts) for place in places.values()) <= 1024


def test_memory_of_the_kernel_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_MOST_CLASSES", 500)
    engine = Engine(compile_plan(load_text(PLAN)))
    attack(lambda raw: engine.check_all([raw]))
    if engine._compiled is not None:
        assert 100 < len(engine._compiled._state.said) <= 500
