"""`protocols schema`: the JSON Schema of plan files, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from protocols.cli.options import to_stdout
from protocols.cli.parameters import Option

EXAMPLES = """\b
Examples:
  protocols schema > plan.schema.json
  protocols schema --path

An editor with a YAML language server completes and checks a plan whose first line is

\b
  # yaml-language-server: $schema=<what "protocols schema --path" prints>
"""


def schema(
    path: Annotated[bool, Option("--path", help="Print where the schema is on this disk instead.")] = False,
) -> int:
    """Print the JSON Schema of plan files, for editors."""
    from protocols import plan
    from protocols.sinks.sink import to_json

    file = Path(plan.__file__).with_name("format.schema.json")
    to_stdout("the schema", f"{file}\n".encode() if path else to_json(plan.format_schema(), indent=2))
    return 0
