"""Random plans as bundles, and random events as bytes: close to what the plan asks for, and damaged in every way JSON allows.

A seed settles everything, so a failing row can be run again. Nothing here asks the engine what is right.
"""

from __future__ import annotations

import json
import math
import random
from typing import Any

from protocols.plan.model import Limits
from protocols.schema.envelope import envelope
from protocols.violations import CALLS

Json = Any

NAMES = ["a", "b", "price", "order_id", "Feed Type", "naïve", "x.y", "$k", "currency", "id"]
PATTERNS = [
    *(
        "^[A-Z]{3}$",
        "^(?:Email|Google)$",
        r"^\d+\.\d{2}$",
        "^[a-z]+(_[a-z]+)*$",
        "o",
        "^a.*c$",
        r"\s",
        "^(a+)+$",
        r"^\w*$",
        "[^a]",
        "^é",
        "^a?b?$",
    ),
]
FORMAT_NAMES = ["date-time", "date", "time", "email", "uri", "uuid", "ipv4", "ipv6", "hostname"]
TEXTS = [
    *(
        "",
        "a",
        "ab",
        "USD",
        "usd",
        "USD\n",
        "Email",
        "12.50",
        "snake_case",
        "aXc",
        "é",
        "😀😀",
        "٣",
        " ",
        "foo",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
    ),
    *(
        "2024-01-15T10:30:00Z",
        "2024-02-30T10:30:00Z",
        "2024-01-15",
        "10:30:00Z",
        "ada@example.com",
        "https://a.example/x",
        "192.0.2.1",
        "::1",
    ),
    *("123e4567-e89b-12d3-a456-426614174000", "www.example.com", "1:2:3:4:5:6:7:8", "\u2028", "\x7f", 'a"b\\c'),
]
NUMBERS = [
    0,
    1,
    2,
    3,
    5,
    7,
    10,
    100,
    -1,
    -5,
    0.5,
    1.5,
    2.0,
    3.25,
    -0.0,
    1e3,
    2**53,
    2**53 + 1,
    -(2**53),
    2**63,
    2**64,
    10**30,
    1e300,
    0.1,
    19.99,
]
EVENTS = ["Order Completed", "Signed Up", 'Wrong "Quoted"', "Ünïcode", "Old", "Page"]
OTHER_NAMES = ["A", "Price", "extra", "x_41234", "x" * 12, "y" * 13, "", "😀", "order_id ", "line\nbreak"]


def shape(rng: random.Random, depth: int = 2) -> dict[str, Json]:
    """A node as compiled plans have them."""
    node: dict[str, Json] = {"x-origin": "plan.yaml:1:1"}
    roll = rng.random()
    if roll < 0.08:
        return node
    if roll < 0.2:
        node["enum"] = rng.sample([*TEXTS[:8], 1, 2, 2.0, 0.5, None, True, False, [1], {"a": 1}, 2**53], rng.randint(1, 4))
        if rng.random() < 0.4:
            node["type"] = rng.choice(["string", "integer", "number", ["string", "null"], "boolean"])
        return node
    if roll < 0.25:
        node["const"] = rng.choice(["USD", 1, 2.0, None, True, "x", 1.5])
        return node
    types = ["string", "integer", "number", "boolean", "null", *(["object", "object", "array"] if depth else [])]
    chosen = list(dict.fromkeys(rng.choices(types, k=rng.choice([1, 1, 1, 2, 3]))))
    if rng.random() > 0.05:
        node["type"] = chosen[0] if len(chosen) == 1 else chosen
    else:
        chosen = types
    for name in chosen:
        _KEYWORDS[name](rng, node, depth)
    if rng.random() < 0.03:
        node["allOf"] = [{"type": "string", "x-origin": "plan.yaml:1:1"}]
    if rng.random() < 0.04:
        node["x-status"] = "deprecated"
    return node


def _string(rng: random.Random, node: dict[str, Json], depth: int) -> None:
    roll = rng.random()
    if roll < 0.3:
        node["pattern"] = rng.choice(PATTERNS)
    elif roll < 0.5:
        node["format"] = rng.choice(FORMAT_NAMES)
    if rng.random() < 0.3:
        node[rng.choice(["minLength", "maxLength"])] = rng.choice([0, 1, 2, 3, 5.0, 30])


def _number(rng: random.Random, node: dict[str, Json], depth: int) -> None:
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        if rng.random() < 0.2:
            node[keyword] = rng.choice(NUMBERS)
    if rng.random() < 0.15:
        node["multipleOf"] = rng.choice([1, 2, 3, 5, 0.5, 0.01, 2.0, 10**20])


def _array(rng: random.Random, node: dict[str, Json], depth: int) -> None:
    if rng.random() < 0.7:
        node["items"] = shape(rng, depth - 1)
    for keyword in ("minItems", "maxItems"):
        if rng.random() < 0.2:
            node[keyword] = rng.randint(0, 3)
    if rng.random() < 0.1:
        node["uniqueItems"] = True


def _object(rng: random.Random, node: dict[str, Json], depth: int) -> None:
    if rng.random() < 0.8:
        node["properties"] = {name: shape(rng, depth - 1) for name in rng.sample(NAMES, rng.randint(0, 4))}
        required = [name for name in node["properties"] if rng.random() < 0.35]
        if rng.random() < 0.03:
            required.append("undescribed")
        if required:
            node["required"] = required
    roll = rng.random()
    if roll < 0.4 and "properties" in node:
        node["x-unplanned"] = rng.choice(["error", "warning", "note", "off", "off"])
        if node["x-unplanned"] == "error":
            node["additionalProperties"] = False
    elif roll < 0.5:
        node["additionalProperties"] = rng.choice([True, False, shape(rng, depth - 1)])
        if node["additionalProperties"] is False:
            node["x-unplanned"] = "error"
    for keyword in ("minProperties", "maxProperties"):
        if rng.random() < 0.08:
            node[keyword] = rng.randint(0, 4)


_KEYWORDS: dict[str, Any] = {
    "string": _string,
    "integer": _number,
    "number": _number,
    "boolean": lambda rng, node, depth: None,
    "null": lambda rng, node, depth: None,
    "array": _array,
    "object": _object,
}


def member_shape(rng: random.Random) -> dict[str, Json]:
    """What `properties`, `traits` or `context` is: always an object."""
    node: dict[str, Json] = {"type": "object", "x-origin": "plan.yaml:1:1"}
    _object(rng, node, 2)
    return node


def schema(rng: random.Random, call: str, event: str | None) -> dict[str, Json]:
    properties: dict[str, Json] = {"type": {"const": call}}
    required = ["type"]
    if event is not None and call == "track":
        properties["event"] = {"const": event}
        required.append("event")
    elif event is not None:
        properties["name"] = {"enum": [event, None, ""]}
    for member, chance in (("properties", 0.9), ("traits", 0.3), ("context", 0.3)):
        own = "traits" if call in ("identify", "group") else "properties"
        if rng.random() < (0.9 if member == own else chance if member == "context" else 0.15):
            properties[member] = member_shape(rng)
            if member == "context":
                properties[member].pop("x-unplanned", None)
            if properties[member].get("required") or rng.random() < 0.1:
                required.append(member)
    raws = [{"required": ["messageId"], "x-origin": "plan.yaml:1:1"}] if rng.random() < 0.04 else []
    return {
        "title": "t",
        "type": "object",
        "x-origin": "plan.yaml:1:1",
        "allOf": [{"$ref": "#/$defs/envelope"}, *raws],
        "properties": properties,
        "required": required,
    }


def bundle(rng: random.Random) -> dict[str, Json]:
    """A bundle with two to four planned events, versions among them, and perhaps named pages."""
    limits = {
        "event_name": 20,
        "property_name": 12,
        "event_bytes": 4000,
        "batch_bytes": 500_000,
        "message_id": 10,
        "properties": 6,
        "depth": 6,
    }
    defs: dict[str, Json] = {"envelope": envelope(Limits(**limits))}
    calls: dict[str, Json] = {}
    for call in CALLS:
        defs[call] = schema(rng, call, None)
        names = (
            rng.sample(EVENTS, rng.randint(2, 4))
            if call == "track"
            else rng.sample(EVENTS, 1)
            if call == "page" and rng.random() < 0.5
            else []
        )
        calls[call] = {"section": call, "unplanned": {}, "severity": {}, "events": {name: _event(rng, defs, call, name) for name in names}}
    settings = {
        "format": 1,
        "plan": {"name": "p", "version": "1", "files": []},
        "naming": {"properties": {"cases": ["snake"], "pattern": None, "order": None, "allow": []}} if rng.random() < 0.3 else {},
        "limits": limits,
        "unplanned": {"events": "error", "properties": "warning", "traits": "off", "versions": "warning", "destinations": "warning"},
        "severity": rng.choice([{}, {}, {}, {"naming": "off"}, {"unplanned/unplanned-trait": "error"}]),
        "destinations": rng.choice([None, None, ["Mixpanel", "Google Analytics"]]),
        "default_version": "oldest",
        "calls": calls,
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "x-protocols": settings, "$defs": defs}


def _event(rng: random.Random, defs: dict[str, Json], call: str, name: str) -> dict[str, Json]:
    versions = sorted(rng.sample([1, 2, 3, 10], rng.randint(1, 3))) if rng.random() < 0.3 else [None]
    keys = {version: f"{call}/{name}" + (f"@{version}" if version is not None else "") for version in versions}
    for key in keys.values():
        defs[key] = schema(rng, call, name)
    return {
        "versions": [[version, key] for version, key in keys.items()],
        "default": rng.choice(versions),
        "origin": "plan.yaml:1:1",
        "status": "deprecated" if rng.random() < 0.05 else None,
        "replaced_by": None,
        "owners": [],
        "labels": {},
        "bodies": {
            key: {"status": "deprecated" if rng.random() < 0.05 else None, "unplanned": {}, "severity": {}} for key in keys.values()
        },
    }


# Values.


def fitting(rng: random.Random, node: dict[str, Json]) -> Json:
    """A value that probably fits the node: most keywords are followed, odd combinations are not."""
    if "enum" in node:
        return rng.choice(node["enum"])
    if "const" in node:
        return node["const"]
    types = node.get("type", ["string", "integer", "null"])
    name = rng.choice(types) if isinstance(types, list) else types
    match name:
        case "string":
            return _fitting_text(rng, node)
        case "integer" | "number":
            return _fitting_number(rng, node, name)
        case "boolean":
            return rng.random() < 0.5
        case "null":
            return None
        case "array":
            least = node.get("minItems", 0)
            count = max(least, min(node.get("maxItems", 2), rng.randint(0, 2)))
            return [fitting(rng, node.get("items", {})) for _ in range(count)]
        case _:
            return fitting_object(rng, node)


def fitting_object(rng: random.Random, node: dict[str, Json]) -> dict[str, Json]:
    value = {}
    for name, member in node.get("properties", {}).items():
        if name in node.get("required", []) or (rng.random() < 0.6 and member.get("x-status") != "deprecated"):
            value[name] = fitting(rng, member)
    more = node.get("additionalProperties")
    if isinstance(more, dict):
        value.update({name: fitting(rng, more) for name in rng.sample(NAMES, rng.randint(0, 2)) if name not in value})
    elif more is not False and node.get("x-unplanned", "off") == "off" and rng.random() < 0.2:
        value[rng.choice(OTHER_NAMES)] = rng.choice([1, "x", None, [[]], {"deep": {"deeper": [1]}}])
    return value


_FORMAT_TEXTS = dict(
    zip(
        FORMAT_NAMES,
        [
            *("2024-01-15T10:30:00Z", "2024-01-15", "10:30:00Z", "ada@example.com", "https://a.example/x"),
            *("123e4567-e89b-12d3-a456-426614174000", "192.0.2.1", "1:2:3:4:5:6:7:8", "www.example.com"),
        ],
        strict=True,
    )
)
_PATTERN_TEXTS = {
    "^[A-Z]{3}$": "USD",
    "^(?:Email|Google)$": "Email",
    r"^\d+\.\d{2}$": "12.50",
    "^[a-z]+(_[a-z]+)*$": "snake_case",
    "o": "foo",
    "^a.*c$": "aXc",
    r"\s": "a b",
    "^(a+)+$": "aaa",
    r"^\w*$": "ab",
    "[^a]": "b",
    "^é": "é",
    "^a?b?$": "ab",
}


def _fitting_text(rng: random.Random, node: dict[str, Json]) -> str:
    if "format" in node:
        return _FORMAT_TEXTS[node["format"]]
    if "pattern" in node:
        return _PATTERN_TEXTS[node["pattern"]]
    least, most = int(node.get("minLength", 0)), int(node.get("maxLength", 8))
    return "".join(rng.choices("abé 😀Z", k=max(least, min(most, rng.randint(0, 6)))))


def _fitting_number(rng: random.Random, node: dict[str, Json], name: str) -> int | float:
    least = max(node.get("minimum", -math.inf), node.get("exclusiveMinimum", -math.inf))
    most = min(node.get("maximum", math.inf), node.get("exclusiveMaximum", math.inf))
    if least == -math.inf:
        least = min(most - 10, 0) if most < math.inf else 0
    number = math.ceil(least) + rng.choice([0, 1, 2])
    if name == "number" and rng.random() < 0.5:
        return number + rng.choice([0.5, 0.25, 0.0])
    return number


def event(rng: random.Random, plan: dict[str, Json]) -> dict[str, Json]:
    """A payload that probably has nothing wrong."""
    calls = plan["x-protocols"]["calls"]
    call = rng.choice([*CALLS, "track", "track", "track", "track"])
    entry, name, version, key = None, None, None, call
    if calls[call]["events"] and (call == "track" or rng.random() < 0.7):
        name, entry = rng.choice(list(calls[call]["events"].items()))
        version, key = rng.choice(entry["versions"])
    node = plan["$defs"][key]
    payload: dict[str, Json] = {"type": call}
    if name is not None:
        payload["event" if call == "track" else "name"] = name
    elif call == "track":
        payload["event"] = "Unheard Of"
    elif call in ("page", "screen") and rng.random() < 0.6:
        payload["name"] = rng.choice(["Home", "", None])
    payload |= rng.choice([{"userId": "u"}, {"anonymousId": "a", "userId": None}, {"userId": "u", "anonymousId": "a"}])
    if call == "alias":
        payload["userId"] = "u"
    if call == "group":
        payload["groupId"] = "g"
    for field, value in {
        "messageId": "m1",
        "timestamp": rng.choice(["2024-01-15T10:30:00Z", "2024-01-15 10:30:00+0100", None]),
        "integrations": rng.choice([{}, {"All": True}, {"Mixpanel": {"a": [1]}}, None]),
        "channel": "web",
    }.items():
        if rng.random() < 0.5:
            payload[field] = value
    for member in ("properties", "traits", "context"):
        described = node["properties"].get(member)
        if described is not None and (member in node["required"] or rng.random() < 0.8):
            payload[member] = fitting_object(rng, described)
        elif rng.random() < 0.2:
            payload[member] = rng.choice([{}, None, {"a": 1}] if member != "context" else [{}, None, {"ip": "::1", "app": {"v": 1}}])
    if version is not None and (rng.random() < 0.8):
        payload["context"] = {
            **(payload.get("context") or {}),
            "protocols": {"event_version": rng.choice([version, version, version, 4, float(version), None])},
        }
    return payload


def damaged(rng: random.Random, payload: dict[str, Json]) -> dict[str, Json]:
    """The payload with something changed, anywhere."""
    copy: dict[str, Json] = json.loads(json.dumps(payload))
    places = list(_places(copy))
    holder, key = rng.choice(places)
    match rng.randint(0, 6):
        case 0:
            del holder[key]
        case 1 | 2:
            holder[key] = rng.choice([None, True, "", rng.choice(TEXTS), rng.choice(NUMBERS), [], {}, [1, 1], {"a": {"b": 1}}, "x" * 40])
        case 3 if isinstance(holder, dict):
            holder[rng.choice([*OTHER_NAMES, *NAMES])] = rng.choice([1, None, "x"])
        case 4:
            copy[
                rng.choice(["user_id", "sent_at", "action", "previous_id", "event", "name", "userID", "groupId", "category", "previousId"])
            ] = rng.choice(["x", "", None, 5])
        case 5:
            holder[key] = json.loads("[" * 8 + "]" * 8)
        case _:
            copy[rng.choice(["userId", "anonymousId", "timestamp", "messageId", "integrations", "context", "type"])] = rng.choice(
                [
                    "",
                    None,
                    5,
                    "2024-01-15",
                    "2024-01-15T10:30:60Z",
                    {"Other": 1},
                    "Track",
                    {"traits": {"a": 1}},
                    {"protocols": 1},
                    "0000-01-01T00:00Z",
                ]
            )
    return copy


def _places(value: Json) -> list[tuple[Json, Json]]:
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    return [(value, key) for key, _ in items] + [place for _, inner in items for place in _places(inner)]


# Texts.


def text(rng: random.Random, value: Json) -> bytes:
    """The value as JSON, written in one of the many ways there are; now and then not quite JSON."""
    plain = rng.random() < 0.4
    written = json.dumps(value, ensure_ascii=rng.random() < 0.3, separators=(",", ":")) if plain else _write(rng, value)
    raw = written.encode("utf-8", "surrogatepass")
    roll = rng.random()
    if roll < 0.04:
        return _broken(rng, raw)
    return raw


def _write(rng: random.Random, value: Json) -> str:
    blank = rng.choice(["", "", "", " ", "\n", "\t \r"])
    match value:
        case dict():
            members = [(key, member) for key, member in value.items()]
            rng.shuffle(members)
            if members and rng.random() < 0.05:
                key, member = rng.choice(members)
                members.insert(rng.randint(0, len(members)), (key, rng.choice([member, None, 1, "x", {}])))
            return (
                "{"
                + blank
                + ",".join(f"{_write_text(rng, key)}{blank}:{blank}{_write(rng, member)}" for key, member in members)
                + blank
                + "}"
            )
        case list():
            return "[" + blank + ("," + blank).join(_write(rng, item) for item in value) + "]"
        case str():
            return _write_text(rng, value)
        case bool() | None:
            return json.dumps(value)
        case _:
            return _write_number(rng, value)


def _write_text(rng: random.Random, text: str) -> str:
    if rng.random() < 0.9:
        return json.dumps(text, ensure_ascii=rng.random() < 0.3)
    escaped = "".join(f"\\u{unit:04x}" for unit in _units(text))
    return f'"{escaped}' + rng.choice(["", "", "", "\\ud83d", "\\udc00x"]) + '"'


def _units(text: str) -> list[int]:
    raw = text.encode("utf-16-be", "surrogatepass")
    return [raw[at] << 8 | raw[at + 1] for at in range(0, len(raw), 2)]


def _write_number(rng: random.Random, number: int | float) -> str:
    if rng.random() < 0.9:
        return json.dumps(number)
    if isinstance(number, int):
        return rng.choice(
            [f"{number}.0", f"{number}e0", f"{number}E+00", f"{number}000e-3", "1e400", "-0", f"{number}.00000000000000000001", "9" * 400]
        )
    return rng.choice([repr(number), f"{number:.20f}" if abs(number) < 1e15 else repr(number), "-1e400", "1E-400"])


def _broken(rng: random.Random, raw: bytes) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return rng.choice(
        [
            raw[:at],
            raw[:at] + bytes([rng.randrange(256)]) + raw[at:],
            raw[:at] + b"\xed\xa0\x80" + raw[at:],
            raw[:at] + b"\xff" + raw[at + 1 :],
            b"\xef\xbb\xbf" + raw,
            raw + b" x",
            raw + b"\n",
            raw + b"\x00",
            raw.replace(b"1", b"NaN", 1),
            b"",
            b"\n",
            b"[" * 2000,
        ]
    )
