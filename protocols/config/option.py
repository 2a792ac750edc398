"""One option: what may be written for it, what it means, and what holds without it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from protocols.config.reader import Path, Reader


class Kind(NamedTuple):
    """What may be written for an option.

    `read` gives its value, or None where it is wrong, which the reader has been told. `schema` is the same as JSON Schema;
    `write` the TOML of a value.
    """

    read: Callable[[Reader, Any, Path], Any]
    schema: Callable[[], dict[str, Any]]
    write: Callable[[Any], str]


class Option(NamedTuple):
    """A row: `default` is the value that holds without the option, `example` how it can be written, as TOML."""

    kind: Kind
    meaning: str
    default: Any
    example: str
    required: bool = False


def option(kind: Kind, meaning: str, default: Any = None, *, example: str = "") -> Any:
    """A field of a section, and its row in the table at once."""
    row = Option(kind, meaning, default, example or kind.write(default))
    if isinstance(default, Mapping):
        return dataclasses.field(default_factory=dict, metadata={"option": row})
    return dataclasses.field(default=default, metadata={"option": row})


def options(section: Any) -> dict[str, Option]:
    """Name -> option, for a section of the settings."""
    return {field.name: field.metadata["option"] for field in dataclasses.fields(section) if "option" in field.metadata}
