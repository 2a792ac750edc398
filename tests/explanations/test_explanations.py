"""Every id has an explanation, and every example is one."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from protocols import PlanError, Validator
from protocols.cli import run
from protocols.explanations import HEAD, MEANINGS, Example, explanation
from protocols.plan import PLAN_KINDS, load_text
from protocols.problems import Severity
from protocols.report.expectations import EXPECTATIONS
from protocols.violations import KINDS

WITHOUT = {
    "limit/batch-too-large",  # no single event shows it
    "plan/unreadable-file",  # these need a folder, a file without leave, more files than one
    "plan/no-plan-files",
    "plan/sibling-conflict",
    "plan/not-utf-8",  # no text holds it
    "plan/file-too-large",  # these fill pages
    "plan/too-deep",
    "plan/too-large",
}


def ids_with_an_example(ids: Iterator[str]) -> list[str]:
    return [id for id in ids if id not in WITHOUT]


def example_of(id: str) -> Example:
    example = explanation(id).example
    assert example is not None
    return example


@pytest.mark.parametrize("id", MEANINGS)
def test_all_of_it_is_said(id: str) -> None:
    said = explanation(id)
    texts = [said.meaning, said.why, said.fix, *([said.weighs] if said.weighs else [])]
    assert [text for text in texts if not text.endswith(".") or "\n" in text] == []
    assert (said.example is None) == (id in WITHOUT)
    assert MEANINGS[id][0] in said.severities


def test_there_is_nothing_else() -> None:
    written = [
        f"{file.name.removesuffix('.yaml')}/{name}"
        for file in files("protocols.explanations").iterdir()
        if file.name.endswith(".yaml")
        for name in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]
    assert sorted(written) == sorted((*PLAN_KINDS, *KINDS, *EXPECTATIONS))
    assert [*MEANINGS] == [*PLAN_KINDS, *KINDS, *EXPECTATIONS]


# -- violations of events


def found(plan: str, event: str) -> list[tuple[str, Severity]]:
    return [(problem.id, problem.severity) for problem in Validator(load_text(plan)).validate(event).violations]


SET_BY_THE_PLAN = {"unplanned/unplanned-trait", "privacy/personal-data"}
"""What is off unless a plan asks for it, as the plan of the example does."""


@pytest.mark.parametrize("id", ids_with_an_example(iter(KINDS)))
def test_the_event_shows_it(id: str) -> None:
    example = example_of(id)
    shown = found(example.plan, example.event)
    assert sorted(other for other, _ in shown) == sorted((id, *example.others))
    assert found(example.plan, example.mended) == []
    if id not in SET_BY_THE_PLAN:
        assert dict(shown)[id] is explanation(id).severities[0]


def track(properties: str = "{}", event: str = "Order Completed") -> str:
    return f'{{"type": "track", "event": "{event}", "userId": "u1", "properties": {properties}}}'


def identify(traits: str) -> str:
    return f'{{"type": "identify", "userId": "u1", "traits": {traits}}}'


SHOP = "events: {Order Completed: {properties: {order_id: string}}}\n"
USERS = "identify: {traits: {first_name: string}}\n"
SNAKES = "naming: {events: {case: title}, properties: {case: snake}, traits: {case: snake}}\n"

WEIGHTS = [
    # a planned name in another spelling is an error, whatever is said of the family, and what is said of the id counts
    ("naming/event-name-case", SHOP, track(event="order completed"), "error"),
    ("naming/event-name-case", SHOP + "severity: {naming: note}", track(event="order completed"), "error"),
    ("naming/event-name-case", SHOP + "severity: {naming/event-name-case: note}", track(event="order completed"), "note"),
    ("naming/property-name-case", SHOP, track('{"orderId": "1"}'), "error"),
    ("naming/property-name-case", SHOP + "severity: {naming: note}", track('{"orderId": "1"}'), "error"),
    ("naming/trait-name-case", USERS, identify('{"firstName": "Ada"}'), "error"),
    ("naming/trait-name-case", USERS + "severity: {naming: note}", identify('{"firstName": "Ada"}'), "error"),
    # one that the plan lacks is a warning, or what is said of the family
    ("naming/event-name-case", SNAKES + SHOP, track(event="cart viewed"), "warning"),
    ("naming/event-name-case", SNAKES + SHOP + "severity: {naming: note}", track(event="cart viewed"), "note"),
    ("naming/property-name-case", SNAKES + SHOP, track('{"shopCity": "Rome"}'), "warning"),
    ("naming/trait-name-case", SNAKES + USERS, identify('{"shoeSize": 38}'), "warning"),
    # the fields around an event
    ("payload/wrong-envelope", SHOP, '{"type": "page", "userId": 17}', "error"),
    ("payload/wrong-envelope", SHOP, '{"type": "page", "userId": "", "anonymousId": "a1"}', "warning"),
    ("payload/wrong-envelope", SHOP, '{"type": "page", "userId": "u1", "event": "Home"}', "note"),
    # what is unplanned is the plan's to weigh, and an error where it closes an object
    ("unplanned/unplanned-event", SHOP, track(event="Cart Viewed"), "error"),
    ("unplanned/unplanned-event", SHOP + "unplanned: {events: note}", track(event="Cart Viewed"), "note"),
    ("unplanned/unplanned-property", SHOP, track('{"city": "Rome"}'), "warning"),
    ("unplanned/unplanned-property", SHOP + "unplanned: {properties: note}", track('{"city": "Rome"}'), "note"),
    (
        "unplanned/unplanned-property",
        "events: {Order Completed: {properties: {order_id: string}, additionalProperties: false}}",
        track('{"city": "Rome"}'),
        "error",
    ),
    ("unplanned/unplanned-trait", USERS, identify('{"size": 38}'), "off"),
    ("unplanned/unplanned-trait", USERS + "unplanned: {traits: warning}", identify('{"size": 38}'), "warning"),
    (
        "unplanned/unplanned-trait",
        "identify: {traits: {name: string}, schema: {additionalProperties: false}}",
        identify('{"size": 38}'),
        "error",
    ),
    (
        "unplanned/unplanned-version",
        "unplanned: {versions: note}\nevents: {Order Completed: {versions: {1: {}}}}",
        '{"type": "track", "event": "Order Completed", "userId": "u1", "context": {"protocols": {"event_version": 3}}}',
        "note",
    ),
    (
        "unplanned/unplanned-destination",
        "unplanned: {destinations: note}\ndestinations: [Amplitude]\n" + SHOP,
        '{"type": "track", "event": "Order Completed", "userId": "u1", "integrations": {"Amplitud": false}}',
        "note",
    ),
]


@pytest.mark.parametrize(("id", "plan", "event", "severity"), WEIGHTS)
def test_how_much_it_weighs(id: str, plan: str, event: str, severity: str) -> None:
    assert dict(found(HEAD + plan, event)).get(id, Severity.off) is Severity[severity]


@pytest.mark.parametrize("id", MEANINGS)
def test_what_it_weighs_is_tried(id: str) -> None:
    """Each of several severities has a row above, with a plan that sets none; no other id has a word about it."""
    said = explanation(id)
    tried = [(plan, Severity[severity]) for other, plan, _, severity in WEIGHTS if other == id]
    assert bool(tried) == bool(said.weighs)
    if len(said.severities) > 1:
        assert {severity for plan, severity in tried if not SETTINGS & {*plan.split()}} == {*said.severities}


SETTINGS = {"severity:", "unplanned:"}


# -- mistakes of plans


def mistakes(plan: str) -> list[str]:
    try:
        load_text(plan)
    except PlanError as error:
        return [problem.id for problem in error.problems]
    return []


@pytest.mark.parametrize("id", ids_with_an_example(iter(PLAN_KINDS)))
def test_the_plan_shows_it(id: str) -> None:
    example = example_of(id)
    assert example.event == ""
    assert sorted(mistakes(example.plan)) == sorted((id, *example.others))
    assert mistakes(example.mended) == []


# -- what a run was expected to show


@pytest.mark.parametrize("id", EXPECTATIONS)
def test_the_command_shows_it(id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    example = example_of(id)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("CI", raising=False)
    Path("plan.yaml").write_text(example.plan, encoding="utf-8")
    _, *words = shlex.split(example.command)
    Path("events.jsonl").write_text(example.event, encoding="utf-8")
    assert run(words) == 1
    assert capsys.readouterr().out == example.prints
    Path("events.jsonl").write_text(example.mended, encoding="utf-8")
    assert run(words) == 0
    assert id not in capsys.readouterr().out


# -- how it is said


def test_what_is_said() -> None:
    said = explanation("unplanned/unplanned-event")
    assert said.text == (
        "The plan has no such event.\n\n"
        "Why it matters: Nobody has agreed on it, so nobody looks at it, and the planned event that was meant is missing somewhere.\n\n"
        "How to mend it: Send the planned name where there is one, add the event to the plan, or take it out of the program.\n\n"
        "How much it weighs: The plan decides with `unplanned`, under `events`; an error where it says nothing."
    )
    assert said.markdown == (
        "The plan has no such event.\n\n"
        "**Why it matters:** Nobody has agreed on it, so nobody looks at it, and the planned event that was meant is missing somewhere.\n\n"
        "**How to mend it:** Send the planned name where there is one, add the event to the plan, or take it out of the program.\n\n"
        "**How much it weighs:** The plan decides with `unplanned`, under `events`; an error where it says nothing."
    )


EXAMPLES = [
    # of an event: its plan, and both events as they would stand in a file
    (
        "required/missing-trait",
        "# the plan\nidentify: {traits: {email: {type: string, required: true}}}\n\n"
        "# this event is reported, the next one is not\n"
        '{"type": "identify", "userId": "u1", "traits": {"name": "Ada"}}\n'
        '{"type": "identify", "userId": "u1", "traits": {"name": "Ada", "email": "ada@acme.example"}}',
    ),
    # of a plan: both plans, without what all begin with
    (
        "plan/unknown-word",
        "# this plan is reported\nevents: {Order Completed: {properties: {total: strng}}}\n\n"
        "# this one is not\nevents: {Order Completed: {properties: {total: string}}}",
    ),
    # but with it where that is what the example is about
    (
        "plan/missing-key",
        "# this plan is reported\nprotocols: 1\nplan: shop\n\n# this one is not\nprotocols: 1\nplan: shop\nversion: 1.0.0",
    ),
    # of a run: its files, the command with what it prints, and the other events
    (
        "expectation/too-many",
        "# plan.yaml\nunplanned: {events: off}\nevents: {Order Completed: {}}\n\n"
        "# events.jsonl\n"
        '{"type": "track", "event": "Order Completed", "userId": "u1"}\n'
        '{"type": "track", "event": "Debug Cart", "userId": "u1"}\n\n'
        '$ protocols validate events.jsonl --plan plan.yaml --forbid "Debug *"\n'
        "error  Debug *  expectation/too-many\n"
        "  Debug * was not to come and came once, as Debug Cart\n\n"
        "2 events in 1 file: 2 valid, 0 invalid; 1 violation: 1 error\n"
        "Failed: 1 violation of severity error (exit code 1).\n\n"
        "# with these events nothing is reported\n"
        '{"type": "track", "event": "Order Completed", "userId": "u1"}',
    ),
]


@pytest.mark.parametrize(("id", "said"), EXAMPLES)
def test_how_an_example_is_shown(id: str, said: str) -> None:
    assert example_of(id).text == said


@pytest.mark.parametrize("id", ["required", "required/", "lint/odd-name", "Required/missing-trait"])
def test_other_texts(id: str) -> None:
    with pytest.raises(KeyError):
        explanation(id)
