"""A chart: a table, and above it an empty place in which `charts.js` draws what the table says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from protocols.sinks.html.texts import details, text

CHART = '<div class="chart" hidden'
LONG = 12
"""Rows of a table that need not be opened to be seen."""


class Series(NamedTuple):
    """A column. What has a colour is drawn in it, the first nearest to the axis; what has none is only in the table."""

    title: str
    colour: str = ""


class Row(NamedTuple):
    """`head` is markup and `cells` are numbers or texts; `short` is the name on the chart where it is not the text of the head."""

    head: str
    cells: Sequence[int | str]
    short: str = ""


def chart(kind: str, said: str, title: str, series: Sequence[Series], rows: Sequence[Row], *, most: int = 0, facts: str = "") -> str:
    """`kind` is one that `charts.js` knows, `said` the sentence for those who do not see it; `most` rows are drawn, without it all."""
    place = f'{CHART} role="img" aria-label="{text(said)}" data-kind="{kind}" data-most="{most or len(rows)}"{facts}></div>'
    keys = "".join(f'<li class="{each.colour}">{text(each.title)}</li>' for each in series if each.colour)
    legend = f'<ul class="key" aria-hidden="true" hidden>{keys}</ul><p class="readout quiet" role="status" hidden></p>'
    shown = table(title, series, rows)
    return f"<figure>{place}{legend}{details('The figures', shown) if len(rows) > LONG else shown}</figure>"


def table(title: str, series: Sequence[Series], rows: Iterable[Row]) -> str:
    heads = "".join(
        f'<th scope="col"{f""" data-colour="{each.colour}" """.rstrip() if each.colour else ""}>{text(each.title)}</th>' for each in series
    )
    body = "".join(map(_row, rows))
    return (
        f'<div class="scroll"><table><thead><tr><th scope="col">{text(title)}</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(row: Row) -> str:
    named = f' data-name="{text(row.short)}"' if row.short else ""
    cells = "".join(f'<td class="number">{f"{cell:,}" if isinstance(cell, int) else text(cell)}</td>' for cell in row.cells)
    return f'<tr{named}><th scope="row">{row.head}</th>{cells}</tr>'
