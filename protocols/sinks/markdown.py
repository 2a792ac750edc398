"""`--format markdown`: for a comment on a pull request, and for the summary of a job.

GitHub takes comments of 65,536 characters and GitLab of a million: the page stays below the former, and says what it leaves
out. Nothing of an event is ever markup: what Markdown, HTML or GitHub obey in a text is escaped, so that nobody is mentioned,
nothing is loaded and no table breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

from protocols.problems import Problem
from protocols.report import Outcome, Report, Verdict
from protocols.report.coverage import Coverage
from protocols.sinks.coverage import lines
from protocols.sinks.page import short
from protocols.sinks.rows import Row, first, relative, rows
from protocols.sinks.sink import Look, safe
from protocols.sinks.subject import subject
from protocols.sinks.terminal import counts, sentence
from protocols.violations import many, percent

MOST_CHARACTERS = 65_000
MOST_ROWS = 50
MOST_EVENTS = 30
FIRST = 3
"""So many faults are named as those to mend first."""


class Markdown:
    def __init__(self, out: BinaryIO, look: Look) -> None:
        self.out = out
        self.root = look.root

    def problem(self, problem: Problem, state: str = "new") -> None:
        """Nothing: the page is written when all is known."""

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        self.out.write(page(outcome, verdict, self.root).encode())
        self.out.flush()


def page(outcome: Outcome, verdict: Verdict, root: str | None) -> str:
    """The whole page, with as many faults as fit."""
    found = [row for row in rows(outcome) if row.counts]
    for most in (MOST_ROWS, 20, 10, FIRST, 0):
        text = "\n".join(_lines(outcome, verdict, found, most, root)) + "\n"
        if len(text) <= MOST_CHARACTERS:
            break
    return text


def _lines(outcome: Outcome, verdict: Verdict, found: Sequence[Row], most: int, root: str | None) -> Iterator[str]:
    yield f"## {'✅' if verdict.passed else '❌'} Tracking plan: {_text(sentence(outcome, verdict))}"
    yield ""
    yield _text(counts(outcome))
    if isinstance(outcome, Report):
        yield from ("", *(f"- {_text(fault)}" for fault in outcome.faults)) if outcome.faults else ()
    begin = first(outcome, min(FIRST, most)) if isinstance(outcome, Report) else []
    if begin:
        yield from ("", "### Fix first", "")
        yield from (line for number, row in enumerate(begin, 1) for line in _first(number, row, root))
    if isinstance(outcome, Report) and outcome.traffic:
        yield from ("", "### Health of each event", "", *_health(outcome))
    if isinstance(outcome, Report) and outcome.coverage is not None:
        yield from ("", "### Coverage of the plan", "", *_coverage(outcome.coverage))
    rest = found[:most]
    if rest:
        yield from ("", "<details><summary>All faults</summary>" if len(rest) == len(found) else "<details><summary>Faults</summary>", "")
        yield from _table(rest, root)
        if len(found) > len(rest):
            left = _counted(found[len(rest) :], outcome, "more fault")
            yield from ("", f"{left} of less weight not shown; {_all_of(outcome)}.")
        yield from ("", "</details>")
    elif found:
        yield from ("", f"{_counted(found, outcome, 'fault')} not shown: they are too long; {_all_of(outcome)}.")


def _counted(rows: Sequence[Row], outcome: Outcome, noun: str) -> str:
    """`12 more faults (45 violations)`, and without the latter where each fault is by itself."""
    said = many(len(rows), noun)
    return f"{said} ({many(sum(row.times for row in rows), 'violation')})" if isinstance(outcome, Report) else said


def _all_of(outcome: Outcome) -> str:
    """Where all is to be had: where there are too many kinds to tell apart, only one by one."""
    return f"--format {'jsonl' if isinstance(outcome, Report) and outcome.folded else 'json'} has all"


def _first(number: int, row: Row, root: str | None) -> Iterator[str]:
    event = subject(*row.key)
    yield f"{number}. **{_text(event)}** {_code(row.id)}" if event else f"{number}. {_code(row.id)}"
    yield f"   - {_text(row.message)}"
    yield from (f"   - {_text(fact)}" for fact in row.facts)
    if row.plan is not None:
        yield f"   - plan: {_code(_place(row, root, plan=True))}"


def _coverage(coverage: Coverage) -> Iterator[str]:
    """The same lines as in the terminal, one point each."""
    for line in lines(coverage):
        yield f"- {_text(f'{line.head.strip()}: ' + ''.join(span.text for span in line.body))}"


def _health(report: Report) -> Iterator[str]:
    yield "| event | seen | with errors |"
    yield "|---|---:|---:|"
    ranked = sorted(report.traffic, key=lambda entry: (-entry.invalid, -entry.count))
    for entry in ranked[:MOST_EVENTS]:
        name = (_text(subject(*entry.key)) or "records of no known call") + ("" if entry.planned else " (not planned)")
        share = f"{entry.invalid:,} ({percent(entry.invalid, entry.count)})" if entry.invalid else "0"
        yield f"| {name} | {entry.count:,} | {share} |"
    if len(ranked) > MOST_EVENTS:
        yield f"| {many(len(ranked) - MOST_EVENTS, 'healthier event')} | | |"


def _table(found: Iterable[Row], root: str | None) -> Iterator[str]:
    yield "| | event | fault | times | first seen |"
    yield "|---|---|---|---:|---|"
    for row in found:
        place = _code(_place(row, root)) if row.where is not None else ""
        yield f"| {row.severity} | {_text(subject(*row.key))} | {_text(row.message)} {_code(row.id)} | {row.times:,} | {place} |"


def _place(row: Row, root: str | None, *, plan: bool = False) -> str:
    place = row.plan if plan else row.where
    return f"{relative(place.file, root)}:{place.line}" if place is not None else ""


_OBEYED = re.compile(r"[\\`*_\[\]<>#|~&@$]|:(?=\S)|^[-+=]|(?<=[0-9])[.)](?=\s|$)|(?<=w)\.")


def _text(text: str) -> str:
    """A text as nothing but text, and no longer than can be read. `@` and `:` become entities, which no mention, address or
    emoji is made of."""
    return _OBEYED.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), safe(short(text, 400)))


_ENTITIES = {"@": "&#64;", ":": "&#58;", "<": "&lt;", ">": "&gt;", "&": "&amp;", "|": "&#124;", "#": "&#35;"}


def _code(text: str) -> str:
    """A short text as code, in a table too."""
    inside = safe(short(text, 200)).replace("|", "¦")
    fence = "`" * (max((len(run) for run in re.findall("`+", inside)), default=0) + 1)
    pad = " " if inside.startswith("`") or inside.endswith("`") else ""
    return f"{fence}{pad}{inside}{pad}{fence}"
