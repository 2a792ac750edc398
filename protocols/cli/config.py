"""`protocols config`: every option of the settings, and what holds here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

from protocols.cli.options import to_stdout
from protocols.cli.parameters import Option
from protocols.config import SECTIONS, WAIVER, Config, config_schema, find_config, options

EXAMPLES = """\b
Examples:
  protocols config                    (every option, and what holds here)
  protocols config --schema > protocols-config.schema.json
"""


def config(
    schema: Annotated[bool, Option("--schema", help="Print the JSON Schema of the settings, for editors.")] = False,
) -> int:
    """List every option of the settings.

    Printed as the file would say it; what is not settled here stands in a comment.
    """
    text = json.dumps(config_schema(), indent=2) + "\n" if schema else "".join(f"{line}\n" for line in _lines(find_config()))
    to_stdout("the settings", text.encode())
    return 0


def _lines(config: Config) -> Iterator[str]:
    yield f"# As settled in {config.path}." if config.path else "# Nothing is settled: there is no protocols.toml or [tool.protocols]."
    yield "# Paths are those from here."
    yield ""
    yield "[tool.protocols]"
    yield from _section(config, [name for name in options(Config) if name not in {*SECTIONS, "waivers"}])
    for name, section in SECTIONS.items():
        yield ""
        yield f"[tool.protocols.{name}]"
        yield from _section(getattr(config, name), list(options(section)))
    for waiver in config.waivers or (None,):
        yield ""
        yield f"{'' if waiver else '# '}[[tool.protocols.waivers]]"
        yield from (_row(name, row, getattr(waiver, name, None)) for name, row in WAIVER.items())


def _section(settings: Any, names: list[str]) -> Iterator[str]:
    rows = options(type(settings))
    yield from (_row(name, rows[name], getattr(settings, name)) for name in names)


def _row(name: str, row: Any, value: Any) -> str:
    """`fail_on = "error"  # what it means`, all of it a comment where nothing is settled."""
    settled = value is not None and value != row.default
    return f"{'' if settled else '# '}{name} = {row.kind.write(value) if settled else row.example}  # {row.meaning}"
