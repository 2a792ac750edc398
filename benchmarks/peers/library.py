"""A library of Python's: its loop runs in an environment of its own, as its users would write it."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.figures import Figures
from benchmarks.peers.peer import install_python
from benchmarks.process import Finished

Count = Callable[[Iterable[Any]], "int | None"]
"""Goes over parsed events and says how many are invalid; None says that it was not asked."""

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Library:
    """`parser()` gives what makes an event of a line, and `counter(schemas)` what judges events by `{event: schema}`; both
    are called in the library's own environment, before the clock starts, and import it there. No `packages`: it runs in
    this environment.
    """

    name: str
    packages: tuple[str, ...]
    parser: Callable[[], Callable[[bytes], Any]]
    counter: Callable[[Mapping[str, Any]], Count]
    draft: Literal["2020-12", "7"] = "2020-12"
    codes: tuple[int, ...] = (0,)
    prints: bool = False

    def install(self, home: Path) -> dict[str, str]:
        return install_python(home, self.packages) if self.packages else {}

    def command(self, home: Path, schemas: Path, events: Path) -> list[str | Path]:
        return self._loop(home, "lines", schemas, events)

    def calls(self, home: Path, schemas: Path, events: Path) -> list[str | Path]:
        """The command that judges events which are parsed before the clock starts, over and over."""
        return self._loop(home, "calls", schemas, events)

    def figures(self, finished: Finished, events: int) -> Figures:
        """As the loop has said; the start of the interpreter is not in them."""
        return Figures(events, **json.loads(finished.out))

    def _loop(self, home: Path, mode: str, schemas: Path, events: Path) -> list[str | Path]:
        python = home / "bin/python" if self.packages else sys.executable
        return [python, "-m", "benchmarks.loop", self.name, mode, schemas, events]


def parse_only(schemas: Mapping[str, Any]) -> Count:
    """For the yardsticks: each event is parsed and dropped, with no loop of Python's around it."""

    def count(events: Iterable[Any]) -> None:
        deque(events, maxlen=0)

    return count


def judged_by(checks: Mapping[str, Callable[[Any], bool]]) -> Count:
    """Each event by the check that has its name."""

    def count(events: Iterable[Any]) -> int:
        return sum(not checks[event["event"]](event) for event in events)

    return count


def with_orjson() -> Callable[[bytes], Any]:
    """The fastest parser there is for a library that takes Python's objects."""
    import orjson

    return orjson.loads
