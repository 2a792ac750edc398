"""`protocols import`: a plan of another tool as a plan of this one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from protocols.cli import options
from protocols.cli.exits import tell
from protocols.cli.losses import has_warnings, tell_losses
from protocols.cli.parameters import Argument, Option
from protocols.errors import ExchangeError, PlanError, UsageError
from protocols.violations import counted

EXAMPLES = """\b
Examples:
  protocols import segment-plan.json --output tracking-plan.yaml
  protocols import segment-plan.json --strict --report losses.json > tracking-plan.yaml
"""


def import_(
    file: Annotated[str, Argument(metavar="FILE", help="The other tool's JSON, - for standard input.", show_default=False)],
    output: Annotated[
        str | None, Option("--output", "-o", metavar="FILE", help="Where to write the plan; standard output by default.")
    ] = None,
    report: Annotated[str | None, Option(metavar="FILE", help="Write each loss as JSON as well, none folded.")] = None,
    strict: Annotated[bool, Option("--strict", help="Exit with 1 where anything but bookkeeping is lost.")] = False,
    force: Annotated[bool, Option("--force", help="Write over a plan that is there already.")] = False,
) -> int:
    """Turn another tool's tracking plan into YAML.

    Reads Segment's plans, from the Public API and from the Config API; which it is, is seen by its content. Whatever
    cannot be carried over is listed on stderr, with its place in the source.
    """
    from protocols.exchange import read
    from protocols.plan import load_text
    from protocols.plan.write import dump

    options.keep_apart(output, [file])
    options.keep_apart(report, [file])
    if output is not None and Path(output).exists() and not force:
        raise UsageError(f"--output {output}: this file is there already; name another one, or write over it with --force")
    content = _content(file)
    try:
        format, imported = read(content, "imported" if file == "-" else Path(file).stem)
        text = dump(imported.tree, [f"Imported from {Path(file).name}, {format.TITLE}."] if file != "-" else [])
        plan = load_text(text, output or "plan.yaml")
    except ExchangeError as error:
        raise ExchangeError(f"{_shown(file)}: {error}") from None
    except PlanError as error:
        raise ExchangeError(f"{_shown(file)}: no plan can be made of it: {error.problems[0].message}") from None
    with options.output(output) as stream:
        stream.write(text.encode())
    if report is not None:
        _write_report(report, file, imported.losses)
    tell_losses(imported.losses, _shown(file))
    tell(f"{counted(len(plan.events), 'event')} imported{'' if output is None else f' into {output}'}.")
    return 1 if strict and has_warnings(imported.losses) else 0


def _shown(file: str) -> str:
    return "<stdin>" if file == "-" else file


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except FileNotFoundError:
        raise UsageError(f"there is no file {file}") from None
    except IsADirectoryError:
        raise UsageError(f"{file} is a folder; name a file in it") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror})") from None


def _write_report(path: str, file: str, losses: Any) -> None:
    from protocols.sinks.sink import to_json

    rows = [{"id": loss.id, "severity": str(loss.severity), "pointer": loss.pointer, "message": loss.message} for loss in losses]
    with options.output(path) as stream:
        stream.write(to_json({"source": _shown(file), "losses": rows}, indent=2))
