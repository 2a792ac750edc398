"""The schemas of a bundle as files: one for each call, event and version, and the bundle itself."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from protocols.errors import UsageError
from protocols.schema.compile import standalone

_MOST = 80
"""Characters of a file name before its ending: far below every file system's limit, still readable."""

_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))})
"""Names that Windows keeps for devices, whatever the ending."""


def write(bundle: Mapping[str, Any], directory: str | Path) -> list[Path]:
    """Write `bundle.json` and a self-contained schema for every call, event and version; returns the paths, in bundle order.

    Files are UTF-8 with the same bytes on every run and machine. Other files in the directory stay as they are.
    Raises UsageError where something cannot be written.
    """
    schemas = {"bundle.json": dict(bundle)}
    schemas |= {name: standalone(bundle, key) for key, name in file_names(bundle).items()}
    return [_write(Path(directory) / name, schema) for name, schema in schemas.items()]


def file_names(bundle: Mapping[str, Any]) -> dict[str, str]:
    """Key of `$defs` -> file name, such as `track/order-completed.json`, `track/signed-up.v1.json`, `identify.json`.

    Names are lower-case ASCII, so they are the same file on every file system. Events whose names differ only in what
    a file name leaves out (case, blanks, signs, other scripts) carry a digest of their own name, behind a dot, which is
    in no name: `track/cart-viewed.9aebf5a7.json`.
    """
    entries = list(_entries(bundle))
    taken = Counter((call, _slug(event)) for call, event in {(call, event) for _, call, event, _ in entries})
    return {key: _file_name(call, event, version, taken[call, _slug(event)] > 1) for key, call, event, version in entries}


def dump(schema: Mapping[str, Any]) -> bytes:
    """A schema as the bytes of its file."""
    return (json.dumps(schema, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _entries(bundle: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None, int | None]]:
    for call, section in bundle["x-protocols"]["calls"].items():
        yield section["section"], call, None, None
        for event, entry in section["events"].items():
            for version, key in entry["versions"]:
                yield key, call, event, version


def _file_name(call: str, event: str | None, version: int | None, shared: bool) -> str:
    if event is None:
        return f"{call}.json"
    slug = _slug(event)
    parts = [slug or "event"]
    if shared or not slug or slug in _DEVICES:
        parts.append(hashlib.sha256(event.encode()).hexdigest()[:8])
    if version is not None:
        parts.append(f"v{version}")
    return f"{call}/{'.'.join(parts)}.json"


def _slug(event: str | None) -> str:
    ascii = unicodedata.normalize("NFKD", event or "").encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii)[:_MOST].strip("-")


def _write(path: Path, schema: Mapping[str, Any]) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dump(schema))
    except OSError as fault:
        raise UsageError(f"{path} cannot be written: {fault.strerror}") from fault
    return path
