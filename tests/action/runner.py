"""As much of GitHub's runner as a composite action needs: expressions in `env` and `if`, and the files that steps write to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import repositories
import yaml
from repositories import environment, needed

ACTION: dict[str, Any] = yaml.load((repositories.CHECKOUT / "action.yml").read_text("utf-8"), Loader=yaml.BaseLoader)
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}

_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


class Done(NamedTuple):
    """What a step did: its exit code, its log, its outputs and its summary."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


def inputs(**given: str) -> dict[str, str]:
    """The inputs of the action, those that are not given by their defaults."""
    named = {name.replace("_", "-"): value for name, value in given.items()}
    assert named.keys() <= ACTION["inputs"].keys()
    return {name: named.get(name, row["default"]) for name, row in ACTION["inputs"].items()}


def run_step(name: str, folder: Path, temp: Path, context: Mapping[str, str]) -> Done:
    """Run the script of one step in `folder`. `context` holds the values of expressions: `inputs.plan`, `github.action_path`."""
    step = STEPS[name]
    files = {key: temp / f"{name}.{key}" for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")}
    for file in files.values():
        file.write_text("")
    script = temp / "script.sh"
    script.write_text(step["run"], encoding="utf-8")
    variables = {key: _EXPRESSION.sub(lambda found: context[found[1]], value) for key, value in step["env"].items()}
    env = environment(
        CI="true", GITHUB_ACTIONS="true", RUNNER_TEMP=str(temp), **{key: str(file) for key, file in files.items()}, **variables
    )
    env.pop("PYTHONPATH", None)
    done = repositories.run([needed("bash"), "--noprofile", "--norc", "-eo", "pipefail", str(script)], folder, env)
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text("utf-8").splitlines())
    return Done(done.returncode, done.stdout + done.stderr, outputs, files["GITHUB_STEP_SUMMARY"].read_text("utf-8"))
