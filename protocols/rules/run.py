"""Plan files -> what is wrong with them and what may be better."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from protocols.plan.extend import real_path
from protocols.plan.load import Loaded, load_files
from protocols.problems import Problem, Severity
from protocols.report import Findings
from protocols.rules import RULES
from protocols.rules.context import context
from protocols.rules.files import is_part
from protocols.rules.ignores import FAMILY, ignores_in, silencing
from protocols.rules.rule import Edit, Finding
from protocols.rules.subject import Subject

Active = Mapping[str, Severity]
"""The rules of a run -> how much their findings weigh."""


@dataclass(slots=True)
class _Run:
    """What is known while plans are looked at. `found` holds the findings by what makes two of them the same."""

    files: Sequence[str]
    active: Active
    instead: Mapping[str, str]
    mistakes: dict[tuple[object, ...], Problem] = field(default_factory=dict)
    found: dict[tuple[object, ...], _Found] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)
    beside: dict[str, None] = field(default_factory=dict)
    alone: list[str] = field(default_factory=list)
    silenced: set[tuple[object, ...]] = field(default_factory=set)


@dataclass(slots=True)
class _Found:
    problem: Problem
    rule: str
    edits: tuple[Edit, ...]
    times: int = 1


@dataclass(frozen=True, slots=True)
class Linted:
    """What was found, and the edits that put it right, each group of them to be made as a whole."""

    findings: Findings
    fixes: tuple[tuple[Edit, ...], ...]


def lint(files: Sequence[str], active: Active, instead: Mapping[str, str] | None = None) -> Linted:
    """Look at these plan files. Others that they extend are read as well, but nothing is said of them.

    A plan that is wrong gets its mistakes and nothing else. `instead` holds texts that are read in place of files, by real
    path.
    """
    run = _Run(files, active, instead or {})
    parts = [file for file in files if is_part(file)]
    for file in files:
        if file not in parts:
            _look(run, load_files(file, instead=run.instead), is_whole=True)
    for file in parts:
        if file not in run.looks:
            run.alone.append(file)
            _look(run, load_files(file, is_part=True, instead=run.instead), is_whole=False)
    return _result(run)


def _look(run: _Run, loaded: Loaded, *, is_whole: bool) -> None:
    """Run all rules over one plan."""
    given = {real_path(file) for file in run.files}
    ours = {
        name: tree
        for name, tree in loaded.written.items()
        if name in run.files or (name not in loaded.bundled and real_path(name) in given)
    }
    run.texts |= loaded.texts
    for name in ours:
        run.looks[name] = run.looks.get(name, 0) + 1
    if loaded.plan is None:
        run.mistakes |= {_identity(problem): problem for problem in loaded.problems}
        return
    others = {name: tree for name, tree in loaded.written.items() if name not in ours}
    subject = Subject(
        loaded.plan,
        written=ours,
        beside={name: tree for name, tree in others.items() if name not in loaded.bundled},
        bundled={name: tree for name, tree in others.items() if name in loaded.bundled},
        definitions=loaded.definitions,
        is_whole=is_whole,
        ignores=tuple(ignore for name in ours for ignore in ignores_in(loaded.texts[name], name)),
        active=frozenset(run.active),
    )
    run.beside |= dict.fromkeys(subject.beside)
    for name in RULES:
        if name in run.active:
            _apply(run, subject, name)


def _apply(run: _Run, subject: Subject, name: str) -> None:
    """Run one rule over one plan."""
    here: set[tuple[object, ...]] = set()
    for finding in RULES[name].check.check(subject):
        if not subject.is_ours(finding.at):
            continue
        problem = _problem(finding, name, run.active[name], subject)
        identity = _identity(problem)
        if identity in here:
            continue
        here.add(identity)
        ignore = silencing(subject.ignores, name, finding.at)
        if ignore is not None:
            subject.used.add((ignore.at, ignore.rule))
            run.silenced.add(identity)
            continue
        known = run.found.setdefault(identity, _Found(problem, name, finding.edits, 0))
        known.times += 1
        known.edits = tuple(dict.fromkeys((*known.edits, *finding.edits))) if known.edits and finding.edits else ()


def _problem(finding: Finding, name: str, severity: Severity, subject: Subject) -> Problem:
    at = finding.at
    about = context(subject.written[at.file], at)
    return Problem(
        id=FAMILY + name,
        severity=severity,
        message=f"{finding.message}; {finding.hint}" if finding.hint else finding.message,
        hint=finding.hint,
        call=about.call,
        event=about.event,
        version=about.version,
        pointer=about.pointer,
        file=at.file,
        line=at.line,
        column=at.column,
    )


def _identity(problem: Problem) -> tuple[object, ...]:
    return (problem.file, problem.line, problem.column, problem.id, problem.message)


def _result(run: _Run) -> Linted:
    kept = [found for found in run.found.values() if not RULES[found.rule].in_all or found.times == run.looks[found.problem.file or ""]]
    problems = [*run.mistakes.values(), *(found.problem for found in kept)]
    fixes = [found.edits for found in kept if found.edits and all(run.looks[edit.at.file] <= found.times for edit in found.edits)]
    findings = Findings(
        problems=tuple(sorted(problems, key=_reading_order(run.files))),
        files=tuple(run.files),
        texts=run.texts,
        explained={FAMILY + rule: (RULES[rule].meaning, RULES[rule].documentation) for rule in {found.rule for found in kept}},
        silenced=len(run.silenced),
        fixable=len(fixes),
        beside=tuple(run.beside),
        alone=tuple(run.alone),
    )
    return Linted(findings, tuple(fixes))


def _reading_order(files: Sequence[str]) -> Callable[[Problem], tuple[int, str, int, int, str]]:
    rank = {file: number for number, file in enumerate(files)}
    return lambda problem: (
        rank.get(problem.file or "", len(rank)),
        problem.file or "",
        problem.line or 0,
        problem.column or 0,
        problem.id,
    )
