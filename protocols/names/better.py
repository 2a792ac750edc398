"""One better name for all that is wrong with a name."""

from __future__ import annotations

from collections.abc import Sequence

from protocols.names.cases import case_of, is_written_in, rewrite
from protocols.names.dynamic import without_dynamic_part
from protocols.names.order import object_action


def better_name(name: str, cases: Sequence[str], *, ordered: bool, meant: str | None = None) -> str | None:
    """The words of `name` as agreed: in one of these cases, the first by choice, without the part that varies, and where names
    are `ordered` the object before the action. `meant` is a known name that it should probably be, whose words count instead.
    None where there is no better one.
    """
    case = cases[0] if cases else None
    turned = object_action(name, case) if ordered and meant is None else None
    words = turned or meant or without_dynamic_part(name)
    if case is not None:
        better: str | None = words if any(is_written_in(words, each) for each in cases) else rewrite(words, case)
        if better is None or not any(is_written_in(better, each) for each in cases):  # `2FA` is no word of a title, and stays as it is
            return None
    else:
        better = words if turned or meant else _as_it_was(name, words)
    return better if better and better != name and name.isprintable() else None


def _as_it_was(name: str, words: str) -> str | None:
    """What is left of a name, written as the whole was. None where that would change a letter: nobody agreed on a case."""
    own = case_of(name)
    better = rewrite(words, own) if own is not None else ""
    return better if [*filter(str.isalpha, better)] == [*filter(str.isalpha, words)] else None
