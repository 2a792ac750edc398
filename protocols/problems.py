"""Problem: what every output format can print, whoever found it.

Violations of events, findings in plans and changes between plans are all Problems, so that one sink serves them all.
"""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from protocols.positions import Position


class Severity(enum.IntEnum):
    """How much a problem weighs. `off` is a setting, never the severity of a reported problem."""

    off = 0
    note = 1
    warning = 2
    error = 3

    def __str__(self) -> str:
        return self.name


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong, as data; `message` is the sentence made from the other fields.

    `id` is `family/kind`. `pointer` is an RFC 6901 pointer into the payload; a missing member's is the place where it
    would stand; `group_pointer` is the same with array indices and keys of maps written as `*`. `file`, `line`, `column`
    and `record` (from 1) say where it was seen; `plan` is the line of the plan that asked for it. `value` is the JSON
    value that was got, `msgspec.UNSET` where there was none or where it may not be shown. `actual` is that value in
    words; `got` its JSON type alone, or "nothing".
    """

    id: str
    severity: Severity
    message: str
    call: str | None = None
    event: str | None = None
    version: int | None = None
    pointer: str | None = None
    group_pointer: str | None = None
    expected: str | None = None
    actual: str | None = None
    got: str | None = None
    hint: str | None = None
    value: Any = msgspec.UNSET
    file: str | None = None
    line: int | None = None
    column: int | None = None
    record: int | None = None
    message_id: str | None = None
    plan: Position | None = None

    @property
    def family(self) -> str:
        return self.id.partition("/")[0]

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{place}: {self.severity}: {self.message} [{self.id}]" if place else f"{self.severity}: {self.message} [{self.id}]"
