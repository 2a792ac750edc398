"""Fixes: what changes, what does not, and what is left to people."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linted import fixed, whole

from protocols.plan import load_text
from protocols.rules.layout import Layout

NAMING = "naming: {events: {case: title}, properties: {case: snake}}\n"

FIXES = [
    # quotes of every kind stay, comments and blanks too
    (
        "events:   # all\n  'order paid' :   {}   # one\n  \"cart  seen\": {}\n  item sold: {}\n",
        "events:   # all\n  'Order Paid' :   {}   # one\n  \"Cart Seen\": {}\n  Item Sold: {}\n",
    ),
    # a name in two places of one plan is one name
    (
        "definitions: {A: {properties: {aB: string}}}\nevents: {X: {ref: A, properties: {aB: {required: true}}}}\n",
        "definitions: {A: {properties: {a_b: string}}}\nevents: {X: {ref: A, properties: {a_b: {required: true}}}}\n",
    ),
    # successors, and lists of names in raw schemas
    (
        "events: {X: {properties: {aB: string, c: {status: deprecated, replaced_by: aB}}, schema: {anyOf: [{required: [aB]}]}}}\n",
        "events: {X: {properties: {a_b: string, c: {status: deprecated, replaced_by: a_b}}, schema: {anyOf: [{required: [a_b]}]}}}\n",
    ),
    (
        "events: {new one: {}, Old One: {status: deprecated, replaced_by: new one}}\n",
        "events: {New One: {}, Old One: {status: deprecated, replaced_by: New One}}\n",
    ),
    # a value in a raw schema is none of them, so people have to look
    (
        "events: {X: {properties: {aB: string}, schema: {properties: {aB: {const: aB}}}}}\n",
        "events: {X: {properties: {aB: string}, schema: {properties: {aB: {const: aB}}}}}\n",
    ),
    (
        "payload: {required: [aB]}\nevents: {X: {properties: {aB: string}}}\n",
        "payload: {required: [aB]}\nevents: {X: {properties: {aB: string}}}\n",
    ),
    # the new name is taken
    ("events: {order paid: {}, Order Paid: {}}\n", "events: {order paid: {}, Order Paid: {}}\n"),
    ("events: {X: {properties: {aB: string, a_b: string}}}\n", "events: {X: {properties: {aB: string, a_b: string}}}\n"),
    # two names would become one
    ("events: {order paid: {}, order_paid: {}}\n", "events: {order paid: {}, order_paid: {}}\n"),
    # silenced in one place, so it stays in all
    (
        "events:\n  X: {properties: {aB: string}}\n  Y: {properties: {aB: string}}  # protocols: ignore[property-name-case]\n",
        "events:\n  X: {properties: {aB: string}}\n  Y: {properties: {aB: string}}  # protocols: ignore[property-name-case]\n",
    ),
    # nobody can tell what the words are
    ("events: {X: {properties: {getXYZList: string}}}\n", "events: {X: {properties: {getXYZList: string}}}\n"),
    # a name that would be no text any more without its quotes keeps them
    ('events: {X: {properties: {"No1": string}}}\n', 'events: {X: {properties: {"no1": string}}}\n'),
    # an escape or an anchor is not touched
    ('events: {"order\\u0020paid": {}}\n', 'events: {"order\\u0020paid": {}}\n'),
    ("events: {&a order paid: {}}\n", "events: {&a order paid: {}}\n"),
    # required: false, and the end of a chain
    (
        "events: {X: {properties: {a: {required: true, status: deprecated, type: string}}}}\n",
        "events: {X: {properties: {a: {required: false, status: deprecated, type: string}}}}\n",
    ),
    (
        "events: {C: {}, B: {status: deprecated, replaced_by: C}, A: {status: deprecated, replaced_by: 'B'}}\n",
        "events: {C: {}, B: {status: deprecated, replaced_by: C}, A: {status: deprecated, replaced_by: 'C'}}\n",
    ),
    # a mapping that is used twice is written once
    (
        "x-a: &a {properties: {aB: string}}\nevents: {X: *a, Y: *a}\n",
        "x-a: &a {properties: {a_b: string}}\nevents: {X: *a, Y: *a}\n",
    ),
    # line ends stay
    ("events:\r\n  order paid: {}\r\n", "events:\r\n  Order Paid: {}\r\n"),
]


@pytest.mark.parametrize(("before", "after"), FIXES)
def test_what_is_fixed(before, after):
    head = "protocols: 1\nplan: p\nversion: 1\n" + NAMING
    assert fixed({"plan.yaml": head + before})[0] == {"plan.yaml": head + after}


PLAN = "protocols: 1\nplan: p\nversion: 1\nextends: [./part.yaml]\n" + NAMING
FILES = [
    # a rename goes through all files that are looked at
    (
        {
            "plan.yaml": PLAN + "events: {X: {ref: A, properties: {aB: {required: true}}}}\n",
            "part.yaml": "protocols: 1\ndefinitions: {A: {properties: {aB: string}}}\n",
        },
        {
            "plan.yaml": PLAN + "events: {X: {ref: A, properties: {a_b: {required: true}}}}\n",
            "part.yaml": "protocols: 1\ndefinitions: {A: {properties: {a_b: string}}}\n",
        },
    ),
    # another plan uses the part as well, and has agreed on nothing
    (
        {
            "plan.yaml": PLAN + "events: {X: {ref: A}}\n",
            "other.yaml": "protocols: 1\nplan: o\nversion: 1\nextends: [./part.yaml]\n"
            "events: {Y: {ref: A, properties: {aB: {required: true}}}}\n",
            "part.yaml": "protocols: 1\ndefinitions: {A: {properties: {aB: string}}}\n",
        },
        {},
    ),
    # selections name events too
    (
        {
            "plan.yaml": PLAN.replace("./part.yaml", "{./part.yaml: [order paid]}"),
            "part.yaml": "protocols: 1\nevents: {order paid: {}, cart seen: {}}\n",
        },
        {
            "plan.yaml": PLAN.replace("./part.yaml", "{./part.yaml: [Order Paid]}"),
            "part.yaml": "protocols: 1\nevents: {Order Paid: {}, Cart Seen: {}}\n",
        },
    ),
]


@pytest.mark.parametrize(("before", "after"), FILES)
def test_several_files(before, after):
    assert fixed(before)[0] == {**before, **after}


def test_a_byte_order_mark_stays():
    text = "\ufeffprotocols: 1\nplan: p\nversion: 1\n" + NAMING + "events: {order paid: {}}\n"
    assert fixed({"plan.yaml": text})[0] == {"plan.yaml": text.replace("order paid", "Order Paid")}


def test_the_first_line_is_a_line():
    text = "{protocols: 1, plan: p, version: 1, naming: {events: {case: title}}, events: {order paid: {}}}"
    assert fixed({"plan.yaml": text})[0] == {"plan.yaml": text.replace("order paid", "Order Paid")}


def test_what_was_fixed_is_counted():
    _, result = fixed({"plan.yaml": whole(NAMING + "events: {order paid: {}, order_paid: {}, cart seen: {}}")}, "event-name-case")
    assert (result.findings.fixed, result.findings.fixable, len(result.findings.problems)) == (1, 0, 2)


# -- whatever the plan

WORDS = ("order", "cart", "id", "Paid", "URL", "x1")


@st.composite
def names(draw: st.DrawFn) -> str:
    """A name in any style, some of which mean the same."""
    parts = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
    style: Any = draw(
        st.sampled_from(
            [" ".join, "_".join, "-".join, "".join, lambda p: "".join(map(str.capitalize, p)), lambda p: " ".join(map(str.title, p))]
        )
    )
    return str(style(parts))


@st.composite
def plans(draw: st.DrawFn) -> str:
    """The text of a plan that loads: quotes, comments, braces and line ends as they come, references by name."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    known = draw(st.lists(names(), min_size=1, max_size=6, unique=True))
    cases = st.sampled_from(["title", "snake", "camel", "lower"])
    lines = ["protocols: 1", "plan: p", "version: 1", f"naming: {{events: {{case: {draw(cases)}}}, properties: {{case: {draw(cases)}}}}}"]
    lines += ["definitions:", *draw(shape("  D", known)), "events:"]
    for name in draw(st.lists(names(), min_size=1, max_size=5, unique=True)):
        lines += draw(shape(f"  {draw(quoted(name))}", known, ref=draw(st.booleans())))
    return end.join(lines) + end


def quoted(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([name, f'"{name}"', f"'{name}'"])


@st.composite
def shape(draw: st.DrawFn, key: str, known: list[str], ref: bool = False) -> list[str]:
    """The lines of an event or definition with properties of these names."""
    comment = draw(st.sampled_from(["", "   # a comment", "  # protocols: ignore[property-name-case]"]))
    lines = [f"{key}:{comment}", *(["    ref: D"] if ref else []), "    properties:"]
    members = draw(st.lists(st.sampled_from(known), min_size=1, unique=True))
    for name in members:
        successor = draw(st.sampled_from(members))
        old = f", status: deprecated, replaced_by: {draw(quoted(successor))}" if successor != name and draw(st.booleans()) else ""
        blanks = draw(st.sampled_from(["", " "]))
        lines.append(f"      {draw(quoted(name))}{blanks}: {{type: string, required: {draw(st.sampled_from(['true', 'false']))}{old}}}")
    if draw(st.booleans()):
        lines.append(f"    schema: {{dependentRequired: {{{draw(quoted(members[0]))}: [{draw(quoted(members[-1]))}]}}}}")
    return lines


@given(plans())
@settings(max_examples=150, deadline=None)
def test_fixing_is_done_once_and_touches_nothing_else(text):
    once, result = fixed({"plan.yaml": text})
    assert result.findings.mistakes == 0
    assert fixed(once)[0] == once
    assert outline(once["plan.yaml"]) == outline(text)
    before, after = load_text(text), load_text(once["plan.yaml"])
    assert [meaning(event.bodies[None].properties) for event in after.events.values()] == [
        meaning(event.bodies[None].properties) for event in before.events.values()
    ]


def outline(text: str) -> list[str]:
    """All of a text but what its scalars say: what stands between them, and their quotes."""
    parts, end = [], 0
    for scalar in sorted(Layout(text).scalars.values()):
        parts += [text[end : scalar.start], scalar.style or ""]
        end = scalar.end
    return [*parts, text[end:]]


def meaning(shape: Any) -> list[Any]:
    """What is planned under whatever names: which members there are, and which of them takes the place of which."""
    order = list(shape.properties)
    return [
        (member.keywords, member.status, member.replaced_by and order.index(member.replaced_by)) for member in shape.properties.values()
    ]
