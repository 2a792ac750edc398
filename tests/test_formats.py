"""Formats: the verdicts, and that the narrow patterns never take more."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.formats import FORMATS, matches

VERDICTS = [
    ("date-time", "2024-01-15T10:30:00Z", True),
    ("date-time", "2024-01-15T10:30:00.123+01:00", True),
    ("date-time", "2024-01-15 10:30:00Z", False),
    ("date-time", "2024-01-15T10:30:00+0100", False),
    ("date-time", "2024-01-15T10:30:00", False),
    ("date-time", "2024-02-30T10:30:00Z", False),
    ("date", "2024-02-29", True),
    ("date", "2023-02-29", False),
    ("date", "2024-1-5", False),
    ("time", "10:30:00Z", True),
    ("time", "10:30", False),
    ("email", "ada@example.com", True),
    ("email", "ada", False),
    ("uri", "https://example.com/a?b=%20#c", True),
    ("uri", "/relative", False),
    ("uuid", "123e4567-e89b-12d3-a456-426614174000", True),
    ("uuid", "123e4567e89b12d3a456426614174000", False),
    ("ipv4", "192.0.2.1", True),
    ("ipv4", "192.0.2.01", False),
    ("ipv6", "2001:db8::1", True),
    ("ipv6", "2001:db8::1::", False),
    ("hostname", "www.example.com", True),
    ("hostname", "-example.com", False),
    ("hostname", "\ud83d.com", False),  # half an emoji must not raise
]


@pytest.mark.parametrize(("format", "text", "verdict"), VERDICTS)
def test_matches(format: str, text: str, verdict: bool) -> None:
    assert matches(format, text) is verdict


@pytest.mark.parametrize("format", FORMATS)
def test_the_example_is_one(format: str) -> None:
    entry = FORMATS[format]
    assert matches(format, entry.example)
    assert re.search(entry.accept, entry.example)


@pytest.mark.parametrize("format", FORMATS)
def test_what_the_narrow_pattern_takes_the_format_takes(format: str) -> None:
    compiled = re.compile(FORMATS[format].accept)

    @settings(max_examples=300, deadline=None)
    @given(st.from_regex(compiled))
    def check(text: str) -> None:
        assert matches(format, text)

    check()
