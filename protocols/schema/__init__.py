"""Plan -> JSON Schema: one schema for every call, event and version, and one bundle with them all.

`compile.py` puts the bundle together from `shapes.py` (one value), `envelope.py` (what every call is), `routing.py`
(which schema a payload answers to) and `settings.py` (what is no JSON Schema). `draft7.py` says the same in draft-07
and `files.py` writes it out. Origins are only written here: the
engine reads them back by itself (`engine/nodes.py`), since it knows JSON Schema and no room of plans.
"""

from __future__ import annotations

from protocols.schema.compile import compile_plan, standalone
from protocols.schema.files import write

__all__ = ["compile_plan", "standalone", "write"]
