"""When events came, and which of them had violations, by their own timestamps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from protocols.report.timeline import NONE, WIDTHS, Counts, Timeline
from protocols.sinks.html.charts import Row, Series, chart
from protocols.violations import many

MOST = 120
"""Bars; on a phone they are two pixels wide."""
FEW = 0.01
"""Part of all events that may lie outside of the chart at each end, where it would show little else: clocks are wrong."""
_DAY = 24 * 60 * 60
SERIES = (Series("Errors", "bad"), Series("Warnings", "warn"), Series("Notes", "note"), Series("All events", "ink"))


def body(timeline: Timeline) -> str:
    unplaced = f"<p>{many(timeline.unplaced.events, 'event')} without a readable timestamp.</p>" if timeline.unplaced.events else ""
    if not timeline.counts:
        return f"<p>No event has a readable timestamp.</p>{unplaced}"
    early, shown, late = _window(timeline)
    first, last = min(shown.counts), max(shown.counts)
    begin, end = _said(first * shown.width, shown.width), _said((last + 1) * shown.width, shown.width)
    total = _sum(shown)
    faulty = total.errors + total.warnings + total.notes
    said = f"Events from {begin} to {end} UTC by their worst violation: {many(faulty, 'event')} with violations among {total.events:,}."
    rows = [*_outside("earlier", early), *(_row(span * shown.width, shown) for span in sorted(shown.counts))]
    drawn = chart(
        "time",
        said,
        "From, UTC",
        SERIES,
        [*rows, *_outside("later", late)],
        facts=f' data-span="{shown.width}" data-begin="{first * shown.width}"',
    )
    return f"<p>{said} A bar is {_long(shown.width)}.{_left_out(early, late)}</p>{drawn}{unplaced}"


def _window(timeline: Timeline) -> tuple[Counts, Timeline, Counts]:
    """What is earlier than the chart, what is on it, in spans as short as it has room for, and what is later."""
    spans = sorted(timeline.counts)
    first, last = 0, len(spans) - 1
    if spans[last] - spans[first] >= MOST:
        few = FEW * _sum(timeline).events
        begin, end = _skipped(timeline, spans, few), _skipped(timeline, spans[::-1], few)
        if begin + end < len(spans) and 2 * (spans[last - end] - spans[begin]) < spans[last] - spans[first]:
            first, last = begin, last - end
    shown = Timeline(timeline.width, {span: timeline.counts[span] for span in spans[first : last + 1]})
    widths = (width for width in WIDTHS if width >= timeline.width)
    fits = (width for width in widths if spans[last] * timeline.width // width - spans[first] * timeline.width // width < MOST)
    return _sum(timeline, spans[:first]), shown.folded(next(fits)), _sum(timeline, spans[last + 1 :])


def _skipped(timeline: Timeline, spans: list[int], few: float) -> int:
    """How many of these spans, from the first on, hold but few events."""
    events = 0
    for number, span in enumerate(spans):
        events += timeline.counts[span].events
        if events > few:
            return number
    return len(spans)


def _sum(timeline: Timeline, spans: list[int] | None = None) -> Counts:
    total = NONE
    for span in timeline.counts if spans is None else spans:
        total = total.plus(timeline.counts[span])
    return total


def _row(seconds: int, shown: Timeline) -> Row:
    moment = _moment(seconds).replace(" ", "T")
    return Row(f'<time datetime="{moment}Z">{_said(seconds, shown.width)}</time>', _cells(shown.counts[seconds // shown.width]))


def _outside(head: str, counts: Counts) -> Iterator[Row]:
    if counts != NONE:
        yield Row(head, _cells(counts))


def _cells(counts: Counts) -> tuple[int, ...]:
    return counts.errors, counts.warnings, counts.notes, counts.events


def _left_out(early: Counts, late: Counts) -> str:
    parts = [f"{many(counts.events, 'event')} {word}" for counts, word in ((early, "earlier"), (late, "later")) if counts.events]
    return f" Not on the chart: {', '.join(parts)}." if parts else ""


def _long(seconds: int) -> str:
    """`6 hours`, `28 days`."""
    units = ((_DAY, "day"), (60 * 60, "hour"), (60, "minute"), (1, "second"))
    count, unit = next((seconds // unit, name) for unit, name in units if seconds % unit == 0)
    return f"{count:,} {unit}{'' if count == 1 else 's'} long"


def _said(seconds: int, width: int) -> str:
    """A moment as exactly as spans of this length are."""
    return _moment(seconds)[: 10 if width % _DAY == 0 else 16 if width % 60 == 0 else 19]


def _moment(seconds: int) -> str:
    try:
        return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)).isoformat(" ")[:19]
    except OverflowError:  # a long span may begin before year 1, or end behind 9999
        return "0001-01-01 00:00:00" if seconds < 0 else "9999-12-31 23:59:59"
