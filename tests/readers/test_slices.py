"""Files in slices: any cut gives the same records as none, and what has happened to a file meanwhile is said."""

import gzip
import io
import os
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_readers_invariants import flat

from protocols.positions import Place
from protocols.readers import FEW, Done, Fault, Live, Opener, Record, Slice, expand, read_blocks, read_slice, slices

LINES = [
    *(b'{"a":1}\n', b'{"a":1}\r\n', b"\n", b"\r\n", b" \n", b"\n" * 9, b'{"a":"' + b"x" * 70 + b'"}\n', b'[{"a":1},{"b":2}]\n', b"[]\n"),
    *(b'{"batch":[{"a":1},{"b":2}],"sentAt":"t"}\n', b"\xef\xbb\xbf", b"{", b"}", b"\r", b"[", b'"', b"broken\n", b'{"event":{"a":1}}\n'),
]
DATA = st.lists(st.sampled_from(LINES) | st.binary(max_size=4), max_size=30).map(b"".join)
SIZES = st.integers(1, 90)
AT = st.sampled_from([None, "/event"])
MOST = st.sampled_from([1 << 28, 12])


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("slices") / "events.jsonl"


def read_all(parts, at=None, most=1 << 28):
    """Everything that the slices give, with places that count from the beginning of the file, and its sums at the end."""
    found = []
    lines = records = size = 0
    for part in parts:
        got = flat(read_slice(part, Opener(at), most=most)) if isinstance(part, Slice | Live) else [part]
        counted = [part for part in got if isinstance(part, Done)]
        for one in got:
            match one:
                case (place, raw, batch_bytes):
                    found.append((moved(place, lines, records), raw, batch_bytes))
                case Record():
                    found.append((moved(one.place, lines, records), one.problem))
                case Fault():
                    found.append(f"{one.line and one.line + lines}: {one.message}")
        lines += sum(done.lines for done in counted)
        records += sum(done.records for done in counted)
        size += sum(done.bytes for done in counted)
    return found, records, size


def moved(place, lines, records):
    return Place(place.file, place.line and place.line + lines, place.record + records)


def uncut(name, data, at, most):
    """The same for a file that is read in one go."""
    found = []
    for one in flat(read_blocks(name, [data], at=at, most=most)):
        match one:
            case Record():
                found.append((one.place, one.problem))
            case Fault():
                found.append(f"{one.line}: {one.message}")
            case Done():
                return found, one.records, one.bytes
            case _:
                found.append(one)


BLOCKS = st.integers(1, 60) | st.just(1 << 20)
"""Bytes read at once."""


@given(data=DATA, size=SIZES, at=AT, most=MOST, block=BLOCKS)
@example(data=b"\xef\xbb\xbf" * 2 + b'{"a":1}\n{"b":2}\n', size=2, at=None, most=1 << 28, block=1 << 20)
@example(data=b'{"a":1}\n{"b":2}\n{"c":3}\n' * 9, size=1 << 20, at=None, most=1 << 28, block=20)
def test_a_file_cut_anywhere_is_the_same(path, data, size, at, most, block):
    path.write_bytes(data)
    wanted = uncut(str(path), data, at, most)
    with mock.patch.multiple("protocols.readers.slices", BLOCK=block, _REST=block // 2 + 1):
        assert read_all(slices(expand([str(path)]), size=size), at, most) == wanted


@given(data=DATA, size=SIZES, at=AT, most=MOST, share=st.booleans(), packed=st.booleans(), lost=st.integers(0, 30))
def test_a_stream_cut_anywhere_is_the_same(data, size, at, most, share, packed, lost):
    """Standard input, packed or not, whole or broken off, with slices that may be read elsewhere or not."""
    data = gzip.compress(data, mtime=0) if packed else data
    data = data[: max(0, len(data) - lost)]
    wanted = uncut("<stdin>", data, at, most)
    assert read_all(slices(expand(["-"]), stdin=io.BytesIO(data), share=share, size=size), at, most) == wanted


@given(data=DATA, size=SIZES, share=st.booleans(), others=st.booleans())
def test_a_packed_file_is_the_same(path, data, size, share, others):
    """As the chief part of the input, read here; among other files, a slice by itself."""
    packed = path.with_suffix(".gz")
    packed.write_bytes(gzip.compress(data, mtime=0))
    twin = path.with_name("twin.gz")
    twin.write_bytes(packed.read_bytes())
    wanted = uncut(str(packed), packed.read_bytes(), None, 1 << 28)
    sources = expand([str(packed), str(twin)])
    parts = slices(sources if others else sources[:1], share=share, size=size)
    assert read_all(part for part in parts if part != Slice(sources[1])) == wanted


@given(data=DATA, size=SIZES)
def test_slices_are_a_grid(path, data, size):
    """Where slices begin depends on nothing but the size of the file, and of a slice."""
    path.write_bytes(data)
    found = list(slices(expand([str(path)]), size=size))
    assert [part.start for part in found] in ([0], list(range(0, len(data), size)))
    assert found[-1].last or not data
    assert not any(part.last for part in found[:-1])


def shorten(path):
    os.truncate(path, 20)


def grow(path):
    with path.open("ab") as file:
        file.write(b'{"c":3}\n')


def exchange(path):
    path.with_suffix(".new").write_bytes(path.read_bytes())
    os.replace(path.with_suffix(".new"), path)


CHANGES = [
    ("nothing", lambda path: None, [], 8),
    ("what is added is read, as far as it is there", grow, [], 9),
    (
        "a part is gone, with a line cut in two",
        shorten,
        [
            "events.jsonl:3: the file has become shorter while it was read; records from this line on may be missing",
        ],
        2,
    ),
    (
        "a log that was rotated",
        exchange,
        ["events.jsonl:1: another file has taken its place while it was read; records from this line on may be missing"],
        0,
    ),
    ("removed", os.unlink, ["events.jsonl: the file cannot be opened: No such file or directory"], 0),
]


@pytest.mark.parametrize(("reason", "change", "faults", "records"), CHANGES, ids=[row[0] for row in CHANGES])
def test_what_happens_to_a_file_meanwhile_is_said(reason, change, faults, records, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"a":1}\n' * 8)
    parts = list(slices(expand(["events.jsonl"]), size=30))
    change(path)
    found, count, _ = read_all(parts)
    told = dict.fromkeys(str(Fault("events.jsonl", *split(one))) for one in found if isinstance(one, str))
    assert (list(told), count) == (faults, records)


def split(told):
    line, _, message = told.partition(": ")
    return None if line == "None" else int(line), message


def test_a_long_line_is_held_by_nobody(tmp_path):
    """Of slices that come from a pipe, one with a line of many slices is read where it is."""
    data = b'{"a":1}\n' * 40 + b'{"b":"' + b"x" * 5000 + b'"}\n{"c":3}\n'
    kinds = [type(part).__name__ + str(len(getattr(part, "text", None) or b"")) for part in reading(data, share=True, size=60)]
    assert kinds == ["Live0"] * FEW + ["Slice64"] + ["Live0", "Slice8", "Done0"]


def reading(data, **options):
    """The slices of standard input, each read before the next one is asked for."""
    for part in slices(expand(["-"]), stdin=io.BytesIO(data), **options):
        yield part
        read_all([part])
