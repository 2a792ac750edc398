"""Names against what a plan agrees on for them, and the edits that rename something everywhere at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from protocols import names, patterns
from protocols.names.cases import SPELLED
from protocols.plan.model import Naming
from protocols.plan.nodes import Map
from protocols.rules.ignores import silencing
from protocols.rules.mentions import EVENT, MEMBER
from protocols.rules.rule import Edit, Finding
from protocols.rules.subject import Subject
from protocols.rules.written import MEMBERS, Name
from protocols.violations import quoted_if_odd


def own_names(subject: Subject, kind: str) -> Iterator[Name]:
    """The names of this kind that somebody may still change: none that are allowed, deprecated, taken out or bundled."""
    agreed = subject.plan.naming.get(AGREED.get(kind, ""), Naming())
    for name in subject.names:
        is_settled = name.is_removed or name.name in agreed.allow or (kind, name.name) in subject.bundled_names
        if name.kind == kind and not is_settled and not is_deprecated(subject, name):
            yield name


AGREED = {"event": "events", "property": "properties", "trait": "traits"}
"""Kind of a name -> where a plan says how such names are written."""


def misnamed(subject: Subject, kind: str, rule: str) -> Iterator[Finding]:
    """A finding for every name of this kind that is not written as agreed. `rule` is the rule that asks."""
    agreed = subject.plan.naming.get(AGREED[kind])
    if agreed is not None:
        for name in own_names(subject, kind):
            yield from _misnamed(subject, agreed, name, rule)


def _misnamed(subject: Subject, agreed: Naming, name: Name, rule: str) -> Iterator[Finding]:
    shown = quoted_if_odd(name.name)
    if agreed.pattern is not None and not patterns.matches(agreed.pattern, name.name):
        yield Finding(name.at, f"{shown} is not a name that matches {agreed.pattern}")
    if agreed.cases and not any(names.is_written_in(name.name, case) for case in agreed.cases):
        wanted = " or ".join(names.CASES[case].noun for case in agreed.cases)
        better = better_name(name.name, agreed)
        edits = tuple(_renaming(subject, agreed, name, better, rule)) if better else ()
        yield Finding(name.at, f"{shown} is not {wanted}", f"rename it to {better}" if better else None, edits)


def better_name(name: str, agreed: Naming) -> str | None:
    """The better name that the engine has for one that is not planned, too."""
    return names.better_name(name, agreed.cases, ordered=agreed.order is not None)


def is_deprecated(subject: Subject, name: Name) -> bool:
    """Whether what has this name is on its way out, so that nobody is to rename it any more."""
    if isinstance(name.node, Map) and "status" in name.node:
        return bool(name.node["status"] == "deprecated")
    event = subject.plan.events.get(name.name) if name.kind == "event" else None
    return event is not None and event.status == "deprecated"


def stems(name: str) -> tuple[str, ...]:
    """What nearly equal names share: the stems of their words, of two words in either order; of one word the word itself."""
    lower = [word.casefold() for word in names.words(name)]
    short = [_stem(word) for word in lower]
    return tuple(lower if len(lower) == 1 else sorted(short) if len(short) == 2 else short)


def _stem(word: str) -> str:
    """A word without its ending, as far as that matters here: `complete`, `completed` and `completes` are one."""
    return word if len(word) < 4 else re.sub(r"(?:e?s|e?d|ing|e)$", "", word)


# -- renaming


def _renaming(subject: Subject, agreed: Naming, name: Name, better: str, rule: str) -> Iterator[Edit]:
    """The edits that rename something wherever the plan names it; none where that is a matter of judgement."""
    if (
        not subject.is_whole
        or len(agreed.cases) > 1
        or agreed.pattern is not None
        or not _is_one_reading(name.name, better, agreed.cases[0])
    ):
        return
    same = subject.by_name.get(name.name, ())
    of = EVENT if name.kind == "event" else MEMBER
    mentions = [mention for mention in subject.mentions.get(name.name, ()) if mention.of in (of, None)]
    if _is_entangled(subject, name, same) or any(mention.of is None for mention in mentions):
        return
    if any(silencing(subject.ignores, rule, other.at) for other in same):
        return
    places = {*(other.at for other in same if other.kind == name.kind), *(mention.at for mention in mentions)}
    if all(map(subject.is_ours, places)):
        yield from (Edit(at, name.name, better) for at in sorted(places))


def _is_one_reading(name: str, better: str, case: str) -> bool:
    """Whether a name can be cut into words in one way only: `getXYZList` cannot, nor can what loses letters on the way."""
    is_cut = case not in ("title", "sentence", "upper") and not name.isupper()
    if is_cut and any(len(word) > 1 and word.isupper() and word.casefold() not in SPELLED for word in names.words(name)):
        return False
    return names.is_written_in(better, case) and names.fold(better) == names.fold(name)


def _is_entangled(subject: Subject, name: Name, same: Iterable[Name]) -> bool:
    """Whether something beside it has the name in another spelling, or the name belongs to members of several kinds."""
    if name.kind == "event":
        return any(_is_respelled(other, name.name) for other in subject.plan.events)
    if any(other.kind in MEMBERS and other.kind != name.kind for other in same):
        return True
    return any(_is_respelled(other, name.name) for siblings in subject.siblings.get(name.name, ()) for other in siblings)


def _is_respelled(other: str, name: str) -> bool:
    return other != name and names.fold(other) == names.fold(name)
