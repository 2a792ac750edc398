"""Findings in plan files: whole outputs for people and programs, whatever stands in the file."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import sinks
from protocols.problems import Problem, Severity
from protocols.report import Findings, judge
from protocols.sinks import SINKS, Look

SCHEMA = json.loads((Path(sinks.__file__).parent / "findings.schema.json").read_text(encoding="utf-8"))


def problem(line: int = 1, column: int = 1, hint: str | None = "do so", id: str = "lint/a", **fields: Any) -> Problem:
    message = f"this is so; {hint}" if hint else "this is so"
    return Problem(
        **{"id": id, "severity": Severity.warning, "message": message, "hint": hint, "file": "p.yaml", "line": line, "column": column}
        | fields
    )


def written(format: str, findings: Findings, look: Look | None = None, fail_on: str = "error") -> str:
    out = io.BytesIO()
    sink = SINKS[format].open(out, look or Look())
    for each in findings.problems:
        sink.problem(each)
    sink.close(findings, judge(findings, fail_on))
    return out.getvalue().decode("utf-8")


def page(text: str, *problems: Problem, look: Look | None = None, **fields: Any) -> str:
    return written("terminal", Findings(problems=problems, files=("p.yaml",), texts={"p.yaml": text}, **fields), look)


FRAMES = [
    # a key, up to its colon
    ("a: 1\nbb cc: {d: 1}\n", 2, 1, ["     2 | bb cc: {d: 1}", "       | ^^^^^ do so"]),
    # a colon or a comma inside a word ends nothing
    ("a:b: {c,d: 1}\n", 1, 1, ["     1 | a:b: {c,d: 1}", "       | ^^^ do so"]),
    # a value up to the next comma, bracket or comment
    ("a: [bb cc, d]\n", 1, 5, ["     1 | a: [bb cc, d]", "       |     ^^^^^ do so"]),
    ("a: {b: cc}\n", 1, 8, ["     1 | a: {b: cc}", "       |        ^^ do so"]),
    ("a: bb  # c\n", 1, 4, ["     1 | a: bb  # c", "       |    ^^ do so"]),
    # quotes with all they hold, escaped ones too
    ('"a \\" b": 1\n', 1, 1, ['     1 | "a \\" b": 1', "       | ^^^^^^^^ do so"]),
    ("'it''s': 1\n", 1, 1, ["     1 | 'it''s': 1", "       | ^^^^^^^ do so"]),
    # a mapping or list by its bracket
    ("a: {b: 1}\n", 1, 4, ["     1 | a: {b: 1}", "       |    ^ do so"]),
    # wide characters take two columns, combining ones none
    ("日本: {é: 1}\n", 1, 6, ["     1 | 日本: {é: 1}", "       |        ^^ do so".replace("^^", "^")]),
    # a byte order mark is no column
    ("\ufeffabc: 1\n", 1, 1, ["     1 | abc: 1", "       | ^^^ do so"]),
    # nothing in the file is obeyed, and the mark stays below its place
    ("a: \x1b[31m bb\n", 1, 10, ["     1 | a: \\x1b[31m bb", "       |             ^^ do so"]),
    ("\ta: 1\n", 1, 2, ["     1 | \\ta: 1", "       |   ^ do so"]),
    # lines end where editors end them
    ("a: 1\r\nb\u2028: 2\r\n", 2, 1, ["     2 | b\\u2028: 2", "       | ^^^^^^^ do so"]),
    # long lines are cut around the place
    ("x: " + "y" * 300 + "\n", 1, 1, ["     1 | x: " + "y" * 107 + "…", "       | ^ do so"]),
    ("x: {" + "y: 1, " * 60 + "zz: 1}\n", 1, 365, ["     1 | …" + (("y: 1, " * 60)[-98:]) + "zz: 1}", "       | " + " " * 99 + "^^ do so"]),
    # where there is no such line, what to do stands by itself
    ("a: 1\n", 9, 1, ["      fix  do so"]),
    ("\n\n", 2, 1, ["      fix  do so"]),
]


@pytest.mark.parametrize(("text", "line", "column", "frame"), FRAMES)
def test_frames(text, line, column, frame):
    assert page(text, problem(line, column)).splitlines()[1:-3] == frame


def test_the_whole_page():
    problems = (problem(1, 1, hint=None, severity=Severity.error), problem(2, 4, id="plan/b", file="q.yaml"))
    assert page("a: 1\n", *problems, silenced=1234, fixable=1, fixed=2, beside=("c.yaml",), alone=("d", "e", "f", "g")) == (
        "p.yaml:1:1: error: this is so [lint/a]\n"
        "     1 | a: 1\n"
        "       | ^\n"
        "\n"
        "q.yaml:2:4: warning: this is so [plan/b]\n"
        "      fix  do so\n"
        "\n"
        "not looked at, since not named: c.yaml\n"
        "\n"
        "read without the plan it is part of, since that was not named: d, e, f and 1 more\n"
        "\n"
        "1 file: 2 findings: 1 error, 1 warning; 1,234 silenced; 2 fixed; --fix mends 1\n"
        "Failed: 1 mistake in the plan (exit code 3).\n"
    )


def test_colours_and_width():
    shown = page("a: 1\n", problem(hint="do this and that and more of it"), look=Look(colour=True, width=30))
    assert shown.replace("\x1b", "^").splitlines()[:5] == [
        "^[1mp.yaml:1:1: ^[0m^[1;33mwarning: ^[0mthis is so",
        "            ^[2m[lint/a]^[0m",
        "^[2m     1 | ^[0ma: 1",
        "^[2m       | ^[0m^[1;33m^^[0m^[32m do this and that^[0m",
        "         ^[32mand more of it^[0m",
    ]


def test_the_worst_are_shown_where_not_all_are():
    problems = [problem(line, id="lint/many") for line in range(1, 31)]
    problems += [problem(31, id="lint/few"), problem(32, id="lint/bad", severity=Severity.error)]
    shown = page("a: 1\n" * 40, *problems, look=Look(limit=12))
    heads = [line for line in shown.splitlines() if line.startswith("p.yaml:")]
    assert [head.partition(": ")[0] for head in heads] == [f"p.yaml:{line}:1" for line in [*range(1, 11), 31, 32]]
    assert "\n20 more findings not shown (20 lint/many); --limit 0 shows all\n" in shown


CLOSINGS = [
    ((), "error", 0, "no findings", "Passed: no finding of severity error."),
    ((), "never", 0, "no findings", "Passed: with --fail-on never nothing fails the run."),
    ((problem(),), "error", 0, "1 finding: 1 warning", "Passed: no finding of severity error; lesser ones do not fail the run."),
    ((problem(),), "warning", 1, "1 finding: 1 warning", "Failed: 1 finding of severity warning or above (exit code 1)."),
    # a plan that is wrong fails whatever is asked for
    ((problem(id="plan/x", severity=Severity.error),), "never", 3, "1 finding: 1 error", "Failed: 1 mistake in the plan (exit code 3)."),
]


@pytest.mark.parametrize(("problems", "fail_on", "code", "counts", "sentence"), CLOSINGS)
def test_the_closing_lines(problems, fail_on, code, counts, sentence):
    findings = Findings(problems=problems, files=("p.yaml", "q.yaml"))
    assert judge(findings, fail_on).exit_code == code
    quiet = written("terminal", findings, Look(quiet=True), fail_on)
    assert quiet == f"2 files: {counts}\n{sentence}\n"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
PROBLEMS = st.builds(problem, st.integers(1, 4), st.integers(1, 70), st.none() | TEXTS, file=st.sampled_from(["p.yaml", "q.yaml", None]))


@given(TEXTS, st.lists(PROBLEMS, max_size=4), st.sampled_from([None, 20, 80]))
@settings(max_examples=150, deadline=None)
def test_no_file_breaks_the_page(text, problems, width):
    shown = page(text, *problems, look=Look(width=width))
    assert all(line.isprintable() for line in shown.split("\n"))
    heads = [line for line in shown.split("\n") if ": warning: " in line or line.startswith("warning: ")]
    assert len(heads) >= len(problems) or width == 20


@given(st.lists(PROBLEMS, max_size=4))
@settings(max_examples=50, deadline=None)
def test_the_json_keeps_to_its_schema(problems):
    findings = Findings(problems=tuple(problems), files=("p.yaml",), silenced=1)
    document = json.loads(written("json", findings))
    jsonschema.validate(document, SCHEMA)
    rows = [json.loads(line) for line in written("jsonl", findings).splitlines()]
    shared = document["findings"]
    assert [{key: row[key] for key in each} for row, each in zip(rows, shared, strict=True)] == shared
