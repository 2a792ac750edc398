"""What can be wrong with a plan file: the kinds, all errors, since a faulty plan validates nothing.

An id is `plan/<kind>` and stable for ever; the sentence is written where the mistake is found.
"""

from __future__ import annotations

from typing import NamedTuple

from protocols.positions import Position
from protocols.problems import Problem, Severity


class PlanKind(NamedTuple):
    """One kind of mistake."""

    severity: Severity
    meaning: str


def _error(meaning: str) -> PlanKind:
    return PlanKind(Severity.error, meaning)


PLAN_KINDS: dict[str, PlanKind] = {
    "plan/missing-file": _error("A plan file, or what `extends` names, is not there."),
    "plan/unreadable-file": _error("A file is there and cannot be read."),
    "plan/no-plan-files": _error("A folder or a glob in `extends` finds no plan file."),
    "plan/file-too-large": _error("A plan file is larger than a plan file may be."),
    "plan/not-utf-8": _error("A plan file is not written in UTF-8."),
    "plan/bad-yaml": _error("The text is no YAML, or no single document of it."),
    "plan/bad-tag": _error("A YAML tag asks for a value that JSON does not have."),
    "plan/bad-key": _error("A key is empty, or is no text."),
    "plan/duplicate-key": _error("One mapping has a key twice."),
    "plan/too-deep": _error("The file is nested deeper than a plan may be."),
    "plan/too-large": _error("Aliases or refs multiply the plan beyond what can be checked."),
    "plan/not-a-mapping": _error("The file does not hold a mapping of keys."),
    "plan/unsupported-format": _error("The file is written for another version of the plan format."),
    "plan/missing-key": _error("A compulsory key is missing."),
    "plan/unknown-key": _error("A key that the format does not have."),
    "plan/wrong-type": _error("A value has another type than its key wants."),
    "plan/unknown-word": _error("A value is none of the words that its key knows."),
    "plan/blank-value": _error("A key has no value, which never means that something is removed."),
    "plan/misplaced-required": _error("`required` stands where JSON Schema has it, and a plan marks the member itself."),
    "plan/nothing-removed": _error("`removed` stands where nothing was inherited."),
    "plan/cycle": _error("Files extend each other, definitions or successors name each other, in a circle."),
    "plan/unknown-event": _error("`extends` selects an event that is not there."),
    "plan/sibling-conflict": _error("Two extended plans bring one name with different content."),
    "plan/unknown-ref": _error("`ref` names no definition."),
    "plan/unknown-successor": _error("`replaced_by` names nothing that the plan knows."),
    "plan/bad-pattern": _error("A pattern cannot be used: no regular expression, or one with lookaround or backreferences."),
    "plan/unknown-format": _error("`format` names no format that is checked."),
    "plan/bad-schema": _error("A raw schema is not valid JSON Schema 2020-12, or uses a keyword that means nothing inside a plan."),
    "plan/contradiction": _error("Keywords exclude each other, so that no value can satisfy them."),
}


def mistake(
    kind: str,
    position: Position,
    message: str,
    *,
    expected: str | None = None,
    actual: str | None = None,
    hint: str | None = None,
) -> Problem:
    """A mistake of the plan: `message` first, then `hint` after a semicolon."""
    id = f"plan/{kind}"
    return Problem(
        id=id,
        severity=PLAN_KINDS[id].severity,
        message=f"{message}; {hint}" if hint else message,
        expected=expected,
        actual=actual,
        hint=hint,
        file=position.file,
        line=position.line,
        column=position.column,
    )
