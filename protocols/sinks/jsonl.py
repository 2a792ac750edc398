"""`--format jsonl`: every single problem as one JSON object a line, written as it is found."""

from __future__ import annotations

from typing import Any, BinaryIO

from protocols.problems import Problem
from protocols.report import Outcome, Verdict
from protocols.sinks.sink import Look, to_json


class JsonLines:
    """All fields on every line, null where a problem has none, so that rows make a table.

    `state` is `new`, `known` by the baseline or `suppressed` by a waiver, as in the other formats: both are read before the first event.
    """

    def __init__(self, out: BinaryIO, look: Look) -> None:
        self.out = out

    def problem(self, problem: Problem, state: str = "new") -> None:
        self.out.write(to_json({**row(problem), "state": state}))

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        self.out.flush()


def row(problem: Problem) -> dict[str, Any]:
    """A problem as a flat row."""
    return {
        "id": problem.id,
        "severity": str(problem.severity),
        "call": problem.call,
        "event": problem.event,
        "version": problem.version,
        "pointer": problem.pointer,
        "message": problem.message,
        "expected": problem.expected,
        "actual": problem.actual,
        "hint": problem.hint,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "record": problem.record,
        "message_id": problem.message_id,
        "plan_file": problem.plan and problem.plan.file,
        "plan_line": problem.plan and problem.plan.line,
        "plan_column": problem.plan and problem.plan.column,
    }
