"""`--format sarif`: SARIF 2.1.0, for code scanning.

GitHub shows 5,000 results of a run and refuses more than 25,000, so the 5,000 that weigh most are written, and what was cut
is said. Lines and columns count from 1, paths are relative to the folder that the command ran in. A result's fingerprint
does not depend on lines: a fault stays the same one when others come and go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO
from urllib.parse import quote

import protocols
from protocols.positions import Position
from protocols.problems import Problem, Severity
from protocols.report import Findings, Outcome, Verdict
from protocols.sinks.rows import STATES, Explained, Row, explained, fingerprints, relative, rows
from protocols.sinks.sink import Look, to_json
from protocols.sinks.subject import subject
from protocols.violations import many

MOST_RESULTS = 5_000
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"

_LEVELS: Mapping[Severity, str] = {Severity.error: "error", Severity.warning: "warning", Severity.note: "note"}


class Sarif:
    def __init__(self, out: BinaryIO, look: Look) -> None:
        self.out = out
        self.root = look.root

    def problem(self, problem: Problem, state: str = "new") -> None:
        """Nothing: the rows are written when all are known."""

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        self.out.write(to_json(document(outcome, verdict, self.root), indent=2))
        self.out.flush()


def document(outcome: Outcome, verdict: Verdict, root: str | None) -> dict[str, Any]:
    """The log of one run as JSON-able data."""
    found = rows(outcome)
    shown = found[:MOST_RESULTS]
    ids = list(dict.fromkeys(row.id for row in shown))
    run = {
        "tool": {"driver": _driver(ids, shown, outcome)},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that the command ran in."}}},
        "invocations": [_invocation(outcome, verdict, found[MOST_RESULTS:])],
        "columnKind": "unicodeCodePoints",
        "results": [_result(row, ids.index(row.id), mark, root) for row, mark in zip(shown, fingerprints(shown), strict=True)],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(ids: Sequence[str], shown: Iterable[Row], outcome: Outcome) -> dict[str, Any]:
    severities = {row.id: row.severity for row in shown}
    return {
        "name": "protocols",
        "version": protocols.__version__,
        "semanticVersion": protocols.__version__,
        "rules": [_rule(id, severities[id], explained(id, outcome)) for id in ids],
    }


def _rule(id: str, severity: Severity, said: Explained) -> dict[str, Any]:
    return {
        "id": id,
        "name": "".join(word.capitalize() for word in id.replace("/", "-").split("-")),
        "shortDescription": {"text": said.meaning},
        "fullDescription": {"text": said.meaning},
        "help": {"text": said.text, "markdown": said.markdown},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {"tags": [id.partition("/")[0], "tracking-plan"]},
    }


def _invocation(outcome: Outcome, verdict: Verdict, cut: Sequence[Row]) -> dict[str, Any]:
    """How the run went; what could not be read, and what was cut, are notifications."""
    said: list[tuple[str, str]] = []
    if not isinstance(outcome, Findings):
        said += [("error", fault) for fault in outcome.faults]
        if outcome.folded:
            said.append(("warning", f"{many(outcome.folded, 'violation')} belong to no result: there were too many different ones"))
    if cut:
        left = f"{many(len(cut), 'result')} with {many(sum(row.times for row in cut), 'violation')}"
        said.append(("warning", f"{left} left out, those of least weight: code scanning shows {MOST_RESULTS:,}"))
    return {
        "executionSuccessful": verdict.incomplete is None,
        "exitCode": verdict.exit_code,
        "exitCodeDescription": verdict.why,
        "toolExecutionNotifications": [{"level": level, "message": {"text": text}} for level, text in said],
    }


def _result(row: Row, rule: int, mark: str, root: str | None) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": row.id,
        "ruleIndex": rule,
        "level": _LEVELS[row.severity],
        "message": {"text": "\n".join(_said(row))},
        "locations": [_location(row, root)] if row.where is not None or row.key.call else [],
        "occurrenceCount": row.times,
        "partialFingerprints": {"protocols/v1": mark},
        "properties": {
            "call": row.key.call,
            "event": row.key.event,
            "version": row.key.version,
            "pointer": row.pointer,
        },
    }
    if row.place is not None and row.plan is not None:
        there = {"physicalLocation": _physical(row.plan, root), "message": {"text": "The plan asks for it here."}}
        result["relatedLocations"] = [{"id": 1, **there}]
    if row.state == "known":
        result["baselineState"] = "unchanged"
    if not row.counts:
        result["suppressions"] = [{"kind": "external", "justification": STATES[row.state]}]
    return result


def _said(row: Row) -> Iterator[str]:
    event = subject(*row.key)
    yield f"{event}: {row.message}" if event and event not in row.message else row.message
    yield from row.facts


def _location(row: Row, root: str | None) -> dict[str, Any]:
    """Where it was seen, and in which event."""
    event = subject(*row.key)
    name = "/".join(part for part in (event, (row.pointer or "").lstrip("/")) if part)
    return {
        **({"physicalLocation": _physical(row.where, root)} if row.where is not None else {}),
        **({"logicalLocations": [{"fullyQualifiedName": name, "kind": "member"}]} if name else {}),
    }


def _physical(place: Position, root: str | None) -> dict[str, Any]:
    path = relative(place.file, root)
    base = {} if path.startswith(("/", "../")) else {"uriBaseId": ROOT}
    return {
        "artifactLocation": {"uri": quote(path), **base},
        "region": {"startLine": place.line, "startColumn": place.column},
    }
