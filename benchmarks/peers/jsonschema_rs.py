"""jsonschema-rs: a compiled validator in Rust that walks Python's objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.peers.library import Count, Library, judged_by, with_orjson


def counter(schemas: Mapping[str, Any]) -> Count:
    from jsonschema_rs import Draft202012Validator as Validator

    return judged_by({event: Validator(schema, validate_formats=True).is_valid for event, schema in schemas.items()})


LIBRARY = Library("jsonschema-rs", ("jsonschema-rs", "orjson"), with_orjson, counter)
