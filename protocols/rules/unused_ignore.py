"""Comments that silence findings go when there is nothing left to silence.

A fault was mended and its comment stayed: now it hides the next one. Only rules that run are looked at, so that a run with
a few rules finds fault with no comment for another.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.rule import Finding
from protocols.rules.subject import Subject

EXAMPLE = """
naming: {events: {case: title}}
events:
  signed up: {}      # protocols: ignore[event-name-case] -- the name of ten years
  # protocols: ignore[event-name-case]      # ! take it out
  Signed In: {}
"""


def check(subject: Subject) -> Iterator[Finding]:
    for ignore in subject.ignores:
        if ignore.rule in subject.active and (ignore.at, ignore.rule) not in subject.used and ignore.rule != "unused-ignore":
            yield Finding(ignore.at, f"{ignore.rule} finds nothing here that would have to be silenced", "take it out")
