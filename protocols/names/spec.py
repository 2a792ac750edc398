"""The events of the public spec, and which of them a name of one's own means: `User Bought Product` is `Order Completed`.

All the words of a name have to be accounted for, so `View Cart Button Clicked` means nothing here. The table stands in
`spec.txt`; the engine knows no plan but the one it was given, so the names have to be at hand without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from protocols.names.cases import fold, words
from protocols.names.dynamic import without_dynamic_part
from protocols.names.english import ACTORS
from protocols.names.verbs import verb_of

_TABLE = Path(__file__).with_name("spec.txt")

_LEFT_OUT = frozenset({"a", "an", "the", "my", "your", "successfully"})
_SAME = {
    "app": "application",
    "basket": "cart",
    "bag": "cart",
    "item": "product",
    "items": "products",
    "promo": "promotion",
    "voucher": "coupon",
    "buy": "purchase",
    "begin": "start",
    "initiate": "start",
    "finish": "complete",
    "canceled": "cancel",
    "deeplink": "deep link",
    "login": "signin",
    "logon": "signin",
    "logout": "signout",
    "logoff": "signout",
}
"""Words with the same meaning wherever a name of the spec has one of them."""

_SAME_PAIRS = {
    ("sign", "up"): "signup",
    ("sign", "in"): "signin",
    ("sign", "out"): "signout",
    ("log", "in"): "signin",
    ("log", "on"): "signin",
    ("log", "out"): "signout",
    ("log", "off"): "signout",
    ("deep", "link"): "deep link",
    ("wish", "list"): "wishlist",
    ("e", "mail"): "email",
    ("promotion", "code"): "coupon",
    ("promotional", "code"): "coupon",
    ("discount", "code"): "coupon",
    ("coupon", "code"): "coupon",
}

_Meaning = tuple[str, ...]
"""The words of a name without their form and order."""


class _Spec(NamedTuple):
    names: tuple[str, ...]
    folded: frozenset[str]
    meanings: dict[_Meaning, str]


def spec_events() -> tuple[str, ...]:
    """The names of all events that the spec has now, family by family; those it once had are not among them."""
    return _spec().names


def is_spec_event(name: str) -> bool:
    """Whether `name` is the name of an event of the spec, in whatever spelling."""
    return fold(name) in _spec().folded


@lru_cache(maxsize=4096)
def spec_event(name: str) -> str | None:
    """The spec's event that a name of one's own means, or another spelling of which it is; None for the spec's own names
    and where there is no such event. The part of the name that varies does not count.
    """
    spec = _spec()
    written = [word.lower() for word in words(without_dynamic_part(name))]
    if len(written) > 1 and written[-1] == "event":
        written.pop()
    found = spec.meanings.get(_meaning(written))
    if found is None and len(written) > 1 and written[0] in ACTORS:
        found = spec.meanings.get(_meaning(written[1:]))
    return None if found == name else found


def _meaning(written: Iterable[str]) -> _Meaning:
    return tuple(sorted(_joined(_SAME.get(base, base) for base in map(_base, written) if base not in _LEFT_OUT)))


def _base(word: str) -> str:
    verb = None if word.endswith("ing") else verb_of(word)
    return word if verb is None else verb.base


def _joined(written: Iterable[str]) -> Iterator[str]:
    """The words with each known pair of neighbours made one."""
    before: str | None = None
    for word in written:
        pair = _SAME_PAIRS.get((before, word)) if before is not None else None
        if pair is not None:
            yield pair
            before = None
        else:
            if before is not None:
                yield before
            before = word
    if before is not None:
        yield before


@cache
def _spec() -> _Spec:
    """The table, read when the first name is asked about."""
    rows = [row.partition("=") for row in _TABLE.read_text("utf-8").splitlines() if row and row[0] not in "#["]
    names = tuple(name.strip() for name, _, _ in rows)
    meanings = {_meaning(words(name.lower())): name for name in names}
    for name, (_, _, synonyms) in zip(names, rows, strict=True):
        for synonym in filter(None, synonyms.split(",")):
            meanings.setdefault(_meaning(synonym.split()), name)
    return _Spec(names, frozenset(map(fold, names)), meanings)
