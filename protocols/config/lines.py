"""In which line of a TOML text a key stands: the reader of TOML does not say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from protocols.config.reader import Path

_HEADER = re.compile(r"\s*(?P<list>\[?)\[(?P<key>[^\]\[]+)\]")
_KEY = re.compile(r"""\s*(?P<key>(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def lines_of(text: str) -> dict[Path, int]:
    """Path of a key -> the line it stands in first. Good enough for a message: keys inside values are not looked for."""
    found: dict[Path, int] = {}
    for path, line in _keys(text):
        for end in range(1, len(path) + 1):
            found.setdefault(path[:end], line)
    return found


def _keys(text: str) -> Iterator[tuple[Path, int]]:
    table: Path = ()
    tables: Counter[Path] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        key = None if header else _KEY.match(line)
        if header:
            table = _parts(header["key"])
            if header["list"]:
                tables[table] += 1
                table = (*table, tables[table] - 1)
            yield table, number
        elif key:
            yield (*table, *_parts(key["key"])), number


def _parts(key: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(key))
