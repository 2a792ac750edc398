"""The baseline: what is known again, what is healed, and how the file reads."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from collected import CART, EVENTS, ORDER, SIGNED_UP, Route, collected, wrong
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from protocols.errors import UsageError
from protocols.problems import Severity
from protocols.report import FAIL_ON, Baseline, baseline_of, excuses, judge, merge, settle
from protocols.report.baseline import Entry, dump, healed, in_order, load
from protocols.violations import violation

TODAY = datetime.date(2026, 6, 1)
PRICE = "/properties/products/3/price"

KNOWN = [
    # the same again, in another place of the array, with another value, another weight, another expectation of the plan
    (ORDER, wrong(PRICE), True),
    (ORDER, wrong("/properties/products/0/price", severity=Severity.warning), True),
    (ORDER, violation("type/wrong-type", PRICE, expected="an integer or null", value=True), True),
    # another id, event, version, call or place
    (ORDER, wrong(PRICE, "value/out-of-range"), False),
    (CART, wrong(PRICE), False),
    (Route("track", "Order Completed", 2), wrong(PRICE), False),
    (Route("page", "Order Completed"), wrong(PRICE), False),
    (ORDER, wrong("/properties/products/3/tax"), False),
]


@pytest.mark.parametrize(("route", "problem", "known"), KNOWN)
def test_what_is_known_again(route: Any, problem: Any, known: bool) -> None:
    baseline = baseline_of(collected([(ORDER, [wrong("/properties/products/1/price")])]))
    (group,) = settle(collected([(route, [problem])]), today=TODAY, baseline=baseline).groups
    assert group.state == ("known" if known else "new")
    told = replace(problem, call=route.call, event=route.event, version=route.version)  # as engines tell it
    early = excuses(today=TODAY, baseline=baseline)
    assert early is not None
    assert early.state(told) == group.state


TEXT = """\
# Violations that were there already: `protocols validate --baseline` fails on others alone.
# Written by `protocols baseline`; what is healed is taken out by `protocols validate --baseline`. Comments are not kept.
baseline: 1
known:
  - {call: track, event: "Cart: \\"1\\" # \\n", id: unplanned/unplanned-event, pointer: "/event"}
  - {call: track, event: "Order Completed", id: type/wrong-type, pointer: "/properties/products/*/price"}
  - {call: track, event: "Order Completed", id: type/wrong-type, pointer: "/properties/total"}
  - {call: track, event: "Order Completed", version: 2, id: required/missing-property, pointer: "/properties/total"}
  - {call: identify, id: payload/bad-timestamp, pointer: "/timestamp"}
  - {id: payload/malformed-json, pointer: ""}
"""


def test_the_file() -> None:
    report = collected(
        [
            (None, [violation("payload/malformed-json", "", actual="half an object")]),
            (Route("identify"), [wrong("/timestamp", "payload/bad-timestamp")]),
            (Route("track", "Order Completed", 2), [wrong(id="required/missing-property")]),
            (ORDER, [wrong(), wrong(PRICE), wrong("/properties/products/4/price")]),
            (Route("track", 'Cart: "1" # \n'), [wrong("/event", "unplanned/unplanned-event")]),
        ]
    )
    assert dump(baseline_of(report)) == TEXT
    assert load(TEXT, "b.yaml") == baseline_of(report)


def test_an_empty_file() -> None:
    text = dump(Baseline())
    assert text.endswith("baseline: 1\nknown: []\n")
    assert load(text, "b.yaml") == Baseline()


SUCH = '{call: track, event: "Order Completed", id: type/wrong-type, pointer: /properties/total}'
WRONG = [
    (
        "baseline: 1: 2",
        "b.yaml:1 is no YAML; if it is the baseline, take out what does not belong there, such as the marks of a merge, "
        "or delete it and let protocols baseline write it anew",
    ),
    ("[]", "b.yaml is no baseline: it has no key baseline; protocols baseline writes one"),
    # an event file, given by mistake
    ('{"type": "track"}', "b.yaml is no baseline: it has no key baseline; protocols baseline writes one"),
    ("baseline: 7", "b.yaml was written by a newer protocols: its format is 7, this one knows 1; update protocols"),
    ('baseline: "1"', 'b.yaml:1 is no baseline: its format should be the number 1, got "1"; protocols baseline writes one'),
    ("known: []\nbaseline: true", "b.yaml:2 is no baseline: its format should be the number 1, got true; protocols baseline writes one"),
    ("baseline: 1\nknwn: []", "b.yaml:2: a baseline has the keys baseline and known alone, got knwn; did you mean known?"),
    ("baseline: 1\nplan: []", "b.yaml:2: a baseline has the keys baseline and known alone, got plan; take it out"),
    # what a merge leaves behind: the entries of the first would be lost
    ("baseline: 1\nknown: []\nknown: []", 'b.yaml:3: each key should stand once, got "known" again; take out what is too much'),
    ("baseline: 1\nknown: 5", f"b.yaml:2: known should be a list of entries such as {SUCH}, got 5"),
    ("baseline: 1\nknown: {}", f"b.yaml:2: known should be a list of entries such as {SUCH}, got a mapping"),
]
WRONG += [
    (f"baseline: 1\nknown:\n  - {{id: payload/malformed-json, pointer: ''}}\n  - {entry}", f"b.yaml:4: {said}")
    for entry, said in [
        ("x", f'an entry should be a mapping such as {SUCH}, got "x"'),
        ("{id: type/wrong-type, lin: 1}", "an entry has the keys call, event, version, id, pointer, all, got lin; take it out"),
        (
            "{id: type/wrong-type, poiner: /a}",
            "an entry has the keys call, event, version, id, pointer, all, got poiner; did you mean pointer?",
        ),
        ("{id: type/wrong-type, id: type/wrong-type}", 'each key should stand once, got "id" again; take out what is too much'),
        ("{id: type/wrong-type, version: true}", "version should be a whole number, got true"),
        # YAML would make 10 of it
        ("{id: type/wrong-type, version: 012}", "version should be a whole number, got 012"),
        ("{id: type/wrong-type, event: 1}", 'event should be a text, got 1; write "1" in quotes'),
        ("{id: type/wrong-type, event: [a]}", "event should be a text, got a list"),
        ("{pointer: /a}", "an entry should have the id of a violation, got none; write one, such as id: type/wrong-type"),
        ("{id: type/wrong-typ, pointer: /a}", 'id should be the id of a violation, got "type/wrong-typ"; did you mean type/wrong-type?'),
        # a family: the file tells each apart
        ("{id: zzz, pointer: /a}", 'id should be the id of a violation, got "zzz"; protocols explain lists them all'),
        (
            "{call: trak, id: type/wrong-type, pointer: /a}",
            'call should be one of track, identify, page, screen, group, alias, got "trak"; did you mean track?',
        ),
        (
            "{call: identify, event: A, id: type/wrong-type, pointer: /a}",
            "event should stand beside call: track or page or screen, got call: identify, which has no names; take out event",
        ),
        (
            "{event: A, id: type/wrong-type, pointer: /a}",
            "event should stand beside a call, got none; write call: track, or the one that is meant",
        ),
        (
            "{version: 1, id: type/wrong-type, pointer: /a}",
            "version should stand beside a call, got none; write call: track, or the one that is meant",
        ),
        (
            "{call: track, id: type/wrong-type}",
            'an entry should have a pointer such as /properties/total, or "" for the whole record, got none; write it',
        ),
        (
            "{call: track, id: type/wrong-type, pointer: 'properties.products[0].price'}",
            'pointer should begin with a slash, got "properties.products[0].price"; did you mean /properties/products/*/price?',
        ),
        (
            "{call: track, id: type/wrong-type, pointer: properties/total}",
            'pointer should begin with a slash, got "properties/total"; did you mean /properties/total?',
        ),
        # all of a kind are those of every event, at every place
        (
            "{call: track, event: A, id: type/wrong-type, all: true}",
            "all: true should stand beside id and call alone, got event too; take out event, or all",
        ),
        (
            "{call: track, version: 1, id: type/wrong-type, all: true}",
            "all: true should stand beside id and call alone, got version too; take out version, or all",
        ),
        (
            "{call: track, id: type/wrong-type, pointer: /a, all: yes}",
            "all: true should stand beside id and call alone, got pointer too; take out pointer, or all",
        ),
    ]
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_no_baseline(text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        load(text, "b.yaml")
    assert str(error.value) == said


def test_what_is_written_by_hand_may_be_said_twice_and_otherwise() -> None:
    """A number may be the name of a property: `star` of the pointers that engines tell keeps those that are no index."""
    text = "# mine\nknown:\n- id: type/wrong-type\n  call: track\n  pointer: /properties/2024\n  all: false\n  event:\n"
    entry = Entry("track", None, None, "type/wrong-type", "/properties/2024")
    twice = text + "- {call: track, id: 'type/wrong-type', pointer: \"/properties/2024\"}\nbaseline: 1\n"
    assert load(twice, "b.yaml") == Baseline(frozenset([entry]))


TOTAL = Entry("track", "Order Completed", None, "type/wrong-type", "/properties/total")
HEALED = [
    # the event was seen without it
    (TOTAL, [(ORDER, [])], True),
    # with something else wrong
    (TOTAL, [(ORDER, [wrong("/properties/tax")])], True),
    # it is still there, if only as a warning
    (TOTAL, [(ORDER, []), (ORDER, [wrong(severity=Severity.warning)])], False),
    # the event was not seen: nobody knows
    (TOTAL, [(CART, [])], False),
    (TOTAL, [], False),
    # of a version, that version has to be seen
    (TOTAL._replace(version=1, event="Signed Up"), [(Route("track", "Signed Up", 2), [])], False),
    (TOTAL._replace(version=1, event="Signed Up"), [(SIGNED_UP, [])], True),
    # an event that had no versions, and was planned with some since
    (TOTAL._replace(event="Signed Up"), [(SIGNED_UP, [])], True),
    # a record that could not be read, once all can be
    (Entry(None, None, None, "payload/malformed-json", ""), [(CART, [])], True),
    # a batch: whether there was one, nobody knows
    (Entry(None, None, None, "limit/batch-too-large", ""), [(CART, [])], False),
    # a track call without a name, once all have one
    (Entry("track", None, None, "payload/missing-event-name", "/event"), [(CART, [])], True),
    (Entry("track", None, None, "payload/missing-event-name", "/event"), [(Route("page"), [])], False),
    # a page without a plan of its own is no other page
    (Entry("page", None, None, "type/wrong-type", "/properties/url"), [(Route("page", "Home"), [])], False),
    (Entry("page", None, None, "type/wrong-type", "/properties/url"), [(Route("page"), [])], True),
    # all of a kind
    (Entry("track", None, None, "type/wrong-type", None, all=True), [(CART, [wrong()])], False),
    (Entry("track", None, None, "type/wrong-type", None, all=True), [(CART, [])], True),
]


@pytest.mark.parametrize(("entry", "events", "is_healed"), HEALED)
def test_what_is_healed(entry: Entry, events: Any, is_healed: bool) -> None:
    assert healed(Baseline(frozenset([entry])), collected(events)) == ((entry,) if is_healed else ())


def test_what_a_run_did_not_look_at_is_not_healed() -> None:
    assert healed(Baseline(frozenset([TOTAL])), collected([(ORDER, [])]), off=["type/wrong-type"]) == ()


def test_what_may_be_folded_is_not_healed() -> None:
    report = collected([(ORDER, [wrong("/properties/a"), wrong("/properties/b")])], most_groups=1)
    assert healed(Baseline(frozenset([TOTAL])), report) == ()


def test_more_than_a_report_tells_apart_is_known_as_a_whole() -> None:
    report = collected([(ORDER, [wrong("/properties/a"), wrong("/properties/b")])], most_groups=1)
    baseline = baseline_of(report)
    assert list(in_order(baseline.entries)) == [Entry("track", None, None, "type/wrong-type", None, all=True)]
    settled = settle(report, today=TODAY, baseline=baseline)
    assert (settled.new, settled.known, judge(settled).exit_code) == (0, 2, 0)


SENTENCES = [
    (TOTAL, "type/wrong-type in Order Completed at /properties/total"),
    (Entry("page", "Home", 2, "type/wrong-type", ""), "type/wrong-type in page Home (version 2)"),
    (Entry("identify", None, None, "payload/bad-timestamp", "/timestamp"), "payload/bad-timestamp in identify at /timestamp"),
    (Entry(None, None, None, "payload/malformed-json", ""), "payload/malformed-json"),
]


@pytest.mark.parametrize(("entry", "said"), SENTENCES)
def test_how_an_entry_is_called(entry: Entry, said: str) -> None:
    assert str(entry) == said


MOST = st.sampled_from([1, 3, 10_000])


@settings(max_examples=200, deadline=None)
@given(EVENTS.filter(bool), st.sampled_from(FAIL_ON), MOST)
def test_a_baseline_of_a_run_lets_the_same_run_pass(events: Any, fail_on: str, most: int) -> None:
    report = collected(events, most_groups=most)
    baseline = load(dump(baseline_of(report)), "b.yaml")
    settled = settle(report, today=TODAY, baseline=baseline)
    verdict = judge(settled, fail_on)
    assert (verdict.exit_code, settled.new, settled.known, settled.settled and settled.settled.healed) == (0, 0, report.violations, ())


@settings(max_examples=200, deadline=None)
@given(EVENTS, EVENTS)
def test_baselines_add_up(a: Any, b: Any) -> None:
    together = baseline_of(merge(collected(a), collected(b)))
    assert baseline_of(collected(a)) | baseline_of(collected(b)) == together == baseline_of(collected(a + b))


@settings(max_examples=200, deadline=None)
@given(EVENTS, EVENTS, MOST)
def test_what_is_taken_out_stays_out_and_takes_nothing_along(a: Any, b: Any, most: int) -> None:
    before = baseline_of(collected(a))
    report = collected(b, most_groups=most)
    gone = healed(before, report)
    after = before.without(gone)
    assert healed(after, report) == ()
    states = [[group.state for group in settle(report, today=TODAY, baseline=baseline).groups] for baseline in (before, after)]
    assert states[0] == states[1]


@settings(max_examples=200, deadline=None)
@given(EVENTS)
def test_the_file_is_read_as_it_was_written(events: Any) -> None:
    baseline = baseline_of(collected(events))
    text = dump(baseline)
    assert load(text, "b.yaml") == baseline
    assert text.encode().decode() == text
    assert len(text.splitlines()) == len(baseline.entries) + 4
