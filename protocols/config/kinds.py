"""What may be written for an option: one function or value for each kind."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Any

from protocols import weights
from protocols.config.option import Kind, Option
from protocols.config.reader import Path, Reader, said
from protocols.errors import UsageError
from protocols.names import nearest
from protocols.problems import Severity
from protocols.report.baseline import BASELINE
from protocols.report.gate import as_percent
from protocols.selector import Selector

SEVERITIES = tuple(str(severity) for severity in reversed(Severity))


def toml(value: Any) -> str:
    """A value as it is written in TOML. A text in JSON's quotes is one."""
    match value:
        case bool():
            return str(value).lower()
        case Severity() | str():
            return json.dumps(str(value), ensure_ascii=False)
        case Fraction():
            return toml(as_percent(value))
        case datetime.date() | int():
            return str(value)
        case tuple() | list():
            return f"[{', '.join(map(toml, value))}]"
        case Mapping():
            return f"{{{', '.join(f'{_key(name)} = {toml(inner)}' for name, inner in value.items())}}}"
    return toml(str(value))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)


def _plain(schema: dict[str, Any], fits: Callable[[Any], bool], wanted: str, found: Callable[[Reader, Any], Any]) -> Kind:
    """A kind of which a value fits or not."""

    def read(reader: Reader, value: Any, path: Path) -> Any:
        if fits(value):
            return found(reader, value)
        reader.expected(path, wanted, value)
        return None

    return Kind(read, lambda: schema, toml)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _halves(text: str) -> tuple[str, str, str]:
    """What stands before an equals sign, and behind it; a path alone stands behind none."""
    return text.partition("=") if "=" in text else ("", "", text)


_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "array", "items": _TEXT}

TEXT = _plain(_TEXT, _is_text, "a text", lambda _, value: value)
TEXTS = _plain(_TEXTS, _are_texts, "a list of texts", lambda _, value: tuple(value))
SWITCH = _plain({"type": "boolean"}, lambda value: isinstance(value, bool), "true or false", lambda _, value: value)
FILE = _plain(_TEXT, _is_text, "a path", lambda reader, value: reader.from_here(value))
PATHS = _plain(_TEXTS, _are_texts, "a list of paths", lambda reader, value: tuple(map(reader.from_here, value)))
OUTPUTS = _plain(
    _TEXTS,
    _are_texts,
    'a list of files such as "sarif=out.sarif"',
    lambda reader, value: tuple(f"{name}{equals}{reader.from_here(path)}" for name, equals, path in map(_halves, value)),
)
PLAN = _plain(
    _TEXT,
    _is_text,
    "a path or the name of a bundled plan",
    lambda reader, value: value if "/" not in value and not value.endswith((".yaml", ".yml")) else reader.from_here(value),
)
BASELINE_FILE = _plain(
    {"anyOf": [_TEXT, {"type": "boolean"}]},
    lambda value: isinstance(value, bool) or _is_text(value),
    "a path, or true for the usual one",
    lambda reader, value: reader.from_here(BASELINE if value is True else value) if value else "",
)
POINTER = _plain(
    {"type": "string", "pattern": "^(/.*)?$"},
    lambda value: isinstance(value, str) and (not value or value.startswith("/")),
    "a JSON Pointer such as /payload",
    lambda _, value: value,
)


def count(least: int) -> Kind:
    """A whole number from `least` on."""
    return _plain(
        {"type": "integer", "minimum": least},
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= least,
        f"a whole number from {least} on",
        lambda _, value: value,
    )


def text_of(parse: Callable[[str], Any]) -> Kind:
    """A text of which this makes something, or raises UsageError; the text is what is settled, as it would be on the command line."""

    def read(reader: Reader, value: Any, path: Path) -> str | None:
        if not _is_text(value):
            reader.expected(path, "a text", value)
            return None
        return str(value) if _is_read(reader, value, path, parse) else None

    return Kind(read, lambda: _TEXT, toml)


def texts_of(parse: Callable[[str], Any]) -> Kind:
    """A list of such texts."""

    def read(reader: Reader, value: Any, path: Path) -> tuple[str, ...] | None:
        if not _are_texts(value):
            reader.expected(path, "a list of texts", value)
            return None
        return tuple(text for text in value if _is_read(reader, text, path, parse))

    return Kind(read, lambda: _TEXTS, toml)


def _is_read(reader: Reader, text: str, path: Path, parse: Callable[[str], Any]) -> bool:
    try:
        parse(text)
    except UsageError as error:
        reader.blame(path, _OPTION.sub(said(path), str(error)))
        return False
    return True


_OPTION = re.compile("^--[a-z-]+")
"""The option on the command line, with which such a sentence begins."""


def word(words: Collection[str]) -> Kind:
    """One of these words."""
    return Kind(lambda reader, value, path: reader.word(value, path, words), lambda: {"enum": list(words)}, toml)


def table(rows: Callable[[], Mapping[str, Option]], build: Callable[..., Any]) -> Kind:
    """A table with options of its own."""
    return Kind(lambda reader, value, path: build(**reader.table(value, path, rows())), lambda: schema_of(rows()), toml)


def tables(rows: Callable[[], Mapping[str, Option]], build: Callable[..., Any]) -> Kind:
    """A list of such tables; `build` is also told the `file` and `line` of each."""

    def read(reader: Reader, value: Any, path: Path) -> Any:
        if not isinstance(value, list):
            reader.expected(path, f"a list of tables, each below a line [[{path[-1]}]]", value)
            return None
        found = []
        for index, inner in enumerate(value):
            wrong = len(reader.wrong)
            settings = reader.table(inner, (*path, index), rows())
            if len(reader.wrong) == wrong:
                found.append(build(**settings, file=reader.file, line=reader.line((*path, index))))
        return tuple(found)

    return Kind(read, lambda: {"type": "array", "items": schema_of(rows())}, toml)


def schema_of(rows: Mapping[str, Option]) -> dict[str, Any]:
    """The JSON Schema of a table with these options."""
    required = [key for key, row in rows.items() if row.required]
    properties = {key: {"description": row.meaning, **row.kind.schema()} for key, row in rows.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False, **({"required": required} if required else {})}


# -- rules of the linter


def _rules(reader: Reader, value: Any, path: Path) -> tuple[str, ...] | None:
    if not _are_texts(value):
        reader.expected(path, "a list of rules", value)
        return None
    known = [*_known_rules(), *(["all"] if path[-1] == "select" else [])]
    for name in value:
        _is_rule(reader, name, path, known)
    return tuple(map(_bare, value))


def _rule_severities(reader: Reader, value: Any, path: Path) -> dict[str, Severity] | None:
    if not isinstance(value, dict):
        reader.expected(path, 'a table such as {event-name-case = "error"}', value)
        return None
    known = _known_rules()
    return {
        _bare(name): Severity[level]
        for name, level in value.items()
        if _is_rule(reader, name, (*path, name), known) and reader.word(level, (*path, name), SEVERITIES)
    }


def _is_rule(reader: Reader, name: str, path: Path, known: Collection[str]) -> bool:
    if _bare(name) in known:
        return True
    near = nearest(_bare(name), known)
    hint = f"did you mean {near}?" if near else "protocols explain lists them all"
    reader.blame(path, f"{said(path[:-1] if path[-1] == name else path)}: there is no rule {name}; {hint}")
    return False


def _known_rules() -> Collection[str]:
    from protocols.rules import RULES

    return RULES


def _bare(rule: str) -> str:
    return rule.removeprefix("lint/")


def _rule_names() -> dict[str, Any]:
    return {"enum": [*_known_rules(), *(f"lint/{rule}" for rule in _known_rules()), "all"]}


_LEVELS = {"type": "object", "additionalProperties": {"enum": list(SEVERITIES)}}

RULES = Kind(_rules, lambda: {"type": "array", "items": _rule_names()}, toml)
RULE_SEVERITIES = Kind(_rule_severities, lambda: {**_LEVELS, "propertyNames": _rule_names()}, toml)


# -- violations


def _violations(reader: Reader, value: Any, path: Path) -> tuple[str, ...] | None:
    if not _are_texts(value):
        reader.expected(path, "a list of ids, families or globs", value)
        return None
    for name in value:
        if wrong := weights.unknown(name):
            reader.blame(path, f"{said(path)}: {wrong}")
    return tuple(value)


def _violation(reader: Reader, value: Any, path: Path) -> str | None:
    if not _is_text(value):
        reader.expected(path, "an id, a family or a glob", value)
    elif wrong := weights.unknown(value):
        reader.blame(path, f"{said(path)}: {wrong}")
    else:
        return str(value)
    return None


def _violation_severities(reader: Reader, value: Any, path: Path) -> dict[str, Severity] | None:
    if not isinstance(value, dict):
        reader.expected(path, 'a table such as {naming = "note"}', value)
        return None
    found = {}
    for name, level in value.items():
        if wrong := weights.unknown(name):
            reader.blame((*path, name), f"{said(path)}: {wrong}")
        elif reader.word(level, (*path, name), SEVERITIES):
            found[name] = Severity[level]
    return found


def _pointers(reader: Reader, value: Any, path: Path) -> str | None:
    if isinstance(value, str) and value.startswith(("/", "*", "?")):
        return value
    hint = f'; did you mean "/{value.replace(".", "/")}"?' if isinstance(value, str) and value else ""
    reader.expected(path, 'a JSON Pointer or a glob over them, such as "/properties/products/*/price"', value, hint)
    return None


POINTERS = Kind(_pointers, lambda: {"type": "string", "pattern": "^[/*?]"}, toml)
VIOLATION = Kind(_violation, lambda: _TEXT, toml)
VIOLATIONS = Kind(_violations, lambda: _TEXTS, toml)
VIOLATION_SEVERITIES = Kind(_violation_severities, lambda: _LEVELS, toml)


# -- rates and days

_PERCENT = re.compile(r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)\s*%")
_RATE = {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,9})?\s*%$"}
A_SHARE = 'a share from "0%" to "100%", such as "0.5%"'


def rate_of(text: str) -> Fraction | None:
    """`0.5%` as a number from 0 to 1; None for what is no share."""
    found = _PERCENT.fullmatch(text.strip())
    rate = Fraction(found["number"]) / 100 if found else None
    return rate if rate is not None and rate <= 1 else None


def _rate(reader: Reader, value: Any, path: Path) -> Fraction | None:
    rate = rate_of(value) if isinstance(value, str) else None
    if rate is None:
        reader.expected(path, A_SHARE, value)
    return rate


def _rates(reader: Reader, value: Any, path: Path) -> dict[str, Fraction] | None:
    if not isinstance(value, dict):
        reader.expected(path, 'a table such as {"Order Completed" = "0%"}', value)
        return None
    for event in value:
        _is_read(reader, event, (*path, event), lambda text: Selector.parse(text, "--max-violation-rate"))
    rates = {event: _rate(reader, inner, (*path, event)) for event, inner in value.items()}
    return {event: rate for event, rate in rates.items() if rate is not None}


def _day(reader: Reader, value: Any, path: Path) -> datetime.date | None:
    day = day_of(value) if isinstance(value, str) else value
    if isinstance(day, datetime.date) and not isinstance(day, datetime.datetime):
        return day
    reader.expected(path, "a day such as 2027-01-31", value)
    return None


def day_of(text: str) -> datetime.date | None:
    """The day of `2027-01-31`; None for what is none."""
    if not _DAY.fullmatch(text):  # Python 3.11 and later read weeks as well
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


RATE = Kind(_rate, lambda: _RATE, toml)
RATES = Kind(_rates, lambda: {"type": "object", "additionalProperties": _RATE}, toml)
DAY = Kind(_day, lambda: {"type": "string", "format": "date"}, toml)
