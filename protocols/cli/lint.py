"""`protocols lint`: what can be better in plan files."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from protocols.cli.options import choices, keep_apart, look, one_of, output, plan_or_default
from protocols.cli.results import close, tell_problem
from protocols.report import FAIL_ON, judge
from protocols.sinks import SINKS, Look
from protocols.sinks.page import draw
from protocols.sinks.terminal import closing

EXAMPLES = """\b
Examples:
  protocols lint                                   (the plan.yaml that lies here)
  protocols lint plans/ --fail-on warning
  protocols lint plan.yaml --select missing-owner,missing-description
  protocols lint plan.yaml --fix                   (put right what has one right answer)
  protocols lint plan.yaml --diff                  (show what --fix would change)
  protocols explain unused-definition

A comment silences a rule in what begins on its line, or on the next line that holds something:

\b
  Step 2 Viewed:                # protocols: ignore[dynamic-name] -- the checkout has four steps
"""


def lint(
    plans: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PLAN]...", help="Plan files, folders, globs. Without any, the plan.yaml that lies here.", show_default=False
        ),
    ] = None,
    select: Annotated[
        list[str] | None, typer.Option(metavar="RULES", help="Run only these rules: names, with commas between; all is every rule.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="RULES", help="Do not run these rules.")] = None,
    fail_on: Annotated[
        str, typer.Option(metavar=choices(FAIL_ON), callback=one_of(FAIL_ON), help="The least severity that fails the run.")
    ] = "error",
    format: Annotated[
        str, typer.Option("--format", "-f", metavar=choices(SINKS), callback=one_of(SINKS), help="What to print.")
    ] = "terminal",
    output_file: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of to standard output.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="Show at most N findings; 0 shows all.")] = 50,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the counts and the verdict alone.")] = False,
) -> int:
    """Look for what can be better in plan files, and for what is wrong.

    A plan that is wrong gets its mistakes and nothing else. Bundled plans, and files that are not named, are read and not judged.
    """
    from protocols.rules.files import plan_files
    from protocols.rules.run import lint as run
    from protocols.rules.selection import active_rules

    active = active_rules(select=_listed(select), ignore=_listed(ignore))
    files = plan_files(plans or [plan_or_default(None, quiet=quiet)])
    keep_apart(output_file, files)
    with output(output_file) as out:
        sink = SINKS[format].open(out, look(output_file, limit=limit, quiet=quiet))
        findings = run(files, active).findings
        verdict = judge(findings, fail_on)
        for problem in findings.problems:
            tell_problem(sink, problem)
        close(sink, findings, verdict)
    if not quiet and (output_file is not None or not SINKS[format].human):
        sys.stderr.write(draw(closing(findings, verdict), Look()))
    return verdict.exit_code


def _listed(values: list[str] | None) -> list[str]:
    """The names in an option that may be given several times, each time with commas."""
    return [name.strip() for value in values or () for name in value.split(",") if name.strip()]
