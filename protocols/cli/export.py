"""`protocols export`: a plan for another tool."""

from __future__ import annotations

from typing import Annotated

from protocols.cli import options
from protocols.cli.exits import tell
from protocols.cli.losses import has_warnings, tell_losses
from protocols.cli.options import choices, one_of
from protocols.cli.parameters import Argument, Option
from protocols.exchange import EXCHANGES
from protocols.violations import counted

EXAMPLES = """\b
Examples:
  protocols export tracking-plan.yaml --to segment --output segment-plan.json
"""


def export(
    plan: Annotated[str, Argument(metavar="PLAN", help="A plan file, or the name of a bundled plan.", show_default=False)],
    to: Annotated[str, Option(metavar=choices(EXCHANGES), callback=one_of(EXCHANGES), help="The format to write.")],
    output: Annotated[str | None, Option("--output", "-o", metavar="FILE", help="Where to write; standard output by default.")] = None,
    strict: Annotated[bool, Option("--strict", help="Exit with 1 where anything but bookkeeping is lost.")] = False,
) -> int:
    """Write a plan for another tool.

    What the other tool has no words for is listed on stderr, with its line in the plan.
    """
    from protocols.exchange import exchange
    from protocols.plan import load_plan
    from protocols.sinks.sink import to_json

    loaded = load_plan(plan)
    options.keep_apart(output, [file.path for file in loaded.files])
    exported = exchange(to).write(loaded)
    with options.output(output) as stream:
        stream.write(to_json(exported.document, indent=2))
    tell_losses(exported.losses, plan)
    tell(f"{counted(len(loaded.events), 'event')} exported{'' if output is None else f' into {output}'}.")
    return 1 if strict and has_warnings(exported.losses) else 0
