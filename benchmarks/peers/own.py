"""Our own library, called event by event: `Validator(plan).validate(...)`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from benchmarks.peers.library import ROOT, Count, Library


def counter(schemas: Mapping[str, Any]) -> Count:
    from protocols import Validator

    validate = Validator(ROOT / "benchmarks/plan.yaml").validate

    def count(events: Iterable[Any]) -> int:
        return sum(not validate(event).valid for event in events)

    return count


def to_mapping() -> Callable[[bytes], Any]:
    return json.loads


def as_it_is() -> Callable[[bytes], Any]:
    return bytes


MAPPING = Library("protocols-mapping", (), to_mapping, counter)
BYTES = Library("protocols-bytes", (), as_it_is, counter)
