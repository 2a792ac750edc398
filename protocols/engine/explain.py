"""Everything that is wrong with one event: the second stage, and the meaning that the first stage has to keep.

A page to read from top to bottom: parse, look at sizes, normalise, route, check names and values, and turn what was
found into violations with their severity, their place and the line of the plan that asked for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from protocols.engine import nodes, values
from protocols.engine.envelope import Normalised, normalise, too_long
from protocols.engine.faults import Fault, Judge, MakeJudge, fast_judge
from protocols.engine.finding import Finding, Path
from protocols.engine.members import Members, destinations, misspelt
from protocols.engine.parse import NotJSON, TooDeep, depth_of, parse, scrub
from protocols.engine.privacy import personal
from protocols.engine.router import Route, Router, Routing
from protocols.positions import Position
from protocols.problems import Problem, Severity
from protocols.violations import KINDS, UNCHECKED, counted, json_type, reading_order, to_pointer, violation

UNREADABLE = Route(None, None, None)


class Result(msgspec.Struct, frozen=True):
    """What is wrong with one event: its violations in the order of the payload's pointers.

    `route` says what it was checked as. `readable` is False where the record was no JSON object at all.
    """

    route: Route
    violations: tuple[Problem, ...] = ()
    readable: bool = True

    @property
    def valid(self) -> bool:
        """An event is invalid when it has at least one violation of severity error."""
        return all(problem.severity < Severity.error for problem in self.violations)

    @property
    def clean(self) -> bool:
        """Whether there is nothing at all to report."""
        return not self.violations

    @property
    def call(self) -> str | None:
        return self.route.call

    @property
    def event(self) -> str | None:
        return self.route.event

    @property
    def version(self) -> int | None:
        return self.route.version


class Explainer:
    """Explains events by a compiled plan (a bundle of `protocols.schema.compile_plan`).

    `make_judge` turns a JSON Schema into something that finds the faults of an instance. With `redact` no value of an
    event is shown, as if each were marked personal.
    """

    def __init__(self, bundle: Mapping[str, Any], make_judge: MakeJudge = fast_judge, *, redact: bool = False) -> None:
        settings = bundle["x-protocols"]
        self._schemas = bundle["$defs"]
        self._limits = settings["limits"]
        self._calls = settings["calls"]
        self._severity = {key: Severity[name] for key, name in settings["severity"].items()}
        self._destinations = settings["destinations"]
        self._unplanned = {key: Severity[name] for key, name in settings["unplanned"].items()}
        self._make_judge = make_judge
        self._redact = redact
        self._judges: dict[str, Judge] = {}
        self._bodies: dict[str, dict[str, Any]] = {}
        self.router = Router(settings)
        self._members = Members(settings)

    def explain(self, raw: bytes, faults: Sequence[Fault] | None = None) -> Result:
        """What is wrong with the event in these bytes (one JSON text). `faults` are those of its values, where they are known."""
        try:
            value = parse(raw)
        except NotJSON as error:
            return self._unreadable("payload/malformed-json", actual=str(error))
        except TooDeep as error:
            return self._unreadable(
                "limit/nesting-too-deep", expected=f"at most {counted(self._limits['depth'], 'level')}", actual=str(error.depth)
            )
        may_be_deep = raw.count(b"{") + raw.count(b"[") > self._limits["depth"]
        return self._explain(value, len(raw), may_be_deep=may_be_deep, faults=faults)

    def explain_value(self, value: Any, size: int | None = None) -> Result:
        """What is wrong with an event given as Python's JSON types. `size` is its length in bytes as JSON, where known."""
        try:
            value = scrub(value)
        except NotJSON as error:
            return self._unreadable("payload/malformed-json", actual=str(error))
        except RecursionError:
            deepest = f"more than {sys.getrecursionlimit() // 2}"
            return self._unreadable("limit/nesting-too-deep", expected=f"at most {counted(self._limits['depth'], 'level')}", actual=deepest)
        return self._explain(value, len(msgspec.json.encode(value)) if size is None else size)

    def _explain(self, value: Any, size: int, *, may_be_deep: bool = True, faults: Sequence[Fault] | None = None) -> Result:
        if not isinstance(value, dict):
            return self._unreadable("payload/not-an-object", value=value)
        event = normalise(value)
        findings = [*self._sizes(value, size, may_be_deep), *event.findings]
        if event.call is None:
            routing = Routing(UNREADABLE, "", None, [])
            return self._result(routing, event, findings)
        routing = self.router.route(event.call, event.payload)
        findings += self._names(event, routing)
        if routing.spelled is not None:
            event.payload["event"] = routing.spelled
        findings += routing.findings
        findings += self._values(event, routing, faults)
        findings += destinations(event.payload.get("integrations", {}), self._destinations, self._unplanned["destinations"])
        return self._result(routing, event, findings)

    def prepare(self) -> None:
        """Build all judges now; raises what building one of them may raise."""
        for key in self._schemas:
            if key != "envelope" and key not in self._judges:
                self._judges[key] = self._make_judge(self._body(key))

    def batch_too_large(self, size: int) -> Problem | None:
        """The violation of a batch body of `size` bytes, if it is larger than the limit."""
        severity = self._level("limit/batch-too-large", self._severity, None)
        most = self._limits["batch_bytes"]
        if size <= most or severity is Severity.off:
            return None
        return violation("limit/batch-too-large", "", severity=severity, expected=f"at most {counted(most, 'byte')}", actual=str(size))

    def _sizes(self, value: Mapping[str, Any], size: int, may_be_deep: bool) -> Iterator[Finding]:
        if size > self._limits["event_bytes"]:
            expected = f"at most {counted(self._limits['event_bytes'], 'byte')}"
            yield Finding(id="limit/event-too-large", path=(), expected=expected, actual=str(size))
        depth = depth_of(value) if may_be_deep else 0
        if depth > self._limits["depth"]:
            expected = f"at most {counted(self._limits['depth'], 'level')}"
            yield Finding(id="limit/nesting-too-deep", path=(), expected=expected, actual=str(depth))
        if isinstance(message_id := value.get("messageId"), str):
            yield from too_long("limit/message-id-too-long", ("messageId",), message_id, self._limits["message_id"])

    def _names(self, event: Normalised, routing: Routing) -> Iterator[Finding]:
        """Findings for the names of the event and of its members."""
        body = self._body(routing.key)
        unnamed = event.call == "track" and routing.route.event is None
        planned = routing.entry is not None or event.call != "track"
        name = event.payload.get("event")
        if event.call == "track" and isinstance(name, str):
            found = list(too_long("limit/event-name-too-long", ("event",), name, self._limits["event_name"]))
            yield from found
            if not planned and not found and not unnamed:
                yield from self._members.event_name(name, routing.meant)
        if unnamed or (not planned and self._unplanned["events"] is Severity.error):
            return
        private = self._level("privacy/personal-data", self._overrides(routing), None) is not Severity.off
        for member in ("properties", "traits"):
            if member in event.payload and member not in event.broken:
                node, value = body["properties"].get(member, {}), event.payload[member]
                if member == "properties" and routing.entry is not None and event.call != "track" and not event.payload.get("name"):
                    value = {name: inner for name, inner in value.items() if name != "name"}  # it is the name of the page
                yield from self._members.judge(member, value, node, planned=planned)
                if private:
                    yield from personal((member,), event.payload[member], node)

    def _values(self, event: Normalised, routing: Routing, known: Sequence[Fault] | None) -> Iterator[Finding]:
        """Findings of the event's JSON Schema. An event without a usable name has no body to check."""
        if event.call == "track" and routing.route.event is None:
            return
        if known is None and routing.key not in self._judges:
            self._judges[routing.key] = self._make_judge(self._body(routing.key))
        faults = self._judges[routing.key](event.payload) if known is None else known
        for finding in values.findings(self._body(routing.key), event.payload, faults):
            if not (finding.path and finding.path[0] in event.broken):
                yield finding

    def _body(self, key: str) -> dict[str, Any]:
        """The schema of one event without the envelope, which `envelope` checks in better words."""
        if key not in self._bodies:
            schema = self._schemas[key]
            self._bodies[key] = {"properties": {}} | schema | {"allOf": schema["allOf"][1:]}
            if not self._bodies[key]["allOf"]:
                del self._bodies[key]["allOf"]
        return self._bodies[key]

    def _result(self, routing: Routing, event: Normalised, findings: list[Finding]) -> Result:
        overrides = self._overrides(routing)
        problems = [problem for finding in findings if (problem := self._problem(finding, routing, event, overrides)) is not None]
        return Result(routing.route, tuple(in_order(problems)))

    def _overrides(self, routing: Routing) -> Mapping[str, Severity]:
        if not routing.key:
            return self._severity
        own: Mapping[str, str] = self._calls[routing.route.call]["severity"]
        if routing.entry:
            own = own | routing.entry["bodies"][routing.key]["severity"]
        return self._severity | {key: Severity[name] for key, name in own.items()} if own else self._severity

    def _level(self, id: str, overrides: Mapping[str, Severity], own: Severity | None, binding: bool = False) -> Severity:
        """An override of the id wins over one of its family, and both over what the check or the kind says; none makes
        good what could not be checked at all.
        """
        if id in UNCHECKED:
            return Severity.error
        if id in overrides:
            return overrides[id]
        family = id.partition("/")[0]
        if family in overrides and not binding:
            return overrides[family]
        return KINDS[id].severity if own is None else own

    def _problem(self, finding: Finding, routing: Routing, event: Normalised, overrides: Mapping[str, Severity]) -> Problem | None:
        severity = self._level(finding.id, overrides, finding.severity, finding.binding)
        if severity is Severity.off:
            return None
        chain = list(nodes.along(self._body(routing.key), finding.path)) if routing.key else []
        path = _moved(finding.path, event)
        starred = _moved(
            tuple(
                "*" if isinstance(token, int) or (chain and nodes.is_map_key(chain[depth], token)) else token
                for depth, token in enumerate(finding.path)
            ),
            event,
        )
        return violation(
            finding.id,
            to_pointer(path),
            severity=severity,
            expected=finding.expected,
            value=finding.value,
            actual=finding.actual,
            hint=finding.hint,
            hide=self._redact or _is_personal(chain, finding),
            call=routing.route.call,
            event=routing.route.event,
            version=routing.route.version,
            group_pointer=to_pointer(starred),
            message_id=_text(event.payload.get("messageId")),
            plan=Position.parse(finding.plan) if finding.plan else None,
        )

    def _unreadable(self, id: str, *, expected: str | None = None, actual: str | None = None, value: Any = UNSET) -> Result:
        severity = self._level(id, self._severity, None)
        if self._redact and value is not UNSET:
            actual = json_type(value)
        problem = violation(
            id, "", severity=severity, expected=expected, actual=actual, value=value, hide=self._redact or isinstance(value, list)
        )
        return Result(UNREADABLE, (problem,) if severity is not Severity.off else (), readable=False)


def _is_personal(chain: list[nodes.Node], finding: Finding) -> bool:
    """Whether a value is, holds or was meant to be one that the plan marks personal."""
    if not chain or any(node.get("x-personal") for node in chain):
        return bool(chain)
    if isinstance(finding.value, (dict, list)) and nodes.holds_personal(chain[-1]):
        return True
    if len(chain) == 1:
        return False
    name, planned = str(finding.path[-1]), chain[-2].get("properties", {})
    meant = name if name in planned else misspelt(name, chain[-2])
    return meant is not None and nodes.holds_personal(planned[meant])


def _moved(path: Path, event: Normalised) -> Path:
    """The path in the payload as it came, for a path in the normalised one."""
    return (*event.moved[str(path[0])], *path[1:]) if path and path[0] in event.moved else path


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def in_order(problems: list[Problem]) -> list[Problem]:
    """The violations of one event in the order in which they are reported."""
    return sorted(problems, key=reading_order) if len(problems) > 1 else problems
