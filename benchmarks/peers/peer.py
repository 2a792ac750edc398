"""A peer: somebody else's tool that does the same job, or a part of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from benchmarks.figures import Figures
from benchmarks.process import Finished


class Unavailable(Exception):
    """A contestant cannot take part; the message is the reason, in a line."""


class Peer(Protocol):
    """Works in `home`, a folder of its own; `schemas` is the folder of `schemas.py`."""

    @property
    def name(self) -> str: ...

    @property
    def codes(self) -> tuple[int, ...]:
        """The exit codes of a run that did its job."""

    @property
    def prints(self) -> bool:
        """Whether what it prints takes a good part of its time: then that is timed with nobody to hear it."""

    def install(self, home: Path) -> dict[str, str]:
        """Install it; package -> version. Raises Unavailable."""

    def command(self, home: Path, schemas: Path, events: Path) -> list[str | Path]:
        """What validates a file of events."""

    def figures(self, finished: Finished, events: int) -> Figures:
        """What a run has said; `events` is how many there were."""


def must_run(command: Sequence[str | Path]) -> None:
    """A step of an installation. Raises Unavailable."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable((done.stderr or done.stdout).strip().splitlines()[-1])


def install_python(home: Path, packages: Sequence[str]) -> dict[str, str]:
    """Make an environment in `home` that holds these packages from PyPI; package -> version."""
    must_run([sys.executable, "-m", "venv", home])
    must_run([home / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])
    asked = "from importlib.metadata import version; import sys; print(*map(version, sys.argv[1:]))"
    versions = subprocess.run([home / "bin/python", "-c", asked, *packages], capture_output=True, text=True, check=True).stdout
    return dict(zip(packages, versions.split(), strict=True))
