"""orjson: the fastest way to have Python's objects of JSON. It validates nothing; it is the yardstick."""

from __future__ import annotations

from benchmarks.peers.library import Library, parse_only, with_orjson

LIBRARY = Library("orjson", ("orjson",), with_orjson, parse_only)
