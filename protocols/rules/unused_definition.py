"""Every definition is used.

A definition that nothing refers to is read by people and checked in no event: they change it, and nothing happens. The
rule looks at definitions of plans that have events, since a file that holds definitions alone is there for others to
extend; and where several plans share a file, a definition is unused when none of them uses it.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
definitions:
  Price: {type: number, minimum: 0}
  Product: {properties: {price: {ref: Price}}}
  Wishlist: {properties: {name: string}}    # ! use it, or take it out
events:
  Product Viewed: {ref: Product}
"""


def check(subject: Subject) -> Iterator[Finding]:
    if not subject.is_whole or not subject.events:
        return
    for name in subject.names:
        if name.kind == "definition" and not name.is_removed and name.name not in subject.used_definitions:
            yield Finding(name.at, f"nothing refers to the definition {quoted_if_odd(name.name)}", "use it, or take it out")
