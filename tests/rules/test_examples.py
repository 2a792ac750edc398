"""The documentation of every rule is run: a marked line is found with exactly that hint, an unmarked line is not."""

from __future__ import annotations

import re

import pytest

from protocols.rules import RULES
from protocols.rules.rule import HEAD
from protocols.rules.run import lint

MARK = re.compile(r"[ ]+# ! (?P<hint>.+)$")


def marked(text: str) -> dict[int, str]:
    """Line -> what the mark at its end says."""
    return {number: found["hint"] for number, line in enumerate(text.splitlines(), 1) if (found := MARK.search(line))}


@pytest.mark.parametrize("name", RULES)
def test_the_example_is_true(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = HEAD + RULES[name].example
    (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
    problems = lint(["plan.yaml"], {rule: row.severity for rule, row in RULES.items()}).findings.problems
    assert [str(problem) for problem in problems if problem.family == "plan"] == []
    found = [problem for problem in problems if problem.id == f"lint/{name}"]
    assert {problem.line: problem.hint or problem.message for problem in found} == marked(text)
    assert len(found) == len(marked(text)) > 0


@pytest.mark.parametrize("name", RULES)
def test_the_documentation_says_what_and_why(name):
    """One sentence for lists, then the reason."""
    meaning, _, reason = RULES[name].documentation.partition("\n\n")
    assert meaning == RULES[name].meaning
    assert meaning.endswith(".")
    assert len(reason) > 80


def test_one_file_for_each_rule():
    assert {row.check.__name__.rpartition(".")[2].replace("_", "-"): name for name, row in RULES.items()} == {name: name for name in RULES}
