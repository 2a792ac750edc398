"""Runs a command and says what it cost, with all that it started. POSIX."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import IO, NamedTuple

from benchmarks.memory import Peak


class Failed(Exception):
    """A command ended otherwise than it should; the message is its last word."""


class Finished(NamedTuple):
    """CPU seconds of the process and of its children, seconds on the clock, peak memory in bytes if it was watched."""

    cpu: float
    wall: float
    peak: int | None
    out: bytes
    err: bytes


def run(
    command: Sequence[str | Path], *, cwd: Path | None = None, codes: Collection[int] = (0,), watch: bool = False, hear: bool = True
) -> Finished:
    """Run a command to its end; `hear` is whether what it prints is kept. Raises Failed for an exit code that is not in `codes`."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=out if hear else subprocess.DEVNULL,
            stderr=err if hear else subprocess.DEVNULL,
        )
        with Peak(process.pid) if watch else nullcontext() as peak:
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said = [_read(out), _read(err)]
    if process.returncode not in codes:
        last = (said[1] or said[0]).decode(errors="replace").strip().splitlines()[-1:]
        raise Failed(f"{Path(command[0]).name} ended with {process.returncode}: {' '.join(last)}")
    return Finished(usage.ru_utime + usage.ru_stime, wall, peak.bytes if peak else None, *said)


def _read(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()
