"""Sample events: one of each kind that the plan knows best, all of them right."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from protocols.plan import load_plan, load_text
from protocols.plan.model import Plan
from protocols.spec import Entry, entries, example
from protocols.starter import plan as first_plan
from protocols.starter.part import SAMPLES, Start
from protocols.validate import Validator

ABOUT = "events that fit the plan: put recorded ones in their place"

MOST = 6

_LEAST: Sequence[dict[str, Any]] = (
    {"type": "identify", "userId": "u-1001"},
    {"type": "alias", "userId": "u-1001", "previousId": "anonymous-77"},
)
"""What is tried where no example of the plan's events is a right one: a run without any event fails."""


def path(start: Start) -> Path:
    return start.folder / SAMPLES


def text(start: Start) -> str:
    """One event a line. Raises PlanError where the plan that is there is wrong."""
    plan = load_plan(start.folder / start.plan) if start.keeps_plan else load_text(first_plan.text(start), start.plan)
    lines = (json.dumps(event, ensure_ascii=False) for event in _samples(plan))
    return "".join(f"{line}\n" for line in lines)


def _samples(plan: Plan) -> Iterator[dict[str, Any]]:
    validator = Validator(plan)
    given = 0
    payloads = filter(None, map(example, _worth_showing(plan)))
    for payload in itertools.chain(payloads, _LEAST):
        event = {**payload, "messageId": f"sample-{given + 1}", "timestamp": f"2026-01-15T10:00:{given:02}Z"}
        if given < (1 if payload in _LEAST else MOST) and not validator.validate(event).violations:
            given += 1
            yield event


def _worth_showing(plan: Plan) -> Iterator[Entry]:
    """The plan's own events first, then the calls about users and pages, then the events that it takes over."""
    known = [entry for entry in entries(plan) if entry.status != "deprecated"]
    events = [entry for entry in known if entry.event is not None and entry.plan != "calls"]
    own = Path(plan.files[0].path).stem
    yield from (entry for entry in events if entry.plan == own)
    yield from (entry for entry in known if entry.key in (("identify", None), ("page", None)))
    yield from (entry for entry in events if entry.plan != own)


def addition(start: Start, there: str) -> str | None:
    return None
