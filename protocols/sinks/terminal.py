"""`--format terminal`: the report for people, folded, the worst first, legible without colour.

    error  Order Completed  type/wrong-type
      properties.total should be a number, got string "29.99" and others (null 3, string 12)
      fix   send a JSON number, without quotes
      seen  15 times, in 12 of 467 Order Completed events (2.6%); first at events.jsonl:14
      e.g.  "29.99" at events.jsonl:14; null at events.jsonl:31
      plan  plan.yaml:33:7

Names and values come from events and are not trusted: whatever a terminal would obey is written as an escape, in one
place, `safe`, that every text passes. Piped output is plain text, one fact a line, neither wrapped nor coloured.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from msgspec import UNSET

from protocols.problems import Problem, Severity
from protocols.report import Group, Report, Sample, Verdict
from protocols.report.report import Key
from protocols.sinks.sink import Look, safe
from protocols.violations import counted

if TYPE_CHECKING:
    from rich.console import Console

GROUPS_OF_ONE_EVENT = 5
"""So many groups of one event are shown before the others get their turn."""

_COLOURS = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}


class Terminal:
    def __init__(self, out: BinaryIO, look: Look) -> None:
        self.out = out
        self.look = look

    def problem(self, problem: Problem) -> None:
        """Nothing: the report has it, folded."""

    def close(self, report: Report, verdict: Verdict) -> None:
        page = closing(report, verdict) if self.look.quiet else lines(report, verdict, self.look.limit)
        self.out.write(draw(page, self.look).encode())
        self.out.flush()


class Span(NamedTuple):
    text: str
    style: str = ""


class Line(NamedTuple):
    """One line. Where lines are wrapped, what follows the first row stands under `body`."""

    head: str
    body: Sequence[Span] = ()
    style: str = ""


BLANK = Line("")


def lines(report: Report, verdict: Verdict, limit: int = 20) -> Iterator[Line]:
    """The whole report, closing with the counts and the verdict."""
    totals = {entry.key: entry.count for entry in report.traffic}
    ranked = sorted(report.groups, key=lambda group: (-group.severity, -group.count))
    shown, cut = _select(ranked, limit)
    for group in shown:
        yield from _group(group, totals.get(group.key, 0))
        yield BLANK
    if cut:
        yield from _cut(cut)
        yield BLANK
    remarks = list(_remarks(report))
    yield from remarks
    if remarks:
        yield BLANK
    yield from closing(report, verdict)


def closing(report: Report, verdict: Verdict) -> Iterator[Line]:
    """The two lines that end every run: the counts and the verdict."""
    yield Line("", [Span(counts(report), "bold")])
    yield Line("", [Span(sentence(report, verdict), "bold green" if verdict.passed else "bold red")])


def counts(report: Report) -> str:
    """`1,547 events in 1 file: 830 valid, 717 invalid (46.3%), 12 unreadable; 1,223 violations: 900 errors, ...`."""
    where = f" in {_many(len(report.inputs), 'file')}" if report.inputs else ""
    share = f" ({percent(report.invalid, report.count)})" if report.invalid else ""
    unreadable = f", {report.unreadable:,} unreadable" if report.unreadable else ""
    events = f"{_many(report.count, 'event')}{where}: {report.valid:,} valid, {report.invalid:,} invalid{share}{unreadable}"
    if not report.violations:
        return f"{events}; no violations"
    return f"{events}; {_many(report.violations, 'violation')}: {_severities(report.by_severity)}"


def sentence(report: Report, verdict: Verdict) -> str:
    """Whether the run passed, why, and how the command exits."""
    least = verdict.fail_on
    if verdict.incomplete:
        return f"Failed: {verdict.incomplete} (exit code {verdict.exit_code})."
    if least == "never":
        return "Passed: with --fail-on never nothing fails the run."
    above = "" if least == "error" else " or above"
    if verdict.passed:
        tolerated = "" if not report.violations else "; lesser ones do not fail the run"
        return f"Passed: no violation of severity {least}{above}{tolerated}."
    return f"Failed: {_many(verdict.failing, 'violation')} of severity {least}{above} (exit code {verdict.exit_code})."


def percent(part: int, whole: int) -> str:
    """A share that says neither 0% of something nor 100% of not everything."""
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "<0.1%"
    if 99.9 < share < 100:
        return ">99.9%"
    return "100%" if part == whole else f"{share:.1f}%"


def draw(lines: Iterable[Line], look: Look) -> str:
    """Lines as text: coloured and wrapped as `look` says."""
    if not look.colour and look.width is None:
        return "".join(f"{safe(line.head)}{safe(''.join(span.text for span in line.body))}".rstrip() + "\n" for line in lines)
    console = _console(look)
    for line in lines:
        _print(console, line, look.width)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _console(look: Look) -> Console:
    from rich.console import Console

    return Console(
        file=io.StringIO(),
        color_system="standard" if look.colour else None,
        force_terminal=look.colour,
        no_color=not look.colour,
        legacy_windows=False,
        width=look.width or 1_000_000,
    )


def _print(console: Console, line: Line, width: int | None) -> None:
    """Rich draws, but interprets nothing: there is no markup, no highlighting, no emoji code in a `Text`."""
    from rich.text import Text

    head = Text.assemble((safe(line.head), line.style))
    body = Text.assemble(*((safe(span.text), span.style) for span in line.body))
    room = None if width is None else max(20, width - head.cell_len)
    for number, row in enumerate([body] if room is None or not body else body.wrap(console, room)):
        row.rstrip()
        console.print(head + row if not number else Text(" " * head.cell_len) + row, soft_wrap=True)


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


def _group(group: Group, total: int) -> Iterator[Line]:
    severity = str(group.severity)
    subject = [Span(_subject(group.key), "bold"), Span("  ")] if group.key.call else []
    yield Line(f"{severity}  ", [*subject, Span(group.id, "dim")], _COLOURS[severity])
    said = group.say(None) if group.hint is None else group.say(None).removesuffix(f"; {group.hint}")
    yield Line("  ", [Span(_short(said, 400))])
    if group.hint is not None:
        yield _fact("fix", Span(_short(group.hint, 400), "green"))
    yield _fact("seen", Span(_seen(group, total)))
    samples = _samples(group)
    if samples:
        yield _fact("e.g.", Span(samples))
    if group.problem.plan is not None:
        yield _fact("plan", Span(str(group.problem.plan)))


def _fact(label: str, *body: Span) -> Line:
    return Line(f"  {label:<4}  ", body, "dim")


def _subject(key: Key) -> str:
    """`Order Completed`, `Signed Up (version 2)`, `page Checkout`, `identify`."""
    named = key.event if key.call == "track" and key.event is not None else " ".join(part for part in key[:2] if part is not None)
    version = f" (version {key.version})" if key.version is not None else ""
    return f"{_short(named, 80)}{version}"


def _seen(group: Group, total: int) -> str:
    """How often, in how much of the event's traffic, and where first."""
    first = group.first
    named = f"{total:,} {_subject(group.key)} {'events' if group.key.event is not None else 'calls'}"
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
    value = "nothing" if sample.value is UNSET else _short(json.dumps(sample.value, ensure_ascii=False), 60)
    return f"{value} at {sample.seen}"


def _cut(cut: Sequence[Group]) -> Iterator[Line]:
    """What was not shown: how much, and the events that have most of it."""
    violations = sum(group.count for group in cut)
    yield Line("", [Span(f"{_many(len(cut), 'more group')} ({_many(violations, 'violation')}) not shown; --limit 0 shows all", "bold")])
    by_event = {key: list(groups) for key, groups in groupby(sorted(cut, key=lambda group: _order(group.key)), key=lambda group: group.key)}
    most = sorted(by_event.items(), key=lambda entry: -len(entry[1]))
    for key, groups in most[:GROUPS_OF_ONE_EVENT]:
        severities = {str(severity): sum(group.count for group in groups if group.severity is severity) for severity in reversed(Severity)}
        subject = _subject(key) if key.call else "records of no known call"
        yield Line("  ", [Span(f"{subject}: {_many(len(groups), 'more group')}, {_severities(severities)}")])
    if len(most) > GROUPS_OF_ONE_EVENT:
        yield Line("  ", [Span(f"and {_many(len(most) - GROUPS_OF_ONE_EVENT, 'more event')}")])


def _order(key: Key) -> tuple[str, str, int]:
    return key.call or "", key.event or "", key.version or 0


def _remarks(report: Report) -> Iterator[Line]:
    """What is no violation and still good to know."""
    if report.folded:
        yield Line(
            "", [Span(f"{_many(report.folded, 'violation')} more in groups beyond the first {report.about.most_groups:,}; only counted")]
        )
    if report.assumed:
        yield Line("", [Span(f"{_many(report.assumed, 'event')} did not say the version; checked as the plan's default")])
    named = sum(planned.event is not None for planned in report.about.planned)
    unseen = [_subject(planned.key) for planned in report.unseen]
    if 0 < len(unseen) < named:  # where none was seen, the plan is not the one of these events, or there are no events
        names = ", ".join(unseen[:3]) + (", ..." if len(unseen) > 3 else "")
        yield Line("", [Span(f"{len(unseen):,} of {_many(named, 'planned event')} never seen: {names}")])


def _severities(counts: dict[str, int]) -> str:
    """`900 errors, 303 warnings`; what there is none of is not said."""
    return ", ".join(_many(count, severity) for severity, count in counts.items() if count)


def _many(number: int, noun: str) -> str:
    """`1 file`, `1,547 events`."""
    return counted(number, noun).replace(str(number), f"{number:,}", 1)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
