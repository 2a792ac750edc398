"""A tracking plan as frozen values: everything merged, every ref expanded, every part with its place in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from protocols.positions import Position
from protocols.problems import Severity

Positions = Mapping[str, Position]
"""Keyword of a shape -> where the merged plan has it from; `required` and `nullable` are keywords too."""


class RawSchema(msgspec.Struct, frozen=True):
    """JSON Schema that a plan writes under `schema` or `payload`, taken as it stands."""

    schema: Mapping[str, Any]
    position: Position


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What one value may be: a property, an item, a trait, the properties of an event.

    `keywords` holds JSON Schema's own keywords as the plan says them (`type` always a list of type names, `datetime`
    and `any` already resolved; `enum`, `const`, `minimum`, `pattern`, ...) without `properties`, `items` and
    `additionalProperties`, which are shapes. `properties` is None where the shape does not describe its members, and
    empty where it plans none. `null` says whether null is allowed, by whichever way the plan says so.
    """

    position: Position
    keywords: Mapping[str, Any] = {}
    positions: Positions = {}
    null: bool = False
    required: bool = False
    properties: Mapping[str, Shape] | None = None
    additional: bool | Shape | None = None
    items: Shape | None = None
    raw: RawSchema | None = None
    description: str | None = None
    examples: tuple[Any, ...] = ()
    personal: bool = False
    status: str | None = None
    replaced_by: str | None = None
    labels: Mapping[str, Any] = {}
    owners: tuple[str, ...] = ()
    extensions: Mapping[str, Any] = {}


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan says of one payload beyond its envelope.

    `properties`, `traits` and `context` are the shapes of the payload's members of these names, None where the plan
    does not speak of them. `payload` is raw JSON Schema over the whole call.
    `unplanned` and `severity` override the plan's own for this event or call.
    """

    properties: Shape | None = None
    traits: Shape | None = None
    context: Shape | None = None
    payloads: tuple[RawSchema, ...] = ()
    unplanned: Mapping[str, Severity] = {}
    severity: Mapping[str, Severity] = {}
    status: str | None = None
    description: str | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A planned track event, or a named page or screen.

    `bodies` maps version numbers to bodies, in ascending order; an event without versions has one body under None.
    A deprecated event that says nothing of its own has its successor's bodies.
    """

    name: str
    position: Position
    bodies: Mapping[int | None, Body]
    description: str | None = None
    status: str | None = None
    replaced_by: str | None = None
    labels: Mapping[str, Any] = {}
    owners: tuple[str, ...] = ()
    extensions: Mapping[str, Any] = {}


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan says of one call.

    `body` holds for calls that no entry of `events` matches: unplanned track events, unnamed pages and screens,
    every identify and group. `events` are the planned events of track and the `named` ones of page and screen.
    """

    position: Position | None
    body: Body
    events: Mapping[str, Event] = {}
    labels: Mapping[str, Any] = {}
    owners: tuple[str, ...] = ()
    extensions: Mapping[str, Any] = {}


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """How names are to be written: `cases` are names of `protocols.names.CASES` of which one must fit, or `pattern` does."""

    cases: tuple[str, ...] = ()
    pattern: str | None = None
    order: str | None = None
    allow: frozenset[str] = frozenset()
    position: Position | None = None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes an event may have. Characters for names and ids, bytes for events and batches.

    The defaults are the documented limits of Segment's ingestion: 32 KB an event and 500 KB a batch, 100 characters
    a message id, 300 properties; 255 characters for names.
    """

    event_name: int = 255
    property_name: int = 255
    event_bytes: int = 32_768
    batch_bytes: int = 512_000
    message_id: int = 100
    properties: int = 300
    depth: int = 64


class PlanFile(msgspec.Struct, frozen=True):
    """A file the plan was made from; `sha256` in hexadecimal."""

    path: str
    sha256: str


UNPLANNED: Mapping[str, Severity] = {
    "events": Severity.error,
    "properties": Severity.warning,
    "traits": Severity.off,
    "versions": Severity.warning,
    "destinations": Severity.warning,
}
"""What is said of names the plan lacks, unless the plan's `unplanned` says otherwise."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A whole tracking plan.

    `sections` maps the calls that the plan speaks of (`track`, always, and `identify`, `page`, ...) to their sections.
    `naming` maps `events`, `properties` and `traits` to the rule agreed for them. `unplanned` is complete; `severity`
    maps a family or an id to the severity that replaces the kind's own. `files` are in order of reading, the root first.
    """

    name: str
    version: str
    sections: Mapping[str, Section]
    files: tuple[PlanFile, ...]
    description: str | None = None
    owners: tuple[str, ...] = ()
    labels: Mapping[str, Any] = {}
    naming: Mapping[str, Naming] = {}
    limits: Limits = Limits()
    unplanned: Mapping[str, Severity] = msgspec.field(default_factory=lambda: dict(UNPLANNED))
    severity: Mapping[str, Severity] = {}
    default_version: str | int = "oldest"
    destinations: frozenset[str] | None = None
    definitions: Mapping[str, Position] = {}

    @property
    def events(self) -> Mapping[str, Event]:
        """The planned track events by name."""
        return self.sections["track"].events

    def __repr__(self) -> str:
        return f"Plan({self.name!r}, version={self.version!r}, {len(self.events)} events)"
