"""Every event says what it carries.

An event without `properties` is not one without properties: nothing is planned for it, so nothing that is sent with it is
checked or missed. Write the properties down, or `properties: {}` where there are none. Many plans begin with names alone,
so the rule runs only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Order Completed: {properties: {order_id: string}}
  Signed Out: {properties: {}}
  Order Refunded: {}                        # ! write properties: {} where it carries none
"""


def check(subject: Subject) -> Iterator[Finding]:
    for event in subject.plan.events.values():
        is_open = any(body.properties is None or body.properties.properties is None for body in event.bodies.values())
        if is_open and event.status != "deprecated":
            yield Finding(
                event.position, f"nothing is planned for {quoted_if_odd(event.name)}", "write properties: {} where it carries none"
            )
