"""Which events are checked: a glance says the same as a close look, and a sample is the same however the input lies."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import pickle
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import protocols
from protocols.errors import UsageError
from protocols.scope import Filter, Scope
from protocols.validate import validate_files


def kept(raw: bytes, **options) -> bool:
    return Filter(Scope.parse(**options)).pick([raw]).indices == [0]


EVENT = b'{"type":"track","event":"Order Completed","messageId":"m1","timestamp":"2024-01-15T10:30:00Z"}'

NAMES = [
    # (event, options, whether it is checked)
    (EVENT, {"events": ["Order Completed"]}, True),
    (EVENT, {"events": ["Order *"]}, True),
    (EVENT, {"events": ["order *"]}, False),
    # any of several
    (EVENT, {"events": ["Cart *", "Order ?ompleted"]}, True),
    # quotes take a name as it stands
    (EVENT, {"events": ['"Order *"']}, False),
    # both have to fit
    (EVENT, {"events": ["Order *"], "calls": ["page"]}, False),
    (EVENT, {"calls": ["page", "track"]}, True),
    # a call by itself, and one with a name
    (b'{"type":"identify"}', {"events": ["identify"]}, True),
    (b'{"type":"page","name":"Home"}', {"events": ["page:Ho*"]}, True),
    (b'{"type":"page","name":"Home"}', {"events": ["Home"]}, False),
    (b'{"type":"screen","name":"Home"}', {"events": ["page:Home"]}, False),
    # the name of a page may stand among its properties
    (b'{"type":"page","properties":{"name":"Home"}}', {"events": ["page:Home"]}, True),
    (b'{"type":"page","name":"","properties":{"name":"Home"}}', {"events": ["page:Home"]}, True),
    # an identify call has no name, whatever it sends as one
    (b'{"type":"identify","name":"Home"}', {"events": ["page:Home"]}, False),
    (b'{"type":"identify","name":5}', {"events": ["identify"]}, True),
    # escapes are read
    (b'{"\\u0074ype":"tr\\u0061ck","event":"\\u004frder Completed"}', {"events": ["Order Completed"]}, True),
    # what stands deeper is something else
    (b'{"properties":{"type":"page","event":"X"},"type":"track","event":"Order Completed"}', {"events": ["X"]}, False),
    (b'{"properties":"\\"type\\":\\"page\\"","type":"track"}', {"calls": ["page"]}, False),
    # the last of two keys counts, whatever the first was
    (b'{"type":"page","type":"track"}', {"calls": ["track"]}, True),
    (b'{"type":5,"type":"track"}', {"calls": ["track"]}, True),
    (b'{"type":"track","type":5}', {"calls": ["track"]}, False),
    # calls and ids are read as they were meant
    (b'{"type":" Track "}', {"calls": ["track"]}, True),
    (b'{"action":"track"}', {"calls": ["track"]}, True),
    (b'{"action":"track","type":"page"}', {"calls": ["track"]}, False),
    # an event without a name, or of no known call, is not one of those that are asked for
    (b'{"type":"track"}', {"events": ["*"]}, False),
    (b'{"type":"trak","event":"A"}', {"events": ["*"]}, False),
    (b"{}", {"calls": ["track"]}, False),
]

UNREADABLE = [
    b"{",
    b"",
    b"[]",
    b'"track"',
    b'{"type":"track","a":NaN}',
    b'{"type":"track"} x',
    b'{"type":"track","a":"\xff"}',  # no UTF-8, in a text that msgspec passes over
    b'{"type":"track","a":' + b"[" * 950 + b"]" * 950 + b"}",  # deeper than is read
]


@pytest.mark.parametrize(("raw", "options", "expected"), NAMES)
def test_events_and_calls(raw, options, expected):
    assert kept(raw, **options) == expected
    assert (Filter(Scope.parse(**options)).look(raw)[0] is None) == expected


SPELLINGS = [
    # (event, what is asked for, whether it is checked where Order Completed and Cart Viewed are planned)
    ("order completed", "Order Completed", True),
    ("OrderCompleted", "Order *", True),
    ("order_completed", "Cart Viewed", False),
    # it goes by the planned name alone, as in the report
    ("order completed", "order completed", False),
    ("order completed", "order *", False),
    # a slip of the pen is no spelling, and what is not planned goes by its own name
    ("Order Complete", "Order Completed", False),
    ("order refunded", "order refunded", True),
    # names of pages have no other spelling
    ("page:order completed", "page:order completed", True),
    ("page:order completed", "page:Order Completed", False),
]


@pytest.mark.parametrize(("event", "asked", "expected"), SPELLINGS)
def test_another_spelling_is_the_planned_event(event, asked, expected):
    page = event.removeprefix("page:")
    raw = json.dumps({"type": "track", "event": event} if page == event else {"type": "page", "name": page}).encode()
    filter = pickle.loads(pickle.dumps(Filter(Scope.parse(events=[asked]), ["Order Completed", "Cart Viewed"])))
    assert (filter.pick([raw]).indices == [0]) == expected
    assert (filter.look(raw)[0] is None) == expected


@pytest.mark.parametrize("raw", UNREADABLE)
@pytest.mark.parametrize("options", [{"calls": ["page"]}, {"events": ["X"]}, {"since": "2030-01-01"}, {"sample": "0.000000001%"}])
def test_what_cannot_be_read_is_never_left_out(raw, options):
    assert kept(raw, **options)


TIMES = [
    # half-open: from the first moment on, and before the second
    ("2024-01-15T00:00:00Z", True),
    ("2024-01-14T23:59:59.999999999Z", False),
    ("2024-01-15T23:59:59.9999999Z", True),  # msgspec rounds it to the next day
    ("2024-01-16T00:00:00Z", False),
    ("2024-01-16T00:00:00.000Z", False),
    # an offset counts
    ("2024-01-16T00:30:00+01:00", True),
    ("2024-01-15T00:30:00+0100", False),
    ("2024-01-14T20:00:00-05:30", True),
    # none is UTC
    ("2024-01-15T00:00:00", True),
    ("2024-01-14 23:59", False),
    ("2024-01-15 12:00z", True),
    # a leap second is the first of the next minute
    ("2024-01-15T23:59:60Z", False),
    # far away
    ("0000-01-01T00:00:00Z", False),
    ("9999-12-31T23:59:59.999-23:59", False),
]


@pytest.mark.parametrize(("text", "expected"), TIMES)
def test_times(text, expected):
    options = {"since": "2024-01-15", "until": "2024-01-16"}
    raw = json.dumps({"timestamp": text}).encode()
    assert kept(raw, **options) == expected
    assert (Filter(Scope.parse(**options)).look(raw)[0] is None) == expected


@pytest.mark.parametrize("raw", [b"{}", b'{"timestamp":null}', b'{"timestamp":"yesterday"}', b'{"timestamp":1705312800}'])
def test_events_without_a_time_are_checked_and_counted(raw):
    picked = Filter(Scope.parse(since="2024-01-15")).pick([raw, EVENT])
    assert (picked.indices, picked.left_out, picked.timeless) == ([0, 1], {}, 1)
    assert Filter(Scope.parse(since="2024-01-15", calls=["page"])).pick([raw]).timeless == 0  # it is not checked


def test_one_option_is_blamed_for_each_event():
    scope = Scope.parse(calls=["track"], events=["Order *"], since="2024-01-15", until="2024-01-16", sample="100%")
    events = [
        {"type": "page"},
        {"type": "track", "event": "A", "timestamp": "2020-01-01T00:00:00Z"},
        {"type": "track", "event": "Order A", "timestamp": "2020-01-01T00:00:00Z"},
        {"type": "track", "event": "Order A", "timestamp": "2025-01-01T00:00:00Z"},
        {"type": "track", "event": "Order A", "timestamp": "2024-01-15T00:00:00Z"},
    ]
    picked = Filter(scope).pick([json.dumps(event).encode() for event in events])
    assert (picked.indices, picked.left_out) == ([4], {"call": 1, "event": 1, "since": 1, "until": 1})


WRONG = [
    ({"sample": "110%"}, "--sample should be more than 0% and at most 100%, got 110%"),
    ({"sample": "0%"}, "--sample should be more than 0% and at most 100%, got 0%"),
    ({"sample": "10"}, '--sample should be a percentage such as 10% or 0.5%, got "10"; did you mean 10%?'),
    # a tenth, or a tenth of a percent?
    ({"sample": "0.1"}, '--sample should be a percentage such as 10% or 0.5%, got "0.1"'),
    ({"sample": "-5%"}, '--sample should be a percentage such as 10% or 0.5%, got "-5%"'),
    (
        {"since": "yesterday"},
        '--since should be a date that exists, such as 2024-01-15, or a date-time such as 2024-01-15T10:30:00Z, got "yesterday"',
    ),
    ({"since": "9999-12-31"}, '--since should be in a year from 2 to 9997, got "9999-12-31"'),
    (
        {"until": "2024-02-30"},
        '--until should be a date that exists, such as 2024-01-15, or a date-time such as 2024-01-15T10:30:00Z, got "2024-02-30"',
    ),
    (
        {"since": "2024-01-16", "until": "2024-01-16"},
        "--since should be before --until, got 2024-01-16 and 2024-01-16; what is at --until itself is left out",
    ),
    ({"calls": ["trak"]}, '--call should be one of track, identify, page, screen, group, alias, got "trak"; did you mean track?'),
    ({"events": ["identify:x"]}, "--event: identify calls have no names; write identify for all of them"),
    ({"events": [""]}, '--event should name an event such as Order Completed, page:Home or identify, got ""'),
    ({"events": ['"Order']}, '--event: the quotes of "Order should close at its end; write \\" for a quote inside'),
    ({"events": ['page:""']}, "--event should name an event, got an empty name"),
]


@pytest.mark.parametrize(("options", "said"), WRONG)
def test_what_is_said_of_wrong_options(options, said):
    with pytest.raises(UsageError) as error:
        Scope.parse(**options)
    assert str(error.value) == said


def test_no_option_is_no_scope():
    assert Scope.parse() is None


# -- samples


def test_a_sample_goes_by_the_hash_that_is_documented():
    ids = [f"id-{number}" for number in range(2000)]
    below = 2**64 * 25 // 100
    expected = [n for n, id in enumerate(ids) if int.from_bytes(hashlib.sha256(id.encode()).digest()[:8], "big") < below]
    raws = [json.dumps({"messageId": id}).encode() for id in ids]
    assert Filter(Scope.parse(sample="25%")).pick(raws).indices == expected
    assert 400 < len(expected) < 600


def test_samples_lie_in_larger_ones():
    raws = [json.dumps({"messageId": f"id-{number}"}).encode() for number in range(2000)]
    samples = [set(Filter(Scope.parse(sample=f"{part}%")).pick(raws).indices) for part in (1, 5, 10, 50, 99.9, 100)]
    assert all(smaller < larger for smaller, larger in itertools.pairwise(samples))
    assert len(samples[-1]) == len(raws)


IDS = [
    # the same id, however it is written and whatever stands beside it
    b'{"messageId":"id-7"}',
    b'{"x":{"messageId":"other"},"messageId":"id-7","y":"\\"messageId\\":\\"other\\""}',
    b'{"message\\u0049d":"id\\u002d7"}',
    b'{"message_id":"id-7"}',
    b'{"messageId":"other","messageId":"id-7"}',
]


@pytest.mark.parametrize("part", ["10%", "30%", "50%", "70%", "90%"])
def test_the_id_alone_counts(part):
    assert len({kept(raw, sample=part) for raw in IDS}) == 1


# -- laws

TEXT = st.text(max_size=6)
MOMENTS = st.builds(
    lambda seconds, form: (datetime(2024, 1, 15, tzinfo=timezone.utc) + timedelta(seconds=seconds)).strftime(form),
    st.integers(-100_000, 200_000),
    st.sampled_from(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.999999999Z", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S+0530", "%Y-%m-%d"]),
)
VALUES = st.none() | st.booleans() | st.integers() | TEXT | st.lists(TEXT, max_size=2) | st.dictionaries(TEXT, TEXT, max_size=2)
KEYS = ["type", "action", "event", "name", "messageId", "message_id", "timestamp"]
MEMBERS = st.tuples(
    st.sampled_from([*KEYS, "properties", "x"]),
    st.sampled_from(["track", "Track", "page", "screen", "identify", "Order Completed", "order completed", "Home", "id-1", ""])
    | MOMENTS
    | VALUES
    | st.fixed_dictionaries({}, optional={key: st.just("Home") for key in KEYS}),
)


def written(key: str, escaped: bool) -> str:
    return '"' + "".join(f"\\u{ord(letter):04x}" for letter in key) + '"' if escaped else json.dumps(key)


TEXTS = st.lists(st.tuples(MEMBERS, st.booleans(), st.booleans()), max_size=6).map(
    lambda members: (
        "{" + ",".join(f"{written(key, escaped)}:{json.dumps(value, ensure_ascii=ascii)}" for (key, value), escaped, ascii in members) + "}"
    ).encode("utf-8", "surrogatepass")
)
SCOPES = st.fixed_dictionaries(
    {},
    optional={
        "calls": st.lists(st.sampled_from(["track", "page", "identify"]), max_size=2),
        "events": st.lists(st.sampled_from(["Order *", "page:Home", "screen:*", "identify", "*"]), max_size=2),
        "since": st.sampled_from(["2024-01-15", "2024-01-15T12:00:00+02:00"]),
        "until": st.sampled_from(["2024-01-16", "2024-01-16 03:00"]),
        "sample": st.sampled_from(["10%", "50%", "100%"]),
    },
).filter(lambda options: Scope.parse(**options) is not None)


@settings(max_examples=500, deadline=None)
@given(SCOPES, st.lists(TEXTS | st.binary(max_size=8) | st.sampled_from(UNREADABLE), max_size=8))
@example({"since": "2024-01-15"}, [b'{"timestamp":"2024-01-14T23:59:59.9999999Z"}'])
def test_a_glance_says_what_a_close_look_says(options, raws):
    filter = Filter(Scope.parse(**options), ["Order Completed"])
    looks = [filter.look(raw) for raw in raws]
    picked = filter.pick(raws)
    assert picked.indices == [index for index, (option, _) in enumerate(looks) if option is None]
    assert sum(picked.left_out.values()) == len(raws) - len(picked.indices)
    assert picked.left_out == {name: count for name in options_of(looks) if (count := [option for option, _ in looks].count(name))}
    assert picked.timeless == sum(option is None and not has_time for option, has_time in looks)
    assert pickle.loads(pickle.dumps(filter)).pick(raws) == picked


def options_of(looks):
    return {option for option, _ in looks if option is not None}


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, max_size=12), st.randoms(use_true_random=False), st.integers(0, 12))
def test_a_sample_is_the_same_in_any_order_and_any_cut(raws, random, cut):
    filter = Filter(Scope.parse(sample="50%"))
    chosen = [raws[index] for index in filter.pick(raws).indices]
    parts = [part[index] for part in (raws[:cut], raws[cut:]) for index in filter.pick(part).indices]
    assert parts == chosen
    mixed = random.sample(raws, len(raws))
    assert sorted(mixed[index] for index in filter.pick(mixed).indices) == sorted(chosen)


# -- in files

PLAN = "protocols: 1\nplan: shop\nversion: 1\nevents: {A: {properties: {n: integer}}, B: {}}\n"


def events(count):
    return [
        {
            "type": "track",
            "event": "AB"[n % 2],
            "userId": 5,
            "messageId": f"id-{n}",
            "timestamp": f"2024-01-{1 + n % 28:02}T00:00:00Z",
        }
        for n in range(count)
    ]


@pytest.fixture
def forms(tmp_path):
    """The same events in every form, as (source, `at`)."""
    found = events(200)
    lines = "".join(json.dumps(event) + "\n" for event in found)
    wrapped = "".join(json.dumps({"id": 1, "payload": event}) + "\n" for event in found)
    texts = {
        "lines.jsonl": (lines.encode(), None),
        "packed.jsonl.gz": (gzip.compress(lines.encode()), None),
        "array.json": (json.dumps(found, indent=1).encode(), None),
        "batch.json": (json.dumps({"batch": found}).encode(), None),
        "wrapped.jsonl": (wrapped.encode(), "/payload"),
    }
    for name, (text, _) in texts.items():
        (tmp_path / name).write_bytes(text)
    return [(str(tmp_path / name), at) for name, (_, at) in texts.items()]


@pytest.mark.parametrize("options", [{"sample": "20%"}, {"events": ["A"]}, {"since": "2024-01-10", "until": "2024-01-20"}])
def test_every_form_of_input_gives_the_same_events(forms, options):
    plan = protocols.load_text(PLAN)
    scope = Scope.parse(**options)
    wanted = Filter(scope).pick([json.dumps(event).encode() for event in events(200)]).indices
    for source, at in forms:
        seen = []
        report = validate_files(plan, [source], at=at, scope=scope, on_problem=seen.append)
        assert (report.count, sum(report.left_out.values())) == (len(wanted), 200 - len(wanted))
        # places are those in the file, not those among the events that were checked
        assert [problem.record for problem in seen] == [index + 1 for index in wanted], source


def test_any_number_of_processes_leaves_the_same_out(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(event) + "\n" for event in events(3000)))
    plan, scope = protocols.load_text(PLAN), Scope.parse(sample="30%", until="2024-01-20")
    one, two = (validate_files(plan, [str(path)], scope=scope, jobs=jobs, slice_bytes=20_000) for jobs in (1, 2))
    assert one == two
    assert set(one.left_out) == {"sample", "until"}
