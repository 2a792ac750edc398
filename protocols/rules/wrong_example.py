"""Examples satisfy the shape that they stand in.

People copy examples into code and tests. One that is itself a violation is either a slip, or shows that the shape asks for
something else than was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.rules.rule import Finding
from protocols.rules.subject import Planned, Subject
from protocols.violations import describe

EXAMPLE = """
events:
  Order Completed:
    properties:
      currency: {type: string, pattern: "^[A-Z]{3}$", examples: [EUR]}
      code: {type: string, pattern: "^[A-Z]{3}$", examples: [AB, ABC]}        # ! mend the example, or the shape
      total: {type: number, minimum: 0, examples: ["29.99"]}                  # ! mend the example, or the shape
"""


def check(subject: Subject) -> Iterator[Finding]:
    seen = set()
    for planned in subject.shapes:
        at = planned.shape.positions.get("examples")
        if at is not None and subject.is_ours(at) and at not in seen:
            seen.add(at)
            for fault in _faults(planned):
                yield Finding(at, fault, "mend the example, or the shape")


def _faults(planned: Planned) -> Iterator[str]:
    import jsonschema_rs

    from protocols.schema.shapes import shape_schema

    schema = shape_schema(planned.shape, None, ())
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, pattern_options=jsonschema_rs.RegexOptions())
    for example in planned.shape.examples:
        error = next(validator.iter_errors(example), None)
        if error is not None:
            said = describe(example if not error.instance_path else error.instance)
            yield f"the example {said} does not satisfy {error.schema_path[-1]}"
