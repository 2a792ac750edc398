"""No two events have nearly the same name.

`Order Completed`, `Completed Order` and `Orders Complete` are one thing that people did, counted in three places, and
whoever reads a chart of one of them is wrong without knowing. Names count as nearly the same when they differ in case,
in separators, in the form of a word (`Complete`, `Completed`), or in the order of their two words. Deprecated events are
left alone: they are there to be told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from protocols.names import words
from protocols.plan.model import Event
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Order Completed: {}
  Completed Order: {status: deprecated, replaced_by: Order Completed}
  order_completed: {}          # ! keep one, and deprecate the other: status: deprecated, replaced_by: Order Completed
  Cart Viewed: {}
  View Cart: {}                # ! keep one, and deprecate the other: status: deprecated, replaced_by: Cart Viewed
"""


def check(subject: Subject) -> Iterator[Finding]:
    first: dict[tuple[str, ...], Event] = {}
    in_use = [event for event in subject.plan.events.values() if event.status != "deprecated"]
    for event in sorted(in_use, key=lambda event: subject.is_ours(event.position)):
        key = _key(event.name)
        known = first.setdefault(key, event) if key else event
        if known is not event:
            name = quoted_if_odd(known.name)
            hint = f"keep one, and deprecate the other: status: deprecated, replaced_by: {name}"
            yield Finding(event.position, f"{quoted_if_odd(event.name)} is nearly the same name as {name}", hint)


def _key(name: str) -> tuple[str, ...]:
    """What nearly equal names share: the stems of their words, of two words in either order."""
    stems = [_stem(word.casefold()) for word in words(name)]
    return tuple(sorted(stems) if len(stems) == 2 else stems)


def _stem(word: str) -> str:
    """A word without its ending, as far as that matters here: `complete`, `completed` and `completes` are one."""
    return word if len(word) < 4 else re.sub(r"(?:e?s|e?d|ing|e)$", "", word)
