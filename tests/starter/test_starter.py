"""What `protocols init` writes is right by the rules of everything that reads it."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Any

import pytest
import repositories
import yaml
from hypothesis import given
from hypothesis import strategies as st
from repositories import needed

import protocols
from protocols.cli import run
from protocols.plan import bundled, load_plan
from protocols.rules.run import lint
from protocols.rules.selection import active_rules
from protocols.starter import SAMPLES, USUAL_PLAN, origin
from protocols.starter.origin import Origin, without_secrets
from protocols.starter.part import shell, yaml_text

GITHUB = "https://github.com/acme/protocols"
FROM = [f"{GITHUB}@v1.0.0", "https://git.example/acme/protocols@v1.0.0", "protocols==1.0.0"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.mark.parametrize("family", [None, *bundled()])
def test_the_plan_has_no_finding_and_its_samples_no_violation(family: str | None, folder: Path) -> None:
    assert run(["init", "--from", FROM[0], *(["--extends", family] if family else [])]) == 0
    assert lint([USUAL_PLAN], active_rules(select=["all"])).findings.problems == ()
    validator = protocols.Validator(load_plan(USUAL_PLAN))
    events = [json.loads(line) for line in (folder / SAMPLES).read_text("utf-8").splitlines()]
    assert len(events) >= 3
    assert [validator.validate(event).violations for event in events] == [()] * len(events)


def test_a_plan_without_right_examples_gets_a_sample_all_the_same(folder: Path) -> None:
    code = '{type: string, pattern: "^[0-9]{6}$", required: true}'
    (folder / "plan.yaml").write_text(f"protocols: 1\nplan: p\nversion: 1\nevents: {{Code Entered: {{properties: {{code: {code}}}}}}}\n")
    assert run(["init", "--from", FROM[0]]) == 0
    assert [json.loads(line)["type"] for line in (folder / SAMPLES).read_text("utf-8").splitlines()] == ["identify"]


PLACES = [".", "two words", "a'b", "1.5", "true", "deep/er", "ünï"]


@pytest.mark.parametrize("source", FROM)
@pytest.mark.parametrize(
    ("ci", "file", "schema"),
    [
        ("github", ".github/workflows/tracking-plan.yml", "vendor.github-workflows"),
        ("gitlab", ".gitlab-ci.yml", "vendor.gitlab-ci"),
    ],
)
def test_ci_and_hooks_are_valid_wherever_the_plan_lies(
    source: str, ci: str, file: str, schema: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, place in enumerate(PLACES):
        repository = tmp_path / str(number)
        (repository / ".git").mkdir(parents=True)
        monkeypatch.chdir(repository)
        assert run(["init", place, "--ci", ci, "--from", source]) == 0
        plan = os.path.normpath(f"{place}/{USUAL_PLAN}")
        assert plan in _said_in((repository / ".pre-commit-config.yaml").read_text("utf-8"))
        assert plan in _said_in((repository / file).read_text("utf-8"))
    for command, name in (
        (["pre-commit", "validate-config"], ".pre-commit-config.yaml"),
        (["check-jsonschema", "--builtin-schema", schema], file),
    ):
        done = repositories.run([needed(command[0]), *command[1:], *(f"{number}/{name}" for number in range(len(PLACES)))], tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


def _said_in(text: str) -> list[str]:
    """Every value in a YAML text, and every word of those that are commands."""

    def values(node: Any) -> list[Any]:
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        return [node, *(value for part in inner for value in values(part))]

    texts = [value for value in values(yaml.safe_load(text)) if isinstance(value, str)]
    return [*texts, *(word for text in texts if text.startswith("protocols ") for word in shlex.split(text))]


@given(st.text() | st.from_regex(r"[-\w.:/ #'\"+@~]{1,8}", fullmatch=True))
def test_texts_are_read_back(text: str) -> None:
    if all(sign.isprintable() for sign in text):  # what a path or an address consists of
        assert yaml.safe_load(f"[{yaml_text(text)}]") == [text]
        assert shlex.split(yaml.safe_load(f"- {shell(['pip', text])}")[0]) == ["pip", text]


ORIGINS = [
    (f"{GITHUB}@v1.0.0", Origin(f"protocols @ git+{GITHUB}@v1.0.0", GITHUB, "v1.0.0")),
    (f"git+{GITHUB}.git@v1.0.0", Origin(f"protocols @ git+{GITHUB}.git@v1.0.0", f"{GITHUB}.git", "v1.0.0")),
    # without a revision it is that of the branch that most repositories have
    (GITHUB, Origin(f"protocols @ git+{GITHUB}@main", GITHUB, "main")),
    ("git@github.com:acme/protocols.git@v1", Origin(f"protocols @ git+{GITHUB}.git@v1", f"{GITHUB}.git", "v1")),
    ("/srv/protocols@abc", Origin("protocols @ git+file:///srv/protocols@abc", "/srv/protocols", "abc")),
    ("git@git.example:acme/p.git@v1", Origin("protocols @ git+ssh://git@git.example/acme/p.git@v1", "git@git.example:acme/p.git", "v1")),
    ("/no/such/folder", Origin("protocols @ file:///no/such/folder")),
    ("protocols==1.0.0", Origin("protocols==1.0.0")),
    ("acme-protocols[all]>=1", Origin("acme-protocols[all]>=1")),
]


@pytest.mark.parametrize(("address", "wanted"), ORIGINS, ids=[row[0] for row in ORIGINS])
def test_origins_that_are_named(address: str, wanted: Origin) -> None:
    assert origin.named(address) == wanted


NOTED = [
    # what pip writes down of an installation: from an index, from git, from an archive, from a folder that is no repository
    (None, Origin(f"protocols=={protocols.__version__}")),
    (
        {"url": "https://me:secret@github.com/acme/protocols.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
        Origin(f"protocols @ git+{GITHUB}.git@abc", f"{GITHUB}.git", "abc"),
    ),
    ({"url": "https://u:p@files.example/protocols.whl", "archive_info": {}}, Origin("protocols @ https://files.example/protocols.whl")),
    ({"url": "file:///no/such/folder", "dir_info": {}}, Origin("protocols @ file:///no/such/folder")),
]


@pytest.mark.parametrize(("noted", "wanted"), NOTED, ids=["index", "git", "archive", "folder"])
def test_origins_that_pip_noted(noted: Any, wanted: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    class Installed:
        version = protocols.__version__

        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return None if noted is None else json.dumps(noted)

    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Installed())
    assert origin.installed() == wanted


def test_a_clone_is_from_where_it_was_cloned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = repositories.repository(tmp_path / "clone", {"README.md": "x\n"})
    commit = repositories.git(clone, "rev-parse", "HEAD")

    class Installed:
        def read_text(self, name: str) -> str | None:
            return json.dumps({"url": clone.as_uri(), "dir_info": {"editable": True}})

    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Installed())
    assert origin.installed() == Origin(f"protocols @ git+file://{clone}@{commit}", str(clone), commit)
    assert origin.installed().is_local
    repositories.git(clone, "remote", "add", "origin", "git@github.com:acme/protocols.git")
    assert origin.installed() == Origin(f"protocols @ git+{GITHUB}.git@{commit}", f"{GITHUB}.git", commit)
    assert origin.installed().action == f"acme/protocols@{commit}"


SECRETS = [
    ("https://me:token@github.com/acme/protocols", GITHUB),
    ("https://token@git.example:8443/p.git", "https://git.example:8443/p.git"),
    ("ssh://git@github.com/acme/protocols", GITHUB),
    ("git@git.example:acme/protocols.git", "git@git.example:acme/protocols.git"),
    ("/srv/protocols", "/srv/protocols"),
]


@pytest.mark.parametrize(("url", "wanted"), SECRETS, ids=[row[0] for row in SECRETS])
def test_no_secret_gets_into_a_file(url: str, wanted: str) -> None:
    assert without_secrets(url) == wanted
