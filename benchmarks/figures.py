"""What one run of one contestant gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Figures(NamedTuple):
    """Seconds of CPU and on the clock for `events` events; `invalid` is None where validity was not looked at.

    `peak` is the most memory that the process and all it started held together, in bytes, where that was watched.
    """

    events: int
    invalid: int | None
    cpu: float
    wall: float
    peak: int | None = None


Rounds = Mapping[str, Sequence[Figures]]
"""Contestant -> its figures, one for each round."""
