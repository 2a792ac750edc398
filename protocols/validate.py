"""The product on one page: a plan and events -> what is wrong with them.

A plan is compiled to JSON Schemas, the engine applies them to events, readers find the events in files, and a report
folds what was found. `Validator` is the library's way in, `validate_files` the command's.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
from msgspec.structs import replace

from protocols.engine.accept import Accepted
from protocols.engine.checked import Outcome
from protocols.engine.explain import UNREADABLE, Result
from protocols.engine.known import Recalled
from protocols.engine.narrowed import Narrowed
from protocols.engine.validator import Engine, Judged, Mode
from protocols.engine.watch import Watch
from protocols.jobs import Pool, Progress, Send
from protocols.plan import load_plan
from protocols.plan.model import Plan
from protocols.positions import Place
from protocols.problems import Problem, Severity
from protocols.readers import Batch, Done, Fault, Lines, Live, Opener, Record, Slice, expand, is_much, read_slice, slices
from protocols.report.builder import Builder
from protocols.report.coverage import Item, Minimum
from protocols.report.expectations import Expectation
from protocols.report.folded import Glimpse
from protocols.report.report import About, Excuse, PlanFile, Planned, Report, Seen, later, moved
from protocols.schema import compile_plan
from protocols.schema.settings import weighed
from protocols.scope import Filter, Scope
from protocols.violations import KINDS

Event = Mapping[str, Any] | bytes | str
"""One event: a mapping, which stands for the JSON text that it would be sent as, or that text."""


BATCH_TOO_LARGE = "limit/batch-too-large"
"""The one violation that is found beside the events."""

Tell = Callable[[Problem], None]


class Validator:
    """Checks events against a plan, one by one.

    `plan` is a loaded plan, the path of a plan file or the name of a bundled plan. A validator holds no state of the
    events that it saw: it can be shared between threads, and pickled for another process. With `redact` no value of
    an event appears in a violation. Raises PlanError where the plan is wrong.
    """

    def __init__(self, plan: Plan | str | Path, *, engine: Mode = "fast", redact: bool = False) -> None:
        self.plan = plan if isinstance(plan, Plan) else load_plan(plan)
        self._engine = Engine(compile_plan(self.plan), mode=engine, redact=redact)

    def validate(self, event: Event) -> Result:
        """What is wrong with one event, which is never changed.

        Bad input is a result too: bytes or a text that is no JSON gives `payload/malformed-json`, and so does a mapping
        that has no JSON text. Dates and UUIDs in a mapping are checked as the texts that an encoder makes of them.
        """
        if isinstance(event, str):
            event = event.encode("utf-8", "surrogatepass")
        return self._engine.check(event) if isinstance(event, bytes) else self._engine.check_value(event)

    def validate_events(self, events: Iterable[Event]) -> Iterator[Result]:
        """The results for a stream of events, in order, one at a time."""
        return map(self.validate, events)

    def __repr__(self) -> str:
        return f"Validator({self.plan!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {"plan": self.plan, "_engine": self._engine}


def validate_files(
    plan: Plan,
    sources: Sequence[str],
    *,
    at: str | None = None,
    engine: Mode = "fast",
    samples: int = 3,
    redact: bool = False,
    severity: Mapping[str, Severity] | None = None,
    stdin: BinaryIO | None = None,
    jobs: int = 1,
    slice_bytes: int | None = None,
    timeline: bool = False,
    on_problem: Callable[[Problem], None] | None = None,
    on_bytes: Callable[[int], None] | None = None,
    on_events: Callable[[int], None] | None = None,
    scope: Scope | None = None,
    expectations: Sequence[Expectation] = (),
    coverage: bool = False,
    minimums: Sequence[Minimum] = (),
    excuse: Excuse | None = None,
) -> Report:
    """Check all events in files, folders and globs, or in `stdin` for the source `-`.

    `at` is an RFC 6901 pointer to the event in records that wrap it. `severity` (id or family -> severity) counts over what
    the plan says; `off` takes violations out, as `protocols.weights` makes them. `on_problem` is called with each violation in
    input order, `on_bytes` and `on_events` with the growth since the last call. Large input is checked in slices of
    `slice_bytes`, shared between `jobs` processes; whatever their number, the result is the same. Files that cannot be
    read to their end are said in `report.faults`. Events outside of `scope` are counted in `report.left_out` and not checked.
    `expectations` that are not met are problems too, the last ones, and so are `minimums` of coverage; with these or `coverage`,
    `report.coverage` says what of the plan was seen. `excuse`, of `protocols.report.excuses`, keeps events whose errors are all
    waived or known out of `Traffic.fresh`. Raises EventsError where a source stands for no file or a process dies.
    """
    bundle, off = _weighed(plan, severity or {})
    covers = coverage or bool(minimums)
    names = any(expectation.by_name for expectation in expectations)
    watch = Watch(bundle, parts=covers, names=names) if covers or names else None
    check = Check(
        Narrowed(bundle, off, mode=engine, redact=redact) if off else Engine(bundle, mode=engine, redact=redact),
        Opener(at),
        samples,
        tells=on_problem is not None,
        filter=Filter(scope, bundle["x-protocols"]["calls"]["track"]["events"]) if scope is not None else None,
        watch=watch,
        expectations=tuple(expectations),
        timeline=timeline,
        excuse=excuse,
    )
    wanted = dataclasses.replace(
        about(plan, samples, timeline=timeline),
        personal=frozenset(_personal(bundle["$defs"])) if timeline else frozenset(),
        scope=scope.options if scope is not None else {},
        items=tuple(Item(*spot) for spot in watch.spots) if watch is not None and covers else None,
        expectations=check.expectations,
        minimums=tuple(minimums),
    )
    total = _Total(Builder(wanted), on_problem, on_bytes, on_events)
    found = expand(sources)
    jobs = jobs if is_much(found, slice_bytes) else 1
    warm = False
    with Pool(check, jobs, total.add) as pool:
        for part in slices(found, stdin=stdin, share=jobs > 1, on_bytes=on_bytes, size=slice_bytes):
            if isinstance(part, Fault | Done):
                pool.put(part)
            elif isinstance(part, Slice) and jobs > 1:
                if not warm:
                    check.warm_up(part)
                    warm = True
                pool.give(part)
            else:
                pool.finish()
                check(part, total.add, total.here)
        pool.finish()
    report = total.builder.report()
    if on_problem is not None:
        for problem in report.of_the_run:
            on_problem(problem)
    return report


def _weighed(plan: Plan, severity: Mapping[str, Severity]) -> tuple[Mapping[str, Any], Collection[str]]:
    """The bundle in which these severities count over the plan's, and the ids that are to be left out of what is said."""
    off = {id for id, level in severity.items() if level is Severity.off and id in KINDS}
    settled = {name: level for name, level in severity.items() if name not in off or name == BATCH_TOO_LARGE}
    return weighed(compile_plan(plan), settled), off


class Told(NamedTuple):
    """Violations in input order; their places count from where their slice begins."""

    problems: list[Problem]


class Checked(NamedTuple):
    """A whole slice: what is to report of it, how many lines and records it has, and whether its file ends with it."""

    report: Report
    faults: list[Fault]
    lines: int
    records: int
    last: bool


class Here(NamedTuple):
    """Where the report of a slice goes, and how many lines and records of its file stand before the slice."""

    builder: Builder
    lines: int
    records: int


@dataclass(frozen=True)
class Check:
    """Checks a slice, in whatever process: sends Progress and, where violations are to be told, Told; at the end Checked."""

    engine: Engine
    opener: Opener
    samples: int
    tells: bool
    filter: Filter | None = None
    watch: Watch | None = None
    expectations: tuple[Expectation, ...] = ()
    timeline: bool = False
    excuse: Excuse | None = None

    def warm_up(self, whole: Slice) -> None:
        """Let the engine learn from the first events of a slice what every copy of it would have to learn by itself, 0.1 s each."""
        batches = (part for part in read_slice(whole, self.opener) if isinstance(part, Batch))
        for batch in islice(batches, _WARM if self.engine.learns else 0):
            self.engine.check_all(batch.raws)

    def __call__(self, whole: Slice | Live, send: Send, here: Here | None = None) -> None:
        """`here` is where the report goes, in the same process: what is told of violations need not travel then, either."""
        here = None if self.tells else here
        builder = Builder(
            About(samples=self.samples, timeline=self.timeline),  # what is known of the plan need not travel
            watched=self.expectations,
            excuse=self.excuse,
            within=here.builder if here else None,
        )
        told: list[Problem] = []
        tell = told.append if self.tells else None
        faults: list[Fault] = []
        read: list[int] = []
        lines = records = 0
        accepted = self.engine.nothing_yet()
        for part in read_slice(whole, self.opener, on_bytes=read.append):
            events = 0
            if here is not None and (here.lines or here.records) and isinstance(part, Batch | Record):
                part = part.later(here.lines, here.records)
            match part:
                case Batch():
                    events = len(part.raws)
                    kept = part if self.filter is None else _kept(builder, self.filter, part)
                    if kept is not None:
                        _add_batch(builder, self.engine, kept, accepted, tell, self.watch)
                case Record():
                    _add_record(builder, self.engine, part, tell)
                    events = 1
                case Fault():
                    faults.append(part)
                case Done():
                    builder.add_input(part.file, part.records, part.bytes)
                    lines, records = part.lines, part.records
            for start in range(0, len(told), _TOLD_AT_ONCE):
                send(Told(told[start : start + _TOLD_AT_ONCE]))
            told.clear()
            send(Progress(events, sum(read)))
            read.clear()
        for route, count in accepted.by_route().items():
            builder.add_valid(route, count)
        if self.watch is not None:
            seen, names = self.watch.take()
            builder.add_covered(seen)
            builder.add_named(names)
        send(Checked(builder.report(), faults, lines, records, isinstance(whole, Slice) and whole.last))


_WARM = 2
"""Batches after which an engine has learned most, some thousand events."""

_TOLD_AT_ONCE = 200
"""Violations in one message to another process; a few such messages may wait there."""


class _Total:
    """Puts together what comes of the slices, in the order of the input; places count from the beginning of their file again."""

    def __init__(
        self,
        builder: Builder,
        on_problem: Callable[[Problem], None] | None,
        on_bytes: Callable[[int], None] | None,
        on_events: Callable[[int], None] | None,
    ) -> None:
        self.builder = builder
        self._on_problem, self._on_bytes, self._on_events = on_problem, on_bytes, on_events
        self._lines = self._records = 0  # of the slices of this file so far

    @property
    def here(self) -> Here:
        """Where the next slice begins."""
        return Here(self.builder, self._lines, self._records)

    def add(self, message: Progress | Told | Checked | Fault | Done) -> None:
        match message:
            case Progress():
                if self._on_events and message.events:
                    self._on_events(message.events)
                if self._on_bytes and message.bytes:
                    self._on_bytes(message.bytes)
            case Told():
                assert self._on_problem is not None
                for problem in message.problems:
                    self._on_problem(moved(problem, self._lines, self._records))
            case Checked():
                self.builder.absorb(message.report, lines=self._lines, records=self._records)
                for fault in message.faults:
                    self.builder.add_fault(str(replace(fault, line=later(fault.line, self._lines))))
                self._lines, self._records = (0, 0) if message.last else (self._lines + message.lines, self._records + message.records)
            case Fault():
                self.builder.add_fault(str(message))
            case Done():
                self.builder.add_input(message.file, message.records, message.bytes)
                self._lines = self._records = 0


def about(plan: Plan, samples: int = 3, *, timeline: bool = False) -> About:
    """What a report says of its plan."""
    return About(
        name=plan.name,
        version=plan.version,
        files=tuple(PlanFile(file.path, file.sha256) for file in plan.files),
        planned=tuple(_planned(plan)),
        samples=samples,
        timeline=timeline,
    )


def _personal(node: Any) -> Iterator[str]:
    """The names of all that is marked personal, wherever it stands."""
    members = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    properties = node.get("properties") if isinstance(node, Mapping) else None
    if isinstance(properties, Mapping):
        yield from (name for name, inner in properties.items() if isinstance(inner, Mapping) and inner.get("x-personal"))
    for inner in members:
        yield from _personal(inner)


def _planned(plan: Plan) -> Iterator[Planned]:
    for call, section in plan.sections.items():
        if call != "track":
            yield Planned(call=call)
        for event in section.events.values():
            for version, body in event.bodies.items():
                yield Planned(
                    call=call,
                    event=event.name,
                    version=version,
                    owners=event.owners or plan.owners,
                    labels=event.labels,
                    status=body.status or event.status,
                    properties=tuple(body.properties.properties or ()) if body.properties else (),
                )


def _kept(builder: Builder, filter: Filter, batch: Batch) -> Batch | None:
    """The events of a batch that are to be checked; None where there were some, and none is."""
    picked = filter.pick(batch.raws)
    builder.add_left_out(picked.left_out, picked.timeless)
    return batch.only(picked.indices) if picked.indices or not batch.raws else None


def _add_batch(builder: Builder, engine: Engine, batch: Batch, accepted: Accepted, tell: Tell | None, watch: Watch | None = None) -> None:
    """Report what is wrong with the events of a batch; those with which nothing is are counted as accepted."""
    _add_batch_size(builder, engine, batch.batch_bytes, batch.place(0) if batch.raws else Place(batch.file, None, batch.first_record), tell)
    if watch is None:
        judged = _judged(engine, batch, accepted, folds=tell is None and not builder.about.timeline)
    else:
        routes, outcomes = engine.check_all(batch.raws)
        watch.see_all(batch.raws, routes, outcomes)
        accepted.routes.update(routes)
        judged = Judged(outcomes)
    if builder.about.timeline:
        builder.add_moments(map(_timestamp, batch.raws))
    waiting = deque(judged.outcomes)

    def catch_up(before: int) -> None:
        """Report the events before this one that are not folded, so that new groups come in the order of the events."""
        while waiting and waiting[0][0] < before:
            _add_outcome(builder, engine, batch, *waiting.popleft(), tell)

    if judged.folded is not None:
        beside = sum(len(outcome.violations) for _, outcome in judged.outcomes)
        builder.add_folded(judged.folded.events(), judged.folded.classes(), partial(_place, batch), catch_up, beside)
    catch_up(len(batch.raws))


def _judged(engine: Engine, batch: Batch, accepted: Accepted, *, folds: bool) -> Judged:
    if not isinstance(batch.raws, Lines) or not engine.folds_text:
        return Judged(engine.check_more(batch.raws, accepted))
    return engine.judge(batch.raws.text, accepted, folds=folds)


def _add_outcome(builder: Builder, engine: Engine, batch: Batch, index: int, outcome: Outcome, tell: Tell | None) -> None:
    if builder.about.timeline and (severities := _severities(outcome)):
        raw = batch.raws[index].rstrip(b"\r\n")
        builder.look_at(None if engine.redacts else raw, _timestamp(raw), max(severities))
    if isinstance(outcome, Recalled) and tell is None:
        seen = Seen(batch.file, batch.lines[index], batch.number(index), outcome.message_id)
        builder.add_recurring(outcome.sightings, outcome.route, seen)
    else:
        result = outcome if isinstance(outcome, Result) else outcome.result()
        _add_result(builder, result, batch.place(index), tell)


def _place(batch: Batch, found: Glimpse) -> Seen:
    index = found.index
    return Seen(batch.file, batch.lines[index], batch.number(index), found.message_id)


def _add_record(builder: Builder, engine: Engine, record: Record, tell: Tell | None) -> None:
    _add_batch_size(builder, engine, record.batch_bytes, record.place, tell)
    if record.problem is not None:
        result = Result(UNREADABLE, (record.problem,), readable=False)
    else:
        result = engine.check(record.raw) if record.raw is not None else engine.check_value(record.value)
    if builder.about.timeline:
        raw = record.raw
        timestamp = _timestamp(raw) if raw is not None else _stated(record.value)
        builder.add_moments([timestamp])
        if result.violations:
            builder.look_at(None if engine.redacts else raw, timestamp, max(_severities(result)))
    _add_result(builder, result, record.place, tell)


def _severities(outcome: Outcome) -> list[Severity]:
    if isinstance(outcome, Recalled):
        return [recurring.first.severity for recurring, _, _ in outcome.sightings]
    return [problem.severity for problem in outcome.violations]


def _timestamp(raw: bytes) -> object:
    """The `timestamp` of an event as it stands there, None where the event is unreadable."""
    try:
        return _DATED.decode(raw).timestamp
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


class _Dated(msgspec.Struct):
    """The timestamp of an event alone, which is read in a tenth of the time that the whole event takes."""

    timestamp: Any = None


_DATED = msgspec.json.Decoder(_Dated)


def _stated(event: object) -> object:
    return event.get("timestamp") if isinstance(event, dict) else None


def _add_batch_size(builder: Builder, engine: Engine, size: int | None, place: Place, tell: Tell | None) -> None:
    problem = engine.explainer.batch_too_large(size) if size is not None else None
    if problem is not None:
        placed = _placed(problem, place)
        builder.add_beside([placed])
        if tell is not None:
            tell(placed)


def _add_result(builder: Builder, result: Result, place: Place, tell: Tell | None) -> None:
    if not result.violations:
        builder.add_valid(result.route)
        return
    problems = [_placed(problem, place) for problem in result.violations]
    builder.add(problems, result.route, unreadable=not result.readable)
    if tell is not None:
        for problem in problems:
            tell(problem)


def _placed(problem: Problem, place: Place) -> Problem:
    return replace(problem, file=place.file, line=place.line, record=place.record)
