"""Patterns as automata: whether an ASCII text matches, in one step for each of its characters.

The kernel has no engine for regular expressions; it gets tables. They are made from the parse tree that all other uses of a
pattern have: each character of the pattern becomes a place, what may come next at some point of a text is a set of places, and
the sets that can come about are the states. Over ASCII the answer is exactly that of `patterns.matches`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from typing import NamedTuple

from protocols.patterns import Anchor, Either, One, Repeat, Row, Tree, tree


class Automaton(NamedTuple):
    """A table of states. State 0 is the one without a match and without a way out; a text begins in state 1.

    `classes` has the class of each of the 128 ASCII characters, `steps[state * width + class]` is the next state, and
    `accepting` has for each state whether a text that ends there matches, as 1 or 0.
    """

    classes: bytes
    steps: Sequence[int]
    width: int
    accepting: bytes

    def accepts(self, text: str) -> bool:
        """Whether an ASCII text matches; UnicodeEncodeError for any other."""
        state = 1
        for character in text.encode("ascii"):
            state = self.steps[state * self.width + self.classes[character]]
        return bool(self.accepting[state])


@lru_cache(maxsize=1024)
def automaton(pattern: str) -> Automaton | None:
    """The automaton of a pattern; None where there is none: for borders of words, and where it would be large."""
    try:
        places = _Places()
        return _table(places, places.before(tree(pattern), _Next(_WHOLE, _WHOLE)))
    except (_Unfit, ValueError):  # ValueError: the pattern has a fault
        return None


_MOST_STATES = 511
"""Even with a class for each character, the steps are then fewer than 65,536."""

_MOST_PARTS = 1000
"""Parts of a pattern, counts written out: each takes about 1 us."""

_MOST_MOVES = 20_000
"""Moves from state to state, before those over one character are joined: 20,000 take 0.6 ms. All patterns of this package
need under 500; `a.{20}b` would need tens of millions."""

_ASCII = (1 << 128) - 1


class _Unfit(Exception):
    """The pattern has no automaton here."""


class _Next(NamedTuple):
    """What may come next at a point of the pattern, a bit for each place: `first` where the text begins, `later` anywhere else."""

    first: int
    later: int

    def joined(self, other: _Next) -> _Next:
        return _Next(self.first | other.first, self.later | other.later)


_WHOLE, _WHOLE_AT_END = 1, 2
"""The first two places: the match is whole, whatever follows; it is where the text ends."""


class _Places:
    """The places of a pattern: which ASCII characters each `takes`, and which places `follow`.

    They are found from the end of the pattern to its beginning. Where two take the same and go on in the same way they are one,
    so that branches which end alike share their end.
    """

    def __init__(self) -> None:
        self.takes = [_ASCII, 0]
        self.follow = [_WHOLE, 0]
        self._known: dict[tuple[int, int], int] = {}
        self._loops = 0
        self._parts = 0

    def before(self, node: Tree, after: _Next) -> _Next:
        """What may come next before `node`, if behind it `after` may."""
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise _Unfit
        match node:
            case One(_, mask):
                place = self._place(mask & _ASCII, after.later)
                return _Next(place, place)
            case Row(parts):
                return reduce(lambda behind, part: self.before(part, behind), reversed(parts), after)
            case Either(branches):
                return reduce(_Next.joined, (self.before(branch, after) for branch in branches))
            case Repeat(body, least, None):
                return self._times(body, max(least - 1, 0), self._loop(body, least, after))
            case Repeat(body, least, int(most)):
                return self._times(body, least, self._at_most(body, most - least, after))
            case Anchor("^"):
                return _Next(after.first, 0)
            case Anchor("$"):
                return _Next(self._at_end(after.first), self._at_end(after.later))
        raise _Unfit

    def _place(self, takes: int, follow: int) -> int:
        if not takes or not follow:
            return 0
        place = self._known.setdefault((takes, follow), len(self.takes))
        if place == len(self.takes):
            self.takes.append(takes)
            self.follow.append(follow)
        return 1 << place

    def _times(self, body: Tree, times: int, after: _Next) -> _Next:
        for _ in range(times):
            after = self.before(body, after)
        return after

    def _at_most(self, body: Tree, times: int, after: _Next) -> _Next:
        behind = after
        for _ in range(times):
            behind = self.before(body, behind).joined(after)
        return behind

    def _loop(self, body: Tree, least: int, after: _Next) -> _Next:
        """`body` any number of times, or once at least.

        What may come behind a round is only known once the body is: until then one bit stands for it, and a second one for
        it where the text ends.
        """
        number = len(self.takes)
        back = 1 << number
        self._loops |= back
        self.takes += [0, 0]
        self.follow += [0, 0]
        once = self.before(body, _Next(back, back))
        again = _Next(once.first & ~(3 * back), once.later & ~(3 * back)).joined(after)
        for place in range(number + 2, len(self.takes)):
            self.follow[place] = self._filled(self.follow[place], back, again.later)
            self._known[self.takes[place], self.follow[place]] = place
        if least == 0:
            return again
        return _Next(self._filled(once.first, back, again.first), self._filled(once.later, back, again.later))

    def _filled(self, places: int, back: int, again: int) -> int:
        """`places` with what the two bits of a loop stand for."""
        found = places & ~(3 * back)
        found |= again if places & back else 0
        return found | (self._at_end(again) if places & 2 * back else 0)

    def _at_end(self, places: int) -> int:
        """What is left of `places` where the text ends."""
        whole = _WHOLE_AT_END if places & (_WHOLE | _WHOLE_AT_END) else 0
        return whole | (places & self._loops) << 1 | places & self._loops << 1


def _table(places: _Places, start: _Next) -> Automaton:
    """Sets of places as states. A match may begin anywhere, so `start.later` may come next all the time."""
    groups = _groups(places.takes)
    kinds = {mask: [number for number, group in enumerate(groups) if group & mask] for mask in set(places.takes)}
    moves = [(kinds[mask], follow) for mask, follow in zip(places.takes, places.follow, strict=True)]
    first = _settled(start.first | start.later)
    states = [0, first]
    numbers = {first: 1, 0: 0}
    steps: list[int] = []
    count = 0
    for state in states:  # which grow on the way
        row = [start.later if state else 0] * len(groups)
        for place in _bits(state):
            kind, follow = moves[place]
            count += len(kind)
            for number in kind:
                row[number] |= follow
        if count > _MOST_MOVES or len(states) > _MOST_STATES:
            raise _Unfit
        for following in map(_settled, row):
            if following not in numbers:
                numbers[following] = len(states)
                states.append(following)
            steps.append(numbers[following])
    accepting = bytes(1 if state & (_WHOLE | _WHOLE_AT_END) else 0 for state in states)
    return Automaton(_classes(groups), tuple(steps), len(groups), accepting)


def _settled(state: int) -> int:
    """A state; all those in which the match is whole already are one."""
    return _WHOLE if state & _WHOLE else state


def _groups(masks: Iterable[int]) -> list[int]:
    """The ASCII characters in groups, which no mask cuts in two."""
    groups = [_ASCII]
    for mask in set(masks):
        groups = [part for group in groups for part in (group & mask, group & ~mask) if part]
    return groups


def _classes(groups: list[int]) -> bytes:
    classes = bytearray(128)
    for number, group in enumerate(groups):
        for character in _bits(group):
            classes[character] = number
    return bytes(classes)


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
