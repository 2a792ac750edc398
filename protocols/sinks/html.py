"""`--format html`: one page for a browser, whole in itself, for people who read no terminals.

The page is complete without its script, which only adds filter and search: it prints, and is read aloud, as it is.
Nothing from an event is ever script, style or markup: every text passes `_text`, which writes out what is invisible
and escapes what HTML obeys; data reaches the script as the text of attributes; and a Content-Security-Policy lets run
what has the hash of our own script and nothing else. The charts are SVG and `meter`-like bars drawn here: a library
such as uPlot (51 KB) draws on a canvas, which cannot be read aloud, does not follow light and dark, and needs script.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from typing import Any, BinaryIO

from msgspec import UNSET

from protocols.explanations import explanation
from protocols.problems import Problem, Severity
from protocols.report import Findings, Group, Outcome, Report, Sample, Verdict, first_to_mend
from protocols.report.timeline import Timeline
from protocols.sinks import coverage
from protocols.sinks.page import Line, many, severities
from protocols.sinks.rows import STATES
from protocols.sinks.sink import Look, safe
from protocols.violations import KINDS, conceal, counted, pointer_tokens

MOST_GROUPS = 500
"""Groups on the page, the most frequent of each severity first; of 10,000 small ones 500 are 0.4 MB, all 6.3 MB."""
MOST_EVENTS = 200
MOST_NAMES = 200
MOST_FINDINGS = 2_000
MOST_LINES, MOST_LEVELS = 80, 10
"""Lines and levels of an event that are shown."""


class Html:
    def __init__(self, out: BinaryIO, look: Look) -> None:
        self.out = out

    def problem(self, problem: Problem) -> None:
        """Nothing: the page is written when all is known."""

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        parts = _of_findings(outcome) if isinstance(outcome, Findings) else _of_report(outcome)
        title = "Plan findings" if isinstance(outcome, Findings) else f"Event report {outcome.about.name}".strip()
        self.out.write(_page(title, [_verdict(verdict), *parts]).encode("utf-8"))
        self.out.flush()


def _page(title: str, parts: Iterable[str]) -> str:
    style, script = (files("protocols.sinks").joinpath(name).read_text(encoding="utf-8") for name in ("html.css", "html.js"))
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f'<link rel="icon" href="data:,">\n<title>{_text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n'
        f'<a class="skip" href="#problems">Skip to the problems</a>\n<header><h1>{_text(title)}</h1></header>\n<main>\n'
        + "\n".join(parts)
        + f"\n</main>\n<script>{script}</script>\n</body>\n</html>\n"
    )


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def _text(text: object) -> str:
    return html.escape(safe(str(text)))


def _verdict(verdict: Verdict) -> str:
    name = "passed" if verdict.passed else "failed"
    return f'<p class="verdict {name}"><strong>{name.title()}</strong>: {_text(verdict.why)}</p>'


def _of_report(report: Report) -> Iterator[str]:
    share = f"{report.valid / report.count:.1%}" if report.count else "none"
    figures = (
        ("events", f"{report.count:,}"),
        ("valid", share),
        ("invalid", f"{report.invalid:,}"),
        ("violations", f"{report.violations:,}"),
    )
    yield '<dl class="figures">' + "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in figures) + "</dl>"
    yield from (f'<p class="verdict failed">{_text(fault)}</p>' for fault in report.faults)
    ranked = sorted(report.groups, key=lambda group: (-group.severity, -group.events, -group.count))
    yield _section("first", "Fix first", _first(first_to_mend(report, 3), report.about.personal))
    yield _section("health", "Health of each event", _health(report))
    yield _section("timeline", "Violations over time", _timeline(report.timeline))
    yield _section("coverage", "Coverage", _coverage(report))
    cut = report.violations - sum(group.count for group in ranked[:MOST_GROUPS])
    note = f"<p>{many(cut, 'violation')} of less weight not shown; --format json has more.</p>" if cut else ""
    rows = [_group(group, report.about.personal) for group in ranked[:MOST_GROUPS]]
    owners = sorted({owner for group in ranked[:MOST_GROUPS] for owner in _owners(group)})
    yield _problems(rows, [group.problem for group in ranked[:MOST_GROUPS]], owners, note)
    yield _glossary(ranked[:MOST_GROUPS])


def _of_findings(findings: Findings) -> Iterator[str]:
    yield f"<p>{many(len(findings.problems), 'finding')} in {counted(len(findings.files), 'file')}</p>"
    cut = len(findings.problems) - MOST_FINDINGS
    note = f"<p>{many(cut, 'more finding')} not shown; --format json has all.</p>" if cut > 0 else ""
    shown = findings.problems[:MOST_FINDINGS]
    yield _problems([_finding(problem) for problem in shown], shown, [], note)


def _section(id: str, title: str, body: str) -> str:
    return f'<section aria-labelledby="{id}"><h2 id="{id}">{title}</h2>{body}</section>'


def _first(groups: Sequence[Group], personal: Set[str]) -> str:
    if not groups:
        return "<p>Nothing to fix: no event has a violation.</p>"
    return (
        '<ol class="first">' + "".join(f"<li>{_said(group)}{_advice(group)}{_payload(group, personal)}</li>" for group in groups) + "</ol>"
    )


def _advice(group: Group) -> str:
    """How such a fault is mended, and who sees to the event."""
    fix = explanation(group.id).fix if group.id in KINDS else ""
    owners = f"Owned by {', '.join(_owners(group))}." if _owners(group) else ""
    plan = f"The plan says so at {group.problem.plan}." if group.problem.plan is not None else ""
    said = " ".join(part for part in (fix, plan, owners) if part)
    return f"<p>{_text(said)}</p>" if said else ""


def _glossary(groups: Sequence[Group]) -> str:
    """What the ids on the page mean, each once."""
    ids = sorted({group.id for group in groups if group.id in KINDS})
    if not ids:
        return ""
    said = "".join(
        f'<dt id="{_text(id)}"><code>{_text(id)}</code></dt><dd>{_text(each.meaning)} {_text(each.why)} {_text(each.fix)}</dd>'
        for id, each in ((id, explanation(id)) for id in ids)
    )
    return _section("glossary", "What the ids mean", f'<dl class="glossary">{said}</dl>')


def _said(group: Group) -> str:
    share = "" if group.share is None else f" ({group.share:.1%} of this event)"
    return (
        f'<p><span class="tag {group.severity}">{group.severity}</span> <strong>{_name(group.key.call, group.key.event)}</strong> '
        f"{_id(group.id)}{_state(group)}<br>{_text(group.message)}</p>"
        f'<p class="quiet">{many(group.count, "time")}{share}; first at {_text(group.first)}</p>'
    )


def _id(id: str) -> str:
    return f'<a href="#{_text(id)}"><code>{_text(id)}</code></a>' if id in KINDS else f"<code>{_text(id)}</code>"


def _state(group: Group) -> str:
    return "" if group.state == "new" else f' <span class="quiet">{_text(STATES[group.state])}</span>'


def _samples(group: Group) -> str:
    """The values that were found, with their places."""
    told = "; ".join(map(_sample, (sample for sample in group.samples if sample.value is not UNSET)))
    return f'<p class="quiet">for example {told}</p>' if told else ""


def _sample(sample: Sample) -> str:
    shown = json.dumps(sample.value, ensure_ascii=False)
    return f"<mark>{_text(shown if len(shown) <= 200 else shown[:199] + '…')}</mark> at {_text(sample.seen)}"


def _payload(group: Group, personal: Set[str]) -> str:
    """The whole event, as it was first seen, with the faulty place marked. Members that the plan marks personal are hidden."""
    try:
        event = json.loads(group.payload)
    except (ValueError, RecursionError):
        return ""
    tokens = tuple(pointer_tokens(group.problem.pointer)) if group.problem.pointer is not None else None
    lines = list(_payload_lines(event, (), tokens, personal, ""))
    cut = f"\n… {many(len(lines) - MOST_LINES, 'more line')}" if len(lines) > MOST_LINES else ""
    where = f"<figcaption>the event at {_text(group.first)}</figcaption>"
    text = "\n".join(lines[:MOST_LINES]) + cut
    return f'<details><summary>The event</summary><figure><pre tabindex="0">{text}</pre>{where}</figure></details>'


def _payload_lines(value: Any, path: tuple[str, ...], wanted: tuple[str, ...] | None, personal: Set[str], key: str) -> Iterator[str]:
    """A JSON value with an indent for each level. What is looked for and missing is marked where it would stand."""
    indent = "  " * len(path)
    open_mark, close_mark = ("<mark>", "</mark>") if path == wanted else ("", "")
    if path and path[-1] in personal:
        yield f"{indent}{key}{open_mark}{_text(conceal(value))}{close_mark}"
        return
    items: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        items = [(str(name), inner) for name, inner in value.items()]
    elif isinstance(value, list):
        items = [(str(number), inner) for number, inner in enumerate(value)]
    missing = wanted[-1] if wanted and wanted[:-1] == path and isinstance(value, dict) and wanted[-1] not in value else None
    if (not items and missing is None) or len(path) > MOST_LEVELS:
        shown = json.dumps(value, ensure_ascii=False)
        yield f"{indent}{key}{open_mark}{_text(shown if len(shown) <= 200 else shown[:199] + '…')}{close_mark}"
        return
    left, right = "{}" if isinstance(value, dict) else "[]"
    yield f"{indent}{key}{open_mark}{left}"
    for name, inner in items:
        label = f"{_text(json.dumps(name, ensure_ascii=False))}: " if isinstance(value, dict) else ""
        yield from _payload_lines(inner, (*path, name), wanted, personal, label)
    if missing is not None:
        yield f"{indent}  <mark>{_text(json.dumps(missing, ensure_ascii=False))}: nothing</mark>"
    yield f"{indent}{right}{close_mark}"


def _health(report: Report) -> str:
    if not report.traffic:
        return "<p>No event was seen.</p>"
    ranked = sorted(report.traffic, key=lambda entry: (-entry.invalid, -entry.count))
    rows = "".join(
        f'<tr><th scope="row">{_name(entry.key.call, entry.key.event, entry.key.version)}</th><td class="number">{entry.count:,}</td>'
        f'<td class="number">{1 - entry.invalid / entry.count:.1%}</td><td class="bar">{_bar(entry.invalid / entry.count)}</td></tr>'
        for entry in ranked[:MOST_EVENTS]
        if entry.count
    )
    more = len(ranked) - MOST_EVENTS
    cut = f"<p>{many(more, 'healthier event')} not shown.</p>" if more > 0 else ""
    return f'<table><thead><tr><th>Event<th>Seen<th>Valid<th aria-label="chart"></tr></thead><tbody>{rows}</tbody></table>{cut}'


def _bar(invalid: float) -> str:
    bad = 100 * invalid
    return (
        '<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="good" width="100" height="8"/>'
        f'<rect class="bad" x="{100 - bad:.2f}" width="{bad:.2f}" height="8"/></svg>'
    )


def _timeline(timeline: Timeline) -> str:
    unplaced = f"<p>{many(timeline.unplaced, 'event')} without a readable timestamp.</p>" if timeline.unplaced else ""
    if not timeline.counts:
        return f"<p>No event with violations has a timestamp.</p>{unplaced}"
    first, last, most = min(timeline.counts), max(timeline.counts), max(timeline.counts.values())
    width = 600 / (last - first + 1)
    bars = "".join(
        f'<rect class="bad" x="{(span - first) * width:.1f}" y="{100 - 100 * count / most:.1f}" width="{max(width - 1, 1):.1f}" '
        f'height="{100 * count / most:.1f}"><title>{_moment(span * timeline.width)}: {count:,}</title></rect>'
        for span, count in timeline.counts.items()
    )
    label = (
        f"Events with violations from {_moment(first * timeline.width)} to {_moment((last + 1) * timeline.width)}, at most {most:,} a bar"
    )
    chart = f'<svg class="time" viewBox="0 0 600 100" preserveAspectRatio="none" role="img" aria-label="{label}">{bars}</svg>'
    return f"<figure>{chart}<figcaption>{label}; a bar is {timedelta(seconds=timeline.width)} long.</figcaption></figure>{unplaced}"


def _moment(seconds: int) -> str:
    try:
        return f"{datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds):%Y-%m-%d %H:%M} UTC"
    except OverflowError:  # the span around year 1 or 9999
        return "the end of time"


def _coverage(report: Report) -> str:
    unplanned = [entry for entry in report.traffic if not entry.planned and entry.key.event is not None]
    unseen = _names("Planned and never seen", [_name(entry.call, entry.event, entry.version) for entry in report.unseen])
    parts = "".join(f"<li>{_text(''.join((line.head, *(span.text for span in line.body))))}</li>" for line in _parts(report))
    told = f"<ul>{parts}</ul>" if parts else ""
    return told + unseen + _names("Seen and not planned", [f"{_name(*entry.key)} × {entry.count:,}" for entry in unplanned])


def _parts(report: Report) -> Iterator[Line]:
    """What was seen of the plan, where that was asked for."""
    yield from coverage.lines(report.coverage) if report.coverage is not None else ()


def _names(title: str, names: Sequence[str]) -> str:
    if not names:
        return f"<p>{title}: none.</p>"
    more = f"<li>and {len(names) - MOST_NAMES:,} more</li>" if len(names) > MOST_NAMES else ""
    listed = "".join(f"<li>{name}</li>" for name in names[:MOST_NAMES])
    return f"<details><summary>{title}: {len(names):,}</summary><ul>{listed}{more}</ul></details>"


def _name(call: str | None, event: str | None, version: int | None = None) -> str:
    name = event if event is not None else call or "no known call"
    return _text(name if len(name) <= 200 else name[:199] + "…") + ("" if version is None else f" v{version}")


def _problems(rows: Sequence[str], problems: Sequence[Problem], owners: Sequence[str], note: str) -> str:
    counts = {
        str(level): sum(problem.severity is level for problem in problems) for level in (Severity.error, Severity.warning, Severity.note)
    }
    choices = (
        ("severity", [level for level in counts if counts[level]]),
        ("event", sorted({problem.event or problem.call or "" for problem in problems} - {""})),
        ("id", sorted({problem.id for problem in problems})),
        ("owner", list(owners)),
    )
    selects = "".join(
        f'<label>{name.title()} <select data-filter="{name}"><option value="">all</option>'
        + "".join(f'<option value="{_text(each)}">{_text(each[:80])}</option>' for each in values)
        + "</select></label>"
        for name, values in choices
        if values
    )
    search = '<label>Search <input type="search" id="search" autocomplete="off"></label>'
    form = (
        f'<form role="search" class="filter" hidden>{search}{selects}<output id="shown" aria-live="polite"></output></form>' if rows else ""
    )
    body = f'<ul class="problems">{"".join(rows)}</ul>' if rows else "<p>None.</p>"
    return _section("problems", f"All problems{': ' + severities(counts) + ' (grouped)' if rows else ''}", form + body + note)


def _row(problem: Problem, event: str | None, owners: Sequence[str], body: str) -> str:
    facts: dict[str, Any] = {"severity": problem.severity, "event": event or "", "id": problem.id, "owner": json.dumps(owners)}
    attributes = "".join(f' data-{name}="{_text(value)}"' for name, value in facts.items())
    return f"<li{attributes}>{body}</li>"


def _group(group: Group, personal: Set[str]) -> str:
    body = _said(group) + _samples(group) + _payload(group, personal)
    return _row(group.problem, group.key.event or group.key.call, _owners(group), body)


def _owners(group: Group) -> Sequence[str]:
    return group.planned.owners if group.planned else ()


def _finding(problem: Problem) -> str:
    place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
    said = f'<span class="tag {problem.severity}">{problem.severity}</span> <code>{_text(problem.id)}</code><br>{_text(problem.message)}'
    return _row(problem, problem.event or problem.call, (), f'<p>{said}</p><p class="quiet">{_text(place)}</p>')
