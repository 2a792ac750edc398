"""Where a word stands in the bundled plans, the best place first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from protocols.names import nearest, words
from protocols.plan.model import Shape
from protocols.spec.entry import Entry, inner, steps

PLACES = ("name", "property", "description", "property description")
"""Where something can be found, the best first."""


class Hit(NamedTuple):
    """An entry in which all words of a query stand at one place, its best.

    `where` is one of `PLACES`; `path` leads to the property, such as `products[].sku`, and is None for the entry itself.
    `text` is what is said there, None where nothing is.
    """

    entry: Entry
    where: str
    path: str | None
    text: str | None


def search(query: str, entries: Iterable[Entry]) -> list[Hit]:
    """The entries that speak of a query: by `PLACES`, current ones before deprecated ones, then short names and short paths first.

    Every word of the query has to be the beginning of a word: `refund` finds Order Refunded, `ad` does not find Loaded.
    """
    wanted = _folded(query)
    if not wanted:
        return []
    best = (min(_hits(entry, wanted), key=_rank, default=None) for entry in entries)
    return sorted((hit for hit in best if hit is not None), key=_rank)


def nearest_name(query: str, entries: Iterable[Entry], others: Iterable[str]) -> str | None:
    """The name that was probably meant: of an entry or one of the `others`, a word of such a name, or a property."""
    known = list(entries)
    names = [entry.name for entry in known]
    parts = [word for name in names for word in words(name)]
    properties = [_last(path) for entry in known for path, _ in _paths(entry)]
    return nearest(query, dict.fromkeys([*names, *others, *parts, *properties]))


def _rank(hit: Hit) -> tuple[int, bool, int, int]:
    name = hit.entry.name if hit.path is None else _last(hit.path)
    length = len(words(name)) if hit.where in ("name", "property") else 0
    return PLACES.index(hit.where), hit.entry.status == "deprecated", length, (hit.path or "").count(".")


def _hits(entry: Entry, wanted: list[str]) -> Iterator[Hit]:
    if _speaks(entry.name, wanted):
        yield Hit(entry, "name", None, entry.description)
    if _speaks(entry.description, wanted):
        yield Hit(entry, "description", None, entry.description)
    for path, shape in _paths(entry):
        if _speaks(_last(path), wanted):
            yield Hit(entry, "property", path, shape.description)
        if _speaks(shape.description, wanted):
            yield Hit(entry, "property description", path, shape.description)


def _paths(entry: Entry) -> Iterator[tuple[str, Shape]]:
    for part, shape in entry.parts.items():
        yield from _below(inner(shape), "" if part == "properties" else f"{part}.")


def _below(shapes: Mapping[str, Shape], before: str) -> Iterator[tuple[str, Shape]]:
    for name, shape in shapes.items():
        yield f"{before}{name}", shape
        yield from _below(inner(shape), f"{before}{name}{steps(shape)}")


def _last(path: str) -> str:
    """The name at the end of a path."""
    return path.rpartition(".")[2]


def _speaks(text: str | None, wanted: list[str]) -> bool:
    if text is None:
        return False
    there = _folded(text)
    return all(any(word.startswith(one) for word in there) for one in wanted)


def _folded(text: str) -> list[str]:
    return [word.casefold() for word in words(text)]
