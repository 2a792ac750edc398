"""Who we are measured against: one file each, one line here. Our own library stands among them, for its calls."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.peers import ajv, fastjsonschema, jsonschema, jsonschema_rs, orjson, own, pysimdjson, sourcemeta
from benchmarks.peers.library import Library
from benchmarks.peers.peer import Peer, Unavailable

LIBRARIES: Mapping[str, Library] = {
    library.name: library
    for library in (
        orjson.LIBRARY,
        pysimdjson.LIBRARY,
        jsonschema.LIBRARY,
        jsonschema_rs.LIBRARY,
        fastjsonschema.LIBRARY,
        own.MAPPING,
        own.BYTES,
    )
}
PEERS: Mapping[str, Peer] = {**LIBRARIES, "ajv": ajv.Ajv(), "sourcemeta": sourcemeta.Sourcemeta()}

__all__ = ["LIBRARIES", "PEERS", "Library", "Peer", "Unavailable"]
