"""Settings of a repository: `protocols.toml`, or `[tool.protocols]` in `pyproject.toml`.

    [tool.protocols.lint]
    fail_on = "warning"
    ignore = ["large-enum"]

    [tool.protocols.lint.severity]
    event-name-case = "error"
    missing-owner = "note"
    inconsistent-type = "off"

In `protocols.toml` the same stands without `tool.protocols`. The nearest of these files counts, from the working directory
upward; a `pyproject.toml` without the section is none. What is said on the command line wins.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from protocols.errors import ConfigError
from protocols.names import nearest
from protocols.problems import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class LintConfig:
    """What `protocols lint` goes by: rules as on the command line, and rule -> severity."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    fail_on: str = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings. `path` is the file they were read from, None where there is none."""

    path: str | None = None
    lint: LintConfig = field(default_factory=LintConfig)


def find_config(folder: Path | None = None) -> Config:
    """The settings that hold in a folder, by default the working directory.

    Raises ConfigError with all that is wrong with them.
    """
    start = (folder or Path.cwd()).resolve()
    for here in (start, *start.parents):
        for name, section in (("protocols.toml", ()), ("pyproject.toml", ("tool", "protocols"))):
            path = here / name
            if path.is_file():
                config = _read(path, _shown(path, start), section)
                if config is not None:
                    return config
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
    reader = _Reader(_lines(text), section)
    config = Config(path=shown, **reader.table(settings, (), {"lint": _lint}))
    if reader.wrong:
        raise ConfigError([f"{shown}:{line}: {message}" for line, message in sorted(reader.wrong)])
    return config


def _no_toml(shown: str, reason: str) -> str:
    """A mistake of syntax, its line where other mistakes have theirs."""
    place = re.search(r" \(at line (\d+), column (\d+)\)", reason)
    if place is None:
        return f"{shown}: the file is no TOML: {reason}"
    return f"{shown}:{place[1]}:{place[2]}: the file is no TOML: {reason[: place.start()]}"


def _toml() -> Any:
    """Python's own reader of TOML, or the package it came from before 3.11."""
    return importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")


# -- what may be written


@dataclass(slots=True)
class _Reader:
    """Checks what a file says; what is wrong goes into `wrong` with its line, and the setting is left out."""

    lines: Mapping[tuple[str, ...], int]
    section: tuple[str, ...]
    wrong: list[tuple[int, str]] = field(default_factory=list)

    def blame(self, path: tuple[str, ...], message: str) -> None:
        whole = (*self.section, *path)
        line = next((self.lines[whole[:end]] for end in range(len(whole), 0, -1) if whole[:end] in self.lines), 1)
        self.wrong.append((line, message))

    def table(
        self, value: Any, path: tuple[str, ...], keys: Mapping[str, Callable[[_Reader, Any, tuple[str, ...]], Any]]
    ) -> dict[str, Any]:
        """The settings of a table with these keys, each read by its function."""
        if not isinstance(value, dict):
            self.blame(path, f"{_said(path)} should be a table, got {_described(value)}")
            return {}
        for key in value.keys() - keys.keys():
            self.blame((*path, key), f"unknown key {key} in {_said(path)}; {_meant(key, keys)}")
        read = {key: keys[key](self, value[key], (*path, key)) for key in keys if key in value}
        return {key: setting for key, setting in read.items() if setting is not None}

    def word(self, value: Any, path: tuple[str, ...], words: Collection[str]) -> str | None:
        if isinstance(value, str) and value in words:
            return value
        near = nearest(value, words) if isinstance(value, str) else None
        self.blame(path, f"{_said(path)} should be {_one_of(words)}, got {_described(value)}{f'; did you mean {near}?' if near else ''}")
        return None


_Read = Callable[[_Reader, Any, tuple[str, ...]], Any]
"""Reads the value of one key: None where it is wrong, which the reader has been told."""


def _lint(reader: _Reader, value: Any, path: tuple[str, ...]) -> LintConfig:
    return LintConfig(**reader.table(value, path, {"select": _rules, "ignore": _rules, "severity": _severities, "fail_on": _fail_on}))


def _fail_on(reader: _Reader, value: Any, path: tuple[str, ...]) -> str | None:
    from protocols.report import FAIL_ON

    return reader.word(value, path, FAIL_ON)


def _rules(reader: _Reader, value: Any, path: tuple[str, ...]) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        reader.blame(path, f"{_said(path)} should be a list of rules, got {_described(value)}")
        return None
    known = [*_known_rules(), *(["all"] if path[-1] == "select" else [])]
    for name in value:
        if _bare(name) not in known:
            reader.blame(path, f"there is no rule {name}; {_meant(name, known)}")
    return tuple(map(_bare, value))


def _severities(reader: _Reader, value: Any, path: tuple[str, ...]) -> dict[str, Severity]:
    known = _known_rules()
    found = {}
    for name, word in value.items() if isinstance(value, dict) else ():
        if _bare(name) not in known:
            reader.blame((*path, name), f"there is no rule {name}; {_meant(name, known)}")
        elif reader.word(word, (*path, name), [str(severity) for severity in reversed(Severity)]):
            found[_bare(name)] = Severity[word]
    if not isinstance(value, dict):
        reader.blame(path, f'{_said(path)} should be a table such as {{event-name-case = "error"}}, got {_described(value)}')
    return found


def _known_rules() -> Collection[str]:
    from protocols.rules import RULES

    return RULES


def _bare(rule: str) -> str:
    return rule.removeprefix("lint/")


def _said(path: tuple[str, ...]) -> str:
    return ".".join(path) or "the settings"


def _meant(key: str, known: Collection[str]) -> str:
    near = nearest(_bare(key), known)
    return f"did you mean {near}?" if near else f"known are {', '.join(known)}" if len(known) < 8 else "protocols explain lists them all"


def _one_of(words: Collection[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}"


def _described(value: Any) -> str:
    from protocols.violations import describe

    return describe(value)


# -- lines

_HEADER = re.compile(r"\s*\[\[?(?P<key>[^\]\[]+)\]")
_KEY = re.compile(r"""\s*(?P<key>(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """Path of a key -> the line it stands in first. Good enough for a message: keys inside values are not looked for."""
    found: dict[tuple[str, ...], int] = {}
    for path, line in _keys(text):
        for end in range(1, len(path) + 1):
            found.setdefault(path[:end], line)
    return found


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        key = None if header else _KEY.match(line)
        if header:
            table = _parts(header["key"])
            yield table, number
        elif key:
            yield (*table, *_parts(key["key"])), number


def _parts(key: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(key))
