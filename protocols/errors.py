"""Every exception of the package.

    ProtocolsError
    ├── UsageError      the call itself is wrong: an unknown format, two options that exclude each other
    ├── ConfigError     the settings of the repository are wrong; holds every mistake in them
    ├── PlanError       the tracking plan is wrong; holds every mistake that was found, not the first one
    ├── SchemaError     a plan that is right cannot be said in the dialect that was asked for
    ├── EventsError     events could not be read: no file matched, an I/O fault, an archive cut short
    └── ExchangeError   a plan of another tool could not be read

What is wrong with an event is never an exception: it is a `Problem`, yielded as a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocols.problems import Problem


class ProtocolsError(Exception):
    """A mistake of the user's, said in one clean sentence."""


class UsageError(ProtocolsError):
    """The call itself is wrong."""


class ConfigError(ProtocolsError):
    """The settings of the repository are wrong. `mistakes` are whole sentences, each with its file and line."""

    def __init__(self, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[tuple[str, ...]]]:
        return type(self), (self.mistakes,)


class PlanError(ProtocolsError):
    """The tracking plan is wrong and validates nothing.

    `problems` holds every mistake, in the order of file, line and column; `str()` is one line for each.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[PlanError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class SchemaError(ProtocolsError):
    """A schema cannot be written in the dialect that was asked for."""


class ExchangeError(ProtocolsError):
    """A plan of another tool cannot be read."""


class EventsError(ProtocolsError):
    """Events could not be read. `file` and `line` (from 1) say where, when the fault has a place."""

    def __init__(self, message: str, file: str | None = None, line: int | None = None) -> None:
        self.message = message
        self.file = file
        self.line = line
        super().__init__(message, file, line)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return f"{place}: {self.message}" if place else self.message
