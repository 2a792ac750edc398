"""What stands behind the id of a violation: why it matters, how to mend it, and an example that is run by the tests.

One file for each family, one entry for each kind. `protocols explain`, the help of SARIF and the HTML report say the same.
An entry holds `why`, `fix`, an `event` that has the violation and the same event `mended`, each as the text of a line, and the
`plan` of the example where it is not the usual one; `says` lists what else is wrong with the event. What no event shows has no
example.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from protocols.violations import KINDS

HEAD = "protocols: 1\nplan: shop\nversion: 1.0.0\n"
USUAL = "events: {Order Completed: {}}\n"
"""The plan of an example begins with the one; the other is all of the rest where an entry has no plan of its own."""


class Explanation(NamedTuple):
    """What is said about the id of a violation. `event`, `mended` and `plan` are empty where there is no example."""

    id: str
    meaning: str
    why: str
    fix: str
    plan: str
    event: str
    mended: str
    others: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it as paragraphs."""
        return "\n\n".join(f"{head}{body}" for head, body in self._parts())

    @property
    def markdown(self) -> str:
        return "\n\n".join(f"**{head.strip()}** {body}" if head else body for head, body in self._parts())

    def _parts(self) -> tuple[tuple[str, str], ...]:
        return ("", self.meaning), ("Why it matters: ", self.why), ("How to mend it: ", self.fix)

    @property
    def example(self) -> str:
        """A plan, an event of which this is said, and the event of which nothing is, as lines of a file."""
        if not self.event:
            return ""
        plan = self.plan.removeprefix(HEAD).strip()
        return f"# the plan\n{plan}\n\n# this event is reported, the next one is not\n{self.event}\n{self.mended}"


def explanation(id: str) -> Explanation:
    """What stands behind the id of a violation; raises KeyError for any other text."""
    kind = KINDS[id]
    family, _, name = id.partition("/")
    entry = _family(family)[name]
    has_example = "event" in entry
    return Explanation(
        id=id,
        meaning=kind.meaning,
        why=entry["why"],
        fix=entry["fix"],
        plan=HEAD + entry.get("plan", USUAL) if has_example else "",
        event=entry.get("event", ""),
        mended=entry.get("mended", ""),
        others=tuple(entry.get("says", ())),
    )


@cache
def _family(family: str) -> dict[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load(files("protocols.explanations").joinpath(f"{family}.yaml").read_text(encoding="utf-8"))
    return found
