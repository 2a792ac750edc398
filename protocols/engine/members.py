"""The names of an event's members against those the plan describes.

Values are the schema's business. Names are judged only where the plan describes an object: a name it lacks is a
misspelt one, an unplanned one, or fine where the object is open. What the plan lacks is judged by its form as well: its
case, an event's order, and whether a part of it varies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from protocols import names, patterns
from protocols.engine.envelope import too_long
from protocols.engine.finding import Finding, Path
from protocols.engine.nodes import Node, child
from protocols.problems import Severity
from protocols.violations import counted, quoted_if_odd


class _Fault(NamedTuple):
    """What is wrong with the form of a name: a kind of the family `naming`."""

    kind: str
    expected: str
    hint: str | None


class Members:
    """Judges names by the `naming` and `limits` settings of a bundle."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._naming = settings["naming"]
        self._limits = settings["limits"]
        self._events = settings["calls"]["track"]["events"]
        self._known: dict[int, tuple[Node, names.Known]] = {}
        self._faults: dict[tuple[str, str, str | None], tuple[_Fault, ...]] = {}

    def judge(self, member: str, value: Mapping[str, Any], node: Node, *, planned: bool) -> Iterator[Finding]:
        """Findings for all names under `properties` or `traits` (`member`).

        Where the event itself is not `planned`, its names are judged by their form alone.
        """
        most = self._limits["properties"]
        if len(value) > most:
            noun = "property" if member == "properties" else "trait"
            expected, actual = f"at most {counted(most, noun)}", str(len(value))
            yield Finding(id="limit/too-many-properties", path=(member,), expected=expected, actual=actual, value=value)
        if planned:
            yield from self._object(member, (member,), value, node)
        else:
            for name in value:
                yield from self._form(member, (member, name), name)

    def _walk(self, member: str, path: Path, value: Any, node: Node) -> Iterator[Finding]:
        if isinstance(value, dict):
            yield from self._object(member, path, value, node)
        elif isinstance(value, list) and isinstance(node.get("items"), dict):
            for index, item in enumerate(value):
                yield from self._walk(member, (*path, index), item, node["items"])

    def _object(self, member: str, path: Path, value: Mapping[str, Any], node: Node) -> Iterator[Finding]:
        known = node.get("properties", {})
        for name, inner in value.items():
            here = (*path, name)
            if name in known:
                yield from _deprecation(here, known[name], value, node)
                yield from self._walk(member, here, inner, known[name])
            elif isinstance(node.get("additionalProperties"), dict):
                yield from self._walk(member, here, inner, child(node, name))
            elif "x-unplanned" in node:
                yield from self._unknown(member, here, name, inner, value, node)
            elif len(path) == 1:
                yield from too_long("limit/property-name-too-long", here, name, self._limits["property_name"])

    def _unknown(self, member: str, path: Path, name: str, inner: Any, siblings: Mapping[str, Any], node: Node) -> Iterator[Finding]:
        """What is said of one name that a described object lacks."""
        if len(name) > self._limits["property_name"]:
            yield from too_long("limit/property-name-too-long", path, name, self._limits["property_name"])
            return
        kind = "trait" if member == "traits" else "property"
        known = self._known_in(node)
        meant = known.spelled(name)
        if meant is not None:
            yield Finding(
                id=f"naming/{kind}-name-case",
                path=path,
                expected="spelled as in the plan",
                value=inner,
                hint=f"remove it, {meant} is there too" if meant in siblings else f"rename it to {meant}",
                severity=Severity.error,
                binding=True,
                plan=node["properties"][meant].get("x-origin"),
            )
            return
        members = node.get("properties", {})
        near = known.nearest(names.without_dynamic_part(name))
        near = members[near].get("x-replaced-by", near) if near else None
        near = None if near in siblings else near
        yield Finding(
            id=f"unplanned/unplanned-{kind}",
            path=path,
            value=inner,
            hint=f"did you mean {near}?" if near else None,
            severity=Severity[node["x-unplanned"]],
            plan=node.get("x-origin"),
        )
        yield from self._faulty(member, path, name, near)

    def _form(self, member: str, path: Path, name: str) -> Iterator[Finding]:
        limit = too_long("limit/property-name-too-long", path, name, self._limits["property_name"])
        found = list(limit)
        yield from found or self._faulty(member, path, name, None)

    def event_name(self, name: str, meant: str | None) -> Iterator[Finding]:
        """What is wrong with the form of the name of an unplanned event; `meant` is the name it should probably have."""
        yield from self._faulty("events", ("event",), name, meant)

    def _faulty(self, of: str, path: Path, name: str, meant: str | None) -> Iterator[Finding]:
        """A finding for each fault of a name of `events`, `properties` or `traits`. Faults are remembered, of some thousand."""
        key = (of, name, meant)
        faults = self._faults.get(key)
        if faults is None:
            faults = tuple(self._faults_of(of, name, meant))
            if len(self._faults) >= _MOST_NAMES:
                self._faults.clear()
            self._faults[key] = faults
        for kind, expected, hint in faults:
            plan = None if kind == "dynamic-name" else self._naming[of].get("origin")
            yield Finding(id=f"naming/{kind}", path=path, expected=expected, value=name, hint=hint, plan=plan)

    def _faults_of(self, of: str, name: str, meant: str | None) -> Iterator[_Fault]:
        rule = self._naming.get(of, _NO_RULE)
        if name in rule["allow"]:
            return
        noun = _NOUNS[of]
        is_planned = meant is not None and (of != "events" or meant in self._events)
        better = meant if is_planned else names.better_name(name, rule["cases"], ordered=rule["order"] is not None, meant=meant)
        rename = f"rename it to {better}" if better and better != name and name.isprintable() else None
        if rule["pattern"] is not None and not patterns.matches(rule["pattern"], name):
            yield _Fault(f"{noun}-name-case", f"a name that matches {rule['pattern']}", None)
        if rule["cases"] and not any(names.is_written_in(name, case) for case in rule["cases"]):
            yield _Fault(f"{noun}-name-case", " or ".join(names.CASES[case].noun for case in rule["cases"]), rename)
        if rule["order"] is not None and not names.is_object_action(name):
            yield _Fault(f"{noun}-name-order", "an object and a past-tense action", rename or "say what it happened to, then what happened")
        if (part := names.dynamic_part(name)) is not None:
            send = f"send {quoted_if_odd(part)} as a {'property' if of == 'events' else 'value'}"
            yield _Fault("dynamic-name", "a name that stays the same", f"{rename} and {send}" if rename else send)

    def _known_in(self, node: Node) -> names.Known:
        """The names that a node of the bundle knows. The node is kept with them: its id is its own for as long as it lives."""
        found = self._known.get(id(node))
        if found is None:
            if len(self._known) >= _MOST_NAMES:
                self._known.clear()
            found = self._known[id(node)] = node, names.Known(node.get("properties", ()))
        return found[1]


_NOUNS = {"events": "event", "properties": "property", "traits": "trait"}
_NO_RULE: Mapping[str, Any] = {"cases": (), "pattern": None, "order": None, "allow": ()}
_MOST_NAMES = 4096


def misspelt(name: str, node: Node) -> str | None:
    """The planned member of which `name` is another spelling, or None."""
    folded = names.fold(name)
    return next((planned for planned in node.get("properties", {}) if names.fold(planned) == folded), None) if folded else None


def _deprecation(path: Path, member: Node, siblings: Mapping[str, Any], node: Node) -> Iterator[Finding]:
    """A finding for a deprecated member, unless its successor is required and missing, which says as much."""
    successor = member.get("x-replaced-by")
    if member.get("x-status") != "deprecated" or (successor not in siblings and successor in node.get("required", ())):
        return
    yield Finding(
        id="status/deprecated-property",
        path=path,
        value=siblings[path[-1]],  # type: ignore[index]  # the last token of a member's path is its name
        hint=f"send {successor}" if successor else None,
        plan=member.get("x-origin"),
    )


def destinations(integrations: Mapping[str, Any], allowed: list[str] | None, severity: Severity) -> Iterator[Finding]:
    """Findings for the keys of `integrations` that the plan does not list; `All` is always one."""
    if allowed is None:
        return
    for name, value in integrations.items():
        if name != "All" and name not in allowed:
            near = names.nearest(name, ["All", *allowed])
            hint = f"did you mean {near}?" if near else None
            yield Finding(id="unplanned/unplanned-destination", path=("integrations", name), value=value, hint=hint, severity=severity)
