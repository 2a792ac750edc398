"""What a sink is, and what all of them share: bytes out, nothing dangerous in them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import msgspec

from protocols.problems import Problem
from protocols.report import Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How output for people is drawn.

    `width` is in columns, None where lines are not to be wrapped; at most `limit` groups or findings are shown, 0 for all,
    None for what fits a screen;
    `quiet` leaves the closing counts alone. `root` is the folder that paths are written from, None to leave them as they are.
    With `guarded`, no line is one that the runner of GitHub Actions takes for a command.
    """

    colour: bool = False
    width: int | None = None
    limit: int | None = 20
    quiet: bool = False
    root: str | None = None
    guarded: bool = False


class Sink(Protocol):
    """Writes UTF-8 to a binary stream, whatever the locale.

    It is told every problem as it is found, in input order, with the state that its group will have, and at the end what came of
    it all: the report about events, or the findings in plan files. A sink that folds ignores the former, a sink that streams the latter.
    """

    def problem(self, problem: Problem, state: str = "new") -> None: ...

    def close(self, outcome: Outcome, verdict: Verdict) -> None: ...


def to_json(value: Any, indent: Literal[2] | None = None) -> bytes:
    """JSON in UTF-8, legible in any language, with a line end.

    Lone surrogates, controls beyond ASCII and marks that turn the direction of writing are escaped: the first cannot
    be written as UTF-8, and a terminal would obey the others.
    """
    line = _encoded(value)
    if indent is None:
        return line + b"\n"
    try:
        return msgspec.json.format(line, indent=indent) + b"\n"  # a third of the time that the standard library takes
    except msgspec.DecodeError:  # it takes no half of a surrogate pair, escaped or not
        return _encoded(value, indent) + b"\n"


def _encoded(value: Any, indent: int | None = None) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()


def safe(text: str) -> str:
    r"""A text on one line in which nothing is invisible or obeyed by a terminal: `\x1b`, `\n`, `\u202e`."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode() for character in text)


_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
