"""A whole event as JSON with the faulty place marked, and of a long event what stands around that place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence, Set
from itertools import groupby
from typing import Any, NamedTuple

from protocols.report import Group
from protocols.sinks.html.texts import details, text, value
from protocols.violations import conceal, many, pointer_tokens

SHORT = 24
"""Lines of an event that is shown whole."""
AROUND = 5
"""Lines that are shown before and behind the faulty place; half as many of the event's beginning."""
DEEPEST = 10


class Line(NamedTuple):
    """`markup` is without the comma behind it; `near` is for the faulty place and all that it is in."""

    depth: int
    markup: str
    near: bool
    comma: bool


def payload(group: Group, personal: Set[str], *, opened: bool = False) -> str:
    """The event as it was first seen. Members that the plan marks personal are hidden."""
    try:
        event = json.loads(group.payload)
    except (ValueError, RecursionError):
        return ""
    wanted = tuple(pointer_tokens(group.problem.pointer)) if group.problem.pointer is not None else None
    shown = "\n".join(_shown(list(_lines(event, (), wanted, personal, "", False))))
    where = f"<figcaption>the event at {text(group.first)}</figcaption>"
    return details("The event", f'<figure><pre tabindex="0">{shown}</pre>{where}</figure>', opened=opened)


def _shown(lines: Sequence[Line]) -> Iterator[str]:
    """Long events without what is far from the faulty place."""
    near = [number for number, line in enumerate(lines) if line.near]
    around = near[-1] if near else 0
    kept = {*range(AROUND // 2), *near, *range(around - AROUND, around + AROUND + 1), len(lines) - 1}
    if len(lines) <= SHORT:
        kept.update(range(len(lines)))
    for is_kept, part in groupby(enumerate(lines), key=lambda each: each[0] in kept):
        rest = [line for _, line in part]
        if is_kept or len(rest) == 1:
            yield from (f"{'  ' * line.depth}{line.markup}{',' if line.comma else ''}" for line in rest)
        else:
            yield f'{"  " * min(line.depth for line in rest)}<span class="cut">… {many(len(rest), "line")}</span>'


def _lines(of: Any, path: tuple[str, ...], wanted: tuple[str, ...] | None, personal: Set[str], key: str, comma: bool) -> Iterator[Line]:
    """A JSON value, an indent for each level. What is looked for and missing is marked where it would stand."""
    depth = len(path)
    open_mark, close_mark = ("<mark>", "</mark>") if path == wanted else ("", "")
    is_near = wanted is not None and path == wanted[:depth]
    if path and path[-1] in personal:
        yield Line(depth, f"{key}{open_mark}{text(conceal(of))}{close_mark}", is_near, comma)
        return
    members = list(_members(of))
    missing = wanted[-1] if wanted and wanted[:-1] == path and isinstance(of, dict) and wanted[-1] not in of else None
    if (not members and missing is None) or depth > DEEPEST:
        yield Line(depth, f"{key}{open_mark}{value(of)}{close_mark}", is_near, comma)
        return
    left, right = "{}" if isinstance(of, dict) else "[]"
    yield Line(depth, f"{key}{open_mark}{left}{close_mark}", is_near, False)
    for number, (name, inner) in enumerate(members, 1):
        label = f"{text(json.dumps(name, ensure_ascii=False))}: " if isinstance(of, dict) else ""
        yield from _lines(inner, (*path, name), wanted, personal, label, number < len(members))
    if missing is not None:
        yield Line(depth + 1, f"<mark>{text(json.dumps(missing, ensure_ascii=False))}: nothing</mark>", True, False)
    yield Line(depth, f"{open_mark}{right}{close_mark}", False, comma)


def _members(of: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(of, dict):
        yield from of.items()
    elif isinstance(of, list):
        yield from ((str(number), inner) for number, inner in enumerate(of))
