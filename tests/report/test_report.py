"""What a report keeps of many problems, and that reports add up."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from protocols.positions import Position
from protocols.problems import Problem, Severity
from protocols.report import About, Builder, Planned, Report, judge, merge
from protocols.report.report import star
from protocols.report.tally import brief
from protocols.violations import violation


class Route(NamedTuple):
    call: str | None
    event: str | None = None
    version: int | None = None
    assumed: bool = False


ORDER = Route("track", "Order Completed")
SIGNED_UP = Route("track", "Signed Up", 1, assumed=True)
IDENTIFY = Route("identify")


def wrong_total(value: Any, line: int = 1, **fields: Any) -> Problem:
    return violation(
        "type/wrong-type", "/properties/total", expected="a number", value=value, file="e.jsonl", line=line, record=line, **fields
    )


def report_of(*problems: Problem, **about: Any) -> Report:
    """Each problem in an event of its own."""
    builder = Builder(About(**about))
    for problem in problems:
        builder.add([problem], ORDER)
    return builder.report()


def test_an_empty_report_counts_nothing() -> None:
    report = Builder().report()
    assert (report.count, report.valid, report.invalid, report.violations, report.groups) == (0, 0, 0, 0, ())


SENTENCES = [
    # one value: said in full
    ([wrong_total("1")], 'properties.total should be a number, got string "1"'),
    # the same value again is no other value
    ([wrong_total("1"), wrong_total("1")], 'properties.total should be a number, got string "1"'),
    # other values of one type
    ([wrong_total("1"), wrong_total("2")], 'properties.total should be a number, got string "1" and others'),
    # several types are counted, by name
    (
        [wrong_total("1"), wrong_total(True), wrong_total("2")],
        'properties.total should be a number, got string "1" and others (boolean 1, string 2)',
    ),
    # a hint that holds for all is said
    (
        [wrong_total("1", hint="send a number"), wrong_total("2", hint="send a number")],
        'properties.total should be a number, got string "1" and others; send a number',
    ),
    # a hint that holds for one value only is not
    (
        [wrong_total("1", hint="send 1"), wrong_total("2", hint="send 2")],
        'properties.total should be a number, got string "1" and others',
    ),
    # a sentence that was not made from the fields stays as its producer said it
    ([replace(wrong_total("1"), message="no."), wrong_total("2")], "no."),
    # as does one of a family that is not about events
    ([Problem(id="plan/unknown-key", severity=Severity.error, message="no such key")], "no such key"),
    # array indices fold, in the pointer and in the sentence
    (
        [
            violation("type/wrong-type", "/properties/products/0/price", expected="a number", value="1"),
            violation("type/wrong-type", "/properties/products/7/price", expected="a number", value="2"),
        ],
        'properties.products[*].price should be a number, got string "1" and others',
    ),
]


@pytest.mark.parametrize(("problems", "said"), SENTENCES)
def test_a_group_says_one_sentence(problems: list[Problem], said: str) -> None:
    assert [group.message for group in report_of(*problems).groups] == [said]


APART = [
    # another id, severity, pointer or expectation is another group
    violation("value/out-of-range", "/properties/total", expected="a number", value="1"),
    wrong_total("1", severity=Severity.note),
    violation("type/wrong-type", "/properties/tax", expected="a number", value="1"),
    violation("type/wrong-type", "/properties/total", expected="an integer", value="1"),
]


@pytest.mark.parametrize("other", APART, ids=str)
def test_what_differs_is_told_apart(other: Problem) -> None:
    assert len(report_of(wrong_total("1"), other).groups) == 2


def test_another_event_or_version_is_another_group() -> None:
    builder = Builder()
    for route in (ORDER, Route("track", "Order Completed", 2), Route("track", "Cart Viewed"), Route("page")):
        builder.add([wrong_total("1")], route)
    assert [tuple(group.key) for group in builder.report().groups] == [
        ("track", "Order Completed", None),
        ("track", "Order Completed", 2),
        ("track", "Cart Viewed", None),
        ("page", None, None),
    ]


def test_keys_of_maps_fold_where_the_producer_says_so() -> None:
    prices = [
        replace(
            violation("type/wrong-type", f"/properties/prices/{name}", expected="a number", value="1"), group_pointer="/properties/prices/*"
        )
        for name in ("eur", "usd")
    ]
    (group,) = report_of(*prices).groups
    assert (group.pointer, group.count) == ("/properties/prices/*", 2)


def test_a_group_counts_problems_and_its_share_counts_events() -> None:
    builder = Builder()
    builder.add_valid(ORDER, 7)
    builder.add([wrong_total("1", 8), wrong_total("2", 8)], ORDER)  # twice in one event, as in two items of an array
    builder.add([wrong_total("3", 9)], ORDER)
    builder.add_valid(IDENTIFY, 100)  # other traffic does not count
    report = builder.report()
    (group,) = report.groups
    assert (group.count, group.events, group.share) == (3, 2, 2 / 9)
    assert (str(group.first), str(group.last)) == ("e.jsonl:8", "e.jsonl:9")
    assert (report.count, report.valid, report.invalid, report.violations) == (109, 107, 2, 3)


def test_only_errors_make_an_event_invalid() -> None:
    builder = Builder()
    builder.add([wrong_total("1", severity=Severity.warning)], ORDER)
    builder.add([], ORDER)
    report = builder.report()
    assert (report.valid, report.invalid) == (2, 0)


def test_an_unreadable_record_is_an_invalid_event_of_no_call() -> None:
    builder = Builder()
    builder.add([violation("payload/malformed-json", "", actual="half an object")], unreadable=True)
    report = builder.report()
    assert (report.count, report.invalid, report.unreadable) == (1, 1, 1)
    assert report.by_call == {"unknown": 1}
    assert [tuple(traffic.key) for traffic in report.traffic] == [(None, None, None)]


def test_problems_beside_events_have_no_share() -> None:
    builder = Builder()
    builder.add_beside([violation("limit/batch-too-large", "", expected="at most 512,000 bytes", actual="600,000 bytes")])
    report = builder.report()
    assert (report.count, report.invalid, report.violations) == (0, 0, 1)
    assert report.groups[0].share is None


def test_samples_are_the_first_different_values() -> None:
    (group,) = report_of(*(wrong_total(value, line) for line, value in enumerate(["a", "a", "b", "c", "d"], 1))).groups
    assert [(sample.value, sample.seen.line) for sample in group.samples] == [("a", 1), ("b", 3), ("c", 4)]


def test_samples_of_nothing_are_places() -> None:
    missing = [violation("required/missing-property", "/properties/total", actual="nothing", file="e.jsonl", line=line) for line in (1, 2)]
    (group,) = report_of(*missing).groups
    assert [(sample.value, str(sample.seen)) for sample in group.samples] == [(UNSET, "e.jsonl:1"), (UNSET, "e.jsonl:2")]


@pytest.mark.parametrize(("most", "kept"), [(0, 0), (1, 1), (3, 2)])
def test_as_many_samples_as_asked(most: int, kept: int) -> None:
    (group,) = report_of(wrong_total("a"), wrong_total("b"), samples=most).groups
    assert len(group.samples) == kept


def test_beyond_the_bound_groups_are_only_counted() -> None:
    problems = [violation("unplanned/unplanned-property", f"/properties/p{n}x", value=n) for n in range(5)]
    report = report_of(*problems, problems[0], most_groups=2)
    assert (len(report.groups), report.folded, report.violations) == (2, 3, 6)
    assert sum(group.count for group in report.groups) + report.folded == report.violations


def test_beyond_the_bound_event_names_count_as_their_call() -> None:
    builder = Builder(About(most_groups=2))
    for n in range(5):
        builder.add_valid(Route("track", f"Event {n}"))
    assert [(tuple(traffic.key), traffic.count) for traffic in builder.report().traffic] == [
        (("track", None, None), 3),
        (("track", "Event 0", None), 1),
        (("track", "Event 1", None), 1),
    ]


def test_the_plan_is_carried_along() -> None:
    planned = (
        Planned(call="track", event="Order Completed", owners=("shop@acme.example",), labels={"team": "shop"}),
        Planned(call="track", event="Signed Up", version=1),
        Planned(call="track", event="Signed Up", version=2),
        Planned(call="track", event="Signed Up", version=0, status="deprecated"),
        Planned(call="identify"),
    )
    builder = Builder(About(planned=planned))
    builder.add([wrong_total("1")], ORDER)
    builder.add_valid(SIGNED_UP)
    builder.add_valid(Route("track", "Cart Viewed"))
    report = builder.report()
    assert report.groups[0].planned == planned[0]
    assert [(traffic.key.event, traffic.planned) for traffic in report.traffic] == [
        ("Cart Viewed", False),
        ("Order Completed", True),
        ("Signed Up", True),
    ]
    assert report.unseen == (planned[2],)  # nobody waits for what is deprecated; a call without names is no event that could be missing
    assert report.assumed == 1


STARRED = [
    (None, None),
    ("", ""),
    ("/properties/total", "/properties/total"),
    ("/properties/products/0/price", "/properties/products/*/price"),
    ("/properties/a~1b/12", "/properties/a~1b/*"),
    # a digit within a name is part of the name
    ("/properties/utm2", "/properties/utm2"),
    # a digit that Python knows and JSON Pointer does not
    ("/properties/²", "/properties/²"),
]


@pytest.mark.parametrize(("pointer", "starred"), STARRED)
def test_star(pointer: str | None, starred: str | None) -> None:
    assert star(pointer) == starred


BRIEF = [
    ("short", "short"),
    ("x" * 201, "x" * 199 + "…"),
    (True, True),
    (None, None),
    (1.5, 1.5),
    # JSON has no word for these
    (float("inf"), "inf"),
    # nor would anyone read this
    (1 << 2000, "integer of about 600 digits"),
    ([], []),
    (list(range(12)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "…"]),
    ({str(n): n for n in range(11)}, {**{str(n): n for n in range(10)}, "…": "1 more"}),
    # deeper than three levels; what is empty stays
    ({"a": {"b": {"c": {"d": 1}, "e": {}}}}, {"a": {"b": {"c": "…", "e": {}}}}),
]


@pytest.mark.parametrize(("value", "cut"), BRIEF)
def test_samples_are_cut_to_a_readable_size(value: Any, cut: Any) -> None:
    assert brief(value) == cut


VERDICTS = [
    ("error", 1, 2),
    ("warning", 1, 3),
    ("note", 1, 3),
    ("never", 0, 0),
]


@pytest.mark.parametrize(("fail_on", "code", "failing"), VERDICTS)
def test_the_verdict_counts_what_fails(fail_on: str, code: int, failing: int) -> None:
    report = report_of(wrong_total("1"), wrong_total("2"), wrong_total("3", severity=Severity.warning))
    verdict = judge(report, fail_on)
    assert (verdict.exit_code, verdict.failing) == (code, failing)


def test_nothing_is_no_success() -> None:
    report = Builder().report()
    assert judge(report).exit_code == 4
    assert judge(report, "never").exit_code == 4
    assert judge(report, allow_empty=True).exit_code == 0


def test_a_fault_outweighs_violations() -> None:
    builder = Builder()
    builder.add([wrong_total("1")], ORDER)
    builder.add_fault("e.gz: the archive is cut short")
    assert judge(builder.report()).exit_code == 4


ROUTES = st.sampled_from([ORDER, SIGNED_UP, IDENTIFY, Route("track", "Order Completed", 2)])
PROBLEMS = st.builds(
    lambda kind, severity, pointer, value, hint, line: violation(
        kind,
        pointer,
        severity=severity,
        expected="a number",
        value=value,
        hint=hint,
        file="e.jsonl",
        line=line,
        record=line,
        plan=Position("plan.yaml", 3, 5),
    ),
    st.sampled_from(["type/wrong-type", "value/not-allowed"]),
    st.sampled_from([Severity.error, Severity.warning]),
    st.sampled_from(["/properties/total", "/properties/products/0/price", "/properties/products/1/price"]),
    st.one_of(st.none(), st.booleans(), st.text(max_size=3), st.lists(st.integers(), max_size=2)),
    st.sampled_from([None, "do this", "do that"]),
    st.integers(1, 9),
)
EVENTS = st.lists(st.tuples(st.one_of(st.none(), ROUTES), st.lists(PROBLEMS, max_size=3)), max_size=6)
ABOUTS = st.builds(About, samples=st.integers(0, 3), planned=st.just((Planned(call="track", event="Order Completed"),)))


def collected(events: Any, about: About, within: Builder | None = None) -> Report:
    builder = Builder(about, within=within)
    for route, problems in events:
        if problems or route is None:
            builder.add(problems, route, unreadable=route is None)
        else:
            builder.add_valid(route)
        builder.add_input(f"{len(problems)}.jsonl", 1, 10)
    return builder.report()


@settings(max_examples=200, deadline=None)
@given(EVENTS, EVENTS, ABOUTS)
def test_reports_add_up(a: Any, b: Any, about: About) -> None:
    apart, together = merge(collected(a, about), collected(b, about)), collected(a + b, about)
    assert apart == together
    assert [group.message for group in apart.groups] == [group.message for group in together.groups]


@settings(max_examples=100, deadline=None)
@given(EVENTS, EVENTS)
def test_counts_add_up_beyond_the_bound_too(a: Any, b: Any) -> None:
    about = About(most_groups=1)
    apart, together = merge(collected(a, about), collected(b, about)), collected(a + b, about)
    assert (apart.problems, apart.count, apart.invalid) == (together.problems, together.count, together.invalid)
    for report in (apart, together):
        assert sum(group.count for group in report.groups) + report.folded == report.violations
        assert sum(traffic.count for traffic in report.traffic) == report.count


@settings(max_examples=200, deadline=None)
@given(st.lists(EVENTS, max_size=4), st.sampled_from([1, 2, 3, 10_000]), st.integers(0, 3))
def test_what_goes_straight_to_the_whole_report_is_what_would_be_absorbed(parts: Any, most: int, samples: int) -> None:
    """Beyond the bounds, too: a part keeps as many groups as it could by itself, the whole as many as it can."""
    about = About(samples=samples, most_groups=most)
    absorbing, straight = Builder(about), Builder(about)
    for part in parts:
        absorbing.absorb(collected(part, about))
        straight.absorb(collected(part, about, within=straight))
    assert straight.report() == absorbing.report()
