"""What a part is, and what it has to know of the repository that it is for."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from protocols.starter.origin import Origin

USUAL_PLAN = "tracking-plan.yaml"
SAMPLES = "sample-events.jsonl"
FAIL_ON = "warning"
"""What stops a commit: findings are shown only where a hook fails, so that lesser ones would never be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """`folder` gets the plan; `root`, an absolute path, is the repository around it or the folder itself. `plan` is the name of the plan's
    file in the folder, which is there already where `keeps_plan` says so; `extends` are bundled plans; `origin` says where
    others install this tool from.
    """

    folder: Path
    root: Path
    name: str
    extends: tuple[str, ...]
    origin: Origin
    plan: str = USUAL_PLAN
    keeps_plan: bool = False

    def from_root(self, name: str) -> str:
        """The path of a file in the folder as it is seen from the root, with `/`."""
        return posixpath.join(*self.folder.resolve().relative_to(self.root).parts, name)

    @property
    def checks(self) -> list[list[str]]:
        """The commands that hooks and CI run in the root."""
        plan = self.from_root(self.plan)
        return [
            ["protocols", "lint", plan, "--fail-on", FAIL_ON],
            ["protocols", "validate", self.from_root(SAMPLES), "--plan", plan],
        ]


class Part(Protocol):
    """A module of this room that writes one file."""

    ABOUT: str
    """What the file is for."""

    def path(self, start: Start) -> Path:
        """Where it goes."""

    def text(self, start: Start) -> str:
        """What it holds."""

    def addition(self, start: Start, there: str) -> str | None:
        """What has to be added to the text that is there already; None where nothing has to be."""


def yaml_text(text: str) -> str:
    """A text as a YAML scalar, with quotes where it needs them."""
    is_plain = re.fullmatch(r"(?:--)?[A-Za-z_./][\w./@=+-]*(?:://[\w./@=+-]*)?", text, re.ASCII) and text.lower() not in _WORDS
    return text if is_plain else json.dumps(text, ensure_ascii=False)


_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", ".nan", ".inf"})


def shell(command: Sequence[str]) -> str:
    """A command as a YAML scalar that a shell reads."""
    line = shlex.join(command)
    return line if _IS_PLAIN_COMMAND.fullmatch(line) else json.dumps(line, ensure_ascii=False)


_IS_PLAIN_COMMAND = re.compile(r"[a-z][\w ./@=+-]*", re.ASCII)
