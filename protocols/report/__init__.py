"""Many problems of many events, folded into one page: `Builder` collects, `Report` is the frozen result."""

from __future__ import annotations

from protocols.report.gate import FAIL_ON, Verdict, judge
from protocols.report.report import About, Builder, Group, Input, PlanFile, Planned, Report, Sample, Seen, Traffic, merge

__all__ = [
    "FAIL_ON",
    "About",
    "Builder",
    "Group",
    "Input",
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
