"""Every faulty plan of the table gets exactly the sentences that stand under it."""

from __future__ import annotations

from pathlib import Path

import pytest

from protocols.errors import PlanError
from protocols.plan import PLAN_KINDS, load_text
from protocols.problems import Severity

HEAD = "protocols: 1\nplan: p\nversion: 1\n"
BAR = "=" * 40 + "\n"
TABLE = Path(__file__).with_name("faulty_plans.txt").read_text(encoding="utf-8")


def rows():
    for block in TABLE.split(BAR)[1:]:
        head, _, said = block.partition("\n->\n")
        reason, _, text = head.partition("\n")
        yield pytest.param(HEAD + text + "\n", said.splitlines(), id=reason.removeprefix("# "))


def problems_of(text):
    with pytest.raises(PlanError) as caught:
        load_text(text, "acme.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(("text", "said"), list(rows()))
def test_every_mistake_is_said(text, said):
    assert problems_of(text) == said


WHOLE = [
    # an empty file
    ("", ["acme.yaml:1:1: error: a plan should be a mapping of keys, got nothing; begin with protocols: 1 [plan/not-a-mapping]"]),
    # only comments
    (
        "# nothing\n",
        ["acme.yaml:1:1: error: a plan should be a mapping of keys, got nothing; begin with protocols: 1 [plan/not-a-mapping]"],
    ),
    # a list, behind a comment
    (
        "# a list\n- a\n",
        ["acme.yaml:2:1: error: a plan should be a mapping of keys, got a list; begin with protocols: 1 [plan/not-a-mapping]"],
    ),
    # a single word
    (
        "hello",
        ["acme.yaml:1:1: error: a plan should be a mapping of keys, got a single value; begin with protocols: 1 [plan/not-a-mapping]"],
    ),
    # nothing that is compulsory
    (
        "events: {}\n",
        [
            "acme.yaml:1:1: error: the plan should say protocols, and does not; write protocols: 1 at its top [plan/missing-key]",
            "acme.yaml:1:1: error: the plan should say plan, and does not; write plan: acme-shop at its top [plan/missing-key]",
            "acme.yaml:1:1: error: the plan should say version, and does not; write version: 1.0.0 at its top [plan/missing-key]",
        ],
    ),
    # a plan for a later tool
    (
        "protocols: 2\nplan: p\nversion: 1\n",
        ["acme.yaml:1:12: error: protocols should be 1, the version of the plan format, got integer 2 [plan/unsupported-format]"],
    ),
    # the version as text
    (
        "protocols: '1'\nplan: p\nversion: 1\n",
        ['acme.yaml:1:12: error: protocols should be 1, the version of the plan format, got string "1" [plan/unsupported-format]'],
    ),
    # what is there but blank is not also missing
    (
        "protocols: 1\nplan: ~\nversion:\n",
        [
            "acme.yaml:2:7: error: plan is null; write a name [plan/blank-value]",
            "acme.yaml:3:9: error: version has no value; write text such as 2.10.0 [plan/blank-value]",
        ],
    ),
    # two documents in one file
    (
        HEAD + "---\nevents: {}\n",
        ["acme.yaml:4:1: error: a plan file holds one YAML document, and a second one begins here [plan/bad-yaml]"],
    ),
    # a tab
    (HEAD + "events:\n\tA: {}\n", ["acme.yaml:5:1: error: a tab stands where YAML wants blanks; indent with blanks [plan/bad-yaml]"]),
    # a control character
    (
        "protocols: 1\nplan: \x07\n",
        [
            "acme.yaml:2:7: error: the character U+0007 may not stand in YAML; "
            'write it as an escape in double quotes, such as "\\u0007" [plan/bad-yaml]'
        ],
    ),
    # half a character, which only a text and no file can hold
    ("plan: \ud83d\n", ["acme.yaml:1:7: error: the text holds half of a surrogate pair [plan/not-utf-8]"]),
    # a directive
    ("%YAML 1.1\n---\n" + HEAD, ["acme.yaml:1:1: error: a plan file needs no % directive; take the line out [plan/bad-tag]"]),
    # lines are those of the editor with CRLF, too
    (
        HEAD.replace("\n", "\r\n") + "evnts: {}\r\n",
        ["acme.yaml:4:1: error: unknown key evnts in the plan; did you mean events? [plan/unknown-key]"],
    ),
    # and with a byte order mark
    ("\ufeffprotocol: 1\n" + HEAD, ["acme.yaml:1:1: error: unknown key protocol in the plan; did you mean protocols? [plan/unknown-key]"]),
    # columns count characters, whatever their width
    (
        HEAD + 'x-a: {"😀é": 1, a: 1, a: 2}\n',
        ["acme.yaml:4:22: error: a is already a key here, in line 4; keep one of the two [plan/duplicate-key]"],
    ),
    # old line breaks are no lines
    (
        HEAD + 'x-a: "\u2028\x85 text"\nevnts: {}\n',
        ["acme.yaml:5:1: error: unknown key evnts in the plan; did you mean events? [plan/unknown-key]"],
    ),
]


@pytest.mark.parametrize(("text", "said"), WHOLE)
def test_every_mistake_of_a_whole_file_is_said(text, said):
    assert problems_of(text) == said


LARGE = [
    # a text beyond the stated size
    ("x" * 8_388_609, "a plan file may hold 8,388,608 characters, and this one holds 8,388,609 [plan/file-too-large]"),
    # brackets inside each other
    (HEAD + "x-a: " + "[" * 10_000, "a plan may be nested 100 levels deep, and this is one more [plan/too-deep]"),
    (HEAD + "x-a: " + "{a: " * 10_000, "a plan may be nested 100 levels deep, and this is one more [plan/too-deep]"),
    # aliases that multiply
    (
        HEAD
        + "x-a: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + "".join(f"x-{n}: &{n} [{','.join(['*' + p] * 10)}]\n" for p, n in zip("abcdefg", "bcdefgh", strict=True)),
        "a plan file may hold 2,000,000 values with its aliases written out, and here it holds more [plan/too-large]",
    ),
    # merge keys that multiply
    (
        HEAD + "x-a: &a {" + ",".join(f"a{i}: 1" for i in range(1000)) + "}\nx-b: [" + "{<<: *a}," * 1000 + "]\n",
        "a plan file may hold 2,000,000 values with its aliases written out, and here it holds more [plan/too-large]",
    ),
    # refs that multiply
    (
        HEAD
        + "definitions:\n  D0: {type: object, properties: {x: string}}\n"
        + "".join(f"  D{i}: {{properties: {{a: {{ref: D{i - 1}}}, b: {{ref: D{i - 1}}}, c: {{ref: D{i - 1}}}}}}}\n" for i in range(1, 30)),
        "the definition D11 stands for more than 500,000 shapes with its refs written out [plan/too-large]",
    ),
    # events that add up
    (
        HEAD
        + "definitions:\n  D0: {type: object, properties: {x: string}}\n"
        + "".join(f"  D{i}: {{properties: {{a: {{ref: D{i - 1}}}, b: {{ref: D{i - 1}}}, c: {{ref: D{i - 1}}}}}}}\n" for i in range(1, 11))
        + "events:\n"
        + "".join(f"  E{i}: {{ref: D10}}\n" for i in range(20)),
        "the plan stands for more than 500,000 shapes with its refs written out, from here on [plan/too-large]",
    ),
    # refs in a long row
    (
        HEAD + "definitions:\n" + "".join(f"  D{i}: {{ref: D{i + 1}}}\n" for i in range(3000)) + "  D3000: {type: object}\n",
        "the definition D2900 is nested more than 100 levels deep with its refs written out [plan/too-deep]",
    ),
]


@pytest.mark.parametrize(("text", "said"), LARGE)
def test_what_multiplies_is_refused(text, said):
    (problem,) = problems_of(text)
    assert problem.endswith(f": error: {said}")


def test_the_table_of_kinds_is_complete():
    """Every id that is ever said is in the table, and every kind of the table that a text can have is tried here."""
    said = {line.rpartition("[")[2].rstrip("]") for line in TABLE.splitlines() if line.startswith("acme.yaml:")}
    said |= {line.rpartition("[")[2].rstrip("]") for _, lines in WHOLE for line in lines}
    said |= {line.rpartition("[")[2].rstrip("]") for _, line in LARGE}
    elsewhere = {"plan/unreadable-file", "plan/no-plan-files", "plan/unknown-event", "plan/sibling-conflict"}  # they need files
    assert said | elsewhere == set(PLAN_KINDS)
    assert {kind.severity for kind in PLAN_KINDS.values()} == {Severity.error}
    assert all(kind.meaning.endswith(".") for kind in PLAN_KINDS.values())
