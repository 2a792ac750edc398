"""`--format html`: one page for a browser, whole in itself, for people who read no terminals.

The page is complete without its scripts, which add charts, filter and search: every chart is drawn from the cells of the table
below it, so the two cannot differ, and who hears the page, prints it or runs no script has the table. What is where:
`document` is the frame and what may run in it, `texts` the one way from a text to markup, `charts` what a chart is, and each
other file one section.

Nothing from an event is ever script, style or markup: every text passes `texts.text`, which writes out what is invisible and
escapes what HTML obeys; a script finds data as the text of cells and attributes, and writes it back as text alone or onto
a canvas; and a Content-Security-Policy lets run what has the hash of our own scripts and the library's, and nothing else.

The charts are uPlot's (MIT, `sinks/vendor/uplot`). Of the libraries that are kept up it is the one that weighs 51 KB and not
200 to 1,000, needs neither `eval` nor style attributes, which the policy forbids, and writes labels as text, not as markup.
It draws on a canvas, which follows neither light and dark nor the width of the paper: `charts.js` draws anew for both. It is left out
of pages without a chart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from protocols.problems import Problem
from protocols.report import Findings, Outcome, Report, Verdict, first_to_mend
from protocols.sinks.html import coverage, health, problems, timeline
from protocols.sinks.html.document import document
from protocols.sinks.html.texts import section, text
from protocols.sinks.sink import Look
from protocols.violations import percent

__all__ = ["Html"]

FIRST = 3


class Html:
    def __init__(self, out: BinaryIO, look: Look) -> None:
        self.out = out

    def problem(self, problem: Problem, state: str = "new") -> None:
        """Nothing: the page is written when all is known."""

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        parts = problems.of_findings(outcome) if isinstance(outcome, Findings) else _of_report(outcome)
        title = "Plan findings" if isinstance(outcome, Findings) else f"Event report {outcome.about.name}".strip()
        self.out.write(document(title, [_verdict(verdict), *parts]).encode("utf-8"))
        self.out.flush()


def _verdict(verdict: Verdict) -> str:
    name = "passed" if verdict.passed else "failed"
    return f'<p class="verdict {name}"><strong>{name.title()}</strong>: {text(verdict.why)}</p>'


def _of_report(report: Report) -> Iterator[str]:
    share = percent(report.valid, report.count) if report.count else "none"
    figures = (
        ("events", f"{report.count:,}"),
        ("valid", share),
        ("invalid", f"{report.invalid:,}"),
        ("violations", f"{report.violations:,}"),
    )
    yield '<dl class="figures">' + "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in figures) + "</dl>"
    yield from (f'<p class="verdict failed">{text(fault)}</p>' for fault in report.faults)
    yield section("first", "Fix first", problems.first(first_to_mend(report, FIRST), report.about.personal))
    yield section("health", "Health of each event", health.body(report))
    yield section("timeline", "Violations over time", timeline.body(report.timeline))
    yield section("coverage", "Coverage of the plan", coverage.body(report))
    yield from problems.of_report(report)
