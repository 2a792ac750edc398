"""What can be better in a plan that is right: one row for each rule.

A rule is a file that opens with what it asks for and why, shows a plan in which each faulty line is marked, and checks.
The severities are those for plans that grew over years: a `warning` is a fault that somebody will trip over, a `note` is
advice; nothing is an error but what makes a plan contradict itself. What most plans would break is not `on`.
"""

from __future__ import annotations

from collections.abc import Mapping

from protocols.problems import Severity
from protocols.rules import (
    deprecated_without_replacement,
    event_name_case,
    inconsistent_type,
    large_enum,
    missing_description,
    missing_owner,
    property_name_case,
    required_and_deprecated,
    trait_name_case,
    unmarked_personal_data,
    unused_definition,
)
from protocols.rules.rule import Rule

_E, _W, _N = Severity.error, Severity.warning, Severity.note

RULES: Mapping[str, Rule] = {
    "event-name-case": Rule(event_name_case, _W),
    "property-name-case": Rule(property_name_case, _W),
    "trait-name-case": Rule(trait_name_case, _W),
    "missing-description": Rule(missing_description, _N, on=False),
    "missing-owner": Rule(missing_owner, _N, on=False),
    "inconsistent-type": Rule(inconsistent_type, _N),
    "large-enum": Rule(large_enum, _N),
    "unused-definition": Rule(unused_definition, _W, in_all=True),
    "deprecated-without-replacement": Rule(deprecated_without_replacement, _N),
    "required-and-deprecated": Rule(required_and_deprecated, _W),
    "unmarked-personal-data": Rule(unmarked_personal_data, _W),
}
"""Rule -> its module, how much its findings weigh, whether it runs without being asked for."""
