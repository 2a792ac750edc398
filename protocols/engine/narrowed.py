"""An engine that leaves out some kinds of violations.

A kind can be switched off in the bundle as well, and then the second stage does not say it; but then nothing of it is ever
learned, and each event with such a fault alone is explained in full: 200,000 events of which each has one took 9.9 s in
place of 1.3. Here faults are recalled as ever, and left out of what is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from protocols.engine.accept import Accepted
from protocols.engine.checked import Outcome
from protocols.engine.explain import Result
from protocols.engine.known import Recalled
from protocols.engine.validator import Engine, Judged, Mode


class Narrowed(Engine):
    """Says the same but for the ids that are `off`."""

    def __init__(self, bundle: Mapping[str, Any], off: Collection[str], *, mode: Mode = "fast", redact: bool = False) -> None:
        super().__init__(bundle, mode=mode, redact=redact)
        self._off = frozenset(off)

    def check(self, raw: bytes) -> Result:
        return self._less(super().check(raw))

    def check_value(self, value: Any) -> Result:
        return self._less(super().check_value(value))

    def judge(self, text: bytes, accepted: Accepted, *, folds: bool = True) -> Judged:
        return Judged(self._rest(super().judge(text, accepted, folds=False).outcomes, accepted))

    def _check_each(self, raws: Sequence[bytes], accepted: Accepted) -> list[tuple[int, Outcome]]:
        return self._rest(super()._check_each(raws, accepted), accepted)

    def _rest(self, outcomes: Iterable[tuple[int, Outcome]], accepted: Accepted) -> list[tuple[int, Outcome]]:
        """What is left of outcomes; those of which nothing is are counted as accepted."""
        rest: list[tuple[int, Outcome]] = []
        off = self._off
        for index, outcome in outcomes:
            if isinstance(outcome, Result):
                less: Outcome = self._less(outcome)
            else:
                said = [sighting for sighting in outcome.sightings if sighting[0].first.id not in off]
                less = outcome if len(said) == len(outcome.sightings) else Recalled(outcome.route, said, outcome.message_id)
            if less.clean:
                accepted.routes[less.route] += 1
            else:
                rest.append((index, less))
        return rest

    def _less(self, result: Result) -> Result:
        said = tuple(problem for problem in result.violations if problem.id not in self._off)
        return result if len(said) == len(result.violations) else msgspec.structs.replace(result, violations=said)

    def __reduce__(self) -> tuple[Any, ...]:
        bundle, mode, redact = self._arguments
        return _rebuild, (bundle, self._off, mode, redact)


def _rebuild(bundle: Mapping[str, Any], off: Collection[str], mode: Mode, redact: bool) -> Narrowed:
    return Narrowed(bundle, off, mode=mode, redact=redact)
