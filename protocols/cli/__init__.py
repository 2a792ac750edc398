"""The command line: the only room that speaks, reads the environment and exits.

A command is a function that returns its exit code. What it needs beyond its options it imports when it runs, so that
`--version` and `--help` do not wait for engines.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

from protocols import __version__

COMMANDS = {
    "validate": "protocols.cli.validate",
    "lint": "protocols.cli.lint",
    "explain": "protocols.cli.explain",
    "compile": "protocols.cli.compile",
    "schema": "protocols.cli.schema",
}
"""Command -> the module with the function of that name; its docstring is the help, `EXAMPLES` stand below the options."""


def main() -> None:
    """The `protocols` script. A stream that the caller has closed is an empty one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115 - for as long as the process lives
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code. Mistakes of the user's are told on stderr, our own keep their traceback."""
    if list(arguments) == ["--version"]:  # without the command line's own 40 ms, for scripts that ask at every start
        sys.stdout.write(f"protocols {__version__}\n")
        return 0
    from protocols.cli.exits import ENDS, ended_by

    try:
        code = _command()(args=list(arguments) or ["--help"], prog_name="protocols", standalone_mode=False)
    except tuple(ENDS) as error:
        return ended_by(error)
    return code if isinstance(code, int) else 0


def _command() -> Any:
    """All commands as one."""
    import typer
    from typer.main import get_command

    from protocols.cli import app
    from protocols.cli.exits import ending

    whole = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    whole.callback(epilog=app.EXAMPLES)(app.app)
    for name, path in COMMANDS.items():
        module = importlib.import_module(path)
        whole.command(name, epilog=module.EXAMPLES)(ending(getattr(module, name)))
    return get_command(whole)
