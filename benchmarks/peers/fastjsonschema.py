"""fastjsonschema: makes Python code of a draft-07 schema. It asserts formats unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.peers.library import Count, Library, judged_by, with_orjson


def counter(schemas: Mapping[str, Any]) -> Count:
    import fastjsonschema

    def check(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
        validate = fastjsonschema.compile(schema, use_default=False)  # without detailed exceptions 2.22.3 has no const

        def is_valid(event: Any) -> bool:
            try:
                validate(event)
            except fastjsonschema.JsonSchemaValueException:
                return False
            return True

        return is_valid

    return judged_by({event: check(schema) for event, schema in schemas.items()})


LIBRARY = Library("fastjsonschema", ("fastjsonschema", "orjson"), with_orjson, counter, draft="7")
