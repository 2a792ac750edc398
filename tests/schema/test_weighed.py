"""Severities of a run laid over those of a plan: at every level of it."""

from __future__ import annotations

from typing import Any

import pytest

from protocols.engine.validator import Engine
from protocols.plan import load_text
from protocols.problems import Severity
from protocols.schema import compile_plan
from protocols.schema.settings import weighed

PLAN = """
protocols: 1
plan: test
version: 1
severity: {value/format-mismatch: warning, type: note}
events:
  A:
    severity: {value: note, type/wrong-type: warning}
    properties: {at: {type: string, format: date}, size: {type: integer, maximum: 3}, total: number, when: {type: string, required: true}}
"""
EVENT = b'{"type": "track", "event": "A", "userId": "u", "properties": {"at": "x", "size": 4, "total": "1"}}'

NOTE, WARNING, ERROR, OFF = Severity.note, Severity.warning, Severity.error, Severity.off
OVER: list[tuple[dict[str, Severity], list[str]]] = [
    # as the plan says: an id over a family, whoever says it; an event over the plan
    ({}, ["warning value/format-mismatch", "note value/out-of-range", "warning type/wrong-type", "error required/missing-property"]),
    # a family counts over every id of it
    (
        {"value": ERROR},
        ["error value/format-mismatch", "error value/out-of-range", "warning type/wrong-type", "error required/missing-property"],
    ),
    (
        {"type": ERROR},
        ["warning value/format-mismatch", "note value/out-of-range", "error type/wrong-type", "error required/missing-property"],
    ),
    # an id over the family, and over no other id
    (
        {"value/out-of-range": ERROR},
        ["warning value/format-mismatch", "error value/out-of-range", "warning type/wrong-type", "error required/missing-property"],
    ),
    (
        {"value": ERROR, "value/out-of-range": NOTE},
        ["error value/format-mismatch", "note value/out-of-range", "warning type/wrong-type", "error required/missing-property"],
    ),
    # what is off is not said
    ({"type/wrong-type": OFF, "required": OFF}, ["warning value/format-mismatch", "note value/out-of-range"]),
]


@pytest.mark.parametrize(("severities", "said"), OVER)
def test_what_counts(severities: dict[str, Severity], said: list[str]) -> None:
    bundle = compile_plan(load_text(PLAN))
    for mode in ("fast", "explain"):
        engine = Engine(weighed(bundle, severities), mode=mode)  # type: ignore[arg-type]
        assert [f"{problem.severity} {problem.id}" for problem in engine.check(EVENT).violations] == said


def test_the_bundle_itself_stays_as_it_was() -> None:
    bundle: Any = compile_plan(load_text(PLAN))
    weighed(bundle, {"value": ERROR, "type": ERROR})
    assert bundle == compile_plan(load_text(PLAN))
