"""A plan of 1,000 events with twenty properties each: every event of plan.yaml, two hundred times under other names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from benchmarks.events import names

NAMES = 200
"""Events of each kind; five kinds make a thousand."""

PROPERTIES = 20
"""Properties of each event: those of its kind, then more, which no event sends."""

_EVENT = re.compile(r"^  (\w[\w ]+):\n    properties:\n((?:      .+\n)+)", re.MULTILINE)


def wide_plan(plan: Path, count: int = NAMES) -> str:
    """The text of the wide plan, one property a line as people write them; `count` events of each kind."""
    top, _, events = plan.read_text(encoding="utf-8").partition("\nevents:\n")
    return f"{top}\nevents:\n" + "".join(f"  {name}:\n    properties:\n{body}" for name, body in _events(events, count))


def _events(text: str, count: int) -> Iterator[tuple[str, str]]:
    for kind, body in _EVENT.findall(text):
        further = "".join(f"      further_{number}: string\n" for number in range(body.count("\n"), PROPERTIES))
        for name in names(kind, count):
            yield name, body + further
