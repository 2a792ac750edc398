"""Examples satisfy the shape that they stand in.

People copy examples into code and tests. One that is itself a violation is either a slip, or shows that the shape asks for
something else than was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.plan.model import Shape
from protocols.rules.rule import Finding
from protocols.rules.subject import Subject
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
    for planned in subject.all_shapes:
        at = planned.shape.positions.get("examples")
        if at is not None and subject.is_ours(at) and at not in seen:
            seen.add(at)
            for number, message in _faults(planned.shape):
                yield Finding(subject.item_at(at, number), message, "mend the example, or the shape")


def _faults(shape: Shape) -> Iterator[tuple[int, str]]:
    """The number of an example from 0, and what is wrong with it."""
    import jsonschema_rs

    from protocols.schema.shapes import shape_schema

    schema = shape_schema(shape, None, ())
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, pattern_options=jsonschema_rs.RegexOptions())
    for number, example in enumerate(shape.examples):
        error = next(validator.iter_errors(example), None)
        if error is not None:
            yield number, f"the example {describe(example)} does not satisfy {error.schema_path[-1]}"
