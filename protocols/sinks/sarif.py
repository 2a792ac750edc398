"""`--format sarif`: SARIF 2.1.0, for code scanning.

GitHub shows 5,000 results of a run, refuses more than 25,000, and takes files of 10 MB, packed with gzip. So the 5,000 that
weigh most are written, fewer where they are too long, and what was cut is said. It shows the first location of a result and
drops results without one: that is where the fault was seen first, the line of the plan where no event has a place, or the plan's
first line; other places are related ones. Lines and columns count from 1, paths are relative to the folder that the command
ran in. A result's fingerprint does not depend on lines: a fault stays the same one when others come and go.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO
from urllib.parse import quote

import protocols
from protocols.positions import Position
from protocols.problems import Problem, Severity
from protocols.report import Findings, Outcome, Report, Verdict
from protocols.sinks.coverage import figures
from protocols.sinks.page import short
from protocols.sinks.rows import Explained, Place, Row, explained, fingerprints, relative, rows
from protocols.sinks.sink import Look, to_json
from protocols.sinks.subject import subject
from protocols.violations import many

MOST_RESULTS = 5_000
MOST_BYTES = 10_000_000
"""Of a file packed with gzip. 5,000 results are 1.5 MB; with names and values of 5,000 random Chinese characters they are 8.5 MB, and
14 MB with ten samples of each."""
MOST_PLACES = 10
MOST_OF_A_NAME = 300
MOST_OF_A_SENTENCE = 1_000
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
        self.out.write(log(outcome, verdict, self.root))
        self.out.flush()


def log(outcome: Outcome, verdict: Verdict, root: str | None, most_bytes: int = MOST_BYTES) -> bytes:
    """The log of one run, with as many results as are taken."""
    found = rows(outcome)
    most = MOST_RESULTS
    while True:
        text = to_json(document(outcome, verdict, root, found, most), indent=2)
        if not most or len(text) <= most_bytes or len(gzip.compress(text)) <= most_bytes:
            return text
        most //= 2


def document(outcome: Outcome, verdict: Verdict, root: str | None, found: Sequence[Row], most: int) -> dict[str, Any]:
    """The log as JSON-able data, with so many results."""
    shown = found[:most]
    ids = list(dict.fromkeys(row.id for row in shown))
    coverage = outcome.coverage if isinstance(outcome, Report) else None
    is_compared = isinstance(outcome, Report) and outcome.settled is not None and outcome.settled.baseline
    run = {
        "tool": {"driver": _driver(ids, shown, outcome)},
        "automationDetails": {"id": f"protocols/{'lint' if isinstance(outcome, Findings) else 'validate'}/"},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that the command ran in."}}},
        "invocations": [_invocation(outcome, verdict, len(shown), found[most:])],
        "columnKind": "unicodeCodePoints",
        "results": [_result(row, ids.index(row.id), mark, root, is_compared) for row, mark in zip(shown, fingerprints(shown), strict=True)],
        **({"properties": {"coverage": figures(coverage)}} if coverage is not None else {}),
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


def _invocation(outcome: Outcome, verdict: Verdict, shown: int, cut: Sequence[Row]) -> dict[str, Any]:
    """How the run went; what could not be read, and what was cut, are notifications."""
    said: list[tuple[str, str]] = []
    if not isinstance(outcome, Findings):
        said += [("error", fault) for fault in outcome.faults]
    if cut:
        left = f"{many(len(cut), 'result')} with {many(sum(row.times for row in cut), 'violation')}"
        why = f"shows {MOST_RESULTS:,}" if shown == MOST_RESULTS else f"takes {MOST_BYTES // 1_000_000} MB, packed with gzip"
        said.append(("warning", f"{left} left out, those of least weight: code scanning {why}"))
    return {
        "executionSuccessful": verdict.incomplete is None,
        "exitCode": verdict.exit_code,
        "exitCodeDescription": verdict.why,
        "toolExecutionNotifications": [{"level": level, "message": _message(text)} for level, text in said],
    }


def _result(row: Row, rule: int, mark: str, root: str | None, is_compared: bool) -> dict[str, Any]:
    """A row; where a run is compared with a baseline, every result says what came of that."""
    result: dict[str, Any] = {
        "ruleId": row.id,
        "ruleIndex": rule,
        "level": _LEVELS[row.severity],
        "message": _message("\n".join(short(line, MOST_OF_A_SENTENCE) for line in _said(row))),
        "locations": [_location(row, root)],
        "occurrenceCount": row.times,
        "partialFingerprints": {"primaryLocationLineHash": mark, "protocols/v1": mark},  # GitHub reads the former alone
        "properties": {
            "call": row.key.call,
            "event": row.key.event and short(row.key.event, MOST_OF_A_NAME),
            "version": row.key.version,
            "pointer": row.pointer and short(row.pointer, MOST_OF_A_NAME),
        },
    }
    if related := list(islice(_related(row), MOST_PLACES)):
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _physical(place.at, root), "message": _message(place.said)}
            for number, place in enumerate(related, 1)
        ]
    if is_compared:
        result["baselineState"] = "new" if row.counts else "unchanged"
    if not row.counts:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": short(row.excuse, MOST_OF_A_SENTENCE)}]
    return result


def _related(row: Row) -> Iterator[Place]:
    """The line of the plan, where it is not the location itself, and other places in events."""
    if row.plan is not None and row.place is not None:
        yield Place(row.plan, "The plan asks for it here.")
    yield from row.further


def _said(row: Row) -> Iterator[str]:
    event = subject(*row.key)
    yield f"{event}: {row.message}" if event and event not in row.message else row.message
    yield from row.facts


def _message(text: str) -> dict[str, str]:
    """A message in which nothing is a link: `[text](target)` would be one."""
    return {"text": text.replace("](", "] (")}


def _location(row: Row, root: str | None) -> dict[str, Any]:
    """Where it was seen, and in which event."""
    event = subject(*row.key)
    name = "/".join(part for part in (event, short((row.pointer or "").lstrip("/"), MOST_OF_A_NAME)) if part)
    return {
        "physicalLocation": _physical(row.anywhere, root),
        **({"logicalLocations": [{"fullyQualifiedName": name, "kind": "member"}]} if name else {}),
    }


def _physical(place: Position, root: str | None) -> dict[str, Any]:
    path = relative(place.file, root)
    base = {} if path.startswith(("/", "../")) else {"uriBaseId": ROOT}
    return {
        "artifactLocation": {"uri": quote(path.encode("utf-8", "surrogatepass")), **base},
        "region": {"startLine": place.line, "startColumn": place.column},
    }
