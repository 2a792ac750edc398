"""How each event fares: which part of it has errors, warnings, or neither."""

from __future__ import annotations

from protocols.report import Report, Traffic
from protocols.sinks.html.charts import Row, Series, chart
from protocols.sinks.html.texts import name
from protocols.violations import many, percent

DRAWN = 30
MOST = 200
SERIES = (Series("Errors", "bad"), Series("Warnings alone", "warn"), Series("Neither", "good"), Series("Seen"), Series("Valid"))


def body(report: Report) -> str:
    ranked = sorted((entry for entry in report.traffic if entry.count), key=lambda entry: (-entry.invalid, -entry.warned, -entry.count))
    if not ranked:
        return "<p>No event was seen.</p>"
    clean = sum(entry.invalid == 0 for entry in ranked)
    kinds = f"Of {many(len(ranked), 'kind')} of events {clean:,} had no error."
    said = f"For each event the share that has errors, warnings alone, or neither. {kinds}"
    drawn = f" The chart has the {DRAWN} with most invalid ones, the table more." if len(ranked) > DRAWN else ""
    cut = f"<p>{many(len(ranked) - MOST, 'healthier kind')} not shown.</p>" if len(ranked) > MOST else ""
    rows = [_row(entry) for entry in ranked[:MOST]]
    return f"<p>{said}{drawn}</p>{chart('shares', said, 'Event', SERIES, rows, most=DRAWN)}{cut}"


def _row(entry: Traffic) -> Row:
    neither = entry.count - entry.invalid - entry.warned
    valid = percent(entry.count - entry.invalid, entry.count)
    return Row(name(*entry.key), (entry.invalid, entry.warned, neither, entry.count, valid))
