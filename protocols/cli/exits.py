"""How a run ends when it does not reach its end: exception -> exit code and what is said on stderr.

The codes are an interface: 0 passed, 1 violations, 2 wrong usage, 3 the plan is wrong, 4 events could not be read, 130
interrupted. 0, 1 and 4 are also a report's verdict (`protocols.report.judge`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from protocols.errors import ConfigError, EventsError, ExchangeError, PlanError, ProtocolsError, SchemaError, UsageError
from protocols.sinks.sink import safe
from protocols.violations import counted


class LineError(UsageError):
    """A command line that cannot be read; `command` is the one whose help says how it can be written."""

    def __init__(self, message: str, command: str) -> None:
        super().__init__(message)
        self.command = command


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


def _said(error: BaseException) -> Iterator[str]:
    yield f"error: {error}"


def _line(error: BaseException) -> Iterator[str]:
    assert isinstance(error, LineError)
    yield f"error: {error}"
    yield f'"{error.command} --help" says what can be written'


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
    LineError: End(2, _line),
    UsageError: End(2, _said),
    ConfigError: End(2, _config),
    SchemaError: End(2, _said),
    PlanError: End(3, _plan),
    ExchangeError: End(3, _said),
    EventsError: End(4, _said),
    ProtocolsError: End(2, _said),
    KeyboardInterrupt: End(130, _interrupted),
    BrokenPipeError: End(1, _nothing),
}
"""The first row that fits counts. Whatever has no row is a mistake of our own and keeps its traceback."""
