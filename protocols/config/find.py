"""Which file holds the settings, and what it says."""

from __future__ import annotations

import importlib
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from protocols.config.lines import lines_of
from protocols.config.option import options
from protocols.config.reader import Reader
from protocols.config.settings import SECTIONS, Config
from protocols.errors import ConfigError

FILES = (("protocols.toml", ()), ("pyproject.toml", ("tool", "protocols")))
"""File -> where its settings begin; in one folder there may be one."""


def find_config(folder: Path | None = None) -> Config:
    """The settings that hold in a folder, by default the working directory.

    It is looked for upward, and not beyond the root of the repository: what lies above belongs to somebody else. Raises
    ConfigError with all that is wrong with them.
    """
    start = (folder or Path.cwd()).resolve()
    for here in (start, *start.parents):
        found = [(path, section) for name, section in FILES if (path := here / name).is_file()]
        read = [config for path, section in found if (config := _read(path, _shown(path, start), section)) is not None]
        if len(read) > 1:
            files = " and ".join(str(config.path) for config in read)
            raise ConfigError([f"{files} both hold settings; keep those of one, so that nobody changes the other in vain"])
        if read:
            return read[0]
        if (here / ".git").exists():  # a folder, or a file in a worktree or submodule
            break
    return Config()


def _shown(path: Path, start: Path) -> str:
    """The path of a file as seen from the folder: its name alone in that folder itself."""
    up = len(start.parts) - len(path.parent.parts)
    return "/".join([*[".."] * up, path.name])


def _read(path: Path, shown: str, section: tuple[str, ...]) -> Config | None:
    """The settings in one file; None where it has no section of ours."""
    try:
        text = path.read_text(encoding="utf-8")
        settings: Any = _toml().loads(text)
    except OSError as error:
        raise ConfigError([f"{shown}: it cannot be read ({error.strerror})"]) from None
    except ValueError as error:  # no UTF-8, or no TOML
        raise ConfigError([_no_toml(shown, str(error))]) from None
    for key in section:
        settings = settings.get(key) if isinstance(settings, dict) else None
        if settings is None:
            return None
    reader = Reader(shown, lines_of(text), section)
    said = reader.table(settings, (), options(Config))
    if reader.wrong:
        raise ConfigError([f"{shown}:{line}: {message}" for line, message in sorted(reader.wrong)])
    return Config(path=shown, **_passed_down(said, settings))


def _passed_down(said: dict[str, Any], settings: Any) -> dict[str, Any]:
    """What is said for all commands holds for each that says nothing of it."""
    own = {name: settings.get(name, {}) for name in SECTIONS}
    for name, section in SECTIONS.items():
        shared = {key: value for key, value in said.items() if key in options(section) and key not in own[name]}
        said = {**said, name: replace(said.get(name, section()), **shared)}
    return said


def _no_toml(shown: str, reason: str) -> str:
    """A mistake of syntax, its line where other mistakes have theirs."""
    place = re.search(r" \(at line (\d+), column (\d+)\)", reason)
    if place is None:
        return f"{shown}: the file is no TOML: {reason}"
    return f"{shown}:{place[1]}:{place[2]}: the file is no TOML: {reason[: place.start()]}"


def _toml() -> Any:
    """Python's own reader of TOML, or the package it came from before 3.11."""
    return importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
