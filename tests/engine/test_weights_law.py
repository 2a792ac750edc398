"""Severities laid over a bundle: the engines agree, and nothing but the weight of a violation changes."""

from __future__ import annotations

import pickle
import random
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from random_bundles import bundle, damaged, event, text

from protocols.engine.narrowed import Narrowed
from protocols.engine.validator import Engine
from protocols.problems import Severity
from protocols.schema.settings import weighed
from protocols.violations import FAMILIES, KINDS
from protocols.weights import kinds_of, weights

SEEDS = st.integers(0, 2**62)
NAMES = st.sampled_from([*FAMILIES, *KINDS]).filter(lambda name: name.partition("/")[0] != "payload")


def lines_of(seed: int) -> tuple[dict[str, Any], list[bytes]]:
    rng = random.Random(seed)
    plan = bundle(rng)
    payloads = [event(rng, plan) for _ in range(30)]
    return plan, [text(rng, damaged(rng, payload) if rng.random() < 0.7 else payload) for payload in payloads]


@settings(max_examples=80, deadline=None)
@given(SEEDS, st.lists(NAMES, max_size=4), st.lists(NAMES, max_size=2))
def test_what_is_ignored_is_all_that_is_gone(seed: int, ignored: list[str], selected: list[str]) -> None:
    plan, lines = lines_of(seed)
    settled = weights(ignore=ignored, select=selected)
    off = {id for id, level in settled.items() if level is Severity.off}
    whole, some = Engine(plan, mode="explain"), Engine(weighed(plan, settled), mode="explain")
    narrowed = Narrowed(plan, off)
    for line in lines:
        left = tuple(problem for problem in whole.check(line).violations if problem.id not in off)
        assert some.check(line).violations == left, (seed, line)
        assert narrowed.check(line) == some.check(line), (seed, line)


@settings(max_examples=80, deadline=None)
@given(SEEDS, st.dictionaries(NAMES, st.sampled_from(list(Severity)), max_size=4), st.lists(NAMES, max_size=2), st.booleans())
def test_the_fast_engine_says_the_same(seed: int, severity: dict[str, Severity], ignored: list[str], narrowed: bool) -> None:
    plan, lines = lines_of(seed)
    over = weighed(plan, weights(severity, ignore=ignored))
    explain = Engine(over, mode="explain")
    off = {id for name in ignored for id in kinds_of(name)}
    fast = Narrowed(weighed(plan, weights(severity)), off) if narrowed else Engine(over)
    fast = pickle.loads(pickle.dumps(fast))  # as another process gets it
    accepted, outcomes = fast.check_all([*lines, *lines])  # twice: what was explained once is recalled
    results = [explain.check(line) for line in [*lines, *lines]]
    assert accepted == Counter(result.route for result in results if result.clean), seed
    assert [(index, outcome.violations) for index, outcome in outcomes] == [
        (index, result.violations) for index, result in enumerate(results) if not result.clean
    ], seed


@settings(max_examples=80, deadline=None)
@given(SEEDS, NAMES, st.sampled_from([Severity.note, Severity.warning, Severity.error]))
def test_a_severity_counts_over_all_that_the_plan_says(seed: int, name: str, level: Severity) -> None:
    """Where the plan has not switched it off; of a family, a planned name in another case stays an error, as in a plan."""
    plan, lines = lines_of(seed)
    before, after = Engine(plan, mode="explain"), Engine(weighed(plan, weights({name: level})), mode="explain")
    about = set(kinds_of(name))
    for line in lines:
        now = {(problem.id, problem.pointer, problem.expected): problem for problem in after.check(line).violations}
        for problem in before.check(line).violations:
            changed = now[problem.id, problem.pointer, problem.expected]
            if problem.id not in about:
                assert changed == problem, (seed, line)
            elif name in KINDS or not problem.id.startswith("naming/"):
                assert changed == replace(problem, severity=level), (seed, line)
