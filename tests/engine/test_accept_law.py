"""The one law of the first stage: what it accepts has no violation. Random plans, random events, random ways to write them."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from random_bundles import bundle, damaged, event, text

from protocols.engine.accept import Acceptor
from protocols.engine.envelope import normalise
from protocols.engine.reference import Reference
from protocols.engine.validator import Engine

SEEDS = st.integers(0, 2**62)


def lines_of(rng: random.Random, plan: Mapping[str, Any], count: int) -> list[bytes]:
    payloads = [event(rng, plan) for _ in range(count)]
    return [text(rng, damaged(rng, payload) if rng.random() < 0.5 else payload) for payload in payloads]


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_what_is_accepted_is_valid(seed: int) -> None:
    rng = random.Random(seed)
    plan = bundle(rng)
    acceptor, explain = Acceptor(plan), Engine(plan, mode="explain")
    for line in lines_of(rng, plan, 40):
        route = acceptor.accept(line)
        if route is None:
            continue
        result = explain.check(line)
        assert [str(problem) for problem in result.violations] == [], (seed, line)
        assert result.route == route, (seed, line)
        assert list(wrong(plan, route, line)) == [], (seed, line)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_a_batch_gets_what_its_lines_get(seed: int) -> None:
    rng = random.Random(seed)
    plan = bundle(rng)
    lines = lines_of(rng, plan, rng.choice([0, 1, 99, 130]))
    acceptor = Acceptor(plan)
    one_by_one = [acceptor.accept(line) for line in lines]
    routes, refused = acceptor.accept_all(lines)
    assert refused == [at for at, route in enumerate(one_by_one) if route is None]
    assert routes == Counter(route for route in one_by_one if route is not None)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), SEEDS)
def test_no_bytes_raise(raw: bytes, seed: int) -> None:
    acceptor = Acceptor(bundle(random.Random(seed % 50)))
    assert acceptor.accept(raw) is None
    assert acceptor.accept_all([raw, raw]) == (Counter(), [0, 1])


def test_most_valid_events_are_accepted() -> None:
    """Of the events that Explain finds nothing wrong with, in plans whose parts are often beyond a decoder."""
    valid = accepted = 0
    for seed in range(60):
        rng = random.Random(seed)
        plan = bundle(rng)
        acceptor, explain = Acceptor(plan), Engine(plan, mode="explain")
        for _ in range(30):
            line = json.dumps(event(rng, plan)).encode()
            if not explain.check(line).violations:
                valid += 1
                accepted += acceptor.accept(line) is not None
    assert valid > 300
    assert accepted / valid > 0.6, (accepted, valid)


# What is wrong with an accepted event, said without the engine's second stage.


def wrong(plan: Mapping[str, Any], route: Any, line: bytes) -> Iterator[str]:
    value = json.loads(line.decode())
    settings, key = plan["x-protocols"], key_of(plan, route)
    limits = settings["limits"]
    normalised = normalise(value)
    payload = normalised.payload
    schema = plan["$defs"][key] | {"$defs": {"envelope": plan["$defs"]["envelope"]}}
    yield from (finding.id for finding in normalised.findings)
    yield from map(str, Reference(schema).iter_errors(payload))
    if len(line) > limits["event_bytes"]:
        yield "too large"
    if depth(value) > limits["depth"]:
        yield "too deep"
    for member in ("properties", "traits"):
        inner = payload.get(member, {})
        node = schema["properties"].get(member, {})
        known = node.get("properties", {})
        is_map = isinstance(node.get("additionalProperties"), dict)
        if len(inner) > limits["properties"]:
            yield "too many"
        yield from (f"long {name}" for name in inner if len(name) > limits["property_name"] and name not in known and not is_map)
        yield from unplanned(inner, node)
    yield from (name for name in payload.get("integrations", {}) if name not in ["All", *(settings["destinations"] or [name])])


def key_of(plan: Mapping[str, Any], route: Any) -> str:
    section = plan["x-protocols"]["calls"][route.call]
    if route.event is None:
        return str(section["section"])
    entry = section["events"][route.event]
    assert entry["status"] is None
    key = dict(map(tuple, entry["versions"]))[route.version]
    assert entry["bodies"][key]["status"] is None
    return str(key)


def unplanned(value: Any, node: Any) -> Iterator[str]:
    """Names that the plan lacks or has taken out of use, at any depth."""
    if isinstance(value, dict):
        more = node.get("additionalProperties")
        for name, inner in value.items():
            if name in node.get("properties", {}):
                member = node["properties"][name]
                if member.get("x-status") == "deprecated":
                    yield f"deprecated {name}"
                yield from unplanned(inner, member)
            elif isinstance(more, dict):
                yield from unplanned(inner, more)
            elif node.get("x-unplanned", "off") != "off":
                yield f"unplanned {name}"
    elif isinstance(value, list):
        for item in value:
            yield from unplanned(item, node.get("items", {}))


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)
