"""Waivers: violations that somebody has excused, with a reason and to a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

import msgspec

from protocols.globs import matches
from protocols.report.report import Group, Spot
from protocols.violations import FAMILIES, KINDS, many


class Waiver(msgspec.Struct, frozen=True, kw_only=True):
    """Excuses violations up to and including the day `until`.

    `id` is an id, a family or a glob over ids; `event` and `pointer` are globs, `pointer` over the pointers of groups, in
    which indices are `*`. What is None excuses any. `file` and `line` say where it is written.
    """

    id: str
    reason: str
    owner: str
    until: datetime.date
    event: str | None = None
    call: str | None = None
    version: int | None = None
    pointer: str | None = None
    file: str | None = None
    line: int | None = None

    def covers(self, group: Group | Spot) -> bool:
        """Whether it is about the violations of this group, expired or not."""
        return (
            self.is_about(group.id)
            and (self.call is None or self.call == group.key.call)
            and (self.version is None or self.version == group.key.version)
            and (self.event is None or (group.key.event is not None and matches(self.event, group.key.event)))
            and (self.pointer is None or (group.pointer is not None and matches(self.pointer, group.pointer)))
        )

    def is_about(self, id: str) -> bool:
        """What a run should have shown is about no event, and is excused by no glob."""
        return id in KINDS and (self.id == id.partition("/")[0] if self.id in FAMILIES else matches(self.id, id))

    def expired(self, today: datetime.date) -> bool:
        return today > self.until

    def __str__(self) -> str:
        """`type/wrong-type in Order Completed at /properties/total`."""
        subject = " ".join(part for part in (self.call, self.event) if part)
        version = f" (version {self.version})" if self.version is not None else ""
        return f"{self.id}{f' in {subject}' if subject else ''}{version}{f' at {self.pointer}' if self.pointer is not None else ''}"


class Unused(msgspec.Struct, frozen=True):
    """A waiver that excused nothing in a run. `expired` where its day has passed; `matched` violations it would have excused."""

    waiver: Waiver
    expired: bool
    matched: int

    def __str__(self) -> str:
        waiver = self.waiver
        if not self.expired:
            return f"the waiver of {waiver} excused nothing; take it out, or look whether it is written as meant"
        again = f"{many(self.matched, 'violation')} {'counts' if self.matched == 1 else 'count'} again"
        what = again if self.matched else "nothing needs it any more; take it out"
        return f"the waiver of {waiver} expired on {waiver.until}: {what} ({waiver.owner}: {waiver.reason})"


def unused(
    waivers: Sequence[Waiver], groups: Sequence[Group], today: datetime.date, off: Iterable[str] = (), *, is_part: bool = False
) -> list[Unused]:
    """The waivers that excuse none of these groups, as they were given.

    Of a run that did not look for some of its ids (`off`), or saw only a part of the events, none is said to be of no use.
    """
    found = []
    unlooked = {*off}
    for waiver in waivers:
        matched = sum(group.count for group in groups if waiver.covers(group))
        is_certain = not is_part and not any(waiver.is_about(id) for id in unlooked)
        if (waiver.expired(today) and matched) or (not matched and is_certain):
            found.append(Unused(waiver, waiver.expired(today), matched))
    return found
