"""The bench: a work folder with inputs, plans, schemas and peers, each made when first asked for and then kept."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks.events import Traffic
from benchmarks.inputs import inputs, path_of
from benchmarks.peers import PEERS, Unavailable
from benchmarks.schemas import write_schemas
from benchmarks.wide import wide_plan

HERE = Path(__file__).parent
PLANS = {
    "shop": HERE / "plan.yaml",
    "open": HERE / "plans/open.yaml",
    "planned": HERE / "plans/planned.yaml",
    "calls": HERE / "plans/calls.yaml",
}


@dataclass(frozen=True)
class Bench:
    """`size` events are in the large inputs; `versions` fills with those of the peers that were asked for."""

    work: Path
    size: int
    versions: dict[str, str] = field(default_factory=dict)

    def traffic(self, name: str) -> Traffic:
        return inputs(self.size)[name]

    def input(self, name: str) -> Path:
        return path_of(self.traffic(name), self._folder("inputs"))

    def copies(self, name: str, number: int) -> list[Path]:
        """The same input under several names: hard links, as our readers read a file once that two symbolic links name."""
        folder, source = self._folder("copies"), self.input(name)
        links = [folder / f"{number}-{source.name}" for number in range(1, number + 1)]
        for link in links:
            link.unlink(missing_ok=True)
            link.hardlink_to(source)
        return links

    def plan(self, name: str) -> Path:
        if name in PLANS:
            return PLANS[name]
        path = self._folder("plans") / "wide.yaml"
        path.write_text(wide_plan(PLANS["shop"]), encoding="utf-8")
        return path

    def report(self) -> Path:
        """Where our command may write."""
        return self._folder("reports") / "report.json"

    @cached_property
    def schemas(self) -> Path:
        return write_schemas(PLANS["shop"], self._folder("schemas"))

    @cached_property
    def protocols(self) -> Path:
        """Our own command, of this environment. Raises Unavailable."""
        command = Path(sys.executable).with_name("protocols")
        if not command.exists():
            raise Unavailable(f"there is no {command}; install it with: {sys.executable} -m pip install -e .")
        return command

    def home(self, peer: str) -> Path:
        """The folder where this peer is installed. Raises Unavailable."""
        home = self._folder("peers") / peer
        installed = home / "versions.json"
        if not installed.exists():
            shutil.rmtree(home, ignore_errors=True)
            versions = PEERS[peer].install(home)
            home.mkdir(exist_ok=True)
            installed.write_text(json.dumps(versions), encoding="utf-8")
        self.versions.update(json.loads(installed.read_bytes()))
        return home

    def _folder(self, name: str) -> Path:
        folder = self.work / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder
