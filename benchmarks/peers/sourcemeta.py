"""The `jsonschema` command of Sourcemeta, in C++, with the whole plan as one if/then schema."""

from __future__ import annotations

import platform
from pathlib import Path

from benchmarks.figures import Figures
from benchmarks.peers.peer import Unavailable, install_python
from benchmarks.process import Finished

_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}


class Sourcemeta:
    name = "sourcemeta"
    codes = (0, 2)
    """2: there are invalid events."""
    prints = True
    """Each invalid event, in small pieces: into a file, that is 6 of 15 microseconds an event."""

    def install(self, home: Path) -> dict[str, str]:
        versions = install_python(home, ["sourcemeta-jsonschema"])
        self.program(home)
        return versions

    def command(self, home: Path, schemas: Path, events: Path) -> list[str | Path]:
        return [self.program(home), "validate", schemas / "bundle.json", events, "--fast", "--continue"]

    def program(self, home: Path) -> Path:
        """The program itself; the script of the package would add the start of an interpreter. Raises Unavailable."""
        machine = platform.machine().lower()
        name = f"jsonschema-{platform.system().lower()}-{_MACHINES.get(machine, machine)}"
        for path in home.glob(f"lib/*/site-packages/sourcemeta_jsonschema/{name}"):
            return path
        raise Unavailable(f"its package has no {name}")

    def figures(self, finished: Finished, events: int) -> Figures:
        """Of the whole command. It prints `fail:` and the event for each invalid one."""
        return Figures(events, (b"\n" + finished.err).count(b"\nfail: "), finished.cpu, finished.wall)
