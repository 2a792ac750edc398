"""The envelope's schema: what every call has to be, over normalised payloads."""

from __future__ import annotations

import jsonschema
import pytest
from by_hand import plan
from judges import Case, ajv, python, rust

from protocols.engine.envelope import normalise
from protocols.plan.model import Limits
from protocols.problems import Severity
from protocols.schema import compile_plan
from protocols.schema.envelope import envelope

USER = {"type": "identify", "userId": "u"}
TRACK = {"type": "track", "userId": "u", "event": "A"}

PAYLOADS = [
    # payload, whether the envelope takes it
    (USER, True),
    ({"type": "identify", "anonymousId": "a"}, True),
    ({"type": "identify", "userId": None, "anonymousId": "a"}, True),
    ({"type": "identify", "userId": "", "anonymousId": "a"}, True),  # a warning of the engine's, no fault of the schema
    ({"type": "identify"}, False),
    ({"type": "identify", "userId": None, "anonymousId": None}, False),
    ({"type": "identify", "userId": "", "anonymousId": ""}, False),
    ({"type": "identify", "userId": 5}, False),
    ({"type": "identify", "userId": 5, "anonymousId": "a"}, False),
    ({"type": "identify", "userId": True}, False),
    ({"type": "identify", "userId": {}}, False),
    ({"userId": "u"}, False),
    ({"type": "delete", "userId": "u"}, False),
    ({"type": None, "userId": "u"}, False),
    # what single calls ask for
    (TRACK, True),
    (TRACK | {"event": " "}, True),
    (TRACK | {"event": ""}, False),
    (TRACK | {"event": None}, False),
    (TRACK | {"event": 5}, False),
    ({"type": "track", "userId": "u"}, False),
    (USER | {"event": 5}, True),  # an event on another call is a note of the engine's
    ({"type": "page", "userId": "u"}, True),
    ({"type": "page", "userId": "u", "name": None, "category": None}, True),
    ({"type": "page", "userId": "u", "name": 5}, False),
    ({"type": "screen", "userId": "u", "category": []}, False),
    (USER | {"name": 5, "category": 5}, True),  # no field of identify
    ({"type": "group", "userId": "u", "groupId": "g"}, True),
    ({"type": "group", "userId": "u"}, False),
    ({"type": "group", "userId": "u", "groupId": ""}, False),
    ({"type": "group", "userId": "u", "groupId": None}, False),
    ({"type": "group", "userId": "u", "groupId": 7}, False),
    ({"type": "alias", "userId": "u"}, True),
    ({"type": "alias", "userId": "u", "previousId": "p"}, True),
    ({"type": "alias", "userId": "u", "previousId": 7}, False),
    ({"type": "alias", "anonymousId": "a"}, False),
    ({"type": "alias", "userId": None, "anonymousId": "a"}, False),
    # the other fields
    (USER | {"messageId": None}, True),
    (USER | {"messageId": "m" * 100}, True),
    (USER | {"messageId": "\U0001f389" * 100}, True),  # characters, not UTF-16 units
    (USER | {"messageId": "m" * 101}, False),
    (USER | {"messageId": 5}, False),
    (USER | {"properties": {}, "traits": {}, "context": {}, "integrations": {}}, True),
    (USER | {"integrations": []}, False),
    (USER | {"properties": []}, False),
    (USER | {"traits": "x"}, False),
    (USER | {"context": 1}, False),
    (USER | {"writeKey": 5, "extra": [None]}, True),  # extra top-level fields are open
    (USER | {"timestamp": None, "sentAt": None}, True),
    (USER | {"receivedAt": "2024-01-15T10:30:00Z", "originalTimestamp": "yesterday"}, False),
]

TIMES = [
    ("2024-01-15T10:30:00Z", True),
    ("2024-01-15T10:30:00.123+01:00", True),
    ("2024-01-15T10:30:00.123456789012+0100", True),
    ("2024-01-15T10:30:00-08", True),
    ("2024-01-15 10:30:00Z", True),
    ("2024-01-15t10:30:00z", True),
    ("2024-01-15T10:30:00", True),
    ("2024-01-15T10:30", True),
    ("2024-01-15T10:30Z", True),
    ("2016-12-31T23:59:60Z", True),  # a leap second
    ("2024-02-29T00:00:00Z", True),
    ("2000-02-29T00:00:00Z", True),
    ("0001-01-01T00:00:00Z", True),
    ("2023-02-29T00:00:00Z", False),
    ("1900-02-29T00:00:00Z", False),
    ("2024-02-30T00:00:00Z", False),
    ("2024-04-31T00:00:00Z", False),
    ("2024-13-01T00:00:00Z", False),
    ("2024-00-01T00:00:00Z", False),
    ("2024-01-00T00:00:00Z", False),
    ("2024-01-32T00:00:00Z", False),
    ("2024-01-15T24:00:00Z", False),
    ("2024-01-15T10:60:00Z", False),
    ("2024-01-15T10:30:61Z", False),
    ("2024-01-15T10Z", False),
    ("2024-01-15T10:30:00.Z", False),
    ("2024-01-15T10:30.5Z", False),
    ("2024-01-15T10:30:00+24:00", False),
    ("2024-01-15T10:30:00+1", False),
    ("2024-01-15T10:30:00 Z", False),
    ("2024-01-15  10:30:00Z", False),
    ("2024-01-15", False),
    ("24-01-15T10:30:00Z", False),
    ("1705314600", False),
    ("yesterday", False),
    ("", False),
    (" 2024-01-15T10:30:00Z", False),
    ("2024-01-15T10:30:00Zulu", False),
    ("٢٠٢٤-01-15T10:30:00Z", False),  # digits are ASCII
    (1705314600, False),
    ({}, False),
]

ROWS = PAYLOADS + [(USER | {"timestamp": time}, valid) for time, valid in TIMES]
VALUES = [payload for payload, _ in ROWS]
SCHEMAS = [("2020-12", envelope(Limits())), ("7", compile_plan(plan(), "7")["definitions"]["envelope"])]


@pytest.mark.parametrize(("draft", "schema"), SCHEMAS)
@pytest.mark.parametrize("judge", [python, rust], ids=["jsonschema", "jsonschema-rs"])
def test_verdicts(judge, draft, schema):
    verdicts = judge(Case(draft, schema, VALUES))
    assert [payload for (payload, valid), verdict in zip(ROWS, verdicts, strict=True) if verdict is not valid] == []


def test_verdicts_of_ajv():
    for verdicts in ajv([Case(draft, schema, VALUES) for draft, schema in SCHEMAS]):
        assert [payload for (payload, valid), verdict in zip(ROWS, verdicts, strict=True) if verdict is not valid] == []


@pytest.mark.parametrize(("payload", "valid"), ROWS)
def test_engine_says_the_same_in_better_words(payload, valid):
    read = normalise(payload)
    errors = [finding.id for finding in read.findings if finding.severity in (None, Severity.error)]
    if isinstance(payload.get("messageId"), str) and len(payload["messageId"]) > 100:
        errors.append("limit/message-id-too-long")  # said elsewhere, with the other limits
    assert (not errors) is valid


def test_missing_type_is_one_error():
    errors = jsonschema.Draft202012Validator(envelope(Limits())).iter_errors({"userId": "u"})
    assert [error.message for error in errors] == ["'type' is a required property"]


def test_limit_of_message_ids_is_the_plans():
    assert envelope(Limits(message_id=36))["properties"]["messageId"] == {"type": ["string", "null"], "maxLength": 36}


def test_what_is_changed_in_one_envelope_is_not_changed_in_the_next():
    envelope(Limits())["properties"]["userId"]["type"].clear()
    assert envelope(Limits())["properties"]["userId"] == {"type": ["string", "null"]}
