"""How often the judgements of names are right, on the labelled names: `python tests/names/measure.py [--misses]`.

One line for each judgement and half of the table: of the names about which something is said, how many rightly
(precision); of those about which something should be said, how many (recall); and how many rows are right as a whole.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from protocols import names

TABLE = Path(__file__).with_name("labelled.txt")


class Label(NamedTuple):
    """One row; a column that was not asked holds `.`."""

    name: str
    cases: frozenset[str]
    order: str
    better: str
    dynamic: str
    spec: str


def labels() -> list[Label]:
    rows = [line for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [_label(row.split("|")) for row in rows]


def _label(cells: list[str]) -> Label:
    name, cases, *others = cells
    order, better, dynamic, spec, *_ = *map(str.strip, others), "", ""
    return Label(name.removesuffix(" "), frozenset(cases.split()), order, better, dynamic, spec)


JUDGEMENTS: dict[str, tuple[Callable[[Label], str], Callable[[str], str]]] = {
    # what the label says, what the code says; an empty text for nothing
    "wrong order": (lambda label: "no" if label.order == "no" else "", lambda name: "" if names.is_object_action(name) else "no"),
    "better order": (lambda label: label.better, lambda name: names.object_action(name) or ""),
    "dynamic part": (lambda label: label.dynamic, lambda name: names.dynamic_part(name) or ""),
    "spec event": (lambda label: label.spec, lambda name: names.spec_event(name) or ""),
    "case": (
        lambda label: " ".join(sorted(label.cases)),
        lambda name: " ".join(sorted(case for case in names.CASES if names.is_written_in(name, case))),
    ),
}


class Score(NamedTuple):
    rows: int
    right: int
    said: int
    said_rightly: int
    should: int
    misses: tuple[str, ...]


def score(judgement: str, rows: list[Label]) -> Score:
    wanted, got = JUDGEMENTS[judgement]
    asked = [label for label in rows if judgement in ("case", "dynamic part") or label.order != "."]
    pairs = [(label.name, wanted(label), got(label.name)) for label in asked]
    return Score(
        rows=len(pairs),
        right=sum(want == have for _, want, have in pairs),
        said=sum(bool(have) for _, _, have in pairs),
        said_rightly=sum(bool(have) and want == have for _, want, have in pairs),
        should=sum(bool(want) for _, want, _ in pairs),
        misses=tuple(f"{name!r}: wanted {want!r}, got {have!r}" for name, want, have in pairs if want != have),
    )


def halves() -> Iterator[tuple[str, list[Label]]]:
    yield "tuned on", labels()[::2]
    yield "held out", labels()[1::2]


if __name__ == "__main__":
    print(f"{'':10} {'judgement':14} {'rows':>5} {'right':>6} {'precision':>10} {'recall':>7}")
    for half, rows in halves():
        for judgement in JUDGEMENTS:
            found = score(judgement, rows)
            precision, recall = found.said_rightly / max(found.said, 1), found.said_rightly / max(found.should, 1)
            print(f"{half:10} {judgement:14} {found.rows:5} {found.right / found.rows:6.1%} {precision:10.1%} {recall:7.1%}")
            if half in sys.argv[1:]:
                print(*(f"    {miss}" for miss in found.misses), sep="\n")
