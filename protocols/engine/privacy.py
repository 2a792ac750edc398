"""Values that look personal where the plan marks nothing: e-mail addresses, card numbers, phone numbers.

Runs only where the plan asks for `privacy/personal-data`. No regular expression here can backtrack without bound: each
looks at a short piece of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from protocols.engine.finding import Finding, Path
from protocols.engine.nodes import Node, child

_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_PHONE = re.compile(r"(?<![\w+])\+\d(?:[ ().-]{0,2}\d){6,14}(?!\d)")
_DIGITS = re.compile(r"\D*(?:\d\D*){7,15}")
_PHONE_NAMES = ("phone", "mobile", "telephone", "cell", "fax")


def personal(path: Path, value: Any, node: Node) -> Iterator[Finding]:
    """Findings for the texts at and below `path` that look personal, leaving out what `node` marks personal."""
    if node.get("x-personal"):
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from personal((*path, name), inner, child(node, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from personal((*path, index), inner, child(node, index))
    elif isinstance(value, str) and (kind := looks_like(str(path[-1]), value)):
        yield Finding(id="privacy/personal-data", path=path, value=value, actual=kind, hint="mark it personal: true, or stop sending it")


def looks_like(name: str, text: str) -> str | None:
    """What kind of personal value a text under this name looks like, as a noun phrase, or None."""
    if "@" in text and any(_ADDRESS.search(text[max(0, at - 64) : at + 256]) for at in _places(text, "@")):
        return "an e-mail address"
    if any(_luhn(match.group()) for match in _CARD.finditer(text)):
        return "a card number"
    if _PHONE.search(text) or (len(text) <= 40 and any(word in name.lower() for word in _PHONE_NAMES) and _DIGITS.fullmatch(text)):
        return "a phone number"
    return None


def _places(text: str, character: str) -> Iterator[int]:
    at = text.find(character)
    while at >= 0:
        yield at
        at = text.find(character, at + 1)


def _luhn(text: str) -> bool:
    """Whether the digits pass the check of ISO/IEC 7812, which nine in ten random numbers fail."""
    digits = [int(character) for character in text if character.isdecimal()]
    if len(set(digits)) == 1:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
