"""`protocols validate`: recorded events against a plan."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast

from protocols.cli.exits import tell
from protocols.cli.gates import a_day, baseline_file, day, over, rates, read_baseline, scope, shrink, switched_off
from protocols.cli.options import choices, events_or_default, in_ci, is_screen, one_of, plan_or_default
from protocols.cli.parameters import Argument, Option
from protocols.cli.progress import progress
from protocols.cli.results import keep_all_apart, opened, outputs
from protocols.config import ValidateConfig, find_config, options
from protocols.names import nearest
from protocols.report import BASELINE, FAIL_ON, Rates, excuses, judge, settle
from protocols.sinks import SINKS, Look
from protocols.sinks.page import draw
from protocols.sinks.terminal import closing, left_out
from protocols.weights import kept, weights

if TYPE_CHECKING:
    from protocols.cli.results import Results
    from protocols.problems import Problem
    from protocols.report import Report, Verdict
    from protocols.report.expectations import Expectation
    from protocols.report.settle import Excuses
    from protocols.scope import Scope

ENGINES = {
    "fast": "the quick check first, the full one for what it refuses",
    "explain": "the full check for every event",
    "reference": "jsonschema, slow, for doubt",
}

EXAMPLES = """\b
Examples:
  protocols validate events.jsonl --plan plan.yaml
  protocols validate logs/ "exports/*.json.gz" --plan plan.yaml
  zcat events.gz | protocols validate - --plan ecommerce
  protocols validate export.jsonl --at /payload          (each line wraps its event)
  protocols validate events.jsonl --format json --output report.json
  protocols validate events.jsonl --output sarif=out.sarif --output html=report.html
  protocols validate events.jsonl --fail-on warning      (stricter, for CI)
  protocols validate events.jsonl --baseline             (new violations alone fail; protocols baseline records the old)
  protocols validate events.jsonl --max-violation-rate 0.5% --max-violation-rate "Order Completed=0%"
  protocols validate events.jsonl --ignore naming --severity value/format-mismatch=warning
  protocols validate test.jsonl --expect "Order Completed" --forbid "Debug *"
  protocols validate logs/ --sample 1% --since 2024-01-15 --event "Order *"
  protocols validate logs/ --coverage --min-coverage events=100%

\b
What settles the result, in this order:
  severity, select, ignore     what is a violation at all; what is ignored makes no event invalid
  waivers                      what is excused to a day: [[tool.protocols.waivers]] in the settings
  baseline                     what is known already
  fail-on, max-violation-rate  whether the rest, which is new, fails the run

Everything can be settled for a repository, in pyproject.toml or protocols.toml; what is said here wins. protocols config
lists all options:

\b
  [tool.protocols]
  plan = "plan.yaml"
  [tool.protocols.validate]
  events = ["recordings/"]
  baseline = true
"""

HELP = {name: row.meaning for name, row in options(ValidateConfig).items()}
"""What an option means, as the settings say it."""


def validate(
    events: Annotated[
        list[str] | None, Argument(metavar="EVENTS", help="Files, folders, globs; - is standard input.", show_default=False)
    ] = None,
    plan: Annotated[
        str | None,
        Option(metavar="PLAN", help=f"{HELP['plan']} Without it, the plan.yaml that lies here."),
    ] = None,
    format: Annotated[
        str | None,
        Option("--format", "-f", metavar=choices(SINKS), callback=one_of(SINKS), help=HELP["format"], show_default=False),
    ] = None,
    output: Annotated[list[str] | None, Option("--output", "-o", metavar="[FORMAT=]FILE", help=HELP["output"], show_default=False)] = None,
    fail_on: Annotated[
        str | None, Option(metavar=choices(FAIL_ON), callback=one_of(FAIL_ON), help=f"{HELP['fail_on']} [default: error]")
    ] = None,
    max_violation_rate: Annotated[
        list[str] | None, Option(metavar="[EVENT=]SHARE", help="The share of events that may have errors, such as 0.5%.")
    ] = None,
    select: Annotated[list[str] | None, Option(metavar="IDS", help=HELP["select"])] = None,
    ignore: Annotated[list[str] | None, Option(metavar="IDS", help=HELP["ignore"])] = None,
    severity: Annotated[list[str] | None, Option(metavar="ID=LEVEL", help=HELP["severity"])] = None,
    baseline: Annotated[
        str | None,
        Option(metavar="[FILE]", help=f"Fail on violations alone that FILE does not know; without FILE, {BASELINE}."),
    ] = None,
    no_baseline: Annotated[bool, Option("--no-baseline", help="Leave the baseline of the settings alone.")] = False,
    update_baseline: Annotated[
        bool | None, Option("--update-baseline/--no-update-baseline", help=HELP["update_baseline"], show_default=False)
    ] = None,
    today: Annotated[str | None, Option(metavar="DAY", callback=a_day, help="Judge waivers as on this day, such as 2027-01-31.")] = None,
    at: Annotated[str | None, Option(metavar="POINTER", help=HELP["at"])] = None,
    allow_empty: Annotated[bool, Option("--allow-empty", help="Let a run without any event pass.")] = False,
    limit: Annotated[int | None, Option(min=0, metavar="N", help=HELP["limit"], show_default=False)] = None,
    samples: Annotated[int | None, Option(min=0, metavar="N", help=f"{HELP['samples']} [default: 3]")] = None,
    engine: Annotated[
        str, Option(metavar=choices(ENGINES), callback=one_of(ENGINES), help="Which engine checks; all say the same.")
    ] = "fast",
    jobs: Annotated[int | None, Option("--jobs", "-j", min=1, metavar="N", help=HELP["jobs"], show_default=False)] = None,
    redact: Annotated[bool | None, Option("--redact/--no-redact", help=HELP["redact"], show_default=False)] = None,
    expect: Annotated[
        list[str] | None,
        Option(
            metavar="EVENT",
            help="Fail where it never came, or not so often: 'Order Completed', 'Order *>=3', 'page:Home==1..2'. Repeatable.",
            show_default=False,
        ),
    ] = None,
    forbid: Annotated[
        list[str] | None,
        Option(metavar="EVENT", help="Fail where it came: 'Debug *'. Repeatable.", show_default=False),
    ] = None,
    coverage: Annotated[bool | None, Option("--coverage/--no-coverage", help=HELP["coverage"], show_default=False)] = None,
    min_coverage: Annotated[
        str | None,
        Option(metavar="SHARE", help="Fail where less of the plan was seen: 80%, or events=100%,properties=80%.", show_default=False),
    ] = None,
    call: Annotated[
        list[str] | None, Option(metavar="CALL", help="Check these calls alone, such as track. Repeatable.", show_default=False)
    ] = None,
    event: Annotated[
        list[str] | None,
        Option(metavar="EVENT", help="Check these events alone: 'Order *', page:Home, identify. Repeatable.", show_default=False),
    ] = None,
    since: Annotated[
        str | None,
        Option(
            metavar="TIME",
            help="Check events from then on, by their timestamp: 2024-01-15, 2024-01-15T10:30:00Z; UTC where no zone is named.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None,
        Option(metavar="TIME", help="Check events before then; those at that very moment are left out.", show_default=False),
    ] = None,
    sample: Annotated[
        str | None,
        Option(
            metavar="SHARE",
            help="Check a part of the events, such as 10%; the same ids every time, by a hash of messageId.",
            show_default=False,
        ),
    ] = None,
    quiet: Annotated[bool, Option("--quiet", "-q", help="Print the counts and the verdict alone, and no notices.")] = False,
    no_progress: Annotated[bool, Option("--no-progress", help="Draw no progress bar.")] = False,
) -> int:
    """Check recorded events against a plan.

    Reads JSON lines, JSON arrays, single objects and batch bodies, packed or not.
    Equal violations are shown once, with their number, the first place and a few values.
    """
    from protocols.jobs import cores
    from protocols.plan import load_plan
    from protocols.readers import Source, expand, total_bytes
    from protocols.report.coverage import parse_minimums
    from protocols.report.expectations import parse_expectations
    from protocols.scope import Scope
    from protocols.validate import validate_files

    config = find_config()
    said = over(
        config.validate,
        plan=plan,
        events=tuple(events or ()) or None,
        at=at,
        fail_on=fail_on,
        update_baseline=update_baseline,
        format=format,
        output=tuple(output or ()) or None,
        limit=limit,
        samples=samples,
        jobs=jobs,
        redact=redact,
        expect=tuple(expect or ()) or None,
        forbid=tuple(forbid or ()) or None,
        coverage=coverage,
        min_coverage=min_coverage,
        call=tuple(call or ()) or None,
        event=tuple(event or ()) or None,
        sample=sample,
        **scope(config.validate, select, ignore, severity),
        **rates(config.validate, max_violation_rate),
    )
    chosen = Scope.parse(calls=said.call, events=said.event, since=since, until=until, sample=said.sample)
    expectations = parse_expectations(said.expect, said.forbid)
    minimums = parse_minimums(said.min_coverage) if said.min_coverage is not None else ()
    wanted = outputs(said.format, said.output)
    inputs = events_or_default(said, baseline)
    agreed = Rates(said.max_violation_rate, said.max_violation_rates)
    agreed.go_with(said.fail_on)  # said now, not when all is read
    file = baseline_file(said, baseline, off=no_baseline)
    known = read_baseline(file) if file is not None else None
    severities = weights(said.severity, select=said.select, ignore=said.ignore)
    off = switched_off(severities)
    for name, ids in kept(said.ignore).items() if not quiet else ():
        tell(f"notice: {name} is ignored but for {', '.join(ids)}: nothing else can be said of such a record")
    now = day(today)
    excuse = excuses(today=now, waivers=config.waivers, baseline=known)
    loaded = load_plan(plan_or_default(said.plan, quiet=quiet))
    sources = [source.path for source in expand(inputs) if isinstance(source, Source) and source.path]
    keep_all_apart(wanted, [*sources, *(file.path for file in loaded.files), *([file] if file else [])])
    streams_to_screen = SINKS[wanted[0].format].streams and wanted[0].path is None and sys.stdout.isatty()
    shown = is_screen(sys.stderr) and not (quiet or no_progress or in_ci() or streams_to_screen)
    with opened(wanted, limit=said.limit, quiet=quiet) as results, progress(total_bytes(inputs), shown=shown) as bar:
        report = validate_files(
            loaded,
            inputs,
            at=said.at,
            engine=cast(Any, engine),
            samples=said.samples,
            redact=said.redact,
            severity=severities,
            timeline=any(SINKS[each.format].timeline for each in wanted),
            stdin=sys.stdin.buffer,
            jobs=said.jobs or cores(),
            on_problem=_told(results, excuse) if results.streams else None,
            on_bytes=bar.bytes,
            on_events=bar.events,
            scope=chosen,
            expectations=expectations,
            coverage=said.coverage,
            minimums=minimums,
            excuse=excuse,
        )
        report = settle(report, today=now, waivers=config.waivers, baseline=known, off=off)
        verdict = judge(report, said.fail_on, rates=agreed, allow_empty=allow_empty)
        bar.close()
        for line in (*_notices(report, verdict, inputs, said.at), *_slips(chosen, expectations, agreed, report)):
            if not (quiet and line.startswith("notice:")):
                tell(line)
        results.close(report, verdict)
    if not quiet and not wanted[0].is_read_here:
        sys.stderr.write(draw(closing(report, verdict), Look()))
    if file is not None and known is not None and chosen is None and not verdict.incomplete:
        shrink(file, known, report, update=said.update_baseline, quiet=quiet)
    return verdict.exit_code


def _told(results: Results, excuse: Excuses | None) -> Callable[[Problem], None]:
    """Tells a problem with its state, which waivers and a baseline have settled before it is found."""
    return results.problem if excuse is None else lambda problem: results.problem(problem, excuse.state(problem))


def _notices(report: Report, verdict: Verdict, sources: Sequence[str], at: str | None) -> Iterator[str]:
    """What went wrong with the input as a whole, with the likely causes."""
    for fault in report.faults:
        yield f"error: {fault}"
    if not report.count and not report.faults and verdict.incomplete:
        if report.left_out:
            yield f"error: {left_out(report)}; there is nothing to check"
        else:
            yield f"error: there is no event in {', '.join(sources)}"
            yield "The likely causes: the file is empty, a step before this one has failed, or its output is somewhere else."
        yield "--allow-empty lets such a run pass."
    elif report.count and report.unreadable == report.count and not report.left_out:
        yield f"notice: no record could be read{'; are these events as JSON?' if at is None else f' at {at}'}"
    elif report.count and report.by_id.get("payload/unknown-call") == report.count:
        yield f"notice: no record is an event by itself; {_WRAPPED if at is None else f'is the event at {at}?'}"


def _slips(scope: Scope | None, expectations: Sequence[Expectation], rates: Rates, report: Report) -> Iterator[str]:
    """Options that say less than was probably meant: a slip of the pen in a name, or events left out that are asked for."""
    if report.left_out and (expectations or report.about.minimums):
        yield f"notice: {left_out(report)}; what is expected is looked for in the rest alone"
    forbidden = [expectation.events for expectation in expectations if expectation.most == 0]
    named = [("--event", selector) for selector in (scope.events if scope is not None else ())]
    named += [("--forbid", selector) for selector in forbidden]
    for option, (call, name, literal) in named:
        planned = [entry.event for entry in report.about.planned if entry.call == call and entry.event is not None]
        if literal and name is not None:
            yield from _slip(option, name, planned)
    known = {entry.key[:2] for entries in (report.about.planned, report.traffic) for entry in entries}
    for of in rates.selectors:
        if of.name is None or not of.literal or any(of.fits(*key) for key in known):
            continue
        near = nearest(of.name, sorted(name for call, name in known if call == of.call and name is not None))
        yield f"notice: the violation rate of {of} is of no event{f'; did you mean {near}?' if near else ', neither planned nor seen'}"


def _slip(option: str, name: str, planned: Sequence[str]) -> Iterator[str]:
    near = nearest(name, planned) if name not in planned else None
    if near is not None:
        yield f"notice: {option} {name} is not in the plan; did you mean {near}?"


_WRAPPED = "if records wrap their events, --at says where the event is, such as --at /payload"
