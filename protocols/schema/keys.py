"""What the schemas of a bundle are called: keys of `$defs`, and references."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from protocols.violations import to_pointer

_LOOKS_VERSIONED = re.compile(r"@-?[0-9]+@*\Z")


def key(call: str, event: str | None = None, version: int | None = None) -> str:
    """`track`, `track/Order Completed`, `track/Signed Up@2`.

    No two events share a key: an event without versions whose name ends like a version (`Plan@2`) gets one `@` more.
    """
    if event is None:
        return call
    if version is not None:
        return f"{call}/{event}@{version}"
    return f"{call}/{event}@" if _LOOKS_VERSIONED.search(event) else f"{call}/{event}"


def reference(key: str) -> dict[str, str]:
    """`{"$ref": ...}` to a key of `$defs`: a JSON Pointer (RFC 6901) written as a URI fragment (RFC 3986)."""
    return {"$ref": "#" + quote(to_pointer(["$defs", key]), safe="/$@")}


def apart(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema with its `$ref` moved to the end of `allOf` where it has neighbours."""
    if "$ref" not in schema or len(schema) == 1:
        return schema
    rest = {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
    return {**rest, "allOf": [*rest.get("allOf", ()), {"$ref": schema["$ref"]}]}
