"""Names hold nothing that cannot be seen.

A blank at the end of `Order Completed `, two blanks in a row or a character without a picture look like nothing in review
and in reports, and make another name of it to every machine.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
from protocols.violations import quoted

EXAMPLE = r"""
events:
  Order Completed:
    properties:
      order id: string
      "total ": number                      # ! write it without the blank at its end
      "coupon  code": string                # ! write one blank
      "dis\u00adcount": number              # ! write it without that character
"""


def check(subject: Subject) -> Iterator[Finding]:
    for name in subject.names:
        found = None if name.is_removed else _fault(name.name)
        if found is not None:
            yield Finding(name.at, f"the name {quoted(name.name)} {found[0]}", found[1])


def _fault(name: str) -> tuple[str, str] | None:
    if not name.isprintable():
        return "holds a character that cannot be seen", "write it without that character"
    if name != name.strip():
        where = "end" if name == name.lstrip() else "beginning"
        return f"has a blank at its {where}", f"write it without the blank at its {where}"
    return ("has two blanks in a row", "write one blank") if "  " in name else None
