"""Faults that were never objects of their own: how many there are, and what is asked of the few that somebody wants to see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from protocols.report.report import Route, Seen
from protocols.violations import Recurring


class Glimpse(Protocol):
    """One sighting of a fault: its event's route, the value and the indices of the arrays on the way to it. `order` grows from
    sighting to sighting; `index` is that of the event."""

    order: int

    @property
    def index(self) -> int: ...
    @property
    def route(self) -> Route: ...
    @property
    def value(self) -> Any: ...
    @property
    def indices(self) -> Sequence[int]: ...
    @property
    def message_id(self) -> str | None: ...


class FaultClass(Protocol):
    """Sightings of which the same is said: `count` of them in so many `lines`, of values of the JSON type `got`.

    `firsts` are the first ones with different values, and `has_more` says that there may be further ones; `only` is the text of the
    value where all have the same, empty where there are none, and None else.
    """

    @property
    def said(self) -> Sequence[Recurring]: ...
    @property
    def count(self) -> int: ...
    @property
    def lines(self) -> int: ...
    @property
    def got(self) -> str: ...
    @property
    def last(self) -> Glimpse: ...
    @property
    def only(self) -> bytes | None: ...
    @property
    def has_more(self) -> bool: ...
    def firsts(self) -> Iterator[Glimpse]: ...
    def all(self) -> Iterator[Glimpse]: ...


Locate = Callable[[Glimpse], Seen]
"""Says where something was seen."""
