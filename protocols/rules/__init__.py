"""What can be better in a plan that is right: one row for each rule.

A rule is a file that opens with what it asks for and why, shows a plan in which each faulty line is marked, and checks.
The severities are those for plans that grew over years: a `warning` is a fault that somebody will trip over, a `note` is
advice; nothing is an error but what makes a plan contradict itself. What most plans would break is not `on`.
"""

from __future__ import annotations

from collections.abc import Mapping

from protocols.problems import Severity
from protocols.rules import (
    bad_ignore,
    beyond_limits,
    deprecated_successor,
    deprecated_without_replacement,
    dynamic_name,
    enum_values,
    event_name_case,
    event_name_order,
    inconsistent_type,
    large_enum,
    looser_than_spec,
    missing_description,
    missing_owner,
    near_duplicate_event,
    near_duplicate_property,
    odd_name,
    property_name_case,
    required_and_deprecated,
    reserved_name,
    runaway_pattern,
    segment_limits,
    spec_event_exists,
    trait_name_case,
    unanchored_pattern,
    undescribed_event,
    unmarked_personal_data,
    unplanned_in_schema,
    unportable_pattern,
    unused_definition,
    unused_ignore,
    wrong_example,
)
from protocols.rules.rule import Rule

_E, _W, _N = Severity.error, Severity.warning, Severity.note

RULES: Mapping[str, Rule] = {
    # names
    "event-name-case": Rule(event_name_case, _W),
    "event-name-order": Rule(event_name_order, _N),
    "property-name-case": Rule(property_name_case, _W),
    "trait-name-case": Rule(trait_name_case, _W),
    "near-duplicate-event": Rule(near_duplicate_event, _W),
    "near-duplicate-property": Rule(near_duplicate_property, _W),
    "dynamic-name": Rule(dynamic_name, _W),
    "odd-name": Rule(odd_name, _W),
    "reserved-name": Rule(reserved_name, _W),
    "spec-event-exists": Rule(spec_event_exists, _N),
    # what is said of them
    "inconsistent-type": Rule(inconsistent_type, _N),
    "looser-than-spec": Rule(looser_than_spec, _W),
    "enum-values": Rule(enum_values, _W),
    "large-enum": Rule(large_enum, _N),
    "unanchored-pattern": Rule(unanchored_pattern, _W),
    "runaway-pattern": Rule(runaway_pattern, _W),
    "unportable-pattern": Rule(unportable_pattern, _N),
    "wrong-example": Rule(wrong_example, _W),
    "unplanned-in-schema": Rule(unplanned_in_schema, _W),
    "unmarked-personal-data": Rule(unmarked_personal_data, _W),
    # what comes and goes
    "deprecated-successor": Rule(deprecated_successor, _W),
    "deprecated-without-replacement": Rule(deprecated_without_replacement, _N),
    "required-and-deprecated": Rule(required_and_deprecated, _W),
    # the plan as a whole
    "beyond-limits": Rule(beyond_limits, _E),
    "segment-limits": Rule(segment_limits, _W),
    "unused-definition": Rule(unused_definition, _W, in_all=True),
    "undescribed-event": Rule(undescribed_event, _N, on=False),
    "missing-description": Rule(missing_description, _N, on=False),
    "missing-owner": Rule(missing_owner, _N, on=False),
    # the comments that silence them; last, when it is known what was silenced
    "bad-ignore": Rule(bad_ignore, _W),
    "unused-ignore": Rule(unused_ignore, _W, in_all=True),
}
"""Rule -> its module, how much its findings weigh, whether it runs without being asked for."""
