"""The input of the benchmarks: the same for the same seed, and as bad as it says."""

import json
from pathlib import Path

import pytest

import benchmarks
from benchmarks.events import Traffic, lines
from benchmarks.inputs import inputs, path_of
from benchmarks.wide import wide_plan
from protocols import Validator, load_text

HERE = Path(benchmarks.__file__).parent


def test_the_same_traffic_is_the_same_bytes():
    assert list(lines(Traffic(300, unplanned=1, names=3))) == list(lines(Traffic(300, unplanned=1, names=3)))


def test_the_seed_decides():
    assert list(lines(Traffic(300))) != list(lines(Traffic(300, seed=8)))


@pytest.mark.parametrize(
    ("plan", "traffic"),
    [
        ("plan.yaml", Traffic(1000)),
        ("plan.yaml", Traffic(1000, bad=0)),
        ("plan.yaml", Traffic(333, bad=0.3)),
        # every fault of every kind, so each of them is one and not two
        ("plan.yaml", Traffic(1000, bad=1)),
        ("plan.yaml", Traffic(100, bad=0.5, deep=40)),
        # nothing is said of the names that an open plan lacks
        ("plans/open.yaml", Traffic(300, bad=0.5, unplanned=3)),
        ("plans/planned.yaml", Traffic(300, bad=0.5, unplanned=3)),
        ("plans/calls.yaml", Traffic(1000, bad=0.5, calls=True)),
        # none, and a single one that has no line to hide in
        ("plan.yaml", Traffic(0)),
        ("plan.yaml", Traffic(1, bad=1)),
    ],
)
def test_bad_events_have_one_violation_and_the_others_none(plan, traffic):
    assert violations(Validator(HERE / plan), traffic) == {0: traffic.events - traffic.invalid, 1: traffic.invalid}


def test_the_wide_plan_knows_its_events():
    plan = load_text(wide_plan(HERE / "plan.yaml", 3))
    assert [next(iter(plan.events)), len(plan.events)] == ["Amber Amber Product Viewed", 15]
    assert {len(event.bodies[None].properties.properties) for event in plan.events.values()} == {20}
    assert violations(Validator(plan), Traffic(300, bad=0.5, names=3)) == {0: 150, 1: 150}


def test_an_event_is_about_800_bytes():
    assert 700 < sum(map(len, lines(Traffic(1000)))) / 1000 < 900


def test_files_are_kept(tmp_path):
    """The same traffic is made once; other traffic, however alike, is another file."""
    traffic = inputs(50)["30 % bad"]
    path = path_of(traffic, tmp_path)
    assert [json.loads(line)["type"] for line in path.read_bytes().splitlines()] == ["track"] * 50
    path.write_text("kept", encoding="utf-8")
    assert path_of(traffic, tmp_path).read_text(encoding="utf-8") == "kept"
    assert path_of(traffic._replace(bad=0.31), tmp_path) != path
    assert not list(tmp_path.glob("*.unfinished"))


def violations(validator, traffic):
    """Number of violations -> events that have as many; both numbers are there, and no other that is nobody's."""
    found = [len(validator.validate(line).violations) for line in lines(traffic)]
    return {0: found.count(0), 1: found.count(1)} | {number: found.count(number) for number in found}
