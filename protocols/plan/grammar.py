"""The format's own JSON Schema, and the structural check of a plan file with it.

The schema is built from the tables below, so that editors complete and check plan files with the very words that the
loader goes by. It is draft-07, which editors understand. Our sentences are made from it: `title` names the thing
("unknown key requird in a property"), `errorMessage` (which some editors show as well) says what a value should be,
and `x-name` marks what is text even where it looks like a number.

No alternative in it hides an error behind another one: a value that may be a word or a mapping is described by
`type` and flat keywords, which JSON Schema applies to the one kind or the other.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from protocols.names import CASES, nearest
from protocols.plan.kinds import mistake
from protocols.plan.nodes import Document, List, Map
from protocols.positions import Position
from protocols.problems import Problem
from protocols.violations import CALLS, FAMILIES, KINDS, describe, quoted_if_odd

FORMAT = 1
"""The version of the plan format that this code reads."""

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null", "any", "datetime")
REMOVED = "removed"
SEVERITIES = ("error", "warning", "note", "off")
OWN_MEMBERS = {"track": "properties", "page": "properties", "screen": "properties", "identify": "traits", "group": "traits"}
"""Call -> the member of its payload that an event or section of that call describes; alias has none."""

Schema = dict[str, Any]


# -- small parts


def _text(description: str) -> Schema:
    return {"type": "string", "description": description, "errorMessage": "text", "x-name": True}


def _whole(description: str, least: int = 0) -> Schema:
    wanted = f"a whole number from {least}"
    return {"type": "integer", "minimum": least, "description": description, "errorMessage": wanted}


def _number(description: str) -> Schema:
    return {"type": "number", "description": description, "errorMessage": "a number"}


def _flag(description: str) -> Schema:
    return {"type": "boolean", "description": description, "errorMessage": "true or false"}


def _list(items: Schema, description: str, wanted: str) -> Schema:
    return {"type": "array", "minItems": 1, "items": items, "description": description, "errorMessage": wanted}


def _words(words: Sequence[str], description: str) -> Schema:
    return {"enum": list(words), "description": description, "errorMessage": _one_of(words)}


def _one_of(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _ref(name: str, description: str | None = None) -> Schema:
    return {"allOf": [{"$ref": f"#/definitions/{name}"}], "description": description} if description else {"$ref": f"#/definitions/{name}"}


def _object(title: str, keys: Mapping[str, Schema], description: str | None = None, *, extensions: bool = False, **more: Any) -> Schema:
    """A mapping with a closed list of keys, and `x-...` keys where it may have keys of the user's own."""
    schema: Schema = {"type": "object", "title": title, "properties": dict(keys), "additionalProperties": False, **more}
    if description:
        schema["description"] = description
    if extensions:
        schema["patternProperties"] = {"^x-": {"description": "A key of your own, kept and exported as it stands."}}
    return schema


def _named(title: str, value: Schema, description: str | None = None, key: str = "^[^\\x00]") -> Schema:
    """A mapping from names to values of one kind."""
    said = {"description": description} if description else {}
    return {"type": "object", "title": title, **said, "propertyNames": {"pattern": key}, "additionalProperties": value}


NAME_SCHEMA: Schema = {"type": "string", "minLength": 1, "errorMessage": "a name", "x-name": True}
NAME: Schema = {"$ref": "#/definitions/name"}
NAMES = "a list of names"


def _or_removed(title: str, long: Schema, wanted: str) -> Schema:
    """A mapping, or the word `removed`."""
    return {
        **long,
        "type": ["object", "string"],
        "title": title,
        "anyOf": [{"type": "object"}, {"enum": [REMOVED]}],
        "errorMessage": wanted,
    }


def _shape_or_short(title: str, keys: Mapping[str, Schema], short: Sequence[str], wanted: str, types: Sequence[str] = ()) -> Schema:
    """A shape in full, or one word for it; `types` are further JSON types it may be."""
    return {
        **_object(title, keys, extensions=True),
        "type": ["object", "string", *types],
        "anyOf": [{"type": ["object", *types]}, {"enum": list(short)}],
        "errorMessage": wanted,
    }


# -- the keys of a shape


def _shape_keys() -> dict[str, Schema]:
    from protocols.formats import FORMATS

    return {
        "description": _text("What the value means, for people."),
        "type": {
            "description": "JSON type of the value: one, or a list of several. any allows all; datetime is text in date-time format.",
            "type": ["string", "array", "null"],
            "anyOf": [{"enum": [*TYPES, None]}, {"type": "array"}],
            "items": {"enum": [*TYPES, None], "errorMessage": _one_of(TYPES)},
            "minItems": 1,
            "uniqueItems": True,
            "errorMessage": f"{_one_of(TYPES)}, or a list of them",
        },
        "nullable": _flag("Whether the value may also be null."),
        "enum": _list({}, "The values that are allowed.", "a list of the values that are allowed"),
        "const": {"description": "The one value that is allowed."},
        "minimum": _number("Least number allowed."),
        "maximum": _number("Greatest number allowed."),
        "exclusiveMinimum": _number("The number has to be greater than this."),
        "exclusiveMaximum": _number("The number has to be less than this."),
        "multipleOf": {
            "type": "number",
            "exclusiveMinimum": 0,
            "description": "The number has to be a multiple of this.",
            "errorMessage": "a number above 0",
        },
        "minLength": _whole("Least number of characters."),
        "maxLength": _whole("Greatest number of characters."),
        "pattern": {
            "type": "string",
            "description": "Regular expression (ECMA-262) found in the text; ^ and $ tie it to the ends. No lookaround, no backreferences.",
            "errorMessage": "a regular expression, as text",
            "x-name": True,
        },
        "format": _words(list(FORMATS), "Well-known form of the text, which is checked."),
        "properties": _ref("members", "The members of the object. Without this key nothing in it is unplanned; {} plans none."),
        "additionalProperties": _ref(
            "additional", "What is said of members that `properties` lacks: true allows them, false is an error, a shape makes a map."
        ),
        "minProperties": _whole("Least number of members."),
        "maxProperties": _whole("Greatest number of members."),
        "items": _ref("shape", "The shape of every item of the array."),
        "minItems": _whole("Least number of items."),
        "maxItems": _whole("Greatest number of items."),
        "uniqueItems": _flag("Whether no item may stand there twice."),
        "ref": {
            "type": ["string", "array"],
            "items": NAME,
            "minItems": 1,
            "description": "Definition that this shape begins with, or a list of them, merged in order; the shape's own keys come last.",
            "errorMessage": "the name of a definition, or a list of such names",
            "x-name": True,
        },
        "schema": _ref("raw", "Raw JSON Schema (2020-12) over the value, for what the plan format cannot say."),
        "examples": _list({}, "Examples of good values.", "a list of examples"),
        "personal": _flag("Whether the value is personal data; reports then show only its type and length."),
        "status": _words(("active", "deprecated"), "deprecated where it is to be used no more; active takes that back."),
        "replaced_by": {**NAME_SCHEMA, "description": "Name of what is to be used instead."},
        "labels": _ref("labels"),
        "owners": _ref("owners"),
    }


REQUIRED = _flag("Whether the member has to be there. (A list of names, as in JSON Schema, is not known here.)")

TYPE_OR_SHAPE = "a type such as string, or a mapping such as {type: string}"

CALL_TITLES = {call: f"the {call} section" for call in CALLS}
CALL_DESCRIPTIONS = {
    "track": "What every track call shares, unplanned ones too.",
    "identify": "The identify call: the traits of a user.",
    "group": "The group call: the traits of a group.",
    "page": "The page call, and pages by their name.",
    "screen": "The screen call, and screens by their name.",
    "alias": "The alias call, which carries nothing but ids and context.",
}


@functools.cache
def _schema() -> Schema:
    shape = _shape_keys()
    body = {
        **shape,
        "description": _text("What happened when this is sent, for people."),
        "traits": _ref("members", "Traits: those that the call carries on identify and group, `traits` of the payload elsewhere."),
        "context": _ref("shape", "The shape of the payload's `context`."),
        "payload": _ref("raw", "Raw JSON Schema (2020-12) over the whole call."),
        "unplanned": _ref("overrides", "How much names that the plan lacks weigh here."),
        "severity": _ref("severity"),
    }
    version = {key: value for key, value in body.items() if key != "replaced_by"}
    event = {
        **body,
        "versions": _named(
            "versions",
            _ref("version"),
            "Versions of the event by number, told apart by context.protocols.event_version; each merges over the event's own keys.",
            "^(0|[1-9][0-9]{0,14})$",
        ),
    }
    named = _named("pages or screens by name", _ref("event"), "Pages or screens by their name; each merges over the section.")
    alias = {key: body[key] for key in ("description", "context", "payload", "unplanned", "severity", "labels", "owners")}
    definitions: dict[str, Schema] = {
        "name": NAME_SCHEMA,
        "members": _named("properties", _ref("member")),
        "member": _shape_or_short("a property", {**shape, "required": REQUIRED}, (*TYPES, REMOVED), f"{TYPE_OR_SHAPE}, or removed")
        | {"description": "What is sent under this name: one word for its type, or a mapping that says more."},
        "shape": _shape_or_short("a shape", shape, TYPES, TYPE_OR_SHAPE),
        "additional": _shape_or_short("a shape", shape, TYPES, f"true, false, {TYPE_OR_SHAPE}", types=["boolean"]),
        "definition": _shape_or_short("a definition", shape, (*TYPES, REMOVED), f"{TYPE_OR_SHAPE}, or removed")
        | {"description": "A shape that others begin with, by saying `ref` and this name."},
        "event": _or_removed(
            "an event",
            _object("an event", event, "What it means that this is sent, and what it carries.", extensions=True),
            "a mapping such as {properties: {total: number}}, {} or removed",
        ),
        "version": _or_removed(
            "a version",
            _object("a version", version, "What this version says otherwise than the event.", extensions=True),
            "a mapping such as {properties: {total: number}}, {} or removed",
        ),
        "raw": {
            "type": "object",
            "title": "a raw schema",
            "errorMessage": "a mapping that is JSON Schema",
        },
        "labels": {
            "type": "object",
            "title": "labels",
            "description": "Words of your own, for filters and reports: a text, number, boolean or list of texts under each name.",
            "additionalProperties": {
                "type": ["string", "number", "boolean", "array"],
                "items": {"type": ["string", "number", "boolean"], "errorMessage": "text"},
                "errorMessage": "text, a number, true, false or a list of texts",
            },
            "errorMessage": "a mapping such as {team: growth}",
        },
        "owners": _list(NAME, "Who answers for it: addresses, teams or names.", "a list such as [growth@acme.example]"),
        "overrides": _object("unplanned", {key: _words(SEVERITIES, _UNPLANNED[key]) for key in ("properties", "traits", "versions")}),
        "severity": {
            **_object(
                "severity",
                {
                    **{
                        family: _words(SEVERITIES, f"How much every violation weighs whose id begins with {family}/.")
                        for family in FAMILIES
                    },
                    **{id: _words(SEVERITIES, kind.meaning) for id, kind in KINDS.items()},
                },
            ),
            "description": "How much violations weigh, by family or by id.",
        },
        **{
            call: _or_removed(
                CALL_TITLES[call],
                _object(CALL_TITLES[call], {**body, **({"named": named} if call in ("page", "screen") else {})}, extensions=True)
                if call != "alias"
                else _object(CALL_TITLES[call], alias, extensions=True),
                "a mapping such as {context: {properties: {app: object}}}, or removed",
            )
            for call in CALLS
        },
    }
    for call in CALLS:
        definitions[call]["properties"] = {
            key: value for key, value in definitions[call]["properties"].items() if key not in ("status", "replaced_by")
        }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "the plan",
        "description": "A tracking plan: which analytics events are sent, and what they carry.",
        "type": "object",
        "required": ["protocols"],
        "properties": {
            "protocols": {"const": FORMAT, "description": "Version of this file format.", "errorMessage": str(FORMAT)},
            "plan": {**NAME_SCHEMA, "description": "Name of the plan."},
            "version": {
                "type": ["string", "number"],
                "description": "Version of the plan, taken as the text that is written.",
                "errorMessage": "text such as 2.10.0",
            },
            "description": _text("What the plan is about."),
            "owners": _ref("owners"),
            "labels": _ref("labels"),
            "extends": {
                "type": "array",
                "minItems": 1,
                "description": "Plans that this one begins with: bundled ones by their bare name, files, folders and globs by their path.",
                "errorMessage": "a list such as [ecommerce]",
                "items": {
                    "type": ["string", "object"],
                    "minLength": 1,
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": _list(NAME, "Only these events, and the definitions they use.", "a list of event names"),
                    "errorMessage": "a plan by name or path, or one with a list of events, such as video: [Video Playback Started]",
                    "x-name": True,
                },
            },
            "naming": _object(
                "naming",
                {
                    "events": _object(
                        "the naming of events",
                        {**_naming(), "order": _words(("object-action",), "Order of the words in a name.")},
                        "How the names of events are to be written.",
                    ),
                    "properties": _object("the naming of properties", _naming(), "How the names of properties are to be written."),
                    "traits": _object("the naming of traits", _naming(), "How the names of traits are to be written."),
                },
                "How names are to be written.",
            ),
            "limits": _object(
                "limits",
                {key: _whole(meaning, 1) for key, meaning in _LIMITS.items()} | {"depth": _depth()},
                "Sizes that events may have.",
            ),
            "unplanned": _object(
                "unplanned",
                {key: _words(SEVERITIES, meaning) for key, meaning in _UNPLANNED.items()},
                "How much names that the plan lacks weigh.",
            ),
            "severity": _ref("severity"),
            "default_version": {
                "type": ["string", "integer"],
                "minimum": 0,
                "anyOf": [{"type": "integer"}, {"enum": ["oldest", "latest"]}],
                "description": "Version that an event is taken for when it names none.",
                "errorMessage": "oldest, latest or a number",
            },
            "destinations": _list(NAME, "Keys that `integrations` may have, beside All.", NAMES),
            "definitions": _named("definitions", _ref("definition"), "Reusable shapes by name, used through `ref`."),
            "events": _named("events", _ref("event"), "Track calls by their exact name."),
            **{call: _ref(call, CALL_DESCRIPTIONS[call]) for call in CALLS},
            "payload": _ref("raw", "Raw JSON Schema (2020-12) over every call as a whole."),
        },
        "additionalProperties": False,
        "patternProperties": {"^x-": {"description": "A key of your own."}},
        "definitions": definitions,
    }


def _naming() -> dict[str, Schema]:
    return {
        "case": {
            "type": ["string", "array"],
            "anyOf": [{"enum": list(CASES)}, {"type": "array"}],
            "items": {"enum": list(CASES), "errorMessage": _one_of(list(CASES))},
            "minItems": 1,
            "description": "Case that names are written in, or a list of cases of which one has to fit.",
            "errorMessage": f"{_one_of(list(CASES))}, or a list of them",
        },
        "pattern": {
            "type": "string",
            "description": "Regular expression (ECMA-262) that names have to match.",
            "errorMessage": "a regular expression, as text",
            "x-name": True,
        },
        "allow": _list(NAME, "Names that are right however they are written.", NAMES),
    }


DEEPEST = 900
"""Deeper events cannot be parsed, so no plan may allow them."""


def _depth() -> Schema:
    wanted = f"a whole number from 1 to {DEEPEST}"
    return _whole(_LIMITS["depth"], 1) | {"maximum": DEEPEST, "errorMessage": wanted}


_LIMITS = {
    "event_name": "Characters of an event name.",
    "property_name": "Characters of a property name.",
    "event_bytes": "Bytes of one event.",
    "batch_bytes": "Bytes of one batch body.",
    "message_id": "Characters of messageId.",
    "properties": "Properties of one event.",
    "depth": "Objects and arrays inside each other.",
}
_UNPLANNED = {
    "events": "Events that the plan lacks.",
    "properties": "Properties that the plan lacks.",
    "traits": "Traits that the plan lacks.",
    "versions": "Event versions that the plan lacks.",
    "destinations": "Destinations that the plan lacks.",
}


def grammar() -> Mapping[str, Any]:
    """The schema as a whole, for who makes another one of it."""
    return _schema()


# -- the check


@functools.cache
def _validator() -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft7Validator(_schema(), pattern_options=jsonschema_rs.RegexOptions())


_ORDER = ("type", "enum", "anyOf")
"""Of several errors at one place the first of these speaks, then any other."""


def check(document: Document) -> Iterator[Problem]:
    """Check the structure of a plan file and take out what is wrong, so that the rest can be relied on.

    A faulty shape, event or definition becomes an empty one, since others may refer to it by its name; every other
    faulty part is dropped. Names written as numbers become text.
    """
    root = document.root
    found: dict[tuple[str | int, ...], Any] = {}
    unknown: list[tuple[Any, Any]] = []
    for error in _validator().iter_errors(root):
        for path in _paths(root, error.instance_path, error.instance):
            if error.kind.name in ("additionalProperties", "required", "propertyNames"):
                unknown.append((path, error))
            elif path not in found or _rank(error) < _rank(found[path]):
                found[path] = error
    faulty: list[tuple[str | int, ...]] = []
    for path, error in unknown:
        for name, problem in _about_keys(document, path, error):
            yield problem
            if name is not None:
                faulty.append((*path, name))
    for path, error in found.items():
        if _as_text(document, path, error):
            continue
        faulty.append(path)
        yield _about_value(document, path, error)
    _prune(root, faulty)


def _rank(error: Any) -> int:
    return _ORDER.index(error.kind.name) if error.kind.name in _ORDER else len(_ORDER)


def _paths(root: Any, tokens: Sequence[str | int], instance: Any) -> list[tuple[str | int, ...]]:
    """The path that the validator means. It writes every key that looks like a number as that number, so that `1` and `01`
    look the same: then it is the path of the value it speaks of."""
    paths = list(_candidates(root, tokens))
    return paths if len(paths) == 1 else [path for path in paths if _at(root, path) == instance] or paths


def _candidates(value: Any, tokens: Sequence[str | int]) -> Iterator[tuple[str | int, ...]]:
    if not tokens:
        yield ()
        return
    token = tokens[0]
    keys: Sequence[str | int]
    if isinstance(value, list):
        keys = [token] if isinstance(token, int) and token < len(value) else []
    elif isinstance(token, str):
        keys = [token] if isinstance(value, dict) and token in value else []
    else:
        keys = [key for key in value if _NUMBER_KEY.fullmatch(key) and int(key) == token] if isinstance(value, dict) else []
    for key in keys:
        for path in _candidates(value[key], tokens[1:]):
            yield (key, *path)


_NUMBER_KEY = re.compile(r"\+?[0-9]{1,25}")


def _at(root: Any, path: Sequence[str | int]) -> Any:
    for token in path:
        root = root[token]
    return root


def _place(root: Any, path: Sequence[str | int]) -> Position:
    """Where the value at `path` stands."""
    if not path:
        at: Position = root.at
        return at
    parent, last = _at(root, path[:-1]), path[-1]
    place: Position = parent.values_at[last] if isinstance(last, str) else parent.items_at[last]
    return place


def _node(error: Any, up: int = 1) -> Any:
    """The part of the schema that an error comes from."""
    schema: Any = _schema()
    for token in error.schema_path[:-up]:
        schema = schema[token]
    return schema


def _said_of(path: Sequence[str | int]) -> str:
    """How a sentence calls the value at `path`: by its key, and by number where it is an item."""
    if path and isinstance(path[-1], int):
        key = next((token for token in reversed(path) if isinstance(token, str)), "the list")
        return f"item {path[-1] + 1} of {quoted_if_odd(key)}"
    return quoted_if_odd(str(path[-1])) if path else "the plan"


def _as_text(document: Document, path: Sequence[str | int], error: Any) -> bool:
    """Whether the value is a name that only looks like a number or boolean; it is text from now on."""
    if error.kind.name != "type" or not path or not _node(error).get("x-name"):
        return False
    text = document.texts.get(_place(document.root, path))
    if text is None or _at(document.root, path) is None:
        return False
    _at(document.root, path[:-1])[path[-1]] = text
    return True


def _about_value(document: Document, path: tuple[str | int, ...], error: Any) -> Problem:
    at = _place(document.root, path)
    node = _node(error)
    value = error.instance if not path else _at(document.root, path)
    subject = _said_of(path)
    wanted = node.get("errorMessage", "a mapping")
    if path == ("protocols",):
        return mistake("unsupported-format", at, f"protocols should be {FORMAT}, the version of the plan format, got {describe(value)}")
    if at in document.blanks or value is None:
        return _blank(path, at, wanted, subject, document)
    if path[-1:] == ("required",) and isinstance(value, List):
        return _required_list(path, value, at)
    word = _near_word(node, value)
    hint = f"did you mean {word}?" if word else None
    kind = "unknown-word" if isinstance(value, str) and _options(node) else "wrong-type"
    if path[-1:] == ("format",):
        kind = "unknown-format" if isinstance(value, str) else kind
        hint = hint or ("write it as a pattern" if kind == "unknown-format" else None)
    match error.kind.name:
        case "minItems":
            return mistake("wrong-type", at, f"{subject} should be {wanted}, got an empty list", expected=wanted, actual="array of 0 items")
        case "minLength":
            return mistake("blank-value", at, f"{subject} should be {wanted}, got an empty text", expected=wanted, actual='string ""')
        case "uniqueItems":
            return mistake("contradiction", at, f"{subject} names one word twice", hint="keep one of the two")
        case "minProperties" | "maxProperties":
            return mistake("wrong-type", at, f"{subject} should be {wanted}, got {describe(value)}", hint="begin a list item for each plan")
    return mistake(kind, at, f"{subject} should be {wanted}, got {describe(value)}", expected=wanted, actual=describe(value), hint=hint)


def _options(node: Mapping[str, Any]) -> list[str]:
    """The words that a part of the schema knows."""
    words = [*node.get("enum", ()), *(word for part in node.get("anyOf", ()) for word in part.get("enum", ()))]
    return [word for word in words if isinstance(word, str)]


def _near_word(node: Mapping[str, Any], value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    options = _options(node)
    meant = _MEANT.get(value.casefold())
    return meant if meant in options else nearest(value, options)


_MEANT: dict[str, str] = {
    "str": "string",
    "text": "string",
    "int": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "bool": "boolean",
    "list": "array",
    "dict": "object",
    "map": "object",
    "date-time": "datetime",
    "timestamp": "datetime",
    "mixed": "any",
    "none": "null",
    "delete": "removed",
    "deleted": "removed",
    "remove": "removed",
    "warn": "warning",
    "fatal": "error",
    "info": "note",
    "ignore": "off",
}
"""Words of other languages for what a plan calls otherwise."""


def _blank(path: Sequence[str | int], at: Position, wanted: str, subject: str, document: Document) -> Problem:
    got = "has no value" if at in document.blanks else "is null"
    return mistake("blank-value", at, f"{subject} {got}", hint=f"write {wanted}", expected=wanted, actual="nothing")


def _required_list(path: Sequence[str | int], value: List, at: Position) -> Problem:
    names = [quoted_if_odd(name) for name in value if isinstance(name, str)]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names) or "each of them"
    return mistake(
        "misplaced-required",
        at,
        "required should be true or false inside the property itself, got a list",
        hint=f"write required: true under {listed}",
        expected="true or false",
        actual=describe(value),
    )


def _about_keys(document: Document, path: tuple[str | int, ...], error: Any) -> Iterator[tuple[str | None, Problem]]:
    """Problems with the keys of one mapping, each with the key to drop."""
    node = _at(document.root, path)
    match error.kind.name:
        case "required":
            name = error.kind.property
            hint = f"write {name}: {FORMAT} at its top" if name == "protocols" else None
            yield None, mistake("missing-key", node.at, f"the plan should say {name}, and does not", hint=hint)
        case "propertyNames":
            pattern = re.compile(_node(error, up=2)["propertyNames"]["pattern"])
            for name in node:
                if not pattern.search(name):
                    yield name, _bad_name(node, name, path)
        case _:
            schema = _node(error)
            for name in error.kind.unexpected:
                yield name, _unknown_key(node, name, schema)


def _bad_name(node: Map, name: str, path: Sequence[str | int]) -> Problem:
    at = node.keys_at[name]
    if path and path[-1] == "versions":
        return mistake("bad-key", at, f"a version should be a whole number, got {quoted_if_odd(name)}")
    return mistake("bad-key", at, "a name should not be empty")


def _unknown_key(node: Map, name: str, schema: Mapping[str, Any]) -> Problem:
    at = node.keys_at[name]
    title = schema["title"]
    known = list(schema["properties"])
    shown = quoted_if_odd(name)
    if name == "required":
        if isinstance(node[name], List):
            return _required_list((), node[name], node.values_at[name])
        return mistake("misplaced-required", at, f"required is known to a property only, and this is {title}")
    if title == "severity":
        near = nearest(name, known)
        return mistake("unknown-key", at, f"severity knows no violation or family {shown}", hint=f"did you mean {near}?" if near else None)
    return mistake("unknown-key", at, f"unknown key {shown} in {title}", hint=_key_hint(name, known, schema))


def _key_hint(name: str, known: Sequence[str], schema: Mapping[str, Any]) -> str:
    homes = _homes().get(name, ())
    if homes:
        return f"it belongs in {_one_of(homes)}"
    near = nearest(name, known)
    if near is not None:
        return f"did you mean {near}?"
    if name in _RAW_KEYWORDS and "schema" in known:
        return f"write it as schema: {{{name}: ...}}"
    if len(known) <= 7:
        return f"it knows {', '.join(known)}"
    return "keys of your own begin with x-"


@functools.cache
def _homes() -> dict[str, tuple[str, ...]]:
    """Key -> the few things of the format that have it, for keys written in the wrong place."""
    homes: dict[str, dict[str, None]] = {}
    for part in (_schema(), *_schema()["definitions"].values()):
        title = part.get("title")
        for key in part.get("properties", {}) if title not in ("severity", "unplanned") else ():
            homes.setdefault(key, {})[title] = None
    return {key: few for key, titles in homes.items() if len(few := _with_sections_as_one(titles)) <= 4}


def _with_sections_as_one(titles: Iterable[str]) -> tuple[str, ...]:
    """Four sections and more are called "a call section"."""
    sections = [title for title in titles if title.endswith(" section")]
    others = [title for title in titles if title not in sections]
    return (*others, *(["a call section"] if len(sections) > 3 else sections))


_RAW_KEYWORDS = frozenset(
    [
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "contains",
        "minContains",
        "maxContains",
        "prefixItems",
        "patternProperties",
        "propertyNames",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedItems",
        "unevaluatedProperties",
    ]
)


def _prune(root: Any, paths: Sequence[tuple[str | int, ...]]) -> None:
    """Take out what stands at these paths, the last items of a list first; named things become empty ones."""
    for path in sorted(paths, key=lambda path: [(isinstance(token, str), token) for token in path], reverse=True):
        _drop(root, path)


def _drop(root: Any, path: tuple[str | int, ...]) -> None:
    if not path:
        return
    try:
        parent = _at(root, path[:-1])
    except (KeyError, IndexError, TypeError):  # it went with what held it, or through an alias
        return
    key = path[-1]
    if isinstance(parent, Map) and isinstance(key, str) and key in parent:
        if len(path) > 1 and path[-2] in _NAMING_KEYS and key and not isinstance(parent[key], (Map, bool)) and _is_home(path[:-1]):
            parent[key] = Map(parent.values_at[key])
        else:
            del parent[key]
    elif isinstance(parent, List) and isinstance(key, int) and key < len(parent):
        del parent[key]
        del parent.items_at[key]
    if not parent and isinstance(parent, List):
        _drop(root, path[:-1])


_NAMING_KEYS = frozenset({"properties", "traits", "definitions", "events", "named"})


def _is_home(path: Sequence[str | int]) -> bool:
    """Whether the mapping at `path` holds named things of the plan."""
    return path[0] not in ("naming", "limits", "unplanned", "severity", "labels") and not any(str(token).startswith("x-") for token in path)
