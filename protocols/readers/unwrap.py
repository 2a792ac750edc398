"""From one JSON text to the events in it: an array on a line, a batch body, a payload inside a wrapping record.

Each event comes out as the bytes that stand in the text, since the engine reads bytes. msgspec finds them where it can;
it refuses lone surrogate escapes, which are JSON, and deep nesting: there the text is scanned, ten times slower.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, islice, pairwise
from typing import NamedTuple

import msgspec
from msgspec import Raw

from protocols.errors import UsageError
from protocols.names import nearest
from protocols.problems import Problem
from protocols.readers.scan import item_spans, member_spans
from protocols.violations import pointer_tokens, quoted, quoted_if_odd, to_pointer, violation

_MEMBERS = msgspec.json.Decoder(dict[str, Raw])
_ITEMS = msgspec.json.Decoder(list[Raw])

_BATCH = re.compile(rb'(?:(?<="batch":)|(?<="batch": )|(?<="batch" : ))\[')

SHARED = ("context", "integrations")
"""What a batch body says to each of its events, member by member; what the event says itself wins."""


class Opened(NamedTuple):
    """The events of one text, and how many lines below its beginning each begins; `batch_bytes` is the size of their batch body."""

    raws: list[bytes]
    lines: Sequence[int]
    batch_bytes: int | None = None


def members(text: bytes) -> dict[str, bytes] | None:
    """The members of an object, each as the bytes of its value; None where `text` is no object or no JSON."""
    try:
        return {key: bytes(value) for key, value in _MEMBERS.decode(text).items()}
    except (ValueError, RecursionError):
        if not text.startswith(b"{") or not _is_json(text):
            return None
    return {json.loads(key): text[start:end] for key, start, end in member_spans(text)}


def items(text: bytes) -> list[bytes] | None:
    """The items of an array, each as its bytes; None where `text` is no array or no JSON."""
    try:
        return [bytes(item) for item in _ITEMS.decode(text)]
    except (ValueError, RecursionError):
        if not text.startswith(b"[") or not _is_json(text):
            return None
    return [text[start:end] for start, end in item_spans(text)]


def may_hold_body(text: bytes) -> bool:
    """Whether a closer look for batch bodies is worth its time. A key spelled with escapes, or far from its array, is not seen.

    Going from one square bracket to the next takes 130 ns for an event of 1 KB; a search for the key takes 430.
    """
    bracket = text.find(b"[")
    while bracket >= 0:
        if _BATCH.match(text, bracket):
            return True
        bracket = text.find(b"[", bracket + 1)
    return False


def open_text(text: bytes) -> Opened | None:
    """The events of an array or a batch body; None for everything else, broken JSON too.

    A batch body, as Segment's libraries send it, is an object with an array `batch` and without a `type`.
    """
    if text.startswith(b"["):
        raws = items(text)
        return Opened(raws, _lines(text, 0, len(raws))) if raws is not None else None
    body = members(text) if may_hold_body(text) else None
    if body is None or not _has_batch(body):
        return None
    raws = items(body["batch"]) or []
    start = next((start for key, start, _ in member_spans(text) if json.loads(key) == "batch"), 0) if b"\n" in text else 0
    shared = {name: mine for name in SHARED if (mine := members(body.get(name, b"")))}
    sent = body.get("sentAt")
    if shared or sent is not None:
        raws = [_completed(raw, shared, sent) for raw in raws]
    return Opened(raws, _lines(text, start, len(raws)), len(text))


def _has_batch(found: dict[str, bytes]) -> bool:
    return found.get("batch", b"").startswith(b"[") and "type" not in found


def _lines(text: bytes, start: int, count: int) -> Sequence[int]:
    """The lines of the items of the array at `start`; not worth the look where the text is one line."""
    if b"\n" not in text:
        return [0] * count
    begins = [begin for begin, _ in item_spans(text, start)]
    return list(accumulate(text.count(b"\n", one, next) for one, next in pairwise([0, *begins])))


def _completed(raw: bytes, shared: dict[str, dict[str, bytes]], sent: bytes | None) -> bytes:
    """An event with what its batch body says to all of them. What is no object stays as it is."""
    own = members(raw)
    if own is None:
        return raw
    added: dict[str, bytes] = {}
    for name, theirs in shared.items():
        mine = {} if own.get(name, b"null") == b"null" else members(own[name])
        if mine is not None and not theirs.keys() <= mine.keys():
            added[name] = _object({**theirs, **mine})
    if sent is not None and "sentAt" not in own:
        added["sentAt"] = sent
    return _object({**own, **added}) if added else raw


def _object(found: dict[str, bytes]) -> bytes:
    return b"{" + b",".join(b"%b:%b" % (json.dumps(key).encode(), value) for key, value in found.items()) + b"}"


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text.decode(), parse_int=float)  # as int, more than 4,300 digits are an error
    except ValueError:
        return False
    except RecursionError:  # nested too deep to say; whoever reads the event says so
        return True
    return True


def pointer_of(at: str) -> list[str]:
    """The tokens of the RFC 6901 pointer given as `--at`. Raises UsageError where it is none."""
    if at and not at.startswith("/"):
        meant = "/" + at.lstrip("$.").replace(".", "/")
        raise UsageError(f"--at should be a JSON Pointer such as /event, got {quoted(at)}; did you mean {meant}?")
    if not _POINTER.fullmatch(at):
        raise UsageError(f"--at should be a JSON Pointer such as /event, got {quoted(at)}; write ~0 for ~ and ~1 for / in a key")
    return pointer_tokens(at)


_POINTER = re.compile(r"(?:[^~]|~[01])*")


def pointed(text: bytes, tokens: Sequence[str], at: str) -> bytes | Problem:
    """The value that a pointer names, or the problem that nothing is there. A text that is no JSON comes back as it is."""
    value = text
    for depth, token in enumerate(tokens):
        if value.startswith(b"{"):
            found = members(value)
            if found is None:
                return text
            if token not in found:
                return _nothing(at, depth, found)
            value = found[token]
        elif value.startswith(b"["):
            listed = items(value)
            if listed is None:
                return text
            if not (token.isascii() and token.isdecimal() and str(int(token[:20])) == token and int(token) < len(listed)):
                return _nothing(at, depth, ())
            value = listed[int(token)]
        else:
            return _nothing(at, depth, ()) if _is_json(text) else text
    return value


def _nothing(at: str, depth: int, present: Iterable[str]) -> Problem:
    """Nothing is at the pointer, for the value at its first `depth` tokens has the members `present` alone."""
    hint = _hint(at, depth, tuple(islice(present, 20)))
    return violation("payload/not-an-object", "", expected="a JSON object", actual=f"nothing at {at}", hint=hint)


@lru_cache(maxsize=1024)  # often the same for every record of a file
def _hint(at: str, depth: int, present: tuple[str, ...]) -> str | None:
    tokens = pointer_tokens(at)
    near = nearest(tokens[depth], present)
    if near is not None:
        return f"did you mean {to_pointer([*tokens[:depth], near, *tokens[depth + 1 :]])}?"
    parent = to_pointer(tokens[:depth]) or "the record"
    names = ", ".join(quoted_if_odd(name) for name in present[:4])
    return f"{parent} has {names}{' and others' if len(present) > 4 else ''}" if present else None
