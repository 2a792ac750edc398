"""What is deprecated is not required.

A deprecated property is one to stop sending, and a required one may not be left out: whoever follows the one breaks the
other. `--fix` writes `required: false`.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.plan.nodes import Map
from protocols.rules.rule import Edit, Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Order Completed:
    properties:
      order_id: {type: string, required: true}
      number: {type: string, required: true, status: deprecated, replaced_by: order_id}      # ! write required: false
      shop: {type: string, required: false, status: deprecated}
"""


def check(subject: Subject) -> Iterator[Finding]:
    for name in subject.names:
        node = name.node
        if isinstance(node, Map) and node.get("status") == "deprecated" and node.get("required") is True:
            at = node.values_at["required"]
            yield Finding(
                at, f"{quoted_if_odd(name.name)} is deprecated and still required", "write required: false", (Edit(at, "true", "false"),)
            )
