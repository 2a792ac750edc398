"""`--format gitlab`: a code quality report, which GitLab shows in merge requests.

An array of entries with a text, a fingerprint that is unique and stays the same whatever the lines, a severity in GitLab's
words and a line to open. What has no line anywhere is put on the first one of the plan, since GitLab drops what has none.
The format is about faults alone: how much of the plan was seen has no place in it, nor what was read or left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from protocols.problems import Problem, Severity
from protocols.report import Outcome, Verdict
from protocols.sinks.rows import Row, fingerprints, relative, rows
from protocols.sinks.sink import Look, to_json
from protocols.sinks.subject import subject

_SEVERITIES: Mapping[Severity, str] = {Severity.error: "major", Severity.warning: "minor", Severity.note: "info"}


class GitLab:
    def __init__(self, out: BinaryIO, look: Look) -> None:
        self.out = out
        self.root = look.root

    def problem(self, problem: Problem, state: str = "new") -> None:
        """Nothing: the rows are written when all are known."""

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        found = [row for row in rows(outcome) if row.counts]
        said = [_entry(row, mark, self.root) for row, mark in zip(found, fingerprints(found), strict=True)]
        self.out.write(to_json(said, indent=2))
        self.out.flush()


def _entry(row: Row, mark: str, root: str | None) -> dict[str, Any]:
    event = subject(*row.key)
    said = f"{event}: {row.message}" if event and event not in row.message else row.message
    return {
        "description": "; ".join((said, *row.facts[:1])),
        "check_name": row.id,
        "fingerprint": mark,
        "severity": _SEVERITIES[row.severity],
        "location": {
            "path": relative(row.anywhere.file, root).removeprefix("./"),
            "lines": {"begin": row.anywhere.line},
        },
    }
