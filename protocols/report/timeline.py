"""When events with violations happened, by their own timestamps, in a bounded number of spans.

A span is a power of two of seconds long and begins at a multiple of its length, so that short spans fold into long
ones exactly: however the input was cut, the same moments give the same timeline. The length is the least that
covers all moments in `MOST` spans.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

MOST = 120

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.][0-9]+)?)?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?\Z"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events with a violation: `{number of a span since 1970: events}`, a span `width` seconds long.

    `unplaced` counts those without a readable timestamp.
    """

    width: int = 1
    counts: Mapping[int, int] = field(default_factory=dict)
    unplaced: int = 0


class Moments:
    """A timeline while it grows."""

    def __init__(self) -> None:
        self._width = 1
        self._counts: Counter[int] = Counter()
        self._unplaced = 0

    def add(self, timestamp: object) -> None:
        seconds = seconds_of(timestamp)
        if seconds is None:
            self._unplaced += 1
        else:
            self._put(seconds // self._width, 1)

    def absorb(self, timeline: Timeline) -> None:
        self._unplaced += timeline.unplaced
        while self._width < timeline.width:
            self._coarsen()
        for span, count in timeline.counts.items():
            self._put(span * timeline.width // self._width, count)

    def timeline(self) -> Timeline:
        return Timeline(self._width, dict(sorted(self._counts.items())), self._unplaced)

    def _put(self, span: int, count: int) -> None:
        new = span not in self._counts
        self._counts[span] += count
        while new and max(self._counts) - min(self._counts) >= MOST:
            self._coarsen()

    def _coarsen(self) -> None:
        self._width *= 2
        counts: Counter[int] = Counter()
        for span, count in self._counts.items():
            counts[span // 2] += count
        self._counts = counts


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
