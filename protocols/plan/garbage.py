"""No search for garbage where everything that is made is kept."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Everything made within is kept: the collector, which would look through all of it again and again, waits for the end,
    and then takes it for old. A fifth of the time in which a plan of 1,000 events is read and compiled went there.
    """
    waits = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if waits and not gc.get_freeze_count():
            gc.freeze()  # nothing stays frozen: what is unfrozen is among the old
            gc.unfreeze()
        if waits:
            gc.enable()
