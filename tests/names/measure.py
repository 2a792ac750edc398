"""How often the judgements of names are right, on the labelled names: `python tests/names/measure.py [first] [later]`.

One line for each judgement and part of the table: of the names about which something is said, how many rightly
(precision); of those about which something should be said, how many (recall); and how many rows are right as a whole.
With the name of a part, its misses are listed.

`python tests/names/measure.py events.ndjson plan.json` lists what is said of the event names and keys in files of others, to
be looked through by hand.

What rows got that the code had never seen (precision, recall), before their misses were mended and wrong labels put right:

                every second row of the first part     the later part
wrong order     163 rows   100.0%   98.7%               81 rows   100.0%  100.0%
better order    163 rows    93.6%   95.7%               81 rows    93.3%   87.5%
dynamic part    187 rows   100.0%  100.0%               91 rows   100.0%  100.0%
spec event      163 rows    95.3%  100.0%               81 rows   100.0%   93.8%
case            187 rows    95.7% of the rows right     91 rows   100.0% of the rows right

The same rule with the verbs of a dictionary package (lemminflect 0.2.3, which brings numpy) found 98.9 % of the wrong orders
instead of all, took 236 us a name instead of 8 and 0.27 s to load; so the verbs are a table of our own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

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


def parts() -> dict[str, list[Label]]:
    """The rows that the code was made with, and those written when it was done."""
    first, _, later = TABLE.read_text("utf-8").partition("\n# ====")
    return {"first": list(_labels(first)), "later": list(_labels(later.partition("\n")[2]))}


def _labels(text: str) -> Iterator[Label]:
    return (_label(row.split("|")) for row in text.splitlines() if row and not row.startswith("#"))


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


def names_in(path: Path) -> tuple[set[str], set[str]]:
    """The event names and the keys below `properties` and `traits` in a file of events or a plan, one JSON text a line or in all."""
    text = path.read_text("utf-8")
    try:
        values = [json.loads(text)]
    except json.JSONDecodeError:
        values = [json.loads(line) for line in text.splitlines() if line]
    events: set[str] = set()
    keys: set[str] = set()
    for value in values:
        _collect(value, events, keys, is_inside=False)
    return events, keys


def _collect(value: Any, events: set[str], keys: set[str], *, is_inside: bool) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, events, keys, is_inside=is_inside)
    elif isinstance(value, dict):
        rule = "key" if "jsonSchema" in value else "name" if "rules" in value else "event"
        if not is_inside and isinstance(value.get(rule), str):
            events.add(value[rule])
        for name, inner in value.items():
            if is_inside:
                keys.add(name)
            _collect(inner, events, keys, is_inside=is_inside or name in ("properties", "traits"))


def survey(path: Path) -> Iterator[str]:
    """What is said of the names in a file, of every judgement but the case, which any name has."""
    events, keys = names_in(path)
    for judgement in ("wrong order", "better order", "dynamic part", "spec event"):
        asked = sorted(events | keys if judgement == "dynamic part" else events)
        said = {name: what for name in asked if (what := JUDGEMENTS[judgement][1](name))}
        yield f"{path.name}: {judgement}: {len(said)} of {len(asked)} names"
        yield from (f"    {name!r}: {what}" for name, what in said.items())


if __name__ == "__main__":
    for path in (path for path in map(Path, sys.argv[1:]) if path.is_file()):
        print(*survey(path), sep="\n")
    print(f"{'':10} {'judgement':14} {'rows':>5} {'right':>6} {'precision':>10} {'recall':>7}")
    for part, rows in parts().items():
        for judgement in JUDGEMENTS:
            found = score(judgement, rows)
            precision, recall = found.said_rightly / max(found.said, 1), found.said_rightly / max(found.should, 1)
            print(f"{part:10} {judgement:14} {found.rows:5} {found.right / found.rows:6.1%} {precision:10.1%} {recall:7.1%}")
            if part in sys.argv[1:] and found.misses:
                print(*(f"    {miss}" for miss in found.misses), sep="\n")
