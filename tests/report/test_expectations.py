"""Events that must come, or must not: how they are written, and what is said where they did not."""

from __future__ import annotations

import contextlib
import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import UsageError
from protocols.report import About, Builder, Report, judge, merge
from protocols.report.expectations import Expectation, parse_expectations
from protocols.selector import Selector


class Route(NamedTuple):
    call: str | None
    event: str | None = None
    version: int | None = None
    assumed: bool = False


PARSED = [
    # no number is at least once
    ("Order Completed", ("track", "Order Completed", True), 1, None),
    ("Order Completed>=1", ("track", "Order Completed", True), 1, None),
    # blanks do not matter around a name, an operator and a number
    ("  Order Completed >= 2 ", ("track", "Order Completed", True), 2, None),
    ("Order Completed>2", ("track", "Order Completed", True), 3, None),
    ("Order Completed<=2", ("track", "Order Completed", True), 0, 2),
    ("Order Completed<2", ("track", "Order Completed", True), 0, 1),
    ("Order Completed==0", ("track", "Order Completed", True), 0, 0),
    ("Order Completed==2..5", ("track", "Order Completed", True), 2, 5),
    ("Debug *==0", ("track", "Debug *", False), 0, 0),
    # calls
    ("identify>=1", ("identify", None, True), 1, None),
    ("page:Home==1", ("page", "Home", True), 1, 1),
    ("track: Order Completed", ("track", "Order Completed", True), 1, None),
    # a track event that is called as a call is
    ("track:identify", ("track", "identify", True), 1, None),
    ('"identify"', ("track", "identify", True), 1, None),
    # only a call has a meaning before a colon
    ("Checkout: Paid", ("track", "Checkout: Paid", True), 1, None),
    # in quotes all characters are those of the name
    ('"Is 5 >= 3? *" >= 2', ("track", "Is 5 >= 3? *", True), 2, None),
    ('page:"A == B"', ("page", "A == B", True), 1, None),
    (r'"say \"hi\"  "==1', ("track", 'say "hi"  ', True), 1, 1),
]


@pytest.mark.parametrize(("text", "events", "least", "most"), PARSED)
def test_what_is_written(text, events, least, most):
    assert Expectation.parse(text) == Expectation(text.strip(), Selector(*events), least, most)


def test_forbidden():
    assert Expectation.forbidden("Debug *") == Expectation("Debug *", Selector("track", "Debug *", False), 0, 0)


WRONG = [
    (
        "Order>=x",
        '--expect "Order>=x": a whole number should follow >=, got "x"; put a name with such characters in double quotes',
    ),
    (
        "Order==",
        '--expect "Order==": a whole number or a range such as 2..5 should follow ==, got ""; '
        "put a name with such characters in double quotes",
    ),
    ("Order>=2..5", '--expect "Order>=2..5": a whole number should follow >=, got "2..5"; a range follows =='),
    ("Order=1", '--expect "Order=1": = is no operator; write == for an exact number; put a name with such characters in double quotes'),
    ("Order=>1", '--expect "Order=>1": => is no operator; there are >=, <=, ==, > and <; put a name with such characters in double quotes'),
    ("Order≥1", '--expect "Order≥1": ≥ is no operator; there are >=, <=, ==, > and <; put a name with such characters in double quotes'),
    ("Order==5..2", '--expect "Order==5..2": no number is from 5 up to 2; write 2..5'),
    ("Order<0", '--expect "Order<0": no number is less than 0; --forbid NAME says that none may come'),
    ("Order>=0", '--expect "Order>=0": every number is at least 0; leave >=0 out for at least once'),
    ("Order>=-1", '--expect "Order>=-1": a whole number should follow >=, got "-1"; put a name with such characters in double quotes'),
    (">=1", '--expect should name an event such as Order Completed, page:Home or identify, got ""'),
    ("", '--expect should name an event such as Order Completed, page:Home or identify, got ""'),
    ("page:>=1", '--expect should name an event such as Order Completed, page:Home or identify, got "page:"'),
    ("group:Acme", "--expect: group calls have no names; write group for all of them"),
    ('"Order>=1', '--expect: the quotes of "Order>=1 should close at its end; write \\" for a quote inside'),
    ('"Order" x>=1', '--expect: the quotes of "Order" x>=1 should close at its end; write \\" for a quote inside'),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_said_of_wrong_ones(text, said):
    with pytest.raises(UsageError) as error:
        Expectation.parse(text)
    assert str(error.value) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Debug *>3", "--forbid takes a name without a number, got \"Debug *>3\"; write --expect 'Debug *<=3'"),
        ("Debug>=3", "--forbid takes a name without a number, got \"Debug>=3\"; write --expect 'Debug<3'"),
        # more than none, or none
        ("Debug>=1", "--forbid takes a name without a number, got \"Debug>=1\"; write --forbid 'Debug'"),
        ("Debug==0", "--forbid takes a name without a number, got \"Debug==0\"; write --forbid 'Debug'"),
        ("page:", '--forbid should name an event such as Order Completed, page:Home or identify, got "page:"'),
    ],
)
def test_what_is_said_of_wrong_forbidden_ones(text, said):
    with pytest.raises(UsageError) as error:
        Expectation.forbidden(text)
    assert str(error.value) == said


@given(st.text(min_size=1), st.integers(1, 9))
def test_any_name_can_be_quoted(name, count):
    expectation = Expectation.parse(f"{json.dumps(name)}>={count}")
    assert expectation.events == Selector("track", name)
    assert expectation.least == count


@given(st.text(), st.sampled_from([Expectation.parse, Expectation.forbidden]))
def test_any_text_is_an_expectation_or_a_usage_error(text, parse):
    with contextlib.suppress(UsageError):
        assert parse(text).events.call


# -- what came


def report(counts: dict[tuple[Any, ...], int], expect: list[str] = [], forbid: list[str] = [], **about: Any) -> Report:  # noqa: B006  # only read
    builder = Builder(About(expectations=parse_expectations(expect, forbid), **about))
    for route, count in counts.items():
        builder.add_valid(Route(*route), count)
    return builder.report()


CAME = {
    ("track", "Order Complete"): 12,
    ("track", "Signed Up", 1): 2,
    ("track", "Signed Up", 2): 1,
    ("page", None): 4,
    ("identify", None): 1,
}

SAID = [
    (["Order Completed"], "Order Completed was expected at least once and never came; did you mean Order Complete, which came 12 times?"),
    # versions of one event are that event
    (["Signed Up>=4"], "Signed Up was expected at least 4 times and came 3 times"),
    (["Signed Up==2"], "Signed Up was expected exactly 2 times and came 3 times"),
    (["Signed Up==5..9"], "Signed Up was expected 5 to 9 times and came 3 times"),
    (["Signed Up<=1"], "Signed Up was expected at most once and came 3 times"),
    (["identify>=2"], "an identify call was expected at least 2 times and came once"),
    (["group"], "a group call was expected at least once and never came"),
    # nothing is near
    (["Cart Viewed"], "Cart Viewed was expected at least once and never came"),
    # a pattern has no neighbour
    (["Cart *"], "Cart * was expected at least once and never came"),
    # and says what it has met
    (["S*<=1"], "S* was expected at most once and came 3 times, as Signed Up"),
]


@pytest.mark.parametrize(("expect", "said"), SAID)
def test_what_is_said_where_it_is_not_met(expect, said):
    (problem,) = report(CAME, expect).of_the_run
    assert problem.message == said
    assert problem.id == ("expectation/too-many" if "most" in said or "exactly" in said else "expectation/too-few")


def test_what_is_forbidden():
    (problem,) = report(CAME, forbid=["*"]).of_the_run
    assert problem.message == "* was not to come and came 15 times: Order Complete 12 times, Signed Up 3 times"
    (problem,) = report(CAME, forbid=["identify"]).of_the_run
    assert problem.message == "an identify call was not to come and came once"


def test_four_names_of_a_pattern_are_three_and_more():
    counts = {("track", f"Debug {letter}"): number for number, letter in enumerate("ABCD", 1)}
    (problem,) = report(counts, forbid=["Debug *"]).of_the_run
    assert (
        problem.message == "Debug * was not to come and came 10 times: Debug D 4 times, Debug C 3 times, Debug B 2 times and 1 other event"
    )


def test_what_is_met_is_no_problem():
    found = report(CAME, ["Order Complete>=12", "Signed Up==3", "page==4", "identify"], ["Debug *", "alias"])
    assert (found.of_the_run, found.groups, found.violations) == ((), (), 0)
    assert judge(found).exit_code == 0


def test_what_is_not_met_fails_the_run_and_no_event():
    found = report(CAME, ["Order Completed"])
    assert (found.count, found.invalid, found.violations, found.by_id) == (20, 0, 1, {"expectation/too-few": 1})
    assert judge(found).exit_code == 1
    assert judge(found, "never").exit_code == 0


def test_without_any_event_that_is_what_fails_the_run():
    assert judge(report({}, ["Order Completed"])).exit_code == 4
    # there is nothing to be proven by nothing
    assert judge(report({}, forbid=["Debug *"])).exit_code == 4
    assert judge(report({}, ["Order Completed"]), allow_empty=True).exit_code == 1
    assert judge(report({}, forbid=["Debug *"]), allow_empty=True).exit_code == 0


def test_pages_are_counted_by_name():
    builder = Builder(About(expectations=parse_expectations(["page:Home==2", "page:Hom", "Hom"], ["page:Debug*"])))
    builder.add_valid(Route("page"), 3)
    builder.add_named({("page", "Home"): 2, ("page", "Debugger"): 1})
    assert [problem.message for problem in builder.report().of_the_run] == [
        "page Hom was expected at least once and never came; did you mean page Home, which came 2 times?",
        "Hom was expected at least once and never came; did you mean page Home, which came 2 times?",
        "page Debug* was not to come and came once, as Debugger",
    ]


def test_events_without_a_row_of_their_own_count():
    counts = {("track", f"Event {number}"): 1 for number in range(10)} | {("track", "Debug A"): 3}
    (problem,) = report(counts, ["Event *==10"], ["Debug *"], most_groups=4).of_the_run
    assert problem.message == "Debug * was not to come and came 3 times"  # their names are not known


COUNTS = st.dictionaries(
    st.sampled_from([("track", "A"), ("track", "B", 1), ("track", "B", 2), ("track", "AB"), ("page", None), ("identify", None)]),
    st.integers(1, 3),
)
EXPECTED = parse_expectations(["A>=3", "B==2..3", "identify", "page:H<=1"], ["A?"])


@given(COUNTS, COUNTS, st.integers(0, 3), st.integers(1, 6))
def test_reports_add_up(first, second, pages, most_groups):
    about = About(expectations=EXPECTED, most_groups=most_groups)

    def build(*parts):
        builder = Builder(about)
        for counts in parts:
            for route, count in counts.items():
                builder.add_valid(Route(*route), count)
            builder.add_named({("page", "H"): pages} if pages else {})
        return builder.report()

    merged, whole = merge(build(first), build(second)), build(first, second)
    # which names have a row may depend on the cut where there is no room for all; the numbers never do
    assert [merged.count_of(each) for each in EXPECTED] == [whole.count_of(each) for each in EXPECTED]
    if most_groups == 6:
        assert merged == whole == merge(merged)
