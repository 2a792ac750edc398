"""What is said of events does not depend on how they are judged: the kernel, msgspec and the second stage say the same."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from protocols.engine import compiled
from protocols.engine.validator import Engine
from protocols.plan import load_text
from protocols.plan.model import Plan
from protocols.report.report import Report
from protocols.schema import compile_plan
from protocols.validate import Validator, validate_files

PLAN = """
protocols: 1
plan: shop
version: 1
unplanned: {events: error, properties: warning}
naming: {properties: {case: snake}}
events:
  Bought: {properties: {price: {type: string}}}
  Ordered:
    properties:
      products:
        type: array
        items:
          type: object
          properties:
            a: {type: string, required: true}
            b: {type: string, required: true}
            c: {type: string, required: true}
"""


def bought(properties: str) -> str:
    return '{"type":"track","event":"Bought","userId":"u","messageId":"m","properties":' + properties + "}"


def prices(*values: str) -> list[str]:
    return [bought(f'{{"price":{value}}}') for value in values]


def ordered(items: int) -> str:
    return bought('{"products":[' + ",".join(["{}"] * items) + "]}").replace("Bought", "Ordered")


BESIDE = ",".join(f'"name{letter}{other}":1' for letter in "abcdefgh" for other in "abcdefgh")

IDS = ('"a"', "null", "1", '""', '"\\u0041\\"\\\\"', '"\\ud83d\\ude00"', '"\\ud83d"', '"é"', "{}", '"' + "x" * 101 + '"')

CASES: dict[str, tuple[Sequence[str], dict[str, Any]]] = {
    "a name twice in an object counts once": ([bought('{"zebra":1}'), bought('{"zebra":1,"zebra":2}')], {}),
    "a name in two objects counts twice": ([bought('{"zebra":1}'), bought('{"zebra":{"zebra":1}}')], {}),
    "a name with a varying part may resemble a planned one": (
        [bought('{"price_41234":1}'), bought('{"price_41234":1,"price":"x"}')],
        {},
    ),
    "values that are equal in many spellings": (prices(*["1." + "0" * count for count in range(1, 9)], "2.0", "5", "6"), {}),
    "more samples than the kernel tells first values": (prices(*map(str, range(10)), "0.5"), {"samples": 20}),
    "two zeros": (prices("0.0", "-0.0"), {}),
    "two zeros, often": (prices(*["0.0"] * 200, "-0.0", *["0.0"] * 3), {}),
    "one value in line after line, then others, then that one": (prices(*["1"] * 9, *map(str, range(12)), *["1"] * 9), {}),
    "one value in line after line, and none is shown": (prices(*["1"] * 12, "2"), {"redact": True}),
    "two values in turn": (prices(*["1", "2"] * 9, "true"), {}),
    "members that are missing in line after line": ([ordered(1)] * 9, {"samples": 5}),
    "message ids": ([line.replace('"m"', id) for id in IDS for line in (*prices("1"), bought('{"zebra":1}'))], {"samples": 40}),
    "a message id behind the properties": ([line[:-1] + ',"messageId":"n"}' for line in prices("1", "[2]")], {}),
    "a hidden name": ([bought('{"fooBar":"longer"}'), bought('{"fooBar":"x"}')] * 200, {"redact": True}),
    "a number out of range among values that nobody judges": ([bought('{"zebra":[' + "9" * 300 + "e9]}")] * 3, {}),
    "so many unplanned names that not all are let through": ([bought("{" + BESIDE + ',"more":1,"price":2}')] * 3, {}),
    "one that resembles a planned one, among many": ([bought("{" + BESIDE + ',"pricee":1}')] * 3, {}),
    "lines that are refused among those that are folded": (
        ["{", *prices("1"), "{}x", bought('{"zebra":1}'), *prices("2") * 5, "[1", ordered(1), "{", bought('{"zebra":1}')],
        {},
    ),
    "the same is said of lines that are refused and such as are folded": (
        [*prices("1"), bought('{"price":2,"fooBar":1}'), *prices("3"), bought('{"price":2,"price":4}'), "{", *prices("5")] * 3,
        {"samples": 10},
    ),
    "more missing members than are let through": ([ordered(22)] * 3 + [ordered(21), ordered(1)], {}),
    **{
        f"nested {depth} levels": ([bought('{"zebra":' + "[" * depth + "]" * depth + "}")], {})
        for depth in (60, 63, 64, 490, 500, 700, 895, 896, 897, 898, 899, 900, 2000)
    },
}


@pytest.mark.parametrize("name", CASES)
def test_reports_are_the_same(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, options = CASES[name]
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    plan = load_text(PLAN)
    fast = reported(plan, file, options)
    cut = reported(plan, file, {**options, "slice_bytes": 300})
    explained = reported(plan, file, {**options, "engine": "explain"})
    monkeypatch.setattr(compiled, "kernel", lambda: None)
    assert fast == explained
    assert cut == explained
    assert reported(plan, file, options) == explained


def reported(plan: Plan, file: Path, options: dict[str, Any]) -> Report:
    return validate_files(plan, [str(file)], **options)


@pytest.mark.parametrize("name", CASES)
def test_events_one_by_one_are_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, options = CASES[name]
    redact = bool(options.get("redact"))
    plan = load_text(PLAN)
    first, second = Validator(plan, redact=redact), Validator(plan, engine="explain", redact=redact)
    monkeypatch.setattr(compiled, "kernel", lambda: None)
    third = Validator(plan, redact=redact)
    for line in lines:
        assert first.validate(line) == second.validate(line) == third.validate(line)


def test_a_refused_line_keeps_no_other_from_being_folded() -> None:
    engine = Engine(compile_plan(load_text(PLAN)))
    if engine.folds_text:
        text = "\n".join([*prices("1", "2"), "{", *prices("3")]).encode()
        outcomes, folded = engine.judge(text, engine.nothing_yet())
        assert [index for index, _ in outcomes] == [2]
        assert folded is not None
        assert [found.count for found in folded.classes()] == [3]


def test_no_line_is_explained_once_for_each_of_its_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """One name that resembles a planned one keeps a line from being learned; its many others must not make that dear."""
    engine = Engine(compile_plan(load_text(PLAN)))
    explain, lines = engine.explainer.explain, []
    monkeypatch.setattr(engine.explainer, "explain", lambda raw, *known: lines.append(raw) or explain(raw, *known))
    names = ",".join(BESIDE.split(",")[:60])
    text = [bought("{" + names + f',"pricee":{number}' + "}").encode() for number in range(5)]
    if engine.folds_text:
        outcomes, folded = engine.judge(b"\n".join(text), engine.nothing_yet())
        assert (len(outcomes), folded, sorted(lines)) == (5, None, text)


def test_a_line_has_only_so_many_sightings() -> None:
    """Missing members take nothing in an event, and must take little of our memory."""
    engine = Engine(compile_plan(load_text(PLAN)))
    if engine._compiled is not None:
        checked = engine._compiled.check("\n".join([ordered(21), ordered(5_000)] * 20).encode())
        assert len(list(checked.sightings())) == 20 * 63
        assert len(list(checked.refused())) == 20


def test_what_is_said_at_any_depth_of_the_stack() -> None:
    """A deep event is one that is too deep, wherever the program stands that asks."""
    validator = Validator(load_text(PLAN))
    line = bought('{"zebra":' + "[" * 300 + "]" * 300 + "}")
    said: list[Any] = []

    def ask(levels: int) -> None:
        if levels:
            ask(levels - 1)
        else:
            said.append({problem.id for problem in validator.validate(line).violations})

    thread = threading.Thread(target=ask, args=(500,))
    thread.start()
    thread.join()
    assert said == [{"limit/nesting-too-deep", "unplanned/unplanned-property"}]
