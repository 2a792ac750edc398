"""The JSON Schema of plan files, which editors use: valid, complete, and of one mind with the loader."""

from __future__ import annotations

import jsonschema
import pytest
from test_faulty_plans import rows

from protocols.formats import FORMATS
from protocols.names import CASES
from protocols.plan import bundled, format_schema, load_text
from protocols.plan.model import UNPLANNED, Limits
from protocols.violations import CALLS, FAMILIES, KINDS


def parts(node, path=""):
    """Every subschema that describes a key, by its path."""
    for key, value in node.get("properties", {}).items():
        yield f"{path}/{key}", value
        yield from parts(value, f"{path}/{key}")
    for name, value in node.get("definitions", {}).items():
        yield from parts(value, f"{path}#{name}")


def resolved(schema, part):
    """A subschema with what it refers to."""
    refs = [part, *part.get("allOf", ())]
    return {
        key: value for ref in refs if "$ref" in ref for key, value in schema["definitions"][ref["$ref"].rpartition("/")[2]].items()
    } | part


def test_it_is_valid_draft_07():
    jsonschema.Draft7Validator.check_schema(format_schema())


def test_every_key_says_what_it_is():
    schema = format_schema()
    silent = [path for path, part in parts(schema) if not resolved(schema, part).get("description")]
    assert silent == []


def test_every_word_says_what_it_is():
    silent = [(path, word) for path, part in parts(format_schema()) for words in word_lists(part) for word in unsaid(words)]
    assert silent == []


def word_lists(part):
    """The lists of words that a value may be, of itself or of its items."""
    return [
        inner for inner in [part, *part.get("anyOf", ()), *(each.get("items", {}) for each in part.get("anyOf", ()))] if "enum" in inner
    ]


def unsaid(words):
    meanings = words.get("enumDescriptions", [""] * len(words["enum"]))
    return [word for word, meaning in zip(words["enum"], meanings, strict=True) if not meaning and word is not None]


def test_what_has_marks_is_markdown():
    """Editors show the marks of a description as they stand."""
    for path, part in parts(format_schema()):
        said = part.get("description", "")
        assert part.get("markdownDescription", "") == (said if "`" in said else ""), path


def test_a_copy_may_be_changed():
    format_schema()["properties"].clear()
    assert format_schema()["properties"]


TABLES = [
    # words that another room owns are the same here
    (lambda s: s["definitions"]["member"]["properties"]["format"]["enum"], list(FORMATS)),
    (lambda s: s["properties"]["naming"]["properties"]["events"]["properties"]["case"]["anyOf"][0]["enum"], list(CASES)),
    (lambda s: [item["label"] for item in s["properties"]["extends"]["items"]["defaultSnippets"]], list(bundled())),
    (lambda s: list(s["properties"]["limits"]["properties"]), list(Limits.__struct_fields__)),
    (lambda s: list(s["properties"]["unplanned"]["properties"]), list(UNPLANNED)),
    (lambda s: list(s["definitions"]["severity"]["properties"]), [*FAMILIES, *KINDS]),
    (lambda s: [call for call in CALLS if call in s["properties"]], list(CALLS)),
]


@pytest.mark.parametrize(("read", "words"), TABLES)
def test_closed_words_are_those_of_their_tables(read, words):
    assert read(format_schema()) == words


def test_the_reference_validator_agrees_on_the_bundled_plans():
    from protocols.plan.nodes import parse, plain

    validator = jsonschema.Draft7Validator(format_schema())
    for path in bundled().values():
        assert list(validator.iter_errors(plain(parse(path.read_text(encoding="utf-8"), "f").root))) == []


FAULTY = [
    # what the loader refuses, an editor marks as well
    "events: {A: {propertys: {}}}",
    "events: {A: {properties: {a: strng}}}",
    "events: {A: {properties: {a: {type: [strng]}}}}",
    "events: {A: {properties: {a: {required: [b]}}}}",
    "events: {A: ~}",
    "events: {A: {versions: {x: {}}}}",
    "naming: {events: {case: Title}}",
    "severity: {namin: off}",
    "limits: {depth: 0}",
    "extends: [{a: [x], b: [y]}]",
]


@pytest.mark.parametrize("text", FAULTY)
def test_an_editor_marks_what_the_loader_refuses(text):
    from protocols.errors import PlanError
    from protocols.plan.nodes import parse, plain

    whole = "protocols: 1\nplan: p\nversion: 1\n" + text
    assert list(jsonschema.Draft7Validator(format_schema()).iter_errors(plain(parse(whole, "f").root)))
    with pytest.raises(PlanError):
        load_text(whole)


def test_an_editor_and_the_loader_have_one_mind_of_the_structure():
    """The editors' schema is made of the loader's: it takes what that takes, down to the plans of the table of mistakes."""
    import jsonschema_rs

    from protocols.plan.grammar import grammar
    from protocols.plan.nodes import parse, plain

    ours, editors = (
        jsonschema_rs.Draft7Validator(schema, pattern_options=jsonschema_rs.RegexOptions()) for schema in (grammar(), format_schema())
    )
    verdicts = []
    for text in [*(path.read_text(encoding="utf-8") for path in bundled().values()), *(row.values[0] for row in rows())]:
        document = parse(text, "f")
        if document.root is not None and not document.problems:
            value = plain(document.root)
            verdicts.append(ours.is_valid(value))
            assert editors.is_valid(value) is verdicts[-1], text
    assert verdicts.count(True) > 50
    assert verdicts.count(False) > 50
