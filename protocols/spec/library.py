"""The bundled plans, each read when it is first asked for."""

from __future__ import annotations

from functools import cached_property

from protocols.names import fold
from protocols.plan import bundled, load_plan
from protocols.plan.model import Plan
from protocols.spec.entry import Entry, entries

WHOLE = "whole-spec"
"""The plan that has nothing of its own and takes in all the others."""


class Library:
    """`files` maps the names of the plans, in their order, to where they are."""

    def __init__(self) -> None:
        self.files = bundled()
        self._plans: dict[str, Plan] = {}
        self._entries: dict[str, list[Entry]] = {}

    def __getitem__(self, name: str) -> Plan:
        if name not in self._plans:
            self._plans[name] = load_plan(self.files[name])
        return self._plans[name]

    def named(self, query: str) -> str | None:
        """The plan of that name, in whatever spelling."""
        return next((name for name in self.files if fold(name) == fold(query)), None)

    def in_plan(self, name: str) -> list[Entry]:
        """What a plan holds, with all that it takes over from others."""
        if name == WHOLE:
            return self.entries
        if name not in self._entries:
            self._entries[name] = list(entries(self[name]))
        return self._entries[name]

    @cached_property
    def entries(self) -> list[Entry]:
        """The entries of all plans, each once: as the plan has it in whose file it stands."""
        return [entry for name in self._families for entry in self.in_plan(name) if entry.plan == name]

    def also_in(self, entry: Entry) -> list[str]:
        """The other plans that take an entry over, without the one that takes everything."""
        return [name for name in self._families if name != entry.plan and entry.key in self._keys[name]]

    def successor(self, entry: Entry) -> Entry:
        """The entry that is to be sent in the place of a deprecated one; any other is its own."""
        while entry.replaced_by is not None:
            entry = self._by_key[entry.call, entry.replaced_by]
        return entry

    @property
    def _families(self) -> list[str]:
        return [name for name in self.files if name != WHOLE]

    @cached_property
    def _keys(self) -> dict[str, set[tuple[str, str | None]]]:
        return {name: {entry.key for entry in self.in_plan(name)} for name in self._families}

    @cached_property
    def _by_key(self) -> dict[tuple[str, str | None], Entry]:
        return {entry.key: entry for entry in self.entries}
