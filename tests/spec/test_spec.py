"""The bundled plans as something to read: every entry can be named, shown and sent; searches find the best place first."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

import pytest

from protocols.cli.spec import lines
from protocols.names import fold
from protocols.plan import load_text
from protocols.sinks.sink import Look
from protocols.sinks.terminal import draw
from protocols.spec import WHOLE, Entry, Library, answer, counts, entries, example, kind, rows, sayings, search, to_object
from protocols.spec.entry import to_dict
from protocols.validate import Validator

LIBRARY = Library()
EVERY = LIBRARY.entries

with_every_entry = pytest.mark.parametrize("entry", EVERY, ids=lambda entry: f"{entry.plan}: {entry.name}")


# ---- every entry ---------------------------------------------------------------------------------------------------------


def test_the_plan_of_all_plans_is_what_its_short_cut_says() -> None:
    """Its entries are put together out of the others, since they are what a search goes through."""
    whole = list(entries(LIBRARY[WHOLE]))
    assert sorted(map(str, (entry.key for entry in whole))) == sorted(map(str, (entry.key for entry in EVERY)))
    assert counts(LIBRARY, WHOLE) == (112, 6)


def test_no_name_stands_for_two_things() -> None:
    """Neither two entries nor an entry and a plan, in whatever spelling."""
    names = sorted(fold(name) for name in [*LIBRARY.files, *(entry.name for entry in EVERY)])
    assert [name for name, same in groupby(names) if len(list(same)) > 1] == []


@with_every_entry
def test_every_entry_is_found_by_its_name_however_it_is_spelled(entry: Entry) -> None:
    for spelling in (entry.name, entry.name.lower().replace(" ", "-"), entry.name.upper().replace(" ", "_"), entry.name.replace(" ", "")):
        assert answer(LIBRARY, spelling).entries == [entry]


@with_every_entry
def test_every_entry_can_be_shown(entry: Entry) -> None:
    found = answer(LIBRARY, entry.name)
    shown = draw(lines(found, 20), Look()).splitlines()
    assert shown[0].startswith(f"{entry.name}  {entry.plan}")
    assert [line for line in shown[1:2] if not line] == [], "no description"
    names = [row.name for shape in entry.parts.values() for row in rows(shape)]
    assert [line.split()[0] for line in shown if line.startswith("  ") and line.strip()[0] not in '{"}]'][: len(names)] == names
    assert json.loads(json.dumps(to_object(found)))["events"][0]["event"] == entry.event
    for width in (20, 80):
        assert draw(lines(found, 20), Look(width=width, colour=True))


@with_every_entry
def test_the_example_of_every_entry_has_nothing_wrong(entry: Entry) -> None:
    sent = LIBRARY.successor(entry)
    payload = example(sent)
    if payload is None:
        assert (entry.call, entry.event) == ("track", None)
        return
    for name in (sent.plan, WHOLE):
        assert VALIDATORS.setdefault(name, Validator(LIBRARY[name])).validate(payload).violations == ()
    planned = entry.parts.get("properties", entry.parts.get("traits"))
    if planned is not None and planned.properties:
        assert payload.get("properties") or payload.get("traits"), "no property has an example"


VALIDATORS: dict[str, Validator] = {}


@with_every_entry
def test_what_programs_get_is_written_as_a_plan_is(entry: Entry) -> None:
    """A shape as printed can be put into a plan, and is the same shape there."""
    for part in ("properties", "traits"):
        if part in entry.parts:
            printed = to_dict(entry.parts[part])
            plan = load_text(json.dumps({"protocols": 1, "plan": "p", "version": "1", "events": {"Printed": printed}}))
            (again,) = (one for one in entries(plan) if one.event == "Printed")
            assert to_dict(again.parts["properties"]) == printed


@pytest.mark.parametrize("name", [name for name in LIBRARY.files if name != WHOLE])
def test_a_plan_is_told_in_a_line(name: str) -> None:
    """80 columns, less the name and the number of events before it."""
    assert 0 < len(LIBRARY[name].description or "") <= 56


# ---- where else it is ----------------------------------------------------------------------------------------------------

BESIDE = [
    ("Signed Up", "lifecycle", ["b2b"]),  # b2b takes it over
    ("Application Opened", "lifecycle", ["mobile"]),
    ("Invite Sent", "b2b", []),  # its own, though in the same list as Signed Up
    ("Order Completed", "ecommerce", []),  # the plan of all plans is not named: it has everything
    ("identify", "calls", []),
]


@pytest.mark.parametrize(("name", "home", "beside"), BESIDE)
def test_where_an_entry_is_written_and_what_takes_it_over(name: str, home: str, beside: list[str]) -> None:
    (entry,) = answer(LIBRARY, name).entries
    assert (entry.plan, LIBRARY.also_in(entry)) == (home, beside)


# ---- searches ------------------------------------------------------------------------------------------------------------

SEARCHES: list[tuple[str, list[tuple[str, str, str | None]]]] = [
    # a word may be a beginning
    ("refund", [("Order Refunded", "name", None)]),
    # but no end: Loaded holds no `oad`
    ("oad", []),
    # a property by its path; one inside an array, one in the context
    ("sort", [("Product List Filtered", "property", "sorts")]),
    ("wow64", [("track", "property", "context.userAgentData.wow64")]),
    # all words at one place: there are refunds and there are wishlists
    ("refund wishlist", []),
    # what is only said in the description, of an entry or of a property
    ("gave notice", [("Subscription Cancelled", "description", None)]),
    ("in parts", [("Products Searched", "property description", "query")]),
    # however it is written
    ("seekPosition", [("Video Playback Seek Started", "property", "seek_position")]),
    ("SEEK-POSITION", [("Video Playback Seek Started", "property", "seek_position")]),
    # a name is found by some of its words, in any order
    ("tapped push", [("Push Notification Tapped", "name", None)]),
    # nothing to look for
    ("", []),
    ("--", []),
]


@pytest.mark.parametrize(("query", "wanted"), SEARCHES)
def test_what_a_search_finds(query: str, wanted: list[tuple[str, str, str | None]]) -> None:
    assert [(hit.entry.name, hit.where, hit.path) for hit in search(query, EVERY)] == wanted


def test_the_best_place_comes_first() -> None:
    """Small plans say which of the rules decides."""
    plan = load_text(PLACES)
    assert [(hit.entry.name, hit.where, hit.path) for hit in search("lamp", entries(plan))] == [
        ("Lamp Sold", "name", None),
        ("Oak Lamp Sold", "name", None),
        ("Lamp Gone", "name", None),
        ("Desk Sold", "property", "lamp"),
        ("Chair Sold", "property", "parts[].lamp"),
        ("Table Sold", "property", "lamp_id"),
        ("Bulb Sold", "description", None),
        ("Door Sold", "property description", "hinge"),
    ]


PLACES = """
protocols: 1
plan: p
version: 1
events:
  Door Sold: {properties: {hinge: {type: string, description: Lamps hang on it.}}}
  Bulb Sold: {description: Part of a lamp., properties: {}}
  Table Sold: {properties: {lamp_id: string}}
  Chair Sold: {properties: {parts: {type: array, items: {type: object, properties: {lamp: string}}}}}
  Desk Sold: {properties: {lamp: string, lamp_id: string}}
  Lamp Gone: {status: deprecated}
  Oak Lamp Sold: {properties: {lamp: string}}
  Lamp Sold: {}
"""

MEANT = [
    ("Ordr Completed", "Order Completed"),
    ("refnd", "Refunded"),  # a word of a name
    ("prodct_id", "product_id"),  # a property
    ("ecommerc", "ecommerce"),  # a plan
    ("xyzzy", None),
]


@pytest.mark.parametrize(("query", "nearest"), MEANT)
def test_what_was_probably_meant(query: str, nearest: str | None) -> None:
    found = answer(LIBRARY, query)
    assert found.is_empty
    assert found.nearest == nearest


# ---- on a screen ---------------------------------------------------------------------------------------------------------

WRAPPED = """\
Deep Link Clicked  mobile
A link that leads into the app was
followed; the app may not have opened yet.

Properties  all optional
  provider  string  The partner who made
                    the link work. e.g.
                    Example Links
  url       string  The link as it was
                    followed. e.g.
                    lamps.example.com/oak

Example
{
  "type": "track",
  "event": "Deep Link Clicked",
  "userId": "u-1001",
  "properties": {
    "provider": "Example Links",
    "url": "lamps.example.com/oak"
  }
}
"""


def test_lines_are_wrapped_to_the_width_of_a_screen() -> None:
    assert draw(lines(answer(LIBRARY, "Deep Link Clicked"), 20), Look(width=42)) == WRAPPED


def test_a_search_shows_as_much_as_was_asked_for() -> None:
    found = answer(LIBRARY, "product")
    shown = {limit: draw(lines(found, limit), Look()).splitlines() for limit in (0, 2, len(found.hits))}
    assert shown[0] == shown[len(found.hits)]
    assert shown[2] == [
        "Products Searched  ecommerce  Somebody searched the shop.",
        "Product Clicked    ecommerce  A product was clicked in a list.",
        "",
        f"{len(found.hits) - 2} more not shown; --limit 0 shows all",
        'protocols spec "Products Searched"  its properties and an example',
    ]


# ---- a shape in words ----------------------------------------------------------------------------------------------------

WORDS = [
    # as short as a plan has it, the type, what is said
    ("string", "string", ""),
    ("any", "any", ""),
    ("datetime", "string", "A date-time."),
    ("{type: [string, number], required: true, description: Which.}", "string or number", "Required. Which."),
    ("{type: integer, nullable: true, minimum: 0, maximum: 9}", "integer or null", "At least 0, at most 9."),
    ("{type: number, exclusiveMinimum: 0, exclusiveMaximum: 1, multipleOf: 0.1}", "number", "More than 0, less than 1, a multiple of 0.1."),
    ("{enum: [a, 2, null]}", "string or integer or null", "One of a, 2."),  # null is said by the type
    ("{const: yes}", "string", "Always yes."),
    ("{type: string, minLength: 2, maxLength: 5, pattern: ^A}", "string", "At least 2 characters, at most 5 characters, matches ^A."),
    (
        "{type: string, format: email, personal: true, examples: [ada@example.com]}",
        "string",
        "An e-mail address. Personal. e.g. ada@example.com",
    ),
    ("{type: any, examples: [a, 1, {b: c}]}", "any", 'e.g. a, 1, {"b": "c"}'),
    ("{type: array, minItems: 1, maxItems: 3, uniqueItems: true}", "array", "At least 1 item, at most 3 items, no item twice."),
    ("{type: array, items: {type: string, maxLength: 5}}", "array of strings", "Each item: at most 5 characters."),
    ("{type: array, items: any}", "array of anything", ""),
    ("{type: array, nullable: true, items: {enum: [a, b]}}", "array of strings or null", "Each item: one of a, b."),
    ("{type: object, minProperties: 1, maxProperties: 2}", "object", "At least 1 member, at most 2 members."),
    ("{type: string, status: deprecated}", "string", "Deprecated."),
    ("{type: string, status: deprecated, replaced_by: other, description: Which.}", "string", "Deprecated, send other. Which."),
]


@pytest.mark.parametrize(("written", "type", "said"), WORDS, ids=[row[0] for row in WORDS])
def test_a_property_in_words(written: str, type: str, said: str) -> None:
    shape = of_plan(f"{{one: {written}, other: string}}").parts["properties"]
    row = next(row for row in rows(shape) if row.name == "one")
    assert (kind(row.shape), " ".join(sayings(row.shape))) == (type, said)


def test_rows_are_in_reading_order() -> None:
    """Required ones first on each level, each followed by what is in it."""
    shape = of_plan("""{
      a: string,
      b: {type: array, items: {type: array, items: {type: object, properties: {d: string, c: {type: string, required: true}}}}},
      e: {type: object, required: true, properties: {f: string}, additionalProperties: integer},
    }""").parts["properties"]
    assert [(row.depth, row.name) for row in rows(shape)] == [(0, "e"), (1, "f"), (1, "*"), (0, "a"), (0, "b"), (1, "c"), (1, "d")]


# ---- examples ------------------------------------------------------------------------------------------------------------

SHORT: list[tuple[str, dict[str, Any]]] = [
    # what is neither required nor shown by example stays away
    ("{a: string, b: integer}", {}),
    # the first example; else the const, else the first of the list that is not null
    ("{a: {type: string, examples: [x, y]}, b: {const: 3}, c: {enum: [null, z]}}", {"a": "x", "b": 3, "c": "z"}),
    # required: made up by format or type
    ("{a: {type: string, required: true}, b: {type: string, format: uuid, required: true}, c: {type: boolean, required: true}}",
     {"a": "text", "b": "123e4567-e89b-12d3-a456-426614174000", "c": True}),
    # what is inside is reason enough
    ("{a: {type: array, items: {type: object, properties: {b: {type: string, examples: [x]}, c: string}}}}", {"a": [{"b": "x"}]}),
    ("{a: {type: object, properties: {b: {type: string, required: true}}}}", {"a": {"b": "text"}}),
    # one of two spellings, and nothing deprecated
    ("{firstName: {type: string, examples: [Ada]}, first_name: {type: string, examples: [Ada]}}", {"firstName": "Ada"}),
    ("{a: {type: string, examples: [x], status: deprecated}}", {}),
]  # fmt: skip


@pytest.mark.parametrize(("written", "wanted"), SHORT, ids=[row[0] for row in SHORT])
def test_what_an_example_holds(written: str, wanted: dict[str, Any]) -> None:
    assert example(of_plan(written)) == {"type": "track", "event": "Lamp Sold", "userId": "u-1001", "properties": wanted}


CALLS = [
    ("identify: {traits: {plan: {type: string, examples: [Team]}}}", {"type": "identify", "userId": "u-1001", "traits": {"plan": "Team"}}),
    ("group: {traits: {plan: string}}", {"type": "group", "userId": "u-1001", "groupId": "acc-310"}),
    ("alias: {}", {"type": "alias", "userId": "u-1001", "previousId": "anonymous-77"}),
    ("page: {properties: {}}", {"type": "page", "userId": "u-1001", "properties": {}}),
    ("page: {named: {Checkout: {properties: {}}}}", {"type": "page", "name": "Checkout", "userId": "u-1001", "properties": {}}),
    ("track: {context: {properties: {ip: string}}}", None),  # it is the event that makes a track call
]


@pytest.mark.parametrize(("written", "wanted"), CALLS, ids=[row[0] for row in CALLS])
def test_the_example_of_a_call(written: str, wanted: dict[str, Any] | None) -> None:
    plan = load_text(f"protocols: 1\nplan: p\nversion: 1\n{written}\n")
    assert example(list(entries(plan))[-1]) == wanted


def test_only_the_context_that_is_not_everywhere_belongs_to_an_event() -> None:
    plan = load_text(
        "protocols: 1\nplan: p\nversion: 1\ntrack: {context: {properties: {ip: string, app: string}}}\n"
        "events:\n  Lamp Sold: {context: {properties: {app: {required: true}, groupId: string}}}\n  Lamp Lit: {properties: {}}\n"
    )
    members = {entry.name: {part: list(shape.properties or {}) for part, shape in entry.parts.items()} for entry in entries(plan)}
    assert members == {"track": {"context": ["ip", "app"]}, "Lamp Sold": {"context": ["app", "groupId"]}, "Lamp Lit": {"properties": []}}


def of_plan(properties: str) -> Entry:
    """The only event of a plan, with these properties."""
    (entry,) = entries(load_text(f"protocols: 1\nplan: p\nversion: 1\nevents:\n  Lamp Sold:\n    properties: {properties}\n"))
    return entry
