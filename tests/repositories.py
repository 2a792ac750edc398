"""Git repositories made by tests, and programs run in them with nothing of the tester's own settings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent

SHIPPED = (".pre-commit-hooks.yaml", "action.yml", "pyproject.toml", "README.md", "LICENSE", "protocols", "plans")
"""What somebody gets who installs a hook or an action from this repository, as far as they need it."""

AUTHOR = {"name": "Ada", "email": "ada@example.com"}


def environment(**more: str) -> dict[str, str]:
    """That of the tests, with the programs beside this Python first, and git without anybody's settings."""
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{role}_{key.upper()}": value for role in ("AUTHOR", "COMMITTER") for key, value in AUTHOR.items()},
        **more,
    }


def needed(program: str) -> str:
    """The path of a program that the tests are installed with. Where it is missing the test fails."""
    found = shutil.which(program, path=environment()["PATH"])
    if found is None:
        pytest.fail(f"{program} is not installed; pip install -e '.[dev]' brings all but git, node and npm")
    return found


def needs_registries() -> None:
    """Skip where PROTOCOLS_OFFLINE=1 says that packages cannot be had here."""
    if os.environ.get("PROTOCOLS_OFFLINE") == "1":
        pytest.skip("PROTOCOLS_OFFLINE=1: what installs packages was not tried")


def run(command: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program; its output is text, whatever its exit code."""
    return subprocess.run(
        command, cwd=folder, env=env or environment(), capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )


def git(folder: Path, *arguments: str) -> str:
    """What git printed. Raises AssertionError with its complaint."""
    done = run([needed("git"), *arguments], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def repository(folder: Path, files: Mapping[str, str]) -> Path:
    """A repository with these files committed."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder, files)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def commit(folder: Path) -> str:
    """Commit all there is; returns the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--no-verify", "--message", "a step")
    return git(folder, "rev-parse", "HEAD")


def released(folder: Path) -> str:
    """This checkout as it is now, put into `folder` as a repository of its own; returns the commit."""
    for name in SHIPPED:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    repository(folder, {})
    return git(folder, "rev-parse", "HEAD")
