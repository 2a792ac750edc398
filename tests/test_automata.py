"""Automata: exactly what the patterns say, and formats that take no more than the formats do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protocols import formats, patterns
from protocols.automata import Automaton, automaton

# Texts near a pattern: a walk through its automaton, and a few changes.

TURNS = st.lists(st.integers(0, 2**20), max_size=60)
CHARACTERS = st.characters(max_codepoint=127)
CHANGES = st.one_of(
    st.just([]),
    st.lists(
        st.tuples(st.integers(0, 60), st.one_of(st.just(""), st.sampled_from("aZ09.-:/@%_ \n"), CHARACTERS), st.booleans()), max_size=3
    ),
)


def walked(found: Automaton, turns: list[int]) -> str:
    """A text that leads along these turns and never into the dead state; it ends early at some of the matches."""
    state, text = 1, ""
    for turn in turns:
        steps = found.steps[state * found.width : (state + 1) * found.width]
        ways = [number for number, step in enumerate(steps) if step]
        if not ways or (found.accepting[state] and turn % 5 == 0):
            break
        way = ways[turn % len(ways)]
        takers = [character for character in range(128) if found.classes[character] == way]
        text += chr(takers[turn // len(ways) % len(takers)])
        state = steps[way]
    return text


def changed(text: str, changes: list[tuple[int, str, bool]]) -> str:
    for place, character, replaces in changes:
        place %= len(text) + 1
        text = text[:place] + character + text[place + replaces :]
    return text


def made(pattern: str) -> Automaton:
    found = automaton(pattern)
    assert found is not None
    return found


# Patterns.

ANSWERS = [
    (r"^[A-Z]{3}$", "USD", True),
    (r"^[A-Z]{3}$", "USD\n", False),  # `$` is the end of the text and no line's
    (r"^[A-Z]{3}$", "USDX", False),
    (r"[A-Z]{3}", "in USD, please", True),  # anywhere
    ("", "", True),
    ("", "a", True),
    ("^$", "", True),
    ("^$", "a", False),
    ("b$|^a", "ac", True),
    ("b$|^a", "cb", True),
    ("b$|^a", "bca", False),
    # anchors anywhere
    ("(^|,)a(,|$)", "b,a", True),
    ("(^|,)a(,|$)", "ba", False),
    ("(a$|b)*c", "bbc", True),
    ("^(a$|b)*$", "bba", True),
    ("^(a$|b)*$", "bab", False),
    ("$^", "", True),
    ("$^", "a", False),
    ("a^", "a", False),
    # characters
    (r"^\s$", "\v", True),
    (r"^\s$", "\x1c", False),  # a space to Python
    (r"^.$", "\r", False),
    (r"^[^é]$", "e", True),
    (r"^[a-é]$", "~", True),
    (r"^é|a$", "a", True),
    (r"^\p{Lu}$", "A", True),
    (r"^\p{Lu}$", "a", False),
    (r"^[^\p{L}\s]$", "1", True),
    (r"^[^\p{L}\s]$", "a", False),
    # counts
    (r"^a{2,4}$", "a", False),
    (r"^a{2,4}$", "aaaa", True),
    (r"^a{2,4}$", "aaaaa", False),
    (r"^(ab){2,}$", "ababab", True),
    (r"^(a?){3}b{0}$", "aa", True),
]


@pytest.mark.parametrize(("pattern", "text", "verdict"), ANSWERS)
def test_answers(pattern: str, text: str, verdict: bool) -> None:
    assert made(pattern).accepts(text) is patterns.matches(pattern, text) is verdict


REFUSED = [
    (r"\bfoo", "borders of words"),
    (r"foo\B", "borders of words"),
    (r"^.{1,510}$", "512 states, where 511 may be"),
    (r"a.{20}b", "states for each of the a's of the last 20 characters"),
    (r"^(a|b)*a(a|b){12}$", "states for each of the last 12 characters"),
    (r"^((a{0,30}){0,30}){0,30}$", "more parts than 1000"),
    (r"(?:){999999}", "more parts than 1000, though they take nothing"),
    (r"(?=a)", "a fault"),
    (r"\p{Nonsense}", "a fault"),
]


@pytest.mark.parametrize(("pattern", "reason"), REFUSED)
def test_what_has_no_automaton(pattern: str, reason: str) -> None:
    automaton.cache_clear()
    began = time.process_time()
    assert automaton(pattern) is None, reason
    assert time.process_time() - began < 0.05


SIZES = [
    # states, classes of characters
    (r"^[A-Z]{3}$", 5, 2),
    (r"^.*$", 2, 2),
    (r"a", 3, 2),
    (r"ab{0,5}", 3, 3),  # nothing is told apart behind a whole match
    (r"^.{1,509}$", 511, 2),
    (r"^(pre-roll|mid-roll|post-roll)$", 14, 12),  # they share `-roll`
    (r"^[a-z]+(_[a-z]+)*$", 5, 3),
    (r"^(a+)+$", 3, 2),
    (formats.ENVELOPE_TIME, 52, 17),
]


@pytest.mark.parametrize(("pattern", "states", "width"), SIZES)
def test_how_large_they_are(pattern: str, states: int, width: int) -> None:
    found = made(pattern)
    assert (len(found.accepting), found.width) == (states, width)


_PIECES = st.sampled_from(
    ["a", "b", "1", "-", r"\.", ".", r"\d", r"\w", "[a-c]", "[^a]", r"[^\w]", r"\x41", " ", "é", r"\s", r"\S", "[^é]", r"[a-é]", r"\p{L}"]
)
_SUFFIXES = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,}", "{2,}?", "{0}"])
_ATOMS = st.recursive(
    st.one_of(st.builds("{}{}".format, _PIECES, _SUFFIXES), st.sampled_from(["^", "$"])),
    lambda inner: st.builds(
        "({}){}".format,
        st.lists(st.lists(inner, max_size=3).map("".join), min_size=1, max_size=3).map("|".join),
        _SUFFIXES,
    ),
    max_leaves=8,
)
PATTERNS = st.builds("{}{}{}".format, st.sampled_from(["^", ""]), st.lists(_ATOMS, max_size=4).map("".join), st.sampled_from(["$", ""]))


@settings(max_examples=1000, deadline=None)
@given(PATTERNS, TURNS, CHANGES)
def test_they_answer_as_the_patterns_do(pattern: str, turns: list[int], changes: list[tuple[int, str, bool]]) -> None:
    found = automaton(pattern)
    assume(found is not None)
    for text in {walked(found, turns), changed(walked(found, turns), changes)}:
        assert found.accepts(text) is patterns.matches(pattern, text), (pattern, text)


@settings(max_examples=500, deadline=None)
@given(PATTERNS)
def test_no_table_leads_out_of_itself(pattern: str) -> None:
    found = automaton(pattern)
    assume(found is not None)
    states = len(found.accepting)
    assert len(found.classes) == 128
    assert set(found.classes) == set(range(found.width))
    assert len(found.steps) == states * found.width < 2**16
    assert set(found.steps) <= set(range(states))
    assert not found.accepting[0]
    assert not any(found.steps[: found.width])  # nothing leads out of the dead state


@pytest.mark.parametrize(
    "mask_of", [r"\s", r"\S", r"\w", r"\W", r"\d", r"\D", ".", r"\p{L}", r"\P{L}", r"[^\P{L}]", r"[\s\S]", "[!-~]", r"\cJ"]
)
def test_each_character_of_a_class(mask_of: str) -> None:
    pattern = f"^{mask_of}$"
    found = made(pattern)
    assert [found.accepts(chr(point)) for point in range(128)] == [patterns.matches(pattern, chr(point)) for point in range(128)]


def _patterns(node: Any) -> Iterator[str]:
    """Every `pattern` of a plan."""
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        node = list(node.values())
    for child in node if isinstance(node, list) else ():
        yield from _patterns(child)


def test_the_patterns_of_the_bundled_plans_have_one() -> None:
    plans = sorted(Path(__file__).parents[1].glob("plans/**/*.yaml"))
    found = {pattern for plan in plans for pattern in _patterns(yaml.safe_load(plan.read_text(encoding="utf-8")))}
    assert len(found) >= 3
    assert [pattern for pattern in found if automaton(pattern) is None] == []


# Formats.

TAKEN = {
    "date-time": ["2024-01-15T10:30:00Z", "2024-02-29t23:59:59.123456789z", "1999-12-31T00:00:00.1+01:00", "2024-01-15T10:30:00-23:59"],
    "date": ["2024-02-29", "2000-02-29", "2023-12-31", "0001-01-01"],
    "time": ["10:30:00Z", "10:30:00.5+05:30", "23:59:59-00:00"],
    "email": [
        "ada@example.com",
        "ada.lovelace+news@mail.example.co.uk",
        "o'brien_1@x-y.museum",
        "a@1.de",
        "ada@localhost",
        "a@" + "b" * 63,
    ],
    "uri": [
        "https://example.com",
        "HTTP://EXAMPLE.COM:8080/",
        "https://user:word@example.com/a/b.html;v=1?q=a%20b&c=#top",
        "http://localhost:3000/?utm_source=x&utm_medium=y",
        "http://192.0.2.1/a//b/",
        "https://example.com?a=/?b",
        "https://xn--mnchen-3ya.de/%C3%BC",
        "myapp://screen/12",
        "mailto:ada@example.com",
        "urn:isbn:0451450523",
        "android-app://com.example/https/example.com",
        "file:///etc/hosts",
        "https://example.com/" + "a" * 5000,
    ],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"],
    "ipv4": ["192.0.2.1", "0.0.0.0", "255.255.255.255"],
    "ipv6": ["2001:db8:0:0:0:0:0:1", "2001:db8::1", "::1", "::", "fe80::", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "2001:DB8::a:0:1"],
    "hostname": ["www.example.com", "localhost", "a", "1.2.3.4", "x-1.Example", "a" * 63],
}

LEFT = {
    # valid, and left to whoever comes behind the automata
    "date-time": ["2016-12-31T23:59:60Z"],  # a leap second
    "time": ["23:59:60Z"],
    "email": ['"ada lovelace"@example.com', "ada@[192.0.2.1]", "ada@xn--mnchen-3ya.de", "a" * 60 + "@example.com"],
    "uri": ["http://[::1]/"],
    "ipv6": ["::ffff:192.0.2.1"],
    "hostname": ["xn--mnchen-3ya.de", "a--b.de", "a" * 60 + ".com"],  # 63 at most
}


FALSE = [
    ("hostname", "a" * 64),
    ("email", "a@" + "b" * 64),
    ("email", "a..b@example.com"),
    ("uri", "/relative"),
    ("uri", "http://a@b@c/"),  # were `//` a path, it would be one
    ("uri", "http://a:b"),
    ("uri", "http://a/%4"),
    ("date-time", "2023-02-29T10:30:00Z"),
    ("date-time", "2024-01-15 10:30:00Z"),
    ("time", "10:30:60Z"),
    ("ipv4", "192.0.2.01"),
    ("uuid", "123e4567e89b12d3a456426614174000"),
]


def takes(name: str, text: str) -> bool:
    format = formats.FORMATS[name]
    return len(text) <= format.longest and text.isascii() and made(format.shape).accepts(text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in TAKEN.items() for text in texts])
def test_ordinary_values_are_taken(name: str, text: str) -> None:
    assert takes(name, text)
    assert formats.matches(name, text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in LEFT.items() for text in texts])
def test_odd_values_are_left(name: str, text: str) -> None:
    assert not takes(name, text)
    assert formats.matches(name, text)


@pytest.mark.parametrize(("name", "text"), FALSE)
def test_false_values_are_not_taken(name: str, text: str) -> None:
    assert not takes(name, text)
    assert not formats.matches(name, text)


@pytest.mark.parametrize("before", range(10))
def test_groups_of_ipv6(before: int) -> None:
    for behind in range(10):
        text = "::".join(":".join(["1f"] * count) for count in (before, behind))
        assert takes("ipv6", text) is formats.matches("ipv6", text) is (before + behind <= 7), text
    whole = ":".join(["1f"] * before)
    assert takes("ipv6", whole) is formats.matches("ipv6", whole) is (before == 8), whole


@pytest.mark.parametrize("name", formats.FORMATS)
def test_what_an_automaton_takes_the_format_takes(name: str) -> None:
    found = made(formats.FORMATS[name].shape)

    @settings(max_examples=500, deadline=None)
    @given(TURNS, CHANGES)
    def check(turns: list[int], changes: list[tuple[int, str, bool]]) -> None:
        for text in {walked(found, turns), changed(walked(found, turns), changes)}:
            assert not takes(name, text) or formats.matches(name, text), text

    check()


@pytest.mark.parametrize("name", ["uuid", "ipv4", "date"])
def test_some_take_all_that_the_format_does(name: str) -> None:
    found = made(formats.FORMATS[name].shape)

    @settings(max_examples=500, deadline=None)
    @given(TURNS, CHANGES)
    def check(turns: list[int], changes: list[tuple[int, str, bool]]) -> None:
        text = changed(walked(found, turns), changes)
        assert takes(name, text) is formats.matches(name, text), text

    check()


@pytest.mark.parametrize("name", formats.FORMATS)
def test_an_automaton_takes_what_the_narrow_pattern_does(name: str) -> None:
    """No value is lost to a slower stage by the kernel being there; but for names beyond 63 characters."""
    format = formats.FORMATS[name]

    @settings(max_examples=200, deadline=None)
    @given(st.from_regex(format.accept, alphabet=CHARACTERS))
    def check(text: str) -> None:
        assert takes(name, text) or len(text) > format.longest

    check()


@settings(max_examples=1000, deadline=None)
@given(TURNS, CHANGES)
def test_times_of_the_envelope(turns: list[int], changes: list[tuple[int, str, bool]]) -> None:
    found = made(formats.ENVELOPE_TIME)
    for text in {walked(found, turns), changed(walked(found, turns), changes)}:
        assert found.accepts(text) is formats.is_envelope_time(text), text
