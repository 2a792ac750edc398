"""Every id has an explanation, and every example is one."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from protocols import Validator
from protocols.explanations import Explanation, explanation
from protocols.plan import load_text
from protocols.violations import FAMILIES, KINDS

WITHOUT = {"limit/batch-too-large"}
"""What no single event shows."""


def said_of(said: Explanation, event: str) -> list[tuple[str, str]]:
    return [(problem.id, problem.message) for problem in Validator(load_text(said.plan)).validate(event).violations]


@pytest.mark.parametrize("id", KINDS)
def test_the_example_shows_it(id: str) -> None:
    said = explanation(id)
    assert said.why.endswith(".")
    assert said.fix.endswith(".")
    if id in WITHOUT:
        assert said.event == said.plan == said.mended == said.example == ""
        return
    assert sorted(other for other, _ in said_of(said, said.event)) == sorted((id, *said.others))
    assert said_of(said, said.mended) == []


def test_there_is_nothing_else() -> None:
    written = {
        f"{family}/{name}"
        for family in FAMILIES
        for name in yaml.safe_load(files("protocols.explanations").joinpath(f"{family}.yaml").read_text(encoding="utf-8"))
    }
    assert written == {*KINDS}


def test_what_is_said() -> None:
    said = explanation("required/missing-trait")
    assert said.text == (
        "A required trait is absent.\n\n"
        "Why it matters: A user without it falls out of every audience and message that needs it.\n\n"
        "How to mend it: Send it with the identify or group call, or take `required` out of the plan."
    )
    assert said.markdown == (
        "A required trait is absent.\n\n"
        "**Why it matters:** A user without it falls out of every audience and message that needs it.\n\n"
        "**How to mend it:** Send it with the identify or group call, or take `required` out of the plan."
    )
    assert said.example == (
        "# the plan\nidentify: {traits: {email: {type: string, required: true}}}\n\n"
        "# this event is reported, the next one is not\n"
        '{"type": "identify", "userId": "u1", "traits": {"name": "Ada"}}\n'
        '{"type": "identify", "userId": "u1", "traits": {"name": "Ada", "email": "ada@acme.example"}}'
    )


@pytest.mark.parametrize("id", ["required", "required/", "lint/odd-name", "Required/missing-trait"])
def test_other_texts(id: str) -> None:
    with pytest.raises(KeyError):
        explanation(id)
