"""Names hold nothing that changes from one event to the next.

An id, a date or an address in a name makes a new event of each value: no chart can add them up, and tools stop taking new
names after some thousands. What varies belongs in a property. One or two digits (`Step 2`) and versions (`v2`) are fine.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.names import dynamic_part
from protocols.plan.model import Naming
from protocols.rules.naming import AGREED, better_name, own_names
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
naming: {events: {case: title}, properties: {case: snake}}
events:
  Order Completed: {}
  Signed Up 2019-11-01: {}       # ! rename it to Signed Up and send 2019-11-01 as a property
  Step 2 Viewed:
    properties:
      question42981: string      # ! rename it to question and send 42981 as a value
"""


def check(subject: Subject) -> Iterator[Finding]:
    for kind in ("event", "page", "property", "trait"):
        agreed = subject.plan.naming.get(AGREED.get(kind, ""), Naming())
        for name in own_names(subject, kind):
            part = dynamic_part(name.name)
            if part is not None:
                better = better_name(name.name, agreed)
                send = f"send {quoted_if_odd(part)} as a {'property' if kind in ('event', 'page') else 'value'}"
                hint = f"rename it to {better} and {send}" if better else send
                yield Finding(name.at, f"{quoted_if_odd(name.name)} holds a value that changes", hint)
