"""Whether a run has passed: the verdict over a report."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from protocols.problems import Severity
from protocols.report.findings import Findings
from protocols.report.report import Report
from protocols.violations import counted

Outcome: TypeAlias = Report | Findings
"""What came of a run: a report about events, or findings in plan files."""

FAIL_ON = ("error", "warning", "note", "never")
"""From which severity on a problem fails the run."""


class Verdict(NamedTuple):
    """How a run ended. `failing` counts the problems at or above `fail_on`; `exit_code` is 0, 1, 3 or 4.

    `incomplete` says in a clause why the run cannot vouch for its input; such a run never passes.
    """

    fail_on: str
    exit_code: int
    failing: int
    incomplete: str | None = None

    @property
    def passed(self) -> bool:
        return self.exit_code == 0


def judge(outcome: Outcome, fail_on: str = "error", *, allow_empty: bool = False) -> Verdict:
    """The verdict: 3 where a plan is wrong, 4 where events could not be read or there were none, 1 where problems fail the
    run, else 0."""
    failing = _failing(outcome, fail_on)
    if isinstance(outcome, Findings):
        if outcome.mistakes:
            return Verdict(fail_on, 3, failing, f"{counted(outcome.mistakes, 'mistake')} in the plan")
    elif outcome.faults:
        return Verdict(fail_on, 4, failing, "some events could not be read")
    elif not outcome.count and not allow_empty:
        return Verdict(fail_on, 4, failing, "there was no event to check")
    return Verdict(fail_on, 1 if failing else 0, failing)


def _failing(outcome: Outcome, fail_on: str) -> int:
    if fail_on == "never":
        return 0
    return sum(count for severity, count in outcome.by_severity.items() if Severity[severity] >= Severity[fail_on])
