"""How much of the plan was seen: on a few lines for the terminal, in a sentence, and as figures for programs.

coverage    62.5% of the plan seen (125 of 200)
  events      75.0% (6 of 8)  never seen: Cart Viewed, Coupon Applied
  properties  61.5% (115 of 187)  never seen: Order Completed coupon, products[*].sku; Product Viewed url; 69 more
  unplanned   Order Complete 12 times; properties.colour of Product Viewed once
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from protocols.report.coverage import PARTS, Coverage, Item, Unplanned
from protocols.report.expectations import times
from protocols.sinks.page import Line, Span, short
from protocols.sinks.subject import subject
from protocols.violations import dotted, pointer_tokens

MOST_NAMED = 6
"""Items that are named of each part; a few lines are enough to begin with, and `--format json` has them all."""


def lines(coverage: Coverage) -> Iterator[Line]:
    yield Line("coverage    ", [Span(f"{coverage.said()} of the plan was seen")], "bold")
    for part in PARTS:
        if coverage.planned(part):
            unseen = coverage.unseen(part)
            missing = [Span(f"  never seen: {_named(unseen, coverage)}")] if unseen else []
            yield Line(f"  {part:<10}  ", [Span(coverage.said(part)), *missing], "dim")
    if coverage.unplanned:
        yield Line("  unplanned   ", [Span(_unplanned(coverage.unplanned))], "dim")


def sentence(coverage: Coverage) -> str:
    """`62.5% (125 of 200) of the plan was seen: events 75.0% (6 of 8), properties 61.5% (115 of 187)`."""
    parts = ", ".join(f"{part} {coverage.said(part)}" for part in PARTS if coverage.planned(part))
    return f"{coverage.said()} of the plan was seen" + (f": {parts}" if parts else "")


def figures(coverage: Coverage) -> dict[str, Any]:
    """The counts as JSON-able data: those of the whole, and by part those of each."""
    return {**_share(coverage), "parts": {part: _share(coverage, part) for part in PARTS}}


def _share(coverage: Coverage, part: str | None = None) -> dict[str, Any]:
    seen, planned = coverage.counts(part)
    return {"planned": planned, "seen": seen, "share": round(seen / planned, 6) if planned else None}


def _named(unseen: Sequence[Item], coverage: Coverage) -> str:
    """The first items by name; what is missing of an event that never came comes last, since nobody wonders at it."""
    never = {item[1:3] for item in coverage.unseen("events")} if unseen[0].part != "events" else set()
    ordered = sorted(unseen, key=lambda item: item[1:3] in never)
    shown = ordered[:MOST_NAMED]
    names = (
        "; ".join(_of_event(list(items)) for _, items in groupby(shown, key=lambda item: item[1:4]))
        if shown[0].part
        not in (
            "events",
            "versions",
        )
        else ", ".join(subject(*item[1:4]) for item in shown)
    )
    more = len(unseen) - len(shown)
    return f"{names} and {more:,} more" if more else names


def _of_event(items: Sequence[Item]) -> str:
    """`Order Completed coupon, products[*].sku`, `Order Completed currency "USD", "EUR"`."""
    said = []
    for pointer, each in groupby(items, key=lambda item: item.pointer):
        values = ", ".join(short(json.dumps(item.value, ensure_ascii=False), 40) for item in each if item.part == "values")
        said.append(f"{place(pointer)} {values}".rstrip())
    return f"{subject(*items[0][1:4])} {', '.join(said)}"


def place(pointer: str | None) -> str:
    """A property as it is called inside its event: `products[*].sku`."""
    tokens = pointer_tokens(pointer or "")
    return short(dotted(tokens[1:] if len(tokens) > 1 else tokens, tokens[1:]), 80)


def _unplanned(found: Sequence[Unplanned]) -> str:
    shown = [f"{_what(each)} {times(each.count)}" for each in found[:MOST_NAMED]]
    more = len(found) - len(shown)
    return "; ".join([*shown, *([f"{more:,} more"] if more else [])])


def _what(found: Unplanned) -> str:
    event = subject(found.call, found.event, found.version)
    return event if found.pointer is None else f"{place(found.pointer)} of {event}"
