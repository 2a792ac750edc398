"""How an event is called in a heading, the same in every format."""

from __future__ import annotations

from protocols.violations import quoted_if_odd


def subject(call: str | None, event: str | None, version: int | None = None) -> str:
    """`Order Completed`, `Signed Up (version 2)`, `page Checkout`, `identify`; empty where nothing is known of the call.

    A name is quoted and cut where it could not be told from its surroundings, as sentences do it: `""`, `"a\\nb"`.
    """
    name = None if event is None else quoted_if_odd(event)
    named = name if call == "track" and name is not None else " ".join(part for part in (call, name) if part is not None)
    return f"{named} (version {version})" if version is not None else named
