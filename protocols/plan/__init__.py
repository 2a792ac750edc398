"""Tracking plans: YAML with positions in, frozen values out."""

from __future__ import annotations

from protocols.plan.editor import format_schema
from protocols.plan.extend import INHERITED
from protocols.plan.grammar import FORMAT
from protocols.plan.kinds import PLAN_KINDS, PlanKind
from protocols.plan.library import bundled
from protocols.plan.load import load_plan, load_text

__all__ = ["FORMAT", "INHERITED", "PLAN_KINDS", "PlanKind", "bundled", "format_schema", "load_plan", "load_text"]
