"""Plan -> bundle: one JSON Schema that any validator can apply to any normalised payload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec.structs import replace

from protocols.plan.garbage import kept
from protocols.plan.model import Body, Event, Plan, Section, Shape
from protocols.problems import Severity
from protocols.schema.draft7 import downgrade
from protocols.schema.envelope import envelope
from protocols.schema.keys import key, reference
from protocols.schema.routing import routes
from protocols.schema.settings import settings
from protocols.schema.shapes import Where, notes, raw_schema, shape_schema
from protocols.violations import CALLS

Draft = Literal["2020-12", "7"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAMED_BY = {"track": "event", "page": "name", "screen": "name"}


@kept()
def compile_plan(plan: Plan, draft: Draft = "2020-12") -> dict[str, Any]:
    """The bundle: routing over call, event and version, the schemas under `$defs`, and the settings under `x-protocols`.

    Every schema under `$defs` is a whole schema over the normalised payload whose `allOf` begins with the reference to
    `envelope`. Calls come in the order of `CALLS`; events, versions and properties in the order of the plan. Raises
    SchemaError where draft-07 is asked for and cannot say what the plan says.
    """
    bundle = {
        "$schema": _DIALECT,
        "title": f"{plan.name} {plan.version}",
        **({} if plan.description is None else {"description": plan.description}),
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": list(CALLS)}},
        "allOf": routes(plan),
        **notes(owners=plan.owners, labels=plan.labels),
        "x-protocols": settings(plan),
        "$defs": {"envelope": envelope(plan.limits), **dict(_schemas(plan))},
    }
    return bundle if draft == "2020-12" else downgrade(bundle)


def standalone(bundle: Mapping[str, Any], key: str) -> dict[str, Any]:
    """One schema of a bundle as a schema of its own, by its key in `$defs`; the draft is the bundle's."""
    definitions = "$defs" if "$defs" in bundle else "definitions"
    schemas = bundle[definitions]
    return {"$schema": bundle["$schema"], **schemas[key], definitions: {"envelope": schemas["envelope"]}}


def _schemas(plan: Plan) -> Iterator[tuple[str, dict[str, Any]]]:
    for call in CALLS:
        section = plan.sections.get(call) or Section(position=None, body=Body())
        unplanned = {**plan.unplanned, **section.body.unplanned}
        yield key(call), _call_schema(call, section, unplanned)
        for event in section.events.values():
            for version, body in event.bodies.items():
                yield key(call, event.name, version), _event_schema(call, event, version, body, {**unplanned, **body.unplanned})


def _call_schema(call: str, section: Section, unplanned: Mapping[str, Severity]) -> dict[str, Any]:
    """The schema of a call whose payload has no entry of its own. An unplanned track event is open: it is its name that is
    unplanned, not each of its properties.
    """
    at, body = key(call), section.body
    return {
        "title": call,
        **({} if body.description is None else {"description": body.description}),
        "type": "object",
        **({} if section.position is None else {"x-origin": str(section.position)}),
        **notes(status=body.status, owners=section.owners, labels=section.labels, extensions=section.extensions),
        **_payload(at, body, {"type": {"const": call}}, ["type"], {} if call == "track" else unplanned),
    }


def _event_schema(call: str, event: Event, version: int | None, body: Body, unplanned: Mapping[str, Severity]) -> dict[str, Any]:
    at, field = key(call, event.name, version), _NAMED_BY[call]
    description = event.description if body.description is None else body.description
    # A page without a usable `name` may still be meant by `properties.name`; the routing of the bundle has looked there.
    name = {"const": event.name} if call == "track" else {"enum": [event.name, None, ""]}
    return {
        "title": f"{call} {event.name}" if version is None else f"{call} {event.name} version {version}",
        **({} if description is None else {"description": description}),
        "type": "object",
        "x-origin": str(event.position),
        **notes(
            status=body.status or event.status,
            replaced_by=event.replaced_by,
            owners=event.owners,
            labels=event.labels,
            extensions=event.extensions,
        ),
        **_payload(at, body, {"type": {"const": call}, field: name}, ["type", field] if call == "track" else ["type"], unplanned),
    }


def _payload(at: str, body: Body, properties: dict[str, Any], required: list[str], unplanned: Mapping[str, Severity]) -> dict[str, Any]:
    """The part of a schema that says what the payload holds; `properties` and `required` already say which call it is."""
    members = {"properties": (body.properties, "properties"), "traits": (body.traits, "traits"), "context": (body.context, "")}
    for member, (shape, kind) in members.items():
        if shape is None:
            continue
        properties[member] = _member(shape, unplanned.get(kind), (at, "properties", member))
        if shape.required or any(inner.required for inner in (shape.properties or {}).values()):
            required.append(member)
    return {
        "allOf": [reference("envelope"), *(raw_schema(raw, (at, "allOf", index)) for index, raw in enumerate(body.payloads, start=1))],
        "properties": properties,
        "required": required,
    }


def _member(shape: Shape, unplanned: Severity | None, where: Where) -> dict[str, Any]:
    """The schema of `properties`, `traits` or `context`: always an object, whatever its shape leaves open."""
    return shape_schema(replace(shape, keywords={**shape.keywords, "type": ["object"]}, null=False), unplanned, where)
