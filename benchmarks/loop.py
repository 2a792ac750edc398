"""The loop of one library, timed from inside: run by `peers/library.py` in the library's environment.

python -m benchmarks.loop NAME lines|calls SCHEMAS EVENTS
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.peers import LIBRARIES, Library

AT_LEAST = 0.5
"""Seconds of calls."""


def lines(library: Library, schemas: Mapping[str, Any], events: Path) -> dict[str, Any]:
    """Read, parse and judge each line of a file."""
    parse, judge = library.parser(), library.counter(schemas)
    with events.open("rb", buffering=1 << 20) as file:
        return timed(lambda: judge(map(parse, file)))


def calls(library: Library, schemas: Mapping[str, Any], events: Path) -> dict[str, Any]:
    """Judge events that are parsed already: once to warm up, then over and over."""
    parse, judge = library.parser(), library.counter(schemas)
    parsed = [parse(line) for line in events.read_bytes().splitlines()]
    judge(parsed)
    return timed(lambda: judge(parsed), AT_LEAST)


def timed(work: Callable[[], int | None], at_least: float = 0.0) -> dict[str, Any]:
    """What the work finds, and the seconds it takes: the mean of as many times as fill `at_least` seconds."""
    cpu, wall, times = time.process_time(), time.perf_counter(), 0
    while not times or time.perf_counter() - wall < at_least:
        invalid = work()
        times += 1
    return {"invalid": invalid, "cpu": (time.process_time() - cpu) / times, "wall": (time.perf_counter() - wall) / times}


MODES = {"lines": lines, "calls": calls}

if __name__ == "__main__":
    name, mode, schemas, events = sys.argv[1:]
    library = LIBRARIES[name]
    known = json.loads((Path(schemas) / "schemas.json").read_text(encoding="utf-8"))[library.draft]
    print(json.dumps(MODES[mode](library, known, Path(events))))
