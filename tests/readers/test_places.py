"""Which files a source stands for, in which order, and what is said where it stands for none."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from protocols.errors import EventsError, UsageError
from protocols.readers import COMPRESSIONS, FORMATS, PLACES, Done, Fault, Record, expand, read, read_batches, total_bytes

FILES = {
    "events/a.jsonl": b'{"a":1}\n',
    "events/b.json": b'[{"b":1},{"b":2}]',
    "events/deep/c.ndjson.gz": b"",
    "events/deep/D.JSON": b"{}",
    "events/README.md": b"# notes",
    "events/.hidden.json": b"{}",
    "events/.cache/e.json": b"{}",
    "other/notes.txt": b"notes",
    "other/log.txt": b'{"log":1}\n',
    "empty/deeper/.keep": b"",
    "odd[1].json": b'{"odd":1}',
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


EVENTS = ["events/a.jsonl", "events/b.json", "events/deep/D.JSON", "events/deep/c.ndjson.gz"]

FOUND = [
    ("a file", ["events/a.jsonl"], ["events/a.jsonl"]),
    ("a file is read whatever its suffix", ["other/log.txt", "events/.hidden.json"], ["other/log.txt", "events/.hidden.json"]),
    ("a folder, in name order, event files alone", ["events"], EVENTS),
    ("with a slash", ["events/"], EVENTS),
    ("this folder", ["."], [*EVENTS, "odd[1].json"]),
    ("a pattern", ["events/*.json*"], ["events/a.jsonl", "events/b.json"]),
    ("a pattern takes any suffix", ["other/*"], ["other/log.txt", "other/notes.txt"]),
    ("folders that match are read as folders", ["eve*"], EVENTS),
    ("any number of folders", ["**/*.json"], ["events/b.json", "odd[1].json"]),
    ("every file below", ["events/**"], ["events/README.md", *EVENTS]),
    ("a file of that very name is no pattern", ["odd[1].json"], ["odd[1].json"]),
    ("sources keep their order", ["events/b.json", "events/a.jsonl"], ["events/b.json", "events/a.jsonl"]),
    (
        "what is met again is read once",
        ["events/b.json", "events", "./events/b.json", "events/*.json"],
        ["events/b.json", *(name for name in EVENTS if name != "events/b.json")],
    ),
    ("standard input", ["-", "events/a.jsonl", "-"], ["<stdin>", "events/a.jsonl"]),
]


@pytest.mark.parametrize(("reason", "sources", "expected"), FOUND)
def test_what_a_source_stands_for(folder, reason, sources, expected):
    assert [source.name for source in expand(sources)] == expected


NOT_FOUND = [
    ("event/a.jsonl", "event/a.jsonl does not exist; the folder event/ does not exist; did you mean events/?"),
    ("events/a.json", "events/a.json does not exist; did you mean events/a.jsonl?"),
    ("events/zzz", "events/zzz does not exist"),
    ("nowhere/deep/x.json", "nowhere/deep/x.json does not exist; the folder nowhere/ does not exist"),
    ("events/*.ndjson", "no file matched events/*.ndjson; the folder events/ holds README.md, a.jsonl, b.json and 1 more"),
    ("evnts/*.jsonl", "no file matched evnts/*.jsonl; the folder evnts/ does not exist; did you mean events/?"),
    ("*.parquet", "no file matched *.parquet; this folder holds empty, events, odd[1].json and 1 more"),
    ("empty/deeper/*", "no file matched empty/deeper/*; the folder empty/deeper/ is empty"),
    ("empty", "no file in empty/ is named .json, .jsonl or .ndjson (or these with .gz or .zst); it is empty"),
    (
        "other",
        "no file in other/ is named .json, .jsonl or .ndjson (or these with .gz or .zst); "
        "it holds other/log.txt, which is read when it is named",
    ),
    ("", '"" does not exist'),
]


@pytest.mark.parametrize(("source", "message"), NOT_FOUND)
def test_a_source_that_stands_for_no_file(folder, source, message):
    with pytest.raises(EventsError, match=re.escape(message) + "$"):
        list(read(["events", source]))


def test_links_to_folders_do_not_lead_in_circles(folder):
    (folder / "events" / "again").symlink_to(folder / "events")
    (folder / "latest").symlink_to(folder / "events")
    (folder / "events" / "linked.json").symlink_to(folder / "other" / "log.txt")
    assert [source.name for source in expand(["events"])] == [*EVENTS, "events/linked.json"]
    assert expand(["latest"])[0].name == "latest/a.jsonl"


def test_what_cannot_be_opened_does_not_stop_the_others(folder, monkeypatch):
    os.symlink("nothing", "events/aa.json")
    real = os.listdir

    def listed(path="."):
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "listdir", listed)
    parts = list(read(["events"]))
    assert [str(part) for part in parts if isinstance(part, Fault)] == [
        "events/aa.json: the file cannot be opened: No such file or directory",
        "events/deep: the folder cannot be read: Permission denied",
    ]
    assert [part.raw for part in parts if isinstance(part, Record)] == [b'{"a":1}', b'{"b":1}', b'{"b":2}']


def test_a_file_that_vanishes_between_finding_and_reading(folder):
    parts = read_batches(["events/a.jsonl", "events/b.json"])
    next(parts)
    os.remove("events/b.json")
    assert list(parts) == [
        Done("events/a.jsonl", 1, 8, lines=1),
        Fault("events/b.json", None, "the file cannot be opened: No such file or directory"),
    ]


def test_standard_input():
    records = list(read(["-"], stdin=io.BytesIO(b'{"a":1}\n{"b":2}\n')))
    assert [(str(record.place), record.raw) for record in records] == [("<stdin>:1", b'{"a":1}'), ("<stdin>:2", b'{"b":2}')]


def test_a_live_pipe_is_not_waited_for():
    """The first record comes out when the second one has begun, not when a block is full."""
    code = "from protocols.readers import read\nfor record in read(['-']): print(record.raw, flush=True)"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(b'{"type":"track","event":"' + b"A" * 300 + b'"}\n{"b":2}\n')
        process.stdin.flush()
        assert process.stdout.readline().startswith(b'b\'{"type"')
        assert process.stdout.readline() == b"b'{\"b\":2}'\n"
        process.stdin.close()
        assert process.wait() == 0


def test_a_named_pipe(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert total_bytes([str(path)]) is None
    with subprocess.Popen([sys.executable, "-c", f"open({str(path)!r}, 'wb').write(b'{{}}\\n' * 3)"]):
        assert [record.raw for record in read([str(path)])] == [b"{}"] * 3


def test_progress_counts_the_bytes_on_disk(folder):
    import gzip

    Path("events/deep/c.ndjson.gz").write_bytes(gzip.compress(b'{"c":1}\n' * 100_000))
    seen = []
    done = [part for part in read_batches(["events"], on_bytes=seen.append) if isinstance(part, Done)]
    assert sum(seen) == total_bytes(["events"]) == sum(part.bytes for part in done) == sum(os.path.getsize(name) for name in EVENTS)
    assert [(part.file, part.records) for part in done] == list(zip(EVENTS, [1, 2, 1, 100_000], strict=True))
    assert total_bytes(["-"]) is None


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ("event", '--at should be a JSON Pointer such as /event, got "event"; did you mean /event?'),
        ("$.data.event", '--at should be a JSON Pointer such as /event, got "$.data.event"; did you mean /data/event?'),
    ],
)
def test_a_pointer_begins_with_a_slash(folder, at, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        list(read(["events"], at=at))


def test_the_tables():
    """Every row says what it is; compressions can be told apart by their first bytes."""
    assert list(PLACES) == ["stdin", "folder", "pattern", "file"]
    assert list(FORMATS) == ["lines", "values"]
    assert all(row.meaning for table in (PLACES, FORMATS) for row in table.values())
    assert len({row.magic for row in COMPRESSIONS.values()}) == len(COMPRESSIONS)
