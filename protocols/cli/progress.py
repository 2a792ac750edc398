"""A bar for long runs: how far, how fast, how long still."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 1.0
"""Seconds after which a run is long; rich is not even loaded before."""


class Bar:
    """Shows nothing before a second has passed. `events` and `bytes` take the growth since their last call."""

    def __init__(self, total: int | None, *, shown: bool) -> None:
        self._total = total
        self._shown = shown
        self._since = time.monotonic()
        self._events = self._bytes = 0
        self._drawn: tuple[Progress, TaskID] | None = None

    def events(self, more: int) -> None:
        self._events += more
        self._draw()

    def bytes(self, more: int) -> None:
        self._bytes += more
        self._draw()

    def close(self) -> None:
        if self._drawn is not None:
            self._drawn[0].stop()

    def _draw(self) -> None:
        passed = time.monotonic() - self._since
        if not self._shown or passed < PATIENCE:
            return
        if self._drawn is None:
            self._drawn = _start(self._total, passed)
        bar, task = self._drawn
        bar.update(task, completed=self._bytes, events=f"{self._events:,} events", rate=f"{self._events / passed:,.0f} events/s")


@contextlib.contextmanager
def progress(total: int | None, *, shown: bool) -> Iterator[Bar]:
    """A bar for input of `total` bytes, None where the size is not known; gone from the screen when the run ends."""
    bar = Bar(total, shown=shown)
    try:
        yield bar
    finally:
        bar.close()


def _start(total: int | None, passed: float) -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.fields[events]}"),
        BarColumn(bar_width=20),
        DownloadColumn(),
        TextColumn("{task.fields[rate]}"),
        *([TimeRemainingColumn(compact=True), TextColumn("left")] if total else []),
    )
    bar = Progress(*columns, console=Console(file=sys.stderr), transient=True, redirect_stdout=False, redirect_stderr=False)
    task = bar.add_task("", total=total, events="", rate="")
    bar.start()
    return bar, task
