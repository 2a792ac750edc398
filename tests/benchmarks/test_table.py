"""What the benchmarks print, and what they refuse to print."""

import pytest

from benchmarks.__main__ import Disagreement, agreed, needed, notice, raw
from benchmarks.bench import Bench
from benchmarks.contestants import CONTESTANTS
from benchmarks.figures import Figures
from benchmarks.rows import ROWS, Row, at_least, at_most, faster, faster_later, longer, memory, more_memory, seconds
from benchmarks.table import render

MACHINE = {
    "date": "2025-03-01 12:00 UTC",
    "cpu": "Abacus 3000",
    "cores": 2,
    "load": 0.25,
    "system": "Linux x86_64",
    "python": "3.12.1",
    "protocols": "0.1.0 (b0875b3)",
    "versions": {"ajv": "8.20.0", "orjson": "3.13.0"},
}
ROUNDS = {
    "orjson": [Figures(1_000_000, None, 2.0, 2.1), Figures(1_000_000, None, 1.8, 1.9), Figures(1_000_000, None, 2.2, 2.3)],
    "ours": [Figures(1_000_000, 20_000, 1.6, 1.7, 90_000_000)] * 3,
    "ours, four times": [Figures(4_000_000, 80_000, 6.4, 6.8, 99_000_000)] * 3,
    "before": [Figures(1_000_000, 20_000, 9.5, 9.5)] * 3,
    "before, four times": [Figures(4_000_000, 80_000, 17.0, 17.0)] * 3,
    "slow": [Figures(5_000, 100, 1.0, 1.1)] * 3,
    "--version": [Figures(1, None, 0.05, 0.06)] * 3,
    "bare": [Figures(1, None, 0.01, 0.015)] * 3,
}
CLAIMS = (
    Row("against orjson", faster("ours", "orjson"), at_least(1)),
    # by the clock and not by CPU, and a bar that is missed
    Row("against orjson, by the clock", faster("ours", "orjson", "wall"), at_least(1.5)),
    # a sample counts by its events
    Row("against the slow one", faster("ours", "slow"), at_least(120)),
    # whoever is absent is named
    Row("against ajv", faster("ours", "ajv"), at_least(2.5)),
    # 1.6 microseconds for an event more, against 2.5
    Row("against itself as it was, once loaded", faster_later(("ours", "ours, four times"), ("before", "before, four times")), at_least(1)),
    # no bar
    Row("the start", seconds("--version")),
    Row("the start over a bare interpreter", longer("--version", "bare"), at_most(0.15)),
    Row("memory, four times", more_memory("ours, four times", "ours"), at_most(1.05)),
    Row("memory", memory("ours, four times"), at_most(300)),
)

PAGE = """\
**Only a look.**

2025-03-01 12:00 UTC; Abacus 3000, 2 cores, load 0.25 before; Linux x86_64.
Python 3.12.1, protocols 0.1.0 (b0875b3); ajv 8.20.0, orjson 3.13.0.

| what | measured | over the rounds | clock | bar | holds |
| --- | --- | --- | --- | --- | --- |
| against orjson | 1.25 x | 1.12 - 1.38 | CPU | at least 1 x | yes |
| against orjson, by the clock | 1.24 x | 1.12 - 1.35 | wall | at least 1.5 x | **no** |
| against the slow one | 125.00 x | 125.00 - 125.00 | CPU | at least 120 x | yes |
| against ajv | not measured: ajv: npm could not reach its registry |  |  | at least 2.5 x |  |
| against itself as it was, once loaded | 1.56 x | 1.56 - 1.56 | CPU | at least 1 x | yes |
| the start | 0.060 s | 0.060 - 0.060 | wall |  |  |
| the start over a bare interpreter | 0.045 s | 0.045 - 0.045 | wall | at most 0.15 s | yes |
| memory, four times | 1.10 x | 1.10 - 1.10 | - | at most 1.05 x | **no** |
| memory | 99 MB | 99 - 99 | - | at most 300 MB | yes |

| contestant | events | invalid | CPU, microseconds an event | wall | over the rounds |
| --- | --- | --- | --- | --- | --- |
| orjson | 1,000,000 | only parsed | 2.00 | 2.10 | 1.90 - 2.30 |
| ours | 1,000,000 | 20,000 | 1.60 | 1.70 | 1.70 - 1.70 |
| ours, four times | 4,000,000 | 80,000 | 1.60 | 1.70 | 1.70 - 1.70 |
| before | 1,000,000 | 20,000 | 9.50 | 9.50 | 9.50 - 9.50 |
| before, four times | 4,000,000 | 80,000 | 4.25 | 4.25 | 4.25 - 4.25 |
| slow | 5,000 | 100 | 200.00 | 220.00 | 220.00 - 220.00 |
"""
ABSENT = {"ajv": "npm could not reach its registry"}


def test_the_page():
    assert render(CLAIMS, ROUNDS, ABSENT, MACHINE, "**Only a look.**") == PAGE


def test_the_raw_figures():
    written = raw(CLAIMS[2:4], {"slow": ROUNDS["slow"][:1], "ours": ROUNDS["ours"][:1]}, ABSENT, MACHINE)
    assert written == {
        "machine": MACHINE,
        "missing": ABSENT,
        "rows": {"against the slow one": [125.0]},
        "contestants": {
            "slow": [{"events": 5000, "invalid": 100, "cpu": 1.0, "wall": 1.1, "peak": None}],
            "ours": [{"events": 1_000_000, "invalid": 20_000, "cpu": 1.6, "wall": 1.7, "peak": 90_000_000}],
        },
    }


def test_the_full_run_needs_no_notice():
    assert notice(1_000_000, 5) is None


@pytest.mark.parametrize(
    ("size", "rounds", "said"),
    [
        (
            100_000,
            2,
            "**Quick, so rough: 100,000 events and 2 rounds, where the full run has 1,000,000 and 5. The start of a command weighs "
            "more here than the claims allow for. Do not quote these figures.**",
        ),
        # as many events, and the start weighs the same
        (
            1_000_000,
            1,
            "**Quick, so rough: 1,000,000 events and 1 round, where the full run has 1,000,000 and 5. Do not quote these figures.**",
        ),
    ],
)
def test_less_than_the_full_run_says_so(size, rounds, said):
    assert notice(size, rounds) == said


def test_rows_name_contestants_and_contestants_have_rows():
    assert needed(ROWS) == list(CONTESTANTS.values())


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("ajv", Figures(1000, 20, 1, 1)),
        # four times the same file
        ("memory, four times", Figures(4000, 80, 1, 1)),
        # who only parses finds nothing
        ("orjson.loads", Figures(1000, None, 1, 1)),
        # and there is nothing to be found in the start of a command
        ("bare interpreter", Figures(1, None, 1, 1)),
    ],
)
def test_agreement(name, figures, tmp_path):
    assert agreed(Bench(tmp_path, 1000), CONTESTANTS[name], figures) == figures


@pytest.mark.parametrize(
    ("name", "figures", "message"),
    [
        ("ajv", Figures(1000, 19, 1, 1), "ajv should find 20 of 1,000 events invalid, and found 19 of 1,000 events invalid"),
        (
            # one of the four files was not read
            "memory, four times",
            Figures(3000, 60, 1, 1),
            "memory, four times should find 80 of 4,000 events invalid, and found 60 of 3,000 events invalid",
        ),
    ],
)
def test_disagreement(name, figures, message, tmp_path):
    with pytest.raises(Disagreement) as raised:
        agreed(Bench(tmp_path, 1000), CONTESTANTS[name], figures)
    assert str(raised.value) == message
