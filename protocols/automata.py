"""Patterns as automata: whether an ASCII text matches, one step a character and never two.

The kernel has no engine for regular expressions; it gets tables. They are made of the same parse tree that all other uses of a
pattern have: places of characters and which may follow which (Glushkov's construction), then sets of places as states. Over ASCII
the answer is exactly that of `patterns.matches`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from protocols.patterns import Anchor, Either, One, Repeat, Row, Tree, branches, tree

_MOST_STATES = 500
_MOST_PLACES = 400
"""Bounds of what is made of one pattern: at most some milliseconds, and some ten thousand numbers."""


class Automaton(NamedTuple):
    """A table of states; 0 is the one that nothing leads out of, and 1 where a text begins.

    `classes` has the class of each ASCII character, `steps[state * width + class]` is the next state, and `accepting` has a 1
    for each state in which a text that ends there matches.
    """

    classes: bytes
    steps: Sequence[int]
    width: int
    accepting: bytes

    def accepts(self, text: str) -> bool:
        """Whether an ASCII text matches."""
        state = 1
        for character in text.encode("ascii"):
            state = self.steps[state * self.width + self.classes[character]]
        return bool(self.accepting[state])


@lru_cache(maxsize=1024)
def automaton(pattern: str) -> Automaton | None:
    """The automaton of a pattern without a `fault`; None where it cannot be exact, or would be large.

    Not exact are word boundaries, anchors inside of a branch, and properties of Unicode (`\\p{L}`).
    """
    if "\\p" in pattern or "\\P" in pattern:
        return None
    try:
        return _Table(_Places(pattern)).automaton()
    except _Unfit:
        return None


class _Unfit(Exception):
    """The pattern has no automaton here."""


class _Edges(NamedTuple):
    """The places that a part of a pattern may begin and end with, and whether it takes nothing as well."""

    first: frozenset[int]
    last: frozenset[int]
    empty: bool


_NOTHING = _Edges(frozenset(), frozenset(), True)


class _Places:
    """The characters of a pattern: which ones each place takes, and which places may come behind it.

    A match begins at `anchored` places where the text does, at `free` ones anywhere. It is whole behind the `whole` places, behind
    the `ending` ones where the text ends. `empty` says whether the empty text matches, and `always` that every text does.
    """

    def __init__(self, pattern: str) -> None:
        self.masks: list[int] = []
        self.follow: list[set[int]] = []
        self.anchored: set[int] = set()
        self.free: set[int] = set()
        self.ending: set[int] = set()
        self.whole: set[int] = set()
        self.empty = self.always = False
        for branch in branches(tree(pattern)):
            self._add_branch(branch.parts)

    def _add_branch(self, parts: tuple[Tree, ...]) -> None:
        starts = parts[:1] == (Anchor("^"),)
        parts = parts[1:] if starts else parts
        ends = parts[-1:] == (Anchor("$"),)
        first, last, empty = self._row(parts[:-1] if ends else parts)
        (self.anchored if starts else self.free).update(first)
        (self.ending if ends else self.whole).update(last)
        self.empty = self.empty or empty
        self.always = self.always or (empty and not (starts and ends))

    def _add(self, part: Tree) -> _Edges:
        match part:
            case One(_, mask):
                if len(self.masks) >= _MOST_PLACES:
                    raise _Unfit
                self.masks.append(mask)
                self.follow.append(set())
                place = frozenset((len(self.masks) - 1,))
                return _Edges(place, place, False)
            case Either(inner):
                edges = [self._add(branch) for branch in inner]
                first, last = (frozenset().union(*each) for each in ([edge.first for edge in edges], [edge.last for edge in edges]))
                return _Edges(first, last, any(edge.empty for edge in edges))
            case Row(parts):
                return self._row(parts)
            case Repeat(body, least, most):
                return self._repeated(body, least, most)
        raise _Unfit  # an anchor

    def _row(self, parts: Iterable[Tree]) -> _Edges:
        whole = _NOTHING
        for part in parts:
            edges = self._add(part)
            self._join(whole.last, edges.first)
            whole = _Edges(
                whole.first | edges.first if whole.empty else whole.first,
                whole.last | edges.last if edges.empty else edges.last,
                whole.empty and edges.empty,
            )
        return whole

    def _repeated(self, body: Tree, least: int, most: int | None) -> _Edges:
        if most is None and least <= 1:
            edges = self._add(body)
            self._join(edges.last, edges.first)
            return edges._replace(empty=edges.empty or least == 0)
        if most is None:
            return self._row([body] * (least - 1) + [Repeat(body, 1, None)])
        if (least, most) == (0, 1):
            return self._add(body)._replace(empty=True)
        if most > _MOST_PLACES:
            raise _Unfit
        return self._row([body] * least + [Repeat(body, 0, 1)] * (most - least))

    def _join(self, before: Iterable[int], behind: Iterable[int]) -> None:
        for place in before:
            self.follow[place].update(behind)


class _State(NamedTuple):
    """Where in the pattern one may be behind the text so far."""

    places: frozenset[int]
    kind: str = ""


_DEAD, _START, _MATCHED = (_State(frozenset(), kind) for kind in ("never a match", "at the start", "a match whatever follows"))


class _Table:
    """Sets of places as states of an automaton."""

    def __init__(self, places: _Places) -> None:
        self._places = places
        kinds: dict[tuple[int, ...], int] = {}
        self._samples: list[int] = []  # a character of each class
        classes = bytearray(128)
        for character in range(128):
            taken = tuple(mask >> character & 1 for mask in places.masks)
            if taken not in kinds:
                kinds[taken] = len(kinds)
                self._samples.append(character)
            classes[character] = kinds[taken]
        self._classes = bytes(classes)

    def automaton(self) -> Automaton:
        states = [_DEAD, _MATCHED if self._places.always else _START]
        numbers = {state: number for number, state in enumerate(states)}
        steps: list[int] = []
        for state in states:  # which grow on the way
            for character in self._samples:
                following = self._next(state, character)
                if following not in numbers:
                    if len(states) >= _MOST_STATES:
                        raise _Unfit
                    numbers[following] = len(states)
                    states.append(following)
                steps.append(numbers[following])
        return Automaton(self._classes, steps, len(self._samples), bytes(map(self._is_match, states)))

    def _next(self, state: _State, character: int) -> _State:
        if state in (_DEAD, _MATCHED):
            return state
        places = self._places
        reached = set(places.free)
        if state == _START:
            reached |= places.anchored
        for place in state.places:
            reached |= places.follow[place]
        taken = frozenset(place for place in reached if places.masks[place] >> character & 1)
        if not taken.isdisjoint(places.whole):
            return _MATCHED
        return _State(taken) if taken or places.free else _DEAD

    def _is_match(self, state: _State) -> bool:
        if state == _START:
            return self._places.empty
        return state == _MATCHED or not state.places.isdisjoint(self._places.ending)
