"""What stands before the commands."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from protocols import __version__

EXAMPLES = """\b
Exit codes:
  0    passed: no violation at or above --fail-on
  1    violations, or findings in a plan
  2    wrong usage
  3    the plan is wrong
  4    events could not be read, or there were none
  130  interrupted
"""


def _show_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"protocols {__version__}\n")
        raise typer.Exit


def app(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", callback=_show_version, is_eager=True)] = False,
) -> None:
    """Checks analytics events against a tracking plan kept as YAML.

    \b
    Start here:
      protocols validate events.jsonl --plan plan.yaml
      protocols validate events.jsonl --plan ecommerce    (a bundled plan)
      protocols spec                                      (what the bundled plans hold)
    """
