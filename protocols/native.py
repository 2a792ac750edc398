"""The kernel: the one part of the package that is compiled here, where it could be.

msgspec decodes an event of 800 bytes in 1.1 us, all that it makes is thrown away, and what it cannot promise has to be looked at
beside it: 1.5 us for the first stage. A pass over the bytes that makes nothing takes 0.9 us, with lines cut, events counted and
equal faults put together, and needs no lock of the interpreter (a core of an AMD EPYC, Python 3.11). So that stage has a kernel.
It is written in Rust because these bytes come from strangers: bounds are checked there, and the few lines that are not safe code
stand where Python calls. It has no dependencies, and Python's stable ABI makes one build fit all.

It is optional. Where there was no Rust when the package was built, everything works without it, at half the speed; with
`PROTOCOLS_KERNEL=no` in the environment, too. That is read here, beside the rule that only the command line reads the environment:
what is imported has no arguments. The tests of the engine are run both ways.
"""

from __future__ import annotations

import os
import warnings
from functools import cache
from importlib import import_module
from typing import Protocol, cast


class Kernel(Protocol):
    """The functions of `engine/kernel/src/python.rs`."""

    def program(self, words: bytes, text: bytes) -> object:
        """What is asked of events, as `protocols.engine.program` writes it. Raises ValueError where it is not whole."""

    def accept(self, program: object, line: bytes) -> int:
        """The number of the route of an event with which nothing is wrong, less than 0 for any other bytes."""

    def check(self, program: object, text: bytes, collects: bool, accepted: bytearray) -> bytes:
        """What is said of the lines of a text of less than 4 GB, as numbers of 32 bits in the order of `fold.rs`; with
        `collects`, faults are let through where that can be done, and told. `accepted` counts events with which nothing is wrong by
        their routes, eight bytes each."""

    def lines(self, text: bytes) -> int:
        """How many lines a text has; -1 where one does not begin with a brace, or may be the body of a batch."""


@cache
def kernel() -> Kernel | None:
    """The kernel, None where it was not built or is not wanted."""
    if os.environ.get("PROTOCOLS_KERNEL") == "no":
        return None
    try:
        found = import_module("protocols._kernel")  # where an import statement does not tell the one error from the other
    except ModuleNotFoundError:
        return None
    except ImportError as error:
        advice = "install the package again, or set PROTOCOLS_KERNEL=no to do without it"
        warnings.warn(f"the kernel cannot be loaded, so events are checked more slowly; {advice}: {error}", RuntimeWarning, stacklevel=2)
        return None
    return cast(Kernel, found)
