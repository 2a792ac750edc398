"""The memory of a process and of all it started, together. Linux: `/proc` is read."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

PROC = Path("/proc")
EVERY = 0.02
"""Seconds between two looks."""

_SHARE = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


def watchable() -> bool:
    return (PROC / "self/smaps_rollup").exists()


class Peak:
    """Watches a process while the `with` lasts; `bytes` is the most that was seen."""

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            self.bytes = max(self.bytes, sum(map(share, tree(self._pid))))


def tree(pid: int) -> Iterator[int]:
    """A process and all that it started, directly or not."""
    yield pid
    for children in PROC.glob(f"{pid}/task/*/children"):
        for child in _read(children).split():
            yield from tree(int(child))


def share(pid: int) -> int:
    """Bytes of memory of one process; a page that n processes share counts for 1/n in each. 0 once it has ended."""
    found = _SHARE.search(_read(PROC / str(pid) / "smaps_rollup"))
    return int(found[1]) * 1024 if found else 0


def _read(path: Path) -> bytes:
    """What stands there; nothing once the process has ended."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
