"""Numbers that Python and the kernel both know stand in both, and are the same."""

from __future__ import annotations

import re
from pathlib import Path

import protocols
from protocols.engine import checked, program

SOURCES = Path(protocols.__file__).parent / "engine/kernel/src"


def constants(file: str) -> dict[str, int]:
    """The constants of a source whose values are plain numbers, or ones moved to the left."""
    text = (SOURCES / file).read_text(encoding="utf-8")
    found = re.findall(r"const (\w+): \w+ = (\d+)(?: << (\d+))?;", text)
    return {name: int(number) << int(shift or 0) for name, number, shift in found}


def test_what_is_wrong() -> None:
    known = constants("program.rs")
    assert {name: known[name] for name in checked.WRONG} == checked.WRONG


def test_kinds_of_values() -> None:
    known = constants("program.rs")
    kinds = {"null": "NULL", "integer": "INTEGER", "string": "TEXT", "array": "ARRAY", "object": "OBJECT"}
    assert {name: known[constant] for name, constant in kinds.items()} == {name: program._KINDS[name] for name in kinds}
    assert program._KINDS["boolean"] == known["FALSE"] | known["TRUE"]
    assert program._KINDS["number"] == known["INTEGER"] | known["FLOAT"]


def test_special_places() -> None:
    walk = (SOURCES / "walk.rs").read_text(encoding="utf-8")
    assert "pub const OTHER: u32 = u32::MAX;" in walk
    assert checked.OTHER == 2**32 - 1
    assert "const EVENT: Spot = Spot { object: OTHER - 1, field: OTHER };" in walk
    assert checked.EVENT == checked.OTHER - 1
    assert "pub const SLOTS: u32 = u32::MAX - 2;" in (SOURCES / "program.rs").read_text(encoding="utf-8")
    assert program._SLOTS == 2**32 - 3


def test_bounds() -> None:
    known = constants("program.rs")
    assert (known["MOST_FIELDS"], known["MOST_DEPTH"]) == (program._MOST_FIELDS, program._DEEPEST)
    assert constants("decode.rs")["FORMAT"] == program._FORMAT
    assert constants("walk.rs")["MOST_ARRAYS"] + 12 == checked._SIGHTING
