"""Shares of a whole: `80%` as it is written in options, and as it is said."""

from __future__ import annotations

import re
from fractions import Fraction

from protocols.errors import UsageError
from protocols.violations import quoted


def share(text: str, option: str) -> Fraction:
    """The exact share that a percentage stands for: 1/10 for `10%`; more than none and at most the whole.

    Raises UsageError, with `option` in front.
    """
    found = _PERCENTAGE.fullmatch(text.strip())
    if found is None:
        meant = f"; did you mean {text.strip()}%?" if _PERCENTAGE.fullmatch(f"{text.strip()}%") and not text.strip().startswith("0") else ""
        raise UsageError(f"{option} should be a percentage such as 10% or 0.5%, got {quoted(text)}{meant}")
    part = Fraction(found[1]) / 100
    if not 0 < part <= 1:
        raise UsageError(f"{option} should be more than 0% and at most 100%, got {text.strip()}")
    return part


_PERCENTAGE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*%")


def percentage(part: int, whole: int) -> str:
    """`62.5%`, rounded down, so that only the whole is 100%; nothing of nothing is the whole."""
    if part >= whole:
        return "100%"
    tenths = 1000 * part // whole
    return f"{tenths // 10}.{tenths % 10}%" if tenths else ("<0.1%" if part else "0%")
