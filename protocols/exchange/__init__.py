"""Plans of other tools: read into a plan's YAML, and written from a plan, with all that is lost on the way.

One file for each foreign format, both directions. `json_schema.py` reads the JSON Schema that most of them are made of.
"""

from __future__ import annotations

import importlib
import json
from typing import Any, cast

from protocols.errors import ExchangeError
from protocols.exchange.exchange import LOSS_KINDS, Exchange, Exported, Imported, LossKind, Path, loss
from protocols.problems import Problem
from protocols.violations import CALLS, describe, quoted_if_odd

EXCHANGES = {
    "segment": "protocols.exchange.segment",
}
"""Format -> its module, an `Exchange`."""

DEEPEST = 400
"""Objects and arrays inside each other in a file that is looked into at all."""

__all__ = ["EXCHANGES", "LOSS_KINDS", "Exchange", "Exported", "Imported", "LossKind", "exchange", "read"]


def exchange(name: str) -> Exchange:
    """The format of that name in `EXCHANGES`."""
    return cast(Exchange, importlib.import_module(EXCHANGES[name]))


def read(content: bytes, name: str) -> tuple[Exchange, Imported]:
    """The plan in a JSON text, in whichever format it is; `name` is what it is called where it does not say so itself.

    Raises ExchangeError where it cannot be read; the sentence goes on from the name of the file.
    """
    document = _parsed(content)
    repeated = _repeated(document)
    _check_text(document)
    for key in EXCHANGES:
        format = exchange(key)
        if format.recognises(document):
            imported = format.read(document, name)
            return format, imported._replace(losses=[*repeated, *imported.losses])
    raise ExchangeError(_unknown(document))


class _Repeating(dict[str, Any]):
    """An object with names that stand in it more than once; JSON leaves open which of them counts."""

    __slots__ = ("names",)
    names: list[str]


def _parsed(content: bytes) -> Any:
    if not content.strip():
        raise ExchangeError("it is empty")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExchangeError(f"it is not UTF-8: byte {error.start + 1:,} is 0x{content[error.start]:02x}") from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        if not text[error.pos :].strip() or error.msg.startswith("Unterminated string"):
            raise ExchangeError("it ends in the middle of the JSON; get the whole file") from None
        if error.msg == "Extra data":
            raise ExchangeError(f"it holds more than one JSON value, and the second begins in line {error.lineno}; a plan is one") from None
        raise ExchangeError(f"it is not JSON: line {error.lineno}, column {error.colno} cannot be read") from None
    except RecursionError:
        raise ExchangeError("it is nested too deep to be a plan") from None
    except ValueError as error:
        raise ExchangeError(f"it is not JSON: {error}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    repeating = _Repeating(found)
    repeating.names = sorted({name for name in names if names.count(name) > 1})
    return repeating


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _check_text(document: Any) -> None:
    """No plan can hold half of a surrogate pair, since no text in UTF-8 can."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ExchangeError("a text in it holds half of a surrogate pair, so it cannot be written as UTF-8") from None


def _repeated(document: Any) -> list[Problem]:
    """The names that stand twice in one object, of which the last was taken."""
    found = []
    waiting: list[tuple[Path, Any]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        if len(path) > DEEPEST:
            raise ExchangeError("it is nested too deep to be a plan")
        if isinstance(value, _Repeating):
            for name in value.names:
                said = f"{quoted_if_odd(name)} stands more than once in one object"
                found.append(loss("conflict", (*path, name), said, "the last was taken"))
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += [((*path, key), member) for key, member in inner if isinstance(member, (dict, list))]
    return found


def _unknown(document: Any) -> str:
    """What stands there instead of a plan."""
    titles = " or ".join(exchange(key).TITLE for key in EXCHANGES)
    if isinstance(document, dict):
        if document.get("type") in CALLS:
            return "it is an event and no plan; protocols validate checks events"
        several = document.get("tracking_plans", document.get("trackingPlans"))
        if isinstance(several, list):
            return f"it holds {len(several)} plans; save one of them in a file of its own"
        keys = [quoted_if_odd(key) for key in document]
        got = f"an object with {', '.join(keys[:5])}{' and more' if len(keys) > 5 else ''}" if keys else "an empty object"
    else:
        got = describe(document)
    return f"it should be {titles}, which has rules, got {got}"
