"""Whether a run passes, and the clause that says why: fail_on, rates, waivers and baseline together."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import pytest
from collected import CART, EVENTS, ORDER, Route, collected, wrong
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from protocols.errors import UsageError
from protocols.problems import Problem, Severity
from protocols.report import About, Builder, Findings, Rates, Waiver, baseline_of, excuses, judge, settle
from protocols.report.expectations import Expectation

TODAY = datetime.date(2026, 6, 1)
WARNING = Severity.warning
TOTAL, TAX = wrong(), wrong("/properties/tax")


def waiver(**fields: Any) -> Waiver:
    return Waiver(**{"id": "type", "reason": "old app", "owner": "shop@acme.example", "until": TODAY, **fields})


OLD = baseline_of(collected([(ORDER, [TOTAL])]))
VERDICTS: list[tuple[str, list[Any], dict[str, Any], int, str]] = [
    # without baseline or waivers
    ("error", [(ORDER, [TOTAL, TAX])], {}, 1, "2 violations of severity error"),
    ("error", [(ORDER, [])], {}, 0, "no violation of severity error"),
    ("note", [(ORDER, [TOTAL])], {}, 1, "1 violation of severity note or above"),
    # all is known
    ("error", [(ORDER, [TOTAL])] * 1200, {"baseline": OLD}, 0, "no new violation of severity error; 1,200 known"),
    # some is new; groups are those that fail the run
    (
        "error",
        [(ORDER, [TOTAL, TAX]), (ORDER, [TAX]), (CART, [TOTAL]), (CART, [wrong(severity=WARNING)])],
        {"baseline": OLD},
        1,
        "3 new violations of severity error in 2 groups; 1 known",
    ),
    (
        "warning",
        [(CART, [wrong(severity=WARNING)])],
        {"baseline": OLD},
        1,
        "1 new violation of severity warning or above in 1 group; 0 known",
    ),
    # what is new and does not weigh enough
    (
        "error",
        [(CART, [wrong(severity=WARNING)])],
        {"baseline": OLD},
        0,
        "no new violation of severity error; lesser ones do not fail the run; 0 known",
    ),
    # a known fault that the plan has made an error since is still known
    ("error", [(ORDER, [wrong(severity=Severity.error)])], {"baseline": OLD}, 0, "no new violation of severity error; 1 known"),
    # waived, alone and beside a baseline; a waiver comes first
    ("error", [(ORDER, [TOTAL])], {"waivers": [waiver()]}, 0, "no violation of severity error; 1 waived"),
    ("error", [(ORDER, [TOTAL]), (CART, [TAX])], {"waivers": [waiver(event="Order*")]}, 1, "1 violation of severity error; 1 waived"),
    (
        "error",
        [(ORDER, [TOTAL, TAX])],
        {"waivers": [waiver(pointer="*/tax")], "baseline": OLD},
        0,
        "no new violation of severity error; 1 known; 1 waived",
    ),
    ("error", [(ORDER, [TOTAL])], {"waivers": [waiver()], "baseline": OLD}, 0, "no new violation of severity error; 0 known; 1 waived"),
    # a baseline that knows nothing here is still said
    ("error", [(ORDER, [])], {"baseline": OLD}, 0, "no new violation of severity error; 0 known"),
    # nothing fails
    ("never", [(ORDER, [TOTAL])], {"baseline": OLD}, 0, "with --fail-on never nothing fails the run"),
    # what is in no group is new
    (
        "error",
        [(CART, [TOTAL]), (CART, [TAX])],
        {"baseline": OLD, "most_groups": 1},
        1,
        "2 new violations of severity error in 1 group; 0 known",
    ),
]


@pytest.mark.parametrize(("fail_on", "events", "by", "code", "why"), VERDICTS)
def test_the_verdict_says_why(fail_on: str, events: Any, by: dict[str, Any], code: int, why: str) -> None:
    rest = {name: value for name, value in by.items() if name != "most_groups"}
    verdict = judge(settle(collected(events, most_groups=by.get("most_groups", 10_000)), today=TODAY, **rest), fail_on)
    assert (verdict.exit_code, verdict.why) == (code, why)


HALF = Fraction(1, 2)
RATES: list[tuple[list[Any], Rates, dict[str, Any], int, str]] = [
    # errors do not fail the run one by one: up to the rate, and no further
    ([(ORDER, [TOTAL, TAX]), (ORDER, [])], Rates(HALF), {}, 0, "1 of 2 events (50.0%) have errors, at most 50% may"),
    (
        [(ORDER, [TOTAL])] * 501 + [(ORDER, [])] * 499,
        Rates(HALF),
        {},
        1,
        "501 of 1,000 events (50.1%) have errors, at most 50% may",
    ),
    ([(ORDER, [])], Rates(Fraction(1, 200)), {}, 0, "no violation of severity error"),
    ([(ORDER, [TOTAL])], Rates(Fraction(1, 200)), {}, 1, "1 of 1 events (100%) have errors, at most 0.5% may"),
    # an event with a rate of its own; the others have none
    ([(ORDER, [TOTAL]), (ORDER, [])], Rates(None, {"Order*": HALF}), {}, 0, "no violation of severity error beyond the agreed rates"),
    ([(ORDER, [TOTAL]), (CART, [TAX]), (ORDER, [])], Rates(None, {"Order*": HALF}), {}, 1, "1 violation of severity error"),
    (
        [(ORDER, [TOTAL]), (CART, [])],
        Rates(None, {"Order*": HALF}),
        {},
        1,
        "1 of 1 Order Completed events (100%) have errors, at most 50% may",
    ),
    # both: few of all, and none of this one
    (
        [(ORDER, [TOTAL]), (CART, []), (CART, [])],
        Rates(HALF, {"Order Completed": Fraction(0)}),
        {},
        1,
        "1 of 1 Order Completed events (100%) have errors, at most 0% may",
    ),
    # the first glob that fits counts; versions of an event are one event
    ([(Route("track", "A", 1), [TOTAL]), (Route("track", "A", 2), [])], Rates(None, {"A": HALF, "*": Fraction(0)}), {}, 0, None),
    # a record that could not be read has no name, and is one of all events
    ([(None, [wrong("", "payload/malformed-json")]), (CART, [])], Rates(Fraction(1, 10)), {}, 1, None),
    ([(None, [wrong("", "payload/malformed-json")]), (CART, [])], Rates(None, {"*": Fraction(1)}), {}, 1, "1 violation of severity error"),
    # what is known or waived counts no event
    (
        [(ORDER, [TOTAL])] * 2 + [(CART, [TAX])] + [(CART, [])] * 3,
        Rates(Fraction(1, 6)),
        {"baseline": OLD},
        0,
        "1 of 6 events (16.7%) have new errors, at most 16.66666667% may; 2 known",
    ),
    # two new faults of one event
    (
        [(ORDER, [TOTAL, TAX, wrong("/properties/fee")])] + [(CART, [])] * 3,
        Rates(Fraction(1, 10)),
        {"baseline": OLD},
        1,
        "1 of 4 events (25.0%) have new errors, at most 10% may; 1 known",
    ),
    # new ones in one event, several and a known one, and another event all of whose errors are known
    (
        [(ORDER, [TOTAL, TAX, wrong("/properties/fee")]), (ORDER, [TOTAL])] + [(CART, [])] * 8,
        Rates(Fraction(1, 10)),
        {"baseline": OLD},
        0,
        "1 of 10 events (10.0%) have new errors, at most 10% may; 2 known",
    ),
    # the same with what is waived, and by event
    (
        [(ORDER, [TOTAL, TAX]), (ORDER, [TOTAL])],
        Rates(None, {"Order Completed": Fraction(0)}),
        {"waivers": [waiver(pointer="/properties/total")]},
        1,
        "1 of 2 Order Completed events (50.0%) have new errors, at most 0% may; 2 waived",
    ),
    # of pages by name, which track events of the same name do not count among, and of calls
    (
        [(Route("page", "Home"), [TOTAL]), (Route("track", "Home"), []), (Route("identify"), [TOTAL])],
        Rates(None, {"page:Home": Fraction(0), "identify": HALF, "Home": Fraction(0)}),
        {},
        1,
        "1 of 1 identify calls (100%) have errors, at most 50% may; 1 of 1 page Home events (100%) have errors, at most 0% may",
    ),
    # more of them than a sentence holds
    (
        [(Route("track", f"Event {name}"), [TOTAL]) for name in "ABCDE"],
        Rates(None, {"*": Fraction(0)}),
        {},
        1,
        "1 of 1 Event A events (100%) have errors, at most 0% may; 1 of 1 Event B events (100%) have errors, at most 0% may; "
        "1 of 1 Event C events (100%) have errors, at most 0% may; so it is with 2 more events",
    ),
]


@pytest.mark.parametrize(("events", "rates", "by", "code", "why"), RATES)
def test_rates(events: Any, rates: Rates, by: dict[str, Any], code: int, why: str | None) -> None:
    verdict = judge(settle(collected(events, excuses(today=TODAY, **by)), today=TODAY, **by), rates=rates)
    assert (verdict.exit_code, verdict.why) == (code, why if why is not None else verdict.why)


def test_a_rate_goes_with_errors() -> None:
    with pytest.raises(UsageError) as error:
        judge(collected([(ORDER, [])]), "warning", rates=Rates(HALF))
    assert str(error.value) == "a violation rate counts events with errors; it goes with --fail-on error, not with warning"


def test_never_fails_on_no_rate_either() -> None:
    assert judge(collected([(ORDER, [TOTAL])]), "never", rates=Rates(Fraction(0))).exit_code == 0


def test_a_rate_of_nothing_that_can_come_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^--max-violation-rate: identify calls have no names; write identify for all of them$"):
        judge(collected([(ORDER, [])]), rates=Rates(None, {"identify:A": HALF}))


def test_plans_have_verdicts_too() -> None:
    finding = Problem(id="lint/odd-name", severity=WARNING, message="x")
    found = Findings(problems=(finding,), files=("p.yaml",))
    assert judge(found).why == "no finding of severity error; lesser ones do not fail the run"
    assert judge(found, "warning").why == "1 finding of severity warning or above"


WAIVERS = [
    ({}, True),
    ({"id": "type/wrong-type"}, True),
    ({"id": "*/wrong-type"}, True),
    ({"id": "value"}, False),
    ({"event": "Order Completed"}, True),
    ({"event": "* Completed"}, True),
    ({"event": "order completed"}, False),
    ({"call": "track"}, True),
    ({"call": "page"}, False),
    ({"version": 2}, True),
    ({"version": 1}, False),
    # the place in any item
    ({"pointer": "/properties/products/*/price"}, True),
    ({"pointer": "/properties/*"}, True),
    ({"pointer": "/properties/products"}, False),
    # its last day is its own
    ({"until": TODAY}, True),
    ({"until": TODAY - datetime.timedelta(days=1)}, False),
]


@pytest.mark.parametrize(("fields", "waives"), WAIVERS)
def test_what_a_waiver_excuses(fields: dict[str, Any], waives: bool) -> None:
    report = collected([(Route("track", "Order Completed", 2), [wrong("/properties/products/7/price")])])
    settled = settle(report, today=TODAY, waivers=[waiver(**fields)])
    assert (settled.groups[0].state, settled.suppressed, settled.new) == (("suppressed", 1, 0) if waives else ("new", 0, 1))


def test_no_glob_excuses_what_a_run_lacks() -> None:
    builder = Builder(About(expectations=(Expectation.parse("Signed Up"),)))
    builder.add_valid(ORDER)
    verdict = judge(settle(builder.report(), today=TODAY, waivers=[waiver(id="*")]))
    assert (verdict.exit_code, verdict.why) == (1, "1 violation of severity error")


def test_a_waiver_of_an_event_excuses_no_call_without_a_name() -> None:
    report = collected([(Route("identify"), [TOTAL])])
    assert settle(report, today=TODAY, waivers=[waiver(event="*")]).new == 1


UNUSED = [
    (
        {"event": "Gone"},
        "the waiver of type in Gone excused nothing; take it out, or look whether it is written as meant",
    ),
    (
        {"until": datetime.date(2026, 5, 31)},
        "the waiver of type expired on 2026-05-31: 2 violations count again (shop@acme.example: old app)",
    ),
    (
        {"until": datetime.date(2026, 5, 31), "call": "page", "event": "Gone", "version": 2, "pointer": "/x"},
        "the waiver of type in page Gone (version 2) at /x expired on 2026-05-31: nothing needs it any more; take it out "
        "(shop@acme.example: old app)",
    ),
]


@pytest.mark.parametrize(("fields", "said"), UNUSED)
def test_waivers_that_excuse_nothing(fields: dict[str, Any], said: str) -> None:
    report = collected([(ORDER, [TOTAL]), (ORDER, [TOTAL])])
    settled = settle(report, today=TODAY, waivers=[waiver(pointer=None, **fields) if "pointer" not in fields else waiver(**fields)]).settled
    assert settled is not None
    assert [str(unused) for unused in settled.unused] == [said]


@pytest.mark.parametrize(
    ("fields", "off", "left_out"),
    [
        ({"event": "Gone"}, ["type/null-value"], {}),  # it was not looked for
        ({"event": "Gone"}, [], {"sample": 1}),  # it may be among the events that were left out
        ({"event": "Gone", "until": datetime.date(2026, 5, 31)}, [], {"event": 1}),
    ],
)
def test_no_waiver_is_of_no_use_in_a_part_of_the_events_or_ids(fields: dict[str, Any], off: list[str], left_out: dict[str, int]) -> None:
    report = replace(collected([(ORDER, [TOTAL])]), left_out=left_out)
    settled = settle(
        report, today=TODAY, waivers=[waiver(**fields)], baseline=baseline_of(collected([(ORDER, [TOTAL, TAX])])), off=off
    ).settled
    assert settled is not None
    assert settled.unused == ()
    assert [entry.pointer for entry in settled.healed] == ([] if left_out else ["/properties/tax"])


def test_a_waiver_beside_one_that_excuses_the_same_is_used() -> None:
    settled = settle(collected([(ORDER, [TOTAL])]), today=TODAY, waivers=[waiver(), waiver(id="type/wrong-type")]).settled
    assert settled is not None
    assert settled.unused == ()


@settings(max_examples=200, deadline=None)
@given(EVENTS, EVENTS, st.booleans())
def test_each_violation_is_counted_once(events: Any, before: Any, waived: bool) -> None:
    """New, known and suppressed add up; neither changes what is valid; the order of the groups stays."""
    report = collected(events)
    settled = settle(report, today=TODAY, waivers=[waiver()] if waived else [], baseline=baseline_of(collected(before)))
    by_state = {state: sum(group.count for group in settled.groups if group.state == state) for state in ("new", "known", "suppressed")}
    assert (settled.new, settled.known, settled.suppressed) == tuple(by_state.values())
    assert settled.new + settled.known + settled.suppressed == report.violations
    assert (settled.valid, settled.invalid, settled.problems) == (report.valid, report.invalid, report.problems)
    assert [group.problem for group in settled.groups] == [group.problem for group in report.groups]


@settings(max_examples=200, deadline=None)
@given(EVENTS.filter(bool), st.fractions(0, 1), st.fractions(0, 1))
def test_a_larger_rate_never_fails_what_a_smaller_one_lets_pass(events: Any, one: Fraction, other: Fraction) -> None:
    report = collected(events)
    codes = [judge(report, rates=Rates(rate)).exit_code for rate in sorted([one, other])]
    assert codes == sorted(codes, reverse=True)
