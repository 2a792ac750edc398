"""What comes out of the bytes of one file: records with their places, problems and faults, each said whole."""

import gzip
import weakref

import pytest

from protocols.readers import Batch, Done, Fault, Record, lines, read_blocks
from protocols.readers.format import Oversized, Texts
from protocols.readers.stream import Stream


def told(data, *, at=None, most=1 << 28, name="f.json", size=None):
    """One line for each thing that is read: `record@line text`, with the batch body's size where one begins."""
    blocks = [data] if size is None else [data[i : i + size] for i in range(0, len(data), size)]
    lines = []
    for part in read_blocks(name, blocks, at=at, most=most):
        match part:
            case Batch():
                for record in part.records():
                    body = f" (body of {record.batch_bytes})" if record.batch_bytes is not None else ""
                    lines.append(f"{record.place.record}@{record.place.line} {record.raw.decode('utf-8', 'backslashreplace')}{body}")
            case Record():
                lines.append(f"{part.place.record}@{part.place.line} {part.problem}")
            case Fault():
                lines.append(str(part))
            case Done():
                assert part.bytes == len(data)
                assert part.records == sum(line[0].isdigit() for line in lines)
    return lines


LINES = [
    ("one a line", b'{"a":1}\n{"b":2}\n', ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("no line end at the end", b'{"a":1}\n{"b":2}', ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("a single line", b'{"a":1}', ['1@1 {"a":1}']),
    ("an empty file has no records", b"", []),
    ("nor has one of blanks", b"  \n\t\r\n\n", []),
    ("blank lines count as lines, not as records", b'\n{"a":1}\n\n  \n{"b":2}\n', ['1@2 {"a":1}', '2@5 {"b":2}']),
    ("CRLF", b'{"a":1}\r\n\r\n{"b":2}\r\n', ['1@1 {"a":1}', '2@3 {"b":2}']),
    ("CR alone", b'{"a":1}\r{"b":2}\r', ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("CR is a blank inside a line of an LF file", b'{"a":1}\n{"b":\r2}\n', ['1@1 {"a":1}', '2@2 {"b":\r2}']),
    ("outer blanks", b' {"a":1} \n\t{"b":2}', ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("a byte order mark", b'\xef\xbb\xbf{"a":1}\n{"b":2}', ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("files with marks put one behind the other", b'\xef\xbb\xbf{"a":1}\n\xef\xbb\xbf{"b":2}\n', ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("what is in a line is not the reader's", b'{"a":NaN}\n{"a":Infinity}\nword\n', ['1@1 {"a":NaN}', '2@2 {"a":Infinity}', "3@3 word"]),
    ("a lone surrogate escape is JSON", b'{"a":"\\ud83d"}\n', ['1@1 {"a":"\\ud83d"}']),
    ("no UTF-8: whoever parses it says so", b'{"a":"\xff"}\n{"b":2}\n', ['1@1 {"a":"\\xff"}', '2@2 {"b":2}']),
    ("a NUL in a line", b'{"a":"\0"}\n{"b":2}\n', ['1@1 {"a":"\0"}', '2@2 {"b":2}']),
    ("a log cut in its last line", b'{"a":1}\n{"b":', ['1@1 {"a":1}', '2@2 {"b":']),
    ("a first line cut in a string", b'{"a":"x\n{"b":2}\n', ['1@1 {"a":"x', '2@2 {"b":2}']),
    ("a first line cut behind a comma: no object begins there in JSON", b'{"a":1,\n{"b":2}\n', ['1@1 {"a":1,', '2@2 {"b":2}']),
    ("a first line with one brace too many", b'{"a":1}}\n{"b":2}\n', ['1@1 {"a":1}}', '2@2 {"b":2}']),
    ("text before the first record", b'# log\n{"a":1}\n', ["1@1 # log", '2@2 {"a":1}']),
    (
        "arrays among the lines are opened",
        b'{"a":1}\n[{"b":1}, {"c":1}]\n{"d":1}',
        ['1@1 {"a":1}', '2@2 {"b":1}', '3@2 {"c":1}', '4@3 {"d":1}'],
    ),
    ("an array a line", b'[{"a":1},{"b":1}]\n[{"c":1}]\n', ['1@1 {"a":1}', '2@1 {"b":1}', '3@2 {"c":1}']),
    ("an empty array holds none", b'{"a":1}\n[]\n', ['1@1 {"a":1}']),
    ("a broken array stays one record", b'{"a":1}\n[{"b":1},\n{"c":1}', ['1@1 {"a":1}', '2@2 [{"b":1},', '3@3 {"c":1}']),
    ("an array holds what parsers refuse", b'{"a":1}\n[{"b":"\\ud83d"},{"c":1}]', ['1@1 {"a":1}', '2@2 {"b":"\\ud83d"}', '3@2 {"c":1}']),
]

VALUES = [
    ("pretty objects", b'{\n  "a": 1\n}\n\n{\n  "b": 2\n}\n', ['1@1 {\n  "a": 1\n}', '2@5 {\n  "b": 2\n}']),
    ("objects without anything between", b'{"a":1}{"b":2}\n{"c":3}', ['1@1 {"a":1}', '2@1 {"b":2}', '3@2 {"c":3}']),
    ("one pretty object", b'{\n"a": {"b": "}"}\n}', ['1@1 {\n"a": {"b": "}"}\n}']),
    ("a pretty object cut short is one broken record", b'{\n  "a": 1,\n', ['1@1 {\n  "a": 1,']),
    ("an array", b'[\n {"a":1},\n {"b":2}\n]\n', ['1@2 {"a":1}', '2@3 {"b":2}']),
    ("on its file's only line a place is its number", b'[{"a":1}, {"b":2}]', ['1@None {"a":1}', '2@None {"b":2}']),
    ("items over several lines", b'[{\n"a":1},{\n"b":2\n},\n{"c":3}]', ['1@1 {\n"a":1}', '2@2 {\n"b":2\n}', '3@5 {"c":3}']),
    ("CRLF", b'[\r\n{"a":1},\r\n{"b":2}\r\n]\r\n', ['1@2 {"a":1}', '2@3 {"b":2}']),
    ("a byte order mark", b'\xef\xbb\xbf[\n{"a":1}]', ['1@2 {"a":1}']),
    ("an empty array", b"[]", []),
    ("brackets, quotes and backslashes in strings", b'[{"a":"]}\\"\\\\"},{"b":"[{"}]', ['1@None {"a":"]}\\"\\\\"}', '2@None {"b":"[{"}']),
    ("borders inside an item", b'[{"a":[{"b":1},{"c":1}]},{"d":1}]', ['1@None {"a":[{"b":1},{"c":1}]}', '2@None {"d":1}']),
    ("items that are no objects", b'[1, "x,y", null, [2], []]', ["1@None 1", '2@None "x,y"', "3@None null", "4@None [2]", "5@None []"]),
    (
        "items that are no JSON",
        b'[{"a":1}, no event, {"b":NaN}, {"c"]]',
        ['1@None {"a":1}', "2@None no event", '3@None {"b":NaN}', '4@None {"c"]'],
    ),
    ("several arrays", b'[{"a":1}]\n[\n{"b":2}]', ['1@1 {"a":1}', '2@3 {"b":2}']),
    ("an object behind an array", b'[\n{"a":1}]\n{"b":2}', ['1@2 {"a":1}', '2@3 {"b":2}']),
    (
        "a comma is missing",
        b'[\n{"a":1}\n{"b":2},\n{"c":3}\n{"d":4}]',
        [
            '1@2 {"a":1}',
            "f.json:3: not valid JSON: a comma is missing before this item of the array",
            '2@3 {"b":2}',
            '3@4 {"c":3}',
            '4@5 {"d":4}',
        ],
    ),
    (
        "a comma too many",
        b'[\n{"a":1},\n]',
        ['1@2 {"a":1}', "f.json:3: not valid JSON: a comma follows the last item of the array"],
    ),
    (
        "an item is missing",
        b'[\n{"a":1},,\n{"b":2}]',
        ['1@2 {"a":1}', "f.json:2: not valid JSON: an item is missing before this comma of the array", '2@3 {"b":2}'],
    ),
    (
        "cut between items",
        b'[\n{"a":1},\n',
        ['1@2 {"a":1}', "f.json:1: not valid JSON: the file ends before the array that begins here is closed"],
    ),
    (
        "cut inside an item",
        b'[\n{"a":1},\n{"b":\n"x',
        ['1@2 {"a":1}', "f.json:3: not valid JSON: the file ends inside the item of the array that begins here"],
    ),
    (
        "text behind the array",
        b'[\n{"a":1}]\n;',
        ['1@2 {"a":1}', "f.json:3: not valid JSON: something that is no event follows the end of the array"],
    ),
    (
        "an array without its brackets",
        b'{"a":1},\n{"b":2},\n',
        ['1@1 {"a":1}', "f.json:1: not valid JSON: a comma stands between values that are in no array", '2@2 {"b":2}'],
    ),
    (
        "a bracket too many",
        b'[\n{"a":1}]]\n',
        ['1@2 {"a":1}', "f.json:2: not valid JSON: a bracket closes an array that was never opened"],
    ),
]

BODIES = [
    ("a body", b'{"batch":[{"a":1},{"b":2}],"writeKey":"w"}', ['1@None {"a":1} (body of 42)', '2@None {"b":2}']),
    (
        "bodies a line",
        b'{"batch":[{"a":1},{"b":2}]}\n{"batch":[{"c":3}]}',
        ['1@1 {"a":1} (body of 27)', '2@1 {"b":2}', '3@2 {"c":3} (body of 19)'],
    ),
    ("bodies among events", b'{"a":1}\n{"sentAt":"s","batch": [{"b":2}]}', ['1@1 {"a":1}', '2@2 {"b":2,"sentAt":"s"} (body of 33)']),
    ("bodies in an array on a line", b'{"a":1}\n[{"batch":[{"b":2}]},{"c":3}]', ['1@1 {"a":1}', '2@2 {"b":2} (body of 19)', '3@2 {"c":3}']),
    ("events among bodies", b'{"batch":[{"a":1}]}\n{"b":2}', ['1@1 {"a":1} (body of 19)', '2@2 {"b":2}']),
    ("a pretty body", b'{\n"batch": [\n{"a":1},\n{"b":2}]}', ['1@3 {"a":1} (body of 31)', '2@4 {"b":2}']),
    ("bodies in an array", b'[{"batch":[{"a":1}]},{"batch":[{"b":2}]}]', ['1@None {"a":1} (body of 19)', '2@None {"b":2} (body of 19)']),
    (
        "context and integrations are shared, and what an event says itself wins",
        b'{"batch":[{"a":1},{"context":{"ip":"2"}},{}],"context":{"ip":"1","os":{}},"integrations":{"All":true}}',
        [
            '1@None {"a":1,"context":{"ip":"1","os":{}},"integrations":{"All":true}} (body of 102)',
            '2@None {"context":{"ip":"2","os":{}},"integrations":{"All":true}}',
            '3@None {"context":{"ip":"1","os":{}},"integrations":{"All":true}}',
        ],
    ),
    (
        "sentAt is filled in, null is no context, a context of the wrong type is kept for the engine",
        b'{"sentAt":"s","context":{"x":1},"batch":[{"sentAt":"t","context":null},{"context":[]},5]}',
        ['1@None {"sentAt":"t","context":{"x":1}} (body of 89)', '2@None {"context":[],"sentAt":"s"}', "3@None 5"],
    ),
    (
        "a body with nothing to share leaves the bytes alone",
        b'{"batch":[{ "a" : 1.0 }],"context":{}}',
        ['1@None { "a" : 1.0 } (body of 38)'],
    ),
    (
        "a lone surrogate in one event",
        b'{"batch":[{"a":"\\ud83d"},{"b":2}],"sentAt":"s"}',
        ['1@None {"a":"\\ud83d","sentAt":"s"} (body of 47)', '2@None {"b":2,"sentAt":"s"}'],
    ),
    ("an empty body", b'{"batch":[]}\n', []),
    ("a broken body is one record", b'{"batch":[{"a":1},\n{"batch":[{"b":2}]}\n', ['1@1 {"batch":[{"a":1},\n{"batch":[{"b":2}]}']),
    ("an event with a property of that name", b'{"type":"track","batch":[1]}', ['1@1 {"type":"track","batch":[1]}']),
    ("a batch that is no array", b'{"batch":5}', ['1@1 {"batch":5}']),
]

DEEP = b'{"a":' * 2000 + b"1" + b"}" * 2000

LIMITS = [
    ("2,000 levels in a line", DEEP + b"\n", [f"1@1 {DEEP.decode()}"]),
    ("2,000 levels in an array", b"[" + DEEP + b"]", [f"1@None {DEEP.decode()}"]),
    ("2,000 levels in a body", b'{"batch":[' + DEEP + b"]}", [f"1@None {DEEP.decode()} (body of {len(DEEP) + 12})"]),
    ("2,000 arrays never closed", b"[" * 2000, ["f.json:1: not valid JSON: the file ends inside the item of the array that begins here"]),
]


@pytest.mark.parametrize("size", [None, 1, 7])
@pytest.mark.parametrize(("reason", "data", "expected"), LINES + VALUES + BODIES + LIMITS)
def test_what_is_read(reason, data, expected, size):
    assert told(data, size=size) == expected


AT = [
    ("found", "/event", b'{"id":1,"event":{"a":1}}\n{"event":{"b":2},"id":2}', ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("the record itself", "", b'{"a":1}', ['1@1 {"a":1}']),
    ("deeper, with escapes and an index", "/a~1b/1/c", b'{"a/b":[0,{"c":{"d":1}}]}', ['1@1 {"d":1}']),
    ("in an array", "/event", b'[{"event":{"a":1}},\n{"event":{"b":2}}]', ['1@1 {"a":1}', '2@2 {"b":2}']),
    ("in a pretty object", "/event", b'{\n"event":\n{"a":1}}', ['1@1 {"a":1}']),
    (
        "to a batch body",
        "/body",
        b'{"body":{"batch":[{"a":1},{"b":2}]}}\n{}',
        [
            '1@1 {"a":1} (body of 27)',
            '2@1 {"b":2}',
            "3@2 error: the record should be a JSON object, got nothing at /body [payload/not-an-object]",
        ],
    ),
    ("to an array of events", "/events", b'{"events":[{"a":1},{"b":2}]}\n{"events":[]}', ['1@1 {"a":1}', '2@1 {"b":2}']),
    ("beside something that msgspec refuses", "/event", b'{"event":{"a":"\\ud83d"},"x":"\\ud83d"}', ['1@1 {"a":"\\ud83d"}']),
    ("beside a number of 5,000 digits and a lone surrogate", "/event", b'{"event":{},"x":["\\ud83d",' + b"9" * 5000 + b"]}", ["1@1 {}"]),
    (
        "a broken record stays whole",
        "/event",
        b'{"event":{"a":1},"x":nonsense}\n{"event":',
        ['1@1 {"event":{"a":1},"x":nonsense}', '2@2 {"event":'],
    ),
    ("null is something", "/event", b'{"event":null}', ["1@1 null"]),
    (
        "nothing, and a near name",
        "/a/evnt",
        b'{"a":{"event":{}}}',
        ["1@1 error: the record should be a JSON object, got nothing at /a/evnt; did you mean /a/event? [payload/not-an-object]"],
    ),
    (
        "nothing, and no near name",
        "/event",
        b'{"id":1,"source":2,"payload":{},"x y ":1,"b":2}\n{"id":1}',
        [
            "1@1 error: the record should be a JSON object, got nothing at /event; "
            'the record has id, source, payload, "x y " and others [payload/not-an-object]',
            "2@2 error: the record should be a JSON object, got nothing at /event; the record has id [payload/not-an-object]",
        ],
    ),
    (
        "nothing below",
        "/a/b",
        b'{"a":{"x":1}}\n{"a":5}\n{"a":[1]}\n5',
        [
            "1@1 error: the record should be a JSON object, got nothing at /a/b; /a has x [payload/not-an-object]",
            "2@2 error: the record should be a JSON object, got nothing at /a/b [payload/not-an-object]",
            "3@3 error: the record should be a JSON object, got nothing at /a/b [payload/not-an-object]",
            "4@4 error: the record should be a JSON object, got nothing at /a/b [payload/not-an-object]",
        ],
    ),
    (
        "indices as RFC 6901 writes them",
        "/01",
        b"[[1,2]]",
        ["1@None error: the record should be a JSON object, got nothing at /01 [payload/not-an-object]"],
    ),
]


@pytest.mark.parametrize("size", [None, 1])
@pytest.mark.parametrize(("reason", "at", "data", "expected"), AT)
def test_payloads_inside_a_record(reason, at, data, expected, size):
    assert told(data, at=at, size=size) == expected


PASSED_OVER = "error: the event should have at most 40 bytes, got more; it was passed over [limit/event-too-large]"
LONG = b'{"x":"' + b"y" * 60 + b'"}'

OVERSIZED = [
    ("a line; the next one is read", b'{"a":1}\n' + LONG + b'\n{"b":2}', ['1@1 {"a":1}', f"2@2 {PASSED_OVER}", '3@3 {"b":2}']),
    ("the last line", b'{"a":1}\n' + LONG, ['1@1 {"a":1}', f"2@2 {PASSED_OVER}"]),
    ("an item", b'[{"a":1},\n' + LONG + b',\n{"b":2}]', ['1@1 {"a":1}', f"2@2 {PASSED_OVER}", '3@3 {"b":2}']),
    ("a line that never ends", b'{"a":1}\n{"' + b"y" * 900, ['1@1 {"a":1}', f"2@2 {PASSED_OVER}"]),
]


@pytest.mark.parametrize("size", [None, 1, 16, 100])
@pytest.mark.parametrize(("reason", "data", "expected"), OVERSIZED)
def test_a_record_that_is_too_large_is_passed_over(reason, data, expected, size):
    assert told(data, most=40, size=size) == expected


FOREIGN = [
    (b"PK\x03\x04rest", "this is a zip archive, which is not read; unpack it first"),
    (gzip.compress(b"\x28\xb5\x2f\xfdrest"), "inside the gzip archive stands a zstd archive, which is not read; unpack it first"),
    (b"BZh91AY", "this is a bzip2 archive, which is not read; unpack it first"),
    (b"PAR1rest", "this is a Parquet file, which is not read; it holds no JSON text"),
    (b"\x89PNG\r\n\x1a\nrest", "this is a PNG image, which is not read; it holds no JSON text"),
    (b"x" * 257 + b"ustar\0", "this is a tar archive, which is not read; unpack it first"),
    (gzip.compress(b"x" * 257 + b"ustar\0"), "inside the gzip archive stands a tar archive, which is not read; unpack it first"),
    (gzip.compress(gzip.compress(b"{}")), "inside the gzip archive stands another gzip archive, which is not read; unpack it first"),
    ('{"a":1}\n'.encode("utf-16"), "this is UTF-16 text, which is not read; convert it to UTF-8"),
    ('{"a":1}\n'.encode("utf-16-le"), "this is UTF-16 text, which is not read; convert it to UTF-8"),
    ('{"a":1}\n'.encode("utf-16-be"), "this is UTF-16 text, which is not read; convert it to UTF-8"),
    ('{"a":1}\n'.encode("utf-32"), "this is UTF-32 text, which is not read; convert it to UTF-8"),
    (b"\x7fELF\x02\0\0\0", "this is a binary file, which is not read; it holds no JSON text"),
]


@pytest.mark.parametrize(("data", "message"), FOREIGN)
def test_files_that_hold_no_json_text(data, message):
    assert told(data) == [f"f.json: {message}"]


def test_a_name_decides_where_content_leaves_a_doubt():
    """The first line may be a broken record or the beginning of a pretty one: `.jsonl` says that lines are meant."""
    data = b'{"a":[{"b":1},\n{"c":2}\n'
    assert told(data, name="f.jsonl") == ['1@1 {"a":[{"b":1},', '2@2 {"c":2}']
    for name in ("f.JSONL.gz", "f.ndjson.ZST"):
        assert told(data, name=name) == ['1@1 {"a":[{"b":1},', '2@2 {"c":2}']
    assert told(data, name="f.json") == ['1@1 {"a":[{"b":1},\n{"c":2}']
    data = b'[{"a":1}]\n[{"b":2\n[{"c":3}]\n'
    assert told(data, name="f.ndjson") == ['1@1 {"a":1}', '2@2 [{"b":2', '3@3 {"c":3}']
    assert told(data, name="f.json") == [
        '1@1 {"a":1}',
        "f.json:2: not valid JSON: the file ends inside the item of the array that begins here",
    ]


def test_a_file_that_breaks_off_gives_what_came_before():
    def blocks():
        yield b'{"a":1}\n{"b":2}\n{"c"'
        raise OSError(5, "Input/output error")

    *parts, done = read_blocks("f.json", blocks())
    assert [str(part) for part in parts if isinstance(part, Fault)] == [
        "f.json:3: the file cannot be read further: Input/output error; records from this line on may be missing"
    ]
    assert done == Done("f.json", 2, 20, lines=2)


def test_the_rest_of_a_line_that_is_too_large_is_no_line():
    """However it begins: the blocks before it were dropped."""
    stream = Stream.of_lines("f", iter([b'{"k":"' + b"a" * 20, b'{"}\n{"b":1}\n']))
    assert list(lines.cut(stream, 12)) == [Oversized(1), Texts([b'{"b":1}\n'], [2])]


def test_a_stream_goes_with_its_last_user():
    """No cycle keeps its first megabyte until the collector comes by."""
    stream = Stream("f", iter([b'{"a":1}\n', b'{"b":1}\n']))
    assert b"".join(stream.blocks()) == b'{"a":1}\n{"b":1}\n'
    gone = weakref.ref(stream)
    del stream
    assert gone() is None
