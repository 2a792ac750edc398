"""Checks analytics events against a tracking plan kept as YAML in the repository.

    import protocols

    validator = protocols.Validator("plans/ecommerce.yaml")
    result = validator.validate({"type": "track", "event": "Order Completed", "userId": "u1", "properties": {}})
    result.valid, result.violations

Names are loaded when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from protocols.engine.explain import Result
    from protocols.engine.router import Route
    from protocols.errors import ConfigError, EventsError, PlanError, ProtocolsError, SchemaError, UsageError
    from protocols.plan import bundled, format_schema, load_plan, load_text
    from protocols.plan.model import Plan
    from protocols.positions import Place, Position
    from protocols.problems import Problem, Severity
    from protocols.report.expectations import Expectation
    from protocols.report.report import Report
    from protocols.schema import compile_plan
    from protocols.scope import Scope
    from protocols.validate import Validator, validate_files
    from protocols.violations import KINDS

__version__ = "0.1.0"

_HOMES = {
    "Result": "protocols.engine.explain",
    "Route": "protocols.engine.router",
    "ConfigError": "protocols.errors",
    "EventsError": "protocols.errors",
    "PlanError": "protocols.errors",
    "ProtocolsError": "protocols.errors",
    "SchemaError": "protocols.errors",
    "UsageError": "protocols.errors",
    "bundled": "protocols.plan",
    "format_schema": "protocols.plan",
    "load_plan": "protocols.plan",
    "load_text": "protocols.plan",
    "Plan": "protocols.plan.model",
    "Place": "protocols.positions",
    "Position": "protocols.positions",
    "Problem": "protocols.problems",
    "Severity": "protocols.problems",
    "Expectation": "protocols.report.expectations",
    "Report": "protocols.report.report",
    "compile_plan": "protocols.schema",
    "Scope": "protocols.scope",
    "Validator": "protocols.validate",
    "validate_files": "protocols.validate",
    "KINDS": "protocols.violations",
}

__all__ = [
    "KINDS",
    "ConfigError",
    "EventsError",
    "Expectation",
    "Place",
    "Plan",
    "PlanError",
    "Position",
    "Problem",
    "ProtocolsError",
    "Report",
    "Result",
    "Route",
    "SchemaError",
    "Scope",
    "Severity",
    "UsageError",
    "Validator",
    "bundled",
    "compile_plan",
    "format_schema",
    "load_plan",
    "load_text",
    "validate_files",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
