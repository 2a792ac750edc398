"""Collects what happened to each event, and makes a report of it.

A million events can hold a million equal faults, so a report keeps counts, first and last places and a few samples,
never the events. Reports add up: `merge(report(a), report(b)) == report(a + b)`, which lets blocks of one input be
checked apart. Two bounds keep memory flat, `About.most_groups` groups and as many event names, whoever comes first;
what comes later is only counted. Where a bound was hit the law holds for the counts, and which groups are kept
depends on how the input was cut: cut it alike whatever the number of workers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from protocols.problems import Problem, Severity
from protocols.report.coverage import Coverage, too_low
from protocols.report.expectations import EXPECTATIONS, Came, Expectation, unmet
from protocols.report.folded import FaultClass, Locate
from protocols.report.report import About, Excuse, Group, Input, Key, Planned, Report, Route, Seen, Spot, Traffic, moved, seen_in, star
from protocols.report.tally import Tally, is_same
from protocols.report.timeline import Moments
from protocols.violations import CALLS, Recurring, reading_order

MOST_OF_A_PAYLOAD = 4096
MOST_PAYLOADS = 2_000
"""Bytes of an event that is kept, and groups that keep one."""


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
        self._groups: dict[_GroupKey, Tally] = {} if within is None else within._groups
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
        tallies: list[Tally] = []
        unmet = [sighting for sighting in sightings if sighting[0] not in self._met]
        if len(unmet) > 1:  # groups that are new come in the order in which an event's violations are reported
            for recurring, value, indices in sorted(unmet, key=lambda met: reading_order(met[0].first, met[0].pointer(met[2]))):
                self._meet(recurring, value, indices, key, seen)
        for recurring, value, indices in sightings:
            if recurring.first.severity > worst:
                worst = recurring.first.severity
            met = self._met.get(recurring)
            if met is None:
                met = self._meet(recurring, value, indices, key, seen)
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
        locate: Locate,
        catch_up: Callable[[int], None] = lambda index: None,
        beside: int = 0,
    ) -> None:
        """The same as `add_recurring` for many events at once, which never were objects of their own.

        `events` are (route, number of events, what is said of each); `classes` have the sightings behind that, and `locate` says where
        one was seen. `catch_up` adds those events before one that are not folded, whose `beside` problems are in other groups. This
        runs for each class of each block: what is settled of a group is not looked at again.
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
            met[recurring] = self._meet_first(recurring, each, locate)
        tallies: dict[Tally, list[tuple[Recurring, FaultClass]]] = {}
        for each in classes:
            for recurring in each.said:
                counted, tally, _ = met[recurring]
                self._problems[counted] += each.count
                if tally is None:
                    self._folded += each.count
                else:
                    tallies.setdefault(tally, []).append((recurring, each))
        for tally, entries in tallies.items():
            tally.add_classes(entries, locate, self.about.samples)
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

    def _meet_first(self, recurring: Recurring, found: FaultClass, locate: Locate) -> _Met:
        glimpse = next(found.firsts())
        route = glimpse.route
        value = recurring.first.value if recurring.named else glimpse.value
        return self._meet(recurring, value, glimpse.indices, Key(route.call, route.event, route.version), locate(glimpse))

    def _meet(self, recurring: Recurring, value: Any, indices: Sequence[int], key: Key, seen: Seen) -> _Met:
        """How a recurring violation is counted, from now on: in its group, if there is room for one more."""
        first = recurring.first
        group = _group_of(first, key)
        tally = self._known_tally(group)
        if tally is None:
            tally = self._new_tally(group, _again(recurring, value, indices, seen))
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

    def _tallies(self, problems: Iterable[Problem], key: Key) -> Iterator[Tally]:
        for problem in problems:
            self._problems[problem.id, problem.severity, key.call] += 1
            tally = self._tally(problem, key)
            if tally is None:
                self._folded += 1
            else:
                tally.add(problem, self.about.samples)
                yield tally

    def _tally(self, problem: Problem, key: Key) -> Tally | None:
        """The group of a problem; None where there is no room for one more."""
        group = _group_of(problem, key)
        return self._known_tally(group) or self._new_tally(group, problem)

    def _known_tally(self, group: _GroupKey) -> Tally | None:
        """A group that is there, and that this builder may count in."""
        if self._within is not None and group not in self._mine:
            if len(self._mine) >= self.about.most_groups:
                return None
            self._mine.add(group)
        return self._groups.get(group)

    def _new_tally(self, group: _GroupKey, problem: Problem) -> Tally | None:
        if (self._within is not None and group not in self._mine) or len(self._groups) >= self.about.most_groups:
            return None
        number = max(len(self._mine) - 1, len(self._groups))
        tally = self._groups[group] = Tally(problem, self._payload if number < MOST_PAYLOADS else "")
        return tally

    def _absorb_group(self, group: Group, lines: int, records: int) -> None:
        key = (group.id, group.severity, group.key, group.pointer, group.problem.expected)
        tally = self._groups.get(key)
        if tally is None and len(self._groups) >= self.about.most_groups:
            self._folded += group.count
            return
        if tally is None:
            payload = group.payload if len(self._groups) < MOST_PAYLOADS else ""
            tally = self._groups[key] = Tally(moved(group.problem, lines, records), payload)
        tally.absorb(group, self.about.samples, lines, records)

    def _group(self, group: _GroupKey, tally: Tally, planned: Mapping[Key, Planned]) -> Group:
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
        last=seen_in(problem),
        samples=(),
        planned=planned.get(key),
    )


_GroupKey = tuple[str, Severity, Key, "str | None", "str | None"]
_Counted = tuple[str, Severity, "str | None"]
_Met = tuple[_Counted, "Tally | None", bool]
"""How a recurring violation is counted: by id, severity and call, in which group, and whether it is an error that nothing excuses."""
_NOWHERE = Key(None, None, None)


def _again(recurring: Recurring, value: Any, indices: Sequence[int], seen: Seen) -> Problem:
    """The violation as it is seen here; where it was explained for this very value and place, it is written already."""
    first = recurring.first
    is_first = first.pointer == recurring.pointer(indices) and is_same(first.value, value)
    problem = first if is_first else recurring.again(value, indices, seen.message_id)
    return replace(problem, file=seen.file, line=seen.line, record=seen.record, message_id=seen.message_id)


def _group_of(problem: Problem, key: Key) -> _GroupKey:
    return problem.id, problem.severity, key, problem.group_pointer or star(problem.pointer), problem.expected


def _rank(pair: tuple[Recurring, FaultClass]) -> Any:
    """A key that sorts what is said of classes as it is first said."""
    recurring, found = pair
    glimpse = next(found.firsts())
    return glimpse.index, reading_order(recurring.first, recurring.pointer(glimpse.indices))


def _reading_order(key: Key) -> tuple[int, str, int]:
    return (CALLS.index(key.call) if key.call in CALLS else len(CALLS), key.event or "", key.version or 0)
