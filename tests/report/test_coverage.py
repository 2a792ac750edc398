"""How much of a plan was seen: shares, minimums, and what was seen and not planned."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import protocols
from protocols.errors import UsageError
from protocols.report import About, Builder, merge
from protocols.report.coverage import Coverage, Item, Minimum, parse_minimums
from protocols.shares import percentage, share
from protocols.validate import validate_files

ITEMS = (
    Item("events", "track", "A", None),
    Item("properties", "track", "A", None, "/properties/x"),
    Item("properties", "track", "A", None, "/properties/y"),
    Item("values", "track", "A", None, "/properties/y", "a"),
    Item("events", "track", "B", None),
)


def test_counts():
    coverage = Coverage(ITEMS, frozenset({0, 1}))
    assert coverage.said() == "40.0% (2 of 5)"
    assert [coverage.counts(part) for part in ("events", "versions", "properties", "values")] == [(1, 2), (0, 0), (1, 2), (0, 1)]
    assert coverage.unseen("events") == (ITEMS[4],)
    assert coverage.said("versions") == "100% (0 of 0)"  # nothing of nothing is missing


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 3, "0%"), (1, 3, "33.3%"), (2, 3, "66.6%"), (3, 3, "100%"), (9999, 10000, "99.9%"), (1, 10000, "<0.1%"), (0, 0, "100%")],
)
def test_a_percentage_is_never_rounded_up(part, whole, said):
    assert percentage(part, whole) == said


@pytest.mark.parametrize(
    ("text", "exact"),
    [("10%", Fraction(1, 10)), (" 0.5 % ", Fraction(1, 200)), ("100%", Fraction(1)), ("33.333333333%", Fraction(33333333333, 10**11))],
)
def test_shares_are_exact(text, exact):
    assert share(text, "--sample") == exact


MINIMUMS = [
    ("80%", (Minimum(None, Fraction(4, 5)),)),
    ("events=100%, properties=80%", (Minimum("events", Fraction(1)), Minimum("properties", Fraction(4, 5)))),
    # the whole beside a part
    ("50%,values=80%", (Minimum(None, Fraction(1, 2)), Minimum("values", Fraction(4, 5)))),
]


@pytest.mark.parametrize(("text", "expected"), MINIMUMS)
def test_minimums(text, expected):
    assert parse_minimums(text) == expected


WRONG = [
    ("80", '--min-coverage should be a percentage such as 10% or 0.5%, got "80"; did you mean 80%?'),
    ("0.8", '--min-coverage should be a percentage such as 10% or 0.5%, got "0.8"'),
    ("101%", "--min-coverage should be more than 0% and at most 100%, got 101%"),
    ("event=100%", '--min-coverage is about events, versions, properties, values, got "event"; did you mean events?'),
    ("events=all", '--min-coverage events should be a percentage such as 10% or 0.5%, got "all"'),
    ("events=1%,events=2%", '--min-coverage says events twice, in "events=1%,events=2%"'),
    ("1%,2%", '--min-coverage says the whole twice, in "1%,2%"'),
    ("", '--min-coverage should be a percentage such as 10% or 0.5%, got ""'),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_said_of_wrong_minimums(text, said):
    with pytest.raises(UsageError) as error:
        parse_minimums(text)
    assert str(error.value) == said


def test_a_minimum_that_is_not_reached():
    builder = Builder(About(items=ITEMS, minimums=parse_minimums("40%,events=60.5%,properties=50%,versions=100%")))
    builder.add_covered({0, 1})
    (problem,) = builder.report().of_the_run
    assert (problem.id, problem.message) == ("coverage/too-low", "coverage of events should be at least 60.5%, got 50.0% (1 of 2)")


@given(st.sets(st.integers(0, 4)), st.sets(st.integers(0, 4)))
def test_coverage_adds_up(first, second):
    about = About(items=ITEMS, minimums=parse_minimums("60%,events=100%"))

    def build(*parts):
        builder = Builder(about)
        for part in parts:
            builder.add_covered(part)
        return builder.report()

    assert merge(build(first), build(second)) == build(first, second) == build(first | second)


PLAN = """
protocols: 1
plan: shop
version: 1
events:
  A: {properties: {x: {enum: [1, 2]}, list: {type: array, items: {type: object, properties: {y: string}}}}}
  B: {properties: {z: string}}
"""
LINES = [
    '{"type":"track","event":"A","userId":"u","properties":{"x":1,"list":[]}}',
    '{"type":"track","event":"A","userId":"u","properties":{"x":1,"more":1}}',
    '{"type":"track","event":"C","userId":"u"}',
    '{"type":"group","groupId":"g","userId":"u"}',
    '{"type":"track","userId":"u"}',  # nobody can plan an event without a name
    "{",
]


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text("".join(line + "\n" for line in LINES) * 100)
    return str(path)


@pytest.mark.parametrize("engine", ["fast", "explain"])
def test_of_files(source, engine):
    report = validate_files(protocols.load_text(PLAN), [source], coverage=True, engine=engine)
    coverage = report.coverage
    assert coverage is not None
    assert [(item.event, item.pointer, item.value) for item in coverage.unseen("properties") + coverage.unseen("values")][:2] == [
        ("A", "/properties/list/*/y", coverage.items[0].value),
        ("B", "/properties/z", coverage.items[0].value),
    ]
    assert [(item.event, item.value) for item in coverage.unseen("values")] == [("A", 2)]
    assert [(found.id, found.call, found.event, found.pointer, found.count) for found in coverage.unplanned] == [
        ("unplanned/unplanned-event", "track", "C", None, 100),
        ("unplanned/unplanned-event", "group", None, None, 100),
        ("unplanned/unplanned-property", "track", "A", "/properties/more", 100),
    ]


def test_any_number_of_processes_sees_the_same(source):
    reports = [
        validate_files(protocols.load_text(PLAN), [source], coverage=True, jobs=jobs, slice_bytes=size)
        for jobs, size in [(1, 1 << 22), (1, 1000), (2, 1000)]
    ]
    assert reports[0] == reports[1] == reports[2]


def test_nobody_asked(source):
    report = validate_files(protocols.load_text(PLAN), [source])
    assert report.coverage is None
    assert report.covered == frozenset()
