"""Every option there is, as the settings hold it: a field is a row of the table."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from protocols.config import kinds
from protocols.config.option import Option, option, options
from protocols.problems import Severity
from protocols.report.coverage import parse_minimums
from protocols.report.expectations import Expectation
from protocols.report.gate import FAIL_ON
from protocols.report.waivers import Waiver
from protocols.scope import call_named, event_selector, sample_of
from protocols.sinks import SINKS
from protocols.violations import CALLS


@dataclass(frozen=True, slots=True, kw_only=True)
class LintConfig:
    """What `protocols lint` goes by."""

    plan: str | None = option(kinds.PLAN, "The plan that is looked at where none is named.", example='"plan.yaml"')
    select: tuple[str, ...] = option(kinds.RULES, "Run only these rules; all is every rule.", ())
    ignore: tuple[str, ...] = option(kinds.RULES, "Do not run these rules.", ())
    severity: Mapping[str, Severity] = option(
        kinds.RULE_SEVERITIES, "How much the findings of a rule weigh; off takes it out.", {}, example='{event-name-case = "error"}'
    )
    fail_on: str = option(kinds.word(FAIL_ON), "The least severity that fails the run.", "error")
    format: str | None = option(
        kinds.word(SINKS), "What to print; without a word the terminal's, and in GitHub Actions annotations too.", example='"terminal"'
    )
    output: tuple[str, ...] = option(
        kinds.OUTPUTS,
        "Write to files as well, each in its format; a path alone takes the place of standard output.",
        (),
        example='["sarif=out.sarif", "junit=protocols.xml"]',
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateConfig:
    """What `protocols validate` and `protocols baseline` go by."""

    plan: str | None = option(kinds.PLAN, "A plan file, or the name of a bundled plan.", example='"plan.yaml"')
    events: tuple[str, ...] = option(
        kinds.PATHS, "Files, folders and globs that are read where none are named.", (), example='["recordings/"]'
    )
    at: str | None = option(kinds.POINTER, "JSON Pointer to the event, where records wrap it.", example='"/payload"')
    fail_on: str = option(kinds.word(FAIL_ON), "The least severity that fails the run.", "error")
    select: tuple[str, ...] = option(
        kinds.VIOLATIONS, "Look for these violations alone: ids, families, globs.", (), example='["required", "type/*"]'
    )
    ignore: tuple[str, ...] = option(
        kinds.VIOLATIONS, "Do not look for these violations: ids, families, globs.", (), example='["payload/legacy-field"]'
    )
    severity: Mapping[str, Severity] = option(
        kinds.VIOLATION_SEVERITIES,
        "How much violations weigh, by id or family, over what the plan says.",
        {},
        example='{naming = "note", "value/not-allowed" = "warning"}',
    )
    baseline: str | None = option(
        kinds.BASELINE_FILE,
        "The file of known violations, so that new ones alone fail the run; true for the usual one.",
        example="true",
    )
    update_baseline: bool | None = option(
        kinds.SWITCH, "Take healed violations out of the baseline; without a word, everywhere but in CI.", example="true"
    )
    max_violation_rate: Fraction | None = option(
        kinds.RATE, "The share of all events that may have errors before the run fails.", example='"0.5%"'
    )
    max_violation_rates: Mapping[str, Fraction] = option(
        kinds.RATES,
        "The same for events of their own, named as in event; the first that fits counts.",
        {},
        example='{"Order Completed" = "0%", "Debug *" = "100%"}',
    )
    expect: tuple[str, ...] = option(
        kinds.texts_of(Expectation.parse),
        "Fail where one of these never came, or not so often.",
        (),
        example='["Order Completed", "Order *>=3", "page:Home==1..2"]',
    )
    forbid: tuple[str, ...] = option(kinds.texts_of(Expectation.forbidden), "Fail where one of these came.", (), example='["Debug *"]')
    coverage: bool = option(kinds.SWITCH, "Say what of the plan was never seen, and what was seen and not planned.", False)
    min_coverage: str | None = option(
        kinds.text_of(parse_minimums), "Fail where less of the plan was seen.", example='"events=100%,properties=80%"'
    )
    call: tuple[str, ...] = option(kinds.texts_of(call_named), "Check these calls alone.", (), example='["track"]')
    event: tuple[str, ...] = option(
        kinds.texts_of(event_selector), "Check these events alone.", (), example='["Order *", "page:Home", "identify"]'
    )
    sample: str | None = option(
        kinds.text_of(sample_of), "Check a part of the events, the same ids every time, by a hash of messageId.", example='"10%"'
    )
    format: str | None = option(
        kinds.word(SINKS), "What to print; without a word the terminal's, and in GitHub Actions annotations too.", example='"terminal"'
    )
    output: tuple[str, ...] = option(
        kinds.OUTPUTS,
        "Write to files as well, each in its format; a path alone takes the place of standard output.",
        (),
        example='["sarif=out.sarif", "junit=protocols.xml"]',
    )
    limit: int | None = option(
        kinds.count(0),
        "Show at most so many groups of violations; 0 shows all, and without a number it is what fits a screen.",
        example="20",
    )
    samples: int = option(kinds.count(0), "Keep so many values of each group.", 3)
    jobs: int | None = option(kinds.count(1), "Share the work between so many processes; all cores by default.", example="4")
    redact: bool = option(kinds.SWITCH, "Show no values of events, only their type and length.", False)


WAIVER: Mapping[str, Option] = {
    "id": Option(kinds.VIOLATION, "The violations it excuses: an id, a family or a glob.", None, '"type/wrong-type"', required=True),
    "event": Option(kinds.TEXT, "Only in events of this name, or whose name this glob fits.", None, '"Order Completed"'),
    "call": Option(kinds.word(CALLS), "Only in this call.", None, '"track"'),
    "version": Option(kinds.count(0), "Only in this version of the event.", None, "2"),
    "pointer": Option(kinds.POINTERS, "Only at this JSON Pointer; a glob, and indices are *.", None, '"/properties/products/*/price"'),
    "reason": Option(kinds.TEXT, "Why it is excused.", None, '"the app of 2024 sends texts"', required=True),
    "owner": Option(kinds.TEXT, "Who sees to it that it ends.", None, '"checkout@shop.example"', required=True),
    "until": Option(kinds.DAY, "The last day on which it holds, in UTC.", None, "2027-01-31", required=True),
}
"""What a waiver says. What is to be excused for ever is `ignore`d, or not asked for by the plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings. `path` is the file they were read from, None where there is none.

    What is said in `[tool.protocols]` itself holds for each command whose section says nothing else.
    """

    path: str | None = None
    plan: str | None = option(kinds.PLAN, "A plan file, or the name of a bundled plan, for every command.", example='"plan.yaml"')
    fail_on: str = option(kinds.word(FAIL_ON), "The least severity that fails a run, for every command.", "error")
    validate: ValidateConfig = dataclasses.field(
        default_factory=ValidateConfig,
        metadata={
            "option": Option(kinds.table(lambda: options(ValidateConfig), ValidateConfig), "What protocols validate goes by.", None, "")
        },
    )
    lint: LintConfig = dataclasses.field(
        default_factory=LintConfig,
        metadata={"option": Option(kinds.table(lambda: options(LintConfig), LintConfig), "What protocols lint goes by.", None, "")},
    )
    waivers: tuple[Waiver, ...] = dataclasses.field(
        default=(),
        metadata={
            "option": Option(
                kinds.tables(lambda: WAIVER, Waiver), "Violations that are excused, with a reason, an owner and a last day.", (), ""
            )
        },
    )


SECTIONS: Mapping[str, Any] = {"validate": ValidateConfig, "lint": LintConfig}
"""Section -> its options."""
