"""The engine: raw bytes or objects -> results.

Two stages. `Acceptor` says of most events, at the speed of parsing, that nothing at all is wrong with them; whatever it
does not accept, `Explainer` looks at in full. The one law is that what is accepted has no violation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from protocols.engine.accept import Acceptor
from protocols.engine.explain import Explainer, Result
from protocols.engine.faults import MakeJudge, fast_judge
from protocols.engine.router import Route

Mode = Literal["fast", "explain", "reference"]
"""`fast` accepts first; `explain` looks at every event in full; `reference` does so with the pure Python `jsonschema`."""


class Engine:
    """Applies a bundle to events. Safe to share between threads, and picklable: a copy is built from the bundle."""

    def __init__(self, bundle: Mapping[str, Any], *, mode: Mode = "fast", redact: bool = False) -> None:
        self._arguments = (bundle, mode, redact)
        self.explainer = Explainer(bundle, _judge_of(mode), redact=redact)
        if mode == "reference":
            self.explainer.prepare()  # what it cannot follow is said before the first event
        self._acceptor = Acceptor(bundle) if mode == "fast" else None

    def check(self, raw: bytes) -> Result:
        """The result for the event in these bytes: one JSON text in UTF-8."""
        if self._acceptor is not None and (route := self._acceptor.accept(raw)) is not None:
            return Result(route)
        return self.explainer.explain(raw)

    def check_value(self, value: Any) -> Result:
        """The result for an event given as Python's JSON types."""
        return self.explainer.explain_value(value)

    def check_all(self, raws: list[bytes]) -> tuple[Counter[Route], list[tuple[int, Result]]]:
        """The results for many events: how many of each route have nothing wrong, and the others by index, in order."""
        if self._acceptor is None:
            return Counter(), [(index, self.explainer.explain(raw)) for index, raw in enumerate(raws)]
        accepted, refused = self._acceptor.accept_all(raws)
        return accepted, [(index, self.explainer.explain(raws[index])) for index in refused]

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, self._arguments


def _rebuild(bundle: Mapping[str, Any], mode: Mode, redact: bool) -> Engine:
    return Engine(bundle, mode=mode, redact=redact)


def _judge_of(mode: Mode) -> MakeJudge:
    if mode != "reference":
        return fast_judge
    from protocols.engine.reference import reference_judge

    return reference_judge
