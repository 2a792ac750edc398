"""What the commands share: how an option is checked, which plan is meant, where output goes and how it looks."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from protocols.cli.exits import forget_output, tell
from protocols.cli.parameters import Refused
from protocols.errors import UsageError
from protocols.names import nearest
from protocols.sinks.sink import Look

if TYPE_CHECKING:
    from protocols.config import ValidateConfig

PLAN_NAMES = ("protocols.yaml", "tracking-plan.yaml", "plan.yaml")
"""Files taken as the plan where none is named."""


def one_of(choices: Collection[str]) -> Callable[[str | None], str | None]:
    """A check for an option whose values are the rows of a table."""

    def check(value: str | None) -> str | None:
        if value is None or value in choices:
            return value
        near = nearest(value, choices)
        meant = f"; did you mean {near}?" if near else ""
        raise Refused(f"{value!r} is none of {', '.join(choices)}{meant}")

    return check


def choices(names: Collection[str]) -> str:
    """How the values of such an option are shown in the help."""
    return f"[{'|'.join(names)}]"


def plan_or_default(plan: str | None, *, quiet: bool = False) -> str:
    """The plan that was named, or else the only one in the working directory that has a usual name."""
    if plan:
        return plan
    there = usual_plans()
    if len(there) == 1:
        if not quiet:
            tell(f"The plan is {there[0]}; --plan names another.")
        return there[0]
    if there:
        raise UsageError(f"which plan? there are {' and '.join(there)} here; write --plan {there[0]}")
    raise UsageError(
        f"no plan: write --plan PLAN with the path of a plan file or the name of a bundled plan, such as --plan ecommerce; "
        f"without it one of {', '.join(PLAN_NAMES)} in the working directory is taken"
    )


def events_or_default(config: ValidateConfig, baseline: str | None = None) -> list[str]:
    """The events that were named on the command line, or else in the settings. `baseline` is what `--baseline` got."""
    if config.events:
        return list(config.events)
    if baseline:
        raise UsageError(f"no events: --baseline took {baseline} for its own file; write --baseline behind the events")
    raise UsageError("no events: name files or folders, or settle them with events = [...] in [tool.protocols.validate]")


def listed(values: list[str] | None) -> list[str]:
    """The names in an option that may be given several times, each time with commas."""
    return [name.strip() for value in values or () for name in value.split(",") if name.strip()]


def usual_plans() -> list[str]:
    """The files in the working directory that have a usual name of a plan."""
    return [name for name in PLAN_NAMES if Path(name).is_file()]


def keep_apart(output: str | None, inputs: Iterable[str]) -> None:
    """Refuse to write the results over something that is still to be read."""
    for path in inputs:
        if output is not None and os.path.exists(path) and os.path.exists(output) and os.path.samefile(path, output):
            raise UsageError(f"--output {output}: this file is read, and would be lost; name another one")


@contextlib.contextmanager
def output(path: str | None, *, append: bool = False) -> Iterator[BinaryIO]:
    """Where results go: a file, or standard output as bytes."""
    if path is None:
        yield sys.stdout.buffer
        return
    try:
        file = Path(path).open("ab" if append else "wb")  # noqa: SIM115 - opened apart: only that is a mistake of the option
    except IsADirectoryError:
        raise UsageError(f"--output {path}: this is a folder; name a file in it") from None
    except OSError as error:
        raise UsageError(f"--output {path}: it cannot be written ({error.strerror})") from None
    try:
        yield file
    finally:
        try:
            file.close()
        except OSError as error:  # what was still held back did not fit
            raise UsageError(f"--output {path}: it cannot be written ({error.strerror})") from None


def to_stdout(what: str, content: bytes) -> None:
    """Print the whole of a command's result; `what` is how it is called where that fails."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        forget_output()
        raise UsageError(f"{what} cannot be written ({error.strerror})") from None


def look(path: str | None, *, limit: int | None, quiet: bool, environment: Mapping[str, str] = os.environ) -> Look:
    """How the output for people is drawn on what it goes to; files and pipes get plain text.

    `NO_COLOR` and `FORCE_COLOR` decide over the colours. Logs of CI are not wrapped: they are searched, and read in a
    browser of any width.
    """
    screen = path is None and is_screen(sys.stdout, environment)
    wrapped = screen and not in_ci(environment)
    return Look(
        colour=path is None and _colour(screen, environment),
        width=_columns() if wrapped else None,
        limit=limit,
        quiet=quiet,
        root=os.getcwd(),
        guarded=path is None and in_github(environment),
    )


def _columns() -> int:
    import shutil  # 2 ms

    return shutil.get_terminal_size().columns


def is_screen(stream: object, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a stream ends at a terminal that can do more than print."""
    isatty = getattr(stream, "isatty", None)
    return isatty is not None and isatty() and environment.get("TERM") not in ("dumb", "unknown")


def in_github(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this is a job of GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"


def in_ci(environment: Mapping[str, str] = os.environ) -> bool:
    return any(environment.get(name, "").lower() not in ("", "0", "false") for name in _CI)


_CI = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION")
"""What build services set: most of them the first, Azure Pipelines, Jenkins and TeamCity another one alone."""


def _colour(screen: bool, environment: Mapping[str, str]) -> bool:
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return environment["FORCE_COLOR"].lower() not in ("0", "false")
    return screen
