"""What has one right answer, put right in the text: only the characters that change are touched.

A fix is a group of edits that hold together. It is made as a whole or not at all, and a plan is written only after it was
loaded from its new text and found without mistakes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from protocols.plan.extend import real_path
from protocols.plan.nodes import resolve
from protocols.report import Findings
from protocols.rules.layout import Layout, Scalar
from protocols.rules.rule import Edit
from protocols.rules.run import Active, Linted, lint

MOST_ROUNDS = 10
"""A fix may uncover another one; what goes on longer than this goes in a circle."""

Fix = tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Fixed:
    """What is left after all fixes. `texts` holds the new text of every file that is not what it was, by its name."""

    findings: Findings
    texts: Mapping[str, str]


def fix(files: Sequence[str], active: Active) -> Fixed:
    """Put right what can be. Nothing is written: the new texts are handed back."""
    linted = lint(files, active)
    before = linted.findings.texts
    texts = dict(before)
    number = 0
    for _ in range(MOST_ROUNDS):
        made, linted_anew, texts_anew = _round(files, active, linted, texts)
        if not made:
            break
        number, linted, texts = number + made, linted_anew, texts_anew
    changed = {name: text for name, text in texts.items() if text != before[name]}
    return Fixed(replace(linted.findings, fixed=number), changed)


def _round(files: Sequence[str], active: Active, linted: Linted, texts: dict[str, str]) -> tuple[int, Linted, dict[str, str]]:
    """Make all fixes at once; where a plan would then be wrong, each that can be made by itself."""
    attempts: list[Sequence[Fix]] = [linted.fixes, *([one] for one in linted.fixes)]
    made = 0
    for attempt in attempts:
        applied, tried = _applied(texts, attempt)
        if not applied:
            continue
        after = lint(files, active, {real_path(name): text for name, text in tried.items()})
        if after.findings.mistakes > linted.findings.mistakes:
            continue
        made, linted, texts = made + applied, after, tried
        if attempt is attempts[0]:
            break
    return made, linted, texts


def _applied(texts: Mapping[str, str], fixes: Iterable[Fix]) -> tuple[int, dict[str, str]]:
    """The texts with these fixes made, and how many were: not one that cannot be made, or that another one gets in the way of."""
    layouts = {name: Layout(text.removeprefix("\ufeff")) for name, text in texts.items()}
    chosen: dict[tuple[str, int], tuple[Scalar, str]] = {}
    number = 0
    for one in fixes:
        places = {}
        for edit in one:
            layout = layouts[edit.at.file]
            scalar = layout.scalars.get(layout.offset(edit.at.line, edit.at.column))
            written = None if scalar is None else _written(layout.text, scalar, edit)
            if scalar is None or written is None or chosen.get((edit.at.file, scalar.start), (scalar, written)) != (scalar, written):
                break
            places[edit.at.file, scalar.start] = (scalar, written)
        else:
            number += 1
            chosen |= places
    return number, {name: _spliced(text, name, chosen) for name, text in texts.items()}


def _spliced(text: str, name: str, chosen: Mapping[tuple[str, int], tuple[Scalar, str]]) -> str:
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    for scalar, written in sorted((place for (file, _), place in chosen.items() if file == name), reverse=True):
        text = text[: scalar.start] + written + text[scalar.end :]
    return mark + text


def _written(text: str, scalar: Scalar, edit: Edit) -> str | None:
    """The new value as it is to stand in the text, quoted as the old one was; None where that cannot be said for sure."""
    source = text[scalar.start : scalar.end]
    if scalar.value != edit.old or not _is_simple(edit.new):
        return None
    if scalar.style is None:
        is_same_kind = isinstance(resolve(edit.new), str) == isinstance(resolve(edit.old), str)
        return edit.new if source == edit.old and is_same_kind else None
    quote = scalar.style
    return f"{quote}{edit.new}{quote}" if source == f"{quote}{edit.old}{quote}" else None


def _is_simple(text: str) -> bool:
    """Whether a text can stand in a plan with any quotes or none: words of letters and digits, with `_`, `-` or a blank between."""
    return text.isprintable() and text == " ".join(text.split()) and text[:1] != "-" and all(c.isalnum() or c in "_- " for c in text)


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """What changes in each file, as unified diffs line by line."""
    for name, text in sorted(after.items()):
        old, new = (one.splitlines(keepends=True) for one in (before[name], text))
        for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
