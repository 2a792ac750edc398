"""The figures as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.figures import Figures, Rounds
from benchmarks.rows import Bar, Row

_DIGITS = {"x": 2, "s": 3, "MB": 0}


def render(rows: Sequence[Row], rounds: Rounds, missing: Mapping[str, str], machine: Mapping[str, Any], notice: str | None = None) -> str:
    """A page: where it was measured, the claims, the time of each contestant. `missing` is contestant -> why it is not there."""
    parts = [*([notice] if notice else []), _described(machine), _claims(rows, rounds, missing), _times(rounds)]
    return "\n\n".join(parts) + "\n"


def _described(machine: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (
        f"{machine['date']}; {machine['cpu']}, {machine['cores']} cores, load {machine['load']} before; {machine['system']}.\n"
        f"Python {machine['python']}, protocols {machine['protocols']}{'; ' if versions else ''}{versions}."
    )


def _claims(rows: Iterable[Row], rounds: Rounds, missing: Mapping[str, str]) -> str:
    return _table(("what", "measured", "over the rounds", "clock", "bar", "holds"), (_claim(row, rounds, missing) for row in rows))


def _claim(row: Row, rounds: Rounds, missing: Mapping[str, str]) -> Sequence[str]:
    bar = f"{row.bar.side} {row.bar.number:g} {row.measure.unit}" if row.bar else ""
    absent = next((name for name in row.measure.needs if name in missing), None)
    if absent is not None:
        return (row.what, f"not measured: {absent}: {missing[absent]}", "", "", bar, "")
    numbers = values(row, rounds)
    digits, middle = _DIGITS[row.measure.unit], median(numbers)
    spread = f"{min(numbers):.{digits}f} - {max(numbers):.{digits}f}"
    return (row.what, f"{middle:.{digits}f} {row.measure.unit}", spread, row.measure.clock, bar, _holds(middle, row.bar))


def values(row: Row, rounds: Rounds) -> list[float]:
    """The number of this row, round by round: what stood beside each other in time is compared."""
    return [row.measure.of(*figures) for figures in zip(*(rounds[name] for name in row.measure.needs), strict=True)]


def _holds(number: float, bar: Bar | None) -> str:
    if bar is None:
        return ""
    return "yes" if (number >= bar.number if bar.side == "at least" else number <= bar.number) else "**no**"


def _times(rounds: Rounds) -> str:
    return _table(
        ("contestant", "events", "invalid", "CPU, microseconds an event", "wall", "over the rounds"),
        (_time(name, figures) for name, figures in rounds.items() if figures[0].events > 1),
    )


def _time(name: str, rounds: Sequence[Figures]) -> Sequence[str]:
    events, invalid = rounds[0].events, rounds[0].invalid
    cpu, wall = ([second / each.events * 1e6 for second, each in zip(seconds, rounds, strict=True)] for seconds in _seconds(rounds))
    judged = "only parsed" if invalid is None else f"{invalid:,}"
    return (name, f"{events:,}", judged, f"{median(cpu):.2f}", f"{median(wall):.2f}", f"{min(wall):.2f} - {max(wall):.2f}")


def _seconds(rounds: Sequence[Figures]) -> Iterator[list[float]]:
    yield [each.cpu for each in rounds]
    yield [each.wall for each in rounds]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
