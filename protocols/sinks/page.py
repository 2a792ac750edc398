"""Lines for people: what is coloured, what is wrapped, and nothing that a terminal would obey.

Names and values come from outside and are not trusted: whatever a terminal would obey is written as an escape, in one
place, `safe`, that every text passes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from protocols.sinks.sink import Look, safe
from protocols.violations import many

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["BLANK", "COLOURS", "Line", "Span", "draw", "many", "severities", "short"]

COLOURS = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}


class Span(NamedTuple):
    text: str
    style: str = ""


class Line(NamedTuple):
    """One line. Where lines are wrapped, what follows the first row stands under `body`."""

    head: str
    body: Sequence[Span] = ()
    style: str = ""


BLANK = Line("")


def draw(lines: Iterable[Line], look: Look) -> str:
    """Lines as text: coloured and wrapped as `look` says."""
    text = _drawn(lines, look)
    return _COMMAND.sub(lambda found: " ".join(found[0]), text) if look.guarded else text


_COMMAND = re.compile(r"(?m)(?<=^)::|(?<=\s)::|##\[")
"""What a runner takes for a command: `::` behind nothing but blanks, `##[` anywhere."""


def _drawn(lines: Iterable[Line], look: Look) -> str:
    if not look.colour and look.width is None:
        return "".join(f"{safe(line.head)}{safe(''.join(span.text for span in line.body))}".rstrip() + "\n" for line in lines)
    console = _console(look)
    for line in lines:
        _print(console, line, look.width)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _console(look: Look) -> Console:
    from rich.console import Console

    return Console(
        file=io.StringIO(),
        color_system="standard" if look.colour else None,
        force_terminal=look.colour,
        no_color=not look.colour,
        legacy_windows=False,
        width=look.width or 1_000_000,
    )


def _print(console: Console, line: Line, width: int | None) -> None:
    """Rich draws, but interprets nothing: there is no markup, no highlighting, no emoji code in a `Text`."""
    from rich.text import Text

    head = Text.assemble((safe(line.head), line.style))
    body = Text.assemble(*((safe(span.text), span.style) for span in line.body))
    room = None if width is None else max(20, width - head.cell_len)
    for number, row in enumerate([body] if room is None or not body else body.wrap(console, room)):
        row.rstrip()
        console.print(head + row if not number else Text(" " * head.cell_len) + row, soft_wrap=True)


def severities(counts: Mapping[str, int]) -> str:
    """`900 errors, 303 warnings`; what there is none of is not said."""
    return ", ".join(many(count, severity) for severity, count in counts.items() if count)


def short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
