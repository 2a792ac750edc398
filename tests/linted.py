"""What lint says of plan texts, as lines to assert whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from protocols.rules import RULES
from protocols.rules.fix import Fixed, fix
from protocols.rules.rule import HEAD
from protocols.rules.run import lint
from protocols.rules.selection import active_rules


def whole(text: str) -> str:
    """A plan text; the lines every plan needs may be left out."""
    return text if "protocols: 1\n" in text else HEAD + text


def found(text: str, *rules: str) -> list[str]:
    """`line:column severity message [rule]` for each finding in a plan; `rules` are those that run, by default all."""
    return [said.removeprefix("plan.yaml:") for said in found_in({"plan.yaml": whole(text)}, ["plan.yaml"], *rules)]


def found_in(files: Mapping[str, str], looked_at: Sequence[str], *rules: str) -> list[str]:
    """The same for several files, of which those in `looked_at` are looked at."""
    active = active_rules(select=rules or list(RULES))
    with _there(files):
        findings = lint(looked_at, active).findings
    return [f"{p.file}:{p.line}:{p.column} {p.severity} {p.message} [{p.id.removeprefix('lint/')}]" for p in findings.problems]


def fixed(files: Mapping[str, str], *rules: str) -> tuple[dict[str, str], Fixed]:
    """What the files hold after all fixes, and the rest."""
    with _there(files):
        result = fix(sorted(files), active_rules(select=rules or list(RULES)))
    return {**files, **result.texts}, result


class _there:
    """A folder with these files is the working directory."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def __enter__(self) -> None:
        self.before = Path.cwd()
        self.folder = tempfile.TemporaryDirectory()
        os.chdir(self.folder.name)
        for name, text in self.files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(text.encode())

    def __exit__(self, *_: object) -> None:
        os.chdir(self.before)
        self.folder.cleanup()
