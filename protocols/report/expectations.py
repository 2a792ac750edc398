"""What a run should show: events that must come, or must not, and how much of the plan is to be seen.

For end-to-end tests: `Order Completed>=1`, `Debug *==0`, `page:Home==2..5`. What is not met is a problem of the run as a
whole. It is made from the counts of a report whenever these are complete, so that reports still add up; it has no place in a
file, since it is about what is not there.

Events are counted as the report counts them: planned or not, valid or not, `order completed` as the planned
`Order Completed` that was meant. They are those that were checked, behind `--sample` and the like. Where no event was
checked at all, a run fails for that reason (exit code 4); with `--allow-empty`, expectations are judged all the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from protocols.errors import UsageError
from protocols.names import nearest
from protocols.problems import Problem, Severity
from protocols.selector import Selector
from protocols.violations import counted, quoted, quoted_if_odd

EXPECTATIONS: Mapping[str, str] = {
    "expectation/too-few": "An event came less often than `--expect` asks for, or never.",
    "expectation/too-many": "An event came more often than `--expect` or `--forbid` allows.",
    "coverage/too-low": "Less of the plan was seen than `--min-coverage` asks for.",
}
"""What may be wrong with a run as a whole: id -> meaning. They are always errors."""


class Expectation(NamedTuple):
    """So many events of a kind: at least `least`, at most `most` (None for any number). `text` is as it was written."""

    text: str
    events: Selector
    least: int = 1
    most: int | None = None

    @classmethod
    def parse(cls, text: str) -> Expectation:
        """`NAME`, `NAME>=2`, `NAME<=2`, `NAME==2`, `NAME>2`, `NAME<2` or `NAME==2..5`; for NAME see `Selector`.

        Raises UsageError with what should stand there.
        """
        name, operator, number = _split(text)
        events = Selector.parse(name, _EXPECT)
        least, most = _bounds(text, operator, number) if operator else (1, None)
        return cls(text.strip(), events, least, most)

    @classmethod
    def forbidden(cls, text: str) -> Expectation:
        """The expectation that no such event comes. Raises UsageError."""
        name, operator, number = _split(text)
        if operator:
            opposite = None if operator + number in (">=1", ">0") else {">=": "<", ">": "<=", "<=": ">", "<": ">="}.get(operator)
            meant = f"--expect '{name}{opposite}{number}'" if opposite else f"--forbid '{name}'"
            raise UsageError(f"--forbid takes a name without a number, got {quoted(text)}; write {meant}")
        return cls(text.strip(), Selector.parse(text, "--forbid"), 0, 0)

    @property
    def wanted(self) -> str:
        """`at least once`, `exactly 2 times`, `2 to 5 times`, `never`."""
        if self.most is None:
            return f"at least {times(self.least)}"
        if self.most == 0:
            return "never"
        if self.least == self.most:
            return f"exactly {times(self.least)}"
        return f"at most {times(self.most)}" if not self.least else f"{self.least:,} to {times(self.most)}"

    def is_met(self, count: int) -> bool:
        return self.least <= count and (self.most is None or count <= self.most)

    @property
    def by_name(self) -> bool:
        """Whether it asks for names of pages or screens, which a report does not count unless it is asked."""
        return self.events.call in ("page", "screen") and self.events.name is not None


_EXPECT = "--expect"
_WORDS = re.compile(
    r"""(?P<name> (?: [a-z]+ : \s* )? " (?: [^"\\] | \\. )* " | (?! (?: [a-z]+ : \s* )? " ) [^<>=!≤≥]* ) \s*
        (?: (?P<operator> [<>=!≤≥]+ ) \s* (?P<number> .* ) )?""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"([0-9]{1,15})(?:\s*\.\.\s*([0-9]{1,15}))?")


def _split(text: str) -> tuple[str, str, str]:
    """The name, the operator and the number of a text; the last two empty where there are none."""
    found = _WORDS.fullmatch(text.strip())
    if found is None:  # something stands behind the quotes that is no operator
        return text.strip(), "", ""
    return found["name"].strip(), found["operator"] or "", (found["number"] or "").strip()


def _bounds(text: str, operator: str, number: str) -> tuple[int, int | None]:
    if operator not in _OPERATORS:
        meant = "write == for an exact number" if operator == "=" else "there are >=, <=, ==, > and <"
        raise UsageError(f"{_EXPECT} {quoted(text)}: {operator} is no operator; {meant}{_QUOTES}")
    found = _NUMBER.fullmatch(number)
    if found is None or (found[2] and operator != "=="):
        ranged = " or a range such as 2..5" if operator == "==" else ""
        hint = "; a range follows ==" if found else _QUOTES
        raise UsageError(f"{_EXPECT} {quoted(text)}: a whole number{ranged} should follow {operator}, got {quoted(number)}{hint}")
    low, high = int(found[1]), int(found[2] or found[1])
    least, most = _OPERATORS[operator](low, high)
    if most is not None and most < least:
        raise UsageError(f"{_EXPECT} {quoted(text)}: no number is {_impossible(operator, number, low, high)}")
    if not least and most is None:
        raise UsageError(f"{_EXPECT} {quoted(text)}: every number is at least 0; leave {operator}{number} out for at least once")
    return least, most


_QUOTES = "; put a name with such characters in double quotes"

_OPERATORS: Mapping[str, Callable[[int, int], tuple[int, int | None]]] = {
    ">=": lambda low, high: (low, None),
    ">": lambda low, high: (low + 1, None),
    "<=": lambda low, high: (0, high),
    "<": lambda low, high: (0, high - 1),
    "==": lambda low, high: (low, high),
}


def _impossible(operator: str, number: str, low: int, high: int) -> str:
    return (
        f"from {low} up to {high}; write {high}..{low}"
        if operator == "=="
        else f"less than {number}; --forbid NAME says that none may come"
    )


def times(count: int) -> str:
    """`once`, `1,547 times`."""
    return "once" if count == 1 else f"{count:,} times"


def parse_expectations(expect: Sequence[str], forbid: Sequence[str]) -> tuple[Expectation, ...]:
    """What `--expect` and `--forbid` ask for, each once. Raises UsageError."""
    return tuple(dict.fromkeys([*map(Expectation.parse, expect), *map(Expectation.forbidden, forbid)]))


Counts = Mapping[Any, int]
"""How many events of each (call, name, version) came."""


class Came(NamedTuple):
    """What came of a run, as far as expectations ask: `counts` of events, `named` of pages and screens by their names, planned
    or not, and `beyond` what is in neither, by the text of the expectation that asked for it."""

    counts: Counts
    named: Counts
    beyond: Mapping[str, int]

    def of(self, expectation: Expectation) -> tuple[int, dict[str | None, int]]:
        """How many events an expectation has met, and how many of each name."""
        came: Counter[str | None] = Counter()
        for (call, name, _), count in (self.named if expectation.by_name else self.counts).items():
            if expectation.events.fits(call, name):
                came[name] += count
        return sum(came.values()) + self.beyond.get(expectation.text, 0), dict(came)


def unmet(expectations: Sequence[Expectation], came: Came) -> Iterator[Problem]:
    """The expectations that do not hold, as problems."""
    for expectation in expectations:
        count, names = came.of(expectation)
        if not expectation.is_met(count):
            yield _problem(expectation, count, names, None if count else _hint(expectation, came))


def _problem(expectation: Expectation, count: int, names: Mapping[str | None, int], hint: str | None) -> Problem:
    subject, wanted = str(expectation.events), expectation.wanted
    if expectation.events.name is None:
        subject = f"{'an' if subject[0] in 'aeiou' else 'a'} {subject} call"
    got = f"came {times(count)}{_which(expectation, names)}" if count else "never came"
    few = count < expectation.least
    text = f"{subject} was {'expected ' + wanted if expectation.most != 0 else 'not to come'} and {got}"
    return Problem(
        id="expectation/too-few" if few else "expectation/too-many",
        severity=Severity.error,
        message=f"{text}; {hint}" if hint else text,
        call=expectation.events.call,
        event=expectation.events.name,
        expected=wanted,
        actual=got,
        got="nothing",
        hint=hint,
    )


def _hint(expectation: Expectation, came: Came) -> str | None:
    """What came in the place of an event that never did."""
    call, name, literal = expectation.events
    if name is None or not literal:
        return None
    names: Counter[tuple[str, str]] = Counter()
    for (its_call, its_name, _), count in (*came.counts.items(), *came.named.items()):
        if its_call is not None and its_name is not None:
            names[its_call, its_name] += count
    for here in ([it for it in names if it[0] == call], [it for it in names if it[0] != call]):
        near = nearest(name, [it[1] for it in here])
        if near is not None:
            meant = next(it for it in here if it[1] == near)
            return f"did you mean {Selector(*meant)}, which came {times(names[meant])}?"
    return None


def _which(expectation: Expectation, names: Mapping[str | None, int]) -> str:
    """Which events a pattern has met: `, as Debug A`, `: Debug A 3 times, Debug B once`."""
    if expectation.events.literal or not names:
        return ""
    most = sorted(names.items(), key=lambda entry: (-entry[1], entry[0] or ""))
    if len(most) == 1:
        return f", as {quoted_if_odd(most[0][0] or '')}"
    said = ", ".join(f"{quoted_if_odd(name or '')} {times(count)}" for name, count in most[:3])
    more = f" and {counted(len(most) - 3, 'other event')}" if len(most) > 3 else ""
    return f": {said}{more}"
