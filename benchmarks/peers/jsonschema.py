"""jsonschema: the reference implementation, in pure Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.peers.library import Count, Library, judged_by, with_orjson


def counter(schemas: Mapping[str, Any]) -> Count:
    from jsonschema import Draft202012Validator as Validator

    formats = Validator.FORMAT_CHECKER
    return judged_by({event: Validator(schema, format_checker=formats).is_valid for event, schema in schemas.items()})


LIBRARY = Library("jsonschema", ("jsonschema", "orjson"), with_orjson, counter)
