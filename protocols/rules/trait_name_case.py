"""Trait names are written in the case that the plan agrees on.

`firstName` and `first_name` are two traits of one user, and each tool shows the one it happens to know. The rule asks only
where `naming: traits:` says a case or a pattern, and leaves alone the names under `allow`, deprecated traits, and what
bundled plans bring.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.naming import misnamed
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject

EXAMPLE = """
naming: {traits: {case: [snake, camel]}}
identify:
  traits:
    first_name: string
    lastName: string
    Favourite Colour: string                # ! rename it to favourite_colour
"""


def check(subject: Subject) -> Iterator[Finding]:
    yield from misnamed(subject, "trait", "trait-name-case")
