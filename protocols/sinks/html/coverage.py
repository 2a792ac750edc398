"""How much of the plan was seen, what never was, and what was seen and is not in the plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from protocols.report import Report
from protocols.report.coverage import PARTS, Coverage, Item, Unplanned
from protocols.sinks.coverage import place
from protocols.sinks.html.charts import Row, Series, chart, table
from protocols.sinks.html.texts import details, text
from protocols.sinks.page import short
from protocols.sinks.subject import subject
from protocols.violations import many, percent

MOST = 200
"""Lines of a list; what is missing of one event is one line."""
SERIES = (Series("Seen", "good"), Series("Never seen", "none"), Series("Planned"), Series("Share"))
TITLES = {"events": "Events", "versions": "Versions", "properties": "Properties", "values": "Values of enumerations"}


def body(report: Report) -> str:
    coverage = report.coverage
    rows = list(_of_events(report) if coverage is None else _of_parts(coverage))
    if not rows:
        return f"<p>The plan names no event.</p>{_unplanned(report)}"
    whole = f"{coverage.said()} of the plan was seen." if coverage is not None else f"{_share(rows[0])} of the planned events were seen."
    more = "" if coverage is not None else " With --coverage, this page says so of properties and their values, too."
    lists = _unseen_events(report) if coverage is None else "".join(_unseen(coverage, part) for part in PARTS)
    said = f"{whole} {' '.join(f'{row.short}: {_share(row)}.' for row in rows)}"
    return f"<p>{whole}{more}</p>{chart('shares', said, 'Planned', SERIES, rows)}{lists}{_unplanned(report)}"


def _of_parts(coverage: Coverage) -> Iterator[Row]:
    for part in PARTS:
        seen, planned = coverage.counts(part)
        if planned:
            yield _row(TITLES[part], seen, planned)


def _of_events(report: Report) -> Iterator[Row]:
    planned = len(report.awaited)
    if planned:
        yield _row(TITLES["events"], planned - len(report.unseen), planned)


def _row(title: str, seen: int, planned: int) -> Row:
    return Row(title, (seen, planned - seen, planned, percent(seen, planned)), title)


def _share(row: Row) -> str:
    seen, _, planned, share = row.cells
    return f"{share} ({seen:,} of {planned:,})"


def _unseen_events(report: Report) -> str:
    return _names("Events never seen", [subject(*entry.key) for entry in report.unseen])


def _unseen(coverage: Coverage, part: str) -> str:
    """What of an event that never came was not seen is not listed: nobody wonders at it."""
    unseen = coverage.unseen(part)
    if not coverage.planned(part):
        return ""
    title = f"{TITLES[part]} never seen"
    if part in ("events", "versions"):
        return _names(title, [subject(*item[1:4]) for item in unseen])
    never = {item[1:3] for item in coverage.unseen("events")}
    rest = [item for item in unseen if item[1:3] not in never]
    left = len(unseen) - len(rest)
    note = f"<p>{left:,} of them {'belongs' if left == 1 else 'belong'} to events that never came.</p>" if left else ""
    return _names(title, [_of_event(list(items)) for _, items in groupby(rest, key=lambda item: item[1:4])], len(unseen), note)


def _of_event(items: Sequence[Item]) -> str:
    """`Order Completed: coupon, currency "USD", "EUR"`."""
    said = []
    for pointer, each in groupby(items, key=lambda item: item.pointer):
        values = ", ".join(short(json.dumps(item.value, ensure_ascii=False), 40) for item in each if item.part == "values")
        said.append(f"{place(pointer)} {values}".rstrip())
    return f"{subject(*items[0][1:4])}: {', '.join(said)}"


def _unplanned(report: Report) -> str:
    """Events that the plan lacks; with coverage, what it lacks of others as well."""
    if report.coverage is not None:
        found = [(_what(each), each.count) for each in report.coverage.unplanned]
    else:
        traffic = (entry for entry in report.traffic if not entry.planned and entry.key.event is not None)
        found = [(subject(*entry.key), entry.count) for entry in sorted(traffic, key=lambda entry: -entry.count)]
    if not found:
        return "<p>Seen and not planned: nothing.</p>"
    rows = [Row(text(what), (count,)) for what, count in found[:MOST]]
    shown = table("What", (Series("Seen"),), rows)
    return details(f"Seen and not planned: {len(found):,}", shown + _more(len(found)))


def _what(found: Unplanned) -> str:
    event = subject(found.call, found.event, found.version)
    return event if found.pointer is None else f"{place(found.pointer)} of {event}"


def _names(title: str, names: Sequence[str], count: int | None = None, note: str = "") -> str:
    if not names and not note:
        return f"<p>{title}: none.</p>"
    listed = "".join(f"<li>{text(short(name, 1_000))}</li>" for name in names[:MOST])
    return details(f"{title}: {len(names) if count is None else count:,}", f"<ul>{listed}</ul>{note}{_more(len(names))}")


def _more(found: int) -> str:
    return f"<p>{many(found - MOST, 'more line')} not shown.</p>" if found > MOST else ""
