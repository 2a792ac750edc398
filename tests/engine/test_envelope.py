"""The envelope table of the engine, row by row: what is said of each payload, in whole sentences."""

import pytest
from said import said

PLAN = """
events:
  Order Completed: {properties: {order_id: string}}
identify: {traits: {email: string}}
"""
OK = {"type": "track", "event": "Order Completed", "userId": "u1"}
ISO = "should be an ISO 8601 date-time such as 2024-01-15T10:30:00Z, got"
CALLS = "type should be one of track, identify, page, screen, group, alias, got"

ROWS = [
    # --- type
    (OK, []),
    (OK | {"type": "Track"}, ['error payload/wrong-envelope /type: type should be "track", got string "Track"; write track']),
    (OK | {"type": " track"}, ['error payload/wrong-envelope /type: type should be "track", got string " track"; write track']),
    ({"event": "Order Completed", "userId": "u1"}, [f"error payload/unknown-call /type: {CALLS} nothing"]),
    (OK | {"type": ""}, [f'error payload/unknown-call /type: {CALLS} string ""']),
    (OK | {"type": None}, [f"error payload/unknown-call /type: {CALLS} null"]),
    (OK | {"type": 7}, [f"error payload/unknown-call /type: {CALLS} integer 7"]),
    (OK | {"type": "trak"}, [f'error payload/unknown-call /type: {CALLS} string "trak"; did you mean track?']),
    # nothing more is said of an unknown call, whatever else is wrong with it
    ({"type": "audiencelist", "timestamp": "soon"}, [f'error payload/unknown-call /type: {CALLS} string "audiencelist"']),
    # `action` is what `type` was called once, and counts only without it
    (
        {"action": "track", "event": "Order Completed", "userId": "u1"},
        ["note payload/legacy-field /action: action is an old spelling, read as type; write type"],
    ),
    (OK | {"action": "identify"}, []),
    # --- event
    (
        {"type": "page", "userId": "u1", "event": "Order Completed"},
        ['note payload/wrong-envelope /event: event should be left out of a page call, got string "Order Completed"'],
    ),
    (
        {"type": "identify", "userId": "u1", "event": "x"},
        ['note payload/wrong-envelope /event: event should be left out of an identify call, got string "x"'],
    ),
    ({"type": "page", "userId": "u1", "event": None}, []),
    (
        {"type": "track", "userId": "u1"},
        ["error payload/missing-event-name /event: event should be the name of the event, got nothing"],
    ),
    (OK | {"event": ""}, ['error payload/missing-event-name /event: event should be the name of the event, got string ""']),
    (OK | {"event": None}, ["error payload/missing-event-name /event: event should be the name of the event, got null"]),
    (
        OK | {"event": {"name": "x"}},
        ["error payload/missing-event-name /event: event should be the name of the event, got object with 1 member"],
    ),
    # envelope only: its properties are not looked at
    (
        {"type": "track", "userId": "u1", "properties": {"order_id": 7}, "timestamp": "x"},
        [
            "error payload/missing-event-name /event: event should be the name of the event, got nothing",
            f'error payload/bad-timestamp /timestamp: timestamp {ISO} string "x"',
        ],
    ),
    # --- identity
    (
        {"type": "track", "event": "Order Completed"},
        ["error payload/missing-identity /userId: userId or anonymousId should name the user, got neither"],
    ),
    (
        {"type": "track", "event": "Order Completed", "userId": None, "anonymousId": ""},
        ["error payload/missing-identity /userId: userId or anonymousId should name the user, got only empty ones"],
    ),
    (OK | {"userId": 21}, ["error payload/wrong-envelope /userId: userId should be a string, got integer 21"]),
    (OK | {"anonymousId": 2.5}, ["error payload/wrong-envelope /anonymousId: anonymousId should be a string, got number 2.5"]),
    (
        OK | {"userId": "", "anonymousId": "a1"},
        ['warning payload/wrong-envelope /userId: userId should be left out or name the user, got string ""'],
    ),
    (OK | {"userId": None, "anonymousId": "a1"}, []),
    # --- old spellings are read as meant
    (
        {"type": "track", "event": "Order Completed", "user_id": "u1", "message_id": "m", "sent_at": "2024-01-15T10:30:00Z"},
        [
            "note payload/legacy-field /message_id: message_id is an old spelling, read as messageId; write messageId",
            "note payload/legacy-field /sent_at: sent_at is an old spelling, read as sentAt; write sentAt",
            "note payload/legacy-field /user_id: user_id is an old spelling, read as userId; write userId",
        ],
    ),
    # and a fault in them is reported where it stands
    (
        {"type": "track", "event": "Order Completed", "user_id": 4},
        [
            "note payload/legacy-field /user_id: user_id is an old spelling, read as userId; write userId",
            "error payload/wrong-envelope /user_id: user_id should be a string, got integer 4",
        ],
    ),
    # --- group and alias
    (
        {"type": "group", "userId": "u1"},
        ["error payload/missing-group-id /groupId: groupId should be the id of the group, got nothing"],
    ),
    (
        {"type": "group", "userId": "u1", "groupId": ""},
        ['error payload/missing-group-id /groupId: groupId should be the id of the group, got string ""'],
    ),
    (
        {"type": "group", "userId": "u1", "groupId": 3},
        ["error payload/wrong-envelope /groupId: groupId should be a string, got integer 3"],
    ),
    ({"type": "alias", "userId": "u1", "previousId": "a1"}, []),
    (
        {"type": "alias", "userId": "u1", "previousId": 1},
        ["error payload/wrong-envelope /previousId: previousId should be a string, got integer 1"],
    ),
    # --- page and screen
    ({"type": "page", "userId": "u1", "name": 1}, ["error payload/wrong-envelope /name: name should be a string, got integer 1"]),
    # --- members of the wrong type are reported there and not looked into
    (OK | {"properties": [1]}, ["error type/wrong-type /properties: properties should be an object, got array of 1 item"]),
    (OK | {"properties": "x"}, ['error type/wrong-type /properties: properties should be an object, got string "x"']),
    (OK | {"properties": None}, []),
    (OK | {"context": 1}, ["error type/wrong-type /context: context should be an object, got integer 1"]),
    (OK | {"context": None}, []),
    (OK | {"integrations": []}, ["error type/wrong-type /integrations: integrations should be an object, got array of 0 items"]),
    (
        {"type": "identify", "userId": "u1", "traits": []},
        ["error type/wrong-type /traits: traits should be an object, got array of 0 items"],
    ),
    # --- identify reads context.traits where its own are absent, null or empty, and says so in the pointer
    (
        {"type": "identify", "userId": "u1", "context": {"traits": {"email": 5}}},
        ["error type/wrong-type /context/traits/email: context.traits.email should be a string, got integer 5"],
    ),
    (
        {"type": "identify", "userId": "u1", "traits": {}, "context": {"traits": {"email": 5}}},
        ["error type/wrong-type /context/traits/email: context.traits.email should be a string, got integer 5"],
    ),
    ({"type": "identify", "userId": "u1", "traits": {"email": "a"}, "context": {"traits": {"email": 5}}}, []),
    # --- ids
    (
        OK | {"messageId": "m" * 101},
        ["error limit/message-id-too-long /messageId: messageId should have at most 100 characters, got 101"],
    ),
    (OK | {"messageId": "m" * 100}, []),
    (OK | {"messageId": 5}, ["error payload/wrong-envelope /messageId: messageId should be a string, got integer 5"]),
    # --- not an event at all
    ([OK], ["error payload/not-an-object : the record should be a JSON object, got array of 1 item"]),
    ("null", ["error payload/not-an-object : the record should be a JSON object, got null"]),
]


@pytest.mark.parametrize(("payload", "expected"), ROWS, ids=range(len(ROWS)))
def test_envelope(payload, expected):
    assert said(PLAN, payload) == expected


GOOD_TIMES = [
    "2024-01-15T10:30:00Z",
    "2024-01-15T10:30:00.123+01:00",
    "2024-01-15T10:30:00+0100",
    "2024-01-15 10:30:00Z",
    "2024-01-15t10:30:00z",
    "2024-01-15T10:30:00",
    "2024-01-15T10:30:00.123456789Z",
]
BAD_TIMES = [
    "2024-01-15",
    "1705314600",
    "yesterday",
    "",
    "2015-2-02T00:30:08.276Z",
    "2024-13-15T10:30:00Z",
    "2024-01-15T25:30:00Z",
    "2024-01-15T10:30:00Z\n",
]


@pytest.mark.parametrize("field", ["timestamp", "sentAt", "originalTimestamp", "receivedAt"])
@pytest.mark.parametrize("time", GOOD_TIMES)
def test_time_of_the_envelope(field, time):
    assert said(PLAN, OK | {field: time}) == []


@pytest.mark.parametrize("time", [*BAD_TIMES, 1705314600, True, {}])
def test_bad_time_of_the_envelope(time):
    (line,) = said(PLAN, OK | {"timestamp": time})
    assert line.startswith(f"error payload/bad-timestamp /timestamp: timestamp {ISO} ")


NOT_JSON = [
    # (bytes, what is said)
    (b'{"a":NaN}', "NaN, which is a number of JavaScript and not of JSON"),
    (b'{"a":-Infinity}', "-Infinity, which is a number of JavaScript and not of JSON"),
    (b"", "an empty text"),
    (b'{"a":1', "text that ends too early, at column 7: expecting ',' delimiter"),
    (b'{"a" 1}', "text that is not JSON at column 6: expecting ':' delimiter"),
    (b'{"a":\xff}', "text that is not UTF-8: byte 0xff at column 6"),
    (b'{"a":"\xed\xa0\x80"}', "text that is not UTF-8: byte 0xed at column 7"),
]


@pytest.mark.parametrize(("raw", "got"), NOT_JSON)
def test_no_json(raw, got):
    assert said(PLAN, raw) == [f"error payload/malformed-json : the record should be JSON, got {got}"]


def test_valid_json_that_libraries_refuse():
    head = b'{"type":"track","event":"Order Completed","userId":"u","properties":'
    assert said(PLAN, head + b'{"order_id":"cut \\ud83d"}}') == []  # JavaScript cuts an emoji in half
    assert said("events: {Order Completed: {properties: {n: number}}}", head + b'{"n":1e400}}') == []
    assert said("events: {Order Completed: {properties: {n: integer}}}", head + b'{"n":' + b"9" * 5000 + b"}}") == []


def test_depth():
    plan = "events: {A: {}}\nlimits: {depth: 4}"
    event = '{"type":"track","event":"A","userId":"u","properties":%s}'
    assert said(plan, event % '{"a":{"b":[]}}') == []
    assert said(plan, event % '{"a":{"b":[[]]}}') == ["error limit/nesting-too-deep : the event should have at most 4 levels, got 5"]
    assert said(plan, "[" * 2000) == ["error limit/nesting-too-deep : the event should have at most 4 levels, got 2000"]
