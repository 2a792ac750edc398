"""The library: one event, a stream of events, files; what a validator keeps and what it never does."""

from __future__ import annotations

import copy
import gzip
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import protocols

PLAN = """
protocols: 1
plan: shop
version: 2.10
events:
  Order Completed:
    properties:
      order_id: {type: string, required: true}
      total: {type: number, minimum: 0}
      email: {type: string, format: email, personal: true}
  Signed Up: {versions: {1: {}, 2: {properties: {method: string}}}}
identify: {traits: {email: string}}
page: {named: {Checkout: {properties: {step: integer}}}}
"""
GOOD = {"type": "track", "event": "Order Completed", "userId": "u1", "properties": {"order_id": "o1", "total": 5}}
BAD = {"type": "track", "event": "Order Completed", "userId": "u1", "properties": {"order_id": "o1", "total": "5"}}
SAID = 'properties.total should be a number, got string "5"'


@pytest.fixture(scope="module")
def validator():
    return protocols.Validator(protocols.load_text(PLAN, "shop.yaml"))


@pytest.mark.parametrize("form", [dict, json.dumps, lambda event: json.dumps(event).encode()], ids=["mapping", "str", "bytes"])
def test_three_forms_of_one_event(validator, form):
    assert validator.validate(form(GOOD)).valid
    result = validator.validate(form(BAD))
    assert not result.valid
    assert [(v.id, v.pointer, v.message) for v in result.violations] == [("type/wrong-type", "/properties/total", SAID)]
    assert (result.call, result.event, result.version) == ("track", "Order Completed", None)


def test_a_violation_knows_its_line_of_the_plan(validator):
    (violation,) = validator.validate(BAD).violations
    assert str(violation.plan) == "shop.yaml:9:7"
    missing = {"type": "track", "event": "Order Completed", "userId": "u1"}
    (violation,) = validator.validate(missing).violations
    assert str(violation.plan) == "shop.yaml:8:7"


def test_a_stream_of_events(validator):
    results = validator.validate_events(iter([GOOD, BAD, b"{", json.dumps(GOOD)]))
    assert [result.valid for result in results] == [True, False, False, True]


def test_versions(validator):
    assumed = validator.validate({"type": "track", "event": "Signed Up", "userId": "u"})
    assert assumed.route == protocols.Route("track", "Signed Up", 1, assumed=True)
    named = {"type": "track", "event": "Signed Up", "userId": "u", "context": {"protocols": {"event_version": 2.0}}}
    assert validator.validate(named).route == protocols.Route("track", "Signed Up", 2)


@pytest.mark.parametrize("where", [{"name": "Checkout"}, {"properties": {"name": "Checkout"}}])
def test_named_pages(validator, where):
    page = {"type": "page", "userId": "u", **where}
    assert validator.validate(page).event == "Checkout"
    page["properties"] = {**page.get("properties", {}), "step": "1"}
    ids = [v.message for v in validator.validate(page).violations if v.id == "type/wrong-type"]
    assert ids == ['properties.step should be an integer, got string "1"']


def test_a_validator_can_be_pickled_and_shared(validator):
    again = pickle.loads(pickle.dumps(validator))
    assert again.validate(BAD).violations == validator.validate(BAD).violations
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(validator.validate, [GOOD, BAD] * 200))
    assert [result.valid for result in results] == [True, False] * 200


def test_results_can_be_pickled(validator):
    result = validator.validate(BAD)
    assert pickle.loads(pickle.dumps(result)) == result


def test_events_are_never_changed(validator):
    event = {"type": "Track", "event": "order completed", "user_id": 1, "properties": None, "context": {"traits": {"email": 1}}}
    before = copy.deepcopy(event)
    validator.validate(event)
    assert event == before


def test_redact_shows_no_value():
    plan = protocols.load_text(PLAN)
    event = {"type": "track", "event": "Order Completed", "userId": "u1", "properties": {"order_id": 731, "total": "secret"}}
    violations = protocols.Validator(plan, redact=True).validate(event).violations
    assert [v.message for v in violations] == [
        "properties.order_id should be a string, got integer",
        "properties.total should be a number, got string of 6 characters",
    ]
    assert "secret" not in repr(violations)
    assert "731" not in repr(violations)


ALIENS = [
    ({"type": "track", "properties": {"x": 1j}}, "a record with a Python complex, which JSON does not have"),
    ({"type": "track", "properties": {None: 2}}, "a record with the key None, which is no string"),
]


@pytest.mark.parametrize(("event", "got"), ALIENS)
def test_mappings_hold_jsons_types_only(validator, event, got):
    assert [v.message for v in validator.validate(event).violations] == [f"the record should be JSON, got {got}"]


ENCODED = [
    # a producer's encoder writes these as texts, arrays and keys; what it would send is what is checked
    ({"order_id": "1", "total": 5, "step": datetime(2024, 1, 15, 10, 30, tzinfo=timezone.utc)}, {"step": "2024-01-15T10:30:00Z"}),
    ({"order_id": UUID(int=5), "total": 5}, {"order_id": "00000000-0000-0000-0000-000000000005"}),
    ({"order_id": "1", "total": (5,)}, {"total": [5]}),
    ({"order_id": "1", "total": {5}}, {"total": [5]}),
    ({"order_id": "1", "total": 5, 7: 1}, {"7": 1}),
    # as JSON has no such number, encoders write null; so the place can be named
    ({"order_id": "1", "total": float("nan")}, {"total": None}),
    ({"order_id": "1", "total": float("inf")}, {"total": None}),
]


@pytest.mark.parametrize("engine", ["fast", "explain", "reference"])
@pytest.mark.parametrize(("properties", "sent"), ENCODED)
def test_a_mapping_is_checked_as_the_text_that_would_be_sent(engine, properties, sent):
    validator = protocols.Validator(protocols.load_text(PLAN), engine=engine)
    event = {"type": "track", "event": "Order Completed", "userId": "u1"}
    plain = {name: value for name, value in properties.items() if isinstance(name, str)}
    assert validator.validate({**event, "properties": properties}) == validator.validate({**event, "properties": {**plain, **sent}})


def test_a_mapping_deeper_than_python_can_walk(validator):
    event = inner = {}
    for _ in range(100_000):
        inner["properties"] = inner = {}
    assert [v.id for v in validator.validate(event).violations] == ["limit/nesting-too-deep"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["track", "identify", "page", "group", "alias", "screen", "Track", "x"]) | JSON,
        "event": st.sampled_from(["Order Completed", "order completed", "Signed Up", "Signed  Up", "x"]) | JSON,
        "name": st.just("Checkout") | JSON,
        "userId": JSON,
        "anonymousId": st.text() | JSON,
        "groupId": JSON,
        "messageId": JSON,
        "timestamp": st.just("2024-01-15T10:30:00Z") | JSON,
        "properties": st.fixed_dictionaries({}, optional={"order_id": JSON, "total": JSON, "orderId": JSON, "email": JSON, "step": JSON})
        | JSON,
        "traits": JSON,
        "context": st.fixed_dictionaries({}, optional={"traits": JSON, "protocols": JSON}) | JSON,
        "integrations": JSON,
        "user_id": JSON,
        "action": JSON,
    },
)


@settings(max_examples=400, deadline=None)
@given(EVENTS)
def test_any_json_gets_a_result(validator, event):
    """Never an exception; the same result for the value and for its text; nothing valid with an error in it."""
    result = validator.validate(event)
    text = json.dumps(event)
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert validator.validate(text).violations == result.violations
    assert result.valid == all(violation.severity is not protocols.Severity.error for violation in result.violations)
    assert all(violation.message and violation.pointer is not None for violation in result.violations)
    again = [(violation.id, violation.pointer, violation.expected) for violation in result.violations]
    assert len(again) == len(set(again))


def test_files_folders_gzip_and_standard_input(tmp_path):
    plan = protocols.load_text(PLAN)
    lines = [json.dumps(event) for event in (GOOD, BAD)]
    (tmp_path / "a.ndjson").write_text("\n".join(lines) + "\n")
    (tmp_path / "b.json").write_text(json.dumps([GOOD, BAD, BAD]))
    (tmp_path / "c.ndjson.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    seen = []
    report = protocols.validate_files(plan, [str(tmp_path)], on_problem=seen.append)
    assert (report.count, report.valid, report.invalid, report.violations) == (7, 3, 4, 4)
    assert [(problem.file.rsplit("/")[-1], problem.line, problem.record) for problem in seen] == [
        ("a.ndjson", 2, 2),
        ("b.json", None, 2),  # a line says nothing of where in a one-line array an event stands
        ("b.json", None, 3),
        ("c.ndjson.gz", 2, 2),
    ]
    (group,) = report.groups
    assert (group.count, group.message) == (4, SAID)


def test_no_file_is_an_error():
    with pytest.raises(protocols.EventsError):
        protocols.validate_files(protocols.load_text(PLAN), ["no-such-file.ndjson"])


@pytest.mark.parametrize("ignored", [[], ["type"]], ids=["whole", "ignoring"])
def test_a_baseline_and_severities_are_the_same_for_any_number_of_jobs(ignored, tmp_path):
    from protocols.report import baseline_of
    from protocols.report.baseline import dump
    from protocols.weights import weights

    lines = [json.dumps({**(GOOD if n % 3 else BAD), "messageId": f"m{n}"} | ({"timestamp": n} if n % 7 == 0 else {})) for n in range(3000)]
    (tmp_path / "e.jsonl").write_text("\n".join(lines), encoding="utf-8")
    plan = protocols.load_text(PLAN, "shop.yaml")
    reports = [
        protocols.validate_files(plan, [str(tmp_path / "e.jsonl")], jobs=jobs, slice_bytes=50_000, severity=weights(ignore=ignored))
        for jobs in (1, 2)
    ]
    assert reports[0] == reports[1]
    assert dump(baseline_of(reports[0])) == dump(baseline_of(reports[1]))
    assert set(reports[0].by_id) == {"payload/bad-timestamp", *({"type/wrong-type"} - {f"{name}/wrong-type" for name in ignored})}
