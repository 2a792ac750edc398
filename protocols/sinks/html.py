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
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from typing import Any, BinaryIO

from msgspec import UNSET

from protocols.problems import Problem, Severity
from protocols.report import Findings, Group, Outcome, Report, Sample, Verdict, first_to_mend
from protocols.report.timeline import Timeline
from protocols.sinks.page import many, severities
from protocols.sinks.sink import Look, safe
from protocols.violations import counted, pointer_tokens

MOST_GROUPS = 500
"""Groups on the page, the most frequent of each severity first; of 10,000 small ones 500 are 0.4 MB, all 6.3 MB."""
MOST_EVENTS = 200
MOST_NAMES = 200
MOST_FINDINGS = 2_000


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
    name = "passed" if verdict.exit_code == 0 else "failed"
    return f'<p class="verdict {name}"><strong>{name.title()}</strong> at --fail-on {_text(verdict.fail_on)}</p>'


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
    yield _section("first", "Fix first", _first(first_to_mend(report, 3)))
    yield _section("health", "Health of each event", _health(report))
    yield _section("timeline", "Violations over time", _timeline(report.timeline))
    yield _section("coverage", "Coverage", _coverage(report))
    cut = report.violations - sum(group.count for group in ranked[:MOST_GROUPS])
    note = f"<p>{many(cut, 'violation')} of less weight not shown; --format json has more.</p>" if cut else ""
    rows = [_group(group) for group in ranked[:MOST_GROUPS]]
    owners = sorted({owner for group in ranked[:MOST_GROUPS] for owner in _owners(group)})
    yield _problems(rows, [group.problem for group in ranked[:MOST_GROUPS]], owners, note)


def _of_findings(findings: Findings) -> Iterator[str]:
    yield f"<p>{many(len(findings.problems), 'finding')} in {counted(len(findings.files), 'file')}</p>"
    cut = len(findings.problems) - MOST_FINDINGS
    note = f"<p>{many(cut, 'more finding')} not shown; --format json has all.</p>" if cut > 0 else ""
    shown = findings.problems[:MOST_FINDINGS]
    yield _problems([_finding(problem) for problem in shown], shown, [], note)


def _section(id: str, title: str, body: str) -> str:
    return f'<section aria-labelledby="{id}"><h2 id="{id}">{title}</h2>{body}</section>'


def _first(groups: Sequence[Group]) -> str:
    if not groups:
        return "<p>Nothing to fix: no event has a violation.</p>"
    return '<ol class="first">' + "".join(f"<li>{_said(group)}{_samples(group)}</li>" for group in groups) + "</ol>"


def _said(group: Group) -> str:
    share = "" if group.share is None else f" ({group.share:.1%} of this event)"
    return (
        f'<p><span class="tag {group.severity}">{group.severity}</span> <strong>{_name(group.key.call, group.key.event)}</strong> '
        f"<code>{_text(group.id)}</code><br>{_text(group.message)}</p>"
        f'<p class="quiet">{many(group.count, "time")}{share}; first at {_text(group.first)}</p>'
    )


def _samples(group: Group) -> str:
    return "".join(_sample(group, sample) for sample in group.samples)


def _sample(group: Group, sample: Sample) -> str:
    """The path to the faulty place, with the value there marked."""
    tokens = pointer_tokens(group.problem.pointer or "")
    shown = "nothing" if group.problem.got == "nothing" else "hidden"
    value = shown if sample.value is UNSET else json.dumps(sample.value, ensure_ascii=False)
    lines = [f"{'  ' * depth}{_text(json.dumps(token, ensure_ascii=False))}:" for depth, token in enumerate(tokens)]
    marked = f"{'  ' * len(tokens)}<mark>{_text(value)}</mark>"
    where = f"<figcaption>{_text(sample.seen)}</figcaption>"
    return f'<figure><pre tabindex="0">{chr(10).join([*lines, marked])}</pre>{where}</figure>'


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
    return unseen + _names("Seen and not planned", [f"{_name(*entry.key)} × {entry.count:,}" for entry in unplanned])


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


def _group(group: Group) -> str:
    samples = _samples(group)
    shown = f"<details><summary>{counted(len(group.samples), 'sample')}</summary>{samples}</details>" if samples else ""
    return _row(group.problem, group.key.event or group.key.call, _owners(group), _said(group) + shown)


def _owners(group: Group) -> Sequence[str]:
    return group.planned.owners if group.planned else ()


def _finding(problem: Problem) -> str:
    place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
    said = f'<span class="tag {problem.severity}">{problem.severity}</span> <code>{_text(problem.id)}</code><br>{_text(problem.message)}'
    return _row(problem, problem.event or problem.call, (), f'<p>{said}</p><p class="quiet">{_text(place)}</p>')
