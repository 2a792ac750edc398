"""What is deprecated is replaced by something that is not.

Whoever follows `replaced_by` should end at what to send now, and not at the next thing to stop sending. `--fix` names the
end of the chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from protocols.plan.nodes import Map
from protocols.rules.rule import Edit, Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Order Completed: {}
  Order Placed: {status: deprecated, replaced_by: Order Completed}
  Purchase: {status: deprecated, replaced_by: Order Placed}            # ! name Order Completed
"""


def check(subject: Subject) -> Iterator[Finding]:
    successors = {event.name: event.replaced_by for event in subject.plan.events.values() if event.status == "deprecated"}
    for name in subject.names:
        if name.kind != "event" or not isinstance(name.node, Map) or "replaced_by" not in name.node:
            continue
        successor = name.node["replaced_by"]
        last = _last(successor, successors)
        if last is not None and last != successor:
            at = name.node.values_at["replaced_by"]
            yield Finding(at, f"{quoted_if_odd(successor)} is itself deprecated", f"name {last}", (Edit(at, successor, last),))


def _last(name: str, successors: Mapping[str, str | None]) -> str | None:
    """The end of a chain of successors, None where it has none."""
    way = {name}
    while name in successors:
        following = successors[name]
        if following is None or following in way:
            return None
        way.add(name := following)
    return name
