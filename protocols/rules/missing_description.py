"""Every event says what it means.

A name is short, and people read it in their own way: does `Order Completed` mean that the order was placed, paid or
delivered? One sentence under `description` settles it. Many plans begin without, so the rule runs only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Order Completed: {description: The customer paid.}
  Order Refunded: {}                        # ! say when it is sent
  Old Order: {status: deprecated}
"""


def check(subject: Subject) -> Iterator[Finding]:
    for _, event in subject.events:
        if not event.description and event.status != "deprecated":
            yield Finding(event.position, f"{quoted_if_odd(event.name)} has no description", "say when it is sent")
