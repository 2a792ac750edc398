"""The hook that builds the kernel: what it says where there is none."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from protocols.engine.kernel.hatch_build import SYSTEMS, NotBuilt, build

pytestmark = pytest.mark.skipif(platform.system() not in SYSTEMS, reason="the kernel was never tried on this system")

COMPILES = """
echo "warning: unused" >&2
while [ "$1" != --target-dir ]; do shift; done
mkdir -p "$2/release"
"""
CARGOS = {
    "it fails": ('echo "warning: unused" >&2; echo "error: no such crate" >&2; exit 101', "cargo says: error: no such crate"),
    "it fails without a word": ("exit 1", "cargo says: nothing"),
    "it builds for another target, in another folder": (COMPILES, "cargo made no {name}"),
    "it builds for another processor": (
        COMPILES + 'echo "of another kind" > "$2/release/{name}"',
        "what cargo has built is not for this Python: ImportError: {library}: ",
    ),
}


@pytest.mark.parametrize("cargo", CARGOS)
def test_the_reason_is_told(cargo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = SYSTEMS[platform.system()][0]
    script, reason = (text.replace("{name}", name).replace("{library}", str(tmp_path / "release" / name)) for text in CARGOS[cargo])
    command = tmp_path / "cargo"
    command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("CARGO", str(command))
    with pytest.raises(NotBuilt) as raised:
        build(tmp_path, str(tmp_path))
    assert str(raised.value).startswith(reason)


def test_a_cargo_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARGO", str(tmp_path / "cargo"))
    with pytest.raises(NotBuilt, match=r"^cargo could not be started: "):
        build(tmp_path, str(tmp_path))
