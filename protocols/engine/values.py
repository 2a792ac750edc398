"""Failed keywords -> findings in the plan's words. One mistake gives one finding.

`KEYWORDS` says for each JSON Schema keyword which kind of violation its failure is and how the wanted value is
phrased; what no row names is a `value/schema-rule`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import UNSET

from protocols import formats, names
from protocols.engine.faults import Fault, value_at
from protocols.engine.finding import Finding, Path
from protocols.engine.members import misspelt
from protocols.engine.nodes import Node, down, origin
from protocols.problems import Severity
from protocols.violations import counted, dotted, json_type, measured, quoted

_NOUNS = {
    "string": "a string",
    "number": "a number",
    "integer": "an integer",
    "boolean": "a boolean",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
_SHOWN_MEMBERS = 10


def findings(schema: Node, instance: Mapping[str, Any], faults: Iterable[Fault]) -> list[Finding]:
    """What the faults of one payload mean, with cascades silenced: at one place null and wrong types silence the
    rest, and a value that is not allowed the other `value` kinds.
    """
    found = [finding for fault in faults for finding in _explain(schema, instance, fault)]
    by_path: dict[Path, set[str]] = {}
    for finding in found:
        by_path.setdefault(finding.path, set()).add(finding.id)
    kept: dict[tuple[Any, ...], Finding] = {}
    for finding in sorted(found, key=lambda finding: finding.plan or ""):  # of two equal ones the same, whichever engine found them
        here = by_path[finding.path]
        if not finding.id.startswith("type/") and here & _TYPES and not finding.id.startswith("required/"):
            continue
        if finding.id == "type/wrong-type" and "type/null-value" in here:
            continue
        if finding.id.startswith("value/") and finding.id != "value/not-allowed" and "value/not-allowed" in here:
            continue
        kept.setdefault((finding.id, finding.path, None if finding.id in _ONCE else finding.expected), finding)
    return list(kept.values())


_TYPES = {"type/wrong-type", "type/null-value"}
_ONCE = {"type/wrong-type", "type/null-value", "required/missing-property", "required/missing-trait", "required/missing-context"}


def _explain(schema: Node, instance: Mapping[str, Any], fault: Fault) -> Iterator[Finding]:
    value = value_at(instance, fault.path)
    holder, argument = _in_schema(schema, fault.where)
    match fault.keyword:
        case "required" | "dependentRequired" | "dependencies":
            yield from _missing(schema, fault, value, argument)
        case "additionalProperties" | "unevaluatedProperties":
            if "x-unplanned" not in holder:
                yield from _refused_names(schema, fault, value)
        case "anyOf" | "oneOf" if fault.branches:
            yield from _closest(schema, instance, fault, value)
        case "falseSchema":
            rule = "false, which no value does"
            yield Finding(id="value/schema-rule", path=fault.path, expected=rule, value=value, plan=_plan(schema, fault))
        case "type" | "enum" | "const" if value is None and argument is not UNSET:
            wanted = _types(holder["type"]) if "type" in holder else KEYWORDS[fault.keyword][1](argument)
            yield Finding(id="type/null-value", path=fault.path, expected=wanted, value=None, plan=_plan(schema, fault))
        case keyword if keyword in KEYWORDS and argument is not UNSET:
            id, wanted_of = KEYWORDS[keyword]
            yield Finding(
                id=id,
                path=fault.path,
                expected=wanted_of(argument) + _example(holder, keyword),
                value=value,
                actual=measured(id, value),
                hint=_did_you_mean(value, argument) if keyword == "enum" else None,
                plan=_plan(schema, fault),
            )
        case keyword:
            rule = f"{keyword}: {_compact(argument)}" if argument not in (UNSET, None) else f"the plan's {keyword}"
            yield Finding(id="value/schema-rule", path=fault.path, expected=rule, value=value, plan=_plan(schema, fault))


def _missing(schema: Node, fault: Fault, value: Mapping[str, Any], argument: Any) -> Iterator[Finding]:
    """A member that should be there; nothing where it is there in another spelling, which is a naming mistake."""
    (name,) = fault.names
    holder, _ = _in_schema(schema, fault.where)
    members = holder.get("properties", {})
    if "x-unplanned" in holder and any(misspelt(other, {"properties": {name: None}}) for other in value if other not in members):
        return
    path = (*fault.path, name)
    kind = {"traits": "trait", "context": "context"}.get(str(path[0]), "property")
    predecessor = next((old for old, node in members.items() if node.get("x-replaced-by") == name and old in value), None)
    hint = f"rename {predecessor} to {name}" if predecessor else None
    if fault.keyword != "required" and isinstance(argument, dict):
        trigger = next((key for key, needed in argument.items() if key in value and name in needed), None)
        hint = f"it goes with {dotted([str(token) for token in (*fault.path, trigger)])}" if trigger else None
    own = (*fault.where[:-1], "properties", name)
    plan = origin(schema, own, "required") if name in members else _plan(schema, fault)
    yield Finding(id=f"required/missing-{kind}", path=path, hint=hint, plan=plan)


def _refused_names(schema: Node, fault: Fault, value: Any) -> Iterator[Finding]:
    kind = "trait" if fault.path[:1] == ("traits",) else "property"
    for name in fault.names:
        yield Finding(
            id=f"unplanned/unplanned-{kind}",
            path=(*fault.path, name),
            value=value[name],
            severity=Severity.error,
            plan=_plan(schema, fault),
        )


def _closest(schema: Node, instance: Mapping[str, Any], fault: Fault, value: Any) -> Iterator[Finding]:
    """What the alternative that came closest says; where all want another type here, all of these types together."""
    branches = [branch for branch in fault.branches if branch]
    if all(len(branch) == 1 and branch[0].keyword == "type" and branch[0].path == fault.path for branch in branches):
        wanted = list(dict.fromkeys(type for branch in branches for type in _listed(_in_schema(schema, branch[0].where)[1] or ())))
        id = "type/null-value" if value is None else "type/wrong-type"
        yield Finding(id=id, path=fault.path, expected=_types(wanted), value=value, plan=_plan(schema, fault))
        return
    best = max(branches, key=lambda branch: (_fits_type(branch, fault.path), -len(branch), max(len(inner.path) for inner in branch)))
    for inner in best:
        yield from _explain(schema, instance, inner)


def _fits_type(branch: tuple[Fault, ...], path: Path) -> bool:
    return not any(fault.keyword in ("type", "const") and len(fault.path) <= len(path) + (fault.keyword == "const") for fault in branch)


def _plan(schema: Node, fault: Fault) -> str | None:
    return origin(schema, fault.where[:-1], str(fault.where[-1]) if fault.where else None)


def _in_schema(schema: Any, where: tuple[str | int, ...]) -> tuple[Node, Any]:
    """The schema that holds the keyword at `where`, and the keyword's own value (UNSET where the path cannot be
    followed)."""
    stations = list(down(schema, where))
    if not where or len(stations) != len(where) + 1 or not isinstance(stations[-2], dict):
        return {}, UNSET
    return stations[-2], stations[-1]


def _listed(types: Any) -> list[str]:
    return [types] if isinstance(types, str) else list(types)


def _types(types: Any) -> str:
    """`a string`, `an integer or null`: what may stand there, null last."""
    listed = _listed(types)
    return " or ".join(_NOUNS[name] for name in sorted(listed, key=lambda name: name == "null"))


def _members(options: list[Any]) -> str:
    shown = [_compact(option) for option in options[:_SHOWN_MEMBERS]]
    more = len(options) - len(shown)
    if len(options) == 1:
        return shown[0]
    return f"one of {', '.join(shown)}" + (f" or {more} more" if more else "")


def _compact(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "), default=str)
    return text if len(text) <= 120 else text[:119] + "…"


def _format_noun(name: str) -> str:
    """A raw schema may ask for a format that plans have no word for."""
    return formats.FORMATS[name].noun if name in formats.FORMATS else f"a text in the format {name}"


KEYWORDS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "type": ("type/wrong-type", _types),
    "enum": ("value/not-allowed", _members),
    "const": ("value/not-allowed", _compact),
    "pattern": ("value/pattern-mismatch", str),
    "format": ("value/format-mismatch", _format_noun),
    "minimum": ("value/out-of-range", lambda bound: f"at least {bound}"),
    "maximum": ("value/out-of-range", lambda bound: f"at most {bound}"),
    "exclusiveMinimum": ("value/out-of-range", lambda bound: f"more than {bound}"),
    "exclusiveMaximum": ("value/out-of-range", lambda bound: f"less than {bound}"),
    "multipleOf": ("value/out-of-range", lambda divisor: f"a multiple of {divisor}"),
    "minLength": ("value/wrong-length", lambda least: f"at least {counted(least, 'character')}"),
    "maxLength": ("value/wrong-length", lambda most: f"at most {counted(most, 'character')}"),
    "minItems": ("value/wrong-size", lambda least: f"at least {counted(least, 'item')}"),
    "maxItems": ("value/wrong-size", lambda most: f"at most {counted(most, 'item')}"),
    "minProperties": ("value/wrong-size", lambda least: f"at least {counted(least, 'member')}"),
    "maxProperties": ("value/wrong-size", lambda most: f"at most {counted(most, 'member')}"),
    "uniqueItems": ("value/not-unique", lambda _: "no item twice"),
}


def _example(holder: Node, keyword: str) -> str:
    """` such as USD` for texts whose form is easier shown than said."""
    if keyword == "pattern" and (examples := holder.get("examples")):
        return f" such as {examples[0]}"
    if keyword == "format" and (known := formats.FORMATS.get(holder["format"])):
        return f" such as {(holder.get('examples') or [known.example])[0]}"
    return ""


def _did_you_mean(value: Any, options: list[Any]) -> str | None:
    if json_type(value) != "string":
        return None
    near = names.nearest(value, [option for option in options if isinstance(option, str)]) if len(value) <= 255 else None
    return f"did you mean {quoted(near)}?" if near is not None else None
