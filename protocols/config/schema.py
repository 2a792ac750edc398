"""The JSON Schema of the settings, for editors that complete and explain TOML."""

from __future__ import annotations

from typing import Any

from protocols.config.kinds import schema_of
from protocols.config.option import options
from protocols.config.settings import Config


def config_schema() -> dict[str, Any]:
    """The schema of `protocols.toml`, which is that of `[tool.protocols]` in `pyproject.toml`."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",  # the one that editors for TOML know
        "title": "Settings of protocols: protocols.toml, or [tool.protocols] in pyproject.toml",
        **schema_of(options(Config)),
    }
