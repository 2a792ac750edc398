"""What waivers and a baseline make of a report: which of its violations are new.

The order is that of `validate`: severities, `select` and `ignore` have settled what is a violation before there was a
report. Of the violations that are left, a waiver excuses some, a baseline knows others, and only the rest, the new ones,
can fail the run. None of it makes an event valid: an event with a known error is counted as invalid, as it is.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set

import msgspec
from msgspec.structs import replace

from protocols.problems import Problem, Severity
from protocols.report.baseline import Baseline, Entry, healed
from protocols.report.report import Group, Key, Report, Spot
from protocols.report.waivers import Unused, Waiver, unused

NEW, KNOWN, SUPPRESSED = "new", "known", "suppressed"


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """`known` and `suppressed` count violations by (id, severity, call), as `Report.problems` does.

    `baseline` says whether there was one; `ungrouped` are the keys of which it knows what belongs to no group. `healed` are its
    entries that are gone though their event was seen, `unused` the waivers that excused nothing.
    """

    known: Mapping[tuple[str, Severity, str | None], int]
    suppressed: Mapping[tuple[str, Severity, str | None], int]
    baseline: bool = False
    ungrouped: Set[tuple[str, Severity, str | None]] = frozenset()
    healed: tuple[Entry, ...] = ()
    unused: tuple[Unused, ...] = ()


class Excuses(msgspec.Struct, frozen=True):
    """Tells of a problem, when it is found, whether it is waived or known; picklable."""

    waivers: tuple[Waiver, ...]
    baseline: Baseline | None

    def __call__(self, spot: Spot) -> bool:
        return _state(spot, self.waivers, self.baseline)[0] != NEW

    def state(self, problem: Problem) -> str:
        """What `settle` will say of the group of a problem; the two agree, since neither looks at what a group counts."""
        return _state(Spot(problem, Key(problem.call, problem.event, problem.version)), self.waivers, self.baseline)[0]


def excuses(*, today: datetime.date, waivers: Sequence[Waiver] = (), baseline: Baseline | None = None) -> Excuses | None:
    """What a builder needs, so that `Traffic.fresh` leaves out what `settle` will excuse; None where there is nothing."""
    holding = tuple(waiver for waiver in waivers if not waiver.expired(today))
    return Excuses(holding, baseline) if holding or baseline is not None else None


def settle(
    report: Report,
    *,
    today: datetime.date,
    waivers: Sequence[Waiver] = (),
    baseline: Baseline | None = None,
    off: Iterable[str] = (),
) -> Report:
    """The report with the state of each group. `off` are ids that the run did not look at, and that are not healed therefore.

    `today` settles which waivers still hold; nothing else in a report depends on the day.
    """
    if not waivers and baseline is None:
        return report
    holding = [waiver for waiver in waivers if not waiver.expired(today)]
    groups = tuple(_settled(group, holding, baseline) for group in report.groups)
    suppressed = _counts(group for group in groups if group.state == SUPPRESSED)
    known = _counts(group for group in groups if group.state == KNOWN)
    ungrouped = {key: count for key, count in report.ungrouped.items() if baseline is not None and baseline.knows_all(key[0], key[2])}
    known.update(ungrouped)
    settled = Settled(
        known=known,
        suppressed=suppressed,
        baseline=baseline is not None,
        ungrouped=frozenset(ungrouped),
        healed=healed(baseline, report, off) if baseline is not None and not report.left_out else (),
        unused=tuple(unused(waivers, report.groups, today, off, is_part=bool(report.left_out))),
    )
    return replace(report, groups=groups, settled=settled)


def _settled(group: Group, waivers: Sequence[Waiver], baseline: Baseline | None) -> Group:
    state, waiver = _state(group, waivers, baseline)
    return replace(group, state=state, waiver=waiver)


def _state(spot: Group | Spot, waivers: Sequence[Waiver], baseline: Baseline | None) -> tuple[str, Waiver | None]:
    """The state, and the first waiver that excuses it."""
    for waiver in waivers:
        if waiver.covers(spot):
            return SUPPRESSED, waiver
    return (KNOWN if baseline is not None and baseline.knows(spot) else NEW), None


def _counts(groups: Iterable[Group]) -> Counter[tuple[str, Severity, str | None]]:
    counts: Counter[tuple[str, Severity, str | None]] = Counter()
    for group in groups:
        counts[group.id, group.severity, group.key.call] += group.count
    return counts
