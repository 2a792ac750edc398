"""What came of a run as rows, one for each fault: what the formats for other tools make their entries of.

A row is a group of a report, or a finding in a plan file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import NamedTuple

from msgspec import UNSET

from protocols.explanations import MEANINGS, explanation
from protocols.positions import Position
from protocols.problems import Problem, Severity
from protocols.report import Findings, Group, Outcome, Report, Sample, first_to_mend
from protocols.report.expectations import EXPECTATIONS
from protocols.report.report import Key
from protocols.sinks.page import short
from protocols.violations import percent

STATES = {"new": "", "known": "known by the baseline", "suppressed": "waived"}
"""State of a group -> why it does not count; the new ones do."""

NOWHERE = Key(None, None, None)


class Row(NamedTuple):
    """One fault. `place` is where it was seen first, `plan` the line of the plan that asks for something else, `facts` are
    sentences about how often and where it was seen. `identity` is the same in every run that has the fault, whatever the lines."""

    id: str
    severity: Severity
    message: str
    key: Key
    pointer: str | None
    place: Position | None
    plan: Position | None
    times: int
    facts: tuple[str, ...]
    state: str
    identity: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Whether it is neither waived nor known."""
        return self.state == "new"

    @property
    def where(self) -> Position | None:
        """A line that can be opened: that of the event or, where it has none, that of the plan."""
        return self.place or self.plan


def rows(outcome: Outcome) -> list[Row]:
    """All faults, those first that should be mended first: new ones, by severity, then by number; findings by their place."""
    if isinstance(outcome, Findings):
        return [_of_finding(problem) for problem in outcome.problems]
    ranked = sorted(outcome.groups, key=lambda group: (group.state != "new", -group.severity, group.id not in EXPECTATIONS, -group.count))
    return [_of_group(group) for group in ranked]


class Explained(NamedTuple):
    """What an id means in one sentence, and all that is said of it, as plain text and as Markdown."""

    meaning: str
    text: str
    markdown: str


def explained(id: str, outcome: Outcome) -> Explained:
    """What is said of an id."""
    if id in MEANINGS:
        said = explanation(id)
        return Explained(said.meaning, said.text, said.markdown)
    meaning, text = outcome.explained.get(id, (id, id)) if isinstance(outcome, Findings) else (id, id)
    return Explained(meaning, text, text)


def first(report: Report, most: int) -> list[Row]:
    """The rows of the faults to begin with."""
    return [_of_group(group) for group in first_to_mend(report, most)]


def relative(file: str, root: str | None) -> str:
    """The path of a file as seen from the folder `root`, with slashes; as it is where the file lies elsewhere."""
    path = PurePath(file)
    if root is not None and path.is_absolute() and path.is_relative_to(root):
        path = path.relative_to(root)
    return path.as_posix()


def fingerprints(rows: Iterable[Row]) -> Iterator[str]:
    """A mark for each row that it keeps as long as the fault is there; equal ones get numbers."""
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        number = seen[row.identity] = seen.get(row.identity, 0) + 1
        yield hashlib.sha256("\0".join((*row.identity, str(number))).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _of_finding(problem: Problem) -> Row:
    place = _position(problem.file, problem.line, problem.column)
    identity = (problem.id, problem.file or "", problem.pointer or "", problem.message)
    return Row(problem.id, problem.severity, problem.message, NOWHERE, problem.pointer, place, None, 1, (), "new", identity)


def _of_group(group: Group) -> Row:
    problem, key = group.problem, group.key
    identity = (group.id, key.call or "", key.event or "", str(key.version or ""), group.pointer or "", problem.expected or "")
    place = _position(group.first.file, group.first.line, None)
    facts = tuple(_facts(group))
    return Row(group.id, group.severity, group.message, key, group.pointer, place, problem.plan, group.count, facts, group.state, identity)


def _position(file: str | None, line: int | None, column: int | None) -> Position | None:
    return None if file is None or file.startswith("<") else Position(file, line or 1, column or 1)


def _facts(group: Group) -> Iterator[str]:
    if group.id in EXPECTATIONS:  # what was expected has no place
        return
    share = "" if group.share is None else f", in {percent(group.events, round(group.events / group.share))} of these events"
    last = f", last at {group.last}" if group.last != group.first else ""
    yield f"seen once{share}, at {group.first}" if group.count == 1 else f"seen {group.count:,} times{share}; first at {group.first}{last}"
    samples = [sample for sample in group.samples if sample.value is not UNSET]
    if samples:
        yield f"for example {'; '.join(map(_sample, samples))}"
    if group.planned is not None and group.planned.owners:
        yield f"owned by {', '.join(group.planned.owners)}"


def _sample(sample: Sample) -> str:
    return f"{short(json.dumps(sample.value, ensure_ascii=False), 60)} at {sample.seen}"
