"""The GitHub action: its steps are run as the runner runs them, with an installation of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import repositories
from repositories import needed, released, write
from runner import ACTION, STEPS, Done, inputs, run_step

LINT, VALIDATE, INSTALL = "Lint the plan", "Check the events", "Install protocols"

PLAN = """\
protocols: 1
plan: shop
version: 1
naming: {events: {case: title}}
events: {Order Paid: {properties: {total: {type: number, required: true}}}}
"""
GOOD = '{"type": "track", "event": "Order Paid", "userId": "u1", "properties": {"total": 20.5}}\n'
BAD = '{"type": "track", "event": "Order Paid", "userId": "u1", "properties": {"total": "20.5"}}\n'


@pytest.fixture(scope="session")
def bin(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the action's own step put the programs."""
    repositories.needs_registries()
    temp = tmp_path_factory.mktemp("runner")
    released(temp / "action")
    python = needed("python")
    context = {"steps.python.outputs.python-path": python, "github.action_path": str(temp / "action"), "inputs.version": ""}
    done = run_step(INSTALL, temp, temp, context)
    assert done.code == 0, done.log
    return done.outputs["bin"]


@pytest.fixture
def check(bin: str, tmp_path: Path) -> Iterator[Callable[..., Done]]:
    """Runs a step in a repository with a plan and events."""
    folder, temp = tmp_path / "shop", tmp_path / "temp"
    temp.mkdir()
    write(folder, {"plan.yaml": PLAN, "good.jsonl": GOOD, "some events/bad.jsonl": BAD, "$(touch pwned).jsonl": GOOD, "-x.jsonl": GOOD})

    def step(name: str, **given: str) -> Done:
        context = {f"inputs.{key}": value for key, value in inputs(**given).items()}
        return run_step(name, folder, temp, {**context, "steps.install.outputs.bin": bin})

    yield step
    assert not list(tmp_path.rglob("pwned"))


def shown(done: Done) -> list[str]:
    """The lines of a log that are no commands to the runner."""
    return [line for line in done.log.splitlines() if not line.lstrip().startswith("::")]


def commands(done: Done) -> list[str]:
    """The lines that are, by the name of the command."""
    return [line.lstrip().split(" ", 1)[0] for line in done.log.splitlines() if line.lstrip().startswith("::")]


def test_good_events_pass(check: Callable[..., Done]) -> None:
    done = check(VALIDATE, plan="plan.yaml", events="good.jsonl")
    assert (done.code, done.outputs) == (0, {"exit-code": "0"})
    assert shown(done)[0] == "1 event in 1 file: 1 valid, 0 invalid; no violations"
    assert commands(done) == ["::notice"]
    assert done.summary.startswith("## \u2705 Tracking plan: Passed: no violation of severity error.\n\n1 event in 1 file: 1 valid,")


def test_violations_fail_the_step(check: Callable[..., Done]) -> None:
    done = check(VALIDATE, plan="plan.yaml", events="good.jsonl\nsome events/\n")
    assert (done.code, done.outputs) == (1, {"exit-code": "1"})
    assert '  properties.total should be a number, got string "20.5"' in shown(done)
    assert commands(done) == ["::error", "::error"]
    place = "::error file=some events/bad.jsonl,line=1,col=1,title=Order Paid%3A type/wrong-type::"
    assert f'{place}properties.total should be a number, got string "20.5"' in done.log
    assert '\n   - properties.total should be a number, got string "20.5"\n' in done.summary


def test_a_format_of_its_own_is_all_there_is(check: Callable[..., Done]) -> None:
    done = check(VALIDATE, plan="plan.yaml", events="good.jsonl", format="json")
    assert (done.code, commands(done), done.summary) == (0, [], "")


CODES = [
    ({"events": "some events/bad.jsonl", "fail_on": "never"}, 0),
    ({"events": "some events/bad.jsonl", "args": "--allow-empty\n  --redact  "}, 1),
    # the plan is found by its name
    ({"plan": "", "events": "good.jsonl"}, 0),
    ({"events": "*.jsonl"}, 0),
    # nothing is a part of the script, nor an option, but what is meant to be one
    ({"events": "$(touch pwned).jsonl"}, 0),
    ({"events": "-x.jsonl"}, 0),
    ({"events": "good.jsonl", "plan": "$(touch pwned)"}, 3),
    ({"events": 'good.jsonl"; touch pwned; "'}, 4),
    ({"events": "good.jsonl", "fail_on": "`touch pwned`"}, 2),
    ({"events": "good.jsonl", "args": "; touch pwned"}, 4),
    # mistakes of the configuration
    ({"events": "good.jsonl", "format": "jsn"}, 2),
    ({"events": "good.jsonl", "args": "--no-such-option"}, 2),
    ({"events": "no-such-file.jsonl"}, 4),
]


@pytest.mark.parametrize(("given", "code"), CODES, ids=[" ".join(row[0].values()) for row in CODES])
def test_exit_codes(given: dict[str, str], code: int, check: Callable[..., Done]) -> None:
    done = check(VALIDATE, **{"plan": "plan.yaml", **given})
    assert (done.code, done.outputs) == (code, {"exit-code": str(code)}), done.log


def test_names_in_events_are_no_commands_to_the_runner(check: Callable[..., Done], tmp_path: Path) -> None:
    """The runner obeys `::...::` at the beginning of a line, blanks before it or not, and `##[...]` anywhere."""
    event = '{"type": "track", "event": "::add-mask::a", "userId": "u1", "properties": {"##[set-output name=a]b": 1}}\n'
    write(tmp_path / "shop", {"bad.jsonl": event})
    done = check(VALIDATE, plan="plan.yaml", events="bad.jsonl")
    assert "  : :add-mask::a is not in the plan" in shown(done)
    assert {*commands(done)} == {"::error", "::warning"}
    assert "##[" not in done.log.replace("file=bad.jsonl", "")
    assert "\\n::add-mask" not in done.summary


def test_the_plan_is_linted(check: Callable[..., Done], tmp_path: Path) -> None:
    assert check(LINT, plan="plan.yaml").code == 0
    write(tmp_path / "shop", {"plan.yaml": PLAN.replace("Order Paid", "order paid")})
    assert check(LINT, plan="plan.yaml").code == 0  # a warning
    done = check(LINT, plan="", lint_fail_on="warning")
    assert done.code == 1
    assert "plan.yaml:5:10: warning: order paid is not Title Case [lint/event-name-case]" in shown(done)
    assert check(LINT, plan="$(touch pwned)").code == 3


# -- the file itself


def test_nothing_is_pasted_into_a_script() -> None:
    assert [name for name, step in STEPS.items() if "${{" in step.get("run", "")] == []


def test_every_input_is_used_and_every_used_one_exists() -> None:
    text = (repositories.CHECKOUT / "action.yml").read_text("utf-8")
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    assert all(row["description"] and "default" in row for row in ACTION["inputs"].values())


def test_it_is_an_action_by_the_published_schema() -> None:
    done = repositories.run([needed("check-jsonschema"), "--builtin-schema", "vendor.github-actions", "action.yml"], repositories.CHECKOUT)
    assert done.returncode == 0, done.stdout
