"""The claims: what is compared with what, and the bar. One line each; `CONTESTANTS` has what they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from benchmarks.figures import Figures


class Measure(NamedTuple):
    """A number of one round, made of the figures of the contestants in `needs`. `clock` says how time was taken."""

    needs: tuple[str, ...]
    of: Callable[..., float]
    unit: Literal["x", "s", "MB"]
    clock: Literal["CPU", "wall", "-"]


Pair = tuple[str, str]


class Bar(NamedTuple):
    """What a number has to reach, or may reach."""

    side: Literal["at least", "at most"]
    number: float


class Row(NamedTuple):
    what: str
    measure: Measure
    bar: Bar | None = None


def faster(one: str, other: str, clock: Literal["CPU", "wall"] = "CPU") -> Measure:
    """How many events `one` does in the time of an event of `other`."""
    if clock == "CPU":
        return Measure((one, other), lambda a, b: (b.cpu / b.events) / (a.cpu / a.events), "x", clock)
    return Measure((one, other), lambda a, b: (b.wall / b.events) / (a.wall / a.events), "x", clock)


def faster_later(one: Pair, other: Pair) -> Measure:
    """The same for the events that more input adds, with no start, no plan to load and nothing left to learn: a pair is the same
    contestant with fewer events and with more."""

    def ratio(a: Figures, more_a: Figures, b: Figures, more_b: Figures) -> float:
        return _of_an_event_more(b, more_b) / _of_an_event_more(a, more_a)

    return Measure((*one, *other), ratio, "x", "CPU")


def _of_an_event_more(fewer: Figures, more: Figures) -> float:
    return (more.cpu - fewer.cpu) / (more.events - fewer.events)


def seconds(name: str) -> Measure:
    return Measure((name,), lambda a: a.wall, "s", "wall")


def longer(one: str, other: str) -> Measure:
    return Measure((one, other), lambda a, b: a.wall - b.wall, "s", "wall")


def memory(name: str) -> Measure:
    return Measure((name,), lambda a: _peak(a) / 1e6, "MB", "-")


def more_memory(one: str, other: str) -> Measure:
    return Measure((one, other), lambda a, b: _peak(a) / _peak(b), "x", "-")


def _peak(figures: Figures) -> int:
    assert figures.peak is not None, "its memory was not watched"
    return figures.peak


def at_least(number: float) -> Bar:
    return Bar("at least", number)


def at_most(number: float) -> Bar:
    return Bar("at most", number)


OURS = "protocols validate --jobs 1"

ROWS = (
    Row("`--jobs 1`, 2 % bad, against a loop of `orjson.loads`", faster(OURS, "orjson.loads"), at_least(1.0)),
    Row(
        "`--jobs 2` against `--jobs 1`, four times the events",
        faster("--jobs 2, four times", "--jobs 1, four times", "wall"),
        at_least(1.8),
    ),
    Row("`--jobs 2` against `--jobs 1`, where the start weighs more", faster("protocols validate --jobs 2", OURS, "wall")),
    Row("`--jobs 1` against a loop of jsonschema", faster(OURS, "jsonschema"), at_least(120)),
    Row("`--jobs 1` against ajv, compiled, in node", faster(OURS, "ajv", "wall"), at_least(2.5)),
    Row("`--jobs 1` against sourcemeta's command, `--fast --continue`", faster(OURS, "sourcemeta"), at_least(6)),
    Row("`--jobs 1` against a loop of jsonschema-rs", faster(OURS, "jsonschema-rs")),
    Row("`--jobs 1` against a loop of fastjsonschema", faster(OURS, "fastjsonschema")),
    Row("`--jobs 1` against a loop of pysimdjson, which only parses", faster(OURS, "pysimdjson")),
    Row("30 % of the lines bad against 2 %", faster("30 % bad", OURS), at_least(0.5)),
    Row("all lines bad against 2 %", faster("all bad", OURS), at_least(0.25)),
    Row(
        "an open plan, three unplanned names in each event, against the same names planned",
        faster("open plan, unplanned names", "the same names planned"),
        at_least(0.8),
    ),
    Row(
        "a 1,000-event plan, Zipf's law, against the five-event plan, once they are loaded",
        faster_later(("1,000-event plan", "1,000-event plan, four times"), (OURS, "--jobs 1, four times")),
        at_least(0.8),
    ),
    Row("the same, whole commands", faster("1,000-event plan", OURS)),
    Row("the same, whole commands with four times the events", faster("1,000-event plan, four times", "--jobs 1, four times")),
    Row("orders of forty products, against a loop of `orjson.loads`", faster("deep", "orjson.loads, deep")),
    Row("identify, page and group beside track, against a loop of `orjson.loads`", faster("mixed calls", "orjson.loads, mixed calls")),
    Row("`validate(mapping)`, valid, against `is_valid` of jsonschema", faster("validate(mapping)", "jsonschema is_valid"), at_least(60)),
    Row("`validate(mapping)` against `is_valid` of jsonschema-rs", faster("validate(mapping)", "jsonschema-rs is_valid")),
    Row("`validate(mapping)` against fastjsonschema", faster("validate(mapping)", "fastjsonschema call")),
    Row("`validate(bytes)` against `is_valid` of jsonschema, parsed before", faster("validate(bytes)", "jsonschema is_valid")),
    Row("memory of the process tree, four times the events", more_memory("memory, four times", "memory, once"), at_most(1.05)),
    Row("memory of the process tree at its peak", memory("memory, four times"), at_most(300)),
    Row("load and compile a plan of 1,000 events with 20,000 properties", seconds("load and compile"), at_most(1.5)),
    Row("the same plan until the first event is judged", seconds("until the first event")),
    Row("`protocols --version` over a bare interpreter", longer("protocols --version", "bare interpreter"), at_most(0.15)),
)
