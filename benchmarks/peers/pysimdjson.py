"""pysimdjson: parses without making Python's objects, so nearly what a core can do. It validates nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers.library import Library, parse_only


def parser() -> Callable[[bytes], Any]:
    import simdjson

    parse: Callable[[bytes], Any] = simdjson.Parser().parse
    return parse


LIBRARY = Library("pysimdjson", ("pysimdjson",), parser, parse_only)
