"""The report: equal problems folded into groups, events counted. It is frozen; `builder` makes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec
from msgspec.structs import replace

from protocols.problems import Problem, Severity
from protocols.report.coverage import Coverage, Item, Minimum, Unplanned
from protocols.report.expectations import EXPECTATIONS, Came, Expectation
from protocols.report.timeline import Timeline
from protocols.violations import KINDS, pointer_tokens, sentence, to_pointer

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
        return seen_in(self.problem)

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

    def __repr__(self) -> str:
        return f"Report({self.count} events, {self.invalid} invalid, {self.violations} violations in {len(self.groups)} groups)"


def first_to_mend(report: Report, most: int) -> list[Group]:
    """The faults to begin with: what fails the run whatever came, then those that spoil most events; only new ones."""
    new = [group for group in report.groups if group.state == "new"]
    return sorted(new, key=lambda group: (-group.severity, group.id not in EXPECTATIONS, -group.events, -group.count))[:most]


def _unplanned(traffic: Sequence[Traffic], groups: Sequence[Group]) -> Iterator[Unplanned]:
    """Events that the plan lacks, the frequent ones first, then what it lacks of others."""
    for entry in sorted(traffic, key=lambda entry: -entry.count):
        nameless = entry.key.call == "track" and entry.key.event is None
        if not entry.planned and entry.key.call is not None and not nameless:
            yield Unplanned("unplanned/unplanned-event", *entry.key, None, entry.count)
    for group in sorted(groups, key=lambda group: -group.count):
        if group.problem.family == "unplanned" and group.id != "unplanned/unplanned-event":
            yield Unplanned(group.id, *group.key, group.pointer, group.count)


def moved(problem: Problem, lines: int, records: int) -> Problem:
    """The problem, its place counted from the beginning of a file and no longer from behind so many lines and records."""
    return replace(problem, line=later(problem.line, lines), record=later(problem.record, records))


def later(number: int | None, more: int) -> int | None:
    """The number of a line or record that has a number and `more` before it."""
    return None if number is None else number + more


def seen_in(problem: Problem) -> Seen:
    """Where a problem was seen."""
    return Seen(problem.file, problem.line, problem.record, problem.message_id)


def _sentence(problem: Problem, pointer: str | None, actual: str | None, hint: str | None) -> str:
    return sentence(problem.id, pointer=pointer, expected=problem.expected, actual=actual, hint=hint, event=problem.event)


@lru_cache(4096)
def star(pointer: str | None) -> str | None:
    """A pointer with its array indices as `*`: `/properties/products/0/price` gives `/properties/products/*/price`."""
    if pointer is None or not any(character.isdigit() for character in pointer):
        return pointer
    return to_pointer(["*" if token.isascii() and token.isdecimal() else token for token in pointer_tokens(pointer)])
