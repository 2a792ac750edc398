"""What decides over a run, as it comes from the command line and the settings together."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from protocols.cli.exits import tell
from protocols.cli.options import in_ci, listed
from protocols.cli.parameters import Refused
from protocols.config import ValidateConfig
from protocols.config.kinds import A_SHARE, SEVERITIES, day_of, rate_of
from protocols.config.reader import one_of
from protocols.errors import UsageError
from protocols.names import nearest
from protocols.problems import Severity
from protocols.report import BASELINE, Baseline, Report
from protocols.report.baseline import dump, load
from protocols.violations import FAMILIES, KINDS, UNCHECKED, many
from protocols.weights import kinds_of, unknown


def over(config: ValidateConfig, **said: Any) -> ValidateConfig:
    """The settings with what was said on the command line, which wins; None was not said."""
    return replace(config, **{name: value for name, value in said.items() if value is not None})


# -- what is a violation


def scope(config: ValidateConfig, select: list[str] | None, ignore: list[str] | None, severity: list[str] | None) -> dict[str, Any]:
    """`select` and `ignore` take the place of the settings', severities are laid over them. Raises UsageError."""
    for name, values in (("select", select), ("ignore", ignore), ("severity", severity)):
        if values and not listed(values):
            raise UsageError(f"--{name} names nothing; give it an id such as naming/event-name-case, or leave it out")
    levels = dict(map(_level, listed(severity)))
    others = {name: level for name, level in config.severity.items() if not any(_says_of(said, name) for said in levels)}
    return {"select": tuple(listed(select)) or None, "ignore": tuple(listed(ignore)) or None, "severity": others | levels}


def _says_of(said: str, name: str) -> bool:
    return said == name or (said in FAMILIES and name.partition("/")[0] == said)


def _level(text: str) -> tuple[str, Severity]:
    """`naming=note`. Raises UsageError."""
    name, _, level = text.partition("=")
    if wrong := unknown(name):
        raise UsageError(f"--severity {text}: {wrong}")
    if level not in SEVERITIES:
        near = nearest(level, SEVERITIES)
        raise UsageError(f"--severity {text}: write {name}= and {one_of(SEVERITIES)}{f'; did you mean {near}?' if near else ''}")
    return name, Severity[level]


def switched_off(severities: Mapping[str, Severity]) -> list[str]:
    """The ids that a run does not look at. Raises UsageError where nothing is left to look for."""
    off = [id for name, level in severities.items() if level is Severity.off for id in kinds_of(name)]
    if KINDS.keys() - UNCHECKED <= set(off):
        raise UsageError("nothing is left to look for: select and ignore switch off every check that can be; take one of them back")
    return off


# -- rates


def rates(config: ValidateConfig, said: list[str] | None) -> dict[str, Any]:
    """`0.5%` for all events, `Order Completed=0%` for one. Raises UsageError."""
    overall: Fraction | None = None
    events: dict[str, Fraction] = {}
    for text in said or ():
        event, equals, share = text.rpartition("=")
        rate = rate_of(share)
        if rate is None or (equals and not event.strip()):
            raise UsageError(f'--max-violation-rate {text}: it should be {A_SHARE}, or one of an event such as "Order Completed=0%"')
        if (event in events) if equals else (overall is not None):
            raise UsageError(
                f"--max-violation-rate {text}: there is one {f'of {event}' if equals else 'of all events'} already; give it once"
            )
        if equals:
            events[event] = rate
        else:
            overall = rate
    others = {event: rate for event, rate in config.max_violation_rates.items() if event not in events}
    return {"max_violation_rate": overall, "max_violation_rates": {**events, **others}}


# -- waivers


def a_day(text: str | None) -> str | None:
    """A check for an option that is a day."""
    if text is not None and day_of(text) is None:
        raise Refused(f"{text!r} is no day such as 2027-01-31")
    return text


def day(said: str | None) -> datetime.date:
    """The day that a run takes place on, wherever its machine stands."""
    return (day_of(said) if said else None) or datetime.datetime.now(datetime.timezone.utc).date()


# -- the baseline


def baseline_file(config: ValidateConfig, said: str | None, *, off: bool = False) -> str | None:
    """Where the baseline is, None where there is none: `--baseline FILE`, `--baseline`, or what the settings say."""
    if off and said is not None:
        raise UsageError("--baseline and --no-baseline exclude each other; give one of the two")
    settled = config.baseline or None
    if off:
        return None
    return settled if said is None else said or settled or BASELINE


def read_baseline(file: str) -> Baseline:
    """The baseline in a file. Raises UsageError where there is none."""
    try:
        return load(Path(file).read_text(encoding="utf-8"), file)
    except FileNotFoundError:
        raise UsageError(f"there is no baseline {file}; protocols baseline writes one") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no baseline: it is no text; protocols baseline writes one") from None
    except OSError as error:
        raise UsageError(f"the baseline {file} cannot be read ({error.strerror})") from None


def write_baseline(file: str, baseline: Baseline) -> None:
    try:
        Path(file).write_text(dump(baseline), encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"the baseline {file} cannot be written ({error.strerror})") from None


def shrink(file: str, baseline: Baseline, report: Report, *, update: bool | None, quiet: bool) -> None:
    """Take what is healed out of the file, so that it cannot come back unseen.

    In CI only where it is asked for: a checkout that changes under a build surprises, and what it writes is thrown away.
    """
    healed: Sequence[Any] = report.settled.healed if report.settled is not None else ()
    if not healed:
        return
    updates = not in_ci() if update is None else update
    if updates:
        write_baseline(file, baseline.without(healed))
    if not quiet:
        what = many(len(healed), "healed violation")
        shrunk = f"{file} has shrunk by {what}; commit it"
        tell(f"notice: {shrunk if updates else f'{file} still knows {what}; --update-baseline takes out what is healed'}")
