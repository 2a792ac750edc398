"""Settings of a repository: which file counts, what it says, and what is wrong with it."""

from __future__ import annotations

import pickle

import pytest

from protocols.config import Config, LintConfig, find_config
from protocols.errors import ConfigError
from protocols.problems import Severity

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
    # in one folder our own file
    ({"a/b/pyproject.toml": LINT, "a/b/protocols.toml": '[lint]\nfail_on = "note"\n'}, "protocols.toml", "note"),
    # a project file of other tools is passed by; one with an empty section is not
    ({"pyproject.toml": LINT, "a/pyproject.toml": "[tool.ruff]\nfix = true\n"}, "../../pyproject.toml", "warning"),
    ({"pyproject.toml": LINT, "a/pyproject.toml": "[tool.protocols]\n"}, "../pyproject.toml", "error"),
    ({"pyproject.toml": LINT, "a/pyproject.toml": "tool = 1\n"}, "../../pyproject.toml", "warning"),
    # a folder of that name is no file
    ({"a/b/protocols.toml/x": "", "pyproject.toml": LINT}, "../../pyproject.toml", "warning"),
]


@pytest.mark.parametrize(("files", "path", "fail_on"), WHICH)
def test_which_file_counts(files, path, fail_on, tmp_path):
    config = find_config(there(tmp_path, files))
    assert (config.path, config.lint.fail_on) == (path, fail_on)


def test_all_that_can_be_said(tmp_path):
    text = """
    [lint]
    select = ["all"]
    ignore = ["lint/large-enum", "missing-owner"]
    fail_on = "never"
    severity = {event-name-case = "error", "lint/odd-name" = "off"}
    """
    assert find_config(there(tmp_path, {"a/b/protocols.toml": text})) == Config(
        path="protocols.toml",
        lint=LintConfig(
            select=("all",),
            ignore=("large-enum", "missing-owner"),
            fail_on="never",
            severity={"event-name-case": Severity.error, "odd-name": Severity.off},
        ),
    )


WORDS = "should be error, warning, note or never, got string"
NO_RULE = "; protocols explain lists them all"
WRONG = [
    # the line of a key, under its table's header, dotted, quoted or inside braces
    ("[lint]\nfail_on = 1\n", ["2: lint.fail_on should be error, warning, note or never, got integer 1"]),
    ('\n\nlint.fail_on = "eror"\n', [f'3: lint.fail_on {WORDS} "eror"; did you mean error?']),
    ('[lint]\n\n["lint"."severity"]\n"odd-name" = "x"\n', [f'4: lint.severity.odd-name {WORDS.replace("never", "off")} "x"']),
    ("[lint]\nseverity = {x = 1}\n", [f"2: there is no rule x{NO_RULE}"]),
    # tables that are none
    ("lint = 3\n", ["1: lint should be a table, got integer 3"]),
    ("[lint]\nseverity = 3\n", ['2: lint.severity should be a table such as {event-name-case = "error"}, got integer 3']),
    # lists that are none
    ("[lint]\nselect = [1]\n", ["2: lint.select should be a list of rules, got array of 1 item"]),
    # `all` can be selected, and not ignored
    ('[lint]\nignore = ["all"]\n', [f"2: there is no rule all{NO_RULE}"]),
    # unknown keys, near ones and others
    ("[lnt]\n[x]\n", ["1: unknown key lnt in the settings; did you mean lint?", "2: unknown key x in the settings; known are lint"]),
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
