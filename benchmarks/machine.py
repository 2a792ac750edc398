"""Where the figures come from: machine, versions, date."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import protocols
from protocols.native import kernel

_MODEL = re.compile(r"^model name\s*:\s*(.+)$", re.MULTILINE)


def describe(versions: Mapping[str, str]) -> dict[str, Any]:
    """The machine and all that ran on it; `versions` are the peers'."""
    return {
        "date": f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC",
        "cpu": cpu(),
        "cores": cores(),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "protocols": f"{protocols.__version__}{commit()}{'' if kernel() else ' without its kernel'}",
        "versions": dict(sorted(versions.items())),
    }


def cpu(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The model of the processor as the system calls it, or else its architecture."""
    if cpuinfo.exists():
        found = _MODEL.search(cpuinfo.read_text(encoding="utf-8", errors="replace"))
        return found[1].strip() if found else platform.machine()
    if shutil.which("sysctl"):
        asked = subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True, check=False)
        return asked.stdout.strip() or platform.machine()
    return platform.processor() or platform.machine()


def cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def commit() -> str:
    """` (b0875b3)` in a clone, ` (b0875b3, changed)` with changes in it; nothing elsewhere."""
    if not shutil.which("git"):
        return ""
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty=, changed", "--exclude=*"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return f" ({asked.stdout.strip()})" if asked.returncode == 0 else ""
