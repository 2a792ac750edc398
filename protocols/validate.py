"""The product on one page: a plan and events -> what is wrong with them.

A plan is compiled to JSON Schemas, the engine applies them to events, readers find the events in files, and a report
folds what was found. `Validator` is the library's way in, `validate_files` the command's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from msgspec.structs import replace

from protocols.engine.explain import UNREADABLE, Result
from protocols.engine.known import Recalled
from protocols.engine.validator import Engine, Mode
from protocols.plan import load_plan
from protocols.plan.model import Plan
from protocols.positions import Place
from protocols.problems import Problem
from protocols.readers import Batch, Done, Fault, Record, read_batches
from protocols.report.report import About, Builder, PlanFile, Planned, Report, Seen
from protocols.schema import compile_plan

Event = Mapping[str, Any] | bytes | str
"""One event: a mapping, which stands for the JSON text that it would be sent as, or that text."""


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
    stdin: BinaryIO | None = None,
    on_problem: Callable[[Problem], None] | None = None,
    on_bytes: Callable[[int], None] | None = None,
    on_events: Callable[[int], None] | None = None,
) -> Report:
    """Check all events in files, folders and globs, or in `stdin` for the source `-`.

    `at` is an RFC 6901 pointer to the event in records that wrap it. `on_problem` is called with each violation in
    input order, `on_bytes` and `on_events` with the growth since the last call. Files that cannot be read to their end
    are said in `report.faults`. Raises EventsError where a source matches nothing.
    """
    checker = Engine(compile_plan(plan), mode=engine, redact=redact)
    builder = Builder(about(plan, samples))
    for part in read_batches(sources, at=at, stdin=stdin, on_bytes=on_bytes):
        match part:
            case Batch():
                _add_batch(builder, checker, part, on_problem)
                if on_events:
                    on_events(len(part.raws))
            case Record():
                _add_record(builder, checker, part, on_problem)
                if on_events:
                    on_events(1)
            case Fault():
                builder.add_fault(str(part))
            case Done():
                builder.add_input(part.file, part.records, part.bytes)
    return builder.report()


def about(plan: Plan, samples: int = 3) -> About:
    """What a report says of its plan."""
    return About(
        name=plan.name,
        version=plan.version,
        files=tuple(PlanFile(file.path, file.sha256) for file in plan.files),
        planned=tuple(_planned(plan)),
        samples=samples,
    )


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


def _add_batch(builder: Builder, engine: Engine, batch: Batch, tell: Tell | None) -> None:
    _add_batch_size(builder, engine, batch.batch_bytes, batch.place(0) if batch.raws else Place(batch.file, None, batch.first_record), tell)
    accepted, rest = engine.check_all(batch.raws)
    for route, count in accepted.items():
        builder.add_valid(route, count)
    for index, outcome in rest:
        if isinstance(outcome, Recalled) and tell is None:
            seen = Seen(batch.file, batch.lines[index], batch.first_record + index, outcome.message_id)
            builder.add_recurring(outcome.sightings, outcome.route, seen)
        else:
            result = outcome if isinstance(outcome, Result) else outcome.result()
            _add_result(builder, result, batch.place(index), tell)


def _add_record(builder: Builder, engine: Engine, record: Record, tell: Tell | None) -> None:
    _add_batch_size(builder, engine, record.batch_bytes, record.place, tell)
    if record.problem is not None:
        result = Result(UNREADABLE, (record.problem,), readable=False)
    else:
        result = engine.check(record.raw) if record.raw is not None else engine.check_value(record.value)
    _add_result(builder, result, record.place, tell)


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
