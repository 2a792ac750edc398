"""A group while it grows: what is settled by one value is not looked at again for an equal one."""

from __future__ import annotations

import heapq
import itertools
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from protocols.problems import Problem
from protocols.report.folded import FaultClass, Glimpse, Locate
from protocols.report.report import Group, Sample, Seen, seen_in
from protocols.violations import Recurring, describe, json_type


class Tally:
    """A group while it grows."""

    __slots__ = (
        "_alike",
        "_shown",
        "_told",
        "actual_varies",
        "count",
        "events",
        "first",
        "got",
        "hint_varies",
        "last",
        "payload",
        "samples",
    )

    def __init__(self, first: Problem, payload: str = "") -> None:
        self.first = replace(first, value=UNSET)
        self.payload = payload
        self.got: Counter[str] = Counter()
        self.actual_varies = self.hint_varies = False
        self.count = self.events = 0
        self.last = seen_in(first)
        self.samples: dict[tuple[type, Any], Sample] = {}
        self._alike: Any = _NEVER  # a value of which the same is said as of the first
        self._shown: Any = _NEVER  # a value that is among the samples
        self._told: set[tuple[Recurring, bytes | None]] = set()  # texts of values that have nothing new to say

    def add_again(self, recurring: Recurring, value: Any, seen: Seen, samples: int) -> None:
        """The same as `add` without the problem: what was settled by one value is not looked at again for an equal one."""
        self.count += 1
        kind = type(value)
        self.got[_TYPES.get(kind) or json_type(value)] += 1
        self.last = seen
        if not self.actual_varies and not is_same(value, self._alike):
            self.actual_varies = recurring.actual(value) != self.first.actual
            self._alike = value
        if recurring.first.hint != self.first.hint:
            self.hint_varies = True
        if len(self.samples) < samples and not is_same(value, self._shown):
            self.keep(Sample(UNSET if recurring.hidden else brief(value), seen))
            if value is not UNSET and not recurring.hidden:
                self._shown = value

    def add_classes(self, entries: Sequence[tuple[Recurring, FaultClass]], locate: Locate, samples: int) -> None:
        """The same as `add_again` for all sightings of some classes, most of which are only counted."""
        for recurring, found in entries:
            self.count += found.count
            self.got[json_type(recurring.first.value) if recurring.named else found.got] += found.count
        if len(self.samples) < samples or not self.actual_varies:
            told = [(recurring, found.only) for recurring, found in entries]
            if not self._told.issuperset(told):
                self._look_at(entries, locate, samples)
                self._remember(told, samples)
        if len(entries) == 1:
            self.events += entries[0][1].lines
            self.last = locate(entries[0][1].last)
        else:
            self.events += len({glimpse.index for _, found in entries for glimpse in found.all()})
            self.last = locate(max((found.last for _, found in entries), key=_order))

    def _look_at(self, entries: Sequence[tuple[Recurring, FaultClass]], locate: Locate, samples: int) -> None:
        self.actual_varies = self.actual_varies or any(self._varies(recurring, found) for recurring, found in entries)
        if len(self.samples) < samples:
            self._sample(entries, locate, samples)

    def _remember(self, told: Sequence[tuple[Recurring, bytes | None]], samples: int) -> None:
        """Which values need not be looked at again. Where there are none, or they may not be shown, samples differ by their places."""
        full = len(self.samples) >= samples
        for recurring, text in told:
            tells_places = text == b"" or recurring.hidden
            if text is not None and (full or not tells_places):
                self._told.add((recurring, text))
        if len(self._told) > _MOST_TOLD:
            self._told.clear()

    def _varies(self, recurring: Recurring, found: FaultClass) -> bool:
        """Whether something else was got than at first."""
        if recurring.named:
            return False
        for glimpse in itertools.chain(found.firsts(), found.all() if found.has_more else ()):
            value = glimpse.value
            if is_same(value, self._alike):
                continue
            if recurring.actual(value) != self.first.actual:
                return True
            self._alike = value
            if value is UNSET:
                return False
        return False

    def _sample(self, entries: Sequence[tuple[Recurring, FaultClass]], locate: Locate, samples: int) -> None:
        """Keep the first different values. Those that may not be shown differ by their places, so that all are looked at."""
        takes_all = any(recurring.hidden or found.has_more for recurring, found in entries)
        self._sample_of(_merged((recurring, found.all() if takes_all else found.firsts()) for recurring, found in entries), locate, samples)

    def _sample_of(self, glimpses: Iterable[tuple[Recurring, Glimpse]], locate: Locate, samples: int) -> None:
        for recurring, glimpse in glimpses:
            if len(self.samples) >= samples:
                return
            value = recurring.first.value if recurring.named else glimpse.value
            if not is_same(value, self._shown):
                self.keep(Sample(UNSET if recurring.hidden else brief(value), locate(glimpse)))
                self._shown = _NEVER if recurring.hidden or value is UNSET else value

    def add(self, problem: Problem, samples: int) -> None:
        self.count += 1
        self.got[problem.got or "nothing"] += 1
        self.actual_varies = self.actual_varies or problem.actual != self.first.actual
        self.hint_varies = self.hint_varies or problem.hint != self.first.hint
        self.last = seen_in(problem)
        if len(self.samples) < samples:
            self.keep(Sample(brief(problem.value), self.last))

    def absorb(self, group: Group, samples: int, lines: int, records: int) -> None:
        self.count += group.count
        self.events += group.events
        self.got.update(group.got)
        self.actual_varies = self.actual_varies or group.actual_varies or group.problem.actual != self.first.actual
        self.hint_varies = self.hint_varies or group.hint_varies or group.problem.hint != self.first.hint
        self.last = group.last.moved(lines, records)
        for sample in group.samples:
            if len(self.samples) < samples:
                self.keep(Sample(sample.value, sample.seen.moved(lines, records)))

    def keep(self, sample: Sample) -> None:
        """Values count once; where there are none, places do."""
        kind = type(sample.value)
        shown = sample.value if kind in _SCALARS else str(sample.seen) if sample.value is UNSET else json.dumps(sample.value)
        self.samples.setdefault((kind, shown), sample)


def _merged(sources: Iterable[tuple[Recurring, Iterable[Glimpse]]]) -> Iterable[tuple[Recurring, Glimpse]]:
    """All sightings in their order, with what is said of them."""
    each = [[(recurring, glimpse) for glimpse in glimpses] for recurring, glimpses in sources]
    return each[0] if len(each) == 1 else heapq.merge(*each, key=lambda pair: pair[1].order)


def is_same(value: Any, other: Any) -> bool:
    """Whether two values look the same; objects that are equal may have their members in another order, and 0.0 equals -0.0."""
    return type(value) is type(other) and type(value) in _SCALARS and bool(value == other) and (bool(value) or str(value) == str(other))


_NEVER = object()
_MOST_TOLD = 16
_order = attrgetter("order")
_TYPES: Mapping[type, str] = {kind: json_type(kind()) for kind in (str, bool, int, float, dict, list)}
_SCALARS = frozenset({str, bool, int, float, type(None)})


def brief(value: Any, depth: int = 3) -> Any:
    """A JSON value cut to a size fit for reading: 200 characters a text, ten members and three levels an object or array.

    What was cut off is written as `…`. Numbers that JSON cannot write become texts.
    """
    match value:
        case str():
            return value if len(value) <= 200 else value[:199] + "…"
        case float() if not math.isfinite(value):
            return str(value)
        case int() if value.bit_length() > 1024:
            return describe(value)
        case list() | tuple() | dict() if not depth:
            return "…" if value else value
        case dict():
            kept = {brief(name): brief(member, depth - 1) for name, member in itertools.islice(value.items(), 10)}
            return kept if len(value) <= 10 else kept | {"…": f"{len(value) - 10} more"}
        case list() | tuple():
            return [*(brief(item, depth - 1) for item in value[:10]), *(["…"] if len(value) > 10 else [])]
        case _:
            return value
