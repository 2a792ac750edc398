"""What a question to the bundled plans is answered with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from protocols.names import fold
from protocols.spec.entry import Entry, to_dict
from protocols.spec.example import example
from protocols.spec.library import Library
from protocols.spec.search import Hit, nearest_name, search


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All plans; or one plan with its entries; or entries of one name; or what a search found; or nothing at all.

    `nearest` is the name that was probably meant where there is nothing.
    """

    query: str
    library: Library = field(repr=False)
    plans: Sequence[str] = ()
    entries: Sequence[Entry] = ()
    hits: Sequence[Hit] = ()
    nearest: str | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.plans or self.entries or self.hits)


def answer(library: Library, query: str, *, only_search: bool = False) -> Answer:
    """The plan of that name, else the event or call, else what a search finds; all plans for an empty query.

    Names may be spelled in any way. With `only_search` they are not looked at.
    """
    if not query:
        return Answer(query=query, library=library, plans=list(library.files))
    if not only_search and (plan := library.named(query)) is not None:
        return Answer(query=query, library=library, plans=[plan], entries=library.in_plan(plan))
    if not only_search and (named := [entry for entry in library.entries if fold(entry.name) == fold(query)]):
        return Answer(query=query, library=library, entries=named)
    if hits := search(query, library.entries):
        return Answer(query=query, library=library, hits=hits)
    return Answer(query=query, library=library, nearest=nearest_name(query, library.entries, library.files))


def counts(library: Library, name: str) -> tuple[int, int]:
    """How many events a plan holds, and of how many calls it speaks."""
    entries = library.in_plan(name)
    events = sum(entry.event is not None for entry in entries)
    return events, len(entries) - events


def to_object(answer: Answer) -> dict[str, Any]:
    """The answer for programs; its shape is an interface, told in `protocols.cli.spec`."""
    return {
        "spec_version": 1,
        "query": answer.query or None,
        "plans": [_plan(answer.library, name) for name in answer.plans],
        "events": [
            *(_entry(answer.library, entry) for entry in answer.entries),
            *({**_entry(answer.library, hit.entry), "found": {"in": hit.where, "path": hit.path}} for hit in answer.hits),
        ],
    }


def _plan(library: Library, name: str) -> dict[str, Any]:
    plan = library[name]
    events, calls = counts(library, name)
    return {"name": name, "version": plan.version, "description": plan.description, "events": events, "calls": calls}


def _entry(library: Library, entry: Entry) -> dict[str, Any]:
    return {
        "plan": entry.plan,
        "also_in": library.also_in(entry),
        "call": entry.call,
        "event": entry.event,
        "description": entry.description,
        "status": entry.status,
        "replaced_by": entry.replaced_by,
        **{part: to_dict(shape) for part, shape in entry.parts.items()},
        "example": example(library.successor(entry)),
    }
