"""What a rule is, and what it finds."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

from protocols.positions import Position
from protocols.problems import Severity

if TYPE_CHECKING:
    from protocols.rules.subject import Subject

HEAD = "protocols: 1\nplan: example\nversion: 1\n"
"""What every plan begins with, and examples leave out."""


class Edit(NamedTuple):
    """The scalar that begins at `at` and is `old` becomes `new`; how it is quoted stays."""

    at: Position
    old: str
    new: str


class Finding(NamedTuple):
    """Something a rule has found at a place in a file: what is wrong, then what to do.

    `edits` put it right. They hold together: all of them are made or none.
    """

    at: Position
    message: str
    hint: str | None = None
    edits: tuple[Edit, ...] = ()


def seen_from(at: Position, other: Position) -> str:
    """How a message at one place calls another: `line 12` in the same file, `other.yaml:12` in another one."""
    return f"line {other.line}" if other.file == at.file else f"{other.file}:{other.line}"


class Check(Protocol):
    """A module of this room with a rule. Its docstring says what the rule asks for and why it matters.

    `EXAMPLE` is a plan without its `HEAD`. Each of its faulty lines ends in `# ! <hint>`, or `# ! <message>` where there
    is no hint.
    """

    __doc__: str | None
    EXAMPLE: str

    def check(self, subject: Subject) -> Iterator[Finding]:
        """What the rule finds in one plan. Findings in files that were not asked for are dropped, as are equal ones."""


class Rule(NamedTuple):
    """A row of `RULES`: the module of the rule, how much its findings weigh, and whether it runs without being asked to.

    With `in_all` a finding in a file that belongs to several plans holds only where it is one in all of them.
    """

    check: Check
    severity: Severity
    on: bool = True
    in_all: bool = False

    @property
    def meaning(self) -> str:
        """What the rule asks for, in one line."""
        return _documentation(self.check).partition("\n")[0]

    @property
    def documentation(self) -> str:
        """What the rule asks for and why it matters."""
        return _documentation(self.check)

    @property
    def example(self) -> str:
        """A plan without its `HEAD`, faulty lines marked."""
        return textwrap.dedent(self.check.EXAMPLE).strip("\n") + "\n"


def _documentation(check: Check) -> str:
    return textwrap.dedent(check.__doc__ or "").strip()
