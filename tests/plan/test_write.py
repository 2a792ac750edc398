"""A plan written as text is read back as it was, and looks as a person would write it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocols.plan.nodes import parse, plain
from protocols.plan.write import WIDTH, dump, short

LONG = " ".join(["word"] * 24) + " and more."

WRITTEN: list[tuple[str, dict[str, Any], str]] = [
    ("words, numbers and versions without quotes", {"protocols": 1, "version": "2.10.0"}, "protocols: 1\nversion: 2.10.0\n"),
    ("quotes where the text would be read as something else", {"version": "2.10", "plan": "null"}, 'version: "2.10"\nplan: "null"\n'),
    ("a list on one line", {"owners": ["a@b.example", "c"]}, "owners: [a@b.example, c]\n"),
    ("signs that end a word inside brackets", {"owners": ["a, b", "c: d"]}, 'owners: ["a, b", "c: d"]\n'),
    ("a backslash is just a backslash", {"naming": {"pattern": r"^\d{2}$"}}, "naming: {pattern: '^\\d{2}$'}\n"),
    ("an apostrophe needs no quotes", {"description": "the plan's own"}, "description: the plan's own\n"),
    ("a text that begins with a sign", {"description": "- none: yet"}, 'description: "- none: yet"\n'),
    ("lines stay lines", {"description": "One.\nTwo: 2\n"}, "description: |\n  One.\n  Two: 2\n"),
    (
        "a long text is folded",
        {"description": LONG},
        "description: >-\n  " + " ".join(["word"] * 23) + "\n  word and more.\n",
    ),
    (
        "events apart from each other, a property on one line",
        {"plan": "p", "events": {"A": {"properties": {"x": "number", "y": {"type": "string", "required": True}}}, "B": {}}},
        "plan: p\n\nevents:\n  A:\n    properties:\n      x: number\n      y: {type: string, required: true}\n\n  B: {}\n",
    ),
    (
        "members inside members on lines of their own",
        {"definitions": {"D": {"type": "object", "properties": {"x": "any"}}}},
        "definitions:\n  D:\n    type: object\n    properties:\n      x: any\n",
    ),
    (
        "a list too long for a line",
        {"destinations": [f"Destination {number}" for number in range(9)]},
        "destinations:\n" + "".join(f"  - Destination {number}\n" for number in range(9)),
    ),
]


@pytest.mark.parametrize(("reason", "tree", "text"), WRITTEN, ids=[row[0] for row in WRITTEN])
def test_written(reason: str, tree: dict[str, Any], text: str) -> None:
    assert dump(tree) == text
    assert plain(parse(text, "plan.yaml").root) == tree


def test_comments_stand_above() -> None:
    assert dump({"plan": "p"}, ["One.", "Two."]) == "# One.\n# Two.\nplan: p\n"


SHORT: list[tuple[dict[str, Any], Any]] = [
    ({}, "any"),
    ({"type": "number"}, "number"),
    ({"type": ["number", "string"]}, {"type": ["number", "string"]}),  # a list has no short form
    ({"type": "number", "minimum": 0}, {"type": "number", "minimum": 0}),
]


@pytest.mark.parametrize(("long", "wanted"), SHORT)
def test_short(long: dict[str, Any], wanted: Any) -> None:
    assert short(long) == wanted


TRICKY = (
    *(
        "~",
        "<<",
        "...",
        "---",
        "- a",
        "a: b",
        "a #b",
        "a:",
        " a",
        "a ",
        "yes",
        "0x1f",
        "1_0",
        "?",
        "!x",
        "%",
        "@",
        "`",
        "'",
        '"',
        "\\",
        "{",
    ),
    *(
        "=",
        "\n",
        "a\n\n",
        " a\nb",
        "a\n b\n",
        "\ufeff",
        "\x85",
        "\u2028",
        "🙂",
        "word " * 40,
        "a  b " * 30,
        "x" * 200,
        "properties",
        "events",
    ),
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(TRICKY)
KEYS = TEXTS.filter(lambda name: name and not name.startswith("\0"))  # which no name in a plan does
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
@example({"a": ["x" * 130, ["y" * 130, {"z": "w" * 130, "v": []}]]})
@example({"a": -0.0, "b": 1e16, "c": 1e-7, "d": 5e-324})
def test_what_is_written_is_read(tree: dict[str, Any]) -> None:
    document = parse(dump(tree), "plan.yaml")
    assert document.problems == ()
    assert repr(plain(document.root) or {}) == repr(tree)


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from(["word", "other words", "1"]), max_size=60), max_size=5))
def test_no_line_is_too_long(tree: dict[str, Any]) -> None:
    assert all(len(line) <= WIDTH for line in dump(tree).splitlines())
