"""`--format json`: all that came of a run as one JSON object, described by the schemas beside this file:
`report.schema.json` for events, `findings.schema.json` for plan files.

Its shape is an interface: programs read it. Nothing in it depends on place of the run or number of workers, and on time
alone that waivers expire: the last day of each is in the report and today is not, so that two days differ where one expired.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from msgspec import UNSET
from msgspec.structs import asdict

import protocols
from protocols.positions import Position
from protocols.problems import Problem
from protocols.report import Entry, Findings, Group, Outcome, Report, Sample, Seen, Unused, Verdict
from protocols.report.coverage import Coverage, Item
from protocols.report.expectations import Expectation
from protocols.report.report import Key
from protocols.sinks.coverage import figures
from protocols.sinks.jsonl import row
from protocols.sinks.sink import Look, to_json

REPORT_VERSION = 1
FINDINGS_VERSION = 1


class Json:
    def __init__(self, out: BinaryIO, look: Look) -> None:
        self.out = out

    def problem(self, problem: Problem, state: str = "new") -> None:
        """Nothing: the report has it, folded."""

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        said = findings_document(outcome, verdict) if isinstance(outcome, Findings) else document(outcome, verdict)
        self.out.write(to_json(said, indent=2))
        self.out.flush()


def document(report: Report, verdict: Verdict) -> dict[str, Any]:
    """The whole report as JSON-able data."""
    return {
        "report_version": REPORT_VERSION,
        "tool_version": protocols.__version__,
        "fail_on": verdict.fail_on,
        "exit_code": verdict.exit_code,
        "inputs": [{"file": entry.file, "events": entry.events, "bytes": entry.bytes} for entry in report.inputs],
        "plan": {
            "name": report.about.name,
            "version": report.about.version,
            "files": [{"path": file.path, "sha256": file.sha256} for file in report.about.files],
        },
        "summary": _summary(report),
        "groups": [_group(group) for group in report.groups],
        "events": [
            {**entry.key._asdict(), "count": entry.count, "invalid": entry.invalid, "planned": entry.planned} for entry in report.traffic
        ],
        "unseen": list(_unseen(report)),
        "healed": [_entry(entry) for entry in report.settled.healed] if report.settled else [],
        "unused_suppressions": [_unused(unused) for unused in report.settled.unused] if report.settled else [],
        "scope": {
            "options": dict(report.about.scope),
            "left_out": {option: report.left_out.get(option, 0) for option in report.about.scope},
            "without_timestamp": report.timeless,
        },
        "expectations": [_expectation(expectation, report) for expectation in report.about.expectations],
        "coverage": None if report.coverage is None else _coverage(report.coverage),
    }


def _unseen(report: Report) -> Iterator[dict[str, Any]]:
    """Planned events that never came and, where coverage was asked for, what of the others did not."""
    never = {entry.key for entry in report.unseen}
    parts: dict[Any, list[Item]] = {}
    for item in report.coverage.unseen() if report.coverage is not None else ():
        parts.setdefault(Key(*item[1:4]), []).append(item)
    for entry in report.about.planned:
        items = [] if entry.key in never else parts.get(entry.key, [])
        if items or entry.key in never:
            yield {
                **entry.key._asdict(),
                "properties": [item.pointer for item in items if item.part == "properties"],
                "values": [{"pointer": item.pointer, "value": item.value} for item in items if item.part == "values"],
            }


def _expectation(expectation: Expectation, report: Report) -> dict[str, Any]:
    count = report.count_of(expectation)
    return {
        "text": expectation.text,
        "call": expectation.events.call,
        "event": expectation.events.name,
        "at_least": expectation.least,
        "at_most": expectation.most,
        "count": count,
        "met": expectation.is_met(count),
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {**figures(coverage), "unplanned": [asdict(each) for each in coverage.unplanned]}


def findings_document(findings: Findings, verdict: Verdict) -> dict[str, Any]:
    """The findings in plan files as JSON-able data, every one by itself."""
    return {
        "findings_version": FINDINGS_VERSION,
        "tool_version": protocols.__version__,
        "fail_on": verdict.fail_on,
        "exit_code": verdict.exit_code,
        "files": list(findings.files),
        "not_looked_at": list(findings.beside),
        "without_plan": list(findings.alone),
        "summary": {
            "findings": len(findings.problems),
            "mistakes": findings.mistakes,
            "by_severity": findings.by_severity,
            "by_id": findings.by_id,
            "silenced": findings.silenced,
            "fixable": findings.fixable,
            "fixed": findings.fixed,
        },
        "findings": [{name: row(problem)[name] for name in _OF_FINDINGS} for problem in findings.problems],
    }


_OF_FINDINGS = ("id", "severity", "call", "event", "version", "pointer", "message", "hint", "file", "line", "column")


def _summary(report: Report) -> dict[str, Any]:
    return {
        "events": report.count,
        "valid": report.valid,
        "invalid": report.invalid,
        "unreadable": report.unreadable,
        "violations": report.violations,
        "by_severity": report.by_severity,
        "by_family": report.by_family,
        "by_id": report.by_id,
        "by_call": report.by_call,
        "new": report.new,
        "known": report.known,
        "suppressed": report.suppressed,
        "left_out": sum(report.left_out.values()),
        "version_assumed": report.assumed,
        "folded": report.folded,
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "severity": str(group.severity),
        **group.key._asdict(),
        "pointer": group.pointer,
        "message": group.message,
        "expected": group.problem.expected,
        "actual": dict(group.got),
        "hint": group.hint,
        "count": group.count,
        "share": None if group.share is None else round(group.share, 6),
        "owners": list(group.planned.owners) if group.planned else [],
        "labels": dict(group.planned.labels) if group.planned else {},
        "status": group.planned.status if group.planned else None,
        "first": _seen(group.first),
        "last": _seen(group.last),
        "samples": [_sample(sample) for sample in group.samples],
        "plan": _position(group.problem.plan),
        "state": group.state,
    }


def _seen(seen: Seen) -> dict[str, Any]:
    return {"file": seen.file, "line": seen.line, "record": seen.record, "message_id": seen.message_id}


def _entry(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in ("id", "call", "event", "version", "pointer")}


def _unused(unused: Unused) -> dict[str, Any]:
    """A waiver that excused nothing, its day as text."""
    waiver = unused.waiver
    said = {name: getattr(waiver, name) for name in ("id", "call", "event", "version", "pointer", "reason", "owner", "file", "line")}
    return {**said, "until": str(waiver.until), "expired": unused.expired, "violations": unused.matched}


def _sample(sample: Sample) -> dict[str, Any]:
    """A sample without `value` is a place where nothing was got, or nothing that may be shown."""
    value = {} if sample.value is UNSET else {"value": sample.value}
    return {**value, "file": sample.seen.file, "line": sample.seen.line}


def _position(position: Position | None) -> dict[str, Any] | None:
    if position is None:
        return None
    return {"file": position.file, "line": position.line, "column": position.column}
