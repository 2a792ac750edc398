"""When violations happened: bounded, and the same however the input was cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.problems import Severity
from protocols.report import About, Builder, Report, merge
from protocols.report.timeline import MOST, WIDTHS, Counts, seconds_of

READ = [
    ("1970-01-01T00:01:00Z", 60),
    ("1970-01-01T01:00:00+01:00", 0),  # an offset is east of UTC
    ("1970-01-01T01:00:00.999+0100", 0),  # without a colon, with parts of a second
    ("1969-12-31 23:59", -60),  # a space, no seconds, no offset, before 1970
    ("1970-01-01T00:00:60Z", 60),  # a leap second
    ("1970-02-30T00:00:00Z", None),  # no such day
    ("1970-01-01", None),
    (0, None),
    (None, None),
]


@pytest.mark.parametrize(("timestamp", "seconds"), READ)
def test_seconds_of(timestamp: object, seconds: int | None) -> None:
    assert seconds_of(timestamp) == seconds


def report_of(timestamps: list[str | None]) -> Report:
    builder = Builder(About(timeline=True))
    for timestamp in timestamps:
        builder.add_moments([timestamp])
        builder.look_at(None, timestamp, Severity.error)
    return builder.report()


TIMESTAMPS = st.lists(st.none() | st.datetimes().map(lambda moment: moment.isoformat() + "Z"), max_size=300)


@given(TIMESTAMPS, TIMESTAMPS)
def test_timelines_add_up(first: list[str | None], second: list[str | None]) -> None:
    whole = report_of(first + second)
    assert merge(report_of(first), report_of(second)).timeline == whole.timeline
    assert merge(report_of(second), report_of(first)).timeline == whole.timeline
    assert len(whole.timeline.counts) <= MOST
    placed = Counts(*map(sum, zip(whole.timeline.unplaced, *whole.timeline.counts.values(), strict=True)))
    assert placed == Counts(events=len(first) + len(second), errors=len(first) + len(second))


def test_each_length_divides_the_next_and_the_last_is_enough() -> None:
    assert [long % short for short, long in itertools.pairwise(WIDTHS)] == [0] * (len(WIDTHS) - 1)
    assert 10_000 * 366 * 24 * 60 * 60 / WIDTHS[-1] < MOST


def test_a_date_far_off_leaves_the_others_apart() -> None:
    days = [f"2024-01-{day:02}T{hour:02}:{minute}:00Z" for day in range(1, 21) for hour in range(24) for minute in (10, 30)]
    assert report_of(days).timeline.width == 3600
    assert report_of(["1970-01-01T00:00:00Z", *days]).timeline.width == 3600


def test_the_worst_violation_of_an_event_counts() -> None:
    builder = Builder()
    builder.add_moments(["1970-01-01T00:00:00Z", "1970-01-01T00:00:07Z", None])
    builder.look_at(None, "1970-01-01T00:00:00Z", Severity.warning)
    builder.look_at(None, None, Severity.note)
    timeline = builder.report().timeline
    assert timeline.counts == {0: Counts(events=1, warnings=1), 7: Counts(events=1)}
    assert timeline.unplaced == Counts(events=1, notes=1)
    assert timeline.folded(10).counts == {0: Counts(events=2, warnings=1)}
