"""The nine formats a plan may ask of a text.

The verdict is jsonschema-rs's, everywhere. `Format.accept` is a pattern of our own for the first stage of the engine: it
takes the common forms only, all of which `matches` takes too, in time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import jsonschema_rs

from protocols.patterns import SURROGATES


class Format(NamedTuple):
    """`noun` is what a text of the format is called in a sentence; `accept` is for Python's `re.search`, anchored.

    `shape` is the same for the compiled stage, as a pattern of plans of which an automaton is made. It takes far more than
    `accept` does, but counts would make it large: a text of at most `longest` characters has to do. Of 63, no label of a
    domain has more than the 63 that it may have.
    """

    noun: str
    example: str
    accept: str
    shape: str
    longest: int


def matches(format: str, text: str) -> bool:
    """Whether `text` has the format of that name in `FORMATS`; a lone surrogate counts as U+FFFD."""
    return bool(_matcher(format).is_valid(SURROGATES.sub("\ufffd", text)))


@cache
def _matcher(format: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"type": "string", "format": format}, validate_formats=True)


_DATE = (
    r"[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_LABEL = r"[A-Za-z0-9]{1,20}(?:-[A-Za-z0-9]{1,20}){0,2}"
_DOMAIN = rf"(?:{_LABEL}\.){{1,3}}[A-Za-z]{{2,24}}"
_ATOM = r"[A-Za-z0-9_+-]{1,20}"
_IN_PATH, _IN_QUERY = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]*", r"[A-Za-z0-9._~!$&'()*+,;=:@/?-]*"
_PATH, _QUERY = (f"{plain}(?:%[0-9A-Fa-f]{{2}}{plain})*" for plain in (_IN_PATH, _IN_QUERY))
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]|[0-9])"
_IPV4 = rf"{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}"
_UUID = "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"

_DAY = (
    "(?:[0-9]{4}-(?:"
    "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
_HOUR, _MINUTE, _SECOND = "(?:[01][0-9]|2[0-3])", "[0-5][0-9]", "(?:[0-5][0-9]|60)"
_OFFSET = f"(?:[Zz]|[+-]{_HOUR}(?::?{_MINUTE})?)"

_CLOCK = f"{_HOUR}:{_MINUTE}:[0-5][0-9](?:[.][0-9]+)?(?:[Zz]|[+-]{_HOUR}:{_MINUTE})"
_HOST = "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?:[.][A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)*"
_LOCAL = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:[.][A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"


def _uri() -> str:
    """RFC 3986 without addresses in brackets: `//` and an authority, or a path that does not begin with two slashes."""
    name, user, step, path, query = (f"(?:[A-Za-z0-9._~!$&'()*+,;={more}-]|%[0-9A-Fa-f]{{2}})" for more in ("", ":", ":@", ":@/", ":@/?"))
    place = f"//(?:{user}*@)?{name}*(?::[0-9]*)?(?:/{path}*)?|/?(?:{step}{path}*)?"
    return rf"[A-Za-z][A-Za-z0-9+.-]*:(?:{place})(?:\?{query}*)?(?:#{query}*)?"


def _ipv6() -> str:
    """Eight groups, or fewer around one `::`; none that ends in an IPv4 address."""
    group = "[0-9A-Fa-f]{1,4}"
    behind = [f"(?:{group}(?::{group}){{0,{most - 1}}})?" for most in range(1, 8)]  # behind `::`, by how many there may be
    rest = f":(?::|{group})"
    for most in range(1, 7):
        rest = f":(?::{behind[most - 1]}|{group}{rest})"
    return f"(?:::{behind[6]}|{group}{rest})"


_ANY_LENGTH = 65_535
"""As good as none, for shapes that are sound at any length."""

FORMATS: Mapping[str, Format] = {
    "date-time": Format("a date-time", "2024-01-15T10:30:00Z", rf"^{_DATE}T{_TIME}\Z", f"^{_DAY}[Tt]{_CLOCK}$", _ANY_LENGTH),
    "date": Format("a date", "2024-01-15", rf"^{_DATE}\Z", f"^{_DAY}$", _ANY_LENGTH),
    "time": Format("a time", "10:30:00Z", rf"^{_TIME}\Z", f"^{_CLOCK}$", _ANY_LENGTH),
    "email": Format(
        "an e-mail address",
        "ada@example.com",
        rf"^{_ATOM}(?:\.{_ATOM}){{0,2}}@{_DOMAIN}\Z",
        f"^{_LOCAL}@{_HOST}$",
        65,
    ),
    "uri": Format(
        "a URI",
        "https://example.com/path",
        rf"^https?://{_DOMAIN}(?::[0-9]{{1,4}})?(?:/{_PATH})?(?:\?{_QUERY})?(?:#{_QUERY})?\Z",
        f"^{_uri()}$",
        _ANY_LENGTH,
    ),
    "uuid": Format("a UUID", "123e4567-e89b-12d3-a456-426614174000", rf"^{_UUID}\Z", f"^{_UUID}$", _ANY_LENGTH),
    "ipv4": Format("an IPv4 address", "192.0.2.1", rf"^{_IPV4}\Z", f"^{_IPV4}$", _ANY_LENGTH),
    "ipv6": Format("an IPv6 address", "2001:db8:0:0:0:0:0:1", r"^(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\Z", f"^{_ipv6()}$", _ANY_LENGTH),
    "hostname": Format("a host name", "www.example.com", rf"^{_DOMAIN}\Z", f"^{_HOST}$", 63),
}

ENVELOPE_TIME = f"^{_DAY}[Tt ]{_HOUR}:{_MINUTE}(?::{_SECOND}(?:[.][0-9]+)?)?{_OFFSET}?$"
"""A date-time of the envelope: ISO 8601, wider than the RFC 3339 of `date-time`, since SDKs send a space for `T`, no offset
or `+0100`. Days that exist, 24:00 refused, second 60 allowed, seconds and offset may be left out. The same pattern stands
in the compiled schemas; its only repeat is one digit, so Python's `re` may have it.
"""

_ENVELOPE_TIME = re.compile(ENVELOPE_TIME.replace("$", r"\Z"))


def is_envelope_time(text: str) -> bool:
    """Whether `text` is a date-time as the fields `timestamp`, `sentAt`, `originalTimestamp` and `receivedAt` may be."""
    return _ENVELOPE_TIME.match(text) is not None


def moment(text: str) -> Moment | None:
    """When a date-time of the envelope is; None where `text` is none. Without an offset it is UTC."""
    found = _PARTS.match(text) if is_envelope_time(text) else None
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[number] or 0) for number in range(1, 7))
    sign, hours, minutes = found[8], int(found[9] or 0), int(found[10] or 0)
    offset = (hours * 60 + minutes) * (-60 if sign == "-" else 60)
    return Moment(_days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset, (found[7] or "").rstrip("0"))


class Moment(NamedTuple):
    """A point in time: whole seconds since 1970 in UTC, and the digits of the fraction. They sort as they follow each other."""

    seconds: int
    fraction: str = ""


_PARTS = re.compile(r"(....)-(..)-(..).(..):(..)(?::(..)(?:[.]([0-9]+))?)?(?:[Zz]|([+-])(..):?(..)?)?\Z")


def _days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01, by the Gregorian calendar of any year, 0 too, which `datetime` does not have."""
    year -= month < 3  # years that begin in March end with their leap day
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 719_469
