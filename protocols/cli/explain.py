"""`protocols explain`: what stands behind an id."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, NamedTuple

import typer

from protocols.cli.options import look
from protocols.errors import UsageError
from protocols.names import nearest
from protocols.sinks.page import BLANK, COLOURS, Line, Span, draw

EXAMPLES = """\b
Examples:
  protocols explain                        (every id there is)
  protocols explain lint/unused-definition
  protocols explain unused-definition
"""


class Explanation(NamedTuple):
    """What is said about an id: how much it weighs, in one line what it means, all about it, and an example."""

    severity: str
    meaning: str
    text: str
    example: str = ""


def explain(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID", help="What stands in brackets behind a message.", show_default=False),
    ] = None,
) -> int:
    """Say what the id of a message means.

    What is asked for, why it matters, an example. Without an id, list all there are.
    """
    known = {id: explanation for table in TABLES for id, explanation in table().items()}
    page = [line for asked in ids for id in _ids(asked, known) for line in _page(id, known[id])] if ids else list(_list(known))
    drawn = look(None, limit=0, quiet=False)
    sys.stdout.buffer.write(draw(page, drawn).encode())
    sys.stdout.buffer.flush()
    return 0


def _rules() -> dict[str, Explanation]:
    from protocols.rules import RULES
    from protocols.rules.ignores import FAMILY

    return {
        f"{FAMILY}{name}": Explanation(f"{rule.severity}{'' if rule.on else ', off'}", rule.meaning, rule.documentation, rule.example)
        for name, rule in RULES.items()
    }


def _mistakes() -> dict[str, Explanation]:
    from protocols.plan import PLAN_KINDS

    return {id: Explanation(str(kind.severity), kind.meaning, kind.meaning) for id, kind in PLAN_KINDS.items()}


def _violations() -> dict[str, Explanation]:
    from protocols.explanations import explanation
    from protocols.violations import KINDS

    return {
        id: Explanation(str(kind.severity), kind.meaning, said.text, said.example)
        for id, kind in KINDS.items()
        if (said := explanation(id))
    }


def _of_the_run() -> dict[str, Explanation]:
    from protocols.report.expectations import EXPECTATIONS

    return {id: Explanation("error", meaning, meaning) for id, meaning in EXPECTATIONS.items()}


TABLES: tuple[Callable[[], Mapping[str, Explanation]], ...] = (_rules, _mistakes, _violations, _of_the_run)
"""Where explanations come from: findings in plans, mistakes that make a plan wrong, violations of events, what a run
was expected to show."""


def _list(known: Mapping[str, Explanation]) -> Iterator[Line]:
    widths = [max(map(len, column)) for column in ([*known], [said.severity for said in known.values()])]
    for id, said in known.items():
        yield Line(f"{id:<{widths[0]}}  {said.severity:<{widths[1]}}  ", [Span(said.meaning)])


def _page(id: str, said: Explanation) -> Iterator[Line]:
    yield Line("", [Span(id, "bold"), Span(f"  {said.severity}", COLOURS.get(said.severity.partition(",")[0], "dim"))])
    yield BLANK
    for paragraph in said.text.split("\n\n"):
        yield Line("", [Span(" ".join(paragraph.split()))])
        yield BLANK
    if said.example:
        marked = ", with what is found behind # !" if "# !" in said.example else ""
        yield Line("", [Span(f"For example{marked}:", "bold")])
        yield BLANK
        yield from (Line(f"    {line}") for line in said.example.splitlines())
        yield BLANK


def _ids(asked: str, known: Mapping[str, Explanation]) -> list[str]:
    """The ids that were asked for; the family may be left out. Raises UsageError where there is none such."""
    meant = [id for id in known if asked in (id, id.partition("/")[2])]
    if not meant:
        near = nearest(asked, known) or nearest(asked, [id.partition("/")[2] for id in known])
        raise UsageError(f"nothing is called {asked}; {f'did you mean {near}?' if near else 'protocols explain lists every id'}")
    return meant
