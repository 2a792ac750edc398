"""`--format junit`: test results as JUnit XML, which nearly every CI shows.

One suite for each event, with its faults as failing tests and one passing test where there are none; one for each file where
plans were looked at. What is known, waived, below `--fail-on` or within the agreed rates is a skipped test, so that the tests
fail when the run does. How much of the plan was seen are properties of a suite of its own, since readers look for none elsewhere.
Nothing in it is a time: two runs over the same input give the same bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO, NamedTuple
from xml.etree import ElementTree

from protocols.problems import Problem, Severity
from protocols.report import Findings, Outcome, Report, Verdict
from protocols.report.coverage import COVERAGE, PARTS, Coverage
from protocols.report.report import Key
from protocols.sinks.rows import Row, relative, rows
from protocols.sinks.sink import Look, safe
from protocols.sinks.subject import subject


class JUnit:
    def __init__(self, out: BinaryIO, look: Look) -> None:
        self.out = out
        self.root = look.root

    def problem(self, problem: Problem, state: str = "new") -> None:
        """Nothing: the suites are written when all is known."""

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        suites = _of_files(outcome, self.root) if isinstance(outcome, Findings) else _of_events(outcome)
        top = _document([*suites, *_of_the_run(outcome)], verdict)
        ElementTree.indent(top)
        self.out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(top, encoding="utf-8") + b"\n")
        self.out.flush()


class _Suite(NamedTuple):
    """Faults under one name; `fine` is the test that passes where there are none. `properties` are told beside them."""

    name: str
    rows: Sequence[Row]
    fine: str
    properties: Mapping[str, str] = {}


def _of_events(report: Report) -> Iterator[_Suite]:
    """Every event that was seen or found faulty, then what belongs to none, then the coverage.

    Names that are cut may be equal: they get numbers, since readers put equal ones together.
    """
    by_key: dict[Key, list[Row]] = {entry.key: [] for entry in report.traffic}
    of_coverage: list[Row] = []
    for row in rows(report):
        (of_coverage if row.id == COVERAGE else by_key.setdefault(row.key, [])).append(row)
    faulty = {entry.key for entry in report.traffic if entry.invalid or entry.warned}
    names: Counter[str] = Counter()
    for key, found in by_key.items():
        name = subject(*key) or "records of no known call"
        names[name] += 1
        if found or key not in faulty or not report.folded:  # its faults are among those of its call, which are only counted
            number = f" ({names[name]})" if names[name] > 1 else ""
            yield _Suite(name + number, found, "every event fits the plan")
    if report.coverage is not None:
        yield _Suite("coverage", of_coverage, "as much of the plan was seen as was asked for", _properties(report.coverage))


def _properties(coverage: Coverage) -> dict[str, str]:
    """`{"coverage": "62.5% (125 of 200)", "coverage.events": "75.0% (6 of 8)"}`."""
    parts = {f"coverage.{part}": coverage.said(part) for part in PARTS if coverage.planned(part)}
    return {"coverage": coverage.said(), **parts}


def _of_files(findings: Findings, root: str | None) -> Iterator[_Suite]:
    by_file: dict[str, list[Row]] = {file: [] for file in findings.files}
    for row in rows(findings):
        by_file.setdefault(row.place.file if row.place is not None else "", []).append(row)
    for file, found in by_file.items():
        yield _Suite(relative(file, root) or "plan", found, "no findings")


def _of_the_run(outcome: Outcome) -> Iterator[_Suite]:
    if isinstance(outcome, Report) and not outcome.count and not outcome.faults:
        yield _Suite("events", (), "no event was seen")


def _document(suites: Iterable[_Suite], verdict: Verdict) -> ElementTree.Element:
    top = ElementTree.Element("testsuites", name="protocols")
    for suite in suites:
        top.append(_element(suite, verdict))
    if verdict.incomplete is not None:
        broken = ElementTree.SubElement(top, "testsuite", name="run", tests="1", failures="0", errors="1", skipped="0")
        case = ElementTree.SubElement(broken, "testcase", classname="run", name="the run reached its end")
        ElementTree.SubElement(case, "error", type="incomplete", message=_text(verdict.incomplete))
    for count in ("tests", "failures", "errors", "skipped"):
        top.set(count, str(sum(int(suite.get(count, "0")) for suite in top)))
    return top


def _element(suite: _Suite, verdict: Verdict) -> ElementTree.Element:
    element = ElementTree.Element("testsuite", name=_text(suite.name))
    if suite.properties:
        properties = ElementTree.SubElement(element, "properties")
        for name, value in suite.properties.items():
            ElementTree.SubElement(properties, "property", name=name, value=value)
    for row in suite.rows:
        case = ElementTree.SubElement(element, "testcase", classname=_text(suite.name), name=_text(_name(row)))
        if row.where is not None:
            case.set("file", _text(row.where.file))
            case.set("line", str(row.where.line))
        if _fails(row, verdict):
            result = ElementTree.SubElement(case, "failure", type=row.id, message=_text(row.message))
        else:
            result = ElementTree.SubElement(case, "skipped", message=_text(f"{_why(row, verdict)}: {row.message}"))
        result.text = "\n".join(map(_text, (row.message, *row.facts, *([f"plan: {row.plan}"] if row.plan else []))))
    if not suite.rows:
        ElementTree.SubElement(element, "testcase", classname=_text(suite.name), name=suite.fine)
    failures, skipped = len(element.findall("testcase/failure")), len(element.findall("testcase/skipped"))
    for name, count in (("tests", len(element.findall("testcase"))), ("failures", failures), ("errors", 0), ("skipped", skipped)):
        element.set(name, str(count))
    return element


def _name(row: Row) -> str:
    place = f":{row.place.line}:{row.place.column}" if row.place is not None and not row.key.call else ""
    return f"{row.id} {row.pointer or ''}".rstrip() + place


def _fails(row: Row, verdict: Verdict) -> bool:
    return row.counts and not verdict.passed and _weighs(row, verdict)


def _weighs(row: Row, verdict: Verdict) -> bool:
    """Whether its severity is one that fails runs."""
    return verdict.fail_on != "never" and row.severity >= Severity[verdict.fail_on]


def _why(row: Row, verdict: Verdict) -> str:
    """Why it fails nothing."""
    within = f"{row.severity}, within the agreed rates"
    return row.excuse or (within if _weighs(row, verdict) else f"{row.severity}, below --fail-on {verdict.fail_on}")


_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _text(text: str) -> str:
    """The text without what XML cannot hold; what is invisible is written out."""
    return _FORBIDDEN.sub("\ufffd", safe(text))
