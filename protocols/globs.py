"""Globs over names: `Debug *`, `type/*`, `/properties/products/*/price`."""

from __future__ import annotations

import re
from functools import lru_cache


def matches(glob: str, text: str) -> bool:
    """Whether a glob stands for a text: `*` for any characters, `?` for one, every other character for itself.

    Brackets mean nothing, unlike in a shell: they occur in names of events.
    """
    return _pattern(glob).fullmatch(text) is not None


@lru_cache(1024)
def _pattern(glob: str) -> re.Pattern[str]:
    runs = re.sub(r"\*+", "*", glob)
    return re.compile("".join({"*": ".*", "?": "."}.get(character) or re.escape(character) for character in runs), re.DOTALL)
