"""`protocols schema`: the JSON Schema of plan files, for editors."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

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
    from protocols.plan.grammar import SCHEMA_FILE, format_schema
    from protocols.sinks.sink import to_json

    text = f"{SCHEMA_FILE}\n".encode() if path else to_json(format_schema(), indent=2)
    sys.stdout.buffer.write(text)
    return 0
