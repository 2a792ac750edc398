"""The schema of plan files beside the plan: editors of the whole team find it, whatever they have installed."""

from __future__ import annotations

import json
from pathlib import Path

from protocols.plan import format_schema
from protocols.starter.part import Start

ABOUT = "editors complete and explain the plan with it"
NAME = "tracking-plan.schema.json"


def path(start: Start) -> Path:
    return start.folder / NAME


def text(start: Start) -> str:
    """What `protocols schema` prints."""
    return json.dumps(format_schema(), indent=2, ensure_ascii=False) + "\n"


def addition(start: Start, there: str) -> str | None:
    return None
