"""`protocols compile`: a plan as JSON Schema files, for any other validator."""

from __future__ import annotations

import sys
from typing import Annotated, Literal, cast

from protocols.cli.options import choices, one_of
from protocols.cli.parameters import Argument, Option
from protocols.violations import counted

DRAFTS = ("2020-12", "7")

EXAMPLES = """\b
Examples:
  protocols compile plan.yaml -o schemas
  protocols compile ecommerce -o schemas --draft 7
"""


def compile(
    plan: Annotated[str, Argument(metavar="PLAN", help="A plan file, or the name of a bundled plan.", show_default=False)],
    output: Annotated[str, Option("--output", "-o", metavar="DIR", help="The folder to write to; made if it is not there.")],
    draft: Annotated[
        str, Option(metavar=choices(DRAFTS), callback=one_of(DRAFTS), help="The dialect of JSON Schema to write.")
    ] = "2020-12",
) -> int:
    """Write a plan as JSON Schemas, for any other validator.

    One self-contained file for each call, event and version, and bundle.json with them all.
    """
    from protocols.plan import load_plan
    from protocols.schema import compile_plan, write

    written = write(compile_plan(load_plan(plan), draft=cast(Literal["2020-12", "7"], draft)), output)
    sys.stderr.write(f"Wrote {counted(len(written), 'file')} to {output}\n")
    return 0
