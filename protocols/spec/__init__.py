"""The bundled plans as something to read: what they hold, one event in full with an example, and where a word stands."""

from __future__ import annotations

from protocols.spec.answer import Answer, answer, counts, to_object
from protocols.spec.entry import Entry, entries
from protocols.spec.example import example
from protocols.spec.library import WHOLE, Library
from protocols.spec.outline import kind, rows, sayings
from protocols.spec.search import PLACES, Hit, search

__all__ = [
    "PLACES",
    "WHOLE",
    "Answer",
    "Entry",
    "Hit",
    "Library",
    "answer",
    "counts",
    "entries",
    "example",
    "kind",
    "rows",
    "sayings",
    "search",
    "to_object",
]
