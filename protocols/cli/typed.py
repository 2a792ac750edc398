"""The command line as typer reads it: the help, and every command line that is not plain (`parameters.py`) or not right."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer
from typer.main import get_command

from protocols.cli import app
from protocols.cli.exits import LineError, ended_by
from protocols.cli.parameters import Check, Option, Parameter, Refused, parameters

ClickError: type[Exception] = typer.BadParameter.__mro__[2]
"""Every complaint about a command line. Typer brings click under another name since 0.26; this one holds for both."""


def run(commands: Mapping[str, Any], line: Sequence[str]) -> Any:
    """Run one command line; `commands` maps names to modules. Raises LineError."""
    try:
        return _whole(commands)(args=[*line] or ["--help"], prog_name="protocols", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except ClickError as error:
        context = getattr(error, "ctx", None)
        raise LineError(error.format_message(), context.command_path if context is not None else "protocols") from None  # type: ignore[attr-defined]


def _whole(commands: Mapping[str, Any]) -> Any:
    whole = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    whole.callback(epilog=app.EXAMPLES)(app.app)
    for name, module in commands.items():
        whole.command(name, epilog=module.EXAMPLES)(_for_typer(getattr(module, module.__name__.rpartition(".")[2])))
    return get_command(whole)


def _for_typer(command: Callable[..., int]) -> Callable[..., int]:
    """A command with its parameters in typer's own types, which ends by itself where typer would do so in its own way:
    interrupted, or with nobody to read it.
    """

    @functools.wraps(command)
    def run(**options: Any) -> int:
        try:
            return command(**options)
        except (KeyboardInterrupt, BrokenPipeError) as error:
            return ended_by(error)

    said = parameters(command)
    run.__annotations__ = {name: Annotated[kind, _info(parameter)] for name, (kind, parameter) in said.items()}
    run.__signature__ = inspect.Signature(_parameters(command, run.__annotations__))  # type: ignore[attr-defined]
    return run


def _parameters(command: Callable[..., int], types: Mapping[str, Any]) -> list[inspect.Parameter]:
    return [each.replace(annotation=types[each.name]) for each in inspect.signature(command).parameters.values()]


def _info(said: Parameter) -> Any:
    make = typer.Option if isinstance(said, Option) else typer.Argument
    return make(*said.names, callback=None if said.callback is None else _callback(said.callback), min=said.min, **said.shown)


def _callback(check: Check) -> Check:
    def checked(value: Any) -> Any:
        try:
            return check(value)
        except Refused as error:
            raise typer.BadParameter(str(error)) from None

    return checked
