"""Which schema of the bundle a payload answers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from protocols import names
from protocols.engine.finding import Finding, Path
from protocols.problems import Severity


class Route(NamedTuple):
    """What a payload is: its call, the name of its event (None for calls without one) and the version checked.

    `assumed` says that the event named no version and the plan's default was taken.
    """

    call: str | None
    event: str | None
    version: int | None
    assumed: bool = False


class Routing(NamedTuple):
    """A route, the key of its schema in the bundle's `$defs` and what was found on the way.

    `entry` is the plan's entry for the event, None for calls and events that the plan does not name; `spelled` is
    the planned name where the payload has another spelling of it, `meant` the name that an unplanned event should
    probably have.
    """

    route: Route
    key: str
    entry: Mapping[str, Any] | None
    findings: list[Finding]
    spelled: str | None = None
    meant: str | None = None


class Router:
    """Routes normalised payloads by the `x-protocols` settings of a bundle."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._calls = settings["calls"]
        self._unplanned = {kind: Severity[name] for kind, name in settings["unplanned"].items()}
        self._events = self._calls["track"]["events"]
        self._known = names.Known(self._events)

    def route(self, call: str, payload: Mapping[str, Any]) -> Routing:
        section = self._calls[call]
        name = name_of(call, payload)
        if name is None:
            return Routing(Route(call, None, None), section["section"], None, [])
        entry = section["events"].get(name)
        if entry is not None:
            return self._versioned(call, name, entry, payload, [])
        if call != "track":
            return Routing(Route(call, None, None), section["section"], None, [])
        meant = self._known.spelled(name)
        if meant is not None:
            spelling = Finding(
                id="naming/event-name-case",
                path=("event",),
                expected="spelled as in the plan",
                value=name,
                hint=f"rename it to {meant}",
                severity=Severity.error,
                binding=True,
                plan=section["events"][meant]["origin"],
            )
            return self._versioned(call, meant, section["events"][meant], payload, [spelling])._replace(spelled=meant)
        meant = self._meant(name)
        return Routing(Route(call, name, None), section["section"], None, [self._unplanned_event(name, meant)], meant=meant)

    def is_planned(self, route: Route) -> bool:
        """Whether the plan speaks of this event by name, or of this call at all."""
        section = self._calls.get(route.call)
        return section is not None and (route.event is None or route.event in section["events"])

    def _unplanned_event(self, name: str, meant: str | None) -> Finding:
        hint = None
        if meant is not None:
            hint = f"did you mean {meant}?" if meant in self._events else f"the public spec calls it {meant}"
        return Finding(id="unplanned/unplanned-event", path=("event",), value=name, hint=hint, severity=self._unplanned["events"])

    def _meant(self, name: str) -> str | None:
        """The planned event that was probably meant, or the successor of one that is out of use; else the spec's event."""
        if len(name) > 255:
            return None
        meant = self._known.nearest(names.without_dynamic_part(name)) or names.spec_event(name)
        return (self._events[meant]["replaced_by"] or meant) if meant in self._events else meant

    def _versioned(self, call: str, name: str, entry: Mapping[str, Any], payload: Mapping[str, Any], findings: list[Finding]) -> Routing:
        version, key, assumed = None, entry["versions"][0][1], False
        if entry["default"] is not None:
            keys = dict(entry["versions"])
            said = _said_version(payload)
            version = int(said) if _is_integer(said) else None
            if version not in keys:
                version, assumed = entry["default"], said is None
                if said is not None:
                    findings.append(self._unplanned_version(said, entry))
            key = keys[version]
        findings.extend(_deprecation(name, entry, version, key, _where_named(call, payload)))
        return Routing(Route(call, name, version, assumed), key, entry, findings)

    def _unplanned_version(self, said: Any, entry: Mapping[str, Any]) -> Finding:
        planned = [str(version) for version, _ in entry["versions"]]
        return Finding(
            id="unplanned/unplanned-version",
            path=("context", "protocols", "event_version"),
            expected=f"one of the versions {', '.join(planned)}" if len(planned) > 1 else f"version {planned[0]}",
            value=said,
            hint=f"it was checked as version {entry['default']}",
            severity=self._unplanned["versions"],
            plan=entry["origin"],
        )


def name_of(call: str, payload: Mapping[str, Any]) -> str | None:
    """The name a payload is routed by: `event`, or for pages and screens `name`, else `properties.name`."""
    if call == "track":
        name = payload.get("event")
    elif call in ("page", "screen"):
        name = payload.get("name") or payload["properties"].get("name")
    else:
        return None
    return name if isinstance(name, str) and name else None


def _said_version(payload: Mapping[str, Any]) -> Any:
    protocols = payload.get("context", {}).get("protocols")
    return protocols.get("event_version") if isinstance(protocols, dict) else None


def _is_integer(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def _where_named(call: str, payload: Mapping[str, Any]) -> Path:
    """The path to the name that `name_of` gives."""
    if call == "track":
        return ("event",)
    return ("name",) if payload.get("name") else ("properties", "name")


def _deprecation(name: str, entry: Mapping[str, Any], version: int | None, key: str, path: Path) -> Iterator[Finding]:
    if entry["status"] == "deprecated":
        successor = entry["replaced_by"]
        hint = f"send {successor}" if successor else None
        yield Finding(id="status/deprecated-event", path=path, value=name, hint=hint, plan=entry["origin"])
    elif entry["bodies"][key]["status"] == "deprecated":
        newest = max((v for v, k in entry["versions"] if entry["bodies"][k]["status"] != "deprecated"), default=None)
        hint = f"send version {newest}" if newest is not None else None
        yield Finding(id="status/deprecated-version", path=path, value=name, actual=str(version), hint=hint, plan=entry["origin"])
