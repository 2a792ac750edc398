"""All that is timed, one line each. A round runs them in this order."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple

from benchmarks.bench import Bench
from benchmarks.figures import Figures
from benchmarks.memory import watchable
from benchmarks.peers import LIBRARIES, PEERS, Unavailable
from benchmarks.peers.library import ROOT
from benchmarks.process import Finished, run


class Contestant(NamedTuple):
    """`prepare` makes and installs what it needs, and raises Unavailable; `measure` runs it once. `on` is its input, None
    where there is none; `copies` says how often it gets that.
    """

    name: str
    on: str | None
    prepare: Callable[[Bench], object]
    measure: Callable[[Bench], Figures]
    copies: int = 1


def streamed(name: str, peer: str, *, on: str) -> Contestant:
    """A peer over a file of events."""

    def command(bench: Bench) -> list[str]:
        return list(map(str, PEERS[peer].command(bench.home(peer), bench.schemas, bench.input(on))))

    def measure(bench: Bench) -> Figures:
        heard = run(command(bench), cwd=ROOT, codes=PEERS[peer].codes)
        if PEERS[peer].prints:
            unheard = run(command(bench), cwd=ROOT, codes=PEERS[peer].codes, hear=False)
            heard = heard._replace(cpu=unheard.cpu, wall=unheard.wall)
        return PEERS[peer].figures(heard, bench.traffic(on).events)

    return Contestant(name, on, command, measure)


def called(name: str, library: str) -> Contestant:
    """A library, one call for each of a thousand valid events, over and over."""

    def command(bench: Bench) -> list[str]:
        return list(map(str, LIBRARIES[library].calls(bench.home(library), bench.schemas, bench.input("valid"))))

    def measure(bench: Bench) -> Figures:
        return LIBRARIES[library].figures(run(command(bench), cwd=ROOT), bench.traffic("valid").events)

    return Contestant(name, "valid", command, measure)


def validated(name: str, *, on: str, plan: str = "shop", jobs: int = 1, copies: int = 1, watch: bool = False) -> Contestant:
    """`protocols validate`, the whole command. It writes its report as JSON, so that the counts can be read."""

    def command(bench: Bench) -> list[str]:
        if watch and not watchable():
            raise Unavailable("this system has no /proc to see memory in")
        files = [bench.input(on)] if copies == 1 else bench.copies(on, copies)
        options = ["--plan", bench.plan(plan), "--format", "json", "--output", bench.report(), "--no-progress", "--jobs", str(jobs)]
        return list(map(str, [bench.protocols, "validate", *files, *options]))

    def measure(bench: Bench) -> Figures:
        finished = run(command(bench), codes=(0, 1), watch=watch)
        counts = json.loads(bench.report().read_bytes())["summary"]
        return Figures(counts["events"], counts["invalid"], finished.cpu, finished.wall, finished.peak)

    return Contestant(name, on, command, measure, copies)


def loaded(name: str, mode: str) -> Contestant:
    """The wide plan, without the start of the interpreter; see `load.py`."""

    def command(bench: Bench) -> list[str]:
        return [sys.executable, "-m", "benchmarks.load", mode, str(bench.plan("wide"))]

    def measure(bench: Bench) -> Figures:
        return Figures(1, None, **json.loads(run(command(bench), cwd=ROOT).out))

    return Contestant(name, None, command, measure)


def started(name: str, command: Callable[[Bench], list[str]]) -> Contestant:
    """A whole command, the quickest of five times: a start can be held up, it cannot be hurried."""

    def measure(bench: Bench) -> Figures:
        finished: Finished = min((run(command(bench)) for _ in range(5)), key=lambda each: each.wall)
        return Figures(1, None, finished.cpu, finished.wall)

    return Contestant(name, None, command, measure)


CONTESTANTS: Mapping[str, Contestant] = {
    contestant.name: contestant
    for contestant in (
        streamed("orjson.loads", "orjson", on="shop"),
        validated("protocols validate --jobs 1", on="shop"),
        validated("protocols validate --jobs 2", on="shop", jobs=2),
        validated("--jobs 1, four times", on="shop", copies=4),
        validated("--jobs 2, four times", on="shop", jobs=2, copies=4),
        streamed("pysimdjson", "pysimdjson", on="shop"),
        streamed("ajv", "ajv", on="shop"),
        streamed("jsonschema-rs", "jsonschema-rs", on="large sample"),
        streamed("fastjsonschema", "fastjsonschema", on="large sample"),
        streamed("sourcemeta", "sourcemeta", on="large sample"),
        streamed("jsonschema", "jsonschema", on="small sample"),
        validated("30 % bad", on="30 % bad"),
        validated("all bad", on="all bad"),
        validated("open plan, unplanned names", on="unplanned", plan="open"),
        validated("the same names planned", on="unplanned", plan="planned"),
        validated("1,000-event plan", on="wide", plan="wide"),
        validated("1,000-event plan, four times", on="wide", plan="wide", copies=4),
        streamed("orjson.loads, deep", "orjson", on="deep"),
        validated("deep", on="deep"),
        streamed("orjson.loads, mixed calls", "orjson", on="calls"),
        validated("mixed calls", on="calls", plan="calls"),
        called("validate(mapping)", "protocols-mapping"),
        called("validate(bytes)", "protocols-bytes"),
        called("jsonschema is_valid", "jsonschema"),
        called("jsonschema-rs is_valid", "jsonschema-rs"),
        called("fastjsonschema call", "fastjsonschema"),
        validated("memory, once", on="shop", jobs=2, watch=True),
        validated("memory, four times", on="shop", jobs=2, copies=4, watch=True),
        loaded("load and compile", "compile"),
        loaded("until the first event", "validator"),
        started("protocols --version", lambda bench: [str(bench.protocols), "--version"]),
        started("bare interpreter", lambda bench: [sys.executable, "-c", "pass"]),
    )
}
