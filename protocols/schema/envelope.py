"""What every call has to be, whatever it says: the fields around an event.

The schema is over the normalised payload: legacy fields have their present names, `type` is in lower case, and
`properties`, `traits`, `context` and `integrations` are left out rather than null. Facts: the common fields of the
Segment spec; an id of at most 100 characters is the documented limit of `messageId`.
"""

from __future__ import annotations

import copy
from typing import Any

from protocols.formats import ENVELOPE_TIME
from protocols.plan.model import Limits
from protocols.violations import CALLS

TIMES = ("timestamp", "sentAt", "originalTimestamp", "receivedAt")

_TEXT = {"type": ["string", "null"]}
_OBJECT = {"type": "object"}
_SAID = {"type": ["string", "number"], "minLength": 1}
"""An id that says who it was. A number does, though it has the wrong type: one mistake is one error."""

_CALLS: dict[str, dict[str, Any]] = {
    "track": {"required": ["event"], "properties": {"event": {"type": "string", "minLength": 1}}},
    "page": {"properties": {"name": _TEXT, "category": _TEXT}},
    "screen": {"properties": {"name": _TEXT, "category": _TEXT}},
    "group": {"required": ["groupId"], "properties": {"groupId": {"type": "string", "minLength": 1}}},
    "alias": {"required": ["userId"], "properties": {"userId": _SAID, "previousId": _TEXT}},
}
"""What one call asks for beyond what all do."""


def envelope(limits: Limits) -> dict[str, Any]:
    """The schema that every other schema of a bundle refers to.

    What single calls ask for stands here as if/then and not in their own schemas: the engine says what is wrong with
    an envelope in better words than a schema can, and to do so it leaves out this one reference and nothing else.
    """
    schema = {
        "title": "Envelope",
        "description": "What every call has to be, whatever it says.",
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"enum": list(CALLS)},
            "messageId": {"type": ["string", "null"], "maxLength": limits.message_id},
            "userId": _TEXT,
            "anonymousId": _TEXT,
            "properties": _OBJECT,
            "traits": _OBJECT,
            "context": _OBJECT,
            "integrations": {"type": ["object", "null"]},
        },
        "patternProperties": {f"^(?:{'|'.join(TIMES)})$": {"type": ["string", "null"], "pattern": ENVELOPE_TIME}},
        "anyOf": [{"required": [field], "properties": {field: _SAID}} for field in ("userId", "anonymousId")],
        "allOf": [{"if": {"required": ["type"], "properties": {"type": {"const": call}}}, "then": then} for call, then in _CALLS.items()],
    }
    return copy.deepcopy(schema)
