"""Settings of a repository: `protocols.toml`, or `[tool.protocols]` in `pyproject.toml`.

    [tool.protocols]
    plan = "plans/shop.yaml"

    [tool.protocols.validate]
    events = ["recordings/"]
    baseline = true

In `protocols.toml` the same stands without `tool.protocols`. The nearest of these files counts, from the working directory
upward to the root of the repository; a `pyproject.toml` without the section is none. Paths in it are relative to it. What is
said on the command line wins. The environment settles nothing.

`settings.py` is the table of all options: what may be written, what it means, what holds without it. The check, the help of
the commands, `protocols config` and the JSON Schema are made from it. `kinds.py` has what may be written for an option.
"""

from __future__ import annotations

from protocols.config.find import find_config
from protocols.config.option import Option, options
from protocols.config.schema import config_schema
from protocols.config.settings import SECTIONS, WAIVER, Config, LintConfig, ValidateConfig

__all__ = ["SECTIONS", "WAIVER", "Config", "LintConfig", "Option", "ValidateConfig", "config_schema", "find_config", "options"]
