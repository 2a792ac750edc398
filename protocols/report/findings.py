"""What was found in plan files: every problem by itself, with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import msgspec

from protocols.problems import Problem, Severity

MISTAKES = "plan"
"""The family of what makes a plan wrong, so that nothing else was looked at in it."""


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """Problems of plan files, in the order of the files, lines and columns.

    `explained` has what the rules among their ids ask for, in one sentence and in full: `{id: (meaning, documentation)}`.
    `files` are those that were looked at, of which `alone` are parts whose plan was not named; `beside` are those that they
    extend and that were not looked at. `texts` holds what stands in a
    file, by its name. `silenced` counts what comments silence; of the problems, `fixable` can be put right by the tool, and
    `fixed` were before these.
    """

    problems: tuple[Problem, ...]
    files: tuple[str, ...]
    texts: Mapping[str, str] = {}
    explained: Mapping[str, tuple[str, str]] = {}
    beside: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    silenced: int = 0
    fixable: int = 0
    fixed: int = 0

    @property
    def mistakes(self) -> int:
        """How many mistakes make plans wrong."""
        return sum(problem.family == MISTAKES for problem in self.problems)

    @property
    def by_severity(self) -> dict[str, int]:
        """Severity -> problems, the worst first."""
        counts = Counter(problem.severity for problem in self.problems)
        return {str(severity): counts[severity] for severity in sorted(Severity, reverse=True) if severity in counts}

    @property
    def by_id(self) -> dict[str, int]:
        """Id -> problems, by name."""
        return dict(sorted(Counter(problem.id for problem in self.problems).items()))
