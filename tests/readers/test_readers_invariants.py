"""What holds for every input: the same records however it is written, packed and cut; never a traceback."""

import gzip
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocols.readers import Batch, Done, Fault, Record, read_blocks, values
from protocols.readers.scan import item_spans, member_spans
from protocols.readers.unwrap import items, members

TEXTS = st.text(st.characters(exclude_categories=()) | st.sampled_from('"\\{}[],:\n\r\ud83d'), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
EVENTS = st.lists(st.dictionaries(TEXTS.filter(lambda key: key not in ("batch", "type")), JSON, max_size=4), min_size=1, max_size=6)

SCRAPS = [
    *(b"{ } [ ] , : x NaN".split()),
    *(b'"', b"\\", b"\n", b"\r", b"\r\n", b" ", b"\0", b"\x0c", b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b"\x1f\x8b"),
    *(
        b'{"a":1}',
        b'{"a":[{"b":1},{"c":2}]}',
        b'[{"a":1},{"b":2}]',
        b"},{",
        b"}\n{",
        b"},\n{",
        b'"\\ud83d"',
        b'"event":',
        b'{"event":{"a":1}}\n',
    ),
    *(b'{"batch":[{"a":1},{"b":2}]}', b'{"batch":[', b'"batch"', gzip.compress(b'{"a":1}\n', mtime=0)),
]
ANY_BYTES = st.binary(max_size=60) | st.lists(st.sampled_from(SCRAPS) | st.binary(max_size=3), max_size=25).map(b"".join)


def flat(parts):
    """What was read, without the borders of batches, which depend on how the bytes came."""
    found = []
    for part in parts:
        found += [(r.place, r.raw, r.batch_bytes) for r in part.records()] if isinstance(part, Batch) else [part]
    return found


def without_order(found):
    """The same with the file's faults behind its records."""
    return [part for part in found if not isinstance(part, Fault)], [part for part in found if isinstance(part, Fault)]


def cut(data, places):
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


def payloads(data, blocks=None, **options):
    return [json.loads(part[1]) for part in flat(read_blocks("f", blocks or [data], **options)) if isinstance(part, tuple)]


def pretty_body(events):
    return json.dumps({"batch": events}, indent=1)


WRITERS = {
    "lines": lambda events: "\n".join(json.dumps(event) for event in events),
    "lines of text": lambda events: "\r\n".join(json.dumps(event, ensure_ascii=True, separators=(",", ":")) for event in events) + "\r\n",
    "an array": json.dumps,
    "a dense array": lambda events: json.dumps(events, separators=(",", ":")),
    "a pretty array": lambda events: json.dumps(events, indent=2),
    # a file that begins with an object on a line of its own is taken to have one a line
    "pretty objects": lambda events: "\n".join(json.dumps(event, indent=2) if event else "{\n}" for event in events),
    "objects without anything between": lambda events: "".join(json.dumps(event) for event in events),
    "a body": lambda events: json.dumps({"batch": events}),
    "a pretty body": pretty_body,
    "bodies a line": lambda events: "\n".join(json.dumps({"batch": [event]}) for event in events),
    "arrays a line": lambda events: "\n".join(json.dumps([event, event][:1]) for event in events),
}


@pytest.mark.parametrize("writer", WRITERS)
@given(events=EVENTS, places=st.lists(st.integers(0, 500), max_size=4), packed=st.booleans())
def test_events_are_the_same_however_they_are_written(writer, events, places, packed):
    data = WRITERS[writer](events).encode()
    data = gzip.compress(data, 1) if packed else data
    assert payloads(data, cut(data, places)) == events


@given(events=EVENTS, writer=st.sampled_from([name for name in WRITERS if "bod" not in name]))
def test_wrapped_events_are_the_same(events, writer):
    data = WRITERS[writer]([{"id": "\ud83d", "a/b": [{"e": event}], "~": 1} for event in events]).encode()
    assert payloads(data, at="/a~1b/0/e") == events


@given(
    data=ANY_BYTES,
    places=st.lists(st.integers(0, 400), max_size=6),
    at=st.sampled_from([None, "/event"]),
    most=st.sampled_from([1 << 28, 12]),
)
@example(data=b'[{"a":1},{"b":1},{"c":1}]', places=[20], at=None, most=1 << 28)
@example(data=b'\r\n\r{"a":1}\r{"b":2}', places=[1, 2], at=None, most=1 << 28)
@example(data=gzip.compress(b'{"a":1}\n', mtime=0) * 2 + b"\0\x1f", places=[30, 31, 58], at=None, most=1 << 28)
def test_it_does_not_matter_how_the_bytes_come(data, places, at, most):
    """Nor does anything raise, whatever they are; and every byte is counted."""
    whole = flat(read_blocks("f", [data], at=at, most=most))
    assert flat(read_blocks("f", cut(data, places), at=at, most=most)) == whole
    assert flat(read_blocks("f", [data[i : i + 1] for i in range(len(data))], at=at, most=most)) == whole
    assert isinstance(whole[-1], Done)
    assert whole[-1].bytes == len(data)
    places_told = [part[0] if isinstance(part, tuple) else part.place for part in whole if isinstance(part, tuple | Record)]
    assert [place.record for place in places_told] == list(range(1, whole[-1].records + 1))
    lines = [place.line for place in places_told if place.line is not None]
    assert lines == sorted(lines)


@given(data=ANY_BYTES)
def test_items_found_at_once_are_those_found_one_by_one(data):
    """The array's two ways agree, also about what is wrong between items."""
    data = b"[" + data
    quick = without_order(flat(read_blocks("f", [data])))
    several, values._several = values._several, lambda block, position: ([], position)
    try:
        assert without_order(flat(read_blocks("f", [data]))) == quick
    finally:
        values._several = several


@given(value=st.lists(JSON, max_size=4), indent=st.sampled_from([None, 0, 2]))
def test_items_are_cut_out_as_they_stand(value, indent):
    text = json.dumps(value, indent=indent).encode()
    spans = [text[a:b] for a, b in item_spans(text)]
    assert [json.loads(span) for span in spans] == value
    assert items(text) == spans


@given(value=st.dictionaries(TEXTS, JSON, max_size=4), indent=st.sampled_from([None, 0, 2]))
def test_members_are_cut_out_as_they_stand(value, indent):
    text = json.dumps(value, indent=indent).encode()
    spans = {json.loads(key): text[a:b] for key, a, b in member_spans(text)}
    assert {key: json.loads(span) for key, span in spans.items()} == value
    assert members(text) == spans


DATA = Path(__file__).parents[2].parent / "shared" / "data"


def opened(record):
    """The events of a record that may be a batch body, in the plain way."""
    shared = [name for name in ("context", "integrations") if name in record]
    for event in record.get("batch", ()):
        given = {name: {**record[name], **event.get(name, {})} for name in shared}
        yield {**({"sentAt": record["sentAt"]} if "sentAt" in record else {}), **event, **given}
    if "batch" not in record:
        yield record


@pytest.mark.parametrize(
    ("file", "at", "count"),
    [("events.ndjson", None, 1547), ("events-with-source.jsonl", "/event", 1547), ("spec-examples.jsonl", "/payload", 150)],
)
def test_real_payloads(file, at, count):
    """Recorded events from public repositories, which lie beside the checkout; elsewhere made-up ones of the same form."""
    path = DATA / file
    if path.exists():
        data = path.read_bytes()
    else:
        event = {"type": "track", "event": "Signed Up", "properties": {"plan": "é\ud83d"}}
        data = b"".join(json.dumps({at[1:]: event} if at else event).encode() + b"\n" for _ in range(count))
    wanted = [json.loads(line)[at[1:]] if at else json.loads(line) for line in data.splitlines()]
    assert len(wanted) == count
    wanted = [event for one in wanted for event in opened(one)]
    assert payloads(data, at=at) == wanted
    for writer in ("an array", "a pretty array", "pretty objects"):
        again = WRITERS[writer](wanted).encode()
        assert payloads(again, [again[i : i + 65536] for i in range(0, len(again), 65536)]) == wanted


MEMORY = """
import resource, sys
from protocols.readers import read_blocks
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
block = b'{"type":"track","event":"Signed Up","userId":"u","properties":{"plan":"free"}},\\n' * 3000
def blocks():
    yield b"["
    for _ in range(400):
        yield block
    yield b"{}]"
records = sum(part.records for part in read_blocks("f", blocks()) if hasattr(part, "records") and hasattr(part, "bytes"))
unit = 1024 * 1024 if sys.platform == "darwin" else 1024
print(records, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // unit < 20)
"""


def test_an_array_of_any_size_is_read_in_flat_memory():
    """96 MB of items, in a process of its own so that nothing else counts; it grows by 3 MB."""
    assert subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True).stdout == "1200001 True\n"
