"""What a command takes from its command line, and the reading of plain ones.

A parameter is annotated with an `Option` or an `Argument`, in typer's words. typer writes the help from them and says what is
wrong with a command line (`typed.py`). A command line that is plain and right is read here without it: to import typer, and
have pydantic check thirty options, takes 125 ms of CPU, more than all else before the first event. Both read the same from
all that is read here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, get_type_hints

Check = Callable[[Any], Any]
"""Gives the value back, or raises Refused."""


class Refused(ValueError):
    """Why a check does not take a value."""


class Parameter:
    """`callback` is the check of its value, `min` the least number; the rest is for the help."""

    def __init__(self, *names: str, callback: Check | None = None, min: int | None = None, **shown: Any) -> None:
        self.names = names
        self.callback = callback
        self.min = min
        self.shown = shown


class Option(Parameter):
    """An option; without names it is called as the parameter is."""


class Argument(Parameter):
    """Arguments by their place."""


def parameters(command: Callable[..., int]) -> dict[str, tuple[Any, Parameter]]:
    """Name -> type and how it is said, of all that a command takes."""
    hints = get_type_hints(command, include_extras=True)
    return {name: (hint.__origin__, hint.__metadata__[0]) for name, hint in hints.items() if name != "return"}


def read(command: Callable[..., int], line: Sequence[str]) -> dict[str, Any] | None:
    """Parameter -> value, for all that a plain command line says; None where it is for typer to read it.

    Plain is every option by its whole name, once unless it makes a list, its value behind it or behind an equals sign, and
    nothing that begins with a hyphen as a value. What is wrong is not plain either.
    """
    taken = parameters(command)
    options, places = _options(taken), next(((name, kind) for name, (kind, said) in taken.items() if isinstance(said, Argument)), None)
    values: dict[str, Any] = {}
    others: list[str] = []
    words = iter(line)
    for word in words:
        if not word.startswith("-") or word == "-":
            others.append(word)
            continue
        name, equals, behind = word.partition("=")
        option = options.get(name)
        if option is None or (equals and (option.switch is not None or not name.startswith("--"))):
            return None
        value = option.switch if option.switch is not None else behind if equals else next(words, "--")
        if (not equals and _is_no_value(value)) or not option.put(values, value):
            return None
    if places is None:
        return None if others else _whole(command, values)
    if others and places[1] in _MANY:
        values[places[0]] = others
    elif len(others) == 1:
        values[places[0]] = others[0]
    elif others:
        return None
    return _whole(command, values)


def _is_no_value(word: str | bool) -> bool:
    return isinstance(word, str) and word.startswith("-") and word != "-"


def _whole(command: Callable[..., int], values: dict[str, Any]) -> dict[str, Any] | None:
    """The values, unless one is missing that the command cannot do without."""
    code = command.__code__
    needed = code.co_varnames[: code.co_argcount - len(command.__defaults__ or ())]
    return values if values.keys() >= set(needed) else None


_MANY = (list[str], list[str] | None)
_NUMBERS = (int, int | None)
_SWITCHES = (bool, bool | None)
_NUMBER = re.compile("[0-9]{1,9}").fullmatch


class _Named(NamedTuple):
    """One name of an option; `switch` is the value it stands for where it takes none."""

    parameter: str
    kind: Any
    said: Parameter
    switch: bool | None = None

    def put(self, values: dict[str, Any], value: Any) -> bool:
        """Take the value in; False where it is none, or one too many."""
        if self.kind in _MANY:
            values.setdefault(self.parameter, []).append(value)
            return self.said.callback is None
        if self.parameter in values:
            return False
        if self.kind in _NUMBERS:
            if not _NUMBER(value) or int(value) < (self.said.min or 0):
                return False
            value = int(value)
        try:
            values[self.parameter] = value if self.said.callback is None else self.said.callback(value)
        except Refused:
            return False
        return True


def _options(taken: Mapping[str, tuple[Any, Parameter]]) -> dict[str, _Named]:
    """Every name -> its option."""
    options: dict[str, _Named] = {}
    for parameter, (kind, said) in taken.items():
        if isinstance(said, Argument):
            continue
        for names in said.names or (f"--{parameter.replace('_', '-')}",):
            yes, _, no = names.partition("/")
            options[yes] = _Named(parameter, kind, said, True if kind in _SWITCHES else None)
            if no:
                options[no] = _Named(parameter, kind, said, False)
    return options
