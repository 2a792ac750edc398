"""`protocols baseline`: record what is wrong today, so that new violations alone fail a run."""

from __future__ import annotations

import os
import sys
from typing import Annotated

from protocols.cli.exits import tell
from protocols.cli.gates import a_day, baseline_file, day, over, read_baseline, scope, write_baseline
from protocols.cli.options import events_or_default, in_ci, is_screen, keep_apart, plan_or_default
from protocols.cli.parameters import Argument, Option
from protocols.cli.progress import progress
from protocols.config import ValidateConfig, find_config, options
from protocols.errors import EventsError, UsageError
from protocols.report import BASELINE, Baseline, baseline_of, settle
from protocols.violations import many
from protocols.weights import weights

EXAMPLES = f"""\b
Examples:
  protocols baseline events.jsonl --plan plan.yaml       (writes {BASELINE})
  protocols baseline recordings/ -o known.yaml
  protocols baseline more.jsonl --add                    (keep what it holds, and add)
  protocols validate events.jsonl --baseline

A violation is known again by its id, call, event, version and pointer, never by its line or number. Whatever its severity,
it is recorded; what is ignored or waived is not.
"""

HELP = {name: row.meaning for name, row in options(ValidateConfig).items()}
"""What an option means, as the settings say it."""


def baseline(
    events: Annotated[
        list[str] | None, Argument(metavar="EVENTS", help="Files, folders, globs; - is standard input.", show_default=False)
    ] = None,
    plan: Annotated[str | None, Option(metavar="PLAN", help=HELP["plan"])] = None,
    output_file: Annotated[str | None, Option("--output", "-o", metavar="FILE", help=f"Write there instead of to {BASELINE}.")] = None,
    add: Annotated[bool, Option("--add", help="Keep what the file knows already, and add to it.")] = False,
    at: Annotated[str | None, Option(metavar="POINTER", help=HELP["at"])] = None,
    select: Annotated[list[str] | None, Option(metavar="IDS", help=HELP["select"])] = None,
    ignore: Annotated[list[str] | None, Option(metavar="IDS", help=HELP["ignore"])] = None,
    severity: Annotated[list[str] | None, Option(metavar="ID=LEVEL", help=HELP["severity"])] = None,
    today: Annotated[str | None, Option(metavar="DAY", callback=a_day, help="Judge waivers as on this day, such as 2027-01-31.")] = None,
    jobs: Annotated[int | None, Option("--jobs", "-j", min=1, metavar="N", help=HELP["jobs"], show_default=False)] = None,
    quiet: Annotated[bool, Option("--quiet", "-q", help="Say nothing but mistakes.")] = False,
) -> int:
    """Record the violations of today as known.

    Where a plan comes late, the events hold thousands. With a baseline a run fails on new ones alone,
    and the file shrinks as the old ones are healed.
    """
    from protocols.jobs import cores
    from protocols.plan import load_plan
    from protocols.readers import Source, expand, total_bytes
    from protocols.validate import validate_files

    config = find_config()
    said = over(
        config.validate, plan=plan, events=tuple(events or ()) or None, at=at, jobs=jobs, **scope(config.validate, select, ignore, severity)
    )
    inputs = events_or_default(said)
    if output_file == "-":
        raise UsageError("--output -: a baseline is kept in a file; name one, such as known.yaml")
    file = output_file or baseline_file(said, "") or BASELINE
    before = read_baseline(file) if os.path.exists(file) else None
    loaded = load_plan(plan_or_default(said.plan, quiet=quiet))
    sources = [source.path for source in expand(inputs) if isinstance(source, Source) and source.path]
    keep_apart(file, [*sources, *(file.path for file in loaded.files)])
    shown = is_screen(sys.stderr) and not (quiet or in_ci())
    with progress(total_bytes(inputs), shown=shown) as bar:
        report = validate_files(
            loaded,
            inputs,
            at=said.at,
            samples=0,
            severity=weights(said.severity, select=said.select, ignore=said.ignore),
            stdin=sys.stdin.buffer,
            jobs=said.jobs or cores(),
            on_bytes=bar.bytes,
            on_events=bar.events,
        )
        bar.close()
    if report.faults:
        raise EventsError(f"{report.faults[0]}; no baseline was written")
    if not report.count:
        raise EventsError(f"there is no event in {', '.join(inputs)}; no baseline was written")
    settled = settle(report, today=day(today), waivers=config.waivers)
    now = baseline_of(settled, (group for group in settled.groups if group.state == "new"))
    if add and before is not None:
        now = now | before
    write_baseline(file, now)
    if not quiet:
        recorded = f"{many(settled.new, 'violation')} in {many(report.count, 'event')} recorded as {_entries(now)}"
        tell(f"{recorded} in {file}{_changed(before, now)}.")
        for entry in now.entries:
            if entry.all:
                tell(f"notice: there are too many different ones to keep apart: of {entry}, all are known from now on, new ones too.")
        tell(f"protocols validate --baseline{'' if file == BASELINE else f' {file}'} fails on others alone.")
    return 0


def _entries(baseline: Baseline) -> str:
    return many(len(baseline.entries), "entry")


def _changed(before: Baseline | None, now: Baseline) -> str:
    """What has become of an earlier file."""
    if before is None:
        return ""
    added, gone = len(now.entries - before.entries), len(before.entries - now.entries)
    return f": {added:,} more than before, {gone:,} of before gone" if added or gone else ", as before"
