"""What the kernel says of the lines of a text, as it is asked for.

A block of a thousand lines has a few dozen classes of faults, and nobody wants to know of each sighting: so all that is written
stays a row of numbers, `kernel/src/fold.rs` says in which order, and objects are made of those parts alone that are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from protocols.engine.explain import Result
from protocols.engine.faults import Fault
from protocols.engine.finding import ITEM
from protocols.engine.known import Recalled
from protocols.engine.nodes import node_at
from protocols.engine.program import Spot
from protocols.engine.router import Route
from protocols.violations import Recurring, json_type

Outcome = Result | Recalled
"""What is known of an event, written out or not."""

OTHER = 2**32 - 1
"""The field of a member that its object does not have."""
EVENT = 2**32 - 2
"""The object of the name of an event."""

WRONG: Mapping[str, int] = {
    "TYPE": 1,
    "MINIMUM": 1 << 1,
    "ABOVE": 1 << 2,
    "MAXIMUM": 1 << 3,
    "BELOW": 1 << 4,
    "SHORT": 1 << 5,
    "LONG": 1 << 6,
    "PATTERN": 1 << 7,
    "LISTED": 1 << 8,
    "UNSURE": 1 << 9,
    "ABSENT": 1 << 10,
    "NAME": 1 << 11,
}
"""What is wrong with a value, as `wrong` in `kernel/src/program.rs` has it."""

NAME, _UNSURE, _ABSENT = WRONG["NAME"], WRONG["UNSURE"], WRONG["ABSENT"]

_KEYWORDS: Mapping[int, Sequence[str]] = {
    WRONG["TYPE"]: ("type",),
    WRONG["MINIMUM"]: ("minimum",),
    WRONG["ABOVE"]: ("exclusiveMinimum",),
    WRONG["MAXIMUM"]: ("maximum",),
    WRONG["BELOW"]: ("exclusiveMaximum",),
    WRONG["SHORT"]: ("minLength",),
    WRONG["LONG"]: ("maxLength",),
    WRONG["PATTERN"]: ("pattern",),
    WRONG["LISTED"]: ("enum", "const"),
}

_GOT = {0: json_type(UNSET), 1: "null", 2: "boolean", 4: "boolean", 8: "integer", 16: "number", 32: "string", 64: "array", 128: "object"}
"""What the kernel's kinds of values are called."""

_REFUSED, _CLASS, _SIGHTING = 4, 12, 15
"""How many numbers are written of a line that is refused, of a class and of a sighting."""


class Class(NamedTuple):
    """A class of faults: a member (`object` and `field`), the kind of value, what is wrong with it, and the text where that has a
    part in what is said."""

    object: int
    field: int
    kind: int
    wrong: int
    text: bytes = b""


Said = tuple[Recurring, ...]
"""What is said of each fault of a class."""


class State(NamedTuple):
    """What the kernel was given, and what is known of the classes it speaks of. Replaced as a whole when more names are learned."""

    program: object
    routes: Sequence[Route]
    objects: Sequence[Spot | None]
    said: dict[Class, Said]

    def spot(self, object: int) -> Spot:
        spot = self.objects[object]
        assert spot is not None, "faults are let through in members of planned objects alone"
        return spot


class Checked:
    """What the kernel said of the lines of a text; lines are told by their indices. Written as `kernel/src/fold.rs` says."""

    def __init__(self, state: State, text: bytes, written: bytes) -> None:
        self.state, self.text = state, text
        numbers = memoryview(written).cast("I")
        self.lines, refused, classes, firsts, combined, self._sighted = numbers[:6]
        sightings = len(numbers) - self._sighted * _SIGHTING
        self._words = words = numbers[:sightings].tolist()
        self._sightings = numbers[sightings:]  # these are many, and only a few of them are looked at
        self._refused = range(6, 6 + refused * _REFUSED, _REFUSED)
        self._classes = range(self._refused.stop, self._refused.stop + classes * _CLASS, _CLASS)
        self._firsts = self._classes.stop
        self._combined, self._combinations = combined, self._firsts + firsts
        self.kinds = [
            Class(words[at], words[at + 1], words[at + 2], words[at + 3], text[words[at + 4] : words[at + 5]]) for at in self._classes
        ]

    def refused(self) -> Iterator[tuple[int, bytes, bool]]:
        """The lines of which somebody else has to say something: index, text, and whether the kernel knew nothing of it."""
        words, text = self._words, self.text
        for at in self._refused:
            yield words[at], text[words[at + 1] : words[at + 2]], words[at + 3] == 1

    def unknown(self) -> Iterator[Line]:
        """A line of each class that is not known when its turn comes."""
        said = self.state.said
        for kind, at in zip(self.kinds, self._classes, strict=True):
            if kind not in said:
                yield self._line_of(self.first(self._words[at + 10]))

    def folded(self) -> Folded | None:
        """All lines in which something was let through; None where it is not known of all classes what is said of them."""
        said: list[Said] = []
        for kind in self.kinds:
            about = self.state.said.get(kind)
            if about is None:
                return None
            said.append(about)
        return Folded(self, said)

    def _line_of(self, sighting: Sighting) -> Line:
        """The whole line of a sighting."""
        first = end = sighting.order
        while first and self._index(first - 1) == sighting.index:
            first -= 1
        while end < self._sighted and self._index(end) == sighting.index:
            end += 1
        return self._line([Sighting(self, order) for order in range(first, end)])

    def _index(self, order: int) -> int:
        return self._sightings[order * _SIGHTING + 2]

    def counted(self, number: int) -> list[int]:
        """Of a class: how many sightings and lines, the last sighting, whether there may be more values, where the first ones are
        and how many."""
        at = self._classes[number]
        return self._words[at + 6 : at + _CLASS]

    def firsts(self, place: int, count: int) -> Iterator[Sighting]:
        """The first sightings of a class with different values."""
        return (Sighting(self, order) for order in self._words[self._firsts + place : self._firsts + place + count])

    def first(self, place: int) -> Sighting:
        """One of them."""
        return Sighting(self, self._words[self._firsts + place])

    def lines_of(self, number: int) -> int:
        """How many lines have a fault of this class."""
        return self._words[self._classes[number] + 7]

    def combinations(self) -> Iterator[tuple[Route, int, list[int]]]:
        """Events that have the same classes: their route, how many there are, and the numbers of these classes."""
        words, kinds, routes, at = self._words, self.kinds, self.state.routes, self._combinations
        for _ in range(self._combined):
            count, classes, route = words[at : at + 3]
            numbers = words[at + 3 : at + 3 + classes]
            at += 3 + classes
            if any(kinds[number][0] == EVENT for number in numbers):
                yield self.route(route, [kinds[number] for number in numbers]), count, numbers
            else:
                yield routes[route], count, numbers

    def route(self, number: int, kinds: Sequence[Class]) -> Route:
        """A route, with the event's own name where the plan lacks it."""
        route = self.state.routes[number]
        return next((route._replace(event=kind.text.decode()) for kind in kinds if kind.object == EVENT), route)

    def sightings(self) -> Iterator[Sighting]:
        """All sightings, line by line."""
        return (Sighting(self, order) for order in range(self._sighted))

    def faulty(self) -> Iterator[Line]:
        """The lines with sightings, one by one."""
        for _, together in groupby(self.sightings(), attrgetter("index")):
            yield self._line(list(together))

    def _line(self, found: Sequence[Sighting]) -> Line:
        return Line(self, self.route(found[0].route_number, [each.kind for each in found]), found)


class Sighting:
    """One fault that was let through. `order` counts them in a text, `index` is that of the line."""

    __slots__ = ("_at", "_numbers", "checked", "order")

    def __init__(self, checked: Checked, order: int) -> None:
        self.checked, self.order = checked, order
        self._numbers, self._at = checked._sightings, order * _SIGHTING

    @property
    def number(self) -> int:
        return self._numbers[self._at]

    @property
    def kind(self) -> Class:
        return self.checked.kinds[self._numbers[self._at]]

    @property
    def route_number(self) -> int:
        return self._numbers[self._at + 1]

    @property
    def route(self) -> Route:
        return self.checked.route(self.route_number, [self.kind])

    @property
    def index(self) -> int:
        return self._numbers[self._at + 2]

    @property
    def line(self) -> bytes:
        return self._part(3)

    @property
    def text(self) -> bytes:
        return self._part(7)

    @property
    def name(self) -> bytes:
        return self._part(9)

    def _part(self, number: int) -> bytes:
        at = self._at + number
        return self.checked.text[self._numbers[at] : self._numbers[at + 1]]

    @property
    def value(self) -> Any:
        """What stands there, UNSET for nothing; for the name of an event that name."""
        if self.kind.object == EVENT:
            return self.name.decode()
        return UNSET if self.kind.wrong & _ABSENT else _VALUE.decode(self.text)

    @property
    def indices(self) -> Sequence[int]:
        """Those of the arrays on the way to it."""
        at = self._at + 11
        return self._numbers[at + 1 : at + 1 + self._numbers[at]].tolist()

    @property
    def message_id(self) -> str | None:
        text = self._part(5)
        return _TEXT.decode(text) if text else None

    def faults(self, spot: Spot, schemas: Mapping[str, Any]) -> Iterator[Fault]:
        """The keywords that its value fails."""
        indices = iter(self.indices)
        holder = tuple(next(indices) if token == ITEM else token for token in spot.path)
        where: tuple[str | int, ...] = tuple(
            word for token in spot.path for word in (("items",) if token == ITEM else ("properties", token))
        )
        key = spot.fields[self.kind.field]
        if self.kind.wrong & _ABSENT:
            yield Fault("required", holder, (*where, "required"), (key,))
            return
        node = node_at(schemas[spot.key], (*spot.path, key))
        for bit, keywords in _KEYWORDS.items():
            if self.kind.wrong & bit:
                yield from (Fault(word, (*holder, key), (*where, "properties", key, word)) for word in keywords if word in node)


@dataclass(frozen=True, slots=True)
class Line:
    """A line in which something was let through."""

    checked: Checked
    route: Route
    sightings: Sequence[Sighting]

    @property
    def index(self) -> int:
        return self.sightings[0].index

    @property
    def text(self) -> bytes:
        return self.sightings[0].line

    @property
    def message_id(self) -> str | None:
        return self.sightings[0].message_id

    def faults(self, schemas: Mapping[str, Any]) -> list[Fault] | None:
        """What the kernel has found wrong with the values, in the words of a judge; None where it is not sure of all."""
        found: list[Fault] = []
        for sighting in self.sightings:
            if sighting.kind.wrong & (_UNSURE | NAME):
                return None
            found += sighting.faults(self.checked.state.spot(sighting.kind.object), schemas)
        return found

    def recalled(self) -> Recalled | None:
        """What is wrong with the event, None where that is not known."""
        said = self.checked.state.said
        found = []
        for sighting in self.sightings:
            known = said.get(sighting.kind)
            if known is None:
                return None
            if known:
                value, indices = sighting.value, sighting.indices
                found += [(each, each.first.value if each.named else value, indices) for each in known]
        return Recalled(self.route, found, self.message_id)


class Folded:
    """Lines in which something was let through, as counts of classes and of their combinations."""

    def __init__(self, checked: Checked, said: Sequence[Said]) -> None:
        self._checked, self._said = checked, said

    def is_apart_from(self, outcomes: Sequence[tuple[int, Outcome]]) -> bool:
        """Whether none of these violations is of a kind that is folded here, so that they are in groups of their own."""
        ids = {problem.id for _, outcome in outcomes for problem in outcome.violations}
        return not ids or ids.isdisjoint(each.first.id for about in self._said for each in about)

    def events(self) -> Iterator[tuple[Route, int, Sequence[Recurring]]]:
        """Events of which the same is said: their route, how many there are, and what is said of each of them."""
        for route, count, numbers in self._checked.combinations():
            said = self._said[numbers[0]] if len(numbers) == 1 else [each for number in numbers for each in self._said[number]]
            yield route, count, said

    def classes(self) -> list[Faults]:
        """The classes of which something is said."""
        return [Faults(self._checked, number, about) for number, about in enumerate(self._said) if about]


class Faults:
    """The faults of one class: what is said of them, how many there are, in how many lines, and whether there may be other values
    than those of the first."""

    __slots__ = ("_checked", "_firsts", "_last", "_number", "count", "has_more", "lines", "said")

    def __init__(self, checked: Checked, number: int, said: Said) -> None:
        self._checked, self._number, self.said = checked, number, said
        self.count, self.lines, self._last, more, *self._firsts = checked.counted(number)
        self.has_more = more == 1

    @property
    def got(self) -> str:
        """The JSON type of the values."""
        kind = self._checked.kinds[self._number]
        return "string" if kind.object == EVENT else _GOT[kind.kind]

    @property
    def only(self) -> bytes | None:
        """The text of the value where all have the same one, empty where there are none; None where they differ."""
        if self._checked.kinds[self._number].wrong & _ABSENT:
            return b""
        place, count = self._firsts
        return self._checked.first(place).text if count == 1 else None

    @property
    def last(self) -> Sighting:
        return Sighting(self._checked, self._last)

    def firsts(self) -> Iterator[Sighting]:
        """The first ones with different values."""
        return self._checked.firsts(*self._firsts)

    def all(self) -> Iterator[Sighting]:
        return (sighting for sighting in self._checked.sightings() if sighting.number == self._number)


_VALUE = msgspec.json.Decoder()
_TEXT = msgspec.json.Decoder(str)
