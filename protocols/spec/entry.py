"""An entry: one event of a plan, or what the plan says of a call as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from msgspec.structs import replace

from protocols.plan.model import Body, Event, Plan, Section, Shape
from protocols.violations import json_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event, or a call where `event` is None.

    `plan` is the plan in whose file it stands. `parts` maps `properties`, `traits` and `context` to the shapes of these
    members of the payload, those left out that the plan does not speak of. The context is left out as well where it says
    no more than that of every track call.
    """

    plan: str
    call: str
    event: str | None
    description: str | None
    status: str | None
    replaced_by: str | None
    parts: Mapping[str, Shape]

    @property
    def name(self) -> str:
        """What people call it: `Order Completed`, `identify`, `page Checkout`."""
        if self.event is None:
            return self.call
        return self.event if self.call == "track" else f"{self.call} {self.event}"

    @property
    def key(self) -> tuple[str, str | None]:
        """What no two entries of one plan share."""
        return self.call, self.event


def entries(plan: Plan) -> Iterator[Entry]:
    """What a plan says, in its own order: each call that it speaks of, then the events of that call."""
    everywhere = plan.sections["track"].body.context
    for call, section in plan.sections.items():
        if section.position is not None:
            yield _of_call(call, section, None if call == "track" else everywhere)
        for event in section.events.values():
            yield _of_event(call, event, everywhere)


def _of_call(call: str, section: Section, everywhere: Shape | None) -> Entry:
    assert section.position is not None
    return Entry(
        plan=_home(section.position.file),
        call=call,
        event=None,
        description=section.body.description,
        status=None,
        replaced_by=None,
        parts=dict(_parts(section.body, everywhere)),
    )


def _of_event(call: str, event: Event, everywhere: Shape | None) -> Entry:
    *_, body = event.bodies.values()  # the newest version; the bundled plans have one of each event
    return Entry(
        plan=_home(event.position.file),
        call=call,
        event=event.name,
        description=event.description,
        status=event.status,
        replaced_by=event.replaced_by,
        parts=dict(_parts(body, everywhere)),
    )


def _home(file: str) -> str:
    return PurePath(file).stem


def _parts(body: Body, everywhere: Shape | None) -> Iterator[tuple[str, Shape]]:
    if body.properties is not None:
        yield "properties", body.properties
    if body.traits is not None:
        yield "traits", body.traits
    if body.context is not None and (context := _beyond(body.context, everywhere)) is not None:
        yield "context", context


def _beyond(context: Shape, everywhere: Shape | None) -> Shape | None:
    """The members of a context that say something else than the context of every track call."""
    if everywhere is None:
        return context
    shared = everywhere.properties or {}
    own = {name: shape for name, shape in (context.properties or {}).items() if shared.get(name) != shape}
    return replace(context, properties=own) if own else None


def inner(shape: Shape) -> Mapping[str, Shape]:
    """What stands one level below: the members of an object, or of the objects in an array; `*` stands for any other name."""
    if shape.items is not None:
        return inner(shape.items)
    others = {"*": shape.additional} if isinstance(shape.additional, Shape) else {}
    return {**(shape.properties or {}), **others}


def steps(shape: Shape) -> str:
    """What leads from a shape to its `inner` ones in a path: `[].` for an array of objects."""
    return "." if shape.items is None else f"[]{steps(shape.items)}"


def types(shape: Shape) -> list[str]:
    """The JSON types that a value may have, `any` alone for all of them."""
    listed = [*shape.keywords.get("enum", ()), *([shape.keywords["const"]] if "const" in shape.keywords else [])]
    named = list(shape.keywords.get("type") or dict.fromkeys(json_type(value) for value in listed))
    return named + ["null"] * (shape.null and "null" not in named) if named else ["any"]


def to_dict(shape: Shape) -> dict[str, Any]:
    """A shape in the words of the plan format, with every ref written out; `type` is a list, and what is not said is left out."""
    told: dict[str, Any] = {
        "type": None if types(shape) == ["any"] else types(shape),
        "required": shape.required,
        **{key: value for key, value in shape.keywords.items() if key != "type"},
        "description": shape.description,
        "examples": list(shape.examples),
        "personal": shape.personal,
        "status": shape.status,
        "replaced_by": shape.replaced_by,
    }
    told = {key: value for key, value in told.items() if value not in (None, False, [])}
    if shape.properties is not None:
        told["properties"] = {name: to_dict(member) for name, member in shape.properties.items()}
    if shape.items is not None:
        told["items"] = to_dict(shape.items)
    if shape.additional is not None:
        told["additionalProperties"] = shape.additional if isinstance(shape.additional, bool) else to_dict(shape.additional)
    return told
