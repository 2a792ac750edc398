"""`protocols validate`: recorded events against a plan."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from protocols.cli.exits import tell
from protocols.cli.options import choices, in_ci, is_screen, keep_apart, look, one_of, output, plan_or_default
from protocols.cli.progress import progress
from protocols.cli.results import close, tell_problem
from protocols.report import FAIL_ON, judge
from protocols.sinks import SINKS, Look
from protocols.sinks.page import draw
from protocols.sinks.terminal import closing

if TYPE_CHECKING:
    from protocols.report import Report, Verdict

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
  protocols validate events.jsonl --fail-on warning      (stricter, for CI)
"""


def validate(
    events: Annotated[list[str], typer.Argument(metavar="EVENTS", help="Files, folders, globs; - is standard input.", show_default=False)],
    plan: Annotated[
        str | None,
        typer.Option(metavar="PLAN", help="A plan file, or the name of a bundled plan. Without it, the plan.yaml that lies here."),
    ] = None,
    format: Annotated[
        str, typer.Option("--format", "-f", metavar=choices(SINKS), callback=one_of(SINKS), help="What to print.")
    ] = "terminal",
    output_file: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of to standard output.")
    ] = None,
    fail_on: Annotated[
        str, typer.Option(metavar=choices(FAIL_ON), callback=one_of(FAIL_ON), help="The least severity that fails the run.")
    ] = "error",
    at: Annotated[str | None, typer.Option(metavar="POINTER", help="JSON Pointer to the event, where records wrap it: /payload.")] = None,
    allow_empty: Annotated[bool, typer.Option("--allow-empty", help="Let a run without any event pass.")] = False,
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="Show at most N groups of violations; 0 shows all.")] = 20,
    samples: Annotated[int, typer.Option(min=0, metavar="N", help="Keep N values of each group.")] = 3,
    engine: Annotated[
        str, typer.Option(metavar=choices(ENGINES), callback=one_of(ENGINES), help="Which engine checks; all say the same.")
    ] = "fast",
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", min=1, metavar="N", help="Share the work between N processes; all cores by default.", show_default=False
        ),
    ] = None,
    redact: Annotated[bool, typer.Option("--redact", help="Show no values of events, only their type and length.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the counts and the verdict alone, and no notices.")] = False,
    no_progress: Annotated[bool, typer.Option("--no-progress", help="Draw no progress bar.")] = False,
) -> int:
    """Check recorded events against a plan.

    Reads JSON lines, JSON arrays, single objects and batch bodies, packed or not.
    Equal violations are shown once, with their number, the first place and a few values.
    """
    from protocols.jobs import cores
    from protocols.plan import load_plan
    from protocols.readers import Source, expand, total_bytes
    from protocols.validate import validate_files

    loaded = load_plan(plan_or_default(plan, quiet=quiet))
    sources = [source.path for source in expand(events) if isinstance(source, Source) and source.path]
    keep_apart(output_file, [*sources, *(file.path for file in loaded.files)])
    drawn = look(output_file, limit=limit, quiet=quiet)
    streams_to_screen = format == "jsonl" and output_file is None and sys.stdout.isatty()
    shown = is_screen(sys.stderr) and not (quiet or no_progress or in_ci() or streams_to_screen)
    with output(output_file) as out, progress(total_bytes(events), shown=shown) as bar:
        sink = SINKS[format].open(out, drawn)
        report = validate_files(
            loaded,
            events,
            at=at,
            engine=cast(Any, engine),
            samples=samples,
            redact=redact,
            timeline=SINKS[format].timeline,
            stdin=sys.stdin.buffer,
            jobs=jobs or cores(),
            on_problem=partial(tell_problem, sink) if SINKS[format].streams else None,
            on_bytes=bar.bytes,
            on_events=bar.events,
        )
        verdict = judge(report, fail_on, allow_empty=allow_empty)
        bar.close()
        for line in _notices(report, verdict, events, at):
            tell(line)
        close(sink, report, verdict)
    if not quiet and (output_file is not None or not SINKS[format].human):
        sys.stderr.write(draw(closing(report, verdict), Look()))
    return verdict.exit_code


def _notices(report: Report, verdict: Verdict, sources: Sequence[str], at: str | None) -> Iterator[str]:
    """What went wrong with the input as a whole, with the likely causes."""
    for fault in report.faults:
        yield f"error: {fault}"
    if not report.count and not report.faults and not verdict.passed:
        yield f"error: there is no event in {', '.join(sources)}"
        yield "The likely causes: the file is empty, a step before this one has failed, or its output is somewhere else."
        yield "--allow-empty lets such a run pass."
    elif report.count and report.unreadable == report.count:
        yield f"notice: no record could be read{'; are these events as JSON?' if at is None else f' at {at}'}"
    elif report.count and report.by_id.get("payload/unknown-call") == report.count:
        yield f"notice: no record is an event by itself; {_WRAPPED if at is None else f'is the event at {at}?'}"


_WRAPPED = "if records wrap their events, --at says where the event is, such as --at /payload"
