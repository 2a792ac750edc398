"""The formats for other tools, each read by a reader of that format, whatever events hold."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import junitparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from node import modules, needs_node

from protocols.plan import load_text
from protocols.problems import Severity
from protocols.report import Builder, Findings, Outcome, Report, judge
from protocols.report.report import About
from protocols.rules.run import lint
from protocols.rules.selection import active_rules
from protocols.sinks import SINKS, Look
from protocols.sinks.sarif import MOST_RESULTS
from protocols.validate import about
from protocols.violations import violation

PLAN = """
protocols: 1
plan: shop
version: 1.0.0
events:
  Order Completed: {owners: [shop@acme.example], properties: {total: number, order_id: {type: string, required: true}}}
"""

NASTY = (
    "</script><img src=x onerror=alert(1)>",
    "::error file=x::y",
    "##[error]x",
    "%0A::set-output name=x::y",
    "@team #12 http://evil.example www.evil.example ![x](y) [x](y) `code` **bold** <b>",
    "| a | b |\n|---|---|\n",
    "\x00\x1b[31m\u202e\u2028\ufffe\ud800",
    "]]>",
    "- x",
    "1. x",
    "=====",
    "&amp; &#64;",
)


class Route:
    def __init__(self, event: str | None, call: str | None = "track") -> None:
        self.call, self.event, self.version, self.assumed = call, event, None, False


def report(*names: str, kinds: int = 1, planned: bool = True) -> Report:
    builder = Builder(about(load_text(PLAN)) if planned else About())
    for number, name in enumerate(names):
        for kind in range(kinds):
            problem = violation(
                "value/not-allowed",
                f"/properties/{name}/k{kind}" if kinds > 1 else f"/properties/{name}",
                expected=f"one of {name}",
                actual=name,
                call="track",
                event=name,
                hint=f"did you mean {name}?",
                value=name,
            )
            builder.add(
                [
                    type(problem)(
                        **{**{f: getattr(problem, f) for f in problem.__struct_fields__}, "file": f"{name[:5]}.jsonl", "line": number + 1}
                    )
                ],
                Route(name),
            )
    return builder.report()


def written(format: str, outcome: Outcome, fail_on: str = "error", root: str | None = None) -> str:
    out = io.BytesIO()
    sink = SINKS[format].open(out, Look(root=root))
    sink.close(outcome, judge(outcome, fail_on))
    return out.getvalue().decode()


def findings(tmp_path: Path) -> Findings:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN + "  share article: {}\n")
    return lint([str(path)], active_rules({}, select=["all"], ignore=[])).findings


NASTY_REPORT = report(*NASTY)
TEXTS = st.text(st.characters(codec=None) | st.sampled_from("`|<>[]()@:#*_-=%\n\r\\&!"), max_size=30)


# -- SARIF


@pytest.fixture(scope="module")
def sarif_schema() -> dict[str, Any]:
    needs_node("SARIF was not held against its schema")
    found = modules("@microsoft/jest-sarif@1.0.0-beta.0") / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
    schema: dict[str, Any] = json.loads(found.read_text())
    return schema


def test_sarif_is_sarif(sarif_schema: dict[str, Any], tmp_path: Path) -> None:
    validator = jsonschema.Draft4Validator(sarif_schema)
    for outcome in (NASTY_REPORT, report(), report("a", kinds=30), findings(tmp_path)):
        log = json.loads(written("sarif", outcome))
        assert [error.message for error in validator.iter_errors(log)] == []
        ids = [rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]]
        assert len(ids) == len(set(ids))
        assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in log["runs"][0]["results"])
        marks = [result["partialFingerprints"]["protocols/v1"] for result in log["runs"][0]["results"]]
        assert len(marks) == len(set(marks))


def test_sarif_stays_below_what_github_shows() -> None:
    (run,) = json.loads(written("sarif", report(*(f"e{n}" for n in range(70)), kinds=100)))["runs"]
    assert len(run["results"]) == MOST_RESULTS
    assert [said["message"]["text"] for said in run["invocations"][0]["toolExecutionNotifications"]] == [
        "2,000 results with 2,000 violations left out, those of least weight: code scanning shows 5,000"
    ]


def test_sarif_paths_are_relative_and_quoted() -> None:
    builder = Builder(About())
    for file in ("/repo/events/a b.jsonl", "/elsewhere/é.jsonl", "x.jsonl"):
        problem = violation("type/null-value", "/x", expected="a", actual="b", call="track", event="E")
        fields = {f: getattr(problem, f) for f in problem.__struct_fields__}
        builder.add([type(problem)(**{**fields, "file": file, "line": 3, "expected": file})], Route("E"))
    (run,) = json.loads(written("sarif", builder.report(), root="/repo"))["runs"]
    assert [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]] == [
        {"uri": "events/a%20b.jsonl", "uriBaseId": "%SRCROOT%"},
        {"uri": "/elsewhere/%C3%A9.jsonl"},
        {"uri": "x.jsonl", "uriBaseId": "%SRCROOT%"},
    ]


def test_fingerprints_do_not_know_lines() -> None:
    def marks(*names: str) -> set[str]:
        return {entry["fingerprint"] for entry in json.loads(written("gitlab", report(*names)))}

    assert marks("b", "a") == marks("a", "b") == marks("a", "a", "b")
    assert len(marks("a", "b") | marks("a", "c")) == 3


# -- JUnit


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_junit_is_xml_whatever_is_in_it(text: str) -> None:
    tree = ElementTree.fromstring(written("junit", report(text, *NASTY)))
    assert {suite.get("name") for suite in tree} >= {"]]>", "- x"}


def test_junit_is_read_back() -> None:
    read = junitparser.JUnitXml.fromstring(written("junit", report("a", "a", "b")).encode())
    assert (read.tests, read.failures, read.skipped, read.errors) == (2, 2, 0, 0)
    assert [(suite.name, case.name) for suite in read for case in suite] == [
        ("a", "value/not-allowed /properties/a"),
        ("b", "value/not-allowed /properties/b"),
    ]
    below = junitparser.JUnitXml.fromstring(written("junit", report("a"), "never").encode())
    assert (below.tests, below.failures, below.skipped) == (1, 0, 1)


def test_junit_says_that_a_run_did_not_end() -> None:
    read = junitparser.JUnitXml.fromstring(written("junit", report()).encode())
    assert [(suite.name, case.name, case.is_error) for suite in read for case in suite] == [
        ("events", "no event was seen", False),
        ("run", "the run reached its end", True),
    ]


# -- GitHub


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_nothing_of_an_event_is_a_workflow_command(text: str) -> None:
    said = written("github", report(text, *NASTY))
    lines = said.splitlines()
    assert len(lines) == said.count("\n")
    assert len(lines) <= 31
    for line in lines:
        command, _, message = line.removeprefix("::").partition("::")
        assert re.fullmatch(r"(error|warning|notice) (file=[^,:]*,line=\d+,col=\d+,)?title=[^,:]*", command), line
        assert message


def test_github_shows_ten_of_a_kind() -> None:
    *_, last = written("github", report(*map(str, range(25)))).splitlines()
    assert last == (
        "::error title=protocols::Failed: 25 violations of severity error (exit code 1). 25 events: 0 valid, 25 invalid (100%25); "
        "25 violations: 25 errors; 15 more faults not annotated, GitHub shows ten of a kind"
    )


# -- Markdown


def rendered(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_nothing_of_an_event_is_markup(text: str) -> None:
    page = written("markdown", report(text, *NASTY))
    shown = rendered(page)
    tags = {found.lower() for found in re.findall(r"<(/?[a-zA-Z][a-zA-Z0-9]*)", shown)}
    allowed = {"h2", "h3", "p", "ol", "ul", "li", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"}
    assert {tag.lstrip("/") for tag in tags} <= allowed
    outside = re.sub(r"<code>.*?</code>", "", shown, flags=re.DOTALL)
    assert "<a" not in outside
    assert not re.search(r"(?<![\w&;])@\w", re.sub(r"`[^`]*`", "", page))


def test_a_page_fits_a_comment() -> None:
    for many in (report(*map(str, range(500))), report(*("x" * 5000 + str(n) for n in range(100)))):
        assert len(written("markdown", many)) <= 65_000


def test_every_format_takes_all_outcomes(tmp_path: Path) -> None:
    for format in SINKS:
        for outcome in (report(), report("a", planned=False), findings(tmp_path)):
            assert written(format, outcome) or format == "jsonl"
    assert {group.severity for group in report("a").groups} == {Severity.error}
