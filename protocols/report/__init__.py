"""What came of a run. Many problems of many events are folded into one page: `Builder` collects, `Report` is the frozen
result. `Findings` in plan files stand each by itself."""

from __future__ import annotations

from protocols.report.findings import Findings
from protocols.report.gate import FAIL_ON, Outcome, Verdict, judge
from protocols.report.report import About, Builder, Group, Input, PlanFile, Planned, Report, Sample, Seen, Traffic, merge

__all__ = [
    "FAIL_ON",
    "About",
    "Builder",
    "Findings",
    "Group",
    "Input",
    "Outcome",
    "PlanFile",
    "Planned",
    "Report",
    "Sample",
    "Seen",
    "Traffic",
    "Verdict",
    "judge",
    "merge",
]
