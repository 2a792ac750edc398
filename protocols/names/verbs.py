"""Verbs: which word of a name is one, in which form, and its past participle.

What ends in `ed` is a past tense but for a few nouns; all else comes from `verbs.txt`. Against a dictionary package this
was measured: see `tests/names/measure.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_TABLE = Path(__file__).with_name("verbs.txt")


class Verb(NamedTuple):
    """A verb and where in a name it may stand as it is: at its beginning (`Share Article`), at its end (`Article Share`)."""

    base: str
    past: str
    participle: str
    begins: bool
    ends: bool


class _Verbs(NamedTuple):
    """`present` has the verb of each form that is no past tense, `irregular` those of each past tense or participle."""

    present: dict[str, Verb]
    past: dict[str, Verb]


def is_past(word: str) -> bool:
    """Whether a word is a past tense or a past participle: `shared`, `sent`, `taken`; not `feed`, `hundred`."""
    word = word.lower()
    if word in _verbs().past:
        return word not in _NOUNS
    return word.endswith("ed") and len(word) > 3 and word not in _NOUNS and (not word.endswith("eed") or word in _FROM_EE)


def verb_of(word: str) -> Verb | None:
    """The verb of which a word is a form (`share`, `shares`, `sharing`, `shared`), or None where it is not in the table."""
    word = word.lower()
    verbs = _verbs()
    return verbs.present.get(word) or verbs.past.get(word)


_FROM_EE = frozenset({"agreed", "decreed", "disagreed", "freed", "guaranteed", "refereed"})
_NOUNS = {
    *("aged", "bid", "biped", "bit", "embed", "hatred", "hundred", "infrared", "kindred", "led", "moped", "naked", "sacred", "shed"),
    *("sled", "thought", "united", "wicked", "wound"),
}
"""Words that read as nouns or adjectives at the end of a name, whatever verb has them."""


@cache
def _verbs() -> _Verbs:
    """The table, read when the first name is asked about."""
    present: dict[str, Verb] = {}
    past: dict[str, Verb] = {}
    for verb in _read():
        for form in _present(verb) if verb.begins or verb.ends else ():
            present.setdefault(form, verb)
        past.setdefault(verb.past, verb)
        past.setdefault(verb.participle, verb)
    return _Verbs({form: verb for form, verb in present.items() if form not in past or form == verb.base}, past)


def _read() -> Iterator[Verb]:
    begins = ends = False
    for line in _TABLE.read_text("utf-8").splitlines():
        if line.startswith("["):
            begins, ends = line in ("[both ends]", "[beginning]"), line in ("[both ends]", "[end]")
        elif line and not line.startswith("#"):
            for entry in line.split(","):
                base, *forms = entry.split()
                past = forms[0] if forms else regular_past(base)
                yield Verb(base, past, forms[-1] if forms else past, begins, ends)


def regular_past(base: str) -> str:
    """`shared`, `closed`, `applied` comes from the table."""
    return base + ("d" if base.endswith("e") else "ed")


def _present(verb: Verb) -> Iterator[str]:
    """The forms of a verb that are no past tense: `share`, `shares`, `sharing`."""
    base = verb.base
    yield base
    if re.search(r"[^aeiou]y$", base):
        yield base[:-1] + "ies"
    else:
        yield base + ("es" if base.endswith(("s", "sh", "ch", "x", "z")) else "s")
    if verb.past == regular_past(base):
        yield (base[:-1] if base.endswith("e") and not base.endswith("ee") else base) + "ing"
    elif verb.past.endswith("ed") and not verb.past.endswith("ied"):
        yield verb.past[:-2] + "ing"
    else:
        yield (base[:-1] if base.endswith("e") else base) + "ing"
