"""The command line by itself: help, options, how it ends, how output looks."""

from __future__ import annotations

import dataclasses
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import protocols
from protocols.cli import COMMANDS, run
from protocols.cli.exits import ended_by
from protocols.cli.options import choices, look, one_of, output, plan_or_default
from protocols.errors import EventsError, PlanError, SchemaError, UsageError
from protocols.problems import Problem, Severity
from protocols.sinks import SINKS, Look

PLAN = Path(__file__).parents[1] / "cases" / "first-run" / "plan.yaml"

MISTAKES = [
    Problem(id="plan/unknown-key", severity=Severity.error, message=f"no such key: {key}", file="p.yaml", line=3, column=5) for key in "ab"
]

ENDINGS = [
    (UsageError("this and that exclude each other"), 2, "error: this and that exclude each other\n"),
    (SchemaError("draft-07 cannot say that"), 2, "error: draft-07 cannot say that\n"),
    (
        PlanError(MISTAKES),
        3,
        "p.yaml:3:5: error: no such key: a [plan/unknown-key]\np.yaml:3:5: error: no such key: b [plan/unknown-key]\n"
        "2 mistakes in the plan; nothing was checked\n",
    ),
    (PlanError(MISTAKES[:1]), 3, "p.yaml:3:5: error: no such key: a [plan/unknown-key]\n1 mistake in the plan; nothing was checked\n"),
    (EventsError("no such file", "e.jsonl"), 4, "error: e.jsonl: no such file\n"),
    # a name from outside is no command to the terminal
    (EventsError("no such file", "\x1b[31m.jsonl"), 4, "error: \\x1b[31m.jsonl: no such file\n"),
    (KeyboardInterrupt(), 130, "Interrupted: the run did not reach its end.\n"),
]


@pytest.mark.parametrize(("error", "code", "said"), ENDINGS, ids=lambda value: type(value).__name__)
def test_how_a_run_ends(error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended_by(error) == code
    assert tuple(capsys.readouterr()) == ("", said)


def test_an_interrupted_run_says_so() -> None:
    """Ctrl-C while the command waits for more events on its standard input."""
    code = "from protocols.cli import main; main()"
    arguments = [sys.executable, "-c", code, "validate", "-", "--plan", str(PLAN)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"{}\n" * 100_000)  # more than a pipe holds: by the end of it, the command is reading
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.read() + process.stderr.read()
        assert (said, process.returncode) == (b"Interrupted: the run did not reach its end.\n", 130)


WRONG = [
    (
        ["validate"],
        "error: no events: name files or folders, or settle them with events = [...] in [tool.protocols.validate]\n",
    ),
    (["vaildate"], "error: No such command 'vaildate'. Did you mean 'validate'?\n\"protocols --help\" says what can be written\n"),
    (
        ["validate", "e.jsonl", "--format", "jsn"],
        f"error: Invalid value for '--format' / '-f': 'jsn' is none of {', '.join(SINKS)}; did you mean json?\n"
        '"protocols validate --help" says what can be written\n',
    ),
    (
        ["validate", "-", "--plan", "ecommerce", "--at", "$.payload.event"],
        'error: --at should be a JSON Pointer such as /event, got "$.payload.event"; did you mean /payload/event?\n',
    ),
    (
        ["compile", "ecommerce", "-o", "x", "--draft", "8"],
        "error: Invalid value for '--draft': '8' is none of 2020-12, 7\n\"protocols compile --help\" says what can be written\n",
    ),
    (["spec", "--search"], 'error: --search needs words to look for, such as "protocols spec --search email"\n'),
    (["spec", "-s", " "], 'error: --search needs words to look for, such as "protocols spec --search email"\n'),
    (
        ["spec", "--format", "jsonl"],
        "error: Invalid value for '--format' / '-f': 'jsonl' is none of terminal, json; did you mean json?\n"
        '"protocols spec --help" says what can be written\n',
    ),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_wrong_usage(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert tuple(capsys.readouterr()) == ("", said)


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "validate"]], ids=str)
def test_the_version(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    assert tuple(capsys.readouterr()) == (f"protocols {protocols.__version__}\n", "")


def test_the_version_loads_nothing_heavy() -> None:
    code = (
        "import sys; from protocols.cli import run; run(['--version']); print("
        "sorted({name.partition('.')[0] for name in sys.modules} & {'typer', 'rich', 'msgspec', 'yaml', 'jsonschema', 'jsonschema_rs'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    shown = capsys.readouterr().out
    assert run(["--help"]) == 0
    assert capsys.readouterr().out == shown
    assert "Checks analytics events against a tracking plan kept as YAML." in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"Usage: protocols {command} ")
    assert f"Examples:\n    protocols {command}" in shown


def test_every_id_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    from protocols.plan import PLAN_KINDS
    from protocols.report.expectations import EXPECTATIONS
    from protocols.rules import RULES
    from protocols.violations import KINDS

    ids = [*(f"lint/{name}" for name in RULES), *PLAN_KINDS, *KINDS, *EXPECTATIONS]
    assert run(["explain"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ids
    assert run(["explain", *ids]) == 0
    shown = capsys.readouterr().out
    assert [id for id in ids if f"{id}  " not in shown] == []
    assert [kind.meaning for kind in (*PLAN_KINDS.values(), *KINDS.values()) if kind.meaning not in shown] == []


def test_every_format_is_a_choice() -> None:
    check = one_of(SINKS)
    assert [check(name) for name in SINKS] == list(SINKS)
    assert choices(SINKS) == "[terminal|json|jsonl|sarif|junit|github|gitlab|markdown|html]"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


LOOKS: list[tuple[str, Any, str | None, dict[str, str], Look]] = [
    ("a pipe is plain", io.StringIO(), None, {}, Look()),
    ("a screen has colour and width", Screen(), None, {"TERM": "xterm"}, Look(colour=True, width=100)),
    ("NO_COLOR", Screen(), None, {"NO_COLOR": "1"}, Look(width=100)),
    ("an empty NO_COLOR says nothing", Screen(), None, {"NO_COLOR": ""}, Look(colour=True, width=100)),
    ("FORCE_COLOR colours a pipe and wraps nothing", io.StringIO(), None, {"FORCE_COLOR": "1"}, Look(colour=True)),
    ("FORCE_COLOR may be a refusal", Screen(), None, {"FORCE_COLOR": "0"}, Look(width=100)),
    ("NO_COLOR outweighs FORCE_COLOR", io.StringIO(), None, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, Look()),
    ("a dumb terminal can print and no more", Screen(), None, {"TERM": "dumb"}, Look()),
    ("logs of CI are not wrapped", Screen(), None, {"CI": "true"}, Look(colour=True)),
    ("CI may be said to be false", Screen(), None, {"CI": "false"}, Look(colour=True, width=100)),
    ("a file is plain, wherever stdout goes", Screen(), "report.txt", {"FORCE_COLOR": "1"}, Look()),
]


@pytest.mark.parametrize(("reason", "stream", "path", "environment", "wanted"), LOOKS, ids=[row[0] for row in LOOKS])
def test_the_look(
    reason: str, stream: Any, path: str | None, environment: dict[str, str], wanted: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setenv("COLUMNS", "100")
    assert look(path, limit=20, quiet=False, environment=environment) == dataclasses.replace(wanted, root=os.getcwd())


PLANS = [
    (
        [],
        "no plan: write --plan PLAN with the path of a plan file or the name of a bundled plan, such as --plan ecommerce; "
        "without it one of protocols.yaml, tracking-plan.yaml, plan.yaml in the working directory is taken",
    ),
    (["protocols.yaml", "plan.yaml"], "which plan? there are protocols.yaml and plan.yaml here; write --plan protocols.yaml"),
]


@pytest.mark.parametrize(("files", "said"), PLANS)
def test_no_plan_can_be_told(files: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in files:
        (tmp_path / name).touch()
    with pytest.raises(UsageError) as error:
        plan_or_default(None)
    assert str(error.value) == said


def test_the_only_plan_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tracking-plan.yaml").touch()
    assert plan_or_default(None) == "tracking-plan.yaml"
    assert tuple(capsys.readouterr()) == ("", "The plan is tracking-plan.yaml; --plan names another.\n")
    assert plan_or_default(None, quiet=True) == "tracking-plan.yaml"
    assert plan_or_default("other.yaml") == "other.yaml"
    assert tuple(capsys.readouterr()) == ("", "")


UNWRITABLE = [
    (".", "--output .: this is a folder; name a file in it"),
    ("no/such/folder.json", "--output no/such/folder.json: it cannot be written (No such file or directory)"),
]


@pytest.mark.parametrize(("path", "said"), UNWRITABLE)
def test_an_output_that_cannot_be_written(path: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as error, output(path):
        pass
    assert str(error.value) == said


def test_results_never_overwrite_what_is_read(tmp_path):
    events = tmp_path / "events.ndjson"
    events.write_text('{"type":"track"}\n')
    plan = tmp_path / "plan.yaml"
    plan.write_text("protocols: 1\nplan: p\nversion: 1\n")
    for path in (events, plan):
        before = path.read_text()
        command = [sys.executable, "-m", "protocols", "validate", events, "--plan", plan, "--output", path]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        said = f"error: --output {path}: this file is read, and would be lost; name another one\n"
        assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", said)
        assert path.read_text() == before


@pytest.mark.parametrize(("closed", "code"), [(">&-", 1), ("<&-", 1), ("2>&-", 1)])
def test_closed_streams_are_empty_ones(tmp_path, closed, code):
    events = tmp_path / "events.jsonl"
    events.write_text('{"type":"track"}\n')
    command = f"{sys.executable} -m protocols validate {events} --plan ecommerce {closed}"
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
