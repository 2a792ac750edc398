"""What is personal by its name or format is marked so.

Reports show the values of events unless the plan says `personal: true`, and a report ends up in a build log that many can
read. The rule knows the names of what belongs to a person (`email`, `phone`, `first_name`, `ip`, `birthday`, ...) in any
case, and the format `email`. `personal: false` says that it was looked at and is not personal.
"""

from __future__ import annotations

from collections.abc import Iterator

from protocols.names import fold
from protocols.rules.rule import Finding
from protocols.rules.subject import Planned, Subject
from protocols.violations import quoted_if_odd

EXAMPLE = """
events:
  Newsletter Ordered:
    properties:
      email: {type: string, personal: true}
      Phone Number: string                               # ! write personal: true, or false where it is not
      address: {type: object, personal: true, properties: {street: string}}
      reply_to: {type: string, format: email}            # ! write personal: true, or false where it is not
      contact: {type: string, format: email, personal: false}
"""

NAMES = frozenset(
    [
        *("email", "emailaddress", "phone", "phonenumber", "mobilephone", "firstname", "lastname", "fullname", "surname"),
        *("birthday", "birthdate", "dateofbirth", "dob", "ssn", "socialsecuritynumber", "passport", "passportnumber"),
        *("ip", "ipaddress", "streetaddress", "username", "password", "creditcard", "creditcardnumber", "cardnumber", "iban"),
    ]
)
"""Folded names of what belongs to a person. A `name`, `title` or `city` may be that of a thing."""


def check(subject: Subject) -> Iterator[Finding]:
    above: tuple[str, ...] = ()
    for planned in subject.all_shapes:
        if above and planned.path[: len(above)] == above:
            continue
        is_settled = "personal" in planned.shape.positions
        above = planned.path if is_settled and planned.shape.personal else ()
        why = None if is_settled or planned.kind == "context" or len(planned.path) == 1 else _why(planned)
        if why is not None:
            message = f"{quoted_if_odd(planned.path[-1])} is not marked personal{why}"
            yield Finding(planned.shape.position, message, "write personal: true, or false where it is not")


def _why(planned: Planned) -> str | None:
    """What makes a value personal: nothing more to say where it is the name, None where nothing does."""
    if not {"string", "integer", "number"}.intersection(planned.shape.keywords.get("type", ["string"])):
        return None
    if fold(planned.path[-1]) in NAMES:
        return ""
    return ", and its format is email" if planned.shape.keywords.get("format") == "email" else None
