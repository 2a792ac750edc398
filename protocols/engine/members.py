"""The names of an event's members against those the plan describes.

Values are the schema's business. Names are judged only where the plan describes an object: a name it lacks is a
misspelt one, an unplanned one, or fine where the object is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from protocols import names, patterns
from protocols.engine.envelope import too_long
from protocols.engine.finding import Finding, Path
from protocols.engine.nodes import Node, child
from protocols.problems import Severity
from protocols.violations import counted


class Members:
    """Judges names by the `naming` and `limits` settings of a bundle."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._naming = settings["naming"]
        self._limits = settings["limits"]

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
        meant = misspelt(name, node)
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
        near = names.nearest(name, members)
        near = members[near].get("x-replaced-by", near) if near else None
        yield Finding(
            id=f"unplanned/unplanned-{kind}",
            path=path,
            value=inner,
            hint=f"did you mean {near}?" if near and near not in siblings else None,
            severity=Severity[node["x-unplanned"]],
            plan=node.get("x-origin"),
        )
        yield from self._case(member, path, name)

    def _form(self, member: str, path: Path, name: str) -> Iterator[Finding]:
        limit = too_long("limit/property-name-too-long", path, name, self._limits["property_name"])
        found = list(limit)
        yield from found or self._case(member, path, name)

    def _case(self, member: str, path: Path, name: str) -> Iterator[Finding]:
        kind = "trait" if member == "traits" else "property"
        yield from self.name_case(f"naming/{kind}-name-case", member, path, name)

    def name_case(self, id: str, of: str, path: Path, name: str) -> Iterator[Finding]:
        """A finding where `name` breaks the rule agreed for `of` (events, properties or traits)."""
        rule = self._naming.get(of)
        if rule is None or name in rule["allow"]:
            return
        if rule["pattern"] is not None and not patterns.matches(rule["pattern"], name):
            yield Finding(id=id, path=path, expected=f"a name that matches {rule['pattern']}", value=name, plan=rule.get("origin"))
        if rule["cases"] and not any(names.is_written_in(name, case) for case in rule["cases"]):
            better = names.rewrite(name, rule["cases"][0])
            yield Finding(
                id=id,
                path=path,
                expected=" or ".join(names.CASES[case].noun for case in rule["cases"]),
                value=name,
                hint=f"rename it to {better}" if better and better != name and name.isprintable() else None,
                plan=rule.get("origin"),
            )


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
