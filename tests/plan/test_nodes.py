"""The tree of a YAML text: values, places, and that nothing a text can hold breaks it."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocols.errors import PlanError
from protocols.plan import load_text, nodes
from protocols.plan.merge import longhand, merged, same
from protocols.plan.nodes import List, Map, parse, plain, resolve

SCALARS = [
    # YAML 1.2 core, as far as JSON has the values
    ("", None),
    ("~", None),
    ("null", None),
    ("nULL", "nULL"),
    ("true", True),
    ("False", False),
    ("yes", "yes"),
    ("off", "off"),
    ("0", 0),
    ("-0", 0),
    ("+12", 12),
    ("007", "007"),
    ("0o17", 15),
    ("0x1f", 31),
    ("-0x1f", "-0x1f"),
    ("0b1", "0b1"),
    ("1_000", "1_000"),
    ("190:20:30", "190:20:30"),
    ("1.5", 1.5),
    ("-.5", -0.5),
    ("1.", 1.0),
    ("01.5", "01.5"),
    ("1e3", 1000.0),
    ("1E-3", 0.001),
    ("1e400", "1e400"),
    (".inf", ".inf"),
    ("-.INF", "-.INF"),
    (".nan", ".nan"),
    (".", "."),
    ("-", "-"),
    ("2024-01-01", "2024-01-01"),
    ("2.10.0", "2.10.0"),
    ("١", "١"),
    ("9" * 300, int("9" * 300)),
    ("9" * 301, "9" * 301),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_plain_scalars(text, value):
    resolved = resolve(text)
    assert (resolved, type(resolved)) == (value, type(value))


def places(node):
    """Every key and scalar of a tree with its place."""
    if isinstance(node, Map):
        for key, value in node.items():
            yield key, node.keys_at[key]
            yield from ([(value, node.values_at[key])] if not isinstance(value, (Map, List)) else places(value))
    elif isinstance(node, List):
        for value, at in zip(node, node.items_at, strict=True):
            yield from ([(value, at)] if not isinstance(value, (Map, List)) else places(value))


WORDS = st.text("abcxyz0123456789é😀-_/.", min_size=1, max_size=8).filter(lambda text: text[0].isalnum())
BLANKS = st.sampled_from(["", " ", "   "])


@st.composite
def flow(draw, depth=3):
    """A value in flow style with odd blanks."""
    kind = draw(st.sampled_from(["word", "map", "list"] if depth else ["word"]))
    if kind == "word":
        return draw(WORDS)
    items = draw(st.lists(flow(depth - 1), max_size=4))
    if kind == "list":
        return "[" + ",".join(f"{draw(BLANKS)}{item}{draw(BLANKS)}" for item in items) + "]"
    keys = draw(st.lists(WORDS, unique=True, min_size=len(items), max_size=len(items)))
    return "{" + ",".join(f"{draw(BLANKS)}{key}: {draw(BLANKS)}{item}" for key, item in zip(keys, items, strict=True)) + "}"


@st.composite
def documents(draw):
    """A document in block style, its members in flow style, between comments and blank lines."""
    lines = []
    for key in draw(st.lists(WORDS, unique=True, min_size=1, max_size=5)):
        lines += draw(st.lists(st.sampled_from(["", "# comment: {", "   # more"]), max_size=2))
        if draw(st.booleans()):
            lines.append(f"{key}: {draw(flow())}")
        else:
            lines.append(f"{key}:")
            lines += [f"{draw(BLANKS)[:1]}  - {item}" for item in draw(st.lists(flow(2), min_size=1, max_size=1))]
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines) + "\n"


@given(documents())
@settings(max_examples=200, deadline=None)
def test_every_place_points_at_what_stands_there(text):
    document = parse(text, "f.yaml")
    lines = text.replace("\r\n", "\n").split("\n")
    assert not document.problems
    for value, at in places(document.root):
        written = value if isinstance(value, str) else document.texts[at]
        assert lines[at.line - 1][at.column - 1 :].startswith(written)


@given(documents())
@settings(max_examples=100, deadline=None)
def test_both_parsers_agree(text):
    """The C parser, and the one in Python for machines without libyaml."""
    fast = parse(text, "f.yaml")
    parser = nodes._parser
    nodes._parser = nodes._python_parser
    try:
        slow = parse(text, "f.yaml")
    finally:
        nodes._parser = parser
    assert plain(slow.root) == plain(fast.root)
    assert list(places(slow.root)) == list(places(fast.root))
    assert (slow.texts, slow.blanks) == (fast.texts, fast.blanks)


# fmt: off
FRAGMENTS = st.sampled_from([
    "protocols: 1", "plan: p", "version: 1", "events:", "  A:", "    properties:", "      a:", " {", "}", "[", "]", ": ", ", ", "- ",
    "? ", "\n", "\n  ", "\n    ", "\t", "&a ", "*a", "<<: ", "!!int ", "!!python/object:x ", "|", ">", "'", "\"", "#", "%", "@", "`",
    "---\n", "...\n", "removed", "ref: A", "type: string", "type: [string, null]", "required: [a]", "extends: [./x.yaml]", "enum: [1]",
    "const: ", "1", "1.5", "null", "~", "schema: {not: {}}", "pattern: (", "versions: {1: {}}", "\ufeff", "\u2028", "\x85", "\x00",
    "\ud83d", "é", "definitions: {A: {ref: A}}"
])
# fmt: on

WHOLE = """protocols: 1
plan: p
version: 1
extends: [./gone.yaml]
naming: {events: {case: title, allow: [x]}}
unplanned: {events: error}
severity: {naming: note}
definitions:
  M: {type: number, minimum: 0}
  P: {properties: {price: {ref: M}, kind: {enum: [a, b]}}}
track: {context: {properties: {app: object}}}
events:
  A: {ref: P, properties: {currency: {type: string, pattern: "^[A-Z]{3}$", required: true}}}
  B: {properties: {kind: removed}, schema: {dependentRequired: {a: [b]}}}
  C: {status: deprecated, replaced_by: A}
  D:
    versions:
      1: {properties: {method: string}}
      2: {properties: {method: {const: x}}, status: deprecated}
  E: removed
identify: {traits: {email: {type: string, format: email, personal: true}}}
page: {properties: {url: string}, named: {Checkout: {properties: {step: integer}}}}
payload: {required: [messageId]}
""".splitlines()


@st.composite
def damaged(draw):
    """A plan with something of another place, or of none, put into some of its lines."""
    lines = list(WHOLE)
    for _ in range(draw(st.integers(1, 4))):
        number = draw(st.integers(0, len(lines) - 1))
        key, colon, _ = lines[number].partition(": ")
        piece = draw(FRAGMENTS | st.sampled_from(WHOLE).map(str.strip))
        lines[number] = draw(st.sampled_from([piece, f"{key}{colon}{piece}", f"{lines[number]}{piece}", f"{key}: {{{piece}}}"]))
    return "\n".join(lines)


@given(st.lists(FRAGMENTS | st.text(max_size=3), max_size=25).map("".join) | damaged())
@settings(max_examples=600, deadline=None)
@example("protocols: 1\nplan: p\nversion: 1\nextends: [{}]\n")
@example("&a [*a]")
@example("? ? ?")
@example("events: {A: &a {versions: {1: *a}}}")
def test_loading_raises_nothing_but_a_plan_error(text):
    for problem in problems_of(text):
        assert problem.line
        assert problem.column
        assert problem.file
        assert problem.message
        assert "None" not in problem.message


def problems_of(text):
    try:
        load_text(text, "nowhere/f.yaml")
    except PlanError as error:
        return error.problems
    return ()


NAMES = st.sampled_from(["a", "b", "c"])
SHAPES = st.deferred(
    lambda: (
        st.sampled_from(["string", "number"])
        | st.builds(
            lambda keys, members: {**keys, **({"properties": members} if members is not None else {})},
            st.dictionaries(st.sampled_from(["minimum", "maximum"]), st.integers(0, 3), max_size=2),
            st.none() | st.dictionaries(NAMES, SHAPES, max_size=3),
        )
    )
)


def tree(shape):
    """A shape as the tree of its text, written out in full."""
    import json

    node = parse(json.dumps({"properties": {"it": shape}}), "f.yaml").root
    longhand("shape", node)
    return node["properties"]["it"]


@given(SHAPES, SHAPES, SHAPES)
@settings(max_examples=200, deadline=None)
def test_merging_is_associative_as_long_as_nothing_is_removed(one, two, three):
    a, b, c = tree(one), tree(two), tree(three)
    assert plain(merged("shape", merged("shape", a, b), c)) == plain(merged("shape", a, merged("shape", b, c)))


@given(SHAPES)
@settings(max_examples=100, deadline=None)
def test_merging_with_itself_or_nothing_changes_nothing(one):
    a = tree(one)
    assert same(merged("shape", a, a), a)
    assert same(merged("shape", a, tree({})), a)
    assert same(merged("shape", tree({}), a), a)


@given(SHAPES, SHAPES)
@settings(max_examples=100, deadline=None)
def test_merging_changes_neither_side(one, two):
    a, b = tree(one), tree(two)
    merged("shape", a, b)
    assert same(a, tree(one))
    assert same(b, tree(two))
