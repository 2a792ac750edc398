"""`--format github`: annotations for GitHub Actions, workflow commands that put findings beside lines of a change.

GitHub shows ten errors and ten warnings of a step, so the ten of each that weigh most are written and the rest is counted. How
much of the plan was seen comes first, as a notice, where it was asked for. What a workflow
command obeys is escaped as its runner reads it back: `%`, line ends, and in properties `:` and `,`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from protocols.problems import Problem, Severity
from protocols.report import Outcome, Report, Verdict
from protocols.sinks import coverage
from protocols.sinks.rows import Row, relative, rows
from protocols.sinks.sink import Look, safe
from protocols.sinks.subject import subject
from protocols.sinks.terminal import counts, sentence
from protocols.violations import many

MOST_OF_A_LEVEL = 10

_COMMANDS: Mapping[Severity, str] = {Severity.error: "error", Severity.warning: "warning", Severity.note: "notice"}


class GitHub:
    def __init__(self, out: BinaryIO, look: Look) -> None:
        self.out = out
        self.root = look.root

    def problem(self, problem: Problem, state: str = "new") -> None:
        """Nothing: the annotations are written when all are known."""

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        self.out.writelines(f"{line}\n".encode() for line in _lines(outcome, verdict, self.root))
        self.out.flush()


def _lines(outcome: Outcome, verdict: Verdict, root: str | None) -> Iterator[str]:
    found = [row for row in rows(outcome) if row.counts]
    shown = [row for severity in _COMMANDS for row in [row for row in found if row.severity is severity][:MOST_OF_A_LEVEL]]
    if isinstance(outcome, Report) and outcome.coverage is not None:
        yield _command("notice", {"title": "coverage"}, coverage.sentence(outcome.coverage))
    yield from (_annotation(row, root) for row in shown)
    cut = f"; {many(len(found) - len(shown), 'more fault')} not annotated, GitHub shows ten of a kind" if len(found) > len(shown) else ""
    command = "notice" if verdict.passed else "error"
    yield _command(command, {"title": "protocols"}, f"{sentence(outcome, verdict)} {counts(outcome)}{cut}")


def _annotation(row: Row, root: str | None) -> str:
    event = subject(*row.key)
    place = row.where
    where = {"file": relative(place.file, root), "line": str(place.line), "col": str(place.column)} if place is not None else {}
    return _command(
        _COMMANDS[row.severity], {**where, "title": f"{event}: {row.id}" if event else row.id}, "\n".join((row.message, *row.facts))
    )


def _command(command: str, properties: Mapping[str, str], message: str) -> str:
    said = ",".join(f"{name}={_escaped(safe(value)).replace(':', '%3A').replace(',', '%2C')}" for name, value in properties.items())
    return f"::{command} {said}::" + "%0A".join(_escaped(safe(line)) for line in message.split("\n"))


def _escaped(text: str) -> str:
    """`##[` is a command wherever it stands."""
    return text.replace("##[", "# #[").replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
