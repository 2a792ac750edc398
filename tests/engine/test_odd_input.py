"""Input made to hurt: what is never shown, never raised and never lets rubbish pass."""

import enum
import json

import pytest
from said import engine, said

import protocols

HEAD = "protocols: 1\nplan: test\nversion: 1\n"
EVENT = {"type": "track", "event": "E", "userId": "u"}

PERSONAL = """
events:
  E:
    properties:
      a_b: {type: string, personal: true}
      list: {type: array, uniqueItems: true, items: {type: string, personal: true}}
      o: {type: object, minProperties: 2, properties: {mail: {type: string, personal: true}}}
identify: {traits: {mail: {type: string, personal: true}}}
"""
SECRET = "ada@example.com"
PERSONAL_ROWS = [
    EVENT | {"properties": {"a_b": [SECRET]}},  # the value itself
    EVENT | {"properties": {"aB": SECRET}},  # under a misspelt name
    EVENT | {"properties": {"o": {"mail": SECRET}}},  # inside what is reported
    EVENT | {"properties": {"list": [SECRET, SECRET]}},
    EVENT | {"properties": [SECRET]},  # a whole member of the wrong type
    {"type": "identify", "userId": "u", "traits": [{"mail": SECRET}]},
    {"type": "identify", "userId": "u", "context": {"traits": {"Mail": SECRET}}},
    [EVENT | {"properties": {"a_b": SECRET}}],
]


@pytest.mark.parametrize("payload", PERSONAL_ROWS, ids=range(len(PERSONAL_ROWS)))
def test_personal_values_are_never_shown(payload):
    violations = engine(PERSONAL).check(json.dumps(payload).encode()).violations
    assert violations
    assert SECRET not in repr(violations)


@pytest.mark.parametrize("raw", [b"garbage", b'{"type":"trak"}', b"[1]", b"null"])
def test_no_severity_lets_rubbish_pass(raw):
    for plan in ("severity: {payload: off}", "severity: {payload/unknown-call: off, payload/malformed-json: note}"):
        assert not engine(plan + "\nevents: {}").check(raw).valid


class Name(str, enum.Enum):
    EVENT = "E"


class Money(float):
    pass


SUBCLASS_ROWS = [
    (EVENT | {"event": Name.EVENT, "properties": {"n": Money(2.5)}}, []),
    (EVENT | {"properties": {"n": True}}, ["properties.n should be a number, got boolean true"]),
    (EVENT | {"properties": {"n": 10**5000}}, []),
    (EVENT | {"properties": {"n": -(10**5000)}}, []),
]


@pytest.mark.parametrize("mode", ["fast", "explain", "reference"])
@pytest.mark.parametrize(("event", "expected"), SUBCLASS_ROWS, ids=range(len(SUBCLASS_ROWS)))
def test_subclasses_are_the_values_they_hold(mode, event, expected):
    validator = protocols.Validator(protocols.load_text(HEAD + "events: {E: {properties: {n: number}}}"), engine=mode)
    assert [violation.message for violation in validator.validate(event).violations] == expected


def test_a_raw_schema_that_cannot_be_followed_still_answers():
    plan = 'events: {E: {properties: {a: {type: object, schema: {patternProperties: {"": {enum: [2]}}}}}}}'
    (violation,) = engine(plan).check(json.dumps(EVENT | {"properties": {"a": {"x": 1}}}).encode()).violations
    assert (violation.id, violation.pointer) == ("value/schema-rule", "/properties/a/x")


def test_what_the_reference_cannot_follow_is_said_before_the_first_event():
    plan = "events: {E: {properties: {a: {schema: {patternProperties: {^x: true}, unevaluatedProperties: false}}}}}"
    with pytest.raises(protocols.SchemaError, match="unevaluatedProperties beside patternProperties"):
        protocols.Validator(protocols.load_text(HEAD + plan), engine="reference")


PAGES = "page: {properties: {url: string}, named: {Checkout: {status: deprecated}}}"


def test_a_page_may_be_named_by_its_properties():
    deprecated = "status/deprecated-event {0}: Checkout is deprecated"
    for where, pointer in (({"name": "Checkout"}, "/name"), ({"properties": {"name": "Checkout"}}, "/properties/name")):
        assert said(PAGES, {"type": "page", "userId": "u", **where}) == [f"warning {deprecated.format(pointer)}"]
