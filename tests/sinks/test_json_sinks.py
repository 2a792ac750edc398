"""The formats for programs: their shape, their bytes, and what they do with values no one expected."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import protocols
from protocols import sinks
from protocols.positions import Position
from protocols.problems import Problem, Severity
from protocols.report import About, Baseline, Builder, Entry, PlanFile, Planned, Report, Waiver, baseline_of, judge, settle
from protocols.sinks import SINKS, Look
from protocols.sinks.sink import _encoded, to_json
from protocols.violations import violation

SCHEMA = json.loads((Path(sinks.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))


class Route(NamedTuple):
    call: str | None
    event: str | None = None
    version: int | None = None
    assumed: bool = False


ORDER = Route("track", "Order Completed", 2, assumed=True)


def wrong_total(value: Any, line: int = 1) -> Problem:
    return violation(
        "type/wrong-type",
        "/properties/total",
        expected="a number",
        value=value,
        hint="send a number",
        call="track",
        event="Order Completed",
        version=2,
        file="e.jsonl",
        line=line,
        record=line,
        message_id="m-1",
        plan=Position("plan.yaml", 3, 5),
    )


def small_report() -> Report:
    planned = (
        Planned(call="track", event="Order Completed", version=2, owners=("shop@acme.example",), labels={"team": "shop"}),
        Planned(call="track", event="Cart Viewed"),
        Planned(call="track", event="Cart Seen", status="deprecated"),  # nobody waits for it
    )
    builder = Builder(About(name="acme", version="2.10.0", files=(PlanFile("plan.yaml", "0" * 64),), planned=planned))
    builder.add_valid(ORDER, 2)
    builder.add([wrong_total("1", 3), wrong_total(None, 3)], ORDER)
    builder.add([violation("payload/malformed-json", "", actual="half an object", file="e.jsonl", line=4, record=4)], unreadable=True)
    builder.add_beside([violation("limit/batch-too-large", "", expected="at most 9 bytes", actual="10 bytes")])
    builder.add_input("e.jsonl", 4, 400)
    return builder.report()


def written(format: str, report: Report, *problems: Problem, fail_on: str = "error") -> bytes:
    out = io.BytesIO()
    sink = SINKS[format].open(out, Look())
    for problem in problems:
        sink.problem(problem)
    sink.close(report, judge(report, fail_on, allow_empty=True))
    return out.getvalue()


def test_the_whole_json_report() -> None:
    place = {"file": "e.jsonl", "line": 3, "record": 3, "message_id": "m-1"}
    assert json.loads(written("json", small_report())) == {
        "report_version": 1,
        "tool_version": protocols.__version__,
        "fail_on": "error",
        "exit_code": 1,
        "inputs": [{"file": "e.jsonl", "events": 4, "bytes": 400}],
        "plan": {"name": "acme", "version": "2.10.0", "files": [{"path": "plan.yaml", "sha256": "0" * 64}]},
        "summary": {
            "events": 4,
            "valid": 2,
            "invalid": 2,
            "unreadable": 1,
            "violations": 4,
            "by_severity": {"error": 4},
            "by_family": {"limit": 1, "payload": 1, "type": 2},
            "by_id": {"limit/batch-too-large": 1, "payload/malformed-json": 1, "type/wrong-type": 2},
            "by_call": {"track": 2, "unknown": 2},
            "new": 4,
            "known": 0,
            "suppressed": 0,
            "left_out": 0,
            "version_assumed": 3,
            "folded": 0,
        },
        "groups": [
            {
                "id": "type/wrong-type",
                "severity": "error",
                "call": "track",
                "event": "Order Completed",
                "version": 2,
                "pointer": "/properties/total",
                "message": 'properties.total should be a number, got string "1" and others (null 1, string 1); send a number',
                "expected": "a number",
                "actual": {"null": 1, "string": 1},
                "hint": "send a number",
                "count": 2,
                "share": 0.333333,
                "owners": ["shop@acme.example"],
                "labels": {"team": "shop"},
                "status": None,
                "first": place,
                "last": place,
                "samples": [{"value": "1", "file": "e.jsonl", "line": 3}, {"value": None, "file": "e.jsonl", "line": 3}],
                "plan": {"file": "plan.yaml", "line": 3, "column": 5},
                "state": "new",
            },
            {
                "id": "payload/malformed-json",
                "severity": "error",
                "call": None,
                "event": None,
                "version": None,
                "pointer": "",
                "message": "the record should be JSON, got half an object",
                "expected": None,
                "actual": {"nothing": 1},
                "hint": None,
                "count": 1,
                "share": 1.0,
                "owners": [],
                "labels": {},
                "status": None,
                "first": {"file": "e.jsonl", "line": 4, "record": 4, "message_id": None},
                "last": {"file": "e.jsonl", "line": 4, "record": 4, "message_id": None},
                "samples": [{"file": "e.jsonl", "line": 4}],
                "plan": None,
                "state": "new",
            },
            {
                "id": "limit/batch-too-large",
                "severity": "error",
                "call": None,
                "event": None,
                "version": None,
                "pointer": "",
                "message": "the batch should have at most 9 bytes, got 10 bytes",
                "expected": "at most 9 bytes",
                "actual": {"nothing": 1},
                "hint": None,
                "count": 1,
                "share": None,
                "owners": [],
                "labels": {},
                "status": None,
                "first": {"file": None, "line": None, "record": None, "message_id": None},
                "last": {"file": None, "line": None, "record": None, "message_id": None},
                "samples": [{"file": None, "line": None}],
                "plan": None,
                "state": "new",
            },
        ],
        "events": [
            {"call": "track", "event": "Order Completed", "version": 2, "count": 3, "invalid": 1, "planned": True},
            {"call": None, "event": None, "version": None, "count": 1, "invalid": 1, "planned": False},
        ],
        "unseen": [{"call": "track", "event": "Cart Viewed", "version": None, "properties": [], "values": []}],
        "healed": [],
        "unused_suppressions": [],
        "scope": {"options": {}, "left_out": {}, "without_timestamp": 0},
        "expectations": [],
        "coverage": None,
    }


def test_what_is_settled() -> None:
    """Known, suppressed and new; what is healed, and which waivers excused nothing. It fits the schema too."""
    day = datetime.date(2026, 6, 1)
    waivers = [
        Waiver(id="payload", reason="old proxy", owner="data@acme.example", until=day),
        Waiver(id="type", event="Order *", reason="old app", owner="a", until=datetime.date(2026, 5, 1), file="protocols.toml", line=7),
    ]
    healed = Entry("track", "Order Completed", 2, "type/wrong-type", "/properties/tax")
    baseline = baseline_of(small_report(), small_report().groups[:1]) | Baseline(frozenset([healed]))
    report = settle(small_report(), today=day, waivers=waivers, baseline=baseline)
    said = json.loads(written("json", report))
    jsonschema.validate(said, SCHEMA)
    assert [(group["id"], group["state"]) for group in said["groups"]] == [
        ("type/wrong-type", "known"),
        ("payload/malformed-json", "suppressed"),
        ("limit/batch-too-large", "new"),
    ]
    assert [group.waiver for group in report.groups] == [None, waivers[0], None]
    assert {name: said["summary"][name] for name in ("violations", "new", "known", "suppressed", "valid", "invalid")} == {
        "violations": 4,
        "new": 1,
        "known": 2,
        "suppressed": 1,
        # what is excused is wrong all the same
        "valid": 2,
        "invalid": 2,
    }
    assert said["healed"] == [
        {"id": "type/wrong-type", "call": "track", "event": "Order Completed", "version": 2, "pointer": "/properties/tax"}
    ]
    assert said["unused_suppressions"] == [
        {
            "id": "type",
            "call": None,
            "event": "Order *",
            "version": None,
            "pointer": None,
            "reason": "old app",
            "owner": "a",
            "file": "protocols.toml",
            "line": 7,
            "until": "2026-05-01",
            "expired": True,
            "violations": 2,
        }
    ]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("report", [Builder().report(), small_report()], ids=["empty", "small"])
@pytest.mark.parametrize("fail_on", ["error", "warning", "note", "never"])
def test_reports_fit_their_schema(report: Report, fail_on: str) -> None:
    jsonschema.validate(json.loads(written("json", report, fail_on=fail_on)), SCHEMA)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(codec=None))),  # lone surrogates too
    lambda inner: st.one_of(st.lists(inner, max_size=12), st.dictionaries(st.text(st.characters(codec=None)), inner, max_size=12)),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(VALUES, st.text(st.characters(codec=None)))
def test_any_value_can_be_written(value: Any, name: str) -> None:
    builder = Builder()
    problem = violation("type/wrong-type", f"/properties/{name}", expected="a number", value=value, file=name, line=1)
    builder.add([problem], Route("track", name))
    report = builder.report()
    first = written("json", report)
    jsonschema.validate(json.loads(first.decode("utf-8")), SCHEMA)
    assert written("json", report) == first
    (line,) = written("jsonl", report, problem).decode("utf-8").split("\n")[:-1]
    assert json.loads(line)["file"] == name.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


WRITTEN = [
    # legible in any language
    ("Köln 東京 🙂", '"Köln 東京 🙂"'),
    # half an emoji, as JavaScript cuts them, is no UTF-8
    ("\ud83d", '"\\ud83d"'),
    # JSON escapes these
    ("\x1b[31m\n", '"\\u001b[31m\\n"'),
    # JSON does not escape these, and a terminal obeys them: CSI as one character, text that runs backwards
    ("\x9b31m\u202eabc\u2066", '"\\u009b31m\\u202eabc\\u2066"'),
    # some programs take these for line ends
    ("\u2028\u2029\x85", '"\\u2028\\u2029\\u0085"'),
]


@pytest.mark.parametrize(("text", "said"), WRITTEN)
def test_texts_are_written_legibly_and_safely(text: str, said: str) -> None:
    assert to_json(text) == said.encode() + b"\n"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec=None), max_size=4), inner, max_size=4),
    max_leaves=20,
)


@given(JSON_VALUES)
@example({"a": ["\ud83d", "\U0001f600", {}, [], -0.0, 1e300, 10**30]})
def test_indenting_is_that_of_the_standard_library(value: Any) -> None:
    assert to_json(value, indent=2) == _encoded(value, 2) + b"\n"


def test_a_violation_is_a_line_of_flat_fields() -> None:
    assert written("jsonl", small_report(), wrong_total("1", 3)).decode() == (
        '{"id": "type/wrong-type", "severity": "error", "call": "track", "event": "Order Completed", "version": 2, '
        '"pointer": "/properties/total", "message": "properties.total should be a number, got string \\"1\\"; send a number", '
        '"expected": "a number", "actual": "string \\"1\\"", "hint": "send a number", "file": "e.jsonl", "line": 3, '
        '"column": null, "record": 3, "message_id": "m-1", "plan_file": "plan.yaml", "plan_line": 3, "plan_column": 5, '
        '"state": "new"}\n'
    )


def test_every_line_has_all_fields() -> None:
    bare = Problem(id="payload/malformed-json", severity=Severity.error, message="no JSON")
    rows = [json.loads(line) for line in written("jsonl", small_report(), wrong_total("1"), bare).splitlines()]
    assert list(rows[0]) == list(rows[1])
    assert [name for name, value in rows[1].items() if value is not None] == ["id", "severity", "message", "state"]


def test_only_the_report_reaches_a_folding_sink() -> None:
    report = small_report()
    assert written("json", report, wrong_total("1")) == written("json", report)
