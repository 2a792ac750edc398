"""`protocols schema`: the JSON Schema of plan files, for editors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from protocols.cli.exits import forget_output
from protocols.errors import UsageError

EXAMPLES = """\b
Examples:
  protocols schema > plan.schema.json
  protocols schema --path

An editor with a YAML language server completes and checks a plan whose first line is

\b
  # yaml-language-server: $schema=<what "protocols schema --path" prints>
"""


def schema(
    path: Annotated[bool, typer.Option("--path", help="Print where the schema is on this disk instead.")] = False,
) -> int:
    """Print the JSON Schema of plan files, for editors."""
    from protocols import plan
    from protocols.sinks.sink import to_json

    file = Path(plan.__file__).with_name("format.schema.json")
    try:
        sys.stdout.buffer.write(f"{file}\n".encode() if path else to_json(plan.format_schema(), indent=2))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        forget_output()
        raise UsageError(f"the schema cannot be written ({error.strerror})") from None
    return 0
