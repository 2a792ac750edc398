"""Comments that silence findings name rules that exist.

`# protocols: ignore[rule]` with a name that no rule has silences nothing and looks as if it did. Neither does one without
a name: a comment that silences everything would hide what is found tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.names import nearest
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
naming: {events: {case: title}}
events:
  signed up: {}      # protocols: ignore[event-name-case] -- the name of ten years
  # protocols: ignore[event-nmae-case]      # ! did you mean event-name-case?
  Signed In: {}
  # protocols: ignore                       # ! write ignore[rule]
  Signed Out: {}
"""


def check(subject: Subject) -> Iterator[Finding]:
    from protocols.rules import RULES

    for ignore in subject.ignores:
        if not ignore.rule:
            yield Finding(ignore.at, "this comment names no rule to silence", "write ignore[rule]")
        elif ignore.rule not in RULES:
            near = nearest(ignore.rule, RULES)
            hint = f"did you mean {near}?" if near else "protocols explain lists them all"
            yield Finding(ignore.at, f"there is no rule {quoted_if_odd(ignore.rule)}", hint)
