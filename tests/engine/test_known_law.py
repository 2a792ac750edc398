"""The law of recalling: what was explained before is said of the next event exactly as the second stage would say it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st
from random_bundles import Json, bundle, damaged, event, text

from protocols.engine import known
from protocols.engine.validator import Engine

SEEDS = st.integers(0, 2**62)


def stream(rng: random.Random, plan: dict[str, Json], length: int) -> Iterator[bytes]:
    """Events of a producer with habits: a few payloads sent again and again, each time with some other values."""
    habits = [damaged(rng, event(rng, plan)), *(broken(rng, event(rng, plan)) for _ in range(4)), event(rng, plan)]
    for _ in range(length):
        payload = varied(rng, rng.choice(habits))
        yield text(rng, damaged(rng, payload) if rng.random() < 0.1 else payload)


def broken(rng: random.Random, payload: dict[str, Json]) -> dict[str, Json]:
    """A payload with mistakes in its own members."""
    member = next((member for member in ("properties", "traits") if isinstance(payload.get(member), dict)), None)
    return {**payload, member: faulty(rng, payload[member])} if member else payload


def faulty(rng: random.Random, value: Json) -> Json:
    match value:
        case dict():
            kept = {key: faulty(rng, inner) for key, inner in value.items() if rng.random() < 0.9}
            return {**kept, "wholly_unknown": rng.choice((1, "x", None, [1]))} if rng.random() < 0.2 else kept
        case list():
            return [faulty(rng, inner) for inner in value]
        case _ if rng.random() < 0.7:
            return value
        case _:
            return rng.choice((None, "text", 7, -1.5, True, "", [], {}))


def varied(rng: random.Random, value: Json) -> Json:
    """The same with a few scalars replaced, mostly by others of their type; members come and go."""
    match value:
        case dict():
            return {key: varied(rng, inner) for key, inner in value.items() if key in ("type", "event") or rng.random() > 0.03}
        case list():
            return [varied(rng, inner) for inner in value for _ in range(rng.choice((1, 1, 1, 0, 2)))]
        case _ if rng.random() < 0.85:
            return value
        case bool() | None:
            return rng.choice((True, False, None))
        case int() | float():
            return rng.choice((value + 1, -value, value * 0.5, 2**53 + 1, 0, str(value)))
        case _:
            return rng.choice((value[:-1], value + "x", value.upper(), "", "\u00e9", "a" * 70, None, 5, value))


def chunks(lines: Sequence[bytes], rng: random.Random) -> Iterator[list[bytes]]:
    start = 0
    while start < len(lines):
        size = rng.choice((1, 3, 20))
        yield list(lines[start : start + size])
        start += size


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_what_is_recalled_is_what_would_be_explained(seed: int) -> None:
    rng = random.Random(seed)
    plan = bundle(rng)
    fast, explain = Engine(plan), Engine(plan, mode="explain")
    assert fast._acceptor is not None
    fast._acceptor._enough = rng.choice((1, 5, 20))  # names that the plan lets in are learned early
    with mock.patch.object(known, "_WORTH", rng.choice((2, 8))):
        for lines in chunks(list(stream(rng, plan, 120)), rng):
            accepted, outcomes = fast.check_all(lines)
            expected = [(index, result) for index, line in enumerate(lines) if not (result := explain.check(line)).clean]
            assert [(index, getattr(outcome, "result", lambda whole=outcome: whole)()) for index, outcome in outcomes] == expected, seed
            others = {index for index, _ in outcomes}
            assert accepted == Counter(explain.check(line).route for index, line in enumerate(lines) if index not in others), seed
