"""The bundled plans beside what the public spec says: every event, property, type, format and closed list of its pages.

`spec_facts.json` is the measure: a table of the Segment spec (segmentio/segment-docs, commit 747b35d8), by family. Where a
plan says something else it does so on purpose, and `DIFFERENCES` holds the reason. Both sides are written alike, as lines
`<types>[ required][ <format>][ /<pattern>/][ deprecated][: <closed list>]`; None stands for a name that one side lacks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from protocols.plan import load_plan
from protocols.plan.model import Plan, Shape
from protocols.validate import Validator

BUNDLED = Path(__file__).parents[2] / "plans"
BESIDE = Path(__file__).parents[3] / "shared"
FACTS = json.loads(Path(__file__).with_name("spec_facts.json").read_text("utf-8"))
FAMILIES = [name for name in FACTS if name not in ("about", "calls")]

with_each_family = pytest.mark.parametrize("family", FAMILIES)


class Difference(NamedTuple):
    """What the spec says, what the plan says instead, and why; `places` are patterns of `family: event: property`."""

    spec: str | None
    plan: str | None
    places: tuple[str, ...]
    reason: str


DATE_OR_TIME = "string /^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].+)?$/"
CURRENCY = "string /^[A-Za-z]{3}$/"
AD_TYPES = "pre-roll, mid-roll, post-roll"

DIFFERENCES = [
    # -- ecommerce
    Difference("string", CURRENCY, ("ecommerce: *: currency",), "named as ISO 4217 and sent in both cases of letters"),
    Difference(None, CURRENCY, ("ecommerce: *Product*: currency",), "reserved on every event, and its guide wants it on product events"),
    Difference(None, "number", ("ecommerce: *Product*: value",), "reserved on every event"),
    Difference(None, "number", ("ecommerce: Product Shared: position", "ecommerce: Product Shared: quantity"), "one shape of a product"),
    Difference(None, "string", ("ecommerce: Product Shared: coupon",), "one shape of a product"),
    Difference(None, "*", ("ecommerce: Cart Shared: products[[]].*",), "one shape of a product, where the table stops at product_id"),
    Difference("any", "number", ("ecommerce: *: num_items",), "a count is a number"),
    Difference("any", "number", ("ecommerce: Checkout Started: total",), "a number on every other event"),
    Difference("string", "string|number", ("ecommerce: Promotion *: position",), "a number wherever else it says position"),
    Difference("string", "string|number", ("ecommerce: Product Reviewed: rating",), "a number in nearly everything that is really sent"),
    Difference("string", "string deprecated", ("ecommerce: * Product: id",), "the name of v1"),
    Difference(None, "string", ("ecommerce: * Product: product_id",), "the new name beside the old one, so that senders can move"),
    Difference(
        None, "string deprecated", ("ecommerce: Order Completed: orderId", "ecommerce: Order Completed: products[[]].id"), "names of v1"
    ),
    # -- lifecycle
    Difference("string", "string|number", ("lifecycle: Application *: *build",), "libraries and one example send the number"),
    Difference("string uri", "string", ("lifecycle: Application Opened: url",), "links arrive encoded or without a scheme"),
    Difference("any", "string", ("lifecycle: *Signed In: *_name",), "the type that Signed Up gives it"),
    Difference("any", "string email", ("lifecycle: *Signed In: email",), "the type that Signed Up gives it"),
    Difference("string date-time", DATE_OR_TIME, ("lifecycle: Trial *: trial_*_date", "video: *airdate"), "a date alone is fine too"),
    Difference(None, "string", ("lifecycle: *Signed Up: user_id",), "userId in the spelling of all other names"),
    Difference(None, "any", ("lifecycle: User Registered: account_type",), "accountType in the spelling of all other names"),
    Difference("any", None, ("lifecycle: Onboarding Completed: *",), "an order's properties, listed there by mistake"),
    # -- video
    Difference("array", "array|null", ("video: Video Playback Started: ad_*_id",), "null where there are no ads, as on the other events"),
    Difference(
        f"string|array: {AD_TYPES}",
        f"string|array|null /^({AD_TYPES.replace(', ', '|')})$/",
        ("video: Video Playback Started: ad_type",),
        "a pattern speaks of the text alone, and the walk-through sends null",
    ),
    Difference(None, f"any: {AD_TYPES}", ("video: Video Playback Started: ad_type[[]]",), "the same closed list inside the array"),
    Difference("string", f"string: {AD_TYPES}", ("video: Video Playback Started: ad_types[[]]",), "the same closed list as in ad_type"),
    Difference(None, "any", ("video: Video Quality Updated: *_*",), "names in camelCase, in the spelling of all other names"),
    # -- email
    Difference("object", "string", ("email: Email *: context.ip",), "text in all examples, in the other tables and on every other call"),
    Difference(None, "string", ("email: *: context.userAgent",), "user_agent in the spelling of every other call"),
    # -- copilot
    Difference("any", "number", ("copilot: Conversation Ended: message_count",), "a count is a number"),
    Difference(None, "an event", ("copilot: Custom Component Loaded",), "one list of the spec calls Component Loaded so"),
]


# ---- the comparison ------------------------------------------------------------------------------------------------------


@with_each_family
def test_a_plan_says_what_the_spec_says_but_for_the_listed_differences(family: str) -> None:
    unlisted = [
        f"{place}: the spec says {spec}, the plan {plan}"
        for place, spec, plan in differences(family)
        if sum(is_listed(row, place, spec, plan) for row in DIFFERENCES) != 1
    ]
    assert unlisted == []


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: row.places[0])
def test_a_listed_difference_is_one(row: Difference) -> None:
    family = row.places[0].partition(":")[0]
    all_of_them = [found for name in (family, *FAMILIES) for found in differences(name)]
    for place in row.places:
        assert any(is_listed(row._replace(places=(place,)), *found) for found in all_of_them), place


def test_the_table_is_that_of_the_collected_facts() -> None:
    """They lie beside the checkout; elsewhere the table, which was made from them, speaks for itself."""
    files = {name: BESIDE / "spec" / f"{name.replace('-', '_')}.yaml" for name in FAMILIES}
    if not BESIDE.exists():
        files = {}
    assert {name: dict(events_of(file)) for name, file in files.items()} == {name: FACTS[name]["events"] for name in files}
    assert sorted(FAMILIES) == ["ab-testing", "b2b", "copilot", "ecommerce", "email", "lifecycle", "live-chat", "mobile", "video"]


def test_the_spec_requires_nothing_of_these_events() -> None:
    """So the comparison sees to it that no plan does either."""
    assert [line for name in FAMILIES for rows in FACTS[name]["events"].values() for line in rows.values() if " required" in line] == []


@pytest.mark.parametrize("family", [name for name in FAMILIES if "taken_over" in FACTS[name]])
def test_events_that_two_families_share_are_written_in_one_plan(family: str) -> None:
    taken = {event.name for event in load_plan(family).events.values() if home(event.position.file) != family}
    assert taken == set(FACTS[family]["taken_over"])


def is_listed(row: Difference, place: str, spec: str | None, plan: str | None) -> bool:
    says = row.spec == spec and (row.plan == plan or (row.plan == "*" and plan is not None))
    return says and any(fnmatchcase(place, pattern) for pattern in row.places)


def differences(family: str) -> Iterator[tuple[str, str | None, str | None]]:
    """`(place, what the spec says, what the plan says)`, the events that both have and those that one lacks."""
    spec, plan = FACTS[family]["events"], dict(events_in(load_plan(family), family))
    replaced = FACTS[family].get("old_events", {})  # names without a table of their own
    for event in spec.keys() | {name for name in plan if name not in replaced}:
        if event not in plan or event not in spec:
            yield f"{family}: {event}", "an event" if event in spec else None, "an event" if event in plan else None
            continue
        for path in spec[event].keys() | plan[event].keys():
            if spec[event].get(path) != plan[event].get(path):
                yield f"{family}: {event}: {path}", spec[event].get(path), plan[event].get(path)


# ---- both sides in one form ----------------------------------------------------------------------------------------------


def line(types: list[str], required: bool, format: str | None, values: list[Any], more: str = "") -> str:
    words = ["|".join(types), *(["required"] if required else []), *([format] if format else []), *([more] if more else [])]
    return " ".join(words) + (": " + ", ".join(map(str, values)) if values else "")


def events_in(plan: Plan, family: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The events that stand in the plan's own file: `{path: line}`."""
    for event in plan.events.values():
        if home(event.position.file) == family:
            (body,) = event.bodies.values()
            yield event.name, {**dict(members(body.properties, "")), **dict(members(body.context, "context."))}


def members(shape: Shape | None, before: str) -> Iterator[tuple[str, str]]:
    for name, member in ((shape and shape.properties) or {}).items():
        yield from planned(f"{before}{name}", member)


def planned(path: str, shape: Shape) -> Iterator[tuple[str, str]]:
    types = list(shape.keywords.get("type", ["any"]))
    if shape.null and types != ["any"] and "null" not in types:
        types.append("null")
    pattern = [f"/{shape.keywords['pattern']}/"] if "pattern" in shape.keywords else []
    values = [value for value in shape.keywords.get("enum", ()) if value is not None]
    yield (
        path,
        line(types, shape.required, shape.keywords.get("format"), values, " ".join([*pattern, *([shape.status] if shape.status else [])])),
    )
    if shape.items:
        yield from planned(f"{path}[]", shape.items)
    yield from members(shape, f"{path}.")


def events_of(file: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The events that a file of facts has a table of: `{path: line}`."""
    facts = yaml.safe_load(file.read_text("utf-8"))
    for event in facts["events"]:
        if "defined_in" not in event and event["status"] != "alias":
            rows = {**dict(facts_of(event.get("properties", {}), "")), **dict(facts_of(event.get("context", {}), "context."))}
            yield from ((name, rows) for name in [event["name"], *event.get("accepted_names", ())])
    for event in facts.get("suggested", ()):
        yield event["name"], dict.fromkeys(event.get("properties", ()), "any")


def facts_of(named: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, fact in named.items():
        yield from told(f"{before}{name}", fact)


def told(path: str, fact: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    types = [fact["type"]] if isinstance(fact["type"], str) else list(fact["type"])
    types += [type for type in fact.get("example_types", ()) if type not in types]
    yield path, line(types, fact.get("required", False), fact.get("format"), fact.get("enum", []))
    if "items" in fact:
        yield from told(f"{path}[]", fact["items"])
    yield from facts_of(fact.get("properties", {}), f"{path}.")


def home(file: str) -> str:
    return Path(file).stem


# ---- the spec's own examples ---------------------------------------------------------------------------------------------

KNOWN = {
    # place of the example, or * -> what is said of it, and why the spec's example and the plan disagree
    "*": [
        "payload/missing-identity /userId",  # calls of a library were noted without the identity that it adds
        "payload/legacy-field /action",  # what `type` was called before; several pages still have it
        "payload/legacy-field /user_id",  # the page on e-mails writes it so
    ],
    # the pages of v1, whose names are deprecated
    "src/connections/spec/ecommerce/index.md#68": ["status/deprecated-event /event"],
    "src/connections/spec/ecommerce/index.md#166": ["status/deprecated-event /event", "status/deprecated-property /properties/id"],
    "src/connections/spec/ecommerce/index.md#250": [
        "status/deprecated-property /properties/orderId",
        "status/deprecated-property /properties/products/0/id",
        "status/deprecated-property /properties/products/1/id",
    ],
    # a misprint of `name`, on a page about something else
    "src/protocols/tracking-plan/create.md#284": ["unplanned/unplanned-property /properties/products/0/product_name"],
    # a Swift call in which the products are one text
    "src/connections/spec/ecommerce-tracking-plan.md#179": ["type/wrong-type /properties/products"],
    # a trait that the page names against its own advice
    "src/connections/spec/group.md#24": ["naming/trait-name-case /traits/total billed"],
    # the body of a batch, which is no call
    "src/connections/sources/catalog/libraries/server/http-api/index.md#344": ["payload/unknown-call /type"],
    # an event of one's own, shown for the ids in it
    "src/connections/spec/copilot.md#310": ["unplanned/unplanned-event /event"],
}


@pytest.mark.parametrize("family", [*FAMILIES, "calls"])
def test_the_examples_of_the_spec_pass_but_for_known_contradictions(family: str) -> None:
    validator = Validator(family)
    for example in examples(family):
        said = Counter(f"{violation.id} {violation.pointer}" for violation in validator.validate(example["payload"]).violations)
        known = KNOWN.get(example["source"], [])
        assert said - Counter(KNOWN["*"]) == Counter(known), example["source"]


def examples(family: str) -> list[Any]:
    """The examples of the spec's pages, which lie beside the checkout; elsewhere those of the plan, written as the pages do."""
    path = BESIDE / "data" / "spec-examples.jsonl"
    if path.exists():
        read = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    else:
        good = [json.loads(line) for line in (BUNDLED / "examples" / family / "good.ndjson").read_text("utf-8").splitlines()]
        read = [{"family": family, "source": "", "payload": {"action": event.pop("type"), **event}} for event in good]
    found = [example for example in read if example["family"].replace("_", "-") == family]
    assert found
    return found
