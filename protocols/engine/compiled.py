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

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any

from protocols.engine.accept import Accepted
from protocols.engine.checked import EVENT, NAME, OTHER, Checked, Class, Line, Said, Sighting, State
from protocols.engine.explain import Result, in_order
from protocols.engine.known import is_plainly_unplanned, recurring_at
from protocols.engine.nodes import node_at
from protocols.engine.program import Spot, program
from protocols.engine.router import Route
from protocols.native import Kernel, kernel
from protocols.problems import Problem

_BEYOND = -2
"""What the kernel says where it can say nothing, as in `kernel/src/fold.rs`."""
_MOST_CLASSES = 20_000
_MOST_NAMES = 4096
_MOST_LEARNED = 64
"""Names that are learned for one member."""
_ENOUGH_MET = 3
_ENOUGH_SLOW = 100
"""Events that had names which the plan lets in, before these names are learned for the first time."""


class Compiled:
    """Judges lines by a bundle; what it says of a line is what the second stage would say. Safe between threads."""

    def __init__(self, kernel: Kernel, bundle: Mapping[str, Any]) -> None:
        self._kernel = kernel
        self._bundle = bundle
        self._learned: dict[str, dict[str, tuple[str, ...]]] = {}
        self._names: dict[tuple[str, str], Counter[str]] = {}
        self._slow, self._enough = 0, _ENOUGH_SLOW
        self._learning = threading.Lock()
        self._state = self._built()

    @classmethod
    def of(cls, bundle: Mapping[str, Any]) -> Compiled | None:
        """None where the kernel was not built."""
        found = kernel()
        return cls(found, bundle) if found is not None else None

    def _built(self) -> State:
        words, text, routes, objects = program(self._bundle, self._learned)
        return State(self._kernel.program(words, text), routes, objects, {})

    def accept(self, line: bytes) -> tuple[Route | None, bool]:
        """The route of an event with which nothing is wrong, None for any other bytes; and whether nothing can be said of these."""
        state = self._state
        number = self._kernel.accept(state.program, line)
        return (state.routes[number], False) if number >= 0 else (None, number == _BEYOND)

    def check(self, text: bytes, accepted: Accepted | None = None) -> Checked:
        """All lines of a text. The events with which nothing is wrong are counted where somebody wants to know."""
        state = self._state
        counts = (accepted or Accepted({})).numbers(state.routes)
        return Checked(state, text, self._kernel.check(state.program, text, True, counts))

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
                found = self._said_of(sighting, result)
                if found is None:
                    return
                known = fresh[sighting.kind] = found
            value, indices = sighting.value, sighting.indices
            again += (each.again(each.first.value if each.named else value, indices, line.message_id) for each in known)
        if tuple(in_order(again)) == result.violations:
            if len(said) + len(fresh) > _MOST_CLASSES:
                said.clear()
            said.update(fresh)

    def _said_of(self, sighting: Sighting, result: Result) -> Said | None:
        """What a result says of one sighting; None where that may depend on something else in the event."""
        kind = sighting.kind
        if kind.object == EVENT:
            return tuple(recurring_at(("event",), sighting.value, (), result))
        spot = sighting.checked.state.spot(kind.object)
        key = kind.text.decode() if kind.field == OTHER else spot.fields[kind.field]
        found = tuple(recurring_at((*spot.path, key), sighting.value, sighting.indices, result))
        if kind.field == OTHER:
            return found if self._is_settled(spot, key, found) else None
        return None if any(each.first.id.startswith(("naming/", "limit/")) for each in found) else found

    def _is_settled(self, spot: Spot, name: str, found: Said) -> bool:
        """Whether what is said of a name that the plan lacks is said of it in every event."""
        node = node_at(self._bundle["$defs"][spot.key], spot.path)
        if node.get("x-unplanned") == "off":
            return not found
        return all(is_plainly_unplanned(node, name, each.first) for each in found)

    def look_at_names(self, checked: Checked) -> None:
        """Let the kernel take the names that were met most often among those that the plan lets in. Done ever less often."""
        if any(kind.wrong == NAME for kind in checked.kinds):
            with self._learning:
                self._look_at_names(checked)

    def _look_at_names(self, checked: Checked) -> None:
        for number, kind in enumerate(checked.kinds):
            if kind.wrong == NAME and kind.object != EVENT and checked.state.said.get(kind) == ():
                spot, name = checked.state.spot(kind.object), kind.text.decode()
                if len(spot.path) == 1:
                    names = self._names.setdefault((spot.key, str(spot.path[0])), Counter())
                    if len(names) < _MOST_NAMES or name in names:
                        names[name] += checked.lines_of(number)
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
