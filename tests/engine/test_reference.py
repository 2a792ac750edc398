"""The reference engine: it finds what the fast engine finds, at the same places, by another implementation."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
import referencing.exceptions
from hypothesis import given, settings
from hypothesis import strategies as st
from random_bundles import NUMBERS, bundle, damaged, event, fitting, shape

from protocols.engine.faults import Fault, fast_judge
from protocols.engine.reference import Reference, reference_judge
from protocols.engine.validator import Engine
from protocols.errors import SchemaError

VERDICTS = [
    ({"pattern": "^[A-Z]{3}$"}, "USD\n", False),  # Python's `$` stops before a final newline
    ({"pattern": r"^\d$"}, "٣", False),  # Python's `\d` takes it
    ({"pattern": "^(a+)+$"}, "a" * 28 + "!", False),  # Python needs minutes
    ({"patternProperties": {"^x": {"type": "string"}}}, {"x": 1}, False),
    ({"patternProperties": {"^(a+)+$": False}}, {"a" * 28 + "!": 1}, True),
    ({"additionalProperties": False, "patternProperties": {"^x": True}}, {"x": 1}, True),
    ({"format": "date-time"}, "2024-01-15 10:30:00Z", False),
    ({"format": "email"}, 5, True),
    ({"type": "integer"}, 1.0, True),
    ({"type": "integer"}, True, False),
    ({"type": "number"}, 10**400, True),
    ({"multipleOf": 0.01}, 19.99, True),  # a decimal, though 19.99 / 0.01 is not whole in binary
    ({"multipleOf": 0.1}, 0.35, False),
    ({"multipleOf": 3}, 10**30, False),
    ({"maximum": 2**53}, 2**53 + 1, False),
    ({"minimum": 1e30}, 10**30, True),
    ({"const": 10**30}, 1e30, True),
    ({"enum": [False]}, 0, False),
    ({"enum": [[1]]}, [1.0], True),
    ({"uniqueItems": True}, [1, True], True),
    ({"uniqueItems": True}, [{"a": 1}, {"a": 1.0}], False),
]


@pytest.mark.parametrize(("schema", "value", "valid"), VERDICTS)
def test_verdicts_of_both_engines(schema: dict[str, Any], value: Any, valid: bool) -> None:
    assert Reference(schema).is_valid(value) is valid
    assert (not list(fast_judge(schema)(value))) is valid


def test_nothing_is_fetched() -> None:
    with pytest.raises(referencing.exceptions.Unresolvable, match="nobody"):
        Reference({"$ref": "https://nobody.example/schema"}).is_valid(1)


FAULTS = [
    ({"type": "string"}, 1, [Fault("type", (), ("type",))]),
    (
        {"properties": {"a": {"items": {"minimum": 2}}}},
        {"a": [3, 1]},
        [Fault("minimum", ("a", 1), ("properties", "a", "items", "minimum"))],
    ),
    ({"required": ["a", "b"]}, {}, [Fault("required", (), ("required",), ("a",)), Fault("required", (), ("required",), ("b",))]),
    (
        {"additionalProperties": False, "properties": {"a": True}},
        {"b": 1, "a": 1},
        [Fault("additionalProperties", (), ("additionalProperties",), ("b",))],
    ),
    ({"additionalProperties": {"type": "string"}}, {"b": 1}, [Fault("type", ("b",), ("additionalProperties", "type"))]),
    ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, [Fault("dependentRequired", (), ("dependentRequired",), ("b",))]),
    ({"properties": {"a": False}}, {"a": 1}, [Fault("falseSchema", ("a",), ("properties", "a"))]),
    ({"unevaluatedProperties": False}, {"it's": 1}, [Fault("unevaluatedProperties", (), ("unevaluatedProperties",), ("it's",))]),
    ({"contains": {"const": 1}}, [2], [Fault("contains", (), ("contains",))]),
    ({"if": True, "then": {"type": "string"}}, 1, [Fault("type", (), ("then", "type"))]),
    (
        {"anyOf": [{"type": "string"}, {"required": ["a"]}]},
        {},
        [
            Fault(
                "anyOf",
                (),
                ("anyOf",),
                (),
                ((Fault("type", (), ("anyOf", 0, "type")),), (Fault("required", (), ("anyOf", 1, "required"), ("a",)),)),
            )
        ],
    ),
    ({"oneOf": [True, True]}, 1, [Fault("oneOf", (), ("oneOf",))]),
    ({"$ref": "#/$defs/t", "$defs": {"t": {"type": "string"}}}, 1, [Fault("type", (), ("$ref", "type"))]),
    ({"not": {"type": "integer"}}, 1, [Fault("not", (), ("not",))]),
]


@pytest.mark.parametrize(("schema", "value", "faults"), FAULTS)
def test_faults_are_those_of_the_fast_engine(schema: dict[str, Any], value: Any, faults: list[Fault]) -> None:
    assert list(reference_judge(schema)(value)) == faults
    assert list(fast_judge(schema)(value)) == faults


def test_errors_as_tuples() -> None:
    assert list(Reference({"items": {"type": "string"}}).iter_errors(["a", 1])) == [("type", (1,), ("items", "type"))]


def test_what_it_cannot_follow_is_said() -> None:
    with pytest.raises(SchemaError, match="the reference engine cannot follow unevaluatedProperties beside patternProperties"):
        Reference({"unevaluatedProperties": False, "allOf": [{"patternProperties": {"^x": True}}]})


SEEDS = st.integers(0, 2**62)


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_both_engines_find_the_same_faults(seed: int) -> None:
    rng = random.Random(seed)
    schema = shape(rng, 3)
    reference, fast = reference_judge(schema), fast_judge(schema)
    for _ in range(10):
        value = fitting(rng, schema if rng.random() < 0.7 else shape(rng, 2))
        if rng.random() < 0.2:
            value = rng.choice(NUMBERS)
        assert sorted(map(repr, reference(value))) == sorted(map(repr, fast(value))), (seed, schema, value)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_explanations_are_the_same_by_both_engines(seed: int) -> None:
    rng = random.Random(seed)
    plan = bundle(rng)
    explain, reference = Engine(plan, mode="explain"), Engine(plan, mode="reference")
    for _ in range(20):
        payload = event(rng, plan)
        line = json.dumps(damaged(rng, payload) if rng.random() < 0.7 else payload).encode()
        assert reference.check(line) == explain.check(line), (seed, line)
