"""Globs: what they stand for."""

from __future__ import annotations

import pytest

from protocols.globs import matches

GLOBS = [
    ("Order Completed", "Order Completed", True),
    # case counts, as in the names of events
    ("order completed", "Order Completed", False),
    ("Debug *", "Debug Opened", True),
    ("Debug *", "Debug", False),
    ("*", "", True),
    ("?", "", False),
    ("Step ?", "Step 3", True),
    # brackets and dots are themselves: names hold them
    ("Opened [beta]", "Opened [beta]", True),
    ("Opened [beta]", "Opened b", False),
    ("a.c", "abc", False),
    # a star goes beyond a slash, and stands for a star
    ("/properties/*/price", "/properties/products/*/price", True),
    # a line end is a character as any other
    ("a*b", "a\nb", True),
    # many stars are one: no text takes long
    ("*" * 60 + "x", "a" * 5000, False),
]


@pytest.mark.parametrize(("glob", "text", "does"), GLOBS)
def test_what_a_glob_stands_for(glob: str, text: str, does: bool) -> None:
    assert matches(glob, text) is does
