"""One shape of the plan -> one JSON Schema: a property, an item, the traits of a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from protocols.plan.model import RawSchema, Shape
from protocols.positions import Position
from protocols.problems import Severity
from protocols.schema.keys import apart

_KEYWORDS = (
    *("type", "enum", "const"),
    *("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "format"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
)
_RANK = {keyword: rank for rank, keyword in enumerate(_KEYWORDS)}


Where = tuple[str | int, ...]
"""The place of a schema in `$defs`, as the tokens of a pointer."""


def shape_schema(shape: Shape, unplanned: Severity | None, where: Where) -> dict[str, Any]:
    """The schema of one value, for the place `where`. `unplanned` is the severity of a name that an object in it lacks:
    `off` says nothing of unplanned names, and still of misspelt ones; None leaves everything open, as in a context.

    Keywords come in this order whatever the plan's: what it is, where it comes from, what it holds.
    """
    keywords = _keywords(shape)
    node = dict(keywords) if shape.description is None else {"description": shape.description, **keywords}
    if shape.examples:
        node["examples"] = plain(shape.examples)
    node["x-origin"] = str(shape.position)
    elsewhere = _elsewhere(shape)
    if elsewhere and (origins := dict(_origins(elsewhere, keywords))):
        node["x-origins"] = origins
    closed = _closed(shape, unplanned)
    if closed is not None:
        node["x-unplanned"] = str(closed)
    if shape.personal or shape.status or shape.replaced_by or shape.owners or shape.labels or shape.extensions:
        node |= notes(
            personal=shape.personal,
            status=shape.status,
            replaced_by=shape.replaced_by,
            owners=shape.owners,
            labels=shape.labels,
            extensions=shape.extensions,
        )
    if (shape.raw is not None or "enum" in keywords) and (further := list(_further(shape, where))):
        node["allOf"] = further
    if shape.properties is not None:
        node["properties"] = {
            name: shape_schema(member, unplanned, (*where, "properties", name)) for name, member in shape.properties.items()
        }
        required = [name for name, member in shape.properties.items() if member.required]
        if required:
            node["required"] = required
    if isinstance(shape.additional, Shape):
        node["additionalProperties"] = shape_schema(shape.additional, unplanned, (*where, "additionalProperties"))
    elif closed is Severity.error:
        node["additionalProperties"] = False
    if shape.items is not None:
        node["items"] = shape_schema(shape.items, unplanned, (*where, "items"))
    return node


def raw_schema(raw: RawSchema, where: Where) -> dict[str, Any]:
    """A raw schema as the plan wrote it, with its origin, for the place `where`.

    One that refers to itself (`#/$defs/node`) gets an `$id`, so that its references still begin at its own root. The id
    is made from the place: ajv takes no id twice, and one definition may be used in many places. Nor does ajv end where
    a schema with an id is a reference into itself and nothing else, so that reference stands apart.
    """
    schema = plain(raw.schema)
    if "$id" not in schema and any(reference.startswith("#") for reference in _references(schema)):
        schema = {"$id": _urn(where), **apart(schema)}
    return {**schema, "x-origin": str(raw.position)}


def _urn(where: Where) -> str:
    """`urn:protocols:track%2FTree:properties:tree`; RFC 8141 would let `/` and `~` stand, ajv does not."""
    return ":".join(["urn", "protocols", *(quote(str(token), safe="").replace("~", "%7E") for token in where)])


def notes(
    *,
    personal: bool = False,
    status: str | None = None,
    replaced_by: str | None = None,
    owners: tuple[str, ...] = (),
    labels: Mapping[str, Any] | None = None,
    extensions: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The `x-` keywords that are no origin, only those that say something; the plan's own `x-` keys after ours."""
    ours = {
        "x-personal": personal,
        "x-status": status,
        "x-replaced-by": replaced_by,
        "x-owners": list(owners),
        "x-labels": plain(labels or {}),
    }
    theirs = {name: plain(value) for name, value in (extensions or {}).items() if name not in RESERVED}
    return {name: value for name, value in ours.items() if value} | theirs


RESERVED = frozenset(
    {"x-origin", "x-origins", "x-unplanned", "x-personal", "x-status", "x-replaced-by", "x-owners", "x-labels", "x-protocols"}
)
"""The `x-` keywords with a meaning of ours; a plan's own of the same name is left out."""


def plain(value: Any) -> Any:
    """A value of the plan made of dicts, lists and JSON's scalars alone."""
    if value.__class__ in _SCALARS:
        return value
    if isinstance(value, Mapping):
        return {str(name): plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


_SCALARS = frozenset({str, int, float, bool, type(None)})


def _keywords(shape: Shape) -> dict[str, Any]:
    """JSON Schema's keywords for the value itself, in order, with null allowed where the shape allows it."""
    keywords: dict[str, Any] = {}
    if (types := shape.keywords.get("type")) is not None:
        types = types if not shape.null or "null" in types else [*types, "null"]
        keywords["type"] = types[0] if len(types) == 1 else list(types)
    if len(shape.keywords) > len(keywords):  # most shapes have no other
        keywords |= {keyword: plain(shape.keywords[keyword]) for keyword in sorted(shape.keywords.keys() - {"type"}, key=_RANK.__getitem__)}
    if shape.null and "enum" in keywords:
        keywords["enum"] = _with_null(keywords["enum"])
    if shape.null and keywords.get("const") is not None:
        const = keywords.pop("const")
        keywords.setdefault("enum", [const, None])
    return keywords


def _further(shape: Shape, where: Where) -> Iterator[dict[str, Any]]:
    """What has to stand in `allOf`: the raw schema, and a nullable const beside an enum."""
    if shape.raw is not None:
        yield raw_schema(shape.raw, (*where, "allOf", 0))
    if shape.null and "enum" in shape.keywords and shape.keywords.get("const") is not None:
        position = shape.positions.get("const", shape.position)
        yield {"enum": [plain(shape.keywords["const"]), None], "x-origin": str(position)}


def _with_null(values: list[Any]) -> list[Any]:
    return values if None in values else [*values, None]


def _closed(shape: Shape, unplanned: Severity | None) -> Severity | None:
    """The severity of a name this object lacks; None where it is open, a map, or does not describe its members."""
    if shape.additional is False:
        return Severity.error
    return unplanned if shape.additional is None and shape.properties is not None else None


def _elsewhere(shape: Shape) -> dict[str, Position]:
    """The keywords that stand on another line than the shape."""
    line, file = shape.position.line, shape.position.file
    return {keyword: at for keyword, at in shape.positions.items() if at.line != line or at.file != file}


def _origins(elsewhere: Mapping[str, Position], keywords: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Keyword -> origin, for those of these keywords that can be violated."""
    for keyword in sorted(elsewhere):
        written = "enum" if keyword == "const" and "const" not in keywords else keyword
        if written in keywords or written in _BESIDE:
            yield written, str(elsewhere[keyword])


_BESIDE = frozenset({"required", "nullable", "additionalProperties"})
"""Keywords that have an origin though they are no keyword of the value itself."""


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            if name in ("$ref", "$dynamicRef") and isinstance(member, str):
                yield member
            else:
                yield from _references(member)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
