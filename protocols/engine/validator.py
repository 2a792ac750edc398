"""The engine: raw bytes or objects -> results.

Two stages. The first says of most events, at the speed of parsing, that nothing at all is wrong with them; whatever it does
not accept, `Explainer` looks at in full. The one law is that what is accepted has no violation. What was explained before is
recalled by the first stage; its law is that this says what the second stage would.

The first stage is `Compiled` where the kernel was built. Where it was not, `Acceptor` does the same by msgspec at half the
speed, with `Known` to recall; and beside the kernel it looks at events of which that one knows nothing. What the kernel does
not accept of single events is theirs, too: folding pays for many lines at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from protocols.engine.accept import Accepted, Acceptor
from protocols.engine.checked import Checked, Folded, Outcome
from protocols.engine.compiled import Compiled
from protocols.engine.explain import Explainer, Result
from protocols.engine.faults import MakeJudge, fast_judge
from protocols.engine.known import Known
from protocols.engine.parse import text_of
from protocols.engine.router import Route

Mode = Literal["fast", "explain", "reference"]
"""`fast` accepts first; `explain` looks at every event in full; `reference` does so with the pure Python `jsonschema`."""


_LOOKS = 8
"""Of so many events that the kernel knows nothing of one is looked at for names that it should know."""


class Judged(NamedTuple):
    """What is wrong with many events: those by index, in order, and the others folded, where that is enough."""

    outcomes: list[tuple[int, Outcome]]
    folded: Folded | None = None


class Engine:
    """Applies a bundle to events. Safe to share between threads, and picklable: a copy is built from the bundle."""

    def __init__(self, bundle: Mapping[str, Any], *, mode: Mode = "fast", redact: bool = False) -> None:
        self._arguments = (bundle, mode, redact)
        self.explainer = Explainer(bundle, _judge_of(mode), redact=redact)
        if mode == "reference":
            self.explainer.prepare()  # what it cannot follow is said before the first event
        self._acceptor = Acceptor(bundle) if mode == "fast" else None
        self._compiled = Compiled.of(bundle) if self._acceptor is not None and self._acceptor.accepts else None
        self._known: Known | None = None
        self._mostly_bad = False
        self._sound: dict[Route, Result] = {}
        self._beyond = count()

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
        route = self._accepted(raw)
        if route is not None:
            return self._sound[route] if route in self._sound else self._sound.setdefault(route, Result(route))
        outcome = self._outcome(raw)
        return outcome if isinstance(outcome, Result) else outcome.result()

    def _accepted(self, raw: bytes) -> Route | None:
        """The route of an event with which nothing is wrong."""
        if self._compiled is None:
            return self._acceptor.accept(raw) if self._acceptor is not None else None
        route, is_beyond = self._compiled.accept(raw)
        if is_beyond and self._acceptor is not None:
            route = self._acceptor.accept(raw)
            if route is not None and not next(self._beyond) % _LOOKS:
                self._look_at_names(raw)
        return route

    def _look_at_names(self, raw: bytes) -> None:
        """Let the kernel know the names in an event that the plan lets in, if it is for these that it knew nothing of it."""
        text = self._text_of([raw])
        if text is not None and self._compiled is not None:
            checked = self._compiled.check(text)
            for _ in self._let_through(checked, {}):
                pass  # what is said of a name is known now
            self._compiled.look_at_names(checked)

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
        """The same, counted on."""
        text = self._text_of(raws)
        if text is not None:
            return self.judge(text, accepted, folds=False).outcomes
        return self._check_each(raws, accepted)

    def judge(self, text: bytes, accepted: Accepted, *, folds: bool = True) -> Judged:
        """The same for the lines of a text, each of which is an event; folded, if that can be, and where everything about the faults
        is known. Only where `folds_text`."""
        assert self._compiled is not None
        checked = self._compiled.check(text, accepted)
        outcomes = []
        for index, outcome in self._refused(checked):
            if outcome.clean:
                accepted.routes[outcome.route] += 1
            else:
                outcomes.append((index, outcome))
        explained: Mapping[int, Result] = {}
        if folds:
            explained = self._learn_from(checked)
            folded = checked.folded()
            if folded is not None and folded.is_apart_from(outcomes):
                self._compiled.look_at_names(checked)
                return Judged(outcomes, folded)
        for index, outcome in self._let_through(checked, explained):
            if outcome.clean:
                accepted.routes[outcome.route] += 1
            else:
                outcomes.append((index, outcome))
        self._compiled.look_at_names(checked)
        outcomes.sort(key=itemgetter(0))
        return Judged(outcomes)

    def _learn_from(self, checked: Checked) -> Mapping[int, Result]:
        """Explain one line of each class of which nothing is known, and no line twice: what is said of them, by their indices."""
        assert self._compiled is not None
        explained: dict[int, Result] = {}
        for line in checked.unknown():
            if line.index not in explained:
                result = self.explainer.explain(line.text.rstrip(b"\r"), line.faults(self._arguments[0]["$defs"]))
                explained[line.index] = result
                self._compiled.learn(line, result)
        return explained

    @property
    def folds_text(self) -> bool:
        """Whether texts can be judged as a whole."""
        return self._compiled is not None

    def _text_of(self, raws: Sequence[bytes]) -> bytes | None:
        """The events as lines of one text; None where there is nobody to judge it, or where one has line ends in it."""
        if self._compiled is None:
            return None
        text = b"\n".join([raw.rstrip(b"\r\n") for raw in raws])
        return text if text and text.count(b"\n") == len(raws) - 1 and not text.endswith(b"\n") else None

    def _refused(self, checked: Checked) -> Iterator[tuple[int, Outcome]]:
        """What is wrong with the lines that the kernel has refused."""
        for index, line, is_beyond in checked.refused():
            raw = line.rstrip(b"\r")
            route = self._acceptor.accept(raw) if is_beyond and self._acceptor is not None else None
            yield index, self.explainer.explain(raw) if route is None else Result(route)

    def _let_through(self, checked: Checked, explained: Mapping[int, Result]) -> Iterator[tuple[int, Outcome]]:
        """What is wrong with the lines in which it has let something through: as it was said of others, or explained."""
        assert self._compiled is not None
        for line in checked.faulty():
            outcome: Outcome | None = explained.get(line.index) or line.recalled()
            if outcome is None:
                result = outcome = self.explainer.explain(line.text.rstrip(b"\r"))
                self._compiled.learn(line, result)
            yield line.index, outcome

    def _check_each(self, raws: Sequence[bytes], accepted: Accepted) -> list[tuple[int, Outcome]]:
        """What is wrong with events, without the kernel.

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
