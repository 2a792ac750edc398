"""What can be wrong with an event: the kinds, and the sentence each is said in.

An id is `family/kind` and stable for ever, since people suppress, count and alert on it. The sentence is made from the
fields of the violation, wanted before got, then what to do; `KINDS` is the whole list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from protocols.problems import Problem, Severity

CALLS = ("track", "identify", "page", "screen", "group", "alias")


class Kind(NamedTuple):
    """One thing that can be wrong. `sentence` is a format string over `where`, `name`, `expected`, `actual`, `event`."""

    severity: Severity
    sentence: str
    meaning: str


_E, _W, _N, _OFF = Severity.error, Severity.warning, Severity.note, Severity.off
_WANTED = "{where} should be {expected}, got {actual}"

KINDS: dict[str, Kind] = {
    "payload/malformed-json": Kind(_E, "the record should be JSON, got {actual}", "The record cannot be read as JSON."),
    "payload/not-an-object": Kind(_E, "the record should be a JSON object, got {actual}", "A payload is a JSON object."),
    "payload/unknown-call": Kind(_E, _WANTED, "`type` names none of the six calls, so nothing more can be checked."),
    "payload/missing-event-name": Kind(_E, _WANTED, "A track call has no usable `event`."),
    "payload/missing-identity": Kind(
        _E, "userId or anonymousId should name the user, got {actual}", "Neither `userId` nor `anonymousId` says who it was."
    ),
    "payload/missing-group-id": Kind(_E, _WANTED, "A group call does not say which group."),
    "payload/wrong-envelope": Kind(_E, _WANTED, "A field around the event has the wrong form."),
    "payload/bad-timestamp": Kind(_E, _WANTED, "A time of the envelope is no ISO 8601 date-time."),
    "payload/legacy-field": Kind(_N, "{name} is an old spelling, read as {expected}", "A field has its name from an earlier format."),
    "naming/event-name-case": Kind(_W, "{name} is not {expected}", "An event name is written in another case than agreed."),
    "naming/event-name-order": Kind(_W, "{name} is not {expected}", "An event name is not an object and a past-tense action."),
    "naming/property-name-case": Kind(_W, "{name} is not {expected}", "A property name is written in another case than agreed."),
    "naming/trait-name-case": Kind(_W, "{name} is not {expected}", "A trait name is written in another case than agreed."),
    "naming/dynamic-name": Kind(_W, "{name} holds a value that changes", "A name holds an id, a date or a number."),
    "required/missing-property": Kind(_E, "{where} is required and missing", "A required property is absent."),
    "required/missing-trait": Kind(_E, "{where} is required and missing", "A required trait is absent."),
    "required/missing-context": Kind(_E, "{where} is required and missing", "A required field of the context is absent."),
    "type/wrong-type": Kind(_E, _WANTED, "A value has another JSON type than planned."),
    "type/null-value": Kind(_E, _WANTED, "A value is null and the plan does not allow null there."),
    "value/not-allowed": Kind(_E, _WANTED, "A value is none of those that the plan lists."),
    "value/pattern-mismatch": Kind(_E, "{where} should match {expected}, got {actual}", "A text does not match its pattern."),
    "value/format-mismatch": Kind(_E, _WANTED, "A text does not have its format."),
    "value/out-of-range": Kind(_E, _WANTED, "A number is outside its range."),
    "value/wrong-length": Kind(_E, "{where} should have {expected}, got {actual}", "A text is too short or too long."),
    "value/wrong-size": Kind(_E, "{where} should have {expected}, got {actual}", "An array or object has too few or too many members."),
    "value/not-unique": Kind(_E, "{where} should hold no item twice, got {actual}", "An array holds equal items."),
    "value/schema-rule": Kind(_E, "{where} should satisfy {expected}, got {actual}", "A raw schema of the plan is not satisfied."),
    "limit/event-name-too-long": Kind(_E, "{where} should have {expected}, got {actual}", "An event name is longer than the limit."),
    "limit/property-name-too-long": Kind(
        _E, "the name {name} should have {expected}, got {actual}", "A property name is longer than the limit."
    ),
    "limit/event-too-large": Kind(_E, "the event should have {expected}, got {actual}", "An event is larger than the limit."),
    "limit/batch-too-large": Kind(_E, "the batch should have {expected}, got {actual}", "A batch body is larger than the limit."),
    "limit/too-many-properties": Kind(_W, "{where} should have {expected}, got {actual}", "An event has more properties than the limit."),
    "limit/message-id-too-long": Kind(_E, "{where} should have {expected}, got {actual}", "`messageId` is longer than the limit."),
    "limit/nesting-too-deep": Kind(_E, "the event should have {expected}, got {actual}", "A payload is nested deeper than the limit."),
    "unplanned/unplanned-event": Kind(_E, "{name} is not in the plan", "The plan has no such event."),
    "unplanned/unplanned-property": Kind(_W, "{where} is not in the plan", "The plan has no such property for this event."),
    "unplanned/unplanned-trait": Kind(_OFF, "{where} is not in the plan", "The plan has no such trait."),
    "unplanned/unplanned-version": Kind(
        _W, "{where} should be {expected}, got {actual}", "The event says a version that the plan does not have."
    ),
    "unplanned/unplanned-destination": Kind(
        _W, "{where} is not a destination of the plan", "`integrations` names a destination that the plan does not list."
    ),
    "status/deprecated-event": Kind(_W, "{name} is deprecated", "The plan has taken this event out of use."),
    "status/deprecated-version": Kind(
        _W, "version {actual} of {event} is deprecated", "The plan has taken this version of the event out of use."
    ),
    "status/deprecated-property": Kind(_W, "{where} is deprecated", "The plan has taken this property out of use."),
    "privacy/personal-data": Kind(
        _OFF, "{where} holds {actual}, and the plan does not mark it personal", "A value looks personal and is not marked so."
    ),
}

FAMILIES = tuple(dict.fromkeys(id.partition("/")[0] for id in KINDS))

UNCHECKED = frozenset({"payload/malformed-json", "payload/not-an-object", "payload/unknown-call"})
"""Where nothing more can be said of a record. Were these switched off, rubbish would pass."""


def violation(
    id: str,
    pointer: str,
    *,
    severity: Severity | None = None,
    expected: str | None = None,
    value: Any = UNSET,
    actual: str | None = None,
    hint: str | None = None,
    event: str | None = None,
    hide: bool = False,
    **fields: Any,
) -> Problem:
    """One violation of the kind `id` at `pointer`, its sentence made from its fields.

    `actual` is `describe(value)` unless it is given. With `hide` the value is kept out of every field: only its JSON
    type and its length are said. Other fields are those of `Problem`.
    """
    if actual is None:
        actual = conceal(value) if hide else describe(value)
    return Problem(
        id=id,
        severity=KINDS[id].severity if severity is None else severity,
        message=sentence(
            id,
            pointer=pointer,
            expected=expected,
            actual=actual,
            hint=hint,
            event=event,
            group_pointer=fields.get("group_pointer"),
            name=value if (pointer in _NAMES or id == "status/deprecated-event") and isinstance(value, str) else None,
        ),
        pointer=pointer,
        expected=expected,
        actual=actual,
        got=json_type(value),
        value=UNSET if hide else value,
        hint=hint,
        event=event,
        **fields,
    )


class Recurring(msgspec.Struct, frozen=True, eq=False):
    """A violation that is met again and again: everything of it that does not differ from event to event.

    `first` is the one that was met first. `path` leads to the value, with None for each index of an array. `hidden` says
    that values may not be shown, `named` that it is about the name that stands there and not about the value, so that
    its own is that of the first. Compared by identity.
    """

    first: Problem
    path: tuple[str | None, ...]
    hidden: bool = False
    named: bool = False

    def pointer(self, indices: Sequence[int]) -> str:
        """Where it is; `indices` are those of the arrays on the way."""
        rest = iter(indices)
        return to_pointer([next(rest) if token is None else token for token in self.path])

    def again(self, value: Any, indices: Sequence[int], message_id: str | None) -> Problem:
        """The violation for another value at the same place."""
        first = self.first
        return violation(
            first.id,
            self.pointer(indices),
            severity=first.severity,
            expected=first.expected,
            value=value,
            actual=measured(first.id, value),
            hint=first.hint,
            event=first.event,
            hide=self.hidden,
            call=first.call,
            version=first.version,
            group_pointer=first.group_pointer,
            message_id=message_id,
            plan=first.plan,
        )

    def actual(self, value: Any) -> str:
        """What `again` says was got."""
        size = measured(self.first.id, value)
        if size is not None:
            return size
        return conceal(value) if self.hidden else describe(value)


def reading_order(problem: Problem, pointer: str | None = None) -> tuple[list[tuple[int, str | int]], str, str]:
    """A key that sorts the violations of one event: pointers by their tokens, indices as numbers. `pointer` is its own, or another."""
    tokens = (problem.pointer or "" if pointer is None else pointer).split("/")[1:]
    place: list[tuple[int, str | int]] = [(0, int(token)) if token.isdecimal() and len(token) < 19 else (1, token) for token in tokens]
    return place, problem.id, problem.expected or ""


def measured(id: str, value: Any) -> str | None:
    """What was got where a size counts; None for the value's own description."""
    if id == "value/wrong-length" and isinstance(value, str):
        return str(len(value))
    if id == "value/wrong-size":
        return "none" if not value else str(len(value))
    return None


_NAMES = ("/event", "/name")
"""Pointers whose value is the name that the sentence is about; elsewhere it is the last token."""


def sentence(
    id: str,
    *,
    pointer: str | None,
    expected: str | None,
    actual: str | None,
    hint: str | None,
    event: str | None = None,
    name: str | None = None,
    group_pointer: str | None = None,
) -> str:
    """What a violation says, from its data alone: what was wanted, what was got, then what to do.

    `group_pointer` tells an index from a member whose name is a number.
    """
    where, last = _place(pointer or "", group_pointer)
    name = last if name is None else quoted_if_odd(name)
    text = KINDS[id].sentence.format(where=where, name=name, expected=expected, actual=actual, event=event)
    return f"{text}; {hint}" if hint else text


@lru_cache(4096)
def _place(pointer: str, group_pointer: str | None) -> tuple[str, str]:
    """A place as people write it, and the last name in it."""
    tokens = pointer_tokens(pointer)
    starred = pointer_tokens(group_pointer) if group_pointer else ["*"] * len(tokens)
    return dotted(tokens, starred), quoted_if_odd(tokens[-1] if tokens else "")


_PLAIN_KEY = re.compile(r"[^\W\d][\w$-]*")


def pointer_tokens(pointer: str) -> list[str]:
    """The unescaped tokens of an RFC 6901 pointer: `/a~1b/0` gives `["a/b", "0"]`."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def to_pointer(tokens: Sequence[str | int]) -> str:
    """The RFC 6901 pointer of these tokens."""
    return "".join("/" + (token.replace("~", "~0").replace("/", "~1") if isinstance(token, str) else str(token)) for token in tokens)


def dotted(tokens: Sequence[str], starred: Sequence[str] = ()) -> str:
    """A pointer as people write it: `properties.products[0].price`, odd keys quoted as in `properties["Feed Type"]`.

    With the same tokens `starred`, a number that is no `*` there is a name and quoted too.
    """
    text = ""
    for token, star in zip_longest(tokens, starred, fillvalue="*"):
        if token == "*" or (token.isdecimal() and star == "*"):
            text += f"[{token}]"
        elif _PLAIN_KEY.fullmatch(token):
            text += f".{token}" if text else token
        else:
            text += f"[{quoted(token)}]"
    return text or "the payload"


def quoted(text: str, most: int = 60) -> str:
    """A text in JSON's quotes on one line, cut after `most` characters."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return json.dumps(cut, ensure_ascii=not cut.isprintable())


def quoted_if_odd(name: str) -> str:
    """A name as it stands, or in quotes where blanks at its ends, controls or its length would hide what it is."""
    return name if name and name == name.strip() and name.isprintable() and len(name) <= 60 and "  " not in name else quoted(name)


def json_type(value: Any) -> str:
    """The JSON type of a value; `nothing` for UNSET."""
    known = _EXACT.get(type(value))
    if known is not None:
        return known
    for name, types in _TYPES:
        if isinstance(value, types):
            return name
    return "nothing"


_TYPES: tuple[tuple[str, Any], ...] = (
    ("string", str),
    ("boolean", bool),
    ("integer", int),
    ("number", float),
    ("null", type(None)),
    ("object", Mapping),
    ("array", (list, tuple)),
)
_EXACT = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null", dict: "object", list: "array"}


def describe(value: Any) -> str:
    """A JSON value in a few words: `string "29.99"`, `integer 21`, `array of 3 items`."""
    match json_type(value):
        case "string":
            return f"string {quoted(value)}"
        case "boolean":
            return "boolean true" if value else "boolean false"
        case "integer" | "number" as kind:
            return f"{kind} {_short_number(value)}"
        case "array":
            return f"array of {counted(len(value), 'item')}"
        case "object":
            return f"object with {counted(len(value), 'member')}"
        case kind:
            return kind


def conceal(value: Any) -> str:
    """A value by its type and length only: `string of 17 characters`."""
    kind = json_type(value)
    if kind == "string":
        return f"string of {counted(len(value), 'character')}"
    return kind if kind in ("integer", "number", "boolean") else describe(value)


def counted(number: int, noun: str) -> str:
    """`1 item`, `2 items`, `2 properties`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number} {noun if number == 1 else plural}"


def many(number: int, noun: str) -> str:
    """`1 file`, `1,547 events`."""
    return counted(number, noun).replace(str(number), f"{number:,}", 1)


def percent(part: int, whole: int) -> str:
    """A share that says neither 0% of something nor 100% of not everything."""
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "<0.1%"
    if 99.9 < share < 100:
        return ">99.9%"
    return "100%" if part == whole else f"{share:.1f}%"


def _short_number(value: int | float) -> str:
    if isinstance(value, int) and value.bit_length() > 200:
        return f"of about {value.bit_length() * 3 // 10} digits"
    return str(value)
