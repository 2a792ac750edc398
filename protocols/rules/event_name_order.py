"""Event names say the object first and then what happened to it, where the plan agrees on that.

`Article Shared` and `Article Read` stand side by side in every list of events, and each can only be read in one way.
`Share Article` stands with all other shares, and may be an order as well as a report. The rule asks only where `naming:
events:` says `order: object-action`, and leaves alone the names under `allow`, deprecated events, and what bundled plans bring.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols import names
from protocols.rules.naming import better_name, own_names
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
naming: {events: {order: object-action, allow: [Login]}}
events:
  Article Shared: {}
  Share Video: {}                           # ! rename it to Video Shared
  Login: {}
"""


def check(subject: Subject) -> Iterator[Finding]:
    agreed = subject.plan.naming.get("events")
    if agreed is None or agreed.order is None:
        return
    for name in own_names(subject, "event"):
        if not names.is_object_action(name.name):
            better = better_name(name.name, agreed)
            hint = f"rename it to {better}" if better else "say what it happened to, then what happened"
            yield Finding(name.at, f"{quoted_if_odd(name.name)} is not an object and a past-tense action", hint)
