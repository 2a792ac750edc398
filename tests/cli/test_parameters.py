"""A plain command line is read without typer: to the same values, and whatever typer would refuse is left to it."""

from __future__ import annotations

import functools
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from protocols.cli import COMMANDS, typed
from protocols.cli.exits import LineError
from protocols.cli.parameters import read

PLAIN = [
    ("validate", ["e.jsonl"]),
    ("validate", []),
    ("validate", ["-", "a b", "--plan", "p.yaml", "e.jsonl"]),  # arguments stand anywhere; a hyphen alone is one
    ("validate", ["e.jsonl", "--plan=p.yaml", "--at=/payload"]),
    ("validate", ["e.jsonl", "--plan", "p=q.yaml", "--severity", "naming=note"]),
    ("validate", ["e.jsonl", "-o", "json=a.json", "--output", "b.json", "-f", "json"]),
    ("validate", ["e.jsonl", "-j", "4", "--limit", "0", "--samples=007"]),
    ("validate", ["e.jsonl", "--redact", "--quiet", "--no-progress", "--no-update-baseline"]),
    ("validate", ["e.jsonl", "--no-redact", "-q", "--coverage", "--engine", "explain", "--fail-on", "warning"]),
    ("validate", ["e.jsonl", "--baseline=", "--today", "2027-01-31"]),
    ("validate", ["", "--plan", ""]),
    ("validate", ["Größe.jsonl", "--expect", "Order *>=3", "--expect", "page:Home", "--forbid", "Debug *"]),
    ("baseline", ["e.jsonl", "--output", "b", "--add"]),
    ("compile", ["ecommerce", "-o", "x", "--draft", "7"]),
    ("export", ["p.yaml", "--to", "segment", "--strict"]),
    ("import", ["segment.json"]),
    ("import", ["-", "--output", "-"]),
    ("init", []),
    ("init", ["shop", "--extends", "ecommerce,calls", "--from", "protocols", "--no-pre-commit", "--force"]),
    ("spec", ["Order", "Completed", "-s", "--limit", "3"]),
    ("lint", ["p.yaml", "--select", "all"]),
    ("explain", ["naming/*"]),
    ("schema", ["--path"]),
    ("config", []),
]


@pytest.mark.parametrize(("name", "line"), PLAIN, ids=lambda value: value if isinstance(value, str) else " ".join(value))
def test_what_is_plain_is_read_as_typer_reads_it(name: str, line: list[str]) -> None:
    command = command_of(name)
    values = read(command, line)
    assert values is not None
    defaults = {each.name: each.default for each in inspect.signature(command).parameters.values()}
    assert {**defaults, **values} == by_typer(name, line)


NOT_PLAIN = [
    ("validate", ["e.jsonl", "-qj4"]),  # short ones together, or with their value
    ("validate", ["e.jsonl", "-j4"]),
    ("validate", ["e.jsonl", "--at", "-x"]),  # a value like an option
    ("validate", ["e.jsonl", "--plan", "a", "--plan", "b"]),  # the last one counts
    ("validate", ["--", "--help"]),
    ("validate", ["e.jsonl", "-j", "+4"]),
]


@pytest.mark.parametrize(("name", "line"), NOT_PLAIN, ids=lambda value: value if isinstance(value, str) else " ".join(value))
def test_what_is_not_plain_is_left_to_typer(name: str, line: list[str]) -> None:
    assert read(command_of(name), line) is None
    by_typer(name, line)


WRONG = [
    ("validate", ["--plna", "p.yaml"]),
    ("validate", ["e.jsonl", "--plan"]),
    ("validate", ["e.jsonl", "--quiet=yes"]),
    ("validate", ["e.jsonl", "--format", "jsn"]),
    ("validate", ["e.jsonl", "--jobs", "0"]),
    ("validate", ["e.jsonl", "--jobs", "two"]),
    ("validate", ["e.jsonl", "--limit", "-1"]),
    ("validate", ["e.jsonl", "--today", "tomorrow"]),
    ("compile", ["ecommerce"]),
    ("compile", ["-o", "x"]),
    ("import", []),
    ("import", ["a.json", "b.json"]),
    ("schema", ["x"]),
]


@pytest.mark.parametrize(("name", "line"), WRONG, ids=lambda value: value if isinstance(value, str) else " ".join(value))
def test_what_is_wrong_is_said_by_typer(name: str, line: list[str]) -> None:
    assert read(command_of(name), line) is None
    with pytest.raises(LineError):
        by_typer(name, line)


def test_a_plain_command_line_loads_no_typer(tmp_path: Path) -> None:
    code = "import sys; from protocols.cli import run; run(sys.argv[1:]); print({'typer', 'pydantic', 'rich'} & sys.modules.keys())"
    command = [sys.executable, "-c", code, "validate", "none.jsonl", "--plan", "ecommerce"]
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout == "set()\n"


def command_of(name: str) -> Any:
    path = COMMANDS[name]
    return getattr(import_module(path), path.rpartition(".")[2])


def by_typer(name: str, line: list[str]) -> dict[str, Any]:
    """The values that typer calls a command with."""
    told: list[dict[str, Any]] = []

    @functools.wraps(command_of(name))
    def noted(**values: Any) -> int:
        told.append(values)
        return 0

    path = COMMANDS[name]
    module = SimpleNamespace(**{"__name__": path, "EXAMPLES": "", path.rpartition(".")[2]: noted})
    typed.run({name: module}, [name, *line])
    return told[0]
