"""How results are handed to a sink, whoever reads them or stops reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocols.cli.exits import forget_output
from protocols.errors import UsageError

if TYPE_CHECKING:
    from protocols.problems import Problem
    from protocols.report import Outcome, Verdict
    from protocols.sinks import Sink


def tell_problem(sink: Sink, problem: Problem) -> None:
    try:
        sink.problem(problem)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(error) from None


def close(sink: Sink, outcome: Outcome, verdict: Verdict) -> None:
    """All is known by now: that nobody reads it to its end changes no verdict, that it cannot be written does."""
    try:
        sink.close(outcome, verdict)
    except BrokenPipeError:
        forget_output()
    except OSError as error:
        raise _unwritable(error) from None


def _unwritable(error: OSError) -> UsageError:
    forget_output()
    return UsageError(f"the results cannot be written ({error.strerror})")
