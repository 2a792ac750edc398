"""What the loader calls a contradiction leaves no value, by the word of the reference validator."""

from __future__ import annotations

import json

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.errors import PlanError
from protocols.plan import load_text

NUMBERS = st.integers(-4, 4) | st.sampled_from([-1.5, -0.5, 0.5, 1.2, 1.8, 2.0])
VALUES = [*range(-12, 13), *(number / 10 for number in range(-45, 46)), "", "a", "A", "ab", "abc", True, False, [], [1], {}]
KEYWORDS = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number", "string", ["integer", "string"]])},
    optional={
        "minimum": NUMBERS,
        "maximum": NUMBERS,
        "exclusiveMinimum": NUMBERS,
        "exclusiveMaximum": NUMBERS,
        "multipleOf": st.sampled_from([1, 2, 3, 5]),
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(0, 3),
        "pattern": st.sampled_from(["^a", "^[A-Z]+$"]),
        "enum": st.lists(st.sampled_from(VALUES), min_size=1, max_size=3),
        "const": st.sampled_from(VALUES),
    },
)


def contradictions(shape):
    """What the loader says of a property of this shape."""
    plan = {"protocols": 1, "plan": "p", "version": "1", "events": {"A": {"properties": {"a": shape}}}}
    try:
        load_text(json.dumps(plan))
    except PlanError as error:
        return [problem.message for problem in error.problems]
    return []


@given(KEYWORDS)
@settings(max_examples=600, deadline=None)
def test_a_contradiction_leaves_nothing(shape):
    for message in contradictions(shape):
        valid = [value for value in VALUES if jsonschema.Draft202012Validator(shape).is_valid(value)]
        if "no number" in message or "no whole" in message or "no multiple" in message:
            valid = [value for value in valid if isinstance(value, (int, float)) and not isinstance(value, bool)]
        if "no length" in message:
            valid = [value for value in valid if isinstance(value, str)]
        assert valid == [], message
