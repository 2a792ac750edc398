"""`protocols explain`: what stands behind an id."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, NamedTuple

from protocols.cli.options import look
from protocols.cli.parameters import Argument
from protocols.errors import UsageError
from protocols.globs import matches
from protocols.names import nearest
from protocols.problems import Severity
from protocols.sinks.page import BLANK, COLOURS, Line, Span, draw

EXAMPLES = """\b
Examples:
  protocols explain                        (every id there is)
  protocols explain lint/unused-definition
  protocols explain unused-definition
  protocols explain type                   (every id of a family)
  protocols explain '*-name-case'
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
        Argument(metavar="ID", help="What stands in brackets behind a message, a family, or a glob.", show_default=False),
    ] = None,
) -> int:
    """Say what the id of a message means.

    What is asked for, why it matters, how to mend it, an example. Without an id, list all there are; of a family or a glob
    such as 'type/*', those it stands for.
    """
    known = {id: explanation for table in TABLES for id, explanation in table().items()}
    page = list(_answer(ids, known) if ids else _list(known))
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


def _others() -> dict[str, Explanation]:
    from protocols.explanations import MEANINGS, explanation

    return {
        said.id: Explanation(_either(said.severities), said.meaning, said.text, said.example.text if said.example else "")
        for said in map(explanation, MEANINGS)
    }


def _either(severities: Sequence[Severity]) -> str:
    """`error`, `error or warning`, `error, warning or note`."""
    *most, last = map(str, severities)
    return f"{', '.join(most)} or {last}" if most else last


TABLES: tuple[Callable[[], Mapping[str, Explanation]], ...] = (_rules, _others)
"""Where explanations come from: findings in plans, and everything else."""


def _list(known: Mapping[str, Explanation]) -> Iterator[Line]:
    widths = [max(map(len, column)) for column in ([*known], [said.severity for said in known.values()])]
    for id, said in known.items():
        yield Line(f"{id:<{widths[0]}}  {said.severity:<{widths[1]}}  ", [Span(said.meaning)])


def _page(id: str, said: Explanation) -> Iterator[Line]:
    yield Line("", [Span(id, "bold"), Span(f"  {said.severity}", COLOURS.get(re.split("[, ]", said.severity)[0], "dim"))])
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


def _answer(ids: Sequence[str], known: Mapping[str, Explanation]) -> Iterator[Line]:
    """All about each id, whose family may be left out, then a line for each that a family or a glob stands for. Raises
    UsageError where there is none such."""
    listed: dict[str, Explanation] = {}
    for asked in ids:
        exact = [id for id in known if asked in (id, id.partition("/")[2])]
        meant = [id for id in known if id.partition("/")[0] == asked.removesuffix("/") or matches(asked, id)]
        if not exact and not meant:
            raise UsageError(f"nothing is called {asked}; {_hint(asked, known)}")
        for id in exact:
            yield from _page(id, known[id])
        if not exact:
            listed |= {id: known[id] for id in meant}
    if listed:
        yield from _list(listed)


def _hint(asked: str, known: Iterable[str]) -> str:
    """What was probably meant: an id, a family, or an id whose family is another or was left out."""
    families, kinds = zip(*(id.split("/") for id in known), strict=True)
    near = nearest(asked, known) or nearest(asked, families) or nearest(asked.rpartition("/")[2], kinds)
    if near in kinds and "/" in asked:
        near = next(id for id in known if id.endswith(f"/{near}"))
    return f"did you mean {near}?" if near else "protocols explain lists every id"
