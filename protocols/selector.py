"""Which events a text means: `Order Completed`, `Debug *`, `page:Home`, `identify`.

A name by itself is that of a track event. A call in front of it says whose name it is, and a call by itself means all of
its calls. In a name `*` stands for any characters and `?` for one; upper and lower case differ. In double quotes, with
JSON's escapes, a name is taken as it stands: `"Is it 5 > 3?"`, `page:"*"`.

An event goes by the name that the plan has for it: `order completed` is `Order Completed` where that is planned, wherever
events are chosen, expected or counted.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from protocols.errors import UsageError
from protocols.globs import matches
from protocols.violations import CALLS, quoted, quoted_if_odd

NAMED = ("track", "page", "screen")
"""Calls that have names."""


class Selector(NamedTuple):
    """Events of one call; `name` is None for all of them, and a pattern unless it is `literal`."""

    call: str
    name: str | None = None
    literal: bool = True

    @classmethod
    def parse(cls, text: str, option: str) -> Selector:
        """What a text means; `option` is said in front of what is wrong with it. Raises UsageError."""
        call, name = _called(text.strip())
        if name is None:
            return cls(call)
        if call not in NAMED:
            raise UsageError(f"{option}: {call} calls have no names; write {call} for all of them")
        if name.startswith('"'):
            return cls(call, _unquoted(name, option))
        if not name:
            raise UsageError(f"{option} should name an event such as Order Completed, page:Home or identify, got {quoted(text)}")
        return cls(call, name, literal=not _WILD.search(name))

    def fits(self, call: str | None, name: str | None) -> bool:
        """Whether events of this call and name are meant."""
        if call != self.call:
            return False
        if self.name is None or name is None:
            return self.name is None
        return name == self.name if self.literal else matches(self.name, name)

    def __str__(self) -> str:
        if self.name is None:
            return self.call
        name = quoted_if_odd(self.name)
        return name if self.call == "track" else f"{self.call} {name}"


_WILD = re.compile(r"[*?]")
_CALLED = re.compile(rf"({'|'.join(CALLS)}):\s*(.*)", re.DOTALL)


def _called(text: str) -> tuple[str, str | None]:
    """The call of a text and what is said of the name."""
    if text in CALLS:
        return text, None
    found = _CALLED.fullmatch(text)
    return (found[1], found[2]) if found else ("track", text)


def _unquoted(text: str, option: str) -> str:
    try:
        name = json.loads(text)
    except ValueError:
        raise UsageError(f'{option}: the quotes of {text} should close at its end; write \\" for a quote inside') from None
    if not name:
        raise UsageError(f"{option} should name an event, got an empty name")
    return str(name)
