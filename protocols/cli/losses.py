"""What an exchange loses, told to people on stderr."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from protocols.cli.exits import tell
from protocols.problems import Problem, Severity
from protocols.violations import counted


def tell_losses(losses: Sequence[Problem], source: str) -> None:
    """One line for each loss, equal ones folded into their first; then their number."""
    folded: dict[tuple[str, str], list[Problem]] = {}
    for problem in losses:
        folded.setdefault((problem.id, problem.message), []).append(problem)
    for (id, message), same in folded.items():
        more = "" if len(same) == 1 else f" (and {counted(len(same) - 1, 'more place')})"
        tell(f"{_place(same[0], source)}: {same[0].severity}: {message}{more} [{id}]")
    tell(_sum(losses))


def has_warnings(losses: Iterable[Problem]) -> bool:
    """Whether anything is lost that an event has to be, or that people were told."""
    return any(problem.severity >= Severity.warning for problem in losses)


def _place(problem: Problem, source: str) -> str:
    """Where a loss stood: a line of a plan, or a place in a JSON document as a fragment of its name."""
    if problem.file is not None:
        return f"{problem.file}:{problem.line}:{problem.column}"
    return f"{source}#{problem.pointer}"


def _sum(losses: Sequence[Problem]) -> str:
    warnings = sum(problem.severity >= Severity.warning for problem in losses)
    if not losses:
        return "Everything was carried over."
    if not warnings:
        return f"Everything was carried over but {counted(len(losses), 'thing')} that no event depends on."
    notes = len(losses) - warnings
    return f"Not carried over: {counted(warnings, 'warning')}, {counted(notes, 'note')}."
