"""Patterns: what plans may write, and what Python's `re` is handed instead."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.patterns import fault, for_accept, matches, runs_away, texts

FAULTS = [
    (r"(?=a)", "lookaround is not allowed"),
    (r"a(?!b)", "lookaround is not allowed"),
    (r"(?<=a)b", "lookaround is not allowed"),
    (r"(?<!a)b", "lookaround is not allowed"),
    (r"(a)\1", "backreferences are not allowed"),
    (r"(?<n>a)\k<n>", "backreferences are not allowed"),
    (r"(?i)a", "flags inside a pattern are not allowed"),
    (r"(?P<n>a)", "flags inside a pattern are not allowed"),
    (r"\Aa", "`\\A` means nothing in ECMA-262"),  # an anchor to Rust and Python
    (r"a\Z", "`\\Z` means nothing in ECMA-262"),
    (r"\<a", "`\\<` means nothing in ECMA-262"),  # a border of a word to Rust
    (r"a++", "`+` follows another repeat"),  # possessive to Python 3.11
    (r"a{2}{3}", "`{` follows another repeat"),
    (r"*a", "`*` has nothing to repeat"),
    (r"^*", "`*` has nothing to repeat"),
    (r"a{", "`{` has to be written `\\{` where it is no count"),
    (r"a{3,2}", "a count goes from more to less"),
    (r"(a", "a parenthesis is not closed"),
    (r"a)", "a closing parenthesis has no opening one"),
    (r"[a", "a bracket is not closed"),
    (r"[]", "brackets hold nothing"),
    (r"[z-a]", "a range inside brackets goes from more to less"),
    (r"[a-\d]", "a range inside brackets needs a character at both ends"),
    ("a\\", "it ends in a backslash"),
    (r"\ud83d", "`\\ud83d` is no character"),
    (r"\p{Nonsense}", "it does not compile"),
    (r"(x{1000}){1000}", "it does not compile"),  # over the engine's size limit
    ("(" * 60 + ")" * 60, "groups are nested deeper than 50"),
    (r"^\d+$", None),
    (r"^\p{L}+$", None),
    (r"\bfoo", None),
    (r"(?<year>\d{4})", None),
    (r"[[a&&b]", None),  # a bracket and ampersands are characters in ECMA-262
    ("", None),
]


@pytest.mark.parametrize(("pattern", "clause"), FAULTS)
def test_what_a_plan_may_write(pattern: str, clause: str | None) -> None:
    assert fault(pattern) == clause


REBUILT = [
    (r"^[A-Z]{3}$", r"^[A-Z]{3,3}\Z"),  # `$` of Python would let "USD\n" through
    (r"^\d+\.\d{2}$", r"^[0-9]{1,}\.[0-9]{2,2}\Z"),  # `\d` of Python takes Arabic digits
    (r"^\w*$", r"^[A-Za-z0-9_]{0,}\Z"),
    (r"^.$", r"^[^\n\r\u2028\u2029]\Z"),
    (r"^[^\d-]$", r"^[^0-9\-]\Z"),
    (r"^(?:Email|Google)$", r"^(?:Email|Google)\Z"),
    (r"^a$|^b", r"^a\Z|^b"),
    (r"foo", r"foo"),
    (r"\x41\u0042\u{43}", r"ABC"),
    (r"a*?b|c", None),  # may begin anywhere and go on without bound
    (r"^a*?b", r"^a{0,}b"),
    (r"^[a-z]+(_[a-z]+)*$", r"^[a-z]{1,}(?:_[a-z]{1,}){0,}\Z"),  # the next character says how to go on
    (r"^[^@]+@[^@]+$", r"^[^@]{1,}@[^@]{1,}\Z"),
    (r"^(a+)+$", None),
    (r"^(a|a)*$", None),
    (r"^(a|ab)(c|bcd)*$", None),
    (r"^(a?){40}a{40}$", None),
    (r"^((a{0,9}){0,9}){0,9}$", None),
    (r"^(a|a){30}$", None),
    (r"^a*a*a*$", None),
    (r"^\s*$", None),
    (r"\bfoo", None),
    (r"^\S+$", None),
    (r"^[^\s]+$", None),
    (r"^é$", None),
    (r"^[à-ü]$", None),
    (r"^[a-ü]$", None),
    (r"^\p{L}$", None),
    (r"(^a)", None),  # an anchor inside
    (r"a$b", None),
    (r"(?=a)", None),
]


@pytest.mark.parametrize(("pattern", "source"), REBUILT)
def test_what_python_is_handed(pattern: str, source: str | None) -> None:
    assert for_accept(pattern) == source


MATCHES = [
    (r"^[A-Z]{3}$", "USD", True),
    (r"^[A-Z]{3}$", "USD\n", False),
    (r"^\d$", "٣", False),
    (r"^\w$", "é", False),
    (r"[[a]", "[", True),
    (r"^.$", "\u2028", False),  # an end of a line, as the newline is
    (r"^.$", "\ud83d", True),  # half an emoji, as JavaScript cuts them
    (r"^a", "ba", False),
    (r"a", "bab", True),
]


@pytest.mark.parametrize(("pattern", "text", "verdict"), MATCHES)
def test_matches(pattern: str, text: str, verdict: bool) -> None:
    assert matches(pattern, text) is verdict


def test_a_faulty_pattern_is_no_silent_match() -> None:
    with pytest.raises(ValueError, match="regex"):
        matches("(?=a)", "a")


LISTED = [
    (r"^(?:Email|Google)$", ("Email", "Google")),
    (r"^a$|^b?$", ("", "a", "b")),
    (r"^[a-c]{1,2}$", ("a", "aa", "ab", "ac", "b", "ba", "bb", "bc", "c", "ca", "cb", "cc")),
    (r"^x[0-1]?$", ("x", "x0", "x1")),
    (r"^[^a]$", None),  # nearly every character there is
    (r"^a*$", None),
    (r"^[a-z]{2}$", None),  # more than asked for
    (r"^(?:a|b){50}$", None),
    (r"^a", None),
    (r"a", None),
    (r"^\s$", None),
    (r"^é$", None),
    (r"(?=a)", None),
]


@pytest.mark.parametrize(("pattern", "listed"), LISTED)
def test_all_the_texts_of_a_pattern(pattern: str, listed: tuple[str, ...] | None) -> None:
    assert texts(pattern, 100) == listed
    assert listed is None or all(matches(pattern, text) for text in listed)


_PIECES = st.sampled_from(
    [
        "a",
        "b",
        "1",
        "_",
        "-",
        r"\.",
        ".",
        r"\d",
        r"\w",
        "[a-c]",
        "[^a]",
        r"[\d_]",
        r"[^\w]",
        r"\-",
        r"\x41",
        " ",
        "é",
        r"\s",
        r"\W",
        "[b-]",
        "\\n",
    ]
)
_SUFFIXES = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,}", "{2,}?", "{3,9}"])
_ATOMS = st.recursive(
    st.builds("{}{}".format, _PIECES, _SUFFIXES),
    lambda inner: st.builds(
        "({}){}".format,
        st.one_of(st.lists(inner, max_size=3).map("".join), st.lists(inner, min_size=2, max_size=3).map("|".join)),
        _SUFFIXES,
    ),
    max_leaves=6,
)
PATTERNS = st.builds("{}{}{}".format, st.sampled_from(["^", ""]), st.lists(_ATOMS, max_size=4).map("".join), st.sampled_from(["$", ""]))
TEXTS = st.text(alphabet="aabbc1_-.A \n\r\u2028é٣\x85", max_size=8)


@settings(max_examples=1500, deadline=None)
@given(PATTERNS, st.data())
def test_what_python_takes_the_matcher_takes(pattern: str, data: st.DataObject) -> None:
    source = for_accept(pattern)
    if source is None:
        return
    compiled = re.compile(source)
    texts = [data.draw(TEXTS), data.draw(st.from_regex(compiled))]
    for text in texts:
        assert not compiled.search(text) or matches(pattern, text), (pattern, source, text)


@settings(max_examples=400, deadline=None)
@given(PATTERNS, st.sampled_from(["a", "ab", "aab_", "1a", "abc1_-."]))
def test_no_text_takes_python_long(pattern: str, part: str) -> None:
    source = for_accept(pattern)
    if source is None:
        return
    text = (part * 8000)[:8000] + "\n!"
    compiled = re.compile(source)
    began = time.process_time()
    compiled.search(text)
    assert time.process_time() - began < 0.25, (pattern, source)


RUNS_AWAY = [
    # a repeat in a repeat, with nothing between them
    ("^(a+)+$", True),
    ("^(a*)*$", True),
    (r"^(\w+\s?)*$", True),
    ("^(a*b*)*$", True),
    ("^((a{1,20}){1,20})$", True),
    # two branches for one text
    ("^(a|a)*$", True),
    ("^(a|aa)+$", True),
    (r"^(\d+|\d+x)*$", True),
    # counts are repeats too
    ("^(.*a){12}$", True),
    (r"^(\d{16}){1,20}$", False),
    (r"^(\w+ ?){3}$", False),
    # the match can fail behind the repeat, with or without an end
    ("(a+)+b", True),
    ("(a+)+", False),
    ("^(a+)+", False),
    # each round has to begin or end with what no round can hold
    ("^[a-z]+(_[a-z]+)*$", False),
    (r"^([a-z]+\.)*[a-z]+$", False),
    ("^(a+b)+$", False),
    ("^(a?b)*$", False),
    ("^([A-Z][a-z]+ ?)+$", False),
    (r"^(\S+\s)*$", False),
    (r"^\s*(\w+\s*,\s*)*\w+$", False),
    # branches that begin alike are not yet the same text
    ("^(foo|fab)*$", False),
    # two repeats in a row take longer, but not without end
    ("^a+a+$", False),
    # letters beyond ASCII are not told apart, so nothing is said of them
    ("^([a-zà-ü]+-)*$", False),
    ("^(é|è)*$", False),
    # what is too long to be looked at
    (f"^({'a' * 300}|b+)+$", False),
    # nothing at all
    ("", False),
    ("^$", False),
]


@pytest.mark.parametrize(("pattern", "verdict"), RUNS_AWAY)
def test_what_runs_away(pattern: str, verdict: bool) -> None:
    assert fault(pattern) is None
    assert runs_away(pattern) is verdict
