"""Limits, privacy and severities: what is said at the bound and one past it."""

import pytest
from said import engine, said

EVENT = {"type": "track", "event": "Note Added", "userId": "u"}


def note(**properties):
    return EVENT | {"properties": properties}


LIMITS = """
limits: {event_name: 12, property_name: 5, event_bytes: 120, message_id: 4, properties: 2}
events: {Note Added: {}, Open: {properties: {a: any}}}
"""

LIMIT_ROWS = [
    (EVENT, []),
    (EVENT | {"messageId": "1234"}, []),
    (EVENT | {"messageId": "12345"}, ["error limit/message-id-too-long /messageId: messageId should have at most 4 characters, got 5"]),
    (note(abcde=1, b=2), []),
    (note(abcdef=1), ["error limit/property-name-too-long /properties/abcdef: the name abcdef should have at most 5 characters, got 6"]),
    (note(a=1, b=2, c=3), ["warning limit/too-many-properties /properties: properties should have at most 2 properties, got 3"]),
    # names inside a member that the plan does not describe are the sender's own affair
    (note(a={"a_long_name": 1}), []),
    (
        {"type": "identify", "userId": "u", "traits": {"a": 1, "b": 2, "c": 3}},
        ["warning limit/too-many-properties /traits: traits should have at most 2 traits, got 3"],
    ),
    (
        note(a="x" * 60),
        ["error limit/event-too-large : the event should have at most 120 bytes, got 140"],
    ),
    (
        EVENT | {"event": "Note Added Twice"},
        [
            "error limit/event-name-too-long /event: event should have at most 12 characters, got 16",
            "error unplanned/unplanned-event /event: Note Added Twice is not in the plan; did you mean Note Added?",
        ],
    ),
]


@pytest.mark.parametrize(("payload", "expected"), LIMIT_ROWS, ids=range(len(LIMIT_ROWS)))
def test_limits(payload, expected):
    assert said(LIMITS, payload) == expected


def test_a_batch_that_is_too_large():
    explainer = engine("limits: {batch_bytes: 100}\nevents: {}").explainer
    assert explainer.batch_too_large(100) is None
    assert explainer.batch_too_large(101).message == "the batch should have at most 100 bytes, got 101"


PRIVATE = """
severity: {privacy/personal-data: warning}
events: {Note Added: {properties: {text: any, phone: any, known: {type: string, personal: true}, list: {type: array}}}}
"""
MARK = "and the plan does not mark it personal; mark it personal: true, or stop sending it"
PRIVACY_ROWS = [
    ("text", "Ada", None),
    ("text", "write to ada@example.com", "an e-mail address"),
    ("text", "@ada", None),
    ("text", "a@b", None),
    ("text", "4111 1111 1111 1111", "a card number"),  # passes the check digit
    ("text", "4111 1111 1111 1112", None),
    ("text", "1705314600000", None),  # a time in milliseconds
    ("text", "0000000000000000", None),
    ("text", "call +44 20 7946 0958", "a phone number"),
    ("text", "020 7946 0958", None),  # only digits under a name that says nothing
    ("phone", "020 7946 0958", "a phone number"),
    ("known", "ada@example.com", None),
]


@pytest.mark.parametrize(("name", "value", "kind"), PRIVACY_ROWS)
def test_personal_data(name, value, kind):
    expected = [f"warning privacy/personal-data /properties/{name}: properties.{name} holds {kind}, {MARK}"] if kind else []
    assert said(PRIVATE, note(**{name: value})) == expected


def test_personal_data_deep_down():
    lines = said(PRIVATE, note(list=[{"to": "ada@example.com"}]))
    assert lines == [f"warning privacy/personal-data /properties/list/0/to: properties.list[0].to holds an e-mail address, {MARK}"]


def test_long_texts_are_searched_in_linear_time():
    """A text of 30,000 characters made to hurt: no search may look at each place of it from each other place."""
    for text in ("a" * 30_000, "@" * 30_000, "1 " * 15_000, "a@" * 15_000, "+" * 30_000):
        said(PRIVATE, note(phone=text))


SEVERITY_ROWS = [
    # (the plan's severity, what becomes of a wrong type, what of a misspelt name)
    ("{}", ["error"], ["error"]),
    ("{type: warning}", ["warning"], ["error"]),
    ("{type: warning, type/wrong-type: note}", ["note"], ["error"]),  # the id wins over its family
    ("{type: off}", [], ["error"]),
    ("{naming: note}", ["error"], ["error"]),  # a misspelt planned name stands for a missing one: its family does not soften it
    ("{naming/property-name-case: note}", ["error"], ["note"]),
]


@pytest.mark.parametrize(("severity", "of_type", "of_name"), SEVERITY_ROWS)
def test_severities(severity, of_type, of_name):
    plan = f"severity: {severity}\nevents: {{Note Added: {{properties: {{long_text: string}}}}}}"
    assert [line.split()[0] for line in said(plan, note(long_text=1))] == of_type
    assert [line.split()[0] for line in said(plan, note(longText="x"))] == of_name


@pytest.mark.parametrize("level", ["error", "warning", "note", "off"])
def test_unplanned_is_as_severe_as_the_plan_says(level):
    unplanned = f"unplanned: {{events: {level}, properties: {level}, traits: {level}}}"
    plan = unplanned + "\nevents: {Note Added: {properties: {a: any}}}\nidentify: {traits: {a: any}}"
    expected = [] if level == "off" else [level]
    for payload in (EVENT | {"event": "Xyz"}, note(other=1), {"type": "identify", "userId": "u", "traits": {"other": 1}}):
        assert [line.split()[0] for line in said(plan, payload)] == expected


def test_an_event_may_be_stricter_than_its_plan():
    plan = """
events:
  Note Added: {unplanned: {properties: error}, severity: {type: note}, properties: {a: string}}
  Note Read: {properties: {a: string}}
"""
    assert [line.split()[0] for line in said(plan, note(a=1, b=1))] == ["note", "error"]
    assert [line.split()[0] for line in said(plan, note(a=1, b=1) | {"event": "Note Read"})] == ["error", "warning"]
