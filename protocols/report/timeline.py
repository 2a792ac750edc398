"""What happened when, by the timestamps of the events, in a bounded number of spans.

A span is as long as a row of `WIDTHS` says and begins at a multiple of its length since 1970. Each length divides the next,
so short spans fold into long ones exactly: however the input was cut, the same moments give the same timeline. The length is
the least that has at most `MOST` spans with an event. Empty spans do not count, or one event dated 1970 would fold a year
of others into a few spans.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from operator import add
from typing import NamedTuple

import msgspec

from protocols.problems import Severity

MOST = 500

_DAY = 24 * 60 * 60
_YEAR = 13 * 28 * _DAY
WIDTHS = (1, 10, 60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, _DAY, 7 * _DAY, 28 * _DAY, _YEAR, 10 * _YEAR, 100 * _YEAR)
"""Seconds; lengths that people know, as far as they divide each other."""

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.][0-9]+)?)?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?\Z"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Counts(NamedTuple):
    """Events of a span: all of them, and those of which the worst violation is an error, a warning or a note."""

    events: int = 0
    errors: int = 0
    warnings: int = 0
    notes: int = 0

    def plus(self, other: Counts) -> Counts:
        return Counts(*map(add, self, other))


NONE = Counts()


class Timeline(msgspec.Struct, frozen=True):
    """`{number of a span since 1970: counts}`, a span `width` seconds long; `unplaced` are without a readable timestamp."""

    width: int = 1
    counts: Mapping[int, Counts] = {}
    unplaced: Counts = NONE

    def folded(self, width: int) -> Timeline:
        """The same in longer spans; `width` is a later row of `WIDTHS`."""
        counts: dict[int, Counts] = {}
        for span, more in self.counts.items():
            wide = span * self.width // width
            counts[wide] = counts.get(wide, NONE).plus(more)
        return Timeline(width, counts, self.unplaced)


class Moments:
    """A timeline while it grows."""

    def __init__(self) -> None:
        self._width = 1
        self._counts: dict[int, list[int]] = {}
        self._unplaced = [0, 0, 0, 0]

    def add(self, timestamp: object, worst: Severity | None = None) -> None:
        """An event, and with `worst` that this is its worst violation; such an event is added without as well."""
        seconds = seconds_of(timestamp)
        counts = self._unplaced if seconds is None else self._at(seconds // self._width)
        counts[_COLUMN[worst]] += 1
        self._keep_short()

    def absorb(self, timeline: Timeline) -> None:
        while self._width < timeline.width:
            self._coarsen()
        for span, more in timeline.counts.items():
            _add(self._at(span * timeline.width // self._width), more)
            self._keep_short()
        _add(self._unplaced, timeline.unplaced)

    def timeline(self) -> Timeline:
        return Timeline(self._width, {span: Counts(*self._counts[span]) for span in sorted(self._counts)}, Counts(*self._unplaced))

    def _at(self, span: int) -> list[int]:
        return self._counts.setdefault(span, [0, 0, 0, 0])

    def _keep_short(self) -> None:
        while len(self._counts) > MOST:
            self._coarsen()

    def _coarsen(self) -> None:
        width = WIDTHS[WIDTHS.index(self._width) + 1]
        counts, self._counts = self._counts, {}
        for span, more in counts.items():
            _add(self._at(span * self._width // width), more)
        self._width = width


_COLUMN: Mapping[Severity | None, int] = {None: 0, Severity.error: 1, Severity.warning: 2, Severity.note: 3}


def _add(counts: list[int], more: Sequence[int]) -> None:
    counts[:] = map(add, counts, more)


def seconds_of(timestamp: object) -> int | None:
    """Whole seconds since 1970 of an ISO 8601 date-time, UTC where it names no offset; None where it is none."""
    found = _TIME.match(timestamp) if isinstance(timestamp, str) else None
    if found is None:
        return None
    day, minute, second, sign, hours, minutes = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{minute}:00").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    return (moment - _EPOCH - offset) // timedelta(seconds=1) + int(second or 0)
