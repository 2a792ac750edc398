"""A workflow of GitHub Actions: with this repository's action, or with pip where GitHub does not have it."""

from __future__ import annotations

from pathlib import Path

from protocols.starter.part import FAIL_ON, SAMPLES, Start, shell, yaml_text

ABOUT = "does the same in CI"

_HEAD = """\
name: tracking plan

on:
  push:
    branches: [main, master]
  pull_request:

permissions:
  contents: read

jobs:
  tracking-plan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
"""

_ACTION = """\
      - uses: {action}
        with:
          plan: {plan}
          events: {events}
          lint: true
          lint-fail-on: {fail_on}
"""

_PYTHON = """\
      - uses: actions/setup-python@v6
        with:
          python-version: "3.13"
"""


def path(start: Start) -> Path:
    return start.root / ".github" / "workflows" / "tracking-plan.yml"


def text(start: Start) -> str:
    if start.origin.action is not None:
        plan, samples = start.from_root(start.plan), start.from_root(SAMPLES)
        values = {"plan": plan, "events": samples, "fail_on": FAIL_ON, "action": start.origin.action}
        return _HEAD + _ACTION.format(**{key: yaml_text(value) for key, value in values.items()})
    commands = (["pip", "install", start.origin.requirement], *start.checks)
    return _HEAD + _PYTHON + "".join(f"      - run: {shell(command)}\n" for command in commands)


def addition(start: Start, there: str) -> str | None:
    return None
