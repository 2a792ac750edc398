"""The plans that travel with the package, which others extend by their bare name."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_FOLDERS = (_PACKAGE / "plans", _PACKAGE.parent / "plans")
"""Where the bundled plans are: inside an installed wheel, else beside the package in a checkout."""


def bundled() -> dict[str, Path]:
    """Name -> file of every bundled plan, in the order of their names."""
    for folder in _FOLDERS:
        if folder.is_dir():
            return {file.stem: file for file in sorted(folder.glob("*.yaml"))}
    return {}
