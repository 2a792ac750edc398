"""The command line: the only room that speaks, reads the environment and exits.

A command is a function that returns its exit code. What it needs beyond its options it imports when it runs, so that
`--version` and `--help` do not wait for engines.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from protocols import __version__

COMMANDS = {
    "init": "protocols.cli.init",
    "validate": "protocols.cli.validate",
    "baseline": "protocols.cli.baseline",
    "lint": "protocols.cli.lint",
    "explain": "protocols.cli.explain",
    "compile": "protocols.cli.compile",
    "schema": "protocols.cli.schema",
    "spec": "protocols.cli.spec",
    "import": "protocols.cli.import_",
    "export": "protocols.cli.export",
    "config": "protocols.cli.config",
}
"""Command -> its module, with a function called as the module; its docstring is the help, `EXAMPLES` stand below the options."""


MAY_STAND_ALONE = ("--baseline",)
"""Options that may come without their value, which is empty then. Typer has no such options."""


def main() -> None:
    """The `protocols` script. A stream that the caller has closed is an empty one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - for as long as the process lives
    gc.set_threshold(100_000, 20, 100)  # most objects of a run live to its end: looking for garbage took a quarter of a short one
    code = run(sys.argv[1:])
    gc.freeze()  # the interpreter looks for garbage once more before it ends: 20 ms, 90 after a plan of 1,000 events
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code. Mistakes of the user's are told on stderr, our own keep their traceback."""
    if list(arguments) == ["--version"]:  # without the command line's own 40 ms, for scripts that ask at every start
        sys.stdout.write(f"protocols {__version__}\n")
        return 0
    from protocols.cli.exits import ENDS, ended_by

    line = list(_completed(arguments))
    try:
        code = _run(line)
    except tuple(ENDS) as error:
        return ended_by(error)
    return code if isinstance(code, int) else 0


def _completed(arguments: Sequence[str]) -> Iterator[str]:
    """The command line, with `--baseline=` for a `--baseline` before another option or at the end."""
    for argument, following in zip_longest(arguments, arguments[1:], fillvalue="--"):
        alone = argument in MAY_STAND_ALONE and following.startswith("-") and following != "-"
        yield f"{argument}=" if alone else argument


def _run(line: Sequence[str]) -> Any:
    """What the command returns that a command line asks for; of several commands only that one is imported, since each takes its time."""
    from protocols.cli.parameters import read

    asked = line[:1] if {*line[:1]} & {*COMMANDS} else COMMANDS
    modules = {name: importlib.import_module(COMMANDS[name]) for name in asked}
    if len(modules) == 1:
        module = modules[line[0]]
        command = getattr(module, module.__name__.rpartition(".")[2])
        values = read(command, line[1:])
        if values is not None:
            return command(**values)
    from protocols.cli import typed

    return typed.run(modules, line)
