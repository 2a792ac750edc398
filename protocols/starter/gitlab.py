"""A job of GitLab's pipelines."""

from __future__ import annotations

from pathlib import Path

from protocols.starter.part import Start, shell

ABOUT = "does the same in CI"


def path(start: Start) -> Path:
    return start.root / ".gitlab-ci.yml"


def text(start: Start) -> str:
    script = (["pip", "install", start.origin.requirement], *start.checks)
    return "tracking plan:\n  image: python:3.13\n  script:\n" + "".join(f"    - {shell(command)}\n" for command in script)


def addition(start: Start, there: str) -> str | None:
    return None if "protocols validate" in there else text(start)
