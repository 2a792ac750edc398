"""The files of events, by name: made when first needed, kept in the work folder, and made again when events.py changes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from benchmarks import events
from benchmarks.events import Traffic
from benchmarks.wide import NAMES


def inputs(size: int) -> Mapping[str, Traffic]:
    """The traffic in each file. `size` events are in those that are compared with each other as whole commands."""
    shop = Traffic(size)
    return {
        "shop": shop,
        "30 % bad": shop._replace(bad=0.3),
        "all bad": shop._replace(bad=1.0),
        "unplanned": shop._replace(unplanned=3),
        "wide": shop._replace(names=NAMES),
        "deep": shop._replace(events=size // 10, deep=40),
        "calls": shop._replace(calls=True),
        "large sample": shop._replace(events=min(size, 100_000)),
        "small sample": shop._replace(events=min(size, 5_000)),
        "valid": shop._replace(events=1_000, bad=0.0),
    }


def path_of(traffic: Traffic, folder: Path) -> Path:
    """The file of this traffic; it is made if it is not there. Equal traffic of the same events.py is the same file."""
    made_by = Path(events.__file__).read_bytes() + repr(traffic).encode()
    path = folder / f"events-{traffic.events}-{hashlib.sha256(made_by).hexdigest()[:12]}.jsonl"
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb", buffering=1 << 20) as file:
            file.writelines(events.lines(traffic))
        unfinished.rename(path)
    return path
