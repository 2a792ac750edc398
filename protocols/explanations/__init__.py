"""What stands behind an id: why it matters, how to mend it, and an example that is run by the tests.

One file for each family, one entry for each id. `protocols explain`, the help of SARIF and the HTML report say the same.
An entry holds `why`, `fix`, and an example: an `event` that has the violation and the same event `mended`, each as the text
of a line, and the `plan` where it is not the usual one. A mistake of a plan has none but a `plan` and the same `mended`,
without what every plan begins with unless it is `whole`. What is said of a run has a `command` and what it `prints` of the
events, and the events `mended`. `says` lists what else is wrong. What nothing so short can show has no example. Where it is
not reported with the severity of its kind alone, there is a list `severity`, the usual one first, and what it `weighs` in
words.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from protocols.plan import PLAN_KINDS
from protocols.problems import Severity
from protocols.report.expectations import EXPECTATIONS
from protocols.violations import KINDS

HEAD = "protocols: 1\nplan: shop\nversion: 1.0.0\n"
USUAL = "events: {Order Completed: {}}\n"
"""The plan of an example begins with the one; the other is all of the rest where an entry has no plan of its own."""

MEANINGS: Mapping[str, tuple[Severity, str]] = {
    **{id: (kind.severity, kind.meaning) for id, kind in PLAN_KINDS.items()},
    **{id: (kind.severity, kind.meaning) for id, kind in KINDS.items()},
    **{id: (Severity.error, meaning) for id, meaning in EXPECTATIONS.items()},
}
"""Every id that is explained here -> how much its kind weighs, and what it means in one sentence: mistakes that make a plan
wrong, violations of events, what a run was expected to show."""


class Example(NamedTuple):
    """Something that is reported, and the same `mended`, each as the text of a file.

    It is about the `event`, and without one about the plan. Where there is a `command`, it `prints` this when it reads the
    plan and these events. `others` are ids that are reported as well.
    """

    plan: str
    mended: str
    event: str = ""
    command: str = ""
    prints: str = ""
    others: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it as lines of a file; what every plan begins with is left out."""
        return "\n\n".join(f"{head}\n{body.strip()}" for head, body in self._parts())

    def _parts(self) -> tuple[tuple[str, str], ...]:
        if not self.event:
            rest = len(HEAD) if self.plan.startswith(HEAD) else 0
            return ("# this plan is reported", self.plan[rest:]), ("# this one is not", self.mended[rest:])
        plan = self.plan.removeprefix(HEAD)
        if not self.command:
            return ("# the plan", plan), ("# this event is reported, the next one is not", f"{self.event}\n{self.mended}")
        return (
            ("# plan.yaml", plan),
            ("# events.jsonl", self.event),
            (f"$ {self.command}", self.prints),
            ("# with these events nothing is reported", self.mended),
        )


class Explanation(NamedTuple):
    """What is said about an id. `severities` are those that it is reported with where nobody sets others, the usual one
    first; `weighs` says when it is which, and is empty where there is one alone and no plan settles it."""

    id: str
    severities: tuple[Severity, ...]
    meaning: str
    why: str
    fix: str
    weighs: str
    example: Example | None

    @property
    def text(self) -> str:
        """All of it as paragraphs, without the example."""
        return "\n\n".join(f"{head}{body}" for head, body in self._parts())

    @property
    def markdown(self) -> str:
        return "\n\n".join(f"**{head.strip()}** {body}" if head else body for head, body in self._parts())

    def _parts(self) -> tuple[tuple[str, str], ...]:
        weight = (("How much it weighs: ", self.weighs),) if self.weighs else ()
        return ("", self.meaning), ("Why it matters: ", self.why), ("How to mend it: ", self.fix), *weight


def explanation(id: str) -> Explanation:
    """What stands behind one of the `MEANINGS`; raises KeyError for any other text."""
    severity, meaning = MEANINGS[id]
    family, _, name = id.partition("/")
    entry = _family(family)[name]
    return Explanation(
        id=id,
        severities=tuple(Severity[word] for word in entry.get("severity", [str(severity)])),
        meaning=meaning,
        why=entry["why"],
        fix=entry["fix"],
        weighs=entry.get("weighs", ""),
        example=_example(entry) if "mended" in entry else None,
    )


def _example(entry: Mapping[str, Any]) -> Example:
    head = "" if entry.get("whole") else HEAD
    return Example(
        plan=head + entry.get("plan", USUAL),
        mended=entry["mended"] if "event" in entry else head + entry["mended"],
        event=entry.get("event", ""),
        command=entry.get("command", ""),
        prints=entry.get("prints", ""),
        others=tuple(entry.get("says", ())),
    )


@cache
def _family(family: str) -> dict[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load(files("protocols.explanations").joinpath(f"{family}.yaml").read_text(encoding="utf-8"))
    return found
