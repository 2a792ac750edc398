"""What rules look at: one plan, as merged and as its files write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from protocols.plan.merge import names_of
from protocols.plan.model import Body, Event, Plan, Shape
from protocols.plan.nodes import List, Map
from protocols.positions import Position
from protocols.rules.ignores import Ignore
from protocols.rules.mentions import Mention, mentions_in
from protocols.rules.written import Name, holders, kinds_of_definitions, names_in

_T = TypeVar("_T")


DEFINITION = "definition"
"""Where a path begins in `all_shapes` that is not one in a payload."""


class Planned(NamedTuple):
    """A shape of the merged plan with its place in a payload.

    `path` begins with properties, traits or context; `*` stands for every item of an array and every key of a map.
    `kind` is that of a `Name`: property, trait or context. `event` is None for what a call section says.
    """

    shape: Shape
    kind: str
    path: tuple[str, ...]
    call: str
    event: Event | None
    version: int | None


@dataclass(frozen=True)
class Subject:
    """One plan as rules see it.

    `written` holds what each file that is looked at says itself, by the name the file is shown under; `beside` the same
    of the plan's other files, and `bundled` of the bundled plans that it extends. `definitions` are those of the whole
    plan. `is_whole` is False for a part that was read by itself: what it builds on, and what builds on it, is not known.
    `ignores` are the comments that silence findings, `used` those of them that did so already, each with the rule, and
    `active` the rules of this run.
    """

    plan: Plan
    written: Mapping[str, Map]
    beside: Mapping[str, Map] = field(default_factory=dict)
    bundled: Mapping[str, Map] = field(default_factory=dict)
    definitions: Mapping[str, Shape] = field(default_factory=dict)
    is_whole: bool = True
    ignores: tuple[Ignore, ...] = ()
    used: set[tuple[Position, str]] = field(default_factory=set)
    active: frozenset[str] = frozenset()

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """Every name in the files that are looked at, in the order they stand in."""
        return self._names(self.written)

    @cached_property
    def by_name(self) -> Mapping[str, tuple[Name, ...]]:
        """Name -> all that has it, in all files of the plan, bundled ones too."""
        return _grouped((name.name, name) for trees in self._trees for name in self._names(trees))

    @cached_property
    def mentions(self) -> Mapping[str, tuple[Mention, ...]]:
        """Name -> where it stands as a reference, in all files of the plan."""
        return _grouped((mention.name, mention) for trees in self._trees for tree in trees.values() for mention in mentions_in(tree))

    @cached_property
    def used_definitions(self) -> frozenset[str]:
        """Names of all definitions that something in the plan refers to, itself left out."""
        found = (holder for trees in self._trees for tree in trees.values() for holder in holders(tree) if "ref" in holder.node)
        return frozenset(name for holder in found for name, _ in names_of(holder.node, "ref") if holder.path[:2] != ("definitions", name))

    @cached_property
    def siblings(self) -> Mapping[str, tuple[Mapping[str, Shape], ...]]:
        """Name of a member -> the members of each merged object that has one of this name."""
        objects = (planned.shape.properties for planned in self.shapes if planned.shape.properties)
        return _grouped((name, members) for members in objects for name in members)

    @cached_property
    def bundled_names(self) -> frozenset[tuple[str, str]]:
        """Kind and name of all that bundled plans bring, which is for nobody here to mend."""
        return frozenset((name.kind, name.name) for name in self._names(self.bundled))

    @cached_property
    def shapes(self) -> tuple[Planned, ...]:
        """Every shape of the merged plan, from the `properties`, `traits` and `context` of a payload on."""
        return tuple(_planned(self.plan))

    @cached_property
    def all_shapes(self) -> tuple[Planned, ...]:
        """The same, and what only definitions say that no event uses, the parts of others above all."""
        seen = {planned.shape.position for planned in self.shapes}
        unused = (
            planned
            for name, shape in self.definitions.items()
            for planned in _within(Planned(shape, self._kinds.get(name, "property"), (DEFINITION,), "", None, None))
        )
        return (*self.shapes, *(planned for planned in unused if planned.shape.position not in seen))

    @cached_property
    def events(self) -> tuple[tuple[str, Event], ...]:
        """Every event and every named page and screen of the merged plan, each with its call."""
        return tuple((call, event) for call, section in self.plan.sections.items() for event in section.events.values())

    def value_at(self, key_at: Position) -> Position:
        """Where the value of the key at this place begins; the place itself where no key of our files is."""
        node_and_key = self._keys.get(key_at)
        return key_at if node_and_key is None else node_and_key[0].values_at[node_and_key[1]]

    def item_at(self, key_at: Position, number: int) -> Position:
        """Where an item of the list begins that is the value of the key at this place; items count from 0."""
        node_and_key = self._keys.get(key_at)
        listed = None if node_and_key is None else node_and_key[0][node_and_key[1]]
        return listed.items_at[number] if isinstance(listed, List) and number < len(listed) else key_at

    @cached_property
    def _keys(self) -> Mapping[Position, tuple[Map, str]]:
        """Place of a key in our files -> the mapping it is in, and the key."""
        return {at: (node, key) for tree in self.written.values() for node in _maps(tree) for key, at in node.keys_at.items()}

    def is_ours(self, at: Position) -> bool:
        """Whether a place is in a file that is looked at."""
        return at.file in self.written

    def _names(self, trees: Mapping[str, Map]) -> tuple[Name, ...]:
        return tuple(name for tree in trees.values() for name in names_in(tree, self._kinds))

    @cached_property
    def _kinds(self) -> Mapping[str, str]:
        return kinds_of_definitions(tree for trees in self._trees for tree in trees.values())

    @property
    def _trees(self) -> tuple[Mapping[str, Map], ...]:
        return (self.written, self.beside, self.bundled)


def _maps(node: Any) -> Iterator[Map]:
    """A mapping and all those inside it."""
    if isinstance(node, Map):
        yield node
    for inner in node.values() if isinstance(node, Map) else node if isinstance(node, List) else ():
        if isinstance(inner, (Map, List)):
            yield from _maps(inner)


def _grouped(pairs: Iterable[tuple[str, _T]]) -> dict[str, tuple[_T, ...]]:
    groups: dict[str, list[_T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


def _planned(plan: Plan) -> Iterator[Planned]:
    for call, section in plan.sections.items():
        yield from _of_body(section.body, call, None, None)
        for event in section.events.values():
            for version, body in event.bodies.items():
                yield from _of_body(body, call, event, version)


def _of_body(body: Body, call: str, event: Event | None, version: int | None) -> Iterator[Planned]:
    members = (("properties", "property", body.properties), ("traits", "trait", body.traits), ("context", "context", body.context))
    for member, kind, shape in members:
        if shape is not None:
            yield from _within(Planned(shape, kind, (member,), call, event, version))


def _within(planned: Planned) -> Iterator[Planned]:
    yield planned
    shape, path = planned.shape, planned.path
    for name, member in (shape.properties or {}).items():
        yield from _within(planned._replace(shape=member, path=(*path, name)))
    for inner in (shape.items, shape.additional):
        if isinstance(inner, Shape):
            yield from _within(planned._replace(shape=inner, path=(*path, "*")))
