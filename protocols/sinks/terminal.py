"""`--format terminal`: the report for people, folded, the worst first, legible without colour.

    error  Order Completed  type/wrong-type
      properties.total should be a number, got string "29.99" and others (null 3, string 12)
      fix   send a JSON number, without quotes
      seen  15 times, in 12 of 467 Order Completed events (2.6%); first at events.jsonl:14
      e.g.  "29.99" at events.jsonl:14; null at events.jsonl:31
      plan  plan.yaml:33:7

Findings in plan files are shown one by one with the line they are about (`frames`). Piped output is plain text, one fact
a line, neither wrapped nor coloured.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import BinaryIO

from msgspec import UNSET

from protocols.problems import Problem, Severity
from protocols.report import Entry, Findings, Group, Outcome, Report, Sample, Verdict, first_to_mend
from protocols.report.expectations import EXPECTATIONS
from protocols.report.report import Key
from protocols.sinks import coverage, frames
from protocols.sinks.page import BLANK, COLOURS, Line, Span, draw, severities, short
from protocols.sinks.sink import Look
from protocols.sinks.subject import subject
from protocols.violations import many, percent

FIRST = 3
"""So many faults are named as those to mend first."""

FEW, AT_ONCE = 10, 5
"""So many groups are shown where nothing else is asked for: all where they are few, or as many as fit a screen."""

GROUPS_OF_ONE_EVENT = 5
"""So many groups of one event are shown before the others get their turn."""


class Terminal:
    def __init__(self, out: BinaryIO, look: Look) -> None:
        self.out = out
        self.look = look

    def problem(self, problem: Problem, state: str = "new") -> None:
        """Nothing: the report has it, folded."""

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        page = closing(outcome, verdict) if self.look.quiet else lines(outcome, verdict, self.look)
        self.out.write(draw(page, self.look).encode())
        self.out.flush()


def lines(outcome: Outcome, verdict: Verdict, look: Look) -> Iterator[Line]:
    """All that was found, closing with the counts and the verdict."""
    yield from frames.lines(outcome, look) if isinstance(outcome, Findings) else _folded(outcome, look.limit)
    yield from closing(outcome, verdict)


def _folded(report: Report, wanted: int | None) -> Iterator[Line]:
    """The groups of a report, the worst first."""
    totals = {entry.key: entry.count for entry in report.traffic}
    ranked = sorted(report.groups, key=lambda group: (-group.severity, group.id not in EXPECTATIONS, -group.count))
    new = [group for group in ranked if group.state == "new"]
    limit = wanted if wanted is not None else 0 if len(new) <= FEW else AT_ONCE
    shown, cut = _select(new, limit)
    for group in shown:
        yield from _group(group, totals.get(group.key, 0), beside_known=report.settled is not None and report.settled.baseline)
        yield BLANK
    if cut:
        yield from _cut(cut)
        yield BLANK
    if cut:
        yield from _first(first_to_mend(report, FIRST), totals)
        yield BLANK
    excused = [group for group in ranked if group.state != "new"]
    if excused:
        yield from _excused(excused, limit)
        yield BLANK
    if report.coverage is not None:
        yield from coverage.lines(report.coverage)
        yield BLANK
    remarks = list(_remarks(report))
    yield from remarks
    if remarks:
        yield BLANK


def closing(outcome: Outcome, verdict: Verdict) -> Iterator[Line]:
    """The two lines that end every run: the counts and the verdict."""
    if isinstance(outcome, Report):
        yield from (Line("", [Span(said)]) for said in (left_out(outcome), timeless(outcome)) if said)
    yield Line("", [Span(counts(outcome), "bold")])
    yield Line("", [Span(sentence(outcome, verdict), "bold green" if verdict.passed else "bold red")])


def left_out(report: Report) -> str:
    """`900 of 1,000 events left out by --sample 10%`; empty where none were."""
    if not report.left_out:
        return ""
    options = {option: f"--{option} {report.about.scope.get(option, '')}".rstrip() for option in report.left_out}
    total = sum(report.left_out.values())
    said = f"{total:,} of {many(total + report.count, 'event')} left out"
    if len(options) == 1:
        return f"{said} by {options.popitem()[1]}"
    each = ", ".join(f"{report.left_out[option]:,} by {options[option]}" for option in report.about.scope if option in options)
    return f"{said}: {each}"


def timeless(report: Report) -> str:
    """What is said of events without a time, where times matter; empty where there are none."""
    if not report.timeless:
        return ""
    return f"{many(report.timeless, 'event')} without a timestamp that can be read; checked all the same"


def folded(report: Report) -> str:
    """`12 violations more in groups beyond the first 10,000; only counted: 2 errors, 10 warnings`; empty where there are none."""
    if not report.folded:
        return ""
    counts: Counter[Severity] = Counter()
    for (_, severity, _), count in report.ungrouped.items():
        counts[severity] += count
    said = severities({str(severity): counts[severity] for severity in reversed(Severity)})
    return f"{many(report.folded, 'violation')} more in groups beyond the first {report.about.most_groups:,}; only counted: {said}"


def counts(outcome: Outcome) -> str:
    """`1,547 events in 1 file: 830 valid, 717 invalid (46.3%), 12 unreadable; 1,223 violations: 900 errors, ...`."""
    if isinstance(outcome, Findings):
        return frames.counts(outcome)
    report = outcome
    where = f" in {many(len(report.inputs), 'file')}" if report.inputs else ""
    share = f" ({percent(report.invalid, report.count)})" if report.invalid else ""
    unreadable = f", {report.unreadable:,} unreadable" if report.unreadable else ""
    events = f"{many(report.count, 'event')}{where}: {report.valid:,} valid, {report.invalid:,} invalid{share}{unreadable}"
    if not report.violations:
        return f"{events}; no violations"
    return f"{events}; {many(report.violations, 'violation')}: {severities(report.by_severity)}"


def sentence(outcome: Outcome, verdict: Verdict) -> str:
    """Whether the run passed, why, and how the command exits."""
    return f"Passed: {verdict.why}." if verdict.passed else f"Failed: {verdict.why} (exit code {verdict.exit_code})."


def _select(ranked: Sequence[Group], limit: int) -> tuple[list[Group], list[Group]]:
    """What is shown and what is cut. Where there are more than `limit`, few of each event are shown; 0 shows all."""
    if not limit or len(ranked) <= limit:
        return list(ranked), []
    shown: list[Group] = []
    cut: list[Group] = []
    of_event: Counter[Key] = Counter()
    for group in ranked:
        of_event[group.key] += 1
        fits = len(shown) < limit and of_event[group.key] <= GROUPS_OF_ONE_EVENT
        (shown if fits else cut).append(group)
    return shown, cut


def _group(group: Group, total: int, *, beside_known: bool = False) -> Iterator[Line]:
    """A group in full; it is called new where others are not."""
    severity = str(group.severity)
    whose = [Span(subject(*group.key), "bold"), Span("  ")] if group.key.call else []
    state = [Span("  new", "bold")] if beside_known else []
    yield Line(f"{severity}  ", [*whose, Span(group.id, "dim"), *state], COLOURS[severity])
    said = group.say(None) if group.hint is None else group.say(None).removesuffix(f"; {group.hint}")
    yield Line("  ", [Span(short(said, 400))])
    if group.hint is not None:
        yield _fact("fix", Span(short(group.hint, 400), "green"))
    if group.id not in EXPECTATIONS:  # what was expected has no place
        yield _fact("seen", Span(_seen(group, total)))
    samples = _samples(group)
    if samples:
        yield _fact("e.g.", Span(samples))
    if group.problem.plan is not None:
        yield _fact("plan", Span(str(group.problem.plan)))


def _first(groups: Sequence[Group], totals: Mapping[Key, int]) -> Iterator[Line]:
    """What to begin with, at the end where the eye is."""
    yield Line("", [Span("Fix first", "bold")])
    for number, group in enumerate(groups, 1):
        share = f" of {totals[group.key]:,}" if totals.get(group.key, 0) > group.events > 0 else ""
        often = f"{group.events:,}{share} events" if share else many(group.events or group.count, "event" if group.events else "time")
        event = subject(*group.key)
        whose = f"{event}: " if group.key.call and event not in group.message else ""
        seen = [] if group.id in EXPECTATIONS else [Span(f"  {often}", "dim")]  # a run lacks something once
        yield Line(f"  {number}  ", [Span(f"{whose}{short(group.message, 160)}"), *seen])


def _fact(label: str, *body: Span) -> Line:
    return Line(f"  {label:<4}  ", body, "dim")


def _seen(group: Group, total: int) -> str:
    """How often, in how much of the event's traffic, and where first."""
    first = group.first
    named = f"{total:,} {subject(*group.key)} {'events' if group.key.event is not None else 'calls'}"
    told = total > 1 and group.events and group.key.call is not None
    if group.count == 1:
        return f"once in {named}, at {first}" if told else f"once, at {first}"
    often = f"{group.count:,} times"
    if not told:
        return f"{often}, first at {first}"
    if group.events == total:
        return f"{often}, in all {named}; first at {first}"
    return f"{often}, in {group.events:,} of {named} ({percent(group.events, total)}); first at {first}"


def _samples(group: Group) -> str:
    """Values and where they stood; further places where there is no value, or the sentence has said the only one."""
    if not group.actual_varies or all(sample.value is UNSET for sample in group.samples):
        places = [str(sample.seen) for sample in group.samples[1:]]
        return f"also at {', '.join(places)}" if places else ""
    return "; ".join(_sample(sample) for sample in group.samples)


def _sample(sample: Sample) -> str:
    value = "nothing" if sample.value is UNSET else short(json.dumps(sample.value, ensure_ascii=False), 60)
    return f"{value} at {sample.seen}"


def _cut(cut: Sequence[Group]) -> Iterator[Line]:
    """What was not shown: how much, and the events that have most of it."""
    violations = sum(group.count for group in cut)
    yield Line("", [Span(f"{many(len(cut), 'more group')} ({many(violations, 'violation')}) not shown; --limit 0 shows all", "bold")])
    by_event = {key: list(groups) for key, groups in groupby(sorted(cut, key=lambda group: _order(group.key)), key=lambda group: group.key)}
    most = sorted(by_event.items(), key=lambda entry: -len(entry[1]))
    for key, groups in most[:GROUPS_OF_ONE_EVENT]:
        counts = {str(severity): sum(group.count for group in groups if group.severity is severity) for severity in reversed(Severity)}
        event = subject(*key) if key.call else "records of no known call"
        yield Line("  ", [Span(f"{event}: {many(len(groups), 'more group')}, {severities(counts)}")])
    if len(most) > GROUPS_OF_ONE_EVENT:
        yield Line("  ", [Span(f"and {many(len(most) - GROUPS_OF_ONE_EVENT, 'more event')}")])


def _excused(groups: Sequence[Group], limit: int) -> Iterator[Line]:
    """What does not fail the run, one line each: it is there to be looked up, not to be read again in every run."""
    shown = groups[: min(limit, _MOST_EXCUSED)] if limit else groups
    for group in shown:
        whose = f"{subject(*group.key)}  " if group.key.call else ""
        where = f"  {short(group.pointer, 80)}" if group.pointer else ""
        yield Line(f"{_STATES[group.state]}  ", [Span(f"{whose}{group.id}{where}  {_times(group.count)}")], "dim")
    cut = groups[len(shown) :]
    if cut:
        violations = sum(group.count for group in cut)
        yield Line("", [Span(f"{many(len(cut), 'more group')} ({many(violations, 'violation')}) of these not shown; --limit 0 shows all")])


_MOST_EXCUSED = 5
_STATES = {"known": "known", "suppressed": "waived"}


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _healed(healed: Sequence[Entry]) -> Iterator[Line]:
    """The known violations that are gone."""
    for entry in healed[:_MOST_HEALED]:
        yield Line("", [Span(f"healed: {entry}", "green")])
    if len(healed) > _MOST_HEALED:
        yield Line("", [Span(f"healed: {len(healed) - _MOST_HEALED:,} more", "green")])


_MOST_HEALED = 5


def _order(key: Key) -> tuple[str, str, int]:
    return key.call or "", key.event or "", key.version or 0


def _remarks(report: Report) -> Iterator[Line]:
    """What is no violation and still good to know."""
    if report.settled is not None:
        for unused in report.settled.unused:
            yield Line("", [Span(str(unused), "yellow" if unused.expired else "")])
        yield from _healed(report.settled.healed)
    if report.folded:
        yield Line("", [Span(folded(report))])
    if report.assumed:
        yield Line("", [Span(f"{many(report.assumed, 'event')} did not say the version; checked as the plan's default")])
    if report.count and report.about.expectations and not any(group.id.startswith("expectation/") for group in report.groups):
        yield Line("", [Span(f"{many(len(report.about.expectations), 'expectation')} met")])
    if report.coverage is not None or report.left_out:
        return  # the one says so itself, and of what was left out nobody knows
    unseen = [subject(*planned.key) for planned in report.unseen]
    if 0 < len(unseen) < len(report.awaited):  # where none was seen, the plan is not the one of these events, or there are no events
        names = ", ".join(unseen[:3]) + (", ..." if len(unseen) > 3 else "")
        yield Line("", [Span(f"{len(unseen):,} of {many(len(report.awaited), 'planned event')} never seen: {names}")])
