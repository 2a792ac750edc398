"""The schema of plan files as editors want it, made from the one that the loader goes by.

Editors show `description` over a key and beside a proposal, `enumDescriptions` beside each word that a value may be, and
propose `defaultSnippets`. Our own marks and titles are left out: a title is shown over everything below it. An
`errorMessage` stands in place of all that an editor says of a value by itself, so a mapping of known keys has none: that a
key of it is not known is what matters.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from protocols import names
from protocols.formats import FORMATS
from protocols.plan.grammar import FORMAT, grammar
from protocols.plan.library import bundled

Schema = dict[str, Any]


def format_schema() -> Schema:
    """The JSON Schema (draft-07) of plan files, for editors. A dict of its own that may be changed."""
    schema = _for_editors(grammar())
    schema["properties"]["protocols"]["errorMessage"] = f"{FORMAT} is the version of the plan format"
    schema["properties"]["extends"]["items"]["defaultSnippets"] = [{"label": name, "body": name} for name in bundled()]
    schema["properties"]["events"]["defaultSnippets"] = [_EVENT]
    return schema


_EVENT = {
    "label": "an event",
    "description": "An event with one property.",
    "body": {
        "${1:Report Exported}": {
            "description": "${2:When it is sent.}",
            "properties": {"${3:report_id}": {"type": "${4:string}", "required": True, "description": "${5:What it means.}"}},
        }
    },
}

_OURS = frozenset({"title", "anyOf", "x-name"})
_OF_SCHEMAS = frozenset({"properties", "patternProperties", "definitions"})
_OF_LISTS = ("items", "minItems", "uniqueItems")


def _for_editors(schema: Mapping[str, Any]) -> Schema:
    alternatives = _alternatives(schema)
    left_out = {*_OURS, *(_OF_LISTS if alternatives else ()), *(["errorMessage"] if "properties" in schema else [])}
    made: Schema = {}
    for key, value in schema.items():
        if key in _OF_SCHEMAS:
            made[key] = {name: _for_editors(inner) for name, inner in value.items()}
        elif key not in left_out:
            made[key] = _inner(value)
    return made | _words(schema.get("enum")) | alternatives | _marked_up(schema)


def _inner(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _for_editors(value)
    return [_inner(item) for item in value] if isinstance(value, list) else value


def _alternatives(schema: Mapping[str, Any]) -> Schema:
    """A value that may be one word, or something of another type: whatever it is not, the same is said of it.

    What the items of a list are is said with the list alone: of a value that has items, editors propose no words.
    """
    parts = schema.get("anyOf") or ([{"type": "string"}, {"type": "array"}] if schema.get("type") == ["string", "array"] else [])
    items = {key: _inner(schema[key]) for key in _OF_LISTS if key in schema}
    said = {"errorMessage": schema["errorMessage"]} if "errorMessage" in schema else {}
    made = [{**_for_editors(part), **(items if part.get("type") == "array" else {}), **said} for part in parts]
    return {"anyOf": made} if made else {}


def _words(words: Any) -> Schema:
    """What each of these words means."""
    known = _meanings()
    return {"enumDescriptions": [known.get(word, "") for word in words]} if any(word in known for word in words or ()) else {}


def _marked_up(schema: Mapping[str, Any]) -> Schema:
    """Editors show a description to the letter, and only what is called Markdown as such."""
    text = schema.get("description")
    return {"markdownDescription": text} if isinstance(text, str) and "`" in text else {}


@functools.cache
def _meanings() -> Mapping[str, str]:
    return dict(_all_meanings())


def _all_meanings() -> Iterator[tuple[str, str]]:
    for case in names.CASES:
        yield case, f"{names.CASES[case].noun}, as in {names.write(['order', 'completed'], case)}"
    for name, format in FORMATS.items():
        yield name, f"{format.noun}, such as {format.example}"
    yield from _MEANINGS.items()


_MEANINGS = {
    "string": "text",
    "number": "a number, whole or not",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "members by name, described under properties",
    "array": "a list, its items described under items",
    "null": "null and nothing else",
    "any": "whatever JSON can hold",
    "datetime": "text in date-time format, such as 2024-01-15T10:30:00Z",
    "removed": "takes out what a plan that this one extends brings",
    "error": "fails a run of protocols validate",
    "warning": "is reported, and fails a run with --fail-on warning",
    "note": "is reported as advice",
    "off": "is not reported",
    "object-action": "first what it happened to, then what happened, in the past tense: Order Completed",
    "oldest": "the lowest version that the event has in the plan",
    "latest": "the highest version that the event has in the plan",
    "active": "in use",
    "deprecated": "still accepted, with a warning; replaced_by names what to send instead",
}
