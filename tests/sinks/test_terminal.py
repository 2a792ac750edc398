"""The report for people: whole outputs, and nothing in them that a terminal would obey."""

from __future__ import annotations

import io
import re
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.positions import Position
from protocols.problems import Problem
from protocols.report import About, Builder, Planned, Report, judge
from protocols.sinks import SINKS, Look
from protocols.sinks.sink import safe
from protocols.sinks.terminal import counts, percent, sentence
from protocols.violations import violation


class Route(NamedTuple):
    call: str | None
    event: str | None = None
    version: int | None = None
    assumed: bool = False


ORDER = Route("track", "Order Completed")


def found(id: str, pointer: str, line: int = 1, **fields: Any) -> Problem:
    return violation(id, pointer, file="e.jsonl", line=line, record=line, **fields)


def wrong_total(value: Any, line: int = 1) -> Problem:
    return found(
        "type/wrong-type",
        "/properties/total",
        line,
        expected="a number",
        value=value,
        hint="send a JSON number",
        plan=Position("plan.yaml", 3, 5),
    )


def page(report: Report, look: Look | None = None, *, fail_on: str = "error", allow_empty: bool = False) -> str:
    out = io.BytesIO()
    SINKS["terminal"].open(out, look or Look()).close(report, judge(report, fail_on, allow_empty=allow_empty))
    return out.getvalue().decode("utf-8")


def small_report() -> Report:
    builder = Builder(About(planned=(Planned(call="track", event="Order Completed"), Planned(call="track", event="Cart Viewed"))))
    builder.add_valid(ORDER, 7)
    for line, value in enumerate(["1", None, "2"], 8):
        builder.add([wrong_total(value, line)], ORDER)
    builder.add([found("unplanned/unplanned-property", "/traits/nick", 11, value="x")], Route("identify", None, None, True))
    builder.add([found("payload/malformed-json", "", 12, actual="half an object")], unreadable=True)
    builder.add([found("payload/bad-timestamp", "/timestamp", 13, expected="a time", value=1)], Route("page", "Checkout", 2))
    builder.add_input("e.jsonl", 13, 1000)
    return builder.report()


WHOLE = """\
error  Order Completed  type/wrong-type
  properties.total should be a number, got string "1" and others (null 1, string 2)
  fix   send a JSON number
  seen  3 times, in 3 of 10 Order Completed events (30.0%); first at e.jsonl:8
  e.g.  "1" at e.jsonl:8; null at e.jsonl:9; "2" at e.jsonl:10
  plan  plan.yaml:3:5

error  payload/malformed-json
  the record should be JSON, got half an object
  seen  once, at e.jsonl:12

error  page Checkout (version 2)  payload/bad-timestamp
  timestamp should be a time, got integer 1
  seen  once, at e.jsonl:13

warning  identify  unplanned/unplanned-property
  traits.nick is not in the plan
  seen  once, at e.jsonl:11

1 event did not say the version; checked as the plan's default
1 of 2 planned events never seen: Cart Viewed

13 events in 1 file: 8 valid, 5 invalid (38.5%), 1 unreadable; 6 violations: 5 errors, 1 warning
Failed: 5 violations of severity error (exit code 1).
"""


def test_the_whole_page() -> None:
    assert page(small_report()) == WHOLE


def test_quiet_leaves_the_counts_and_the_verdict() -> None:
    assert page(small_report(), Look(quiet=True)) == "".join(WHOLE.splitlines(keepends=True)[-2:])


NARROW = """\
error  Order Completed  type/wrong-type
  properties.total should be a number,
  got string "1" and others (null 1,
  string 2)
  fix   send a JSON number
  seen  3 times, in 3 of 10 Order
        Completed events (30.0%); first
        at e.jsonl:8
"""


def test_on_a_terminal_lines_wrap_below_their_text() -> None:
    assert page(small_report(), Look(width=40)).startswith(NARROW)


@pytest.mark.parametrize("width", [1, 20, 40, 79, 80, 120, 500])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = page(small_report(), Look(width=width)).splitlines()
    assert max(map(len, lines)) <= max(width, 36)  # so narrow, text would be one word a line


def test_colour_adds_nothing_but_colour() -> None:
    coloured = page(small_report(), Look(colour=True))
    assert coloured.splitlines()[:3] == [
        "\x1b[1;31merror  \x1b[0m\x1b[1mOrder Completed\x1b[0m  \x1b[2mtype/wrong-type\x1b[0m",
        '  properties.total should be a number, got string "1" and others (null 1, string 2)',
        "\x1b[2m  fix   \x1b[0m\x1b[32msend a JSON number\x1b[0m",
    ]
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == WHOLE


def test_a_share_of_all() -> None:
    builder = Builder()
    for line in (1, 2):
        builder.add([wrong_total("1", line)], ORDER)
    assert page(builder.report()).splitlines()[3:5] == [
        "  seen  2 times, in all 2 Order Completed events; first at e.jsonl:1",
        "  plan  plan.yaml:3:5",
    ]


def test_other_places_of_what_has_no_value() -> None:
    builder = Builder()
    for line in (1, 2, 3, 4):
        builder.add([found("required/missing-property", "/properties/order_id", line)], ORDER)
    assert page(builder.report()).splitlines()[1:4] == [
        "  properties.order_id is required and missing",
        "  seen  4 times, in all 4 Order Completed events; first at e.jsonl:1",
        "  e.g.  also at e.jsonl:2, e.jsonl:3",
    ]


def crowded_report() -> Report:
    """Nine groups of one event, then one of another."""
    builder = Builder()
    for number in range(9):
        for line in range(9 - number):
            builder.add([found("unplanned/unplanned-property", f"/properties/p{number}", line + 1, value=1)], ORDER)
    builder.add([found("unplanned/unplanned-property", "/properties/q", 1, value=1)], Route("track", "Cart Viewed"))
    return builder.report()


CUT = [
    # what fits is shown
    (10, ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "q"], []),
    # else five of one event, then the others have their turn
    (9, ["p0", "p1", "p2", "p3", "p4", "q"], ["4 more groups (10 violations) not shown", "  Order Completed: 4 more groups, 10 warnings"]),
    # the limit is of groups in all
    (
        2,
        ["p0", "p1"],
        [
            "8 more groups (29 violations) not shown",
            "  Order Completed: 7 more groups, 28 warnings",
            "  Cart Viewed: 1 more group, 1 warning",
        ],
    ),
    # none means all
    (0, ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "q"], []),
]


@pytest.mark.parametrize(("limit", "shown", "cut"), CUT)
def test_what_is_cut_is_said(limit: int, shown: list[str], cut: list[str]) -> None:
    lines = page(crowded_report(), Look(limit=limit)).splitlines()
    assert [line.split(".")[1].split(" ")[0] for line in lines if line.startswith("  properties.")] == shown
    said = [line.removesuffix("; --limit 0 shows all") for line in lines if "more group" in line]
    assert sorted(said) == sorted(cut)


COUNTS = [
    ([], 0, "0 events: 0 valid, 0 invalid; no violations"),
    ([], 1, "1 event: 1 valid, 0 invalid; no violations"),
    ([["type/wrong-type"]], 1546, "1,547 events: 1,546 valid, 1 invalid (<0.1%); 1 violation: 1 error"),
    # notes are violations too, and make no event invalid
    ([["payload/legacy-field"]] * 2, 0, "2 events: 2 valid, 0 invalid; 2 violations: 2 notes"),
    (
        [["type/wrong-type", "payload/legacy-field"], ["naming/property-name-case"]],
        2,
        "4 events: 3 valid, 1 invalid (25.0%); 3 violations: 1 error, 1 warning, 1 note",
    ),
]


@pytest.mark.parametrize(("bad", "valid", "said"), COUNTS)
def test_the_counts(bad: list[list[str]], valid: int, said: str) -> None:
    builder = Builder()
    builder.add_valid(ORDER, valid)
    for ids in bad:
        builder.add([found(id, "/properties/total", expected="a number") for id in ids], ORDER)
    assert counts(builder.report()) == said


VERDICTS = [
    ("type/wrong-type", "error", "Failed: 1 violation of severity error (exit code 1)."),
    ("type/wrong-type", "warning", "Failed: 1 violation of severity warning or above (exit code 1)."),
    ("type/wrong-type", "never", "Passed: with --fail-on never nothing fails the run."),
    ("naming/property-name-case", "error", "Passed: no violation of severity error; lesser ones do not fail the run."),
    ("naming/property-name-case", "note", "Failed: 1 violation of severity note or above (exit code 1)."),
    (None, "error", "Passed: no violation of severity error."),
    (None, "warning", "Passed: no violation of severity warning or above."),
]


@pytest.mark.parametrize(("id", "fail_on", "said"), VERDICTS)
def test_the_verdict(id: str | None, fail_on: str, said: str) -> None:
    builder = Builder()
    builder.add([found(id, "/properties/total", expected="a number")] if id else [], ORDER)
    report = builder.report()
    assert sentence(report, judge(report, fail_on)) == said


def test_the_verdict_over_nothing() -> None:
    builder = Builder()
    assert sentence(builder.report(), judge(builder.report())) == "Failed: there was no event to check (exit code 4)."
    builder.add_fault("e.gz: cut short")
    assert sentence(builder.report(), judge(builder.report())) == "Failed: some events could not be read (exit code 4)."


PERCENT = [(0, 5, "0.0%"), (5, 5, "100%"), (1, 3, "33.3%"), (1, 10_000, "<0.1%"), (9_999, 10_000, ">99.9%"), (999, 1000, "99.9%")]


@pytest.mark.parametrize(("part", "whole", "said"), PERCENT)
def test_percent(part: int, whole: int, said: str) -> None:
    assert percent(part, whole) == said


SAFE = [
    ("Köln 東京 🙂", "Köln 東京 🙂"),
    # colours, titles, links
    ("\x1b[31mred\x1b]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07"),
    # the same as one character
    ("\x9b31m", "\\x9b31m"),
    # a second line, a line drawn over
    ("one\ntwo\rthree", "one\\ntwo\\rthree"),
    # text that runs backwards, text that is not seen
    ("\u202egnp.exe\u200b", "\\u202egnp.exe\\u200b"),
    ("\ud83d", "\\ud83d"),
]


@pytest.mark.parametrize(("text", "shown"), SAFE)
def test_safe(text: str, shown: str) -> None:
    assert safe(text) == shown


ANY = st.text(st.characters(codec=None), max_size=30)


@settings(max_examples=150, deadline=None)
@given(ANY, ANY, ANY, ANY, st.booleans(), st.sampled_from([None, 30, 80]))
def test_nothing_from_an_event_is_obeyed(name: str, value: str, hint: str, file: str, colour: bool, width: int | None) -> None:
    """Names, values, hints and files, whatever they hold: the page has printable characters alone, beside its own colours."""
    builder = Builder(About(planned=(Planned(call="track", event=value),)))
    problems = [
        violation("value/not-allowed", f"/properties/{name}", expected=hint, value=text, hint=hint, file=file, line=1, plan=Position(file))
        for text in (value, name)
    ]
    builder.add(problems, Route("track", name))
    said = re.sub(r"\x1b\[[0-9;]*m", "", page(builder.report(), Look(colour=colour, width=width))) if colour else page(builder.report())
    assert said.replace("\n", "").isprintable()


@pytest.mark.parametrize("look", [Look(), Look(colour=True), Look(width=200)], ids=["piped", "coloured", "wrapped"])
def test_markup_in_values_is_text(look: Look) -> None:
    builder = Builder()
    builder.add([wrong_total("[red]x[/red] :smile: https://x.example")], Route("track", "[bold]Order[/bold]"))
    said = re.sub(r"\x1b\[[0-9;]*m", "", page(builder.report(), look))
    assert "error  [bold]Order[/bold]  type/wrong-type" in said
    assert 'got string "[red]x[/red] :smile: https://x.example"' in said
