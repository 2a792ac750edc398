"""The hooks of `pre-commit`: the plan is linted and sample events are checked before each commit."""

from __future__ import annotations

from pathlib import Path

from protocols.starter.part import Start, shell, yaml_text

ABOUT = "lints the plan and checks the sample events before each commit"


def path(start: Start) -> Path:
    return start.root / ".pre-commit-config.yaml"


def text(start: Start) -> str:
    return "repos:\n" + _hooks(start)


def addition(start: Start, there: str) -> str | None:
    return None if "protocols-lint" in there else _hooks(start)


def _hooks(start: Start) -> str:
    if start.origin.url is None:
        return "  - repo: local\n    hooks:\n" + "".join(_local(start, command) for command in start.checks)
    hooks = (f"      - id: protocols-{name}\n        args: [{', '.join(map(yaml_text, args))}]\n" for _, name, *args in start.checks)
    return f"  - repo: {yaml_text(start.origin.url)}\n    rev: {yaml_text(start.origin.rev or '')}\n    hooks:\n{''.join(hooks)}"


def _local(start: Start, command: list[str]) -> str:
    """A hook that is written out, where there is no repository to take it from."""
    return (
        f"      - id: protocols-{command[1]}\n"
        f"        name: protocols {command[1]}\n"
        f"        entry: {shell(command)}\n"
        f"        language: python\n"
        f"        additional_dependencies: [{yaml_text(start.origin.requirement)}]\n"
        f"        files: \\.(ya?ml|jsonl|toml)$\n"
        f"        pass_filenames: false\n"
    )
