"""Known names, and which of them was meant by another."""

from __future__ import annotations

import difflib
import functools
import operator
from collections.abc import Iterable, Iterator

from protocols.names.cases import fold, words


class Known:
    """Some names, and which of them was probably meant by another: answers are kept, of some thousand.

    Safe between threads: two that ask at once find the same.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._spellings = {fold(name): name for name in reversed(self.names)}
        self._texts = {name.casefold(): name for name in reversed(self.names)}
        self._marks = [(text, len(text), _mark(text)) for text in self._texts]
        self._nearest: dict[str, str | None] = {}

    def spelled(self, name: str) -> str | None:
        """The known name of which `name` is a spelling: the first with the same letters and digits, or None."""
        folded = fold(name)
        return self._spellings.get(folded) if folded else None

    def nearest(self, name: str) -> str | None:
        """The known name that was probably meant: another spelling of it first, then the closest text; or None.

        Close texts are those that could be a slip of the pen: nearly equal as a whole, or word by word. `Article Shared`
        is not meant to be `Cart Shared`, however many letters they share.
        """
        found = self._nearest.get(name, "")
        if found == "":
            found = self.spelled(name) or self._closest(name.casefold())
            if len(self._nearest) >= _MOST_KEPT:
                self._nearest.clear()
            self._nearest[name] = found
        return found

    def _closest(self, text: str) -> str | None:
        near = difflib.get_close_matches(text, self._may_be_close(text), n=5, cutoff=_CLOSE)
        return next((self._texts[known] for known in near if _is_slip(text, known)), None)

    def _may_be_close(self, text: str) -> Iterator[str]:
        """The known texts that share letters enough: leaving out the others first halves the time, to 70 us for
        87 known names."""
        size, mark = len(text), _mark(text)
        for known, length, other in self._marks:
            shared = min(size - (mark & ~other).bit_count(), length - (other & ~mark).bit_count())
            if 2 * shared >= _CLOSE * (size + length):
                yield known


_CLOSE = 0.75
_MOST_KEPT = 4096


def _mark(text: str) -> int:
    """The set of a text's characters in 64 bits; two characters may share one."""
    return functools.reduce(operator.or_, (1 << (ord(character) & 63) for character in text), 0)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, or None: `Known.nearest`, asked once."""
    return Known(known).nearest(name)


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
