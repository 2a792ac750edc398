"""The report: equal problems folded into groups, events counted.

A million events can hold a million equal faults, so a report keeps counts, first and last places and a few samples,
never the events. Reports add up: `merge(report(a), report(b)) == report(a + b)`, which lets blocks of one input be
checked apart. Two bounds keep memory flat, `About.most_groups` groups and as many event names, whoever comes first;
what comes later is only counted. Where a bound was hit the law holds for the counts, and which groups are kept
depends on how the input was cut: cut it alike whatever the number of workers.
"""

from __future__ import annotations

import heapq
import itertools
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from protocols.problems import Problem, Severity
from protocols.report.coverage import Coverage, Item, Minimum, Unplanned, too_low
from protocols.report.expectations import EXPECTATIONS, Came, Expectation, unmet
from protocols.report.timeline import Moments, Timeline
from protocols.violations import CALLS, KINDS, Recurring, describe, json_type, pointer_tokens, reading_order, sentence, to_pointer

if TYPE_CHECKING:
    from protocols.report.settle import Settled
    from protocols.report.waivers import Waiver


class Route(Protocol):
    """Which part of the plan an event was checked against; `assumed` where the event did not say its version."""

    @property
    def call(self) -> str | None: ...
    @property
    def event(self) -> str | None: ...
    @property
    def version(self) -> int | None: ...
    @property
    def assumed(self) -> bool: ...


class Glimpse(Protocol):
    """One sighting of a fault: its event's route, the value and the indices of the arrays on the way to it. `order` grows from
    sighting to sighting; `index` is that of the event, which stands on `line`."""

    order: int

    @property
    def index(self) -> int: ...
    @property
    def route(self) -> Route: ...
    @property
    def value(self) -> Any: ...
    @property
    def indices(self) -> Sequence[int]: ...
    @property
    def line(self) -> bytes: ...


class FaultClass(Protocol):
    """Sightings of which the same is said: `count` of them in so many `lines`, of values of the JSON type `got`.

    `firsts` are the first ones with different values, and `has_more` says that there may be further ones; `only` is the text of the
    value where all have the same, empty where there are none, and None else.
    """

    @property
    def said(self) -> Sequence[Recurring]: ...
    @property
    def count(self) -> int: ...
    @property
    def lines(self) -> int: ...
    @property
    def got(self) -> str: ...
    @property
    def last(self) -> Glimpse: ...
    @property
    def only(self) -> bytes | None: ...
    @property
    def has_more(self) -> int: ...
    def firsts(self) -> Iterator[Glimpse]: ...
    def all(self) -> Iterator[Glimpse]: ...


MOST_OF_A_PAYLOAD = 4096
MOST_PAYLOADS = 2_000
"""Bytes of an event that is kept, and groups that keep one."""


class Key(NamedTuple):
    """What is counted as one kind of event. `event` is None for calls without names and for unreadable records."""

    call: str | None
    event: str | None
    version: int | None


class PlanFile(msgspec.Struct, frozen=True):
    path: str
    sha256: str


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """An event, or a call without names, that the plan has; `properties` are the names of its own top-level properties."""

    call: str
    event: str | None = None
    version: int | None = None
    owners: tuple[str, ...] = ()
    labels: Mapping[str, Any] = {}
    status: str | None = None
    properties: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return Key(self.call, self.event, self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known before the first event: the plan, how much a report keeps, and what is asked of it.

    `scope` says which events were to be checked, `{option: value}`; `items` are what coverage counts, None where nobody
    asked for it; with `timeline` the report says when, too, and has an event of each group, in which members with the names
    in `personal` are not to be shown; `expectations` and `minimums` are held against the counts of the whole report.
    """

    name: str = ""
    version: str = ""
    files: tuple[PlanFile, ...] = ()
    planned: tuple[Planned, ...] = ()
    samples: int = 3
    most_groups: int = 10_000
    scope: Mapping[str, str] = field(default_factory=dict)
    items: tuple[Item, ...] | None = None
    expectations: tuple[Expectation, ...] = ()
    minimums: tuple[Minimum, ...] = ()
    timeline: bool = False
    personal: frozenset[str] = frozenset()


class Spot(NamedTuple):
    """A problem of one event, as what may excuse it looks at it; groups have the same three."""

    problem: Problem
    key: Key

    @property
    def id(self) -> str:
        return self.problem.id

    @property
    def pointer(self) -> str | None:
        return self.problem.group_pointer or star(self.problem.pointer)


Excuse = Callable[[Spot], bool]
"""Whether a problem is waived or known."""


class Input(msgspec.Struct, frozen=True):
    """One file that was read: how many events, how many bytes of it (as stored, so packed where it is packed)."""

    file: str
    events: int
    bytes: int


class Seen(NamedTuple):
    """Where a problem was seen; lines and records count from 1."""

    file: str | None
    line: int | None
    record: int | None
    message_id: str | None = None

    def moved(self, lines: int, records: int) -> Seen:
        """The same place counted from the beginning of a file, when it was counted from behind so many lines and records."""
        return Seen(self.file, later(self.line, lines), later(self.record, records), self.message_id)

    def __str__(self) -> str:
        if self.file is None:
            return "an unknown place"
        if self.line is not None:
            return f"{self.file}:{self.line}"
        return f"{self.file}#{self.record}" if self.record is not None else self.file


class Sample(msgspec.Struct, frozen=True):
    """A value that was got, UNSET where there was none or it may not be shown, cut to a size fit for reading."""

    value: Any
    seen: Seen


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Equal problems, told by the first of them.

    `pointer` is that of all of them, array indices and map keys written `*`. `count` counts problems, `events` the
    events that have one, and `share` is their part of the event's traffic, None for problems of no single event.
    `got` counts the problems by JSON type of what was found; `actual_varies` and `hint_varies` say whether the first's
    `actual` and `hint` hold for all. `samples` are the first different values. `payload` is the text
    of the first event, empty where it is not kept. `state` is `new`, or as waivers and a
    baseline have settled it, `known` or `suppressed`; `waiver` is the one that excuses it.
    """

    problem: Problem
    key: Key
    pointer: str | None
    got: Mapping[str, int]
    actual_varies: bool
    hint_varies: bool
    count: int
    events: int
    share: float | None
    last: Seen
    samples: tuple[Sample, ...]
    planned: Planned | None
    payload: str = ""
    state: str = "new"
    waiver: Waiver | None = None

    @property
    def id(self) -> str:
        return self.problem.id

    @property
    def severity(self) -> Severity:
        return self.problem.severity

    @property
    def first(self) -> Seen:
        return _seen(self.problem)

    @property
    def hint(self) -> str | None:
        return None if self.hint_varies else self.problem.hint

    @property
    def actual(self) -> str | None:
        """What was got, in words: the first value, and the types of all where others differ."""
        if not self.actual_varies:
            return self.problem.actual
        types = ", ".join(f"{name} {count:,}" for name, count in self.got.items())
        return f"{self.problem.actual} and others ({types})" if len(self.got) > 1 else f"{self.problem.actual} and others"

    @property
    def message(self) -> str:
        return self.say(self.hint)

    def say(self, hint: str | None) -> str:
        """The sentence of the whole group, with this hint at its end; the first problem's own where it was not made from its fields."""
        first = self.problem
        if first.id not in KINDS or first.message != _sentence(first, first.pointer, first.actual, first.hint):
            return first.message
        return _sentence(first, self.pointer, self.actual, hint)


class Traffic(msgspec.Struct, frozen=True):
    """How often one kind of event was seen: how often with an error, with an error that nothing excuses, and with a warning and no
    error."""

    key: Key
    count: int
    invalid: int
    fresh: int
    warned: int
    planned: bool


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a run found. `count` is the number of events; `valid + invalid == count`, and the unreadable are invalid.

    Groups are in the order in which they were first seen, `traffic` by call, name and version, `inputs` as given.
    `problems` counts by (id, severity, call), folded ones too; `folded` counts the problems that belong to no group.
    `faults` are sentences: input that could not be read to its end. `left_out` counts by option the events that were not
    checked, which are in no other number; `timeless` those that were, although nothing says when they were.
    `covered` has the indices of the `about.items` that were seen. `named` counts pages and screens by name and `beyond` events
    that have no row of their own, by the text of the expectation that asked for them; both are empty where none did.
    `settled` says what waivers and a baseline made of it.
    """

    about: About
    count: int
    invalid: int
    unreadable: int
    assumed: int
    problems: Mapping[tuple[str, Severity, str | None], int]
    groups: tuple[Group, ...]
    folded: int
    traffic: tuple[Traffic, ...]
    inputs: tuple[Input, ...]
    faults: tuple[str, ...]
    settled: Settled | None = None
    left_out: Mapping[str, int] = {}
    timeless: int = 0
    covered: Set[int] = frozenset()
    named: Mapping[Key, int] = {}
    beyond: Mapping[str, int] = {}
    timeline: Timeline = Timeline()

    @property
    def valid(self) -> int:
        return self.count - self.invalid

    @property
    def violations(self) -> int:
        return sum(self.problems.values())

    @property
    def ungrouped(self) -> dict[tuple[str, Severity, str | None], int]:
        """The violations that belong to no group, by (id, severity, call); their sum is `folded`."""
        rest = Counter(self.problems)
        for group in self.groups:
            rest[group.id, group.severity, group.key.call] -= group.count
        return {key: count for key, count in rest.items() if count}

    @property
    def known(self) -> int:
        """The violations that a baseline knows."""
        return sum(self.settled.known.values()) if self.settled else 0

    @property
    def suppressed(self) -> int:
        """The violations that a waiver excuses."""
        return sum(self.settled.suppressed.values()) if self.settled else 0

    @property
    def new(self) -> int:
        """All other violations."""
        return self.violations - self.known - self.suppressed

    @property
    def by_severity(self) -> dict[str, int]:
        """Severity -> problems, the worst first."""
        counts = self._by(lambda id, severity, call: str(severity))
        return {str(severity): counts[str(severity)] for severity in sorted(Severity, reverse=True) if str(severity) in counts}

    @property
    def by_family(self) -> dict[str, int]:
        return self._by(lambda id, severity, call: id.partition("/")[0])

    @property
    def by_id(self) -> dict[str, int]:
        return self._by(lambda id, severity, call: id)

    @property
    def by_call(self) -> dict[str, int]:
        """Call -> problems; `unknown` for records of no known call."""
        return self._by(lambda id, severity, call: call or "unknown")

    @property
    def awaited(self) -> tuple[Planned, ...]:
        """Planned events, in the plan's order, that are to be seen: those not deprecated."""
        return tuple(planned for planned in self.about.planned if planned.event is not None and planned.status != "deprecated")

    @property
    def unseen(self) -> tuple[Planned, ...]:
        """Those of them of which the input had none."""
        seen = {traffic.key for traffic in self.traffic}
        return tuple(planned for planned in self.awaited if planned.key not in seen)

    def count_of(self, expectation: Expectation) -> int:
        """How many events came of those that an expectation is about."""
        return Came({entry.key: entry.count for entry in self.traffic}, self.named, self.beyond).of(expectation)[0]

    @property
    def of_the_run(self) -> tuple[Problem, ...]:
        """Problems of the run as a whole: what was expected and not met. They have groups as well."""
        return tuple(group.problem for group in self.groups if group.id in EXPECTATIONS)

    @property
    def coverage(self) -> Coverage | None:
        """What of the plan was seen, and what was seen and not planned; None where nobody asked for it."""
        if self.about.items is None:
            return None
        return Coverage(self.about.items, frozenset(self.covered), tuple(_unplanned(self.traffic, self.groups)))

    def _by(self, name: Any) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for key, count in self.problems.items():
            counts[name(*key)] += count
        return dict(sorted(counts.items()))

    def __add__(self, other: Report) -> Report:
        return merge(self, other)

    def __repr__(self) -> str:
        return f"Report({self.count} events, {self.invalid} invalid, {self.violations} violations in {len(self.groups)} groups)"


def first_to_mend(report: Report, most: int) -> list[Group]:
    """The faults to begin with: what fails the run whatever came, then those that spoil most events; only new ones."""
    new = [group for group in report.groups if group.state == "new"]
    return sorted(new, key=lambda group: (-group.severity, group.id not in EXPECTATIONS, -group.events, -group.count))[:most]


def merge(*reports: Report) -> Report:
    """One report of several, in input order, about the plan of the first."""
    builder = Builder(reports[0].about)
    for report in reports:
        builder.absorb(report)
    return builder.report()


class Builder:
    """Collects what happened to each event; `report()` may be asked for at any time."""

    def __init__(
        self,
        about: About | None = None,
        *,
        watched: Sequence[Expectation] = (),
        excuse: Excuse | None = None,
        within: Builder | None = None,
    ) -> None:
        """`watched` are the expectations of which all is counted that they need, where others judge them.

        `excuse` tells what is waived or known; which events have other errors too can be seen now alone. Where the report is to be
        absorbed by another builder at once, that one can be given as `within`: groups go straight there, the same ones that would
        come there otherwise, and are no part of the report.
        """
        self.about = about or About()
        self._within = within
        self._mine: set[_GroupKey] = set()  # the groups that would have room here, of those that go elsewhere
        self._excuse = excuse
        self._watched = watched or self.about.expectations
        self._planned = frozenset(entry.key for entry in self.about.planned)  # always have room: coverage is about them
        self._counts: dict[Key, list[int]] = {}
        self._counts_of: dict[Route, list[int]] = {}  # the same lists, where each event would have to make a key to find them
        self._count = self._invalid = self._unreadable = self._assumed = self._folded = 0
        self._problems: Counter[tuple[str, Severity, str | None]] = Counter()
        self._groups: dict[_GroupKey, _Tally] = {} if within is None else within._groups
        self._met: dict[Recurring, _Met] = {}
        self._met_before: dict[Recurring, tuple[_GroupKey, _Met]] = {} if within is None else within._met_before
        self._inputs: dict[str, list[int]] = {}
        self._faults: dict[str, None] = {}
        self._left_out: Counter[str] = Counter()
        self._timeless = 0
        self._covered: set[int] = set()
        self._named: Counter[Key] = Counter()
        self._beyond: Counter[str] = Counter()
        self._moments = Moments()
        self._payload = ""

    def add_valid(self, route: Route, n: int = 1) -> None:
        """`n` events of this route without any problem."""
        self._add_traffic(Key(route.call, route.event, route.version), n)
        self._count += n
        self._assumed += n if route.assumed else 0

    def add(self, problems: Iterable[Problem], route: Route | None = None, *, unreadable: bool = False) -> None:
        """One event and its problems; `route` is None for a record of which not even the call is known.

        The problems are counted under the route's call, event and version.
        """
        key = Key(route.call, route.event, route.version) if route is not None else _NOWHERE
        found = tuple(problems)
        worst = max((problem.severity for problem in found), default=Severity.off)
        invalid = unreadable or worst is Severity.error
        fresh = any(self._is_fresh(problem, key) for problem in found)
        self._add_traffic(key, 1, int(invalid), int(fresh), int(not invalid and worst is Severity.warning))
        self._count += 1
        self._invalid += invalid
        self._unreadable += unreadable
        self._assumed += route is not None and route.assumed
        for tally in {id(tally): tally for tally in self._tallies(found, key)}.values():
            tally.events += 1

    def add_recurring(self, sightings: Sequence[tuple[Recurring, Any, Sequence[int]]], route: Route, seen: Seen) -> None:
        """The same as `add` for violations that were met before: only what a report keeps of them is written out.

        `sightings` are (violation, value, indices of the arrays on the way to it), without those that are switched off.
        """
        key = Key(route.call, route.event, route.version)
        worst = Severity.off
        fresh = False
        tallies: list[_Tally] = []
        unmet = [sighting for sighting in sightings if sighting[0] not in self._met]
        if len(unmet) > 1:  # groups that are new come in the order in which an event's violations are reported
            for recurring, value, indices in sorted(unmet, key=lambda met: reading_order(met[0].first, met[0].pointer(met[2]))):
                self._meet(recurring, value, indices, key, lambda: seen)
        for recurring, value, indices in sightings:
            if recurring.first.severity > worst:
                worst = recurring.first.severity
            met = self._met.get(recurring)
            if met is None:
                met = self._meet(recurring, value, indices, key, lambda: seen)
            counted, tally, is_fresh = met
            fresh = fresh or is_fresh
            self._problems[counted] += 1
            if tally is None:
                self._folded += 1
            else:
                tally.add_again(recurring, value, seen, self.about.samples)
                if tally not in tallies:
                    tallies.append(tally)
        for tally in tallies:
            tally.events += 1
        invalid = worst is Severity.error
        self._add_traffic(key, 1, int(invalid), int(fresh), int(worst is Severity.warning))
        self._count += 1
        self._invalid += invalid
        self._assumed += route.assumed

    def add_folded(
        self,
        events: Iterable[tuple[Route, int, Sequence[Recurring]]],
        classes: Sequence[FaultClass],
        late: Callable[[Glimpse], Callable[[], Seen]],
        catch_up: Callable[[int], None] = lambda index: None,
        beside: int = 0,
    ) -> None:
        """The same as `add_recurring` for many events at once, which never were objects of their own.

        `events` are (route, number of events, what is said of each); `classes` have the sightings behind that. `late` says where one
        was seen, to be called only if somebody wants to know. `catch_up` adds those events before one that are not folded, whose
        `beside` problems are in other groups. This runs for each class of each block: what is settled of a group is not looked at
        again.
        """
        room = self.about.most_groups - len(self._mine) > beside + sum(len(each.said) for each in classes)
        met: dict[Recurring, _Met] = {}
        unmet: list[tuple[Recurring, FaultClass]] = []
        for each in classes:
            for recurring in each.said:
                known = self._met.get(recurring) or (self._met_again(recurring) if room else None)
                if known is None:
                    unmet.append((recurring, each))
                else:
                    met[recurring] = known
        for recurring, each in sorted(unmet, key=_rank) if len(unmet) > 1 else unmet:
            catch_up(next(each.firsts()).index)
            met[recurring] = self._meet_first(recurring, each, late)
        tallies: dict[_Tally, list[tuple[Recurring, FaultClass]]] = {}
        for each in classes:
            for recurring in each.said:
                counted, tally, _ = met[recurring]
                self._problems[counted] += each.count
                if tally is None:
                    self._folded += each.count
                else:
                    tallies.setdefault(tally, []).append((recurring, each))
        for tally, entries in tallies.items():
            tally.add_classes(entries, late, self.about.samples)
        for route, count, said in events:
            worst, fresh = Severity.off, False
            for recurring in said:
                if recurring.first.severity > worst:
                    worst = recurring.first.severity
                fresh = fresh or met[recurring][2]
            invalid = count if worst is Severity.error else 0
            self._add_traffic_of(route, count, invalid, count if fresh else 0, count if worst is Severity.warning else 0)
            self._count += count
            self._invalid += invalid
            if route.assumed:
                self._assumed += count

    def _met_again(self, recurring: Recurring) -> _Met | None:
        """How it is counted where the builder that this one is within has met it, whose groups have room for all that is asked for."""
        before = self._met_before.get(recurring)
        if before is None:
            return None
        group, met = before
        self._mine.add(group)
        self._met[recurring] = met
        return met

    def _meet_first(self, recurring: Recurring, found: FaultClass, late: Callable[[Glimpse], Callable[[], Seen]]) -> _Met:
        glimpse = next(found.firsts())
        route = glimpse.route
        value = recurring.first.value if recurring.named else glimpse.value
        return self._meet(recurring, value, glimpse.indices, Key(route.call, route.event, route.version), late(glimpse))

    def _meet(self, recurring: Recurring, value: Any, indices: Sequence[int], key: Key, seen: Callable[[], Seen]) -> _Met:
        """How a recurring violation is counted, from now on: in its group, if there is room for one more."""
        first = recurring.first
        group = _group_of(first, key)
        tally = self._known_tally(group)
        if tally is None:
            here = seen()
            tally = self._new_tally(group, _placed(recurring.again(value, indices, here.message_id), here))
        if tally is not None and first.hint != tally.first.hint:
            tally.hint_varies = True
        met = (first.id, first.severity, key.call), tally, self._is_fresh(first, key)
        if len(self._met) >= self.about.most_groups:
            self._met.clear()
        self._met[recurring] = met
        if self._within is not None and tally is not None:
            if len(self._met_before) >= self.about.most_groups:
                self._met_before.clear()
            self._met_before[recurring] = group, met
        return met

    def add_beside(self, problems: Iterable[Problem]) -> None:
        """Problems of no single event, such as those of a batch as a whole."""
        self._payload = ""
        for problem in problems:
            for _ in self._tallies((problem,), Key(problem.call, problem.event, problem.version)):
                pass

    def add_input(self, file: str, events: int, bytes: int) -> None:
        """What was read of one file; a file named twice counts once, with the sums."""
        counts = self._inputs.setdefault(file, [0, 0])
        counts[0] += events
        counts[1] += bytes

    def look_at(self, raw: bytes | None, timestamp: object, worst: Severity) -> None:
        """The event with violations that is added next: its text, None where it is not to be shown, when it says that it
        happened, and its worst violation."""
        self._payload = raw.decode("utf-8", "replace") if raw is not None and len(raw) <= MOST_OF_A_PAYLOAD else ""
        self._moments.add(timestamp, worst)

    def add_moments(self, timestamps: Iterable[object]) -> None:
        """When events say that they happened, those with violations and those without."""
        for timestamp in timestamps:
            self._moments.add(timestamp)

    def add_fault(self, sentence: str) -> None:
        """Input that could not be read to its end, said in one sentence."""
        self._faults[sentence] = None

    def add_left_out(self, counts: Mapping[str, int], timeless: int = 0) -> None:
        """Events that are not checked, by the option that says so, and such as are checked without a time."""
        self._left_out.update(counts)
        self._timeless += timeless

    def add_covered(self, items: Iterable[int]) -> None:
        """The indices of items of the plan that were seen."""
        self._covered.update(items)

    def add_named(self, names: Mapping[tuple[str, str], int]) -> None:
        """Pages and screens by (call, name), planned or not; they are counted as events elsewhere."""
        for (call, name), count in names.items():
            key = Key(call, name, None)
            if key in self._named or len(self._named) < self.about.most_groups:
                self._named[key] += count
            else:
                self._add_beyond(key, count, by_name=True)

    def absorb(self, report: Report, *, lines: int = 0, records: int = 0) -> None:
        """Everything in a report of later input; so many lines and records stand before it where it is a part of a file."""
        for traffic in report.traffic:
            self._add_traffic(traffic.key, traffic.count, traffic.invalid, traffic.fresh, traffic.warned)
        self._count += report.count
        self._invalid += report.invalid
        self._unreadable += report.unreadable
        self._assumed += report.assumed
        self._folded += report.folded
        self._problems.update({key: count for key, count in report.problems.items() if key[0] not in EXPECTATIONS})
        for group in report.groups:
            if group.id not in EXPECTATIONS:
                self._absorb_group(group, lines, records)
        self.add_left_out(report.left_out, report.timeless)
        self.add_covered(report.covered)
        self.add_named({(str(key.call), str(key.event)): count for key, count in report.named.items()})
        self._beyond.update(report.beyond)
        for entry in report.inputs:
            self.add_input(entry.file, entry.events, entry.bytes)
        for fault in report.faults:
            self.add_fault(fault)
        self._moments.absorb(report.timeline)

    def report(self) -> Report:
        planned = {entry.key: entry for entry in self.about.planned}
        own = self._groups if self._within is None else {}
        groups = tuple(self._group(key, tally, planned) for key, tally in own.items())
        traffic = tuple(self._traffic(planned))
        of_the_run = [_of_the_run(problem, planned) for problem in self._unmet()]
        return Report(
            about=self.about,
            count=self._count,
            invalid=self._invalid,
            unreadable=self._unreadable,
            assumed=self._assumed,
            problems=dict(self._problems + Counter((group.id, group.severity, group.problem.call) for group in of_the_run)),
            groups=(*groups, *of_the_run),
            folded=self._folded,
            traffic=traffic,
            inputs=tuple(Input(file, *counts) for file, counts in self._inputs.items()),
            faults=tuple(self._faults),
            left_out=dict(self._left_out),
            timeless=self._timeless,
            covered=frozenset(self._covered),
            named=dict(sorted(self._named.items())),
            beyond=dict(self._beyond),
            timeline=self._moments.timeline(),
        )

    def _unmet(self) -> Iterator[Problem]:
        """What the whole of the input lacks, or has too much of."""
        came = Came({key: counts[0] for key, counts in self._counts.items()}, self._named, self._beyond)
        yield from unmet(self.about.expectations, came)
        if self.about.items is not None:
            yield from too_low(self.about.minimums, Coverage(self.about.items, frozenset(self._covered)))

    def _add_beyond(self, key: Key, count: int, *, by_name: bool = False) -> None:
        for expectation in self._watched:
            if expectation.by_name == by_name and expectation.events.name is not None and expectation.events.fits(key.call, key.event):
                self._beyond[expectation.text] += count

    def _traffic(self, planned: Mapping[Key, Planned]) -> Iterator[Traffic]:
        for key in sorted(self._counts, key=_reading_order):
            count, invalid, fresh, warned = self._counts[key]
            yield Traffic(key, count, invalid, fresh, warned, planned=key in planned)

    def _is_fresh(self, problem: Problem, key: Key) -> bool:
        """Whether it is an error that nothing excuses."""
        return problem.severity is Severity.error and (self._excuse is None or not self._excuse(Spot(problem, key)))

    def _add_traffic(self, key: Key, count: int, invalid: int = 0, fresh: int = 0, warned: int = 0) -> None:
        counts = self._counts.get(key)
        if counts is None:
            full = len(self._counts) >= self.about.most_groups and key.event is not None and key not in self._planned
            if full:
                self._add_beyond(key, count)
            counts = self._counts.setdefault(Key(key.call, None, None) if full else key, [0, 0, 0, 0])
        counts[0] += count
        counts[1] += invalid
        counts[2] += fresh
        counts[3] += warned

    def _add_traffic_of(self, route: Route, count: int, invalid: int, fresh: int, warned: int) -> None:
        """The same for events of a route."""
        counts = self._counts_of.get(route)
        if counts is None:
            key = Key(route.call, route.event, route.version)
            self._add_traffic(key, count, invalid, fresh, warned)
            if key in self._counts:
                self._counts_of[route] = self._counts[key]
            return
        counts[0] += count
        counts[1] += invalid
        counts[2] += fresh
        counts[3] += warned

    def _tallies(self, problems: Iterable[Problem], key: Key) -> Iterator[_Tally]:
        for problem in problems:
            self._problems[problem.id, problem.severity, key.call] += 1
            tally = self._tally(problem, key)
            if tally is None:
                self._folded += 1
            else:
                tally.add(problem, self.about.samples)
                yield tally

    def _tally(self, problem: Problem, key: Key) -> _Tally | None:
        """The group of a problem; None where there is no room for one more."""
        group = _group_of(problem, key)
        return self._known_tally(group) or self._new_tally(group, problem)

    def _known_tally(self, group: _GroupKey) -> _Tally | None:
        """A group that is there, and that this builder may count in."""
        if self._within is not None and group not in self._mine:
            if len(self._mine) >= self.about.most_groups:
                return None
            self._mine.add(group)
        return self._groups.get(group)

    def _new_tally(self, group: _GroupKey, problem: Problem) -> _Tally | None:
        if (self._within is not None and group not in self._mine) or len(self._groups) >= self.about.most_groups:
            return None
        number = max(len(self._mine) - 1, len(self._groups))
        tally = self._groups[group] = _Tally(problem, self._payload if number < MOST_PAYLOADS else "")
        return tally

    def _absorb_group(self, group: Group, lines: int, records: int) -> None:
        key = (group.id, group.severity, group.key, group.pointer, group.problem.expected)
        tally = self._groups.get(key)
        if tally is None and len(self._groups) >= self.about.most_groups:
            self._folded += group.count
            return
        if tally is None:
            payload = group.payload if len(self._groups) < MOST_PAYLOADS else ""
            tally = self._groups[key] = _Tally(moved(group.problem, lines, records), payload)
        tally.absorb(group, self.about.samples, lines, records)

    def _group(self, group: _GroupKey, tally: _Tally, planned: Mapping[Key, Planned]) -> Group:
        _, _, key, pointer, _ = group
        traffic = self._counts.get(key)
        return Group(
            problem=tally.first,
            key=key,
            pointer=pointer,
            got=dict(sorted(tally.got.items())),
            actual_varies=tally.actual_varies,
            hint_varies=tally.hint_varies,
            count=tally.count,
            events=tally.events,
            share=tally.events / traffic[0] if traffic and tally.events else None,
            last=tally.last,
            samples=tuple(tally.samples.values()),
            planned=planned.get(key) or planned.get(Key(key.call, key.event, None)),
            payload=tally.payload,
        )


def _of_the_run(problem: Problem, planned: Mapping[Key, Planned]) -> Group:
    """The group of a problem of the run as a whole: it stands by itself."""
    key = Key(problem.call, problem.event, problem.version)
    return Group(
        problem=problem,
        key=key,
        pointer=None,
        got={"nothing": 1},
        actual_varies=False,
        hint_varies=False,
        count=1,
        events=0,
        share=None,
        last=_seen(problem),
        samples=(),
        planned=planned.get(key),
    )


def _unplanned(traffic: Sequence[Traffic], groups: Sequence[Group]) -> Iterator[Unplanned]:
    """Events that the plan lacks, the frequent ones first, then what it lacks of others."""
    for entry in sorted(traffic, key=lambda entry: -entry.count):
        nameless = entry.key.call == "track" and entry.key.event is None
        if not entry.planned and entry.key.call is not None and not nameless:
            yield Unplanned("unplanned/unplanned-event", *entry.key, None, entry.count)
    for group in sorted(groups, key=lambda group: -group.count):
        if group.problem.family == "unplanned" and group.id != "unplanned/unplanned-event":
            yield Unplanned(group.id, *group.key, group.pointer, group.count)


_GroupKey = tuple[str, Severity, Key, "str | None", "str | None"]
_Counted = tuple[str, Severity, "str | None"]
_Met = tuple[_Counted, "_Tally | None", bool]
"""How a recurring violation is counted: by id, severity and call, in which group, and whether it is an error that nothing excuses."""
_NOWHERE = Key(None, None, None)


class _Tally:
    """A group while it grows."""

    __slots__ = (
        "_alike",
        "_last",
        "_shown",
        "_told",
        "actual_varies",
        "count",
        "events",
        "first",
        "got",
        "hint_varies",
        "payload",
        "samples",
    )

    def __init__(self, first: Problem, payload: str = "") -> None:
        self.first = replace(first, value=UNSET)
        self.payload = payload
        self.got: Counter[str] = Counter()
        self.actual_varies = self.hint_varies = False
        self.count = self.events = 0
        self._last: Seen | Callable[[], Seen] = _seen(first)
        self.samples: dict[tuple[type, Any], Sample] = {}
        self._alike: Any = _NEVER  # a value of which the same is said as of the first
        self._shown: Any = _NEVER  # a value that is among the samples
        self._told: set[tuple[Recurring, bytes | None]] = set()  # texts of values that have nothing new to say

    @property
    def last(self) -> Seen:
        if callable(self._last):
            self._last = self._last()
        return self._last

    @last.setter
    def last(self, seen: Seen) -> None:
        self._last = seen

    def add_again(self, recurring: Recurring, value: Any, seen: Seen, samples: int) -> None:
        """The same as `add` without the problem: what was settled by one value is not looked at again for an equal one."""
        self.count += 1
        kind = type(value)
        self.got[_TYPES.get(kind) or json_type(value)] += 1
        self.last = seen
        if not self.actual_varies and not _is_same(value, self._alike):
            self.actual_varies = recurring.actual(value) != self.first.actual
            self._alike = value
        if recurring.first.hint != self.first.hint:
            self.hint_varies = True
        if len(self.samples) < samples and not _is_same(value, self._shown):
            self.keep(Sample(UNSET if recurring.hidden else brief(value), seen))
            if value is not UNSET and not recurring.hidden:
                self._shown = value

    def add_classes(
        self, entries: Sequence[tuple[Recurring, FaultClass]], late: Callable[[Glimpse], Callable[[], Seen]], samples: int
    ) -> None:
        """The same as `add_again` for all sightings of some classes, most of which are only counted."""
        for recurring, found in entries:
            self.count += found.count
            self.got[json_type(recurring.first.value) if recurring.named else found.got] += found.count
        if len(self.samples) < samples or not self.actual_varies:
            told = [(recurring, found.only) for recurring, found in entries]
            if not self._told.issuperset(told):
                self._look_at(entries, late, samples)
                self._remember(told, samples)
        if len(entries) == 1:
            self.events += entries[0][1].lines
            self._last = late(entries[0][1].last)
        else:
            self.events += len({glimpse.index for _, found in entries for glimpse in found.all()})
            self._last = late(max((found.last for _, found in entries), key=_order))

    def _look_at(
        self, entries: Sequence[tuple[Recurring, FaultClass]], late: Callable[[Glimpse], Callable[[], Seen]], samples: int
    ) -> None:
        self.actual_varies = self.actual_varies or any(self._varies(recurring, found) for recurring, found in entries)
        if len(self.samples) < samples:
            self._sample(entries, late, samples)

    def _remember(self, told: Sequence[tuple[Recurring, bytes | None]], samples: int) -> None:
        """Which values need not be looked at again. Where there are none, or they may not be shown, samples differ by their places."""
        full = len(self.samples) >= samples
        self._told.update(pair for pair in told if pair[1] is not None and (full or (pair[1] and not pair[0].hidden)))
        if len(self._told) > _MOST_TOLD:
            self._told.clear()

    def _varies(self, recurring: Recurring, found: FaultClass) -> bool:
        """Whether something else was got than at first."""
        if recurring.named:
            return False
        for glimpse in itertools.chain(found.firsts(), found.all() if found.has_more else ()):
            value = glimpse.value
            if _is_same(value, self._alike):
                continue
            if recurring.actual(value) != self.first.actual:
                return True
            self._alike = value
            if value is UNSET:
                return False
        return False

    def _sample(self, entries: Sequence[tuple[Recurring, FaultClass]], late: Callable[[Glimpse], Callable[[], Seen]], samples: int) -> None:
        """Keep the first different values. Those that may not be shown differ by their places, so that all are looked at."""
        takes_all = any(recurring.hidden or found.has_more for recurring, found in entries)
        self._sample_of(_merged((recurring, found.all() if takes_all else found.firsts()) for recurring, found in entries), late, samples)

    def _sample_of(
        self, glimpses: Iterable[tuple[Recurring, Glimpse]], late: Callable[[Glimpse], Callable[[], Seen]], samples: int
    ) -> None:
        for recurring, glimpse in glimpses:
            if len(self.samples) >= samples:
                return
            value = recurring.first.value if recurring.named else glimpse.value
            if not _is_same(value, self._shown):
                self.keep(Sample(UNSET if recurring.hidden else brief(value), late(glimpse)()))
                self._shown = _NEVER if recurring.hidden or value is UNSET else value

    def add(self, problem: Problem, samples: int) -> None:
        self.count += 1
        self.got[problem.got or "nothing"] += 1
        self.actual_varies = self.actual_varies or problem.actual != self.first.actual
        self.hint_varies = self.hint_varies or problem.hint != self.first.hint
        self.last = _seen(problem)
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


def _rank(pair: tuple[Recurring, FaultClass]) -> Any:
    """A key that sorts what is said of classes as it is first said."""
    recurring, found = pair
    glimpse = next(found.firsts())
    return glimpse.index, reading_order(recurring.first, recurring.pointer(glimpse.indices))


def _is_same(value: Any, other: Any) -> bool:
    """Whether two values look the same; objects that are equal may have their members in another order, and 0.0 equals -0.0."""
    return type(value) is type(other) and type(value) in _SCALARS and bool(value == other) and (bool(value) or str(value) == str(other))


_NEVER = object()
_MOST_TOLD = 16
_order = attrgetter("order")
_TYPES: Mapping[type, str] = {kind: json_type(kind()) for kind in (str, bool, int, float, dict, list)}
_SCALARS = frozenset({str, bool, int, float, type(None)})


def _group_of(problem: Problem, key: Key) -> _GroupKey:
    return problem.id, problem.severity, key, problem.group_pointer or star(problem.pointer), problem.expected


def _placed(problem: Problem, seen: Seen) -> Problem:
    return replace(problem, file=seen.file, line=seen.line, record=seen.record, message_id=seen.message_id)


def moved(problem: Problem, lines: int, records: int) -> Problem:
    """The problem, its place counted from the beginning of a file and no longer from behind so many lines and records."""
    return replace(problem, line=later(problem.line, lines), record=later(problem.record, records))


def later(number: int | None, more: int) -> int | None:
    """The number of a line or record that has a number and `more` before it."""
    return None if number is None else number + more


def _seen(problem: Problem) -> Seen:
    return Seen(problem.file, problem.line, problem.record, problem.message_id)


def _sentence(problem: Problem, pointer: str | None, actual: str | None, hint: str | None) -> str:
    return sentence(problem.id, pointer=pointer, expected=problem.expected, actual=actual, hint=hint, event=problem.event)


def _reading_order(key: Key) -> tuple[int, str, int]:
    return (CALLS.index(key.call) if key.call in CALLS else len(CALLS), key.event or "", key.version or 0)


@lru_cache(4096)
def star(pointer: str | None) -> str | None:
    """A pointer with its array indices as `*`: `/properties/products/0/price` gives `/properties/products/*/price`."""
    if pointer is None or not any(character.isdigit() for character in pointer):
        return pointer
    return to_pointer(["*" if token.isascii() and token.isdecimal() else token for token in pointer_tokens(pointer)])


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
