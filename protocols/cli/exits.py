"""How a run ends when it does not reach its end: exception -> exit code and what is said on stderr.

The codes are an interface: 0 passed, 1 violations, 2 wrong usage, 3 the plan is wrong, 4 events could not be read, 130
interrupted. 0, 1 and 4 are also a report's verdict (`protocols.report.judge`).
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import typer

from protocols.errors import ConfigError, EventsError, ExchangeError, PlanError, ProtocolsError, SchemaError, UsageError
from protocols.sinks.sink import safe
from protocols.violations import counted

ClickError = typer.BadParameter.__mro__[2]
"""Every complaint about a command line. Typer brings click under another name since 0.26; this one holds for both."""


class End(NamedTuple):
    """An exit code and the lines that explain it."""

    code: int
    explain: Callable[[BaseException], Iterator[str]]


def tell(line: str) -> None:
    """One line for people on stderr, whatever is in it."""
    sys.stderr.write(safe(line) + "\n")
    sys.stderr.flush()


def ended_by(error: BaseException) -> int:
    """The exit code of a run that this exception ended; says why."""
    end = next(end for kind, end in ENDS.items() if isinstance(error, kind))
    for line in end.explain(error):
        tell(line)
    return end.code


def ending(command: Callable[..., int]) -> Callable[..., int]:
    """A command that ends by itself where typer would do so in its own way: interrupted, or with nobody to read it."""

    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> int:
        try:
            return command(*arguments, **options)
        except (KeyboardInterrupt, BrokenPipeError) as error:
            return ended_by(error)

    return run


def _said(error: BaseException) -> Iterator[str]:
    yield f"error: {error}"


def _usage(error: Any) -> Iterator[str]:
    """A complaint of click's, which knows the command that it is about."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "protocols"
    yield f"error: {error.format_message()}"
    yield f'"{command} --help" says what can be written'


def _plan(error: BaseException) -> Iterator[str]:
    assert isinstance(error, PlanError)
    yield from map(str, error.problems)
    yield f"{counted(len(error.problems), 'mistake')} in the plan; nothing was checked"


def _config(error: BaseException) -> Iterator[str]:
    assert isinstance(error, ConfigError)
    yield from (f"error: {mistake}" for mistake in error.mistakes)


def _interrupted(error: BaseException) -> Iterator[str]:
    yield "Interrupted: the run did not reach its end."


def _nothing(error: BaseException) -> Iterator[str]:
    """Whoever read our output has seen enough."""
    forget_output()
    yield from ()


def forget_output() -> None:
    """What stdout still holds goes nowhere, so that Python does not complain when it closes a stream that is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


ENDS: Mapping[type[BaseException], End] = {
    UsageError: End(2, _said),
    ConfigError: End(2, _config),
    SchemaError: End(2, _said),
    PlanError: End(3, _plan),
    ExchangeError: End(3, _said),
    EventsError: End(4, _said),
    ProtocolsError: End(2, _said),
    ClickError: End(2, _usage),
    typer.Abort: End(130, _interrupted),
    KeyboardInterrupt: End(130, _interrupted),
    BrokenPipeError: End(1, _nothing),
}
"""The first row that fits counts. Whatever has no row is a mistake of our own and keeps its traceback."""
