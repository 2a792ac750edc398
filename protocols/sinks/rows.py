"""What came of a run as rows, one for each fault: what the formats for other tools make their entries of.

A row is a group of a report, or a finding in a plan file. Violations that belong to no group have one row for each id, severity
and call, so that the rows of a report add up to all of its violations.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
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
from protocols.violations import many, percent

STATES = {"new": "", "known": "known by the baseline", "suppressed": "waived"}
"""State of a group -> why it does not count; the new ones do."""

NOWHERE = Key(None, None, None)


class Place(NamedTuple):
    """A place where a fault was seen again, and what was seen there."""

    at: Position
    said: str


class Row(NamedTuple):
    """One fault. `place` is where it was seen first, `plan` the line of the plan that asks for something else, `file` the plan's
    first file, `facts` are sentences about how often and where it was seen, and `further` places where it was seen again, the
    last one included. `excuse` says why it does not count, empty where it does. `identity` is the same in every run that has the
    fault, whatever the lines."""

    id: str
    severity: Severity
    message: str
    key: Key
    pointer: str | None
    place: Position | None
    plan: Position | None
    file: str
    times: int
    facts: tuple[str, ...]
    further: tuple[Place, ...]
    state: str
    excuse: str
    identity: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Whether it is neither waived nor known."""
        return self.state == "new"

    @property
    def where(self) -> Position | None:
        """A line that can be opened: that of the event or, where it has none, that of the plan."""
        return self.place or self.plan

    @property
    def anywhere(self) -> Position:
        """A line for readers that drop what has none: where there is no other, the first one of the plan."""
        return self.where or Position(self.file)


def rows(outcome: Outcome) -> list[Row]:
    """All faults, those first that should be mended first: new ones, by severity, then by number, those without a group last;
    findings by their place."""
    if isinstance(outcome, Findings):
        return [_of_finding(problem, _plan_file(outcome.files)) for problem in outcome.problems]
    file = _plan_file([file.path for file in outcome.about.files])
    grouped = sorted((_of_group(group, file) for group in outcome.groups), key=lambda row: (row.id not in EXPECTATIONS, -row.times))
    return sorted([*grouped, *_ungrouped(outcome, file)], key=lambda row: (not row.counts, -row.severity))


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
    file = _plan_file([file.path for file in report.about.files])
    return [_of_group(group, file) for group in first_to_mend(report, most)]


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


def _plan_file(files: Sequence[str]) -> str:
    """The first of the plan's files; where it has none, it was made in memory."""
    return files[0] if files else "plan.yaml"


def _of_finding(problem: Problem, file: str) -> Row:
    return Row(
        id=problem.id,
        severity=problem.severity,
        message=problem.message,
        key=NOWHERE,
        pointer=problem.pointer,
        place=_position(problem.file, problem.line, problem.column),
        plan=None,
        file=file,
        times=1,
        facts=(),
        further=(),
        state="new",
        excuse="",
        identity=(problem.id, problem.file or "", problem.pointer or "", problem.message),
    )


def _of_group(group: Group, file: str) -> Row:
    problem, key = group.problem, group.key
    return Row(
        id=group.id,
        severity=group.severity,
        message=group.message,
        key=key,
        pointer=group.pointer,
        place=_position(group.first.file, group.first.line),
        plan=problem.plan,
        file=file,
        times=group.count,
        facts=tuple(_facts(group)),
        further=tuple(_further(group)),
        state=group.state,
        excuse=_excuse(group),
        identity=(group.id, key.call or "", key.event or "", str(key.version or ""), group.pointer or "", problem.expected or ""),
    )


def _ungrouped(report: Report, file: str) -> Iterator[Row]:
    """What is only counted, the most frequent first."""
    known = report.settled.ungrouped if report.settled is not None else frozenset()
    for key, count in sorted(report.ungrouped.items(), key=lambda entry: (-entry[1], entry[0][0], entry[0][2] or "")):
        id, severity, call = key
        state = "known" if key in known else "new"
        yield Row(
            id=id,
            severity=severity,
            message=f"{many(count, 'violation')} more in groups beyond the first {report.about.most_groups:,}; only counted",
            key=Key(call, None, None),
            pointer=None,
            place=None,
            plan=None,
            file=file,
            times=count,
            facts=(),
            further=(),
            state=state,
            excuse=STATES[state],
            identity=("ungrouped", id, str(severity), call or ""),
        )


def _excuse(group: Group) -> str:
    """`known by the baseline`, `waived by growth@shop.example until 2026-07-31 (fax ends in July)`."""
    waiver = group.waiver
    said = STATES[group.state]
    return said if waiver is None else f"{said} by {waiver.owner} until {waiver.until} ({waiver.reason})"


def _position(file: str | None, line: int | None, column: int | None = None) -> Position | None:
    return None if file is None or file.startswith("<") else Position(file, line or 1, column or 1)


def _further(group: Group) -> Iterator[Place]:
    """Each place once, and not the first again."""
    met = {group.first}
    for seen, what in (*((sample.seen, _value(sample)) for sample in group.samples), (group.last, "seen here last")):
        at = _position(seen.file, seen.line)
        if at is not None and seen not in met:
            met.add(seen)
            yield Place(at, f"{what}, in record {seen.record}" if seen.line is None and seen.record is not None else what)


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
    return f"{_value(sample)} at {sample.seen}"


def _value(sample: Sample) -> str:
    return "seen here too" if sample.value is UNSET else short(json.dumps(sample.value, ensure_ascii=False), 60)
