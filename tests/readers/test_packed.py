"""Archives: what comes out of them, whole and damaged, with every package that unpacks them."""

import gzip
import json
import os
import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_reading import told

from protocols.errors import EventsError
from protocols.readers import COMPRESSIONS
from protocols.readers.folder import SUFFIXES
from protocols.readers.gzip import _inflater

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


TWO = b'{"a":1}\n{"b":2}\n'
PACKED = gzip.compress(b"".join(b'{"n":%d,"text":"%d"}\n' % (n, n * 7919**9) for n in range(200)), mtime=0)

GZIP = [
    ("whatever the name", gzip.compress(TWO), ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("several members, cut anywhere", gzip.compress(TWO[:3]) + gzip.compress(TWO[3:]), ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("an empty member", gzip.compress(b"") + gzip.compress(TWO), ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("padded with zeros", gzip.compress(TWO) + b"\0" * 512, ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("an empty text", gzip.compress(b""), []),
    ("an array", gzip.compress(b'[\n{"a":1}]'), ['1@2 {"a":1}']),
    (
        "something else behind it",
        gzip.compress(TWO) + b"junk",
        [
            '1@1 {"a":1}',
            '2@2 {"b":2}',
            "f.json:3: the gzip archive is damaged, or something else follows its end; records from this line on may be missing",
        ],
    ),
    (
        "a wrong checksum",
        gzip.compress(TWO)[:-8] + b"\0" * 8,
        [
            '1@1 {"a":1}',
            '2@2 {"b":2}',
            "f.json:3: the gzip archive is damaged, or something else follows its end; records from this line on may be missing",
        ],
    ),
    ("cut before its first record", gzip.compress(TWO)[:9], ["f.json: the gzip archive is cut short"]),
    (
        "cut in its checksum: nothing is missing, which nobody can know",
        gzip.compress(TWO)[:-2],
        ['1@1 {"a":1}', '2@2 {"b":2}', "f.json:3: the gzip archive is cut short; records from this line on may be missing"],
    ),
    (
        "cut in an item",
        gzip.compress(b'[\n{"a":1},\n{"b":')[:-1],
        ['1@2 {"a":1}', "f.json:3: the gzip archive is cut short; records from this line on may be missing"],
    ),
]


@pytest.fixture(params=["zlib-ng", "zlib"])
def inflater(request, monkeypatch):
    """Both packages that unpack gzip, one after the other."""
    if request.param == "zlib":
        monkeypatch.setitem(sys.modules, "zlib_ng", None)
    assert _inflater()[1].__module__ == {"zlib-ng": "zlib_ng", "zlib": "zlib"}[request.param]


@pytest.mark.parametrize("size", [None, 1])
@pytest.mark.parametrize(("reason", "data", "expected"), GZIP)
def test_gzip(reason, data, expected, size, inflater):
    assert told(data, size=size) == expected


@given(data=st.binary(max_size=2000), at=st.integers(0, 3000), byte=st.integers(0, 255), size=st.integers(1, 3000))
def test_both_packages_see_the_same_in_a_damaged_archive(data, at, byte, size):
    archive = bytearray(gzip.compress(data, mtime=0))
    archive[at % len(archive)] = byte
    blocks = [bytes(archive[start : start + size]) for start in range(0, len(archive), size)]
    found = unpacked(blocks)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(sys.modules, "zlib_ng", None)
        assert unpacked(blocks) == found


def unpacked(blocks):
    """What comes out of a gzip archive, and what is said at its end."""
    found = []
    try:
        found.extend(COMPRESSIONS["gzip"].unpack(iter(blocks)))
    except EventsError as error:
        return b"".join(found), str(error)
    return b"".join(found), None


def test_a_cut_archive_gives_what_could_be_read(inflater):
    lines = told(PACKED[: len(PACKED) // 2])
    assert 50 < len(lines) < 150
    assert [json.loads(line.split(" ", 1)[1])["n"] for line in lines[:-1]] == list(range(len(lines) - 1))
    assert lines[-1] == f"f.json:{len(lines)}: the gzip archive is cut short; records from this line on may be missing"


def test_a_small_archive_of_a_huge_text_is_unpacked_whole(inflater):
    assert len(told(gzip.compress(b'{"a":"' + b" " * 2_000_000 + b'"}\n' + TWO))) == 3


def packed(text, window=20, checksum=True, dictionary=None):
    options = {zstd.CompressionParameter.checksum_flag: int(checksum), zstd.CompressionParameter.window_log: window}
    frame = zstd.ZstdCompressor(options=options, zstd_dict=dictionary)
    return frame.compress(text) + frame.flush()


SKIPPED = b"\x5a\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"notes"
DICTIONARY = zstd.train_dict([b'{"event":"name %d","count":%d}' % (n, n * n) for n in range(3000)], 2000)

ZSTD = [
    ("whatever the name", packed(TWO), ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("several frames, cut anywhere", packed(TWO[:3]) + packed(TWO[3:]), ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("an empty frame", packed(b"") + packed(TWO), ['1@1 {"a":1}', '2@2 {"b":2}']),
    (
        "frames for others at the beginning, in the middle, at the end",
        SKIPPED + packed(TWO[:8]) + SKIPPED * 2 + packed(TWO[8:]) + SKIPPED,
        ['1@1 {"a":1}', '2@2 {"b":2}'],
    ),
    ("nothing but such a frame", SKIPPED, []),
    ("an empty text", packed(b""), []),
    ("an array", packed(b'[\n{"a":1}]'), ['1@2 {"a":1}']),
    (
        "something else behind it",
        packed(TWO) + b"junk",
        [
            '1@1 {"a":1}',
            '2@2 {"b":2}',
            "f.json:3: the zstd archive is damaged, or something else follows its end; records from this line on may be missing",
        ],
    ),
    ("a wrong checksum", packed(TWO)[:-4] + b"\0" * 4, ["f.json: the zstd archive is damaged, or something else follows its end"]),
    ("cut before its first record", packed(TWO)[:6], ["f.json: the zstd archive is cut short"]),
    (
        "cut in its checksum: nothing is missing, which nobody can know",
        packed(TWO)[:-2],
        ['1@1 {"a":1}', '2@2 {"b":2}', "f.json:3: the zstd archive is cut short; records from this line on may be missing"],
    ),
    ("cut in a frame for others", SKIPPED[:-2], ["f.json: the zstd archive is cut short"]),
    (
        "a window that takes more memory than a run should",
        packed(TWO, window=28),
        ["f.json: the zstd archive takes more than 128 MB of memory to unpack; unpack it first, with zstd -d --long=31"],
    ),
    (
        "a dictionary that is not here",
        packed(TWO, dictionary=DICTIONARY),
        ["f.json: the zstd archive was packed with a dictionary, without which it cannot be read; unpack it first"],
    ),
    (
        "an archive inside",
        packed(packed(TWO)),
        ["f.json: inside the zstd archive stands another zstd archive, which is not read; unpack it first"],
    ),
    (
        "gzip inside",
        packed(gzip.compress(TWO)),
        ["f.json: inside the zstd archive stands a gzip archive, which is not read; unpack it first"],
    ),
]


@pytest.mark.parametrize("size", [None, 1])
@pytest.mark.parametrize(("reason", "data", "expected"), ZSTD)
def test_zstd(reason, data, expected, size):
    assert told(data, size=size) == expected


@given(data=st.binary(max_size=20_000), at=st.integers(0, 30_000), byte=st.integers(0, 255), size=st.integers(1, 9000))
def test_it_does_not_matter_how_a_damaged_zstd_archive_comes(data, at, byte, size):
    archive = bytearray(packed(data[:100]) + packed(data, checksum=False))
    archive[4 + at % (len(archive) - 4)] = byte
    assert told(bytes(archive), size=size) == told(bytes(archive))


def test_zstd_without_its_package_names_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    monkeypatch.delattr(sys.modules["backports"], "zstd", raising=False)
    assert told(packed(TWO)) == [
        'f.json: zstd archives are read with a package that is not installed; pip install "protocols[zstd]" installs it'
    ]


def test_suffixes_of_compressions_are_known_where_files_are_looked_for():
    suffixes = [compression.suffix for compression in COMPRESSIONS.values()]
    assert set(SUFFIXES) == {kind + packed for kind in (".json", ".jsonl", ".ndjson") for packed in ("", *suffixes)}


BOMB = """
import resource, sys
from protocols.readers import read_batches
list(read_batches([sys.argv[1]]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
records = sum(part.records for part in read_batches([sys.argv[2]]) if hasattr(part, "records") and hasattr(part, "bytes"))
unit = 1024 * 1024 if sys.platform == "darwin" else 1024
print(records, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // unit < 20)
"""

COMPRESSORS = {"gzip": lambda: zlib.compressobj(wbits=31), "zstd": zstd.ZstdCompressor}


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_a_bomb_is_unpacked_in_flat_memory(name, tmp_path):
    """300 MB out of 30 to 300 KB, in a process of its own so that nothing else counts; the first archive brings the package in."""
    for path, lines in (("small", 3), ("bomb", 3000)):
        frame = COMPRESSORS[name]()
        pieces = [frame.compress(b'{"a":1}' + b" " * 99_992 + b"\n") for _ in range(lines)]
        (tmp_path / path).write_bytes(b"".join((*pieces, frame.flush())))
    arguments = [sys.executable, "-c", BOMB, "small", "bomb"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout == "3000 True\n"
