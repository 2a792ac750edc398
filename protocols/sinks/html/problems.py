"""What is wrong: first what to fix first, then all of it with filter and search, then what the ids mean."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence, Set

from msgspec import UNSET

from protocols.explanations import MEANINGS, explanation
from protocols.problems import Problem, Severity
from protocols.report import Findings, Group, Outcome, Report, Sample
from protocols.report.expectations import EXPECTATIONS
from protocols.sinks.html.payloads import payload
from protocols.sinks.html.texts import MOST_OF_A_NAME, marked, name, section, text, value
from protocols.sinks.page import many, severities, short
from protocols.sinks.rows import STATES, explained
from protocols.sinks.terminal import folded
from protocols.violations import counted, percent, quoted_if_odd

MOST_GROUPS = 500
"""Groups on the page, the most frequent of each severity first; of 10,000 small ones 500 are 0.4 MB, all 6.3 MB."""
MOST_FINDINGS = 2_000
MOST_OF_A_SENTENCE = 2_000
MOST_PRINTED = 50
"""Groups that are printed with their events, as `page.css` has it; 500 are 230 sheets."""


def of_report(report: Report) -> Iterator[str]:
    """All problems, and what their ids mean."""
    ranked = sorted(report.groups, key=lambda group: (-group.severity, -group.events, -group.count))
    shown = ranked[:MOST_GROUPS]
    cut = sum(group.count for group in ranked[MOST_GROUPS:])
    note = f"<p>{many(cut, 'violation')} of less weight not shown; --format json has more.</p>" if cut else ""
    note += f"<p>{folded(report)}; --format jsonl has all.</p>" if report.folded else ""
    rows = [_group(group, report.about.personal) for group in shown]
    owners = sorted({owner for group in shown for owner in _owners(group)})
    if len(rows) > MOST_PRINTED:
        note += f"<p>On paper, a list of more than {MOST_PRINTED} has only the events that are unfolded; filter it for all.</p>"
    yield _problems("All kinds of problems", rows, [group.problem for group in shown], owners, note)
    yield _glossary((group.problem for group in shown), report)


def of_findings(findings: Findings) -> Iterator[str]:
    yield f"<p>{many(len(findings.problems), 'finding')} in {counted(len(findings.files), 'file')}</p>"
    cut = len(findings.problems) - MOST_FINDINGS
    note = f"<p>{many(cut, 'more finding')} not shown; --format json has all.</p>" if cut > 0 else ""
    shown = findings.problems[:MOST_FINDINGS]
    yield _problems("All findings", [_finding(problem) for problem in shown], shown, [], note)
    yield _glossary(shown, findings)


def first(groups: Sequence[Group], personal: Set[str]) -> str:
    if not groups:
        return "<p>Nothing to fix: no event has a violation.</p>"
    return (
        '<ol class="first">'
        + "".join(f"<li>{_said(group)}{_advice(group)}{payload(group, personal, opened=True)}</li>" for group in groups)
        + "</ol>"
    )


def _advice(group: Group) -> str:
    """How such a fault is mended, and who sees to the event."""
    fix = explanation(group.id).fix if group.id in MEANINGS else ""
    owners = f"Owned by {', '.join(_owners(group))}." if _owners(group) else ""
    plan = f"The plan says so at {group.problem.plan}." if group.problem.plan is not None else ""
    said = " ".join(part for part in (fix, plan, owners) if part)
    return f"<p>{marked(said)}</p>" if said else ""


def _glossary(problems: Iterable[Problem], outcome: Outcome) -> str:
    """What the ids on the page mean, each once."""
    said = "".join(
        f'<dt id="{text(id)}"><code>{text(id)}</code></dt><dd>{_paragraphs(explained(id, outcome).text)}</dd>'
        for id in sorted({problem.id for problem in problems})
    )
    return section("glossary", "What the ids mean", f'<dl class="glossary">{said}</dl>') if said else ""


def _paragraphs(of: str) -> str:
    return "".join(f"<p>{marked(paragraph)}</p>" for paragraph in of.split("\n\n"))


def _said(group: Group) -> str:
    whose = f" <strong>{name(group.key.call, group.key.event)}</strong>" if group.key.call or group.id not in EXPECTATIONS else ""
    return (
        f'<p><span class="tag {group.severity}">{group.severity}</span>{whose} '
        f"{_id(group.id)}{_state(group)}<br>{text(short(group.message, MOST_OF_A_SENTENCE))}</p>{_seen(group)}"
    )


def _seen(group: Group) -> str:
    """How often and where; what a run lacks as a whole is nowhere."""
    if group.id in EXPECTATIONS:
        return ""
    share = "" if group.share is None else f", in {percent(group.events, round(group.events / group.share))} of these events"
    return f'<p class="quiet">{many(group.count, "time")}{share}; first at {text(group.first)}</p>'


def _id(id: str) -> str:
    return f'<a href="#{text(id)}"><code>{text(id)}</code></a>'


def _state(group: Group) -> str:
    return "" if group.state == "new" else f' <span class="quiet">{text(STATES[group.state])}</span>'


def _samples(group: Group) -> str:
    """The values that were found, with their places."""
    told = "; ".join(map(_sample, (sample for sample in group.samples if sample.value is not UNSET)))
    return f'<p class="quiet">for example {told}</p>' if told else ""


def _sample(sample: Sample) -> str:
    return f"<mark>{value(sample.value)}</mark> at {text(sample.seen)}"


def _problems(title: str, rows: Sequence[str], problems: Sequence[Problem], owners: Sequence[str], note: str) -> str:
    counts = {
        str(level): sum(problem.severity is level for problem in problems) for level in (Severity.error, Severity.warning, Severity.note)
    }
    choices = (
        ("severity", [level for level in counts if counts[level]]),
        ("event", sorted({_filtered(problem.event or problem.call) for problem in problems} - {""})),
        ("id", sorted({problem.id for problem in problems})),
        ("owner", list(owners)),
    )
    selects = "".join(
        f'<label>{name.title()} <select data-filter="{name}"><option value="">all</option>'
        + "".join(f'<option value="{text(each)}">{text(quoted_if_odd(each))}</option>' for each in values)
        + "</select></label>"
        for name, values in choices
        if values
    )
    search = '<label>Search <input type="search" id="search" autocomplete="off"></label>'
    form = (
        f'<form role="search" class="filter" hidden>{search}{selects}<output id="shown" aria-live="polite"></output></form>' if rows else ""
    )
    body = f'<ul class="problems">{"".join(rows)}</ul>' if rows else "<p>None.</p>"
    return section("problems", f"{title}{': ' + severities(counts) if rows else ''}", form + body + note)


def _row(problem: Problem, event: str | None, owners: Sequence[str], body: str) -> str:
    facts = {"severity": problem.severity, "event": _filtered(event), "id": problem.id, "owner": json.dumps(owners) if owners else ""}
    attributes = "".join(f' data-{fact}="{text(said)}"' for fact, said in facts.items() if said)
    return f"<li{attributes}>{body}</li>"


def _filtered(event: str | None) -> str:
    """The name by which the filter finds an event: cut, since it stands on the page again and again."""
    return short(event or "", MOST_OF_A_NAME)


def _group(group: Group, personal: Set[str]) -> str:
    body = _said(group) + _samples(group) + payload(group, personal)
    return _row(group.problem, group.key.event or group.key.call, _owners(group), body)


def _owners(group: Group) -> Sequence[str]:
    return group.planned.owners if group.planned else ()


def _finding(problem: Problem) -> str:
    place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
    said = f'<span class="tag {problem.severity}">{problem.severity}</span> {_id(problem.id)}<br>{text(problem.message)}'
    return _row(problem, problem.event or problem.call, (), f'<p>{said}</p><p class="quiet">{text(place)}</p>')
