"""The formats for other tools, each read by a reader of that format, whatever events hold."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import junitparser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec import structs
from node import modules, needs_node

from protocols.plan import load_text
from protocols.positions import Position
from protocols.problems import Problem, Severity
from protocols.report import About, Builder, Findings, Outcome, Rates, Report, Waiver, baseline_of, judge, settle
from protocols.report.coverage import Item, Minimum
from protocols.rules.run import lint
from protocols.rules.selection import active_rules
from protocols.sinks import SINKS, Look
from protocols.sinks.sarif import MOST_RESULTS, log
from protocols.validate import about
from protocols.violations import violation

PLAN = """
protocols: 1
plan: shop
version: 1.0.0
events:
  Order Completed: {owners: [shop@acme.example], properties: {total: number, order_id: {type: string, required: true}}}
"""

ITEMS = (Item("events", "track", "Order Completed", None), Item("properties", "track", "Order Completed", None, "/properties/total"))

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


def report(*names: str, kinds: int = 1, planned: bool = True, covers: bool = False) -> Report:
    known = about(load_text(PLAN, "plan.yaml")) if planned else About()
    builder = Builder(replace(known, items=ITEMS, minimums=(Minimum(None, Fraction(1)),)) if covers else known)
    builder.add_covered([0] if covers else [])
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
            builder.add([fields(problem, file=f"{name[:5]}.jsonl", line=number + 1)], Route(name))
    return builder.report()


def seen_at(*places: tuple[str | None, int | None, Any], samples: int = 3) -> Report:
    """One fault, seen at each `(file, line, value)`; the plan asks for it in line 8."""
    builder = Builder(replace(about(load_text(PLAN, "plan.yaml")), samples=samples))
    for record, (file, line, value) in enumerate(places, 1):
        problem = violation("type/wrong-type", "/properties/total", expected="a number", value=value, call="track", event="Order Completed")
        builder.add([fields(problem, file=file, line=line, record=record, plan=Position("plan.yaml", 8, 3))], Route("Order Completed"))
    return builder.report()


def settled() -> Report:
    """A fault of each state, and what a run as a whole lacks."""
    waiver = Waiver(id="value", event="a", reason="fax ends in July", owner="growth@acme.example", until=datetime.date(2026, 7, 31))
    found = report("a", "b", "c", covers=True)
    baseline = baseline_of(found, [group for group in found.groups if group.key.event == "b"])
    return settle(found, today=datetime.date(2026, 6, 1), waivers=[waiver], baseline=baseline)


def fields(problem: Problem, **changes: Any) -> Problem:
    return structs.replace(problem, **changes)


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
    for outcome in (NASTY_REPORT, report(), report("a", kinds=30), settled(), report("a", covers=True), findings(tmp_path)):
        log = json.loads(written("sarif", outcome))
        assert [error.message for error in validator.iter_errors(log)] == []
        ids = [rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]]
        assert len(ids) == len(set(ids))
        assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in log["runs"][0]["results"])
        marks = [result["partialFingerprints"]["primaryLocationLineHash"] for result in log["runs"][0]["results"]]
        assert len(marks) == len(set(marks))
        for result in log["runs"][0]["results"]:
            assert "](" not in result["message"]["text"]  # it would be a link
            assert "physicalLocation" in result["locations"][0]
            assert all(place["message"]["text"] for place in result.get("relatedLocations", ()))


def test_sarif_stays_below_what_github_shows() -> None:
    (run,) = json.loads(written("sarif", report(*(f"e{n}" for n in range(70)), kinds=100)))["runs"]
    assert len(run["results"]) == MOST_RESULTS
    assert [said["message"]["text"] for said in run["invocations"][0]["toolExecutionNotifications"]] == [
        "2,000 results with 2,000 violations left out, those of least weight: code scanning shows 5,000"
    ]


def test_sarif_stays_below_what_github_takes() -> None:
    outcome = report(*(f"e{n}" for n in range(8)))
    whole = log(outcome, judge(outcome), None)
    cut = log(outcome, judge(outcome), None, most_bytes=len(gzip.compress(whole)) - 1)
    (run,) = json.loads(whole)["runs"]
    assert len(run["results"]) == 8
    assert run["invocations"][0]["toolExecutionNotifications"] == []
    (run,) = json.loads(cut)["runs"]
    assert 0 < len(run["results"]) < 8
    assert [said["message"]["text"] for said in run["invocations"][0]["toolExecutionNotifications"]] == [
        f"{8 - len(run['results'])} results with {8 - len(run['results'])} violations left out, those of least weight: "
        "code scanning takes 10 MB, packed with gzip"
    ]


PLACES = [
    # where it was seen first; then the line of the plan, and each value that was seen
    (
        seen_at(("a.jsonl", 1, "x"), ("a.jsonl", 2, "y"), ("a.jsonl", 2, "y"), ("b.jsonl", 9, None)),
        "a.jsonl:1",
        ["plan.yaml:8 The plan asks for it here.", 'a.jsonl:2 "y"', "b.jsonl:9 null"],
    ),
    # the last one, whatever it was
    (
        seen_at(("a.jsonl", 1, "x"), ("a.jsonl", 2, "x"), ("a.jsonl", 3, "x")),
        "a.jsonl:1",
        ["plan.yaml:8 The plan asks for it here.", "a.jsonl:3 seen here last"],
    ),
    # a record without a line of its own
    (
        seen_at(("a.json", None, "x"), ("a.json", None, "y")),
        "a.json:1",
        ["plan.yaml:8 The plan asks for it here.", 'a.json:1 "y", in record 2'],
    ),
    # ten in all
    (
        seen_at(*(("a.jsonl", n, n) for n in range(1, 30)), samples=20),
        "a.jsonl:1",
        ["plan.yaml:8 The plan asks for it here.", *(f"a.jsonl:{n} {n}" for n in range(2, 11))],
    ),
    # no file that could be opened: the line of the plan alone
    (seen_at(("<stdin>", 1, "x"), ("<stdin>", 2, "y")), "plan.yaml:8", []),
    (seen_at((None, None, "x")), "plan.yaml:8", []),
]


@pytest.mark.parametrize(("outcome", "place", "related"), PLACES)
def test_sarif_places(outcome: Report, place: str, related: list[str]) -> None:
    (run,) = json.loads(written("sarif", outcome))["runs"]
    (result,) = run["results"]
    assert [_opened(each) for each in result["locations"]] == [place]
    assert [f"{_opened(each)} {each['message']['text']}" for each in result.get("relatedLocations", [])] == related
    assert [each["id"] for each in result.get("relatedLocations", [])] == list(range(1, len(related) + 1))


def _opened(location: Any) -> str:
    there = location["physicalLocation"]
    return f"{there['artifactLocation']['uri']}:{there['region']['startLine']}"


def test_sarif_says_what_is_settled() -> None:
    (run,) = json.loads(written("sarif", settled()))["runs"]
    said = [(each["ruleId"], each["baselineState"], _opened(each["locations"][0]), each.get("suppressions")) for each in run["results"]]

    def excused(why: str) -> list[dict[str, str]]:
        return [{"kind": "external", "status": "accepted", "justification": why}]

    assert said == [
        # what the run lacks has no place: the first line of the plan
        ("coverage/too-low", "new", "plan.yaml:1", None),
        ("value/not-allowed", "new", "c.jsonl:3", None),
        ("value/not-allowed", "unchanged", "a.jsonl:1", excused("waived by growth@acme.example until 2026-07-31 (fax ends in July)")),
        ("value/not-allowed", "unchanged", "b.jsonl:2", excused("known by the baseline")),
    ]


def test_sarif_of_a_command_has_a_name_of_its_own(tmp_path: Path) -> None:
    names = [json.loads(written("sarif", outcome))["runs"][0]["automationDetails"] for outcome in (report("a"), findings(tmp_path))]
    assert names == [{"id": "protocols/validate/"}, {"id": "protocols/lint/"}]


def test_sarif_has_coverage_in_numbers() -> None:
    (run,) = json.loads(written("sarif", report("a", covers=True)))["runs"]
    nothing = {"planned": 0, "seen": 0, "share": None}
    assert run["properties"] == {
        "coverage": {
            "planned": 2,
            "seen": 1,
            "share": 0.5,
            "parts": {
                "events": {"planned": 1, "seen": 1, "share": 1.0},
                "versions": nothing,
                "properties": {"planned": 1, "seen": 0, "share": 0.0},
                "values": nothing,
            },
        }
    }
    (run,) = json.loads(written("sarif", report("a")))["runs"]
    assert "properties" not in run


def test_file_names_that_are_no_text() -> None:
    outcome = seen_at(("a\udcff.jsonl", 1, "x"))
    assert "a%ED%B3%BF.jsonl" in written("sarif", outcome)


def test_sarif_paths_are_relative_and_quoted() -> None:
    builder = Builder(About())
    for file in ("/repo/events/a b.jsonl", "/elsewhere/é.jsonl", "x.jsonl"):
        problem = violation("type/null-value", "/x", expected="a", actual="b", call="track", event="E")
        builder.add([fields(problem, file=file, line=3, expected=file)], Route("E"))
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


def test_junit_has_coverage_as_properties() -> None:
    read = junitparser.JUnitXml.fromstring(written("junit", report("Order Completed", covers=True)).encode())
    assert [(suite.name, case.name, case.is_passed) for suite in read for case in suite] == [
        ("Order Completed", "value/not-allowed /properties/Order Completed", False),
        ("coverage", "coverage/too-low", False),
    ]
    properties = {suite.name: {each.name: each.value for each in suite.properties()} for suite in read}
    assert properties == {
        "Order Completed": {},
        "coverage": {"coverage": "50.0% (1 of 2)", "coverage.events": "100% (1 of 1)", "coverage.properties": "0% (0 of 1)"},
    }
    assert (read.tests, read.failures) == (2, 2)


def test_suites_of_long_names_are_kept_apart() -> None:
    names = [f"{'x' * 100}{number}" for number in range(3)]
    read = junitparser.JUnitXml.fromstring(written("junit", report(*names)).encode())
    assert [suite.name for suite in read] == [f'"{"x" * 59}…"', f'"{"x" * 59}…" (2)', f'"{"x" * 59}…" (3)']


def test_junit_fails_nothing_that_the_agreed_rates_allow() -> None:
    """The tests fail when the run does, and only then."""
    builder = Builder()
    builder.add_valid(Route("a"), 9)
    builder.add([violation("type/null-value", "/properties/a", expected="a text", call="track", event="a")], Route("a"))
    outcome, out = builder.report(), io.BytesIO()
    SINKS["junit"].open(out, Look()).close(outcome, judge(outcome, rates=Rates(Fraction(1, 5))))
    read = junitparser.JUnitXml.fromstring(out.getvalue())
    assert [case.result[0].message for suite in read for case in suite] == [
        "error, within the agreed rates: properties.a should be a text, got nothing"
    ]
    assert (read.tests, read.failures, read.skipped) == (1, 0, 1)


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


def test_github_says_how_much_of_the_plan_was_seen() -> None:
    first, *_ = written("github", report("Order Completed", covers=True)).splitlines()
    assert first == (
        "::notice title=coverage::50.0%25 (1 of 2) of the plan was seen: events 100%25 (1 of 1), properties 0%25 (0 of 1)"
    )  # `%` as a runner reads it back


# -- Markdown


def rendered(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
@example("'@`'")  # a backtick takes two around it
def test_nothing_of_an_event_is_markup(text: str) -> None:
    page = written("markdown", report(text, *NASTY))
    shown = rendered(page)
    tags = {found.lower() for found in re.findall(r"<(/?[a-zA-Z][a-zA-Z0-9]*)", shown)}
    allowed = {"h2", "h3", "p", "ol", "ul", "li", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"}
    assert {tag.lstrip("/") for tag in tags} <= allowed
    outside = re.sub(r"<code>.*?</code>", "", shown, flags=re.DOTALL)
    assert "<a" not in outside
    assert not re.search(r"(?<![\w&;])@\w", re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", page, flags=re.DOTALL))


def test_a_page_fits_a_comment() -> None:
    for many in (report(*map(str, range(500))), report(*("x" * 5000 + str(n) for n in range(100)))):
        assert len(written("markdown", many)) <= 65_000


def test_every_format_takes_all_outcomes(tmp_path: Path) -> None:
    for format in SINKS:
        for outcome in (report(), report("a", planned=False), findings(tmp_path)):
            assert written(format, outcome) or format == "jsonl"
    assert {group.severity for group in report("a").groups} == {Severity.error}
