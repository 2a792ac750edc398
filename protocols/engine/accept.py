"""The first stage by msgspec: says of most events, at the speed of parsing, that nothing at all is wrong with them.

It stands in for the kernel where that was not built, and looks at the events of which that one knows nothing.

Every planned call, event and version becomes a struct over the whole payload, envelope and body in one; the structs of all
track events are one union told apart by `event`, those of other calls by `type` or `name`. Decoding an event as such a union
checks it in one pass and keeps almost nothing of it.

The one law: what is accepted has no violation of any severity. So whatever cannot be said in a struct is refused, and
a refused event is no bad event: the second stage looks at it. Refused by design: old spellings of fields, an empty
`userId`, `event` on another call than track, deprecated events and properties, unplanned events and names, payloads under
raw schemas, pages named only by `properties.name`, lines that are no strict UTF-8, everything while
`privacy/personal-data` is on.

`accept` is the plain version; `accept_all` does the same for a batch with its loops in C, 1.4 times as fast.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec

from protocols.engine.decoders import REFUSALS, REFUSED, Decode, Decoders, Made, Refused, attempt, build, is_private, lies_deep
from protocols.engine.parse import depth_of_text
from protocols.engine.router import Route
from protocols.engine.types import is_odd


class Accepted:
    """How many events were accepted, counted by the structs that they were decoded to, by the kernel's numbers of their routes, and
    by route where neither tells.

    Routes are put together at the end: where a plan has a thousand events, most of a batch are of different ones.
    """

    def __init__(self, sure: Mapping[type[Any], Route]) -> None:
        self._sure = sure
        self.kinds: Counter[type[Any]] = Counter()
        self.routes: Counter[Route] = Counter()
        self._numbers: list[tuple[Sequence[Route], bytearray]] = []

    def numbers(self, routes: Sequence[Route]) -> bytearray:
        """What to count into where routes are told by their numbers in this list: eight bytes each, of this machine's order."""
        if not self._numbers or self._numbers[-1][0] is not routes:
            self._numbers.append((routes, bytearray(8 * len(routes))))
        return self._numbers[-1][1]

    def by_route(self) -> Counter[Route]:
        routes = Counter(self.routes)
        for kind, count in self.kinds.items():
            if kind is not Refused:
                routes[self._sure[kind]] += count
        for listed, counts in self._numbers:
            routes.update({route: count for route, count in zip(listed, memoryview(counts).cast("Q"), strict=True) if count})
        return routes


class Acceptor:
    """Accepts events by a bundle. Builds its decoders when it is first asked; picklable, and safe between threads."""

    def __init__(self, bundle: Mapping[str, Any]) -> None:
        self._bundle = bundle
        limits = bundle["x-protocols"]["limits"]
        self._most_bytes: int = limits["event_bytes"]
        self._most_depth: int = limits["depth"]
        self._built: Decoders | None = None
        self._made: Made = {}
        self._sure: dict[type[Any], Route] = {}
        self._slow = 0  # events that a check had to look at for names that the plan lacks, or that had unusual keys
        self._enough = _ENOUGH_SLOW

    def __reduce__(self) -> tuple[type[Acceptor], tuple[Mapping[str, Any]]]:
        return type(self), (self._bundle,)

    @property
    def accepts(self) -> bool:
        """Whether any event can be accepted at all."""
        return not is_private(self._bundle)

    @cached_property
    def routes(self) -> frozenset[Route]:
        """The routes that have a decoder, whose events can be accepted at all. No version is `assumed` here."""
        return self.decoders(b"").routes()

    def decoders(self, line: bytes) -> Decoders:
        """The decoders; the first line that is asked about settles the order in which they expect an event's keys."""
        if self._built is None:
            self._built = build(
                self._bundle, _keys(line), made=self._made, sure=self._sure
            )  # where two threads build them at once, the last stays: both are right
        return self._built

    def accept(self, line: bytes) -> Route | None:
        """The route of an event with which nothing is wrong; None for any other bytes, and where that is not certain."""
        decoders = self._built or self.decoders(line)
        if not self._is_plain(line) and not self._is_proper(line):
            return None
        event = decoders.decode(line)
        if event is REFUSED:
            return None
        kind = type(event)
        route = decoders.sure.get(kind)
        if route is not None and event.userId is not None:
            return route
        if kind in decoders.slow:
            self._learn([line])
        return decoders.route(event, line)

    def _learn(self, slow: Sequence[bytes]) -> None:
        """Let decoders take the keys of these lines, and the names that were met most often in events that a check had to look
        at. Done ever less often."""
        self._slow += len(slow)
        if self._slow < self._enough or self._built is None:
            return
        self._enough *= 4
        order = tuple(dict.fromkeys(chain(self._built.order, *map(_keys, slow))))[:_MOST_KEYS]
        learned = {key: dict(members) for key, members in self._built.learned.items()}
        for entry in self._built.entries.values():
            for member, counts in entry.names.items():
                known = list(learned.get(entry.key, {}).get(member, ()))
                often = [name for name, count in counts.items() if count >= _ENOUGH_MET and name not in known and not is_odd(name)]
                often.sort(key=lambda name: -counts[name])
                learned.setdefault(entry.key, {})[member] = [*known, *often][:_MOST_LEARNED]
        self._built = build(self._bundle, order, learned, self._made, self._sure)

    def takes(self, line: bytes) -> bool:
        """Whether a line is small, shallow and in UTF-8, without which nothing of it is certain."""
        return self._is_plain(line) or self._is_proper(line)

    def accept_all(self, lines: Sequence[bytes]) -> tuple[Counter[Route], list[int]]:
        """How many events of each route were accepted, and the indices of the lines that were not, ascending."""
        accepted = self.nothing_yet()
        refused = self.accept_more(lines, accepted)
        return accepted.by_route(), refused

    def nothing_yet(self) -> Accepted:
        """What to count into."""
        return Accepted(self._sure)

    def accept_more(self, lines: Sequence[bytes], accepted: Accepted) -> list[int]:
        """The same, counted on."""
        refused: list[int] = []
        for start in range(0, len(lines), _BATCH):
            batch = lines[start : start + _BATCH]
            accept = self._together if self.are_plain(batch) else self._one_by_one
            refused += (start + at for at in accept(batch, accepted))
        return refused

    def _one_by_one(self, lines: Sequence[bytes], accepted: Accepted) -> Iterator[int]:
        """Count the accepted lines; yields the indices of the others."""
        for at, line in enumerate(lines):
            route = self.accept(line)
            if route is None:
                yield at
            else:
                accepted.routes[route] += 1

    def _together(self, lines: Sequence[bytes], accepted: Accepted) -> list[int]:
        """The same for lines that `are_plain` has looked at."""
        decoders = self.decoders(lines[0])
        if decoders.first is None:
            return list(range(len(lines)))
        events, refused = _decode_all(decoders, decoders.first, lines)
        kinds: list[type[Any]] = list(map(type, events))
        unsure = set(kinds) - decoders.sure.keys() - {Refused}
        slow = [line for line, kind in zip(lines, kinds, strict=True) if kind in decoders.slow] if unsure else []
        if unsure or not all(map(_user_of, events)):
            for at, event in enumerate(events):
                if kinds[at] in unsure or event.userId is None:
                    kinds[at] = Refused
                    route = decoders.route(event, lines[at])
                    if route is None:
                        refused.append(at)
                    else:
                        accepted.routes[route] += 1
        accepted.kinds.update(kinds)
        if slow:
            self._learn(slow)
        return sorted(refused)

    def are_plain(self, lines: Sequence[bytes]) -> bool:
        """Whether each line `_is_plain`: a few are looked at together, and each by itself where these are no proof.

        Of all that the first stage does beside decoding, this is the largest part, near 0.25 us a line.
        """
        is_plain, starts = self._is_plain, range(0, len(lines), _FEW)
        return all(is_plain(b"\0".join(few := lines[start : start + _FEW])) or all(map(is_plain, few)) for start in starts)

    def _is_plain(self, text: bytes) -> bool:
        """Whether this line, or each of the lines joined here, is certain to be small, shallow and in UTF-8.

        A text with few opening brackets is nested less deeply. They are counted by leaving them out, which CPython before
        3.13 does three times as fast as `count`.
        """
        size = len(text)
        return (
            size <= self._most_bytes
            and size - len(text.replace(b"{", b"").replace(b"[", b"")) <= self._most_depth
            and (text.isascii() or _is_utf8(text))
        )

    def _is_proper(self, line: bytes) -> bool:
        """The same looked at closely, which takes ten times as long."""
        return len(line) <= self._most_bytes and _is_utf8(line) and depth_of_text(line) <= self._most_depth


_BATCH = 100
"""Lines decoded together: few, so that one odd line spoils the pace of few, and their bytes stay in the cache."""

_FEW = 6
"""Lines looked at together: as many as have fewer brackets, as a rule, than one event may be deep (64)."""

_ENOUGH_SLOW = 100
"""Events taken in a slower way before keys and names are learned from them for the first time."""

_ENOUGH_MET = 3
_MOST_KEYS = 64
_MOST_LEARNED = 64

_user_of = attrgetter("userId")


def _decode_all(decoders: Decoders, first: Decode, lines: Sequence[bytes]) -> tuple[list[Any], list[int]]:
    """Every line decoded by the first union, or by another where that one refuses it; `REFUSED` where all do."""
    events: list[Any] = []
    refused: list[int] = []
    rest = iter(lines)
    while (error := _extended(events, first, rest)) is not None:
        event = decoders.decode_again(lines[len(events)], deep=lies_deep(error))
        if event is REFUSED:
            refused.append(len(events))
        events.append(event)
    return events, refused


def _extended(events: list[Any], decode: Decode, lines: Iterator[bytes]) -> Exception | None:
    """Decode lines into `events` up to the first that is refused; what is said of that one, which is consumed."""
    try:
        events.extend(map(decode, lines))
    except REFUSALS as error:
        return error
    return None


def _keys(line: bytes) -> tuple[str, ...]:
    """The keys of an event in their order; none where it is no object."""
    keys = attempt(msgspec.json.Decoder(dict[str, msgspec.Raw]).decode, line)
    return () if keys is REFUSED else tuple(keys)


def _is_utf8(line: bytes) -> bool:
    """msgspec does not look inside the text that it skips."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
