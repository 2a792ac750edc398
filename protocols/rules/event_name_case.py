"""Event names are written in the case that the plan agrees on.

`Order Completed` and `order completed` are two events to every tool that receives them, and two rows in every report.
Whoever sends an event copies its name from the plan, so the plan is where the case is kept. The rule asks only where
`naming: events:` says a case or a pattern, and leaves alone the names under `allow`, deprecated events, and what bundled
plans bring. `--fix` renames the event wherever the plan names it, if only its case changes; who sends it has to follow.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.naming import misnamed
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject

EXAMPLE = """
naming: {events: {case: title, allow: [iOS App Opened]}}
events:
  Order Completed: {}
  order refunded: {}            # ! rename it to Order Refunded
  iOS App Opened: {}
  checkout_started: {status: deprecated, replaced_by: Order Completed}
"""


def check(subject: Subject) -> Iterator[Finding]:
    yield from misnamed(subject, "event", "event-name-case")
