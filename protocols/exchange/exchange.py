"""What a foreign format is: a way in, a way out, and a list of what is lost on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from protocols.problems import Problem, Severity
from protocols.violations import to_pointer

if TYPE_CHECKING:
    from protocols.plan.model import Plan


class LossKind(NamedTuple):
    """One kind of thing that is not carried over. A note says that nothing an event has to be is lost by it."""

    severity: Severity
    meaning: str


_N, _W = Severity.note, Severity.warning

LOSS_KINDS: dict[str, LossKind] = {
    "exchange/bookkeeping": LossKind(_N, "What the other tool keeps for itself: ids, times, and copies of what is said elsewhere."),
    "exchange/said-otherwise": LossKind(_N, "It is carried over in other words than one would expect."),
    "exchange/not-sayable": LossKind(_W, "The other side has no words for it."),
    "exchange/unknown-keyword": LossKind(_W, "A keyword that no draft of JSON Schema has, so nobody checks it."),
    "exchange/faulty-value": LossKind(_W, "A value that is none of those its keyword may have, so nobody checks it."),
    "exchange/unusable-pattern": LossKind(_W, "A pattern that cannot be checked in linear time, or is no regular expression."),
    "exchange/unknown-format": LossKind(_W, "A format that is not checked here."),
    "exchange/unusable-name": LossKind(_W, "A name that is empty, or is no text."),
    "exchange/conflict": LossKind(_W, "Two parts speak of one thing, and only one of them could be taken."),
    "exchange/incomplete": LossKind(_W, "The file holds a part of the plan."),
}

Path = tuple[str | int, ...]
"""A place in a JSON document, as the tokens of a pointer."""


def loss(kind: str, path: Path, message: str, hint: str | None = None) -> Problem:
    """Something that is not carried over; its pointer leads into the document that was read."""
    id = f"exchange/{kind}"
    text = f"{message}; {hint}" if hint else message
    return Problem(id=id, severity=LOSS_KINDS[id].severity, message=text, hint=hint, pointer=to_pointer(path))


class Imported(NamedTuple):
    """A plan's tree in the order in which it is to be written, and the losses in the order in which they were met."""

    tree: dict[str, Any]
    losses: Sequence[Problem]


class Exported(NamedTuple):
    """A JSON document, and the losses, each at its line of the plan and in the plan's order."""

    document: Any
    losses: Sequence[Problem]


class Exchange(Protocol):
    """One foreign format.

    `TITLE` names it in a sentence. `recognises` says whether a JSON document is of this format, `read` makes a plan of one
    that is, and `write` one of a plan. `read` raises ExchangeError where there is nothing to be had.
    """

    TITLE: str

    def recognises(self, document: Any) -> bool: ...

    def read(self, document: Any, name: str) -> Imported: ...

    def write(self, plan: Plan) -> Exported: ...
