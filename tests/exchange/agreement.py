"""Whether an imported plan gives a payload the verdict that the foreign rule gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema

from protocols.exchange import read
from protocols.plan import load_text
from protocols.plan.write import dump
from protocols.schema import compile_plan, standalone
from protocols.schema.keys import key


def imported_bundle(content: bytes) -> dict[str, Any]:
    """The bundle of the plan that is read back from what an import writes."""
    return compile_plan(load_text(dump(read(content, "plan")[1].tree)))


def ours(bundle: Mapping[str, Any], call: str, name: str | None = None, version: int | None = None) -> Any:
    """A judge of payloads by the compiled schema of one call, event and version."""
    return jsonschema.Draft202012Validator(standalone(bundle, key(call, name, version)))


def theirs(schema: Any) -> Any:
    """A judge of payloads by a rule's schema over the whole message, as a lenient reader of draft-07 applies it."""
    return jsonschema.Draft7Validator(lenient(schema))


def lenient(schema: Any, names: bool = False) -> Any:
    """What a reader makes of a faulty schema that refuses none: what is no schema there asks for nothing."""
    if isinstance(schema, list):
        return [lenient(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: value
        if key in ("enum", "const", "required") and not names
        else lenient(value, not names and key in ("properties", "patternProperties"))
        for key, value in schema.items()
        if names or not _asks_for_nothing(key, value)
    }


def _asks_for_nothing(key: str, value: Any) -> bool:
    if key == "type":
        return value == "any" or (isinstance(value, list) and "any" in value)
    return (key == "required" and not isinstance(value, list)) or key in ("id", "$schema", "eventMetadata", "labels")


def payload(call: str, members: Mapping[str, Any], name: str | None = None) -> dict[str, Any]:
    """A payload with everything around its members in order. A context is always there, as in whatever Segment has taken in."""
    event = {"event": name} if call == "track" else {"groupId": "g1"} if call == "group" else {}
    return {"type": call, **event, "userId": "u1", "context": {}, **members}


def disagreements(mine: Any, other: Any, payloads: Iterator[dict[str, Any]]) -> list[tuple[bool, bool, dict[str, Any]]]:
    """Our verdict, theirs, and the payload, where the two are not the same."""
    verdicts = ((mine.is_valid(payload), other.is_valid(payload), payload) for payload in payloads)
    return [(one, two, payload) for one, two, payload in verdicts if one is not two]
