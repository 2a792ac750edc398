"""What came of a run. Many problems of many events are folded into one page: `Builder` collects, `Report` is the frozen
result. `Findings` in plan files stand each by itself. `settle` tells what is new from what is known or waived, `judge` whether
a run has passed."""

from __future__ import annotations

from protocols.report.baseline import BASELINE, Baseline, Entry, baseline_of
from protocols.report.builder import Builder, merge
from protocols.report.findings import Findings
from protocols.report.gate import FAIL_ON, Outcome, Rates, Verdict, judge
from protocols.report.report import About, Group, Input, PlanFile, Planned, Report, Sample, Seen, Traffic, first_to_mend
from protocols.report.settle import Settled, excuses, settle
from protocols.report.waivers import Unused, Waiver

__all__ = [
    "BASELINE",
    "FAIL_ON",
    "About",
    "Baseline",
    "Builder",
    "Entry",
    "Findings",
    "Group",
    "Input",
    "Outcome",
    "PlanFile",
    "Planned",
    "Rates",
    "Report",
    "Sample",
    "Seen",
    "Settled",
    "Traffic",
    "Unused",
    "Verdict",
    "Waiver",
    "baseline_of",
    "excuses",
    "first_to_mend",
    "judge",
    "merge",
    "settle",
]
