"""An enum lists a few values that people agree on, not everything there is.

A list of hundreds of values is data: it is out of date the day after it was copied, and every new value becomes a
violation. Write a `pattern` for how such values look, or keep the values out of the plan. Up to 100 values are fine.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.rule import Finding
from protocols.rules.subject import Subject

MOST = 100

EXAMPLE = f"""
events:
  Page Rated:
    properties:
      stars: {{enum: [1, 2, 3, 4, 5]}}
      page:
        enum: [                             # ! write a pattern, or take the list out
          {", ".join(str(number) for number in range(1, 31))},
          {", ".join(str(number) for number in range(31, 61))},
          {", ".join(str(number) for number in range(61, 91))},
          {", ".join(str(number) for number in range(91, MOST + 2))},
        ]
"""


def check(subject: Subject) -> Iterator[Finding]:
    for planned in subject.all_shapes:
        values = planned.shape.keywords.get("enum", ())
        if len(values) > MOST:
            at = planned.shape.positions["enum"]
            yield Finding(at, f"the enum should have at most {MOST} values, got {len(values)}", "write a pattern, or take the list out")
