"""What the engine says of an event, as lines to assert whole."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from protocols.engine.validator import Engine
from protocols.plan import load_text
from protocols.schema import compile_plan


@lru_cache(maxsize=256)
def engine(plan: str, mode: str = "explain") -> Engine:
    """An engine for a plan text; the lines every plan needs may be left out."""
    head = "" if "protocols:" in plan else "protocols: 1\nplan: test\nversion: 1\n"
    return Engine(compile_plan(load_text(head + plan)), mode=mode)  # type: ignore[arg-type]


def said(plan: str, event: Any) -> list[str]:
    """`severity id pointer: message` for each violation, in order; `event` is a JSON text or a value.

    All three ways of checking must say the same.
    """
    raw = event if isinstance(event, bytes) else event.encode() if isinstance(event, str) else json.dumps(event).encode()
    answers = {
        mode: [f"{p.severity} {p.id} {p.pointer}: {p.message}" for p in engine(plan, mode).check(raw).violations]
        for mode in ("fast", "explain", "reference")
    }
    assert answers["fast"] == answers["explain"]
    assert answers["reference"] == answers["explain"]
    return answers["explain"]
