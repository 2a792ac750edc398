"""Whether a run has passed: the verdict over a report, and the clause that says why.

The last of the steps that decide (`settle` has the others): of the violations that no waiver excuses and no baseline knows,
those at or above `fail_on` fail the run. Where a rate is agreed, errors do not fail it one by one: it fails when more than
this share of the events has one. The rate of one event holds for that event; the rate of all of them for their sum, the
events with a rate of their own included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from protocols.errors import UsageError
from protocols.problems import Severity
from protocols.report.expectations import EXPECTATIONS
from protocols.report.findings import Findings
from protocols.report.report import Group, Key, Report
from protocols.selector import Selector
from protocols.violations import counted, many, percent

Outcome: TypeAlias = Report | Findings
"""What came of a run: a report about events, or findings in plan files."""

FAIL_ON = ("error", "warning", "note", "never")
"""From which severity on a problem fails the run."""


class Rates(NamedTuple):
    """How large a share of the events may have errors: of all of them, and of those that a `Selector` means; the first that
    fits counts. A share is that of events with an error which is neither waived nor known."""

    overall: Fraction | None = None
    events: Mapping[str, Fraction] = {}

    def of(self, key: Key) -> Fraction | None:
        fitting = (rate for of, rate in zip(self.selectors, self.events.values(), strict=True) if of.fits(key.call, key.event))
        return next(fitting, None)

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """Whose rates there are. Raises UsageError where one is of nothing that can come."""
        return tuple(map(_selector, self.events))

    def go_with(self, fail_on: str) -> None:
        """Raises UsageError where warnings would fail a run that lets errors pass."""
        if (self.selectors or self.overall is not None) and fail_on in ("warning", "note"):
            raise UsageError(f"a violation rate counts events with errors; it goes with --fail-on error, not with {fail_on}")


@lru_cache(1024)
def _selector(events: str) -> Selector:
    return Selector.parse(events, "--max-violation-rate")


class Verdict(NamedTuple):
    """How a run ended. `failing` counts the problems that fail it; `exit_code` is 0, 1, 3 or 4.

    `incomplete` says in a clause why the run cannot vouch for its input; such a run never passes. `why` is the clause that
    says why the run has passed or failed: `3 new violations of severity error in 2 groups; 120 known`.
    """

    fail_on: str
    exit_code: int
    failing: int
    incomplete: str | None = None
    why: str = ""

    @property
    def passed(self) -> bool:
        return self.exit_code == 0


def judge(outcome: Outcome, fail_on: str = "error", *, rates: Rates | None = None, allow_empty: bool = False) -> Verdict:
    """The verdict: 3 where a plan is wrong, 4 where events could not be read or there were none, 1 where problems fail the
    run, else 0. Raises UsageError for rates beside a `fail_on` that they do not go with."""
    agreed = rates or Rates()
    agreed.go_with(fail_on)
    failing = _failing(outcome, fail_on, agreed)
    if isinstance(outcome, Findings):
        if outcome.mistakes:
            return _incomplete(fail_on, 3, failing, f"{counted(outcome.mistakes, 'mistake')} in the plan")
    elif outcome.faults:
        return _incomplete(fail_on, 4, failing, "some events could not be read")
    elif not outcome.count and not allow_empty:
        return _incomplete(fail_on, 4, failing, "there was no event to check")
    exceeded = list(_exceeded(outcome, agreed)) if isinstance(outcome, Report) and fail_on != "never" else []
    failed = bool(failing or exceeded)
    why = "; ".join(_failed(outcome, fail_on, failing, exceeded) if failed else _passed(outcome, fail_on, agreed))
    return Verdict(fail_on, int(failed), failing, why=why)


def _incomplete(fail_on: str, exit_code: int, failing: int, why: str) -> Verdict:
    return Verdict(fail_on, exit_code, failing, why, why)


def _failing(outcome: Outcome, fail_on: str, rates: Rates) -> int:
    """How many problems fail the run one by one; beside a rate of all events, those alone that are in no event."""
    if fail_on == "never":
        return 0
    if isinstance(outcome, Findings):
        return sum(count for severity, count in outcome.by_severity.items() if Severity[severity] >= Severity[fail_on])
    if rates.overall is not None:
        return sum(problem.severity >= Severity[fail_on] for problem in outcome.of_the_run)
    counts = sum(count for (_, severity, _), count in outcome.problems.items() if severity >= Severity[fail_on])
    if outcome.settled is not None:
        for excused in (outcome.settled.known, outcome.settled.suppressed):
            counts -= sum(count for (_, severity, _), count in excused.items() if severity >= Severity[fail_on])
    rated = sum(group.count for group in _new_errors(outcome) if rates.of(group.key) is not None)
    return counts - rated


def _new_errors(report: Report) -> Iterator[Group]:
    """Those in events: what a run as a whole lacks is no share of anything."""
    new = (group for group in report.groups if group.state == "new" and group.severity is Severity.error)
    return (group for group in new if group.id not in EXPECTATIONS)


# -- rates


class _Share(NamedTuple):
    """How many events of how many have errors that are neither known nor waived; `is_part` where some are."""

    bad: int
    total: int
    is_part: bool
    of: str

    def exceeds(self, rate: Fraction) -> bool:
        return self.bad > rate * self.total

    def said(self, rate: Fraction) -> str:
        """`1,005 of 20,000 events (5.0%) have errors, at most 3% may`."""
        share = f"{self.bad:,} of {self.total:,} {self.of} ({percent(self.bad, self.total)})"
        return f"{share} have {'new ' if self.is_part else ''}errors, at most {as_percent(rate)} may"


def _exceeded(report: Report, rates: Rates) -> Iterator[str]:
    """The shares that are too large, that of all events first, then by event as the report has them."""
    if rates.overall is not None and (share := _share(report)).exceeds(rates.overall):
        yield share.said(rates.overall)
    if not rates.events:
        return
    for key in dict.fromkeys(traffic.key._replace(version=None) for traffic in report.traffic):
        rate = rates.of(key)
        if rate is not None and (share := _share(report, key)).exceeds(rate):
            yield share.said(rate)


def _share(report: Report, of: Key | None = None) -> _Share:
    """The share of all events, or of those of one call and name."""
    traffic = [entry for entry in report.traffic if of is None or entry.key[:2] == of[:2]]
    errors = (group for group in report.groups if group.severity is Severity.error and (of is None or group.key[:2] == of[:2]))
    is_part = any(group.state != "new" for group in errors)
    return _Share(sum(entry.fresh for entry in traffic), sum(entry.count for entry in traffic), is_part, _whose(of))


def _whose(key: Key | None) -> str:
    """`events`, `Order Completed events`, `identify calls`."""
    if key is None or key.call is None:
        return "events"
    return f"{Selector(key.call, key.event)} {'calls' if key.event is None else 'events'}"


def as_percent(rate: Fraction) -> str:
    """`0.5%`."""
    return f"{float(rate * 100):.10g}%"


# -- clauses

_MOST_EXCEEDED = 3


def _failed(outcome: Outcome, fail_on: str, failing: int, exceeded: list[str]) -> Iterator[str]:
    if failing:
        above = "" if fail_on == "error" else " or above"
        if isinstance(outcome, Findings):
            yield f"{many(failing, 'finding')} of severity {fail_on}{above}"
        elif outcome.settled is None or not outcome.settled.baseline:
            yield f"{many(failing, 'violation')} of severity {fail_on}{above}"
        else:
            groups = sum(group.state == "new" and group.severity >= Severity[fail_on] for group in outcome.groups)
            where = f" in {many(groups, 'group')}" if groups else ""  # what is folded is in none
            yield f"{many(failing, 'new violation')} of severity {fail_on}{above}{where}"
    yield from exceeded[:_MOST_EXCEEDED]
    if len(exceeded) > _MOST_EXCEEDED:
        yield f"so it is with {many(len(exceeded) - _MOST_EXCEEDED, 'more event')}"
    yield from _excused(outcome)


def _passed(outcome: Outcome, fail_on: str, rates: Rates) -> Iterator[str]:
    if fail_on == "never":
        yield "with --fail-on never nothing fails the run"
        return
    if isinstance(outcome, Report) and rates.overall is not None and outcome.invalid:
        yield _share(outcome).said(rates.overall)
        yield from _excused(outcome)
        return
    above = "" if fail_on == "error" else " or above"
    if isinstance(outcome, Findings):
        yield f"no finding of severity {fail_on}{above}"
    else:
        kind = "new violation" if outcome.settled is not None and outcome.settled.baseline else "violation"
        rest = " beyond the agreed rates" if rates.events and any(rates.of(group.key) is not None for group in _new_errors(outcome)) else ""
        yield f"no {kind} of severity {fail_on}{above}{rest}"
    if isinstance(outcome, Findings):
        lesser = bool(outcome.by_severity)
    else:
        lesser = any(group.state == "new" and group.severity < Severity[fail_on] for group in outcome.groups)
    if lesser:
        yield "lesser ones do not fail the run"
    yield from _excused(outcome)


def _excused(outcome: Outcome) -> Iterator[str]:
    if isinstance(outcome, Report) and outcome.settled is not None:
        if outcome.settled.baseline:
            yield f"{outcome.known:,} known"
        if outcome.suppressed:
            yield f"{outcome.suppressed:,} waived"
