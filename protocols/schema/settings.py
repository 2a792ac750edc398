"""`x-protocols`: what a plan settles that is no JSON Schema, for the engine that reads the bundle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from protocols.plan.model import Body, Event, Naming, Plan, Section
from protocols.problems import Severity
from protocols.schema.keys import key
from protocols.schema.routing import default_version
from protocols.schema.shapes import plain
from protocols.violations import CALLS

FORMAT = 1
"""The version of this object's own shape."""


def settings(plan: Plan) -> dict[str, Any]:
    """All settings of a plan; `calls` holds all six calls, whether or not the plan speaks of them."""
    return {
        "format": FORMAT,
        "plan": {
            "name": plan.name,
            "version": plan.version,
            "files": [{"path": file.path, "sha256": file.sha256} for file in plan.files],
        },
        "naming": {kind: _naming(plan.naming[kind]) for kind in sorted(plan.naming)},
        "limits": asdict(plan.limits),
        "unplanned": _severities(plan.unplanned),
        "severity": _severities(plan.severity),
        "destinations": None if plan.destinations is None else sorted(plan.destinations),
        "default_version": plan.default_version,
        "calls": {call: _call(call, plan.sections.get(call), plan) for call in CALLS},
    }


def weighed(bundle: Mapping[str, Any], severities: Mapping[str, Severity]) -> Mapping[str, Any]:
    """The bundle where these severities, by id or family, count over all that the plan, its calls and its events say.

    Settled here and not in the report, so that the engines agree on what is a violation, and on which event is valid.
    """
    if not severities:
        return bundle
    said = bundle["x-protocols"]
    calls = {call: _weighed_call(section, severities) for call, section in said["calls"].items()}
    own = _others(said["severity"], severities) | _severities(severities)
    return {**bundle, "x-protocols": {**said, "severity": own, "calls": calls}}


def _weighed_call(section: Mapping[str, Any], severities: Mapping[str, Severity]) -> dict[str, Any]:
    def without(body: Mapping[str, Any]) -> dict[str, Any]:
        return {**body, "severity": _others(body["severity"], severities)}

    def bare(event: Mapping[str, Any]) -> dict[str, Any]:
        return {**event, "bodies": {key: without(body) for key, body in event["bodies"].items()}}

    return {**without(section), "events": {name: bare(event) for name, event in section["events"].items()}}


def _others(said: Mapping[str, str], severities: Mapping[str, Severity]) -> dict[str, str]:
    """What is said of other ids and families than these; a family speaks of all its ids."""
    return {name: level for name, level in said.items() if name not in severities and name.partition("/")[0] not in severities}


def _naming(naming: Naming) -> dict[str, Any]:
    return {
        "cases": list(naming.cases),
        "pattern": naming.pattern,
        "order": naming.order,
        "allow": sorted(naming.allow),
        "origin": None if naming.position is None else str(naming.position),
    }


def _severities(severities: Mapping[str, Severity]) -> dict[str, str]:
    return {name: str(severities[name]) for name in sorted(severities)}


def _call(call: str, section: Section | None, plan: Plan) -> dict[str, Any]:
    body = Body() if section is None else section.body
    events = {} if section is None else section.events
    return {
        "section": key(call),
        "unplanned": _severities(body.unplanned),
        "severity": _severities(body.severity),
        "events": {name: _event(call, event, plan) for name, event in events.items()},
    }


def _event(call: str, event: Event, plan: Plan) -> dict[str, Any]:
    keys = {version: key(call, event.name, version) for version in event.bodies}
    return {
        "versions": [[version, keys[version]] for version in event.bodies],
        "default": default_version(event, plan.default_version),
        "origin": str(event.position),
        "status": event.status,
        "replaced_by": event.replaced_by,
        "owners": list(event.owners),
        "labels": plain(event.labels),
        "bodies": {keys[version]: _body(body) for version, body in event.bodies.items()},
    }


def _body(body: Body) -> dict[str, Any]:
    return {"status": body.status, "unplanned": _severities(body.unplanned), "severity": _severities(body.severity)}
