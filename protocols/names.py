"""Cases of names, and which known name was meant.

A name is cut into words at separators, at outer and double blanks and where lower case turns into upper case; two
names with the same words are the same name written in two ways (`productId`, `product_id`, `Product ID`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

_SEPARATORS = re.compile(r"[\W_]+")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

SMALL_WORDS = frozenset({"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "via", "with"})


class Case(NamedTuple):
    """One way to write a name: what it is called in a sentence, and how words are written in it."""

    noun: str
    write: Callable[[Sequence[str]], str]


def _title(words: Sequence[str]) -> str:
    last = len(words) - 1
    return " ".join(w.lower() if 0 < i < last and w.lower() in SMALL_WORDS else w[:1].upper() + w[1:] for i, w in enumerate(words))


def _camel(words: Sequence[str]) -> str:
    return "".join(w.lower() if i == 0 else w.capitalize() for i, w in enumerate(words))


CASES: dict[str, Case] = {
    "title": Case("Title Case", _title),
    "sentence": Case("Sentence case", lambda words: " ".join(words).lower().capitalize()),
    "snake": Case("snake_case", lambda words: "_".join(words).lower()),
    "camel": Case("camelCase", _camel),
    "pascal": Case("PascalCase", lambda words: "".join(word.capitalize() for word in words)),
    "kebab": Case("kebab-case", lambda words: "-".join(words).lower()),
    "lower": Case("lower case", lambda words: " ".join(words).lower()),
    "upper": Case("UPPER CASE", lambda words: " ".join(words).upper()),
}


def words(name: str) -> list[str]:
    """The words of a name, as written: `productIDs v2` gives `["product", "I", "Ds", "v2"]` only where the humps say so."""
    return [word for part in _SEPARATORS.split(name) if part for word in _HUMPS.split(part)]


def fold(name: str) -> str:
    """What two spellings of one name share: its letters and digits in lower case, without any separator."""
    return _SEPARATORS.sub("", name).casefold()


def is_written_in(name: str, case: str) -> bool:
    """Whether `name` is written in the case of that name in `CASES`.

    Acronyms may stay upper case where the case lets a word begin so (`URL Copied`, `productID`).
    """
    return bool(_PATTERNS[case].fullmatch(name)) and (case != "title" or _title(name.split(" ")) == name)


def rewrite(name: str, case: str) -> str:
    """`name` written in a case: `rewrite("productId", "snake") == "product_id"`."""
    return CASES[case].write(words(name))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, or None: the same words in another spelling first, then the closest text.

    Close texts are those that could be a slip of the pen: nearly equal as a whole, or word by word. `Article Shared` is not
    meant to be `Cart Shared`, however many letters they share.
    """
    candidates = list(known)
    folded = fold(name)
    for candidate in candidates:
        if folded and fold(candidate) == folded:
            return candidate
    by_lower = {candidate.casefold(): candidate for candidate in reversed(candidates)}
    close = difflib.get_close_matches(name.casefold(), by_lower, n=5, cutoff=0.75)
    return next((by_lower[text] for text in close if _is_slip(name.casefold(), text)), None)


def _is_slip(text: str, known: str) -> bool:
    """Whether a text is nearly a known one: as a whole, word by word, or with one word too many."""
    if _likeness(text, known) >= 0.9:
        return True
    written, wanted = words(text), words(known)
    if len(written) == len(wanted) + 1 > 2:
        return set(wanted) < set(written)
    return len(written) == len(wanted) and all(_likeness(one, other) >= 0.75 for one, other in zip(written, wanted, strict=True))


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


_LOWER, _UPPER, _ANY = r"[^\W_A-Z]", r"[^\W_a-z]", r"[^\W_]"
_PATTERNS = {
    "title": re.compile(rf"{_ANY}[^\s_]*(?: [^\s_]+)*"),
    "sentence": re.compile(rf"{_UPPER}[^\s_]*(?: [^\s_]+)*"),
    "snake": re.compile(rf"{_LOWER}+(?:_{_LOWER}+)*"),
    "camel": re.compile(rf"{_LOWER}{_ANY}*"),
    "pascal": re.compile(rf"{_UPPER}{_ANY}*"),
    "kebab": re.compile(rf"{_LOWER}+(?:-{_LOWER}+)*"),
    "lower": re.compile(rf"{_LOWER}+(?: {_LOWER}+)*"),
    "upper": re.compile(rf"{_UPPER}+(?:[ _]{_UPPER}+)*"),
}
