"""Coverage: how much of a plan the events showed.

The plan holds events, their versions, their properties at any depth, and the values of their enumerations. Coverage is the
share of these that was seen at least once. Taken as seen are: an event or version when an event was checked as it, valid or
not; a property when it had a value other than null; a value of an enumeration when it was sent. Out of the count is what the
plan has deprecated, and the context, which the libraries fill in and not the events. Of an event that never came, nothing was
seen: its properties count as well.

Which members and values were seen is found by `protocols.engine.watch`; here it is data, and adds up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from protocols.errors import UsageError
from protocols.names import nearest
from protocols.problems import Problem, Severity
from protocols.shares import percentage, share
from protocols.violations import quoted

PARTS: Mapping[str, str] = {"events": "event", "versions": "version", "properties": "property", "values": "value"}
"""What coverage counts, and one of it."""

COVERAGE = "coverage/too-low"
"""The id of what is said where too little of a plan was seen."""


class Item(NamedTuple):
    """One thing that a plan holds. `pointer` is that of a property, with `*` for items and keys of maps; `value` is one of its
    enumeration, UNSET in other items."""

    part: str
    call: str
    event: str | None
    version: int | None
    pointer: str | None = None
    value: Any = UNSET


class Unplanned(msgspec.Struct, frozen=True):
    """Something that was seen and not planned: an event, or by `pointer` a part of one. `id` says what of it."""

    id: str
    call: str | None
    event: str | None
    version: int | None
    pointer: str | None
    count: int


class Coverage(msgspec.Struct, frozen=True):
    """What of a plan was seen: `items` in the plan's order, `seen` the indices of those that were."""

    items: tuple[Item, ...]
    seen: frozenset[int]
    unplanned: tuple[Unplanned, ...] = ()

    def unseen(self, part: str | None = None) -> tuple[Item, ...]:
        """The items of a part, or of all, that were never seen."""
        return tuple(item for index, item in enumerate(self.items) if index not in self.seen and part in (None, item.part))

    def planned(self, part: str | None = None) -> int:
        return sum(part in (None, item.part) for item in self.items)

    def counts(self, part: str | None = None) -> tuple[int, int]:
        """How many were seen, and of how many."""
        planned = self.planned(part)
        return planned - len(self.unseen(part)), planned

    def said(self, part: str | None = None) -> str:
        """`62.5% (125 of 200)`."""
        seen, planned = self.counts(part)
        return f"{percentage(seen, planned)} ({seen:,} of {planned:,})"


class Minimum(NamedTuple):
    """How much of a part of the plan is to be seen; of all that it holds where `part` is None."""

    part: str | None
    share: Fraction

    @property
    def wanted(self) -> str:
        return f"at least {float(100 * self.share):.12g}%"


def parse_minimums(text: str) -> tuple[Minimum, ...]:
    """`80%`, or `events=100%,properties=80%`. Raises UsageError with what should stand there."""
    found: dict[str | None, Minimum] = {}
    for each in text.split(","):
        name, equals, wanted = each.rpartition("=")
        part = _part(name.strip()) if equals else None
        if part in found:
            raise UsageError(f"--min-coverage says {name.strip() or 'the whole'} twice, in {quoted(text)}")
        found[part] = Minimum(part, share(wanted, f"--min-coverage {name.strip()}".rstrip()))
    return tuple(found.values())


def _part(name: str) -> str:
    if name in PARTS:
        return name
    near = nearest(name, PARTS)
    raise UsageError(f"--min-coverage is about {', '.join(PARTS)}, got {quoted(name)}{f'; did you mean {near}?' if near else ''}")


def too_low(minimums: Sequence[Minimum], coverage: Coverage) -> Iterator[Problem]:
    """The minimums that are not reached, as problems of the run as a whole."""
    for part, least in minimums:
        seen, planned = coverage.counts(part)
        if seen < least * planned:
            wanted = Minimum(part, least).wanted
            said = coverage.said(part)
            of = f"coverage of {part}" if part else "coverage"
            yield Problem(
                id=COVERAGE,
                severity=Severity.error,
                message=f"{of} should be {wanted}, got {said}",
                expected=f"{of} {wanted}",
                actual=said,
                got="nothing",
            )
