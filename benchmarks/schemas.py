"""The plan as the peers get it: one schema for each event, and all as one if/then schema, as `protocols compile` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

from protocols.plan import load_plan
from protocols.schema import compile_plan, standalone
from protocols.schema.compile import Draft


def write_schemas(plan: Path, folder: Path) -> Path:
    """Writes `schemas.json`, `{draft: {event: schema}}`, and `bundle.json`; returns the folder."""
    loaded = load_plan(plan)
    bundles = {draft: compile_plan(loaded, draft) for draft in get_args(Draft)}
    schemas = {
        draft: {event: standalone(bundle, f"track/{event}") for event in bundle["x-protocols"]["calls"]["track"]["events"]}
        for draft, bundle in bundles.items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schemas.json").write_text(json.dumps(schemas), encoding="utf-8")
    (folder / "bundle.json").write_text(json.dumps(bundles["2020-12"]), encoding="utf-8")
    return folder
