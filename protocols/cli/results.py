"""Where results go: one format for whoever started the command, and as many files in other formats as are asked for.

    --format terminal --output sarif=out.sarif --output html=report.html

A path alone, `--output report.json`, is where the results of `--format` go in place of standard output.

Where no format is asked for in a job of GitHub Actions, its annotations and its summary are written as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from protocols.cli.exits import forget_output
from protocols.cli.options import in_github, keep_apart, look, output
from protocols.errors import UsageError
from protocols.names import nearest
from protocols.sinks import SINKS, Look, Sink

if TYPE_CHECKING:
    from protocols.problems import Problem
    from protocols.report import Outcome, Verdict


Open = Callable[[BinaryIO, Look], Sink]


class Output(NamedTuple):
    """Results in one format, to a file or, where `path` is None, to standard output."""

    format: str
    path: str | None
    append: bool = False

    @property
    def is_read_here(self) -> bool:
        """Whether whoever started the command reads it."""
        return self.path is None and SINKS[self.format].human


def outputs(format: str | None, said: Sequence[str], environment: Mapping[str, str] = os.environ) -> list[Output]:
    """What `--format` and `--output` ask for, and what is noticed; the first is that of `--format`. Raises UsageError."""
    found = [_output(text) for text in said]
    alone = [path for name, path in found if name is None]
    if any(path == "-" for _, path in found):
        raise UsageError("--output -: standard output is where results go without it; --format says in which format")
    if alone and format is None and (meant := _SUFFIXES.get(PurePath(alone[0]).suffix)):
        raise UsageError(f"--output {alone[0]}: is it to be {meant}? write --output {meant}={alone[0]}, or say its --format")
    if len(alone) > 1:
        raise UsageError(f"--output {alone[0]} and --output {alone[1]}: which is in which format? write it down, as in json={alone[1]}")
    rest = [Output(name, path) for name, path in found if name is not None]
    first = Output(format or "terminal", alone[0] if alone else None)
    if format is None and not alone:
        rest += _noticed(environment)
    places: dict[str, Output] = {}
    for each in (first, *rest):
        other = places.setdefault(os.path.realpath(each.path or os.devnull), each) if each.path else each
        if other is not each:
            raise UsageError(f"--output {each.path}: {other.format} and {each.format} cannot go to one file; name another one")
    return [first, *rest]


_SUFFIXES = {".sarif": "sarif", ".html": "html", ".md": "markdown", ".xml": "junit", ".json": "json", ".jsonl": "jsonl"}
"""The formats that a file's name promises: the terminal's words in it would be found out by whoever reads it."""


def _noticed(environment: Mapping[str, str]) -> Iterator[Output]:
    """What a job of GitHub Actions shows by itself: annotations of what is printed, and the page of the job."""
    if in_github(environment):
        yield Output("github", None)
        if environment.get("GITHUB_STEP_SUMMARY"):
            yield Output("markdown", environment["GITHUB_STEP_SUMMARY"], append=True)


def _output(text: str) -> tuple[str | None, str]:
    """The format, if it is said, and the path in `sarif=out.sarif`. What has a slash before `=` is a path as a whole."""
    name, equals, path = text.partition("=")
    if not equals or "/" in name or "\\" in name:
        return None, text
    if name not in SINKS:
        near = nearest(name, SINKS)
        meant = f"did you mean {near}?" if near else f"there are {', '.join(SINKS)}."
        raise UsageError(f"--output {text}: there is no format {name}; {meant} A file of that name is written as ./{text}")
    if not path:
        raise UsageError(f"--output {text}: name a file behind the equals sign, as in {name}=report.{name}")
    return name, path


def keep_all_apart(outputs: Sequence[Output], inputs: Iterable[str]) -> None:
    """Refuse to write any of the results over something that is still to be read."""
    inputs = list(inputs)
    for each in outputs:
        keep_apart(each.path, inputs)


@contextmanager
def opened(outputs: Sequence[Output], *, limit: int | None, quiet: bool, first: Open | None = None) -> Iterator[Results]:
    """All outputs, ready to be written to; `first` takes the place of the first one's format."""
    with ExitStack() as stack:
        sinks: list[Target] = []
        for format, path, append in outputs:
            open_sink = first if first is not None and not sinks else SINKS[format].open
            sink = open_sink(stack.enter_context(output(path, append=append)), look(path, limit=limit, quiet=quiet))
            sinks.append(Target(sink, path))
        yield Results(sinks, [sink for each, sink in zip(outputs, sinks, strict=True) if SINKS[each.format].streams])


class Target(NamedTuple):
    """A sink, and the file that it writes to; None for standard output."""

    sink: Sink
    path: str | None


class Results:
    """All sinks as one. `streams` are those that want every single problem."""

    def __init__(self, sinks: Sequence[Target], streams: Sequence[Target]) -> None:
        self._sinks = sinks
        self.streams = streams

    def problem(self, problem: Problem, state: str = "new") -> None:
        for target in self.streams:
            _write(target, problem, state)

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        """All is known by now: that nobody reads it to its end changes no verdict, that it cannot be written does.

        What hinders one of the sinks hinders no other.
        """
        failed = [(error, path) for sink, path in self._sinks if (error := _closed(sink, outcome, verdict)) is not None]
        if failed:
            raise _unwritable(*failed[0])


def _write(target: Target, problem: Problem, state: str) -> None:
    try:
        target.sink.problem(problem, state)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(error, target.path) from None


def _closed(sink: Sink, outcome: Outcome, verdict: Verdict) -> OSError | None:
    """What hindered a sink."""
    try:
        sink.close(outcome, verdict)
    except BrokenPipeError:
        forget_output()
    except OSError as error:
        return error
    return None


def _unwritable(error: OSError, path: str | None) -> UsageError:
    if path is not None:
        return UsageError(f"--output {path}: it cannot be written ({error.strerror})")
    forget_output()
    return UsageError(f"the results cannot be written ({error.strerror})")
