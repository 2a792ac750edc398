"""The laws of the first stage in compiled code: what it accepts is valid, and what it folds is what the second stage says of each event."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from random_bundles import bundle, damaged, event, text
from test_known_law import stream

from protocols.engine.compiled import Compiled
from protocols.engine.router import Route
from protocols.engine.validator import Engine
from protocols.native import kernel
from protocols.plan import load_text
from protocols.readers import Batch, Lines
from protocols.report import About, Builder, Report, merge
from protocols.schema import compile_plan
from protocols.validate import _add_batch

SEEDS = st.integers(0, 2**62)
built = pytest.mark.skipif(kernel() is None, reason="the kernel was not built: it takes Rust")


def compiled(plan: dict[str, object]) -> Compiled:
    found = Compiled.of(plan)
    assert found is not None
    return found


@built
@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_what_is_accepted_is_valid(seed: int) -> None:
    rng = random.Random(seed)
    plan = bundle(rng)
    accepts, explain = compiled(plan), Engine(plan, mode="explain")
    for _ in range(40):
        payload = event(rng, plan)
        line = text(rng, damaged(rng, payload) if rng.random() < 0.5 else payload)
        route, _ = accepts.accept(line)
        if route is not None:
            result = explain.check(line)
            assert [str(problem) for problem in result.violations] == [], (seed, line)
            assert result.route == route, (seed, line)


@built
@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), SEEDS)
def test_no_bytes_raise(raw: bytes, seed: int) -> None:
    """Neither any bytes, nor those of an event in which some stand in for others or lack."""
    rng = random.Random(seed)
    plan = bundle(random.Random(seed % 50))
    accepts = compiled(plan)
    line = bytearray(text(rng, event(rng, plan)))
    at = rng.randrange(len(line) + 1)
    line[at : at + rng.randrange(8)] = raw[: rng.randrange(8)]
    for each in (raw, bytes(line)):
        accepts.accept(each)
        assert accepts.check(each + b"\n" + each).lines >= 1


@built
def test_most_valid_events_are_accepted() -> None:
    """Of the events that Explain finds nothing wrong with, in plans whose parts are often beyond the kernel."""
    valid = accepted = 0
    for seed in range(60):
        rng = random.Random(seed)
        plan = bundle(rng)
        accepts, explain = compiled(plan), Engine(plan, mode="explain")
        for _ in range(30):
            line = json.dumps(event(rng, plan), ensure_ascii=False).encode("utf-8", "replace")
            if not explain.check(line).violations:
                valid += 1
                accepted += accepts.accept(line)[0] is not None
    assert valid > 300
    assert accepted / valid > 0.6, (accepted, valid)


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.builds(About, samples=st.integers(0, 4), most_groups=st.sampled_from((2, 10_000))), st.booleans())
def test_a_folded_report_is_that_of_each_event(seed: int, about: About, redact: bool) -> None:
    """Whatever came before, and whether batches are collected together or some of them apart, as by one process or several."""
    rng = random.Random(seed)
    plan = bundle(rng)
    lines = [line for line in stream(rng, plan, 150) if b"\n" not in line and line.startswith(b"{")]
    batches = list(cut(lines, rng))
    explain, fast = Engine(plan, mode="explain", redact=redact), Engine(plan, redact=redact)
    for collect in (backwards, together, apart, within):
        assert kept(collect(fast, batches, about)) == kept(collect(explain, batches, about)), collect.__name__


def kept(report: Report) -> Report:
    """What does not depend on the order in which events of one block are counted, where not all of their names have room."""
    if report.about.most_groups > 2:
        return report
    return replace(report, traffic=(), groups=tuple(replace(group, share=None) for group in report.groups))


def backwards(engine: Engine, batches: Sequence[Batch], about: About) -> Report:
    return together(engine, batches[::-1], about)


def together(engine: Engine, batches: Sequence[Batch], about: About) -> Report:
    return reported(engine, batches, Builder(about))


def apart(engine: Engine, batches: Sequence[Batch], about: About) -> Report:
    return merge(Builder(about).report(), *(reported(engine, part, Builder(about)) for part in parts(batches)))


def within(engine: Engine, batches: Sequence[Batch], about: About) -> Report:
    total = Builder(about)
    for part in parts(batches):
        total.absorb(reported(engine, part, Builder(about, within=total)))
    return total.report()


def parts(batches: Sequence[Batch]) -> Iterator[Sequence[Batch]]:
    return (batches[at : at + 3] for at in range(0, len(batches), 3))


def cut(lines: Sequence[bytes], rng: random.Random) -> Iterator[Batch]:
    start = 0
    while start < len(lines):
        part = lines[start : start + rng.choice((1, 5, 40))]
        yield Batch("file", start + 1, Lines(b"\n".join(part) + b"\n", len(part)), range(start + 1, start + len(part) + 1))
        start += len(part)


def reported(engine: Engine, batches: Sequence[Batch], builder: Builder) -> Report:
    accepted = engine.nothing_yet()
    for batch in batches:
        _add_batch(builder, engine, batch, accepted, None)
    for route, count in accepted.by_route().items():
        builder.add_valid(route, count)
    return builder.report()


LISTED = """
protocols: 1
plan: listed
version: 1
events:
  Ordered: {properties: {items: {type: array, items: {type: object, properties: {id: {type: string}}}}}}
"""


def test_a_group_begins_where_it_is_seen_first() -> None:
    """And not where an engine has met the fault before, for somebody else."""
    engine = Engine(compile_plan(load_text(LISTED)))
    for items, pointer in (('{"id":1},{}', "/properties/items/0/id"), ('{},{"id":1}', "/properties/items/1/id")):
        line = b'{"type":"track","event":"Ordered","userId":"u","properties":{"items":[%b]}}\n' % items.encode()
        (group,) = reported(engine, [Batch("file", 1, Lines(line, 1), range(1, 2))], Builder()).groups
        assert group.problem.pointer == pointer


OPEN = """
protocols: 1
plan: open
version: 1
unplanned: {properties: "off"}
events:
  Bought: {properties: {id: {type: string, required: true}}}
"""


@built
def test_names_that_the_plan_lets_in_are_learned_one_by_one_and_by_threads() -> None:
    """After some events the kernel takes them itself, and nobody else has to look at them."""
    engine = Engine(compile_plan(load_text(OPEN)))
    line = b'{"type":"track","event":"Bought","userId":"u","properties":{"id":"a","gift_wrap":true}}'
    assert engine._compiled is not None
    assert engine._compiled.accept(line) == (None, True)

    def check() -> None:
        for number in range(800):
            engine.check(line)
            engine.check(line.replace(b"gift_wrap", b"extra_%d" % (number % 90)))

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(check) for _ in range(4)]:
            done.result()
    assert engine._compiled.accept(line) == (Route("track", "Bought", None), False)
    assert engine.check(line).violations == ()
