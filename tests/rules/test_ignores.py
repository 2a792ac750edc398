"""Where a comment silences what: exactly what begins on its line, to the end of that."""

from __future__ import annotations

import pytest
from linted import found

NAMING = "naming: {events: {case: title}, properties: {case: snake}}\n"
IGNORE = "# protocols: ignore"
PLACES = [
    # behind a key: the key and its whole value
    (f"events:\n  first event: {{}}  {IGNORE}[event-name-case]\n  second event: {{}}", ["7 event-name-case"]),
    (f"events:  {IGNORE}[event-name-case]\n  first event: {{}}\n  second event: {{}}\n", []),
    (
        f"events:\n  First:  {IGNORE}[property-name-case]\n    properties: {{aB: string}}\n  Second:\n    properties: {{cD: string}}",
        ["9 property-name-case"],
    ),
    # alone on a line: what begins on the next line that holds something
    (f"events:\n  {IGNORE}[event-name-case]\n\n  # why not\n  first event: {{}}\n  second event: {{}}", ["10 event-name-case"]),
    (f"{IGNORE}[event-name-case]\nevents:\n  first event: {{}}", []),
    # the column of the comment means nothing
    (f"events:\n          {IGNORE}[event-name-case]\n  first event: {{}}\n  second event: {{}}", ["8 event-name-case"]),
    # a mapping in braces over several lines: from its key to its last brace
    (f"events:\n  first event: {{properties: {{  {IGNORE}[property-name-case]\n    aB: string,\n    cD: string}}}}", ["6 event-name-case"]),
    # and inside it, by the line
    (f"events:\n  First: {{properties: {{\n    aB: string,  {IGNORE}[property-name-case]\n    cD: string}}}}", ["8 property-name-case"]),
    # behind the last line of a value it is about that line
    (f"events:\n  first event: {{properties: {{\n    a_b: string}}}}  {IGNORE}[event-name-case]", ["6 event-name-case", "7 unused-ignore"]),
    # several rules in one comment, several comments for one line, the family written out
    (f"events:\n  first event: {{properties: {{aB: string}}}}  {IGNORE}[ event-name-case ,property-name-case]", []),
    (f"events:\n  {IGNORE}[event-name-case]\n  {IGNORE}[property-name-case]\n  first event: {{properties: {{aB: string}}}}", []),
    (f"events:\n  first event: {{}}  {IGNORE}[lint/event-name-case]", []),
    # other words in the comment, before and behind
    (f"events:\n  first event: {{}}  # as ever {IGNORE}[event-name-case] -- since 2015 [sic]", []),
    ("events:\n  first event: {}  #protocols:ignore[event-name-case]", []),
    # texts are no comments
    (f"events:\n  first event: {{description: 'a {IGNORE}[event-name-case]'}}", ["6 event-name-case"]),
    (f"events:\n  first event:\n    description: |\n      {IGNORE}[event-name-case]\n      more\n", ["6 event-name-case"]),
    # the line of a block text is none of its text
    (f"events:\n  first event:\n    description: |  {IGNORE}[event-name-case]\n      more\n", ["6 event-name-case", "7 unused-ignore"]),
    # a comment below the last value is about nothing
    (f"events:\n  first event: {{}}\n  {IGNORE}[event-name-case]\n", ["6 event-name-case", "7 unused-ignore"]),
    # the unused one of two is told; the other rules of a comment go on
    (f"events:\n  first event: {{}}  {IGNORE}[event-name-case, property-name-case]", ["6 unused-ignore"]),
    # of two that could be it, the nearer one is used
    (f"events:  {IGNORE}[event-name-case]\n  first event: {{}}  {IGNORE}[event-name-case]", ["5 unused-ignore"]),
    # what does not exist silences nothing
    (f"events:\n  first event: {{}}  {IGNORE}[event-name]", ["6 event-name-case", "6 bad-ignore"]),
    (f"events:\n  first event: {{}}  {IGNORE}", ["6 event-name-case", "6 bad-ignore"]),
    (f"events:\n  first event: {{}}  {IGNORE}[]", ["6 event-name-case", "6 bad-ignore"]),
    # the rules about comments can be silenced too
    (f"events:\n  First: {{}}  {IGNORE}[event-name-case, unused-ignore]", []),
    # line ends of other systems, and a byte order mark
    (f"events:\r\n  {IGNORE}[event-name-case]\r\n  first event: {{}}\r\n  second event: {{}}\r\n", ["8 event-name-case"]),
    # a line separator inside a text is no line to an editor
    (f"events:\n  first event: {{description: 'a\u2028b'}}  {IGNORE}[event-name-case]\n  second event: {{}}", ["7 event-name-case"]),
]
RULES = ("event-name-case", "property-name-case", "odd-name", "bad-ignore", "unused-ignore")


@pytest.mark.parametrize(("text", "left"), PLACES)
def test_what_is_left(text, left):
    said = [line.split(" ", 2) for line in found(NAMING + text, *RULES)]
    assert [f"{place.partition(':')[0]} {rest.rpartition('[')[2][:-1]}" for place, _, rest in said] == left


def test_a_byte_order_mark_moves_nothing():
    text = f"\ufeffprotocols: 1\nplan: p\nversion: 1\n{NAMING}events:\n  first event: {{}}  {IGNORE}[event-name-case]\n  second event: {{}}"
    assert found(text, *RULES) == ["7:3 warning second event is not Title Case; rename it to Second Event [event-name-case]"]


def test_rules_that_do_not_run_are_not_missed():
    text = f"{NAMING}events:\n  First: {{}}  {IGNORE}[event-name-case]"
    assert found(text, "property-name-case", "unused-ignore") == []
