"""A finding: what one check of the engine says, before it becomes a violation.

Checks look at the normalised payload and know neither severities nor where a member really stood; `explain` settles
both in one place.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from protocols.problems import Severity

Path = tuple[str | int, ...]
"""Keys and indices that lead to a value of the normalised payload."""

ITEM = 0
"""The token of a path that stands for every item of an array."""


class Finding(msgspec.Struct, kw_only=True):
    """One thing a check found.

    `severity` replaces the kind's own; `binding` findings keep it whatever the plan says of the whole family. `shown`
    is what to write at the end of the pointer where the payload has another spelling there. `plan` is an `x-origin`.
    """

    id: str
    path: Path
    expected: str | None = None
    value: Any = UNSET
    actual: str | None = None
    hint: str | None = None
    severity: Severity | None = None
    binding: bool = False
    plan: str | None = None
