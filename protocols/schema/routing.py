"""Which schema of the bundle a payload answers to, said in JSON Schema itself with if/then/else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from protocols.plan.model import Event, Plan, Section
from protocols.problems import Severity
from protocols.schema.keys import key, reference
from protocols.violations import CALLS

Schema = dict[str, Any]


def routes(plan: Plan) -> list[Schema]:
    """One if/then for each call, in the order of `CALLS`. All lists are flat: validators recurse into if/then/else."""
    return [
        {"if": {"required": ["type"], "properties": {"type": {"const": call}}}, "then": _call(call, plan.sections.get(call), plan)}
        for call in CALLS
    ]


def default_version(event: Event, default: str | int) -> int | None:
    """The version taken when a payload names none or one that is not planned; None for an event without versions."""
    versions = [version for version in event.bodies if version is not None]
    if not versions:
        return None
    if default == "latest":
        return max(versions)
    return default if isinstance(default, int) and default in versions else min(versions)


def _call(call: str, section: Section | None, plan: Plan) -> Schema | bool:
    if section is None or not section.events:
        if call == "track" and plan.unplanned["events"] is Severity.error:
            return False
        return reference(key(call))
    named = _event_is if call == "track" else _page_is
    cases = [{"if": named({"const": name}), "then": _event(call, event, plan)} for name, event in section.events.items()]
    planned = named({"enum": list(section.events)})
    if call == "track" and plan.unplanned["events"] is Severity.error:
        return {**planned, "allOf": cases}
    return {"allOf": [*cases, {"if": planned, "else": reference(key(call))}]}


def _event(call: str, event: Event, plan: Plan) -> Schema:
    default = default_version(event, plan.default_version)
    others = [version for version in event.bodies if version != default]
    if not others:
        return reference(key(call, event.name, default))
    return {"allOf": list(_versions(call, event.name, default, others))}


def _versions(call: str, name: str, default: int | None, others: Sequence[int | None]) -> Iterator[Schema]:
    for version in others:
        yield {"if": _version_is({"const": version}), "then": reference(key(call, name, version))}
    yield {"if": _version_is({"enum": list(others)}), "else": reference(key(call, name, default))}


def _event_is(value: Schema) -> Schema:
    return {"required": ["event"], "properties": {"event": value}}


def _page_is(value: Schema) -> Schema:
    """A page's or screen's name is `name`; where that is absent, null or empty, it is `properties.name`."""
    named = {"required": ["name"], "properties": {"name": value}}
    nameless = {"name": {"enum": [None, ""]}, "properties": {"type": "object", **named}}
    return {"anyOf": [named, {"required": ["properties"], "properties": nameless}]}


def _version_is(value: Schema) -> Schema:
    protocols = {"type": "object", "required": ["event_version"], "properties": {"event_version": value}}
    context = {"type": "object", "required": ["protocols"], "properties": {"protocols": protocols}}
    return {"required": ["context"], "properties": {"context": context}}
