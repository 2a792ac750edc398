"""Known names, and which of them was meant by another."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from protocols.names.cases import fold, words


class Known:
    """Some names, and which of them was probably meant by another: answers are kept, of some thousand.

    Safe between threads: two that ask at once find the same.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._spellings = {fold(name): name for name in reversed(self.names)}
        self._texts = {name.casefold(): name for name in reversed(self.names)}
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
        near = difflib.get_close_matches(text, self._texts, n=5, cutoff=0.75)
        return next((self._texts[known] for known in near if _is_slip(text, known)), None)


_MOST_KEPT = 4096


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
