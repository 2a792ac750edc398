"""Every event, or the plan as a whole, says who answers for it.

When an event breaks, somebody has to be asked. An owner of the plan answers for all its events. Many plans name none, so
the rule runs only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Order Completed: {owners: [shop@acme.example]}
  Order Refunded: {}                        # ! write owners: [...], here or at the top of the plan
  Old Order: {status: deprecated}
"""


def check(subject: Subject) -> Iterator[Finding]:
    if subject.plan.owners or not subject.is_whole:
        return
    for call, event in subject.events:
        if not event.owners and not subject.plan.sections[call].owners and event.status != "deprecated":
            yield Finding(
                event.position, f"{quoted_if_odd(event.name)} has no owner", "write owners: [...], here or at the top of the plan"
            )
