"""Names: how they are written, how they are ordered, what in them varies, which known one was meant.

Verdicts (`is_written_in`, `is_object_action`, `dynamic_part`) follow a rule that can be told in a sentence; what they say is
exact. Better names (`better_name`, `rewrite`, `object_action`, `nearest`, `spec_event`) are suggestions, and None where none is good.
"""

from __future__ import annotations

from protocols.names.better import better_name
from protocols.names.cases import CASES, SMALL_WORDS, Case, case_of, fold, is_written_in, rewrite, words, write
from protocols.names.dynamic import dynamic_part, without_dynamic_part
from protocols.names.known import Known, nearest
from protocols.names.order import action_of, is_object_action, object_action
from protocols.names.spec import is_spec_event, spec_event, spec_events

__all__ = [
    "CASES",
    "SMALL_WORDS",
    "Case",
    "Known",
    "action_of",
    "better_name",
    "case_of",
    "dynamic_part",
    "fold",
    "is_object_action",
    "is_spec_event",
    "is_written_in",
    "nearest",
    "object_action",
    "rewrite",
    "spec_event",
    "spec_events",
    "without_dynamic_part",
    "words",
    "write",
]
