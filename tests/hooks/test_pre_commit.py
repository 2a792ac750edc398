"""The hooks of this repository, installed and run by the real `pre-commit` in real repositories."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import repositories
import yaml
from repositories import environment, git, needed, released, repository, write

from protocols import cli

WEB = """\
protocols: 1
plan: web
version: 1
extends: [./shared/]
naming: {events: {case: title}}
events:
  Order Paid:
    description: Somebody paid.
    properties: {total: {ref: Money, required: true}}
"""
APP = """\
protocols: 1
plan: app
version: 1
extends: [./shared/]
events:
  Theme Picked: {description: Somebody chose a look., properties: {locale: {ref: Locale}}}
"""
SHARED = """\
protocols: 1
definitions:
  Money: {type: number, minimum: 0}
  Locale: {type: string, description: Language and country.}
"""
PAID = '{"type": "track", "event": "Order Paid", "userId": "u1", "properties": {"total": 20.5}}\n'

CONFIG = """\
repos:
  - repo: {hooks}
    rev: {commit}
    hooks:
      - id: protocols-lint
        args: [plans/, --fail-on, warning]
      - id: protocols-validate
        args: [samples/, --plan, plans/web.yaml]
"""

LINT = "lint the tracking plan"
VALIDATE = "check sample events against the tracking plan"


class Team(NamedTuple):
    """A repository with plans, and the environment in which its hooks are installed."""

    folder: Path
    env: dict[str, str]

    def hooks(self, *arguments: str) -> tuple[int, list[str]]:
        """Exit code and output of `pre-commit run`, without the dots between a hook's name and its verdict, and the counts."""
        done = repositories.run([needed("pre-commit"), "run", *arguments], self.folder, self.env)
        assert not done.stderr, done.stderr
        return done.returncode, [_verdict(line) for line in done.stdout.splitlines() if line.strip() and not _COUNTS.match(line)]


_COUNTS = re.compile(r"\d+ (?:event|file)s?[: ]|(?:Failed|Passed): ")
"""The last lines of a run, which are other tests' business."""


def _verdict(line: str) -> str:
    name, dots, verdict = line.partition("...")
    return f"{name}: {verdict.lstrip('.')}" if dots else line


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """The configuration of the hooks, and an environment that has them; they are installed once."""
    repositories.needs_registries()
    home = tmp_path_factory.mktemp("pre-commit")
    env = environment(PRE_COMMIT_HOME=str(home / "cache"), PRE_COMMIT_COLOR="never")
    config = CONFIG.format(hooks=home / "hooks", commit=released(home / "hooks"))
    first = repository(home / "first", {".pre-commit-config.yaml": config})
    done = repositories.run([needed("pre-commit"), "install-hooks"], first, env)
    assert done.returncode == 0, done.stdout + done.stderr
    return config, env


@pytest.fixture
def team(tmp_path: Path, installed: tuple[str, dict[str, str]]) -> Team:
    config, env = installed
    files = {"plans/web.yaml": WEB, "plans/app.yaml": APP, "plans/shared/all.yaml": SHARED, "samples/paid.jsonl": PAID}
    return Team(repository(tmp_path / "team", {".pre-commit-config.yaml": config, "compose.yaml": "services: {}\n", **files}), env)


def changed(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        write(folder, {name: text.replace(old, new)})
        git(folder, "add", "--all")

    return change


COMMITS = [
    # a change that is right, in one of several files: definitions that only the other plan uses are not unused
    (changed("plans/app.yaml", "a look", "another look"), [f"{LINT}: Passed", f"{VALIDATE}: Passed"]),
    # a finding: it is told as lint tells it
    (
        changed("plans/web.yaml", "Order Paid:", "order paid:"),
        [
            f"{LINT}: Failed",
            "- hook id: protocols-lint",
            "- exit code: 1",
            "plans/web.yaml:7:3: warning: order paid is not Title Case [lint/event-name-case]",
            "     7 |   order paid:",
            "       |   ^^^^^^^^^^ rename it to Order Paid",
            f"{VALIDATE}: Failed",
            "- hook id: protocols-validate",
            "- exit code: 1",
            "error  order paid  naming/event-name-case",
            "  Order Paid is not spelled as in the plan",
            "  fix   rename it to order paid",
            "  seen  once, at samples/paid.jsonl:1",
            "  plan  plans/web.yaml:7:3",
        ],
    ),
    # of three files one is committed, and what it breaks stands in another one
    (
        changed("plans/shared/all.yaml", "  Locale:", "  Language:"),
        [
            f"{LINT}: Failed",
            "- hook id: protocols-lint",
            "- exit code: 3",
            "plans/app.yaml:6:82: error: there is no definition Locale [plan/unknown-ref]",
            "     6 |   Theme Picked: {description: Somebody chose a look., properties: {locale: {ref: Locale}}}",
            "       |                                                                                  ^^^^^^ write it under definitions",
            f"{VALIDATE}: Passed",
        ],
    ),
    # the plan is right and the samples are not any more
    (
        changed("plans/shared/all.yaml", "minimum: 0", "minimum: 100"),
        [
            f"{LINT}: Passed",
            f"{VALIDATE}: Failed",
            "- hook id: protocols-validate",
            "- exit code: 1",
            "error  Order Paid  value/out-of-range",
            "  properties.total should be at least 100, got number 20.5",
            "  seen  once, at samples/paid.jsonl:1",
            "  plan  plans/shared/all.yaml:3:25",
        ],
    ),
    # samples alone: the plan is not looked at
    (
        changed("samples/paid.jsonl", "20.5", '"20.5"'),
        [
            f"{LINT}: (no files to check)Skipped",
            f"{VALIDATE}: Failed",
            "- hook id: protocols-validate",
            "- exit code: 1",
            "error  Order Paid  type/wrong-type",
            '  properties.total should be a number, got string "20.5"',
            "  seen  once, at samples/paid.jsonl:1",
            "  plan  plans/shared/all.yaml:3:11",
        ],
    ),
    # YAML of other kinds may stand beside plans
    (changed("compose.yaml", "{}", "{web: {}}"), [f"{LINT}: Passed", f"{VALIDATE}: Passed"]),
]


@pytest.mark.parametrize(("change", "said"), COMMITS, ids=range(len(COMMITS)))
def test_commits(team: Team, change: Callable[[Path], None], said: list[str]) -> None:
    change(team.folder)
    code, lines = team.hooks()
    assert (lines, code) == (said, int(any("Failed" in line for line in said)))


def test_a_commit_is_stopped_and_what_is_not_staged_is_not_judged(team: Team) -> None:
    """Installed as the hook of git itself: a fault that is not part of the commit does not stop it, one that is does."""
    done = repositories.run([needed("pre-commit"), "install"], team.folder, team.env)
    assert done.returncode == 0, done.stdout + done.stderr
    changed("plans/app.yaml", "a look", "another look")(team.folder)
    write(team.folder, {"plans/web.yaml": WEB.replace("Order Paid", "order paid")})
    assert _commit(team).returncode == 0
    git(team.folder, "add", "--all")
    stopped = _commit(team)
    assert stopped.returncode == 1
    assert "plans/web.yaml:7:3: warning: order paid is not Title Case [lint/event-name-case]" in stopped.stderr.splitlines()


def _commit(team: Team) -> subprocess.CompletedProcess[str]:
    return repositories.run([needed("git"), "commit", "--quiet", "--message", "a step"], team.folder, team.env)


def test_a_deleted_part_is_noticed_by_the_run_over_all_files(team: Team) -> None:
    """pre-commit itself runs no hook for a commit that only deletes; CI does with --all-files."""
    git(team.folder, "rm", "--quiet", "-r", "plans/shared")
    assert team.hooks() == (0, [f"{LINT}: (no files to check)Skipped", f"{VALIDATE}: (no files to check)Skipped"])
    code, lines = team.hooks("--all-files")
    assert code == 1
    assert "plans/app.yaml:4:11: error: there is no file plans/shared [plan/missing-file]" in lines


def test_what_init_writes_runs(tmp_path: Path, installed: tuple[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository that began with `protocols init`: the hooks pass, and a mistake in the plan is found."""
    config, env = installed
    written = yaml.safe_load(config)["repos"][0]
    folder = repository(tmp_path / "shop", {"README.md": "A shop.\n"})
    monkeypatch.chdir(folder)
    assert cli.run(["init", "tracking plan", "--extends", "ecommerce", "--from", f"{written['repo']}@{written['rev']}"]) == 0
    git(folder, "add", "--all")
    team = Team(folder, env)
    assert team.hooks() == (0, [f"{LINT}: Passed", f"{VALIDATE}: Passed"])
    changed("tracking plan/tracking-plan.yaml", "Report Exported", "report exported")(folder)
    code, lines = team.hooks()
    assert code == 1
    assert "tracking plan/tracking-plan.yaml:21:3: warning: report exported is not Title Case [lint/event-name-case]" in lines


def test_the_configuration_of_the_hooks_is_valid() -> None:
    done = repositories.run([needed("pre-commit"), "validate-manifest", ".pre-commit-hooks.yaml"], repositories.CHECKOUT)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
