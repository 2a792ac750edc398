"""What is deprecated says what to use instead.

`status: deprecated` tells people to stop sending something; without `replaced_by` they ask what to send now, or go on as
before. Leave it out only where nothing takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.plan.nodes import Map
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Order Completed:
    properties:
      order_id: string
      number: {type: string, status: deprecated, replaced_by: order_id}
      shop: {type: string, status: deprecated}           # ! name the successor under replaced_by
  Completed Order: {status: deprecated, replaced_by: Order Completed}
  Purchase: {status: deprecated}                         # ! name the successor under replaced_by
"""


def check(subject: Subject) -> Iterator[Finding]:
    for name in subject.names:
        if isinstance(name.node, Map) and name.node.get("status") == "deprecated" and "replaced_by" not in name.node:
            shown = quoted_if_odd(name.name)
            yield Finding(name.at, f"{shown} is deprecated, and nothing says what takes its place", "name the successor under replaced_by")
