"""How much each kind of violation weighs in a run: names, their order, and what cannot be taken out."""

from __future__ import annotations

from typing import Any

import pytest

from protocols.errors import UsageError
from protocols.problems import Severity
from protocols.report.expectations import EXPECTATIONS
from protocols.violations import KINDS
from protocols.weights import OF_THE_RUN, kinds_of, weights

NOTE, WARNING, OFF = Severity.note, Severity.warning, Severity.off

WEIGHTS: list[tuple[dict[str, Any], dict[str, Severity]]] = [
    ({}, {}),
    # families and ids stay what they are: the engine knows both
    ({"severity": {"naming": NOTE, "type/wrong-type": WARNING}}, {"naming": NOTE, "type/wrong-type": WARNING}),
    # a glob is its ids
    ({"severity": {"type/*": NOTE}}, {"type/wrong-type": NOTE, "type/null-value": NOTE}),
    # a family that is off is ignored
    ({"severity": {"type": OFF}}, {"type/null-value": OFF, "type/wrong-type": OFF}),
    # an ignored family is its ids, so that nothing of it stays, not even a planned name written in another case
    ({"ignore": ["type"]}, {"type/null-value": OFF, "type/wrong-type": OFF}),
    # what is ignored weighs nothing, whatever was said of its weight
    ({"ignore": ["type/wrong-type"], "severity": {"type/wrong-type": NOTE}}, {"type/wrong-type": OFF}),
    # ignoring all leaves the records of which nothing can be said
    ({"ignore": ["payload/m*"]}, {"payload/missing-event-name": OFF, "payload/missing-group-id": OFF, "payload/missing-identity": OFF}),
]


@pytest.mark.parametrize(("said", "made"), WEIGHTS)
def test_weights(said: Any, made: Any) -> None:
    assert weights(**said) == made


def test_what_is_not_selected_is_off() -> None:
    made = weights(select=["type", "value/not-allowed"], ignore=["type/null-value"])
    stays = set(KINDS) - {id for id, level in made.items() if level is OFF}
    assert stays == {
        "type/wrong-type", "value/not-allowed",
        # of these nothing else could be said
        "payload/malformed-json", "payload/not-an-object", "payload/unknown-call",
    }  # fmt: skip


def test_what_is_about_a_run_as_a_whole_has_no_weight() -> None:
    assert {id.partition("/")[0] for id in EXPECTATIONS} == set(OF_THE_RUN)
    for id in EXPECTATIONS:
        with pytest.raises(UsageError, match=f"^{id} is about a run as a whole, and always an error; leave out what asks for it: --"):
            weights(ignore=[id])


def test_the_names_of_kinds() -> None:
    assert kinds_of("status") == ("status/deprecated-event", "status/deprecated-version", "status/deprecated-property")
    assert kinds_of("status/*-event") == ("status/deprecated-event",)
    assert kinds_of("statu") == ()


WRONG = [
    ({"ignore": ["naminng"]}, "there is no violation naminng; did you mean naming?"),
    ({"select": ["type/wrong-typ"]}, "there is no violation type/wrong-typ; did you mean type/wrong-type?"),
    # without its family
    ({"ignore": ["wrong-type"]}, "there is no violation wrong-type; did you mean type/wrong-type?"),
    ({"severity": {"zzz": NOTE}}, "there is no violation zzz; protocols explain lists them all"),
    # rubbish never passes unseen
    (
        {"ignore": ["payload/malformed-json"]},
        "payload/malformed-json is always an error: nothing else can be said of such a record; a waiver can let it pass",
    ),
    (
        {"severity": {"payload/unknown-call": NOTE}},
        "payload/unknown-call is always an error: nothing else can be said of such a record; a waiver can let it pass",
    ),
]


@pytest.mark.parametrize(("said", "message"), WRONG)
def test_names_that_stand_for_nothing(said: Any, message: str) -> None:
    with pytest.raises(UsageError) as error:
        weights(**said)
    assert str(error.value) == message
