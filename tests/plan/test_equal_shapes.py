"""Shapes of equal content are read once: what is equal in Python and not in a plan stays apart, and so do their places."""

from __future__ import annotations

import contextlib
import gc

import pytest

from protocols.errors import PlanError
from protocols.plan import load_text
from protocols.plan.garbage import kept
from protocols.schema import compile_plan

HEAD = "protocols: 1\nplan: p\nversion: 1\nevents:\n  Order Completed:\n    properties:\n"

TWINS = [
    ("{type: number, minimum: 1}", "{type: number, minimum: 1.0}"),
    ("{type: number, minimum: 0.0}", "{type: number, minimum: -0.0}"),
    ("{type: string, x-level: 1}", "{type: string, x-level: true}"),
    ("{type: string, required: true}", "{type: string, required: false}"),
    ("{type: string, const: a}", "{type: string, const: b}"),
    ("{type: integer, minimum: 1, maximum: 2}", "{type: integer, maximum: 2, minimum: 1}"),  # the order is the plan's
]


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_each_is_as_it_is_alone(one: str, other: str) -> None:
    together = shapes(f"      a: {one}\n      b: {other}\n      c: {one}\n")
    assert repr(together["a"]) == repr(shapes(f"      a: {one}\n")["a"])
    assert repr(together["b"]) == repr(shapes(f"\n      b: {other}\n")["b"])
    assert repr(together["c"]) == repr(shapes(f"\n\n      c: {one}\n")["c"])


def test_a_fault_is_told_of_each() -> None:
    wrong = "{type: string, minLength: 3, maxLength: 2}"
    with pytest.raises(PlanError) as error:
        load_text(f"{HEAD}      a: {wrong}\n      b: {wrong}\n")
    assert [(problem.line, problem.column) for problem in error.value.problems] == [(7, 39), (8, 39)]


def test_places_are_their_own() -> None:
    text = f"{HEAD}      a: string\n      b: string\n      c:\n        type: string\n"
    properties = compile_plan(load_text(text))["$defs"]["track/Order Completed"]["properties"]["properties"]["properties"]
    assert [(shape["x-origin"], shape.get("x-origins")) for shape in properties.values()] == [
        ("plan.yaml:7:7", None),
        ("plan.yaml:8:7", None),
        ("plan.yaml:9:7", {"type": "plan.yaml:10:9"}),
    ]


@pytest.mark.parametrize("collects", [True, False])
def test_the_collector_goes_on_as_it_was(collects: bool) -> None:
    before = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        with contextlib.suppress(ValueError), kept():
            assert not gc.isenabled()
            raise ValueError
        assert (gc.isenabled(), gc.get_freeze_count()) == (collects, 0)
    finally:
        (gc.enable if before else gc.disable)()


def shapes(properties: str) -> dict[str, object]:
    body = load_text(HEAD + properties).events["Order Completed"].bodies[None]
    assert body.properties is not None
    return dict(body.properties.properties or {})
