"""Which rules run, and how much their findings weigh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from protocols.errors import UsageError
from protocols.names import nearest
from protocols.problems import Severity
from protocols.rules import RULES
from protocols.rules.ignores import FAMILY

ALL = "all"


def active_rules(
    severities: Mapping[str, Severity] | None = None, *, select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> dict[str, Severity]:
    """Rule -> severity for the rules of a run, in the order of `RULES`.

    `severities` are the settings: `off` takes a rule out, any other severity takes it in. `select` leaves the named rules
    alone, those too that are off otherwise; `ignore` takes rules out. Raises UsageError for a name that no rule has.
    """
    settings = severities or {}
    chosen = {rule_name(name) for name in select if name != ALL} | (set(RULES) if ALL in select else set())
    ignored = {rule_name(name) for name in ignore}
    found: dict[str, Severity] = {}
    for name, rule in RULES.items():
        said = settings.get(name, rule.severity if rule.on else Severity.off)
        if name in chosen and said is Severity.off:
            said = rule.severity
        if name not in ignored and said is not Severity.off and (name in chosen or not select):
            found[name] = said
    return found


def rule_name(name: str) -> str:
    """The name of a rule, with or without its family. Raises UsageError where there is none such."""
    bare = name.removeprefix(FAMILY)
    if bare in RULES:
        return bare
    near = nearest(bare, RULES)
    raise UsageError(f"there is no rule {name}; {f'did you mean {near}?' if near else 'protocols explain lists them all'}")
