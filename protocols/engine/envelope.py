"""What every call carries around its event: read as meant, and checked field by field.

One function per row of the table in `ENVELOPE`; each yields findings and touches nothing. Facts: the common fields of
the Segment spec, and the habits of SDKs (snake_case fields, `action` for `type`, traits in `context.traits`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import UNSET

from protocols import formats, names
from protocols.engine.finding import Finding, Path
from protocols.problems import Severity
from protocols.violations import CALLS, counted

LEGACY_FIELDS: Mapping[str, str] = {
    "user_id": "userId",
    "userID": "userId",
    "anonymous_id": "anonymousId",
    "anonymousID": "anonymousId",
    "group_id": "groupId",
    "previous_id": "previousId",
    "message_id": "messageId",
    "sent_at": "sentAt",
    "received_at": "receivedAt",
    "original_timestamp": "originalTimestamp",
    "action": "type",
}
"""Old spelling -> the field it is read as. `action` counts only where there is no `type`."""

TIMES = ("timestamp", "sentAt", "originalTimestamp", "receivedAt")
MEMBERS = ("properties", "traits", "context", "integrations")


class Normalised(NamedTuple):
    """A payload as it was meant.

    `call` is None where nothing says which call it is. `moved` maps a member of `payload` to the path in the input
    where it was read; `broken` are the members that are no objects and are not looked into.
    """

    call: str | None
    payload: dict[str, Any]
    findings: list[Finding]
    moved: Mapping[str, Path]
    broken: frozenset[str]


def normalise(event: Mapping[str, Any]) -> Normalised:
    """Read a payload as it was meant; `event` itself is never changed."""
    payload = dict(event)
    findings: list[Finding] = []
    moved: dict[str, Path] = {}
    for old, new in LEGACY_FIELDS.items():
        if old not in payload or (old == "action" and "type" in payload):
            continue
        value = payload.pop(old)
        if new not in payload:
            payload[new] = value
            moved[new] = (old,)
        findings.append(Finding(id="payload/legacy-field", path=(old,), expected=new, value=value, hint=f"write {new}"))
    call = _call(payload, findings)
    if call is None:
        return Normalised(None, payload, findings, moved, frozenset())
    payload["type"] = call
    broken = frozenset(_read_members(call, payload, findings, moved))
    for check in ENVELOPE:
        findings.extend(check(call, payload))
    return Normalised(call, payload, findings, moved, broken)


def _call(payload: Mapping[str, Any], findings: list[Finding]) -> str | None:
    value = payload.get("type", UNSET)
    if value in CALLS:
        return str(value)
    meant = value.strip().lower() if isinstance(value, str) else None
    if meant in CALLS:
        findings.append(Finding(id="payload/wrong-envelope", path=("type",), expected=f'"{meant}"', value=value, hint=f"write {meant}"))
        return meant
    near = names.nearest(meant, CALLS) if meant else None
    findings.append(
        Finding(
            id="payload/unknown-call",
            path=("type",),
            expected="one of track, identify, page, screen, group, alias",
            value=value,
            hint=f"did you mean {near}?" if near else None,
        )
    )
    return None


def _read_members(call: str, payload: dict[str, Any], findings: list[Finding], moved: dict[str, Path]) -> Iterator[str]:
    """Make `properties` and `traits` objects where the call has them; yields the members that are something else."""
    context = payload.get("context")
    if call == "identify" and payload.get("traits") in (None, {}) and isinstance(context, dict) and "traits" in context:
        payload["traits"] = context["traits"]
        moved["traits"] = ("context", "traits")
    for member in MEMBERS:
        value = payload.get(member)
        if value is None:
            payload.pop(member, None)
        elif not isinstance(value, dict):
            findings.append(Finding(id="type/wrong-type", path=(member,), expected="an object", value=value))
            payload[member] = {}
            yield member
    own = "traits" if call in ("identify", "group") else "properties"
    if call != "alias":
        payload.setdefault(own, {})


def _event_name(call: str, payload: Mapping[str, Any]) -> Iterator[Finding]:
    event = payload.get("event", UNSET)
    if call == "track" and not (isinstance(event, str) and event):
        yield Finding(id="payload/missing-event-name", path=("event",), expected="the name of the event", value=event)
    elif call != "track" and event not in (UNSET, None):
        article = "an" if call[0] in "aeiou" else "a"
        expected = f"left out of {article} {call} call"
        yield Finding(id="payload/wrong-envelope", path=("event",), expected=expected, value=event, severity=Severity.note)


def _identity(call: str, payload: Mapping[str, Any]) -> Iterator[Finding]:
    ids = {field: payload.get(field) for field in ("userId", "anonymousId")}
    for field, value in ids.items():
        if value is not None and not isinstance(value, str):
            yield Finding(id="payload/wrong-envelope", path=(field,), expected="a string", value=value)
    if all(value in (None, "") for value in ids.values()):
        got = "only empty ones" if any(field in payload for field in ids) else "neither"
        yield Finding(id="payload/missing-identity", path=("userId",), actual=got)
    elif call == "alias" and ids["userId"] in (None, ""):
        expected = "the id that the user has from now on"
        yield Finding(id="payload/wrong-envelope", path=("userId",), expected=expected, value=payload.get("userId", UNSET))
    elif ids["userId"] == "":
        expected = "left out or name the user"
        yield Finding(id="payload/wrong-envelope", path=("userId",), expected=expected, value="", severity=Severity.warning)


def _group_id(call: str, payload: Mapping[str, Any]) -> Iterator[Finding]:
    if call != "group":
        return
    value = payload.get("groupId", UNSET)
    if value in (UNSET, None, ""):
        yield Finding(id="payload/missing-group-id", path=("groupId",), expected="the id of the group", value=value)
    elif not isinstance(value, str):
        yield Finding(id="payload/wrong-envelope", path=("groupId",), expected="a string", value=value)


def _other_texts(call: str, payload: Mapping[str, Any]) -> Iterator[Finding]:
    fields = ("messageId", "name", "category") if call in ("page", "screen") else ("messageId",)
    for field in (*fields, "previousId") if call == "alias" else fields:
        value = payload.get(field)
        if value is not None and not isinstance(value, str):
            yield Finding(id="payload/wrong-envelope", path=(field,), expected="a string", value=value)


def _times(call: str, payload: Mapping[str, Any]) -> Iterator[Finding]:
    for field in TIMES:
        value = payload.get(field)
        if value is not None and not (isinstance(value, str) and formats.is_envelope_time(value)):
            expected = "an ISO 8601 date-time such as 2024-01-15T10:30:00Z"
            yield Finding(id="payload/bad-timestamp", path=(field,), expected=expected, value=value)


ENVELOPE: tuple[Callable[[str, Mapping[str, Any]], Iterator[Finding]], ...] = (_event_name, _identity, _group_id, _other_texts, _times)


def too_long(id: str, path: Path, text: str, most: int) -> Iterator[Finding]:
    """A finding of a `limit` kind where `text` has more than `most` characters."""
    if len(text) > most:
        yield Finding(id=id, path=path, expected=f"at most {counted(most, 'character')}", value=text, actual=str(len(text)))
