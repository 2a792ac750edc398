"""`protocols lint`: what can be better in plan files."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

from protocols.cli.options import PLAN_NAMES, choices, listed, one_of, usual_plans
from protocols.cli.parameters import Argument, Option
from protocols.cli.results import keep_all_apart, opened, outputs
from protocols.config import LintConfig, find_config, options
from protocols.errors import UsageError
from protocols.report import FAIL_ON, judge
from protocols.sinks import SINKS, Look
from protocols.sinks.page import draw
from protocols.sinks.terminal import closing

if TYPE_CHECKING:
    from protocols.problems import Problem
    from protocols.report import Outcome, Verdict

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
  signed up:                # protocols: ignore[event-name-case] -- the name of ten years

Severities, rules and --fail-on are settled for a repository in pyproject.toml or protocols.toml:

\b
  [tool.protocols.lint]
  fail_on = "warning"
  severity = {event-name-case = "error", missing-owner = "note", inconsistent-type = "off"}
"""


HELP = {name: row.meaning for name, row in options(LintConfig).items()}
"""What an option means, as the settings say it."""


def lint(
    plans: Annotated[
        list[str] | None,
        Argument(metavar="PLAN", help="Plan files, folders, globs. Without any, the plan.yaml that lies here.", show_default=False),
    ] = None,
    select: Annotated[
        list[str] | None, Option(metavar="RULES", help="Run only these rules: names, with commas between; all is every rule.")
    ] = None,
    ignore: Annotated[list[str] | None, Option(metavar="RULES", help="Do not run these rules.")] = None,
    fail_on: Annotated[
        str | None,
        Option(metavar=choices(FAIL_ON), callback=one_of(FAIL_ON), help="The least severity that fails the run; error without it."),
    ] = None,
    format: Annotated[
        str | None,
        Option("--format", "-f", metavar=choices(SINKS), callback=one_of(SINKS), help=HELP["format"], show_default=False),
    ] = None,
    output: Annotated[list[str] | None, Option("--output", "-o", metavar="[FORMAT=]FILE", help=HELP["output"], show_default=False)] = None,
    fix: Annotated[bool, Option("--fix", help="Put right what has one right answer.")] = False,
    diff: Annotated[bool, Option("--diff", help="Print what --fix would change, and change nothing.")] = False,
    limit: Annotated[int, Option(min=0, metavar="N", help="Show at most N findings; 0 shows all.")] = 50,
    quiet: Annotated[bool, Option("--quiet", "-q", help="Print the counts and the verdict alone.")] = False,
) -> int:
    """Look for what can be better in plan files.

    A plan that is wrong gets its mistakes and nothing else.
    Bundled plans, and files that are extended and not named, are read and not judged.
    """
    from protocols.rules.files import plan_files
    from protocols.rules.fix import differences
    from protocols.rules.fix import fix as mend
    from protocols.rules.run import lint as look_at
    from protocols.rules.selection import active_rules

    if fix and diff:
        raise UsageError("--fix writes what --diff only shows; give one of the two")
    config = find_config().lint
    active = active_rules(config.severity, select=listed(select) or config.select, ignore=listed(ignore) or config.ignore)
    files = plan_files(plans or _settled_plan(config.plan) or _usual_plans())
    wanted = outputs(format or config.format, output or config.output)
    keep_all_apart(wanted, files)
    findings = look_at(files, active).findings
    texts: Mapping[str, str] = {}
    if findings.fixable and (fix or diff):
        fixed = mend(files, active)
        texts = fixed.texts
        findings = fixed.findings if fix else findings
    verdict = judge(findings, fail_on or config.fail_on)
    instead = partial(Diff, differences(findings.texts, texts)) if diff else None
    with opened(wanted, limit=limit, quiet=quiet, first=instead) as results:
        for name, text in texts.items() if fix else ():
            _write(name, text)
        for problem in findings.problems:
            results.problem(problem)
        results.close(findings, verdict)
    if not quiet and (diff or not wanted[0].is_read_here):
        sys.stderr.write(draw(closing(findings, verdict), Look()))
    return verdict.exit_code


def _settled_plan(plan: str | None) -> list[str]:
    """The plan of the settings, where it is a file: bundled plans are not judged."""
    return [plan] if plan is not None and ("/" in plan or plan.endswith((".yaml", ".yml"))) else []


def _usual_plans() -> list[str]:
    there = usual_plans()
    if not there:
        usual = ", ".join(PLAN_NAMES)
        raise UsageError(f"no plan: name files or folders, as in protocols lint plans/; without any one of {usual} is taken from here")
    return there


class Diff:
    """A sink of its own: shows what would change in place of what was found."""

    def __init__(self, lines: Iterable[str], out: BinaryIO, look: Look) -> None:
        self.out = out
        self.lines = lines

    def problem(self, problem: Problem, state: str = "new") -> None:
        """Nothing: it is still there after all that is shown."""

    def close(self, outcome: Outcome, verdict: Verdict) -> None:
        self.out.writelines(line.encode() for line in self.lines)
        self.out.flush()


def _write(name: str, text: str) -> None:
    try:
        Path(name).write_bytes(text.encode())
    except OSError as error:
        raise UsageError(f"--fix: {name} cannot be written ({error.strerror})") from None
