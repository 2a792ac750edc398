"""The first stage in compiled code, and what was explained before recognised with it.

The kernel goes once over the bytes of many lines. It counts the events with which nothing is wrong, hands back the lines of
which it cannot say, and lets faults through in members of the plan's objects: there it says that a value is of a class, one
member, one kind of value, the same failing keywords. What is said of a class is taken from the second stage once, and only kept
if writing it again gives exactly what the second stage wrote. So of a million equal faults one is explained and the others are
counted.

Only faults that are independent of all else in an event are let through: nothing under keywords that look at several members, no
names that are close to a planned one. Memory is bounded: so many classes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from protocols.engine.accept import Accepted
from protocols.engine.explain import Result, in_order
from protocols.engine.faults import Fault
from protocols.engine.finding import ITEM
from protocols.engine.known import Recalled, is_plainly_unplanned, recurring_at
from protocols.engine.nodes import node_at
from protocols.engine.program import Spot, program
from protocols.engine.router import Route
from protocols.native import Kernel, kernel
from protocols.problems import Problem
from protocols.violations import Recurring, json_type

_OTHER = 2**32 - 1
"""The field of a member that its object does not have."""
_EVENT = 2**32 - 2
"""The object of the name of an event."""
_UNSURE, _ABSENT, _NAME = 1 << 9, 1 << 10, 1 << 11
_BY_TEXT = 1 << 8 | _UNSURE | _NAME

_MOST_CLASSES = 20_000
_MOST_NAMES = 4096
_MOST_LEARNED = 64
"""Names that are learned for one member."""
_ENOUGH_MET = 3
_ENOUGH_SLOW = 100
"""Events that had names which the plan lets in, before these names are learned for the first time."""

Class = tuple[int, int, int, int, bytes]
"""Object, field, kind of value, failing keywords, and the text where it has a part in what is said."""

Said = tuple[Recurring, ...]
Combination = list[int]
"""How many lines, how many classes, their route, and those classes, ascending."""


class _State(NamedTuple):
    """What the kernel was given, and what is known of the classes it speaks of. Replaced as a whole when more names are learned."""

    program: object
    routes: Sequence[Route]
    objects: Sequence[Spot | None]
    said: dict[Class, Said]


class Compiled:
    """Judges lines by a bundle; what it says of a line is what the second stage would say. Safe between threads."""

    def __init__(self, kernel: Kernel, bundle: Mapping[str, Any]) -> None:
        self._kernel = kernel
        self._bundle = bundle
        self._learned: dict[str, dict[str, tuple[str, ...]]] = {}
        self._names: dict[tuple[str, str], Counter[str]] = {}
        self._slow, self._enough = 0, _ENOUGH_SLOW
        self._state = self._built()

    @classmethod
    def of(cls, bundle: Mapping[str, Any]) -> Compiled | None:
        """None where the kernel was not built."""
        found = kernel()
        return cls(found, bundle) if found is not None else None

    def _built(self) -> _State:
        words, text, routes, objects = program(self._bundle, self._learned)
        return _State(self._kernel.program(words, text), routes, objects, {})

    def accept(self, line: bytes) -> Route | None:
        """The route of an event with which nothing is wrong; None for any other bytes, and where that is not certain."""
        state = self._state
        number = self._kernel.accept(state.program, line)
        return state.routes[number] if number >= 0 else None

    def check(self, text: bytes) -> Checked:
        """All lines of a text."""
        state = self._state
        return Checked(state, text, self._kernel.check(state.program, text, True))

    def learn(self, line: Line, result: Result) -> None:
        """Take what the second stage said of a line's classes, if written again it is that."""
        route = line.route
        if result.route != route:
            return
        said = line.checked.state.said
        fresh: dict[Class, Said] = {}
        again: list[Problem] = []
        for sighting in line.sightings:
            known = said.get(sighting.kind)
            if known is None:
                known = fresh.get(sighting.kind)
            if known is None:
                found = self._said_of(sighting, route, result)
                if found is None:
                    return
                known = fresh[sighting.kind] = found
            value, indices = sighting.value, sighting.indices
            again += (each.again(each.first.value if each.named else value, indices, line.message_id) for each in known)
        if tuple(in_order(again)) == result.violations:
            if len(said) + len(fresh) > _MOST_CLASSES:
                said.clear()
            said.update(fresh)

    def _said_of(self, sighting: Sighting, route: Route, result: Result) -> Said | None:
        """What a result says of one sighting; None where that may depend on something else in the event."""
        number, field, _, _, text = sighting.kind
        if number == _EVENT:
            return tuple(recurring_at(("event",), text.decode(), (), result))
        spot = sighting.checked.state.objects[number]
        assert spot is not None
        path = (*spot.path, text.decode() if field == _OTHER else spot.fields[field])
        found = tuple(recurring_at(path, sighting.value, sighting.indices, result))
        if field == _OTHER:
            return found if self._is_settled(spot, str(path[-1]), found) else None
        return None if any(each.first.id.startswith(("naming/", "limit/")) for each in found) else found

    def _is_settled(self, spot: Spot, name: str, found: Said) -> bool:
        """Whether what is said of a name that the plan lacks is said of it in every event."""
        node = node_at(self._bundle["$defs"][spot.key], spot.path)
        if node.get("x-unplanned") == "off":
            return not found
        return all(is_plainly_unplanned(node, name, each.first) for each in found)

    def look_at_names(self, checked: Checked) -> None:
        """Let the kernel take the names that were met most often among those that the plan lets in. Done ever less often."""
        for number in range(checked.classes):
            kind = checked.kind(number)
            if kind[3] == _NAME and checked.state.said.get(kind) == () and kind[0] != _EVENT:
                spot = checked.state.objects[kind[0]]
                assert spot is not None
                if len(spot.path) == 1:
                    names = self._names.setdefault((spot.key, str(spot.path[0])), Counter())
                    if len(names) < _MOST_NAMES or kind[4].decode() in names:
                        names[kind[4].decode()] += checked.lines_of(number)
                    self._slow += checked.lines_of(number)
        if self._slow >= self._enough:
            self._enough *= 4
            self._relearn()

    def _relearn(self) -> None:
        before = {key: dict(members) for key, members in self._learned.items()}
        for (key, member), counts in self._names.items():
            known = self._learned.get(key, {}).get(member, ())
            often = [name for name, count in counts.most_common() if count >= _ENOUGH_MET and name not in known]
            self._learned.setdefault(key, {})[member] = (*known, *often)[:_MOST_LEARNED]
        if self._learned != before:
            self._state = self._built()


class Checked:
    """What the kernel said of the lines of a text; lines are told by their indices. Written as `kernel/src/fold.rs` says."""

    def __init__(self, state: _State, text: bytes, written: bytes) -> None:
        self.state, self.text = state, text
        self._words = words = memoryview(written).cast("I").tolist()
        self.lines, accepted, refused, combined, self.classes, self._sighted = words[:6]
        self._accepted = range(6, 6 + 2 * accepted, 2)
        self._refused = range(self._accepted.stop, self._accepted.stop + 4 * refused, 4)
        at = self._refused.stop
        self._combined: list[Combination] = []
        for _ in range(combined):
            end = at + 3 + words[at + 1]
            self._combined.append(words[at:end])
            at = end
        self._classes: list[int] = []
        for _ in range(self.classes):
            self._classes.append(at)
            at += 9 + words[at + 8]
        self._sightings = at
        self._kinds: list[Class] = [self._kind(at) for at in self._classes]

    def _kind(self, at: int) -> Class:
        """A class of faults, as it can be looked up."""
        words = self._words
        object, field, kind, faults = words[at : at + 4]
        if not faults & _BY_TEXT:
            return object, field, kind, faults, b""
        first = Sighting(self, words[at + 9])
        return object, field, kind, faults, first.name if faults & _NAME else first.text

    def count_accepted(self, accepted: Accepted) -> None:
        """Count the events with which nothing is wrong."""
        words, routes, counts = self._words, self.state.routes, accepted.routes
        for at in self._accepted:
            counts[routes[words[at]]] += words[at + 1]

    def refused(self) -> Iterator[tuple[int, bytes, bool]]:
        """The lines of which somebody else has to say something: index, text, and whether the kernel knew nothing of it."""
        words, text = self._words, self.text
        for at in self._refused:
            yield words[at], text[words[at + 1] : words[at + 2]], words[at + 3] == 1

    def is_known(self) -> bool:
        """Whether it is known of all classes what is said of them."""
        return self.state.said.keys() >= set(self._kinds)

    def unknown(self) -> Iterator[Line]:
        """A line of each class that is not known when its turn comes."""
        for number in range(self.classes):
            if self.kind(number) not in self.state.said:
                yield self._line_of(Sighting(self, self._words[self._classes[number] + 9]))

    def _line_of(self, sighting: Sighting) -> Line:
        """The whole line of a sighting."""
        first = end = sighting.order
        while first and self._index(first - 1) == sighting.index:
            first -= 1
        while end < self._sighted and self._index(end) == sighting.index:
            end += 1
        return self._line([Sighting(self, order) for order in range(first, end)])

    def _index(self, order: int) -> int:
        return self._words[self._sightings + order * _SIGHTING + 2]

    def kind(self, number: int) -> Class:
        return self._kinds[number]

    def counted(self, number: int) -> list[int]:
        """Of a class: how many sightings and lines, the last sighting, whether there may be more values, how many first ones."""
        at = self._classes[number]
        return self._words[at + 4 : at + 9]

    def firsts(self, number: int) -> list[Sighting]:
        """The first sightings of a class with different values."""
        at = self._classes[number]
        return [Sighting(self, order) for order in self._words[at + 9 : at + 9 + self._words[at + 8]]]

    def lines_of(self, number: int) -> int:
        """How many lines have a fault of this class."""
        return self._words[self._classes[number] + 5]

    def groups(self) -> list[Folded]:
        """The classes of which something is said."""
        said = self.state.said
        return [Folded(self, number, about) for number, kind in enumerate(self._kinds) if (about := said[kind])]

    def combinations(self) -> Iterator[tuple[Route, int, list[Recurring]]]:
        """Events that have the same classes: their route, how many there are, and what is said of each of them."""
        said = self.state.said
        for count, _, route, *numbers in self._combined:
            kinds = [self.kind(number) for number in numbers]
            yield self.route(route, kinds), count, [each for kind in kinds for each in said[kind]]

    def route(self, number: int, kinds: Sequence[Class]) -> Route:
        route = self.state.routes[number]
        return next((route._replace(event=kind[4].decode()) for kind in kinds if kind[0] == _EVENT), route)

    def sightings(self) -> Iterator[Sighting]:
        """All sightings, line by line."""
        return (Sighting(self, order) for order in range(self._sighted))

    def faulty(self) -> Iterator[Line]:
        """The lines with sightings, one by one."""
        for _, together in groupby(self.sightings(), attrgetter("index")):
            yield self._line(list(together))

    def _line(self, found: Sequence[Sighting]) -> Line:
        return Line(self, self.route(found[0].route_number, [each.kind for each in found]), found)

    def sighted(self, order: int) -> list[int]:
        """What was written of a sighting."""
        at = self._sightings + order * _SIGHTING
        return self._words[at : at + _SIGHTING]


_SIGHTING = 13


class Sighting:
    """One fault that was let through. `order` counts them in a text, `index` is that of the line."""

    __slots__ = ("_words", "checked", "index", "number", "order")

    def __init__(self, checked: Checked, order: int) -> None:
        self.checked, self.order = checked, order
        self._words = words = checked.sighted(order)
        self.number, self.index = words[0], words[2]

    @property
    def kind(self) -> Class:
        return self.checked.kind(self.number)

    @property
    def route_number(self) -> int:
        return self._words[1]

    @property
    def route(self) -> Route:
        return self.checked.route(self._words[1], [self.kind])

    @property
    def line(self) -> bytes:
        return self.checked.text[self._words[3] : self._words[4]]

    @property
    def text(self) -> bytes:
        return self.checked.text[self._words[5] : self._words[6]]

    @property
    def name(self) -> bytes:
        return self.checked.text[self._words[7] : self._words[8]]

    @property
    def value(self) -> Any:
        """What stands there, UNSET for nothing; for the name of an event that name."""
        number, _, _, faults, _ = self.kind
        if number == _EVENT:
            return self.name.decode()
        return UNSET if faults & _ABSENT else _VALUE.decode(self.text)

    @property
    def indices(self) -> Sequence[int]:
        """Those of the arrays on the way to it."""
        return self._words[10 : 10 + self._words[9]]

    @property
    def message_id(self) -> str | None:
        return message_id(self.line)

    def faults(self, spot: Spot, schemas: Mapping[str, Any]) -> Iterator[Fault]:
        """The keywords that its value fails."""
        _, field, _, bits, _ = self.kind
        indices = iter(self.indices)
        holder = tuple(next(indices) if token == ITEM else token for token in spot.path)
        where: tuple[str | int, ...] = tuple(
            word for token in spot.path for word in (("items",) if token == ITEM else ("properties", token))
        )
        key = spot.fields[field]
        if bits & _ABSENT:
            yield Fault("required", holder, (*where, "required"), (key,))
            return
        node = node_at(schemas[spot.key], (*spot.path, key))
        for bit, keywords in _KEYWORDS.items():
            if bits & bit:
                yield from (Fault(word, (*holder, key), (*where, "properties", key, word)) for word in keywords if word in node)


_KEYWORDS: Mapping[int, Sequence[str]] = {
    1: ("type",),
    2: ("minimum",),
    4: ("exclusiveMinimum",),
    8: ("maximum",),
    16: ("exclusiveMaximum",),
    32: ("minLength",),
    64: ("maxLength",),
    128: ("pattern",),
    256: ("enum", "const"),
}
"""The bits of `wrong` in `kernel/src/program.rs`."""


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
            object, _, _, bits, _ = sighting.kind
            spot = self.checked.state.objects[object] if object != _EVENT else None
            if spot is None or bits & (_UNSURE | _NAME):
                return None
            found += sighting.faults(spot, schemas)
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
    """A class of faults in many lines: what is said of it, how many sightings there are, how many lines have one, and whether there
    may be other values than those of the first."""

    __slots__ = ("_checked", "_first", "_last", "_number", "count", "has_more", "lines", "said")

    def __init__(self, checked: Checked, number: int, said: Said) -> None:
        self._checked, self._number, self.said = checked, number, said
        self.count, self.lines, self._last, more, _ = checked.counted(number)
        self.has_more = more == 1
        self._first: list[Sighting] | None = None

    @property
    def got(self) -> str:
        """The JSON type of the values."""
        number, _, kind, _, _ = self._checked.kind(self._number)
        return "string" if number == _EVENT else _GOT[kind]

    @property
    def first(self) -> list[Sighting]:
        """The first sightings with different values."""
        if self._first is None:
            self._first = self._checked.firsts(self._number)
        return self._first

    @property
    def last(self) -> Sighting:
        return Sighting(self._checked, self._last)

    def all(self) -> Iterator[Sighting]:
        return (sighting for sighting in self._checked.sightings() if sighting.number == self._number)


_GOT = {0: json_type(UNSET), 1: "null", 2: "boolean", 4: "boolean", 8: "integer", 16: "number", 32: "string", 64: "array", 128: "object"}
"""What the kernel's kinds of values are called."""


class _Identified(msgspec.Struct, gc=False):
    messageId: Any = None


_VALUE = msgspec.json.Decoder()
_IDENTIFIED = msgspec.json.Decoder(_Identified)


def message_id(line: bytes) -> str | None:
    """The message id of an event that the kernel has read."""
    found = _IDENTIFIED.decode(line).messageId
    return found if isinstance(found, str) else None
