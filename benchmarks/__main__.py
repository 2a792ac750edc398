"""`python -m benchmarks`: all contestants in turn, round after round, and the table of what came out."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.contestants import CONTESTANTS, Contestant
from benchmarks.figures import Figures, Rounds
from benchmarks.machine import describe
from benchmarks.peers import Unavailable
from benchmarks.process import Failed
from benchmarks.rows import ROWS, Row
from benchmarks.table import render, values
from protocols.violations import counted

FULL, QUICK = (1_000_000, 5), (100_000, 2)
"""Events and rounds."""

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "protocols-benchmarks"


class Disagreement(Exception):
    """A contestant did not find what is in its input."""


def main() -> None:
    options = arguments()
    size, rounds = QUICK if options.quick else FULL
    size, rounds = options.events or size, options.rounds or rounds
    rows = [row for row in ROWS if options.only in row.what]
    if not rows:
        sys.exit(f"error: no claim has {options.only!r} in its words")
    bench = Bench(options.work.expanduser().resolve(), size)
    try:
        measured, missing, machine = compete(bench, needed(rows), rounds)
    except (Disagreement, Failed) as error:
        sys.exit(f"error: {error}")
    page = render(rows, measured, missing, machine, notice(size, rounds))
    figures = json.dumps(raw(rows, measured, missing, machine), indent=1)
    (bench.work / "figures.json").write_text(figures, encoding="utf-8")
    if options.output:
        options.output.write_text(page, encoding="utf-8")
        options.output.with_suffix(".json").write_text(figures, encoding="utf-8")
    sys.stdout.write(page)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the speed claims beside others who do the same job.")
    parser.add_argument("--quick", action="store_true", help="less input and fewer rounds: two minutes, and rougher figures")
    parser.add_argument("--work", type=Path, default=CACHE, metavar="DIR", help="inputs and peers are kept here (%(default)s)")
    parser.add_argument(
        "--output", type=Path, metavar="FILE.md", help="write the table there as well, and the raw figures beside it as .json"
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="only the claims that have this in their words")
    parser.add_argument("--events", type=int, metavar="N", help="events in the large inputs")
    parser.add_argument("--rounds", type=int, metavar="N", help="how often each contestant runs")
    return parser.parse_args()


def needed(rows: Sequence[Row]) -> list[Contestant]:
    """The contestants that these rows name, in the order of their table."""
    names = {name for row in rows for name in row.measure.needs}
    return [contestant for contestant in CONTESTANTS.values() if contestant.name in names]


def compete(bench: Bench, contestants: Sequence[Contestant], rounds: int) -> tuple[Rounds, dict[str, str], dict[str, Any]]:
    """The figures, why some have none, and the machine as it was before. Raises Disagreement and Failed."""
    missing = dict(prepare(bench, contestants))
    machine = describe(bench.versions)
    present = [contestant for contestant in contestants if contestant.name not in missing]
    measured: dict[str, list[Figures]] = {contestant.name: [] for contestant in present}
    for number in range(1, rounds + 1):
        started = time.perf_counter()
        for contestant in present:
            measured[contestant.name].append(agreed(bench, contestant, contestant.measure(bench)))
        say(f"round {number} of {rounds}: {time.perf_counter() - started:.0f} s")
    return measured, missing, machine


def prepare(bench: Bench, contestants: Sequence[Contestant]) -> list[tuple[str, str]]:
    """Inputs are made and peers installed; the contestants that cannot take part, each with the reason."""
    missing = []
    for contestant in contestants:
        say(f"preparing {contestant.name}")
        try:
            contestant.prepare(bench)
        except Unavailable as reason:
            say(f"  not there: {reason}")
            missing.append((contestant.name, str(reason)))
    return missing


def agreed(bench: Bench, contestant: Contestant, figures: Figures) -> Figures:
    """The figures, if what was found is what the input holds. Raises Disagreement."""
    if contestant.on is None or figures.invalid is None:
        return figures
    traffic = bench.traffic(contestant.on)
    events, invalid = traffic.events * contestant.copies, traffic.invalid * contestant.copies
    if (figures.events, figures.invalid) != (events, invalid):
        found = f"{figures.invalid:,} of {figures.events:,} events invalid"
        raise Disagreement(f"{contestant.name} should find {invalid:,} of {events:,} events invalid, and found {found}")
    return figures


def notice(size: int, rounds: int) -> str | None:
    """What is said above a table that is not the full one."""
    if (size, rounds) == FULL:
        return None
    start = " The start of a command weighs more here than the claims allow for." if size < FULL[0] else ""
    return (
        f"**Quick, so rough: {size:,} events and {counted(rounds, 'round')}, where the full run has {FULL[0]:,} and {FULL[1]}.{start}"
        " Do not quote these figures.**"
    )


def raw(rows: Sequence[Row], measured: Rounds, missing: Mapping[str, str], machine: Mapping[str, Any]) -> dict[str, Any]:
    """All figures of all rounds, for programs."""
    return {
        "machine": machine,
        "missing": missing,
        "rows": {row.what: values(row, measured) for row in rows if not missing.keys() & set(row.measure.needs)},
        "contestants": {name: [each._asdict() for each in figures] for name, figures in measured.items()},
    }


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
