"""Three validators that know nothing of each other, asked for their verdicts on the same schema and values."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import jsonschema_rs
import pytest
from node import modules, needs_node, program

from protocols import formats

PACKAGES = ("ajv@8.20.0", "ajv-formats@3.0.1")
_SCRIPT = Path(__file__).with_name("ajv.mjs")

_PYTHON = {"2020-12": jsonschema.Draft202012Validator, "7": jsonschema.Draft7Validator}
_RUST = {"2020-12": jsonschema_rs.Draft202012Validator, "7": jsonschema_rs.Draft7Validator}


class Case(NamedTuple):
    """A schema of one draft and the values to judge by it."""

    draft: str
    schema: Any
    values: Sequence[Any]


def python(case: Case) -> list[bool]:
    """`jsonschema`; the formats it cannot check without further packages are the package's own."""
    _PYTHON[case.draft].check_schema(case.schema)
    validator = _PYTHON[case.draft](case.schema, format_checker=_checker())
    return [validator.is_valid(value) for value in case.values]


def rust(case: Case) -> list[bool]:
    """`jsonschema-rs`."""
    validator = _RUST[case.draft](case.schema, validate_formats=True, offline=True)
    return [validator.is_valid(value) for value in case.values]


def ajv(cases: Sequence[Case]) -> list[list[bool]]:
    """`ajv` with `ajv-formats`, all cases in one process of node. Its schemas and values have gone through JSON.

    Without node and npm the test fails, unless PROTOCOLS_WITHOUT_NODE=1 says that this is known.
    """
    needs_node("the verdicts of ajv were not compared")
    sent = json.dumps([case._asdict() for case in cases], allow_nan=False)
    run = subprocess.run(
        [program("node"), str(_SCRIPT), str(modules(*PACKAGES))], input=sent, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if run.returncode != 0:
        pytest.fail(f"ajv.mjs ended with {run.returncode}\n{run.stderr}")
    answers = json.loads(run.stdout)
    refused = [answer["refused"] for answer in answers if isinstance(answer, dict)]
    if refused:
        pytest.fail(f"ajv does not compile a schema: {refused[0]}")
    return answers


@cache
def _checker() -> jsonschema.FormatChecker:
    checker = jsonschema.FormatChecker(formats=())
    for format in formats.FORMATS:
        checker.checks(format)(lambda value, format=format: not isinstance(value, str) or formats.matches(format, value))
    return checker
