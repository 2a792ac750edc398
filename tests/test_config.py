"""Settings of a repository: which file counts, what it says, and what is wrong with it."""

from __future__ import annotations

import datetime
import importlib
import inspect
import pickle
import sys
from fractions import Fraction

import jsonschema
import pytest

from protocols.config import WAIVER, Config, LintConfig, ValidateConfig, config_schema, find_config, options
from protocols.errors import ConfigError
from protocols.problems import Severity
from protocols.report import Waiver

LINT = '[tool.protocols.lint]\nfail_on = "warning"\n'


def there(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "a" / "b").mkdir(parents=True, exist_ok=True)
    return folder / "a" / "b"


WHICH = [
    # none
    ({}, None, "error"),
    # the nearest one above
    ({"pyproject.toml": LINT}, "../../pyproject.toml", "warning"),
    ({"pyproject.toml": LINT, "a/protocols.toml": '[lint]\nfail_on = "note"\n'}, "../protocols.toml", "note"),
    # beside a project file that says nothing of ours
    ({"a/b/pyproject.toml": "[tool.ruff]\n", "a/b/protocols.toml": '[lint]\nfail_on = "note"\n'}, "protocols.toml", "note"),
    # a project file of other tools is passed by; one with an empty section is not
    ({"pyproject.toml": LINT, "a/pyproject.toml": "[tool.ruff]\nfix = true\n"}, "../../pyproject.toml", "warning"),
    ({"pyproject.toml": LINT, "a/pyproject.toml": "[tool.protocols]\n"}, "../pyproject.toml", "error"),
    ({"pyproject.toml": LINT, "a/pyproject.toml": "tool = 1\n"}, "../../pyproject.toml", "warning"),
    # what lies above the root of a repository is somebody else's; a worktree's root has a file there
    ({"pyproject.toml": LINT, "a/.git/HEAD": ""}, None, "error"),
    ({"pyproject.toml": LINT, "a/.git": "gitdir: x"}, None, "error"),
    ({"pyproject.toml": LINT, ".git/HEAD": ""}, "../../pyproject.toml", "warning"),
    # a folder of that name is no file
    ({"a/b/protocols.toml/x": "", "pyproject.toml": LINT}, "../../pyproject.toml", "warning"),
]


@pytest.mark.parametrize(("files", "path", "fail_on"), WHICH)
def test_which_file_counts(files, path, fail_on, tmp_path):
    config = find_config(there(tmp_path, files))
    assert (config.path, config.lint.fail_on) == (path, fail_on)


def test_two_files_in_one_folder_are_a_mistake(tmp_path):
    folder = there(tmp_path, {"a/b/pyproject.toml": LINT, "a/b/protocols.toml": '[lint]\nfail_on = "note"\n'})
    with pytest.raises(ConfigError) as error:
        find_config(folder)
    assert str(error.value) == (
        "protocols.toml and pyproject.toml both hold settings; keep those of one, so that nobody changes the other in vain"
    )


ALL = """
plan = "plans/shop.yaml"
fail_on = "note"

[validate]
plan = "ecommerce"
events = ["recordings/", "/var/log/e.ndjson", "-", "../more/*.gz"]
at = "/payload"
fail_on = "never"
select = ["type", "value/*"]
ignore = ["value/not-allowed"]
severity = {naming = "note", "type/*" = "off"}
baseline = true
update_baseline = false
max_violation_rate = "0.5%"
max_violation_rates = {"Order Completed" = "0%", "Debug *" = "100 %"}
limit = 0
samples = 1
jobs = 4
redact = true
expect = ["Order *>=3"]
forbid = ["Debug *"]
coverage = true
min_coverage = "events=100%"
call = ["track"]
event = ["Order *"]
sample = "10%"
format = "json"
output = ["jsonl=out/all.jsonl", "report.json"]

[lint]
format = "jsonl"
output = ["lint.jsonl"]
plan = "plan.yaml"
select = ["all"]
ignore = ["lint/large-enum", "missing-owner"]
fail_on = "never"
severity = {event-name-case = "error", "lint/odd-name" = "off"}

[[waivers]]
id = "type/wrong-type"
reason = "old app"
owner = "shop@acme.example"
until = 2027-01-31

[[waivers]]
id = "value"
event = "Order *"
call = "track"
version = 2
pointer = "/properties/products/*/price"
reason = "old shop"
owner = "shop@acme.example"
until = "2027-02-28"
"""

SAID = Config(
    path="../protocols.toml",
    plan="../plans/shop.yaml",
    fail_on="note",
    validate=ValidateConfig(
        plan="ecommerce",
        events=("../recordings/", "/var/log/e.ndjson", "-", "../../more/*.gz"),
        at="/payload",
        fail_on="never",
        select=("type", "value/*"),
        ignore=("value/not-allowed",),
        severity={"naming": Severity.note, "type/*": Severity.off},
        baseline="../protocols-baseline.yaml",
        update_baseline=False,
        max_violation_rate=Fraction(1, 200),
        max_violation_rates={"Order Completed": Fraction(0), "Debug *": Fraction(1)},
        limit=0,
        samples=1,
        jobs=4,
        redact=True,
        expect=("Order *>=3",),
        forbid=("Debug *",),
        coverage=True,
        min_coverage="events=100%",
        call=("track",),
        event=("Order *",),
        sample="10%",
        format="json",
        output=("jsonl=../out/all.jsonl", "../report.json"),
    ),
    lint=LintConfig(
        plan="../plan.yaml",
        format="jsonl",
        output=("../lint.jsonl",),
        select=("all",),
        ignore=("large-enum", "missing-owner"),
        fail_on="never",
        severity={"event-name-case": Severity.error, "odd-name": Severity.off},
    ),
    waivers=(
        Waiver(
            id="type/wrong-type",
            reason="old app",
            owner="shop@acme.example",
            until=datetime.date(2027, 1, 31),
            file="../protocols.toml",
            line=40,
        ),
        Waiver(
            id="value",
            event="Order *",
            call="track",
            version=2,
            pointer="/properties/products/*/price",
            reason="old shop",
            owner="shop@acme.example",
            until=datetime.date(2027, 2, 28),
            file="../protocols.toml",
            line=46,
        ),
    ),
)
"""The same, its paths as seen from a folder below."""


def test_all_that_can_be_said(tmp_path):
    assert find_config(there(tmp_path, {"a/protocols.toml": ALL})) == SAID


def test_all_is_all():
    """A new option belongs into the test above."""
    for section in (SAID, SAID.validate, SAID.lint):
        unsaid = [name for name, row in options(type(section)).items() if getattr(section, name) == row.default]
        assert unsaid == []
    assert [name for name in WAIVER if getattr(SAID.waivers[1], name) is None] == []


PASSED_DOWN = [
    # what holds for all commands holds for each, unless that says otherwise
    ('fail_on = "note"', "note", "note"),
    ('fail_on = "note"\n[lint]\nfail_on = "error"', "note", "error"),
    ('fail_on = "note"\n[validate]\nlimit = 3', "note", "note"),
    ('[validate]\nfail_on = "note"', "note", "error"),
]


@pytest.mark.parametrize(("text", "validate", "lint"), PASSED_DOWN)
def test_what_holds_for_all_commands(text, validate, lint, tmp_path):
    config = find_config(there(tmp_path, {"a/b/protocols.toml": text}))
    assert (config.validate.fail_on, config.lint.fail_on) == (validate, lint)


def test_a_baseline_can_be_switched_off(tmp_path):
    assert not find_config(there(tmp_path, {"a/b/protocols.toml": "validate.baseline = false"})).validate.baseline


WHOLE_WAIVER = """\
[[waivers]]
id = "type"
reason = "old"
owner = "shop"
until = 2027-01-31
"""
WORDS = "should be error, warning, note or never, got string"
NO_RULE = "; protocols explain lists them all"
WRONG = [
    # the line of a key, under its table's header, dotted, quoted or inside braces
    ("[lint]\nfail_on = 1\n", ["2: lint.fail_on should be error, warning, note or never, got integer 1"]),
    ('\n\nlint.fail_on = "eror"\n', [f'3: lint.fail_on {WORDS} "eror"; did you mean error?']),
    ('[lint]\n\n["lint"."severity"]\n"odd-name" = "x"\n', [f'4: lint.severity.odd-name {WORDS.replace("never", "off")} "x"']),
    ("[lint]\nseverity = {x = 1}\n", [f"2: lint.severity: there is no rule x{NO_RULE}"]),
    # tables that are none
    ("lint = 3\n", ["1: lint should be a table, got integer 3"]),
    ("[lint]\nseverity = 3\n", ['2: lint.severity should be a table such as {event-name-case = "error"}, got integer 3']),
    # lists that are none
    ("[lint]\nselect = [1]\n", ["2: lint.select should be a list of rules, got array of 1 item"]),
    # `all` can be selected, and not ignored
    ('[lint]\nignore = ["all"]\n', [f"2: lint.ignore: there is no rule all{NO_RULE}"]),
    # unknown keys, near ones and others
    (
        "[lnt]\n[x]\n",
        [
            "1: unknown key lnt in the settings; did you mean lint?",
            "2: unknown key x in the settings; known are plan, fail_on, validate, lint, waivers",
        ],
    ),
    (
        '[validate]\nfail-on = "note"\nquux = 1\n',
        [
            "2: unknown key fail-on in validate; did you mean fail_on?",
            "3: unknown key quux in validate; protocols config lists them all",
        ],
    ),
    # each kind of value
    ("validate.plan = 1", ["1: validate.plan should be a path or the name of a bundled plan, got integer 1"]),
    ('validate.events = "e.ndjson"', ['1: validate.events should be a list of paths, got string "e.ndjson"']),
    ('validate.at = "payload"', ['1: validate.at should be a JSON Pointer such as /payload, got string "payload"']),
    ("validate.limit = -1", ["1: validate.limit should be a whole number from 0 on, got integer -1"]),
    ("validate.jobs = true", ["1: validate.jobs should be a whole number from 1 on, got boolean true"]),
    ('validate.redact = "yes"', ['1: validate.redact should be true or false, got string "yes"']),
    ("validate.baseline = 1", ["1: validate.baseline should be a path, or true for the usual one, got integer 1"]),
    (
        "validate.max_violation_rate = 0.5",
        ['1: validate.max_violation_rate should be a share from "0%" to "100%", such as "0.5%", got number 0.5'],
    ),
    (
        'validate.max_violation_rate = "101%"',
        ['1: validate.max_violation_rate should be a share from "0%" to "100%", such as "0.5%", got string "101%"'],
    ),
    (
        "[validate.max_violation_rates]\nA = 1",
        ['2: validate.max_violation_rates.A should be a share from "0%" to "100%", such as "0.5%", got integer 1'],
    ),
    (
        'validate.max_violation_rates = "1%"',
        ['1: validate.max_violation_rates should be a table such as {"Order Completed" = "0%"}, got string "1%"'],
    ),
    (
        'validate.max_violation_rate = "٣%"',
        ['1: validate.max_violation_rate should be a share from "0%" to "100%", such as "0.5%", got string "٣%"'],
    ),
    (
        '[validate.max_violation_rates]\n"identify:Ann" = "1%"',
        ["2: validate.max_violation_rates.identify:Ann: identify calls have no names; write identify for all of them"],
    ),
    # what is expected, in the words of the settings
    (
        'validate.expect = ["Order=1"]',
        ['1: validate.expect "Order=1": = is no operator; write == for an exact number; put a name with such characters in double quotes'],
    ),
    ('validate.sample = "10"', ['1: validate.sample should be a percentage such as 10% or 0.5%, got "10"; did you mean 10%?']),
    ('validate.min_coverage = "80"', ['1: validate.min_coverage should be a percentage such as 10% or 0.5%, got "80"; did you mean 80%?']),
    (
        'validate.call = ["trak"]',
        ['1: validate.call should be one of track, identify, page, screen, group, alias, got "trak"; did you mean track?'],
    ),
    (
        '[validate.severity]\n"expectation/too-few" = "note"',
        [
            "2: validate.severity: expectation/too-few is about a run as a whole, and always an error; "
            "leave out what asks for it: --expect or --forbid"
        ],
    ),
    # violations
    ("validate.select = 1", ["1: validate.select should be a list of ids, families or globs, got integer 1"]),
    ('validate.ignore = ["typ"]', ["1: validate.ignore: there is no violation typ; did you mean type?"]),
    ("validate.severity = 1", ['1: validate.severity should be a table such as {naming = "note"}, got integer 1']),
    (
        '[validate.severity]\nnaming = "info"\nnamin = "note"',
        [
            '2: validate.severity.naming should be error, warning, note or off, got string "info"',
            "3: validate.severity: there is no violation namin; did you mean naming?",
        ],
    ),
    # waivers: each by its number and its own line
    ("waivers = 1", ["1: waivers should be a list of tables, each below a line [[waivers]], got integer 1"]),
    (
        f"{WHOLE_WAIVER}\n{WHOLE_WAIVER}untill = 1\n",
        ["12: unknown key untill in waivers[2]; did you mean until?"],
    ),
    (
        '[[waivers]]\nid = "typo"\n',
        [
            '1: waivers[1] lacks owner; write owner = "checkout@shop.example"',
            '1: waivers[1] lacks reason; write reason = "the app of 2024 sends texts"',
            "1: waivers[1] lacks until; write until = 2027-01-31",
            "2: waivers[1].id: there is no violation typo; did you mean type?",
        ],
    ),
    (
        WHOLE_WAIVER + 'pointer = "properties.total"',
        [
            '6: waivers[1].pointer should be a JSON Pointer or a glob over them, such as "/properties/products/*/price", '
            'got string "properties.total"; did you mean "/properties/total"?'
        ],
    ),
    (
        WHOLE_WAIVER.replace("2027-01-31", '"soon"') + 'call = "trak"\nid2 = 1',
        [
            '5: waivers[1].until should be a day such as 2027-01-31, got string "soon"',
            '6: waivers[1].call should be track, identify, page, screen, group or alias, got string "trak"; did you mean track?',
            "7: unknown key id2 in waivers[1]; did you mean id?",
        ],
    ),
    # neither is a day
    (
        WHOLE_WAIVER.replace("2027-01-31", '"2027-W05-7"') + WHOLE_WAIVER.replace("2027-01-31", '"2027-02-31"'),
        [
            '5: waivers[1].until should be a day such as 2027-01-31, got string "2027-W05-7"',
            '10: waivers[2].until should be a day such as 2027-01-31, got string "2027-02-31"',
        ],
    ),
    # a time is no day
    (
        WHOLE_WAIVER.replace("2027-01-31", "2027-01-31T10:00:00"),
        ["5: waivers[1].until should be a day such as 2027-01-31, got 2027-01-31 10:00:00"],
    ),
    (WHOLE_WAIVER.replace('"old"', '""'), ['3: waivers[1].reason should be a text, got string ""']),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_wrong(text, said, tmp_path):
    with pytest.raises(ConfigError) as error:
        find_config(there(tmp_path, {"a/b/protocols.toml": text}))
    assert list(error.value.mistakes) == [f"protocols.toml:{line}" for line in said]


# the words behind the last colon are those of the reader
NO_TOML = [(b"[lint\n", "protocols.toml:1:6: the file is no TOML: "), (b"\xff", "protocols.toml: the file is no TOML: ")]


@pytest.mark.parametrize(("content", "said"), NO_TOML)
def test_no_toml(content, said, tmp_path):
    folder = there(tmp_path, {})
    (folder / "protocols.toml").write_bytes(content)
    with pytest.raises(ConfigError) as error:
        find_config(folder)
    assert str(error.value).startswith(said)


def test_mistakes_survive_a_process():
    error = pickle.loads(pickle.dumps(ConfigError(["a", "b"])))
    assert (error.mistakes, str(error)) == (("a", "b"), "a\nb")


def toml(text):
    return importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli").loads(text)


def test_the_schema_takes_all_that_can_be_said():
    jsonschema.Draft7Validator.check_schema(config_schema())
    said = toml(ALL.replace("until = 2027-01-31", 'until = "2027-01-31"'))  # editors hand a day over as a text
    jsonschema.Draft7Validator(config_schema()).validate(said)


REFUSED = ['plna = "x"', "validate.limit = -1", 'fail_on = "eror"', '[[waivers]]\nid = "type"', 'validate.max_violation_rate = "0.5"']


@pytest.mark.parametrize("text", REFUSED)
def test_the_schema_refuses_what_the_check_refuses(text, tmp_path):
    assert not jsonschema.Draft7Validator(config_schema()).is_valid(toml(text))
    with pytest.raises(ConfigError):
        find_config(there(tmp_path, {"a/b/protocols.toml": text}))


def test_every_option_is_documented_and_its_example_can_be_written(tmp_path):
    for section, name in ((Config, ""), (ValidateConfig, "validate"), (LintConfig, "lint")):
        rows = {key: row for key, row in options(section).items() if row.example}
        assert rows.keys() >= options(section).keys() - {"validate", "lint", "waivers"}
        assert [key for key, row in rows.items() if not row.meaning.endswith(".")] == []
        lines = "\n".join(f"{key} = {row.example}" for key, row in rows.items())
        find_config(there(tmp_path, {"a/b/protocols.toml": f"[{name}]\n{lines}" if name else lines}))
    waiver = "\n".join(f"{key} = {row.example}" for key, row in WAIVER.items())
    assert len(find_config(there(tmp_path, {"a/b/protocols.toml": f"[[waivers]]\n{waiver}"})).waivers) == 1


NO_FLAG = {"max_violation_rates"}  # --max-violation-rate "EVENT=SHARE"


def test_every_option_of_validate_can_be_said_on_the_command_line():
    from protocols.cli.validate import validate

    assert options(ValidateConfig).keys() - inspect.signature(validate).parameters.keys() == NO_FLAG
