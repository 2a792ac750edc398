"""Findings in plan files for people: each with the line that it is about, the place marked.

plan.yaml:12:3: warning: order completed is not Title Case [lint/event-name-case]
   12 |   order completed: {}
      |   ^^^^^^^^^^^^^^^ rename it to Order Completed
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from protocols.problems import Problem
from protocols.report import Findings
from protocols.sinks.page import BLANK, COLOURS, Line, Span, many, severities, short
from protocols.sinks.sink import Look, safe

OF_ONE_KIND = 10
"""So many findings of one id are shown before the others get their turn."""

WIDTH = 120
"""Columns of a line of a file that are shown where the output itself has no width."""


def lines(findings: Findings, look: Look) -> Iterator[Line]:
    """The findings in the order of the files."""
    shown, cut = _select(findings.problems, 50 if look.limit is None else look.limit)
    texts = {file: _BREAK.split(text.removeprefix("\ufeff")) for file, text in findings.texts.items()}
    for problem in shown:
        yield from _finding(problem, texts.get(problem.file or "", []), look.width or WIDTH)
        yield BLANK
    if cut:
        yield _cut(cut)
        yield BLANK
    remarks = (
        (findings.beside, "not looked at, since not named"),
        (findings.alone, "read without the plan it is part of, since that was not named"),
    )
    for files, remark in remarks:
        if files:
            yield Line("", [Span(f"{remark}: {', '.join(files[:3])}{f' and {len(files) - 3:,} more' if len(files) > 3 else ''}")])
            yield BLANK


def counts(findings: Findings) -> str:
    """`3 files: 12 findings: 1 error, 8 warnings, 3 notes; 2 silenced; 5 can be fixed with --fix`."""
    found = f"{many(len(findings.problems), 'finding')}: {severities(findings.by_severity)}" if findings.problems else "no findings"
    more = (
        (findings.silenced, f"{findings.silenced:,} silenced"),
        (findings.fixed, f"{findings.fixed:,} fixed"),
        (findings.fixable, f"--fix mends {findings.fixable:,}"),
    )
    return "; ".join([f"{many(len(findings.files), 'file')}: {found}", *(text for number, text in more if number)])


def _select(problems: Sequence[Problem], limit: int) -> tuple[list[Problem], list[Problem]]:
    """What is shown and what is cut: where there are more than `limit` the worst are taken, and few of each id; 0 shows all."""
    if not limit or len(problems) <= limit:
        return list(problems), []
    taken: set[int] = set()
    of_id: Counter[str] = Counter()
    for number in sorted(range(len(problems)), key=lambda number: -problems[number].severity):
        of_id[problems[number].id] += 1
        if len(taken) < limit and of_id[problems[number].id] <= OF_ONE_KIND:
            taken.add(number)
    return [problems[number] for number in sorted(taken)], [problem for number, problem in enumerate(problems) if number not in taken]


def _cut(cut: Sequence[Problem]) -> Line:
    """What was not shown, and what it is most of."""
    by_id = Counter(problem.id for problem in cut).most_common()
    named = ", ".join(f"{count:,} {id}" for id, count in by_id[:5]) + (", ..." if len(by_id) > 5 else "")
    return Line("", [Span(f"{many(len(cut), 'more finding')} not shown ({named}); --limit 0 shows all", "bold")])


def _finding(problem: Problem, text: Sequence[str], width: int) -> Iterator[Line]:
    severity = str(problem.severity)
    said = problem.message if problem.hint is None else problem.message.removesuffix(f"; {problem.hint}")
    place = ":".join(str(part) for part in (problem.file, problem.line, problem.column) if part is not None)
    message = [Span(f"{severity}: ", COLOURS[severity]), Span(f"{short(said, 400)} "), Span(f"[{problem.id}]", "dim")]
    yield Line(f"{place}: ", message, "bold")
    hint = short(problem.hint or "", 400)
    line = text[problem.line - 1] if problem.line and problem.line <= len(text) else None
    if line is not None and problem.column and line.strip():
        yield from _frame(problem.line or 0, line, problem.column, hint, COLOURS[severity], width)
    elif hint:
        yield Line("      fix  ", [Span(hint, "green")], "dim")


def _frame(number: int, line: str, column: int, hint: str, colour: str, width: int) -> Iterator[Line]:
    """The line with its number, and below it a mark under what begins at the column."""
    gutter = f"{number:>6} | "
    before, marked, behind = (safe(part) for part in _parts(line, column))
    room = max(20, width - len(gutter))
    marked = marked if _cells(marked) <= room - 10 else marked[: room - 11] + "…"
    if _cells(before + marked) > room - 10:
        before = "…" + before[len(before) - max(0, room - 11 - _cells(marked)) :]
    left = room - _cells(before + marked)
    behind = behind if _cells(behind) <= left else behind[: max(0, left - 1)] + "…"
    yield Line(gutter, [Span(before + marked + behind)], "dim")
    mark = Span("^" * max(1, _cells(marked)), colour)
    yield Line(f"{' ' * (len(gutter) - 2)}| {' ' * _cells(before)}", [mark, Span(f" {hint}" if hint else "", "green")], "dim")


_BREAK = re.compile(r"\r\n|\n|\r")
_WORD = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[\[{]|(?:[^:,#\]}\s]|:(?=\S)|,(?=\S)|#|[^\S\r\n](?=[^\s#]))+""")


def _parts(line: str, column: int) -> tuple[str, str, str]:
    """What stands before a column, the value that begins there, and the rest."""
    start = column - 1
    found = _WORD.match(line, start)
    end = found.end() if found else start + 1
    return line[:start], line[start:end], line[end:].rstrip()


def _cells(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF") for character in text)
