"""Checks what a file of settings says, and says what is wrong with it with the line."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from protocols.names import nearest

if TYPE_CHECKING:
    from protocols.config.option import Option

Path = tuple[str | int, ...]
"""The keys that lead to a value, with the index of each table in a list of tables."""


@dataclass(slots=True)
class Reader:
    """What is wrong goes into `wrong` with its line, and the setting is left out.

    `file` is the file as seen from the working directory, `lines` the lines of its keys, `section` where ours begin.
    """

    file: str
    lines: Mapping[Path, int]
    section: Path
    wrong: list[tuple[int, str]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a key, or else of the nearest table around it."""
        whole = (*self.section, *path)
        return next((self.lines[whole[:end]] for end in range(len(whole), 0, -1) if whole[:end] in self.lines), 1)

    def blame(self, path: Path, message: str) -> None:
        self.wrong.append((self.line(path), message))

    def expected(self, path: Path, wanted: str, value: Any, hint: str = "") -> None:
        self.blame(path, f"{said(path)} should be {wanted}, got {described(value)}{hint}")

    def table(self, value: Any, path: Path, rows: Mapping[str, Option]) -> dict[str, Any]:
        """The settings of a table with these options, without those that are wrong."""
        if not isinstance(value, dict):
            self.expected(path, "a table", value)
            return {}
        for key in value.keys() - rows.keys():
            whole = key == "tool" and not path and isinstance(value[key], dict) and "protocols" in value[key]
            hint = "here its tables stand without tool.protocols" if whole else meant(key, rows)
            self.blame((*path, key), f"unknown key {key} in {said(path)}; {hint}")
        for key, row in rows.items():
            if row.required and key not in value:
                self.blame(path, f"{said(path)} lacks {key}; write {key} = {row.example}")
        read = {key: rows[key].kind.read(self, value[key], (*path, key)) for key in rows if key in value}
        return {key: setting for key, setting in read.items() if setting is not None}

    def word(self, value: Any, path: Path, words: Collection[str]) -> str | None:
        if isinstance(value, str) and value in words:
            return value
        near = nearest(value, words) if isinstance(value, str) else None
        self.expected(path, one_of(words), value, f"; did you mean {near}?" if near else "")
        return None

    def from_here(self, path: str) -> str:
        """A path in the file, which is relative to the file, as seen from the working directory."""
        folder = posixpath.dirname(self.file)
        if not folder or path == "-" or posixpath.isabs(path):
            return path
        joined = posixpath.normpath(posixpath.join(folder, path))
        return f"{joined}/" if path.endswith("/") else joined


def said(path: Path) -> str:
    """`validate.fail_on`, `waivers[1].until`; the tables of a list count from 1, as people do."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the settings"


def meant(key: str, known: Collection[str]) -> str:
    near = nearest(key, known)
    return f"did you mean {near}?" if near else f"known are {', '.join(known)}" if len(known) < 8 else "protocols config lists them all"


def one_of(words: Collection[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}"


def described(value: Any) -> str:
    from protocols.violations import describe, json_type

    return describe(value) if json_type(value) != "nothing" else str(value)
