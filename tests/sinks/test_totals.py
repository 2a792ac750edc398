"""Every format tells the same number of violations, also where there are too many kinds of them to tell apart."""

from __future__ import annotations

import datetime
import io
import json
import re
from collections.abc import Callable
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from protocols.problems import Severity
from protocols.report import About, Builder, Report, baseline_of, judge, settle
from protocols.sinks import SINKS, Look
from protocols.violations import violation


class Route(NamedTuple):
    event: str | None
    call: str = "track"
    version: int | None = None
    assumed: bool = False


def report(groups: int, beyond: int, most: int = 10_000) -> Report:
    """So many groups of two warnings each, and behind them so many errors that find no room."""
    builder = Builder(About(most_groups=most))
    for number in range(groups):
        route = Route(f"Clicked {number}")
        problem = violation("unplanned/unplanned-event", "/event", severity=Severity.warning, call="track", event=route.event)
        builder.add([problem], route)
        builder.add([problem], route)
    for _ in range(beyond):
        builder.add([violation("type/null-value", "/properties/a", expected="a text", call="track", event="Late")], Route("Late"))
    return builder.report()


def written(format: str, outcome: Report) -> str:
    out = io.BytesIO()
    SINKS[format].open(out, Look()).close(outcome, judge(outcome))
    return out.getvalue().decode()


def number(found: str) -> int:
    return int(found.replace(",", ""))


def numbers(pattern: str, said: str) -> int:
    return sum(map(number, re.findall(pattern, said)))


def times(said: str) -> int:
    """Of facts: `seen once`, `seen 2 times`, `12 violations more in groups`."""
    return said.count("seen once") + numbers(r"seen +([\d,]+) times", said) + numbers(r"([\d,]+) violations? more in groups", said)


def sarif(said: str) -> int:
    (run,) = json.loads(said)["runs"]
    notes = " ".join(note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"])
    return sum(result["occurrenceCount"] for result in run["results"]) + numbers(r"with ([\d,]+) violation", notes)


def junit(said: str) -> int:
    return sum(times(str(case[0].text)) for case in ElementTree.fromstring(said).iter("testcase") if len(case))


def markdown(said: str) -> int:
    return numbers(r"\| ([\d,]+) \| [^|]*\|\n", said.partition("All faults")[2] or said.partition("Faults<")[2]) + numbers(
        r"more faults? \(([\d,]+) violation", said
    )


def page(said: str) -> int:
    shown = said.partition('id="problems"')[2]
    return numbers(r"([\d,]+) times?[,;]", shown) + numbers(r"([\d,]+) violations? (?:of less weight|more in groups)", shown)


def terminal(said: str) -> int:
    shown = said.partition("Fix first")
    return times(shown[0]) + numbers(r"more groups? \(([\d,]+) violation", shown[0]) + numbers(r"([\d,]+) violations? more in", shown[2])


TOLD: dict[str, Callable[[str], int]] = {
    "terminal": terminal,
    "json": lambda said: sum(group["count"] for group in json.loads(said)["groups"]) + json.loads(said)["summary"]["folded"],
    "sarif": sarif,
    "junit": junit,
    "gitlab": lambda said: sum(times(entry["description"]) for entry in json.loads(said)),
    "markdown": markdown,
    "html": page,
}
"""Of each format the sum of all that it shows and all that it says to have left out; GitHub's annotations are ten."""

REPORTS = [
    # all fits: below every bound of a format
    (report(20, 0), 40),
    # some kinds find no room
    (report(20, 30, most=20), 70),
    # more than a page or code scanning shows, and more than a report keeps
    (report(10_000, 1_300), 21_300),
]


@pytest.mark.parametrize("format", TOLD)
@pytest.mark.parametrize(("outcome", "total"), REPORTS, ids=["few", "folded", "many"])
def test_totals(outcome: Report, total: int, format: str) -> None:
    said = written(format, outcome)
    assert TOLD[format](said) == outcome.violations == total
    if format in ("terminal", "markdown", "html"):
        assert f"{total:,}" in said


def test_errors_without_a_group_fail_the_tests() -> None:
    """The first 20 kinds are warnings: the errors that fail the run are among those that are only counted."""
    outcome = report(20, 30, most=20)
    assert judge(outcome).why == "30 violations of severity error"
    cases = ElementTree.fromstring(written("junit", outcome)).iter("testcase")
    assert [(case.get("classname"), case.get("name"), case[0].get("message")) for case in cases if case.find("failure") is not None] == [
        ("track", "type/null-value", "30 violations more in groups beyond the first 20; only counted")
    ]
    assert "type/null-value::30 violations more in groups beyond the first 20; only counted" in written("github", outcome)


def test_what_is_known_without_a_group_fails_nothing() -> None:
    outcome = report(20, 30, most=20)
    known = settle(outcome, today=datetime.date(2026, 6, 1), baseline=baseline_of(outcome))
    assert judge(known).passed
    suites = ElementTree.fromstring(written("junit", known))
    assert (suites.get("tests"), suites.get("failures"), suites.get("skipped")) == ("21", "0", "21")
    assert json.loads(written("gitlab", known)) == []
