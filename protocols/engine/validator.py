"""The engine: raw bytes or objects -> results.

Two stages. `Acceptor` says of most events, at the speed of parsing, that nothing at all is wrong with them; whatever it
does not accept, `Explainer` looks at in full. The one law is that what is accepted has no violation. Between them stands
`Known`, which recalls what was explained before; its law is that it says what the second stage would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from protocols.engine.accept import Accepted, Acceptor
from protocols.engine.explain import Explainer, Result
from protocols.engine.faults import MakeJudge, fast_judge
from protocols.engine.known import Known, Recalled
from protocols.engine.parse import text_of
from protocols.engine.router import Route

Mode = Literal["fast", "explain", "reference"]
"""`fast` accepts first; `explain` looks at every event in full; `reference` does so with the pure Python `jsonschema`."""


Outcome = Result | Recalled
"""What is known of an event, written out or not."""


class Engine:
    """Applies a bundle to events. Safe to share between threads, and picklable: a copy is built from the bundle."""

    def __init__(self, bundle: Mapping[str, Any], *, mode: Mode = "fast", redact: bool = False) -> None:
        self._arguments = (bundle, mode, redact)
        self.explainer = Explainer(bundle, _judge_of(mode), redact=redact)
        if mode == "reference":
            self.explainer.prepare()  # what it cannot follow is said before the first event
        self._acceptor = Acceptor(bundle) if mode == "fast" else None
        self._known: Known | None = None
        self._mostly_bad = False
        self._sound: dict[Route, Result] = {}

    @property
    def redacts(self) -> bool:
        """Whether no value of an event may be shown."""
        return self._arguments[2]

    @property
    def learns(self) -> bool:
        """Whether it becomes faster with the events that it sees."""
        return self._acceptor is not None

    def check(self, raw: bytes) -> Result:
        """The result for the event in these bytes: one JSON text in UTF-8, and maybe a line end."""
        if self._acceptor is not None and (route := self._acceptor.accept(raw)) is not None:
            return self._sound[route] if route in self._sound else self._sound.setdefault(route, Result(route))
        outcome = self._outcome(raw)
        return outcome if isinstance(outcome, Result) else outcome.result()

    def check_value(self, value: Any) -> Result:
        """The result for an event given as Python values: that of its JSON text, where it has one."""
        raw = text_of(value)
        return self.check(raw) if raw is not None else self.explainer.explain_value(value)

    def check_all(self, raws: Sequence[bytes]) -> tuple[Counter[Route], list[tuple[int, Outcome]]]:
        """The results for many events: how many of each route have nothing wrong, and the others by index, in order."""
        accepted = self.nothing_yet()
        outcomes = self.check_more(raws, accepted)
        return accepted.by_route(), outcomes

    def nothing_yet(self) -> Accepted:
        """What to count events into that have nothing wrong."""
        return self._acceptor.nothing_yet() if self._acceptor is not None else Accepted({})

    def check_more(self, raws: Sequence[bytes], accepted: Accepted) -> list[tuple[int, Outcome]]:
        """The same, counted on.

        Where most events have been bad lately, accepting them is not even tried before they are recalled.
        """
        rest: Iterable[int] = range(len(raws))
        plain = False
        if self._acceptor is not None and not self._mostly_bad:
            rest = self._acceptor.accept_more(raws, accepted)
        elif self._acceptor is not None:
            plain = self._acceptor.are_plain(raws)
        outcomes: list[tuple[int, Outcome]] = []
        for index in rest:
            outcome = self._outcome(raws[index], plain=plain)
            if outcome.clean:
                accepted.routes[outcome.route] += 1
            else:
                outcomes.append((index, outcome))
        self._mostly_bad = 2 * len(outcomes) > len(raws)
        return outcomes

    def _outcome(self, raw: bytes, *, plain: bool = False) -> Outcome:
        """What is wrong with an event: as it was said of others, or explained. `plain` says that the acceptor takes it."""
        raw = raw.rstrip(b"\r\n")
        if self._acceptor is None or not (plain or self._acceptor.takes(raw)):
            return self.explainer.explain(raw)
        if self._known is None:
            self._known = Known(self._arguments[0], self._acceptor.decoders(raw))
        recalled = self._known.recall(raw)
        if recalled is not None:
            return recalled
        if self._mostly_bad and (route := self._acceptor.accept(raw)) is not None:  # it was not tried before
            return Result(route)
        result = self.explainer.explain(raw)
        self._known.learn(raw, result)
        return result

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, self._arguments


def _rebuild(bundle: Mapping[str, Any], mode: Mode, redact: bool) -> Engine:
    return Engine(bundle, mode=mode, redact=redact)


def _judge_of(mode: Mode) -> MakeJudge:
    if mode != "reference":
        return fast_judge
    from protocols.engine.reference import reference_judge

    return reference_judge
