"""Names hold nothing that changes from one event to the next.

An id, a date or an address in a name makes a new event of each value: no chart can add them up, and tools stop taking new
names after some thousands. What varies belongs in a property. One or two digits (`Step 2`) and versions (`v2`) are fine.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.names import dynamic_part
from protocols.rules.naming import own_names
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted, quoted_if_odd

EXAMPLE = """
events:
  Order Completed: {}
  Signed Up 2019-11-01: {}                  # ! send it as a property
  Step 2 Viewed:
    properties:
      question42981: string                 # ! send it as a value
"""


def check(subject: Subject) -> Iterator[Finding]:
    for kind, hint in (
        ("event", "send it as a property"),
        ("page", "send it as a property"),
        ("property", "send it as a value"),
        ("trait", "send it as a value"),
    ):
        for name in own_names(subject, kind):
            part = dynamic_part(name.name)
            if part is not None:
                yield Finding(name.at, f"{quoted_if_odd(name.name)} holds {quoted(part)}, which looks like a value", hint)
