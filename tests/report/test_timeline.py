"""When violations happened: bounded, and the same however the input was cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.report import About, Builder, Report, merge
from protocols.report.timeline import MOST, seconds_of

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
        builder.look_at(None, timestamp)
    return builder.report()


TIMESTAMPS = st.lists(st.none() | st.datetimes().map(lambda moment: moment.isoformat() + "Z"), max_size=300)


@given(TIMESTAMPS, TIMESTAMPS)
def test_timelines_add_up(first: list[str | None], second: list[str | None]) -> None:
    whole = report_of(first + second)
    assert merge(report_of(first), report_of(second)).timeline == whole.timeline
    assert merge(report_of(second), report_of(first)).timeline == whole.timeline
    assert len(whole.timeline.counts) <= MOST
    assert sum(whole.timeline.counts.values()) + whole.timeline.unplaced == len(first) + len(second)
