"""The official JSON Schema test suite, for every keyword that plans can use: both engines give its verdicts, without exception.

What the first stage takes must be valid by the suite.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from official_suite import Case, cases

from protocols.engine.reference import Reference
from protocols.engine.types import Inexact, type_of
from protocols.formats import FORMATS

KEYWORDS = [
    *("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "properties", "required", "additionalProperties", "minProperties", "maxProperties"),
    *("items", "minItems", "maxItems", "uniqueItems", "allOf", "anyOf", "oneOf", "not", "if-then-else", "contains", "propertyNames"),
    *("patternProperties", "infinite-loop-detection", "boolean_schema", "default"),
]
FILES = [
    *(
        ("draft2020-12", f"{name}.json")
        for name in [*KEYWORDS, "dependentRequired", "dependentSchemas", "prefixItems", "minContains", "maxContains"]
    ),
    *(("draft7", f"{name}.json") for name in [*KEYWORDS, "dependencies", "additionalItems"]),
    *(
        (draft, f"optional/format/{name}.json")
        for draft in ("draft2020-12", "draft7")
        for name in FORMATS
        if (draft, name) != ("draft7", "uuid")
    ),
    *((draft, f"optional/{name}.json") for draft in ("draft2020-12", "draft7") for name in ("bignum", "float-overflow", "non-bmp-regex")),
]


def rust(schema: Any) -> Any:
    """As the second stage asks jsonschema-rs."""
    is_draft7 = isinstance(schema, dict) and "draft-07" in schema.get("$schema", "")
    engine = jsonschema_rs.Draft7Validator if is_draft7 else jsonschema_rs.Draft202012Validator
    return engine(schema, validate_formats=True, pattern_options=jsonschema_rs.RegexOptions(), offline=True).is_valid


def reference(schema: Any) -> Any:
    return Reference(schema).is_valid


ENGINES = {"explain": rust, "reference": reference}


def with_dialect(case: Case, draft: str) -> Any:
    """Draft-07 cases do not say their dialect."""
    if draft == "draft7" and isinstance(case.schema, dict):
        return {"$schema": "http://json-schema.org/draft-07/schema#", **case.schema}
    return case.schema


def differing(engine: str, draft: str, file: str) -> Iterator[str]:
    for case in cases(draft, file):
        if ENGINES[engine](with_dialect(case, draft))(case.value) is not case.valid:
            yield case.name


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("draft", "file"), FILES)
def test_verdicts_are_those_of_the_suite(engine: str, draft: str, file: str) -> None:
    assert list(differing(engine, draft, file)) == []


def test_the_first_stage_takes_nothing_that_the_suite_calls_invalid() -> None:
    taken = refused = 0
    for draft, file in FILES:
        for case in cases(draft, file):
            schema = {k: v for k, v in case.schema.items() if k != "$schema"} if isinstance(case.schema, dict) else case.schema
            try:
                decoder = msgspec.json.Decoder(type_of(schema))
            except Inexact:
                refused += 1
                continue
            try:
                decoder.decode(json.dumps(case.value).encode())
            except msgspec.DecodeError:
                continue
            taken += 1
            assert case.valid, case.name
    assert (taken > 250, refused > 300) == (True, True), (taken, refused)
