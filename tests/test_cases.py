"""Whole runs of the command, each a folder under `cases`: what was there, what was typed, what came out.

`command` holds shell lines, run one after the other in a copy of the folder; `expected.txt` holds for each line what
it wrote to stdout, to stderr, and its exit code. A bug report becomes a folder. After a change of words,
`PROTOCOLS_UPDATE_CASES=1 pytest tests/test_cases.py` rewrites the expectations, for a person to read in the diff.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import protocols

CASES = Path(__file__).parent / "cases"
UPDATE = os.environ.get("PROTOCOLS_UPDATE_CASES") == "1"

SCRIPT = f"""\
#!/bin/sh
exec "{sys.executable}" -c "from protocols.cli import main; main()" "$@"
"""
"""The command of this checkout, whichever else is installed."""


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Nothing of the tester's own settings; a locale that knows ASCII alone, since output is UTF-8 everywhere."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "protocols").write_text(SCRIPT, encoding="utf-8")
    (folder / "protocols").chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C", "PYTHONPATH": str(Path(protocols.__file__).parents[1])}


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case(case: str, tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / "case"
    shutil.copytree(CASES / case, folder)
    expected = folder / "expected.txt"
    wanted = expected.read_text(encoding="utf-8") if expected.exists() else ""
    expected.unlink(missing_ok=True)
    lines = (folder / "command").read_text(encoding="utf-8").splitlines()
    got = "\n".join(run(line, folder, environment) for line in lines)
    if UPDATE:
        (CASES / case / "expected.txt").write_text(got, encoding="utf-8")
    else:
        assert got == wanted


def run(line: str, folder: Path, environment: dict[str, str]) -> str:
    """What one line did, as it stands in `expected.txt`."""
    done = subprocess.run(line, shell=True, cwd=folder, env=environment, capture_output=True, timeout=60, check=False)
    out, err = (
        text.decode("utf-8").replace(f'"tool_version": "{protocols.__version__}"', '"tool_version": "..."')
        for text in (done.stdout, done.stderr)
    )
    return f"$ {line}\n{section('stdout', out)}{section('stderr', err)}-- exit code {done.returncode}\n"


def section(name: str, text: str) -> str:
    if not text:
        return ""
    return f"-- {name}\n{text}" + ("" if text.endswith("\n") else "\n-- no line end\n")
