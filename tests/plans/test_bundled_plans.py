"""The bundled plans load alone and together, and judge their example events as written.

What the public spec says of calls, old names and contexts is compared here with `spec_facts.json`; its events in
`test_spec_facts.py`. The plan of the calls may be more lenient than the table, never stricter, and never silent about a name.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from protocols.plan import load_plan, load_text
from protocols.plan.model import Body, Plan, Shape
from protocols.rules.run import lint
from protocols.rules.selection import active_rules
from protocols.validate import Validator

BUNDLED = Path(__file__).parents[2] / "plans"
FACTS = json.loads(Path(__file__).with_name("spec_facts.json").read_text("utf-8"))
EVENTS = {
    "ab-testing": 1,
    "b2b": 13,
    "calls": 1,
    "copilot": 9,
    "ecommerce": 40,
    "email": 6,
    "lifecycle": 25,
    "live-chat": 4,
    "mobile": 13,
    "video": 17,
}
NAMES = tuple(EVENTS)
PLANS = {name: load_plan(BUNDLED / f"{name}.yaml") for name in NAMES}

with_each_plan = pytest.mark.parametrize("name", NAMES)


# ---- loading -------------------------------------------------------------------------------------------------------------


def test_every_plan_file_is_tested_here() -> None:
    assert sorted(path.stem for path in BUNDLED.glob("*.yaml")) == sorted([*NAMES, "whole-spec"])


@with_each_plan
def test_a_bundled_plan_loads(name: str) -> None:
    plan = PLANS[name]
    assert (plan.name, plan.version, len(plan.events)) == (name, "1.0.0", EVENTS[name])


@pytest.mark.parametrize("pair", list(itertools.permutations(NAMES, 2)), ids=" ".join)
def test_any_two_can_be_extended_in_either_order(pair: tuple[str, str]) -> None:
    """Plans beside each other only disagree two by two."""
    assert set(extending(*pair).events) == {event for name in pair for event in PLANS[name].events}


def test_the_whole_spec_is_all_the_others() -> None:
    plan = load_plan("whole-spec")
    assert sorted(file.path for file in plan.files) == sorted(f"plans/{name}.yaml" for name in (*NAMES, "whole-spec"))
    assert set(plan.events) == {event for name in NAMES for event in PLANS[name].events}
    assert set(plan.sections) == {"track", "identify", "group", "page", "screen", "alias"}


def test_every_planned_event_is_described() -> None:
    for plan in PLANS.values():
        for event in plan.events.values():
            described = event if event.description or not event.replaced_by else plan.events[event.replaced_by]
            assert described.description, f"{event.name} has no description"


def test_definitions_and_naming_that_two_plans_share_are_the_same_in_both() -> None:
    read = {path.stem: {"definitions": {}, **yaml.safe_load(path.read_text("utf-8"))} for path in BUNDLED.glob("*.yaml")}
    for one, other in itertools.combinations(read, 2):
        assert read[one]["naming"] == read[other]["naming"]
        for shared in read[one]["definitions"].keys() & read[other]["definitions"].keys():
            assert read[one]["definitions"][shared] == read[other]["definitions"][shared], f"{shared} of {one} and {other}"


def test_lint_finds_nothing_in_them() -> None:
    """What the spec wants otherwise than our own rules is said in a comment with its reason, and no comment is left over."""
    files = [str(path) for path in sorted(BUNDLED.glob("*.yaml"))]
    findings = lint(files, active_rules()).findings
    assert [f"{problem.file}:{problem.line}: {problem.message}" for problem in findings.problems] == []
    comments = [ignore for file in files for ignore in re.findall(r"ignore\[.*", Path(file).read_text("utf-8"))]
    assert [comment for comment in comments if " -- " not in comment] == []


# ---- what the spec says --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["identify", "group", "page", "screen"])
def test_a_call_has_every_reserved_name(call: str) -> None:
    member = "traits" if call in ("identify", "group") else "properties"
    body = PLANS["calls"].sections[call].body
    assert list(missing(body, member, FACTS["calls"][f"{call}.{member}"])) == []


@pytest.mark.parametrize("call", ["track", "identify", "group", "page", "screen", "alias"])
def test_every_call_has_the_whole_context(call: str) -> None:
    assert list(missing(PLANS["calls"].sections[call].body, "context", FACTS["calls"]["context"])) == []


@with_each_plan
def test_old_names_lead_to_those_that_took_their_place(name: str) -> None:
    events = PLANS[name].events
    assert {event.name: event.replaced_by for event in events.values() if event.status == "deprecated"} == FACTS[name].get("old_events", {})


def old_properties() -> Iterator[Any]:
    # Order Completed: products[].id -> product_id
    for place, successor in FACTS["ecommerce"]["old_properties"].items():
        event, _, path = place.partition(": ")
        yield pytest.param(event, path, successor, id=place)


@pytest.mark.parametrize(("event", "path", "successor"), list(old_properties()))
def test_old_property_names_lead_to_those_that_took_their_place(event: str, path: str, successor: str) -> None:
    (body,) = PLANS["ecommerce"].events[event].bodies.values()
    assert body.properties is not None
    shape = found(body.properties, path)
    assert shape is not None
    assert (shape.status, shape.replaced_by) == ("deprecated", successor)


def missing(body: Body, member: str, facts: Mapping[str, str]) -> Iterator[str]:
    """What the facts have and the body lacks, one line each; a path may begin with `context.` to leave `member`."""
    for path, fact in facts.items():
        types, _, values = fact.partition(": ")
        inside_context = member != "context" and path.startswith("context.")
        root = body.context if inside_context else getattr(body, member)
        shape = found(root, path.removeprefix("context.") if inside_context else path)
        if shape is None:
            yield f"{path} is not planned"
            continue
        if refused := [type for type in types.split("|") if type != "any" and not takes(shape, type)]:
            yield f"{path} does not take {', '.join(refused)}"
        if values and not lists(shape, values.split(", ")):
            yield f"{path} does not list {values}"


def found(shape: Shape | None, path: str) -> Shape | None:
    """The shape at `products[].price` or `preferences.*`, None where the plan has none."""
    for step in path.replace("[]", ".[]").split("."):
        if shape is None:
            return None
        if step == "[]":
            shape = shape.items
        elif step == "*":
            shape = shape.additional if isinstance(shape.additional, Shape) else None
        else:
            shape = (shape.properties or {}).get(step)
    return shape


def takes(shape: Shape, type: str) -> bool:
    types = shape.keywords.get("type")
    if type == "null":
        return shape.null
    return types is None or type in types or (type == "integer" and "number" in types)


def lists(shape: Shape, values: list[str]) -> bool:
    """Whether the shape takes these values and no others, by an enum or by a pattern that spells them out."""
    listed = [str(value) for value in shape.keywords.get("enum", ()) if value is not None]
    return listed == values or shape.keywords.get("pattern") == f"^({'|'.join(values)})$"


# ---- the example events --------------------------------------------------------------------------------------------------


@with_each_plan
def test_good_examples_have_nothing_wrong(name: str) -> None:
    assert list(said(PLANS[name], BUNDLED / "examples" / name / "good.ndjson")) == []


@with_each_plan
def test_good_examples_show_every_event_in_use(name: str) -> None:
    shown = {payload["event"] for payload in payloads(BUNDLED / "examples" / name / "good.ndjson") if payload["type"] == "track"}
    assert shown == {event.name for event in PLANS[name].events.values() if event.status != "deprecated"}


@with_each_plan
def test_bad_examples_have_exactly_the_violations_written_down(name: str) -> None:
    folder = BUNDLED / "examples" / name
    assert list(said(PLANS[name], folder / "bad.ndjson")) == (folder / "bad.expected.txt").read_text("utf-8").splitlines()


@with_each_plan
def test_every_bad_example_is_bad(name: str) -> None:
    folder = BUNDLED / "examples" / name
    lines = {int(line.partition(":")[0]) for line in (folder / "bad.expected.txt").read_text("utf-8").splitlines()}
    assert lines == set(range(1, len(payloads(folder / "bad.ndjson")) + 1))
    assert len(lines) >= 20


@with_each_plan
def test_good_examples_have_nothing_wrong_with_the_whole_spec_either(name: str) -> None:
    assert list(said(load_plan("whole-spec"), BUNDLED / "examples" / name / "good.ndjson")) == []


def extending(*names: str) -> Plan:
    return load_text(f"protocols: 1\nplan: everything\nversion: 1\nextends: [{', '.join(names)}]\n")


def said(plan: Plan, file: Path) -> Iterator[str]:
    """What is wrong with the events of a file: `<line>: <id>: <message>`."""
    validator = Validator(plan)
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        for violation in validator.validate(line).violations:
            yield f"{number}: {violation.id}: {violation.message}"


def payloads(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]
