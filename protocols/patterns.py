"""Patterns: what a plan may write, what a text matches, and which of them Python's own `re` may be trusted with.

A pattern means what ECMA-262 says, is searched anywhere in the text, and has neither lookaround nor backreferences, so
that the engine behind `matches` needs time linear in the text. Python's `re` reads another language (`$` stops before a
final newline, `\\d` takes Arabic digits) and backtracks: `^(a+)+$` on 24 letters costs it 0.6 s. So no pattern of a plan
is ever handed to it as written: `for_accept` writes a new one from the parse tree, for those patterns alone whose
number of attempts is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import jsonschema_rs


def fault(pattern: str) -> str | None:
    """Why a plan may not use this pattern, as a clause (`lookaround is not allowed`), or None where it may."""
    try:
        tree(pattern)
    except _Fault as error:
        return str(error)
    try:
        _matcher(pattern)
    except ValueError:
        return "it does not compile"
    return None


def matches(pattern: str, text: str) -> bool:
    """Whether `text` holds a match, in time linear in its length; a lone surrogate counts as U+FFFD.

    The pattern must be one without a `fault`; ValueError otherwise.
    """
    return bool(_matcher(pattern).is_valid(SURROGATES.sub("\ufffd", text)))


@lru_cache(maxsize=1024)
def for_accept(pattern: str) -> str | None:
    """A pattern for `re.search` that takes a part, often all, of what `matches` takes; None where there is no safe one."""
    if fault(pattern):
        return None
    try:
        said = [_top(branch) for branch in branches(tree(pattern))]
    except _Unsaid:
        return None
    return "|".join(said)


@lru_cache(maxsize=1024)
def texts(pattern: str, most: int) -> tuple[str, ...] | None:
    """All the texts that match, sorted, where they are few: None where they are more than `most` or without bound.

    To look a text up among 20,000 costs a tenth of what one match by `re` does.
    """
    if fault(pattern):
        return None
    try:
        return tuple(sorted({text for branch in branches(tree(pattern)) for text in _spelled(_inner(branch), most)}))
    except _Unsaid:
        return None


SURROGATES = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=4096)
def _matcher(pattern: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions())


# The parse tree.


class One(NamedTuple):
    """One character. `source` says it in Python's `re`, None where that cannot be; `mask` has a bit for each ASCII
    character it takes, and bit 128 for all the others."""

    source: str | None
    mask: int


class Anchor(NamedTuple):
    """`^`, `$`, `\\b` or `\\B`."""

    sign: str


class Repeat(NamedTuple):
    """`body` at least `least` times and at most `most`, None for no upper bound."""

    body: Tree
    least: int
    most: int | None


class Row(NamedTuple):
    """One after the other."""

    parts: tuple[Tree, ...]


class Either(NamedTuple):
    """One of these."""

    branches: tuple[Row, ...]


Tree: TypeAlias = One | Anchor | Repeat | Row | Either


class _Fault(ValueError):
    """Not a pattern that plans may use; the message is a clause."""


_ASCII = (1 << 128) - 1
_EVERY = (1 << 129) - 1


def _mask(characters: str) -> int:
    return sum(1 << ord(character) for character in set(characters))


_DIGITS = _mask("0123456789")
_WORD = _DIGITS | _mask("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_SPACES = _mask(" \t\n\r\f\v")
_CLASSES: dict[str, tuple[str | None, int]] = {
    "d": ("0-9", _DIGITS),
    "w": ("A-Za-z0-9_", _WORD),
    "D": (None, _EVERY & ~_DIGITS),
    "W": (None, _EVERY & ~_WORD),
    "s": (None, _SPACES | 1 << 128),
    "S": (None, _EVERY & ~_SPACES),
}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_DOT = One("[^\\n\\r\\u2028\\u2029]", _EVERY & ~_mask("\n\r"))
_COUNT = re.compile(r"\{([0-9]{1,6})(?:(,)([0-9]{1,6})?)?\}")
_HEX = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}")
_PROPERTY = re.compile(r"[pP]\{[A-Za-z0-9_=]+\}")
_NAME = re.compile(r"\?<[A-Za-z_$][A-Za-z0-9_$]*>")
_DEEPEST = 50


@lru_cache(maxsize=1024)
def tree(pattern: str) -> Tree:
    """The parse tree of a pattern; ValueError where it has a `fault`, but for those that only the engine finds."""
    node, end = _either(pattern, 0, 0)
    if end != len(pattern):
        raise _Fault("a closing parenthesis has no opening one")
    return node


def _either(pattern: str, at: int, depth: int) -> tuple[Tree, int]:
    """The alternatives from `at` up to a closing parenthesis or the end, and where they end."""
    if depth > _DEEPEST:
        raise _Fault(f"groups are nested deeper than {_DEEPEST}")
    branches: list[Row] = []
    parts: list[Tree] = []
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            branches.append(Row(tuple(parts)))
            parts = []
            at += 1
            continue
        part, at = _atom(pattern, at, depth)
        part, at = _quantified(pattern, at, part)
        parts.append(part)
    last = Row(tuple(parts))
    return (Either((*branches, last)) if branches else last), at


def _atom(pattern: str, at: int, depth: int) -> tuple[Tree, int]:
    match pattern[at]:
        case "^" | "$" as sign:
            return Anchor(sign), at + 1
        case ".":
            return _DOT, at + 1
        case "(":
            return _group(pattern, at + 1, depth)
        case "[":
            return _set(pattern, at + 1)
        case "\\":
            return _escape(pattern, at + 1)
        case "*" | "+" | "?" | "{" as sign:
            raise _Fault(f"`{sign}` has nothing to repeat")
        case character:
            return _literal(character), at + 1


def _group(pattern: str, at: int, depth: int) -> tuple[Tree, int]:
    rest = pattern[at : at + 3]
    if rest.startswith(("?=", "?!", "?<=", "?<!")):
        raise _Fault("lookaround is not allowed")
    if rest.startswith("?:"):
        at += 2
    elif name := _NAME.match(pattern, at):
        at = name.end()
    elif rest.startswith("?"):
        raise _Fault("flags inside a pattern are not allowed")
    node, end = _either(pattern, at, depth + 1)
    if end >= len(pattern):
        raise _Fault("a parenthesis is not closed")
    return node, end + 1


def _quantified(pattern: str, at: int, part: Tree) -> tuple[Tree, int]:
    """`part` with the quantifier that stands at `at`, if one does."""
    sign = pattern[at : at + 1]
    if not sign or sign not in "*+?{":
        return part, at
    if isinstance(part, Anchor):
        raise _Fault(f"`{sign}` has nothing to repeat")
    if sign == "{":
        count = _COUNT.match(pattern, at)
        if count is None:
            raise _Fault("`{` has to be written `\\{` where it is no count")
        least = int(count[1])
        most = least if count[2] is None else int(count[3]) if count[3] else None
        if most is not None and most < least:
            raise _Fault("a count goes from more to less")
        at = count.end()
    else:
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        at += 1
    if pattern[at : at + 1] == "?":  # a lazy repeat finds the same texts
        at += 1
    if pattern[at : at + 1] in ("*", "+", "?") or _COUNT.match(pattern, at):
        raise _Fault(f"`{pattern[at]}` follows another repeat")
    return Repeat(part, least, most), at


def _literal(character: str) -> One:
    return One(re.escape(character), _mask(character)) if character.isascii() else One(None, 1 << 128)


@lru_cache(maxsize=64)
def _property(name: str) -> One:
    """A property of Unicode, as `p{L}`; the engine is asked which ASCII characters have it."""
    try:
        matcher = _matcher(f"^\\{name}$")
    except ValueError:
        raise _Fault("it does not compile") from None
    return One(None, sum(1 << point for point in range(128) if matcher.is_valid(chr(point))) | 1 << 128)


def _escape(pattern: str, at: int) -> tuple[Tree, int]:
    sign = pattern[at : at + 1]
    if sign in ("b", "B"):
        return Anchor("\\" + sign), at + 1
    if sign and sign in _CLASSES:
        source, mask = _CLASSES[sign]
        return One(None if source is None else f"[{source}]", mask), at + 1
    if found := _PROPERTY.match(pattern, at):
        return _property(found[0]), found.end()
    character, end = _character(pattern, at)
    return _literal(character), end


def _character(pattern: str, at: int) -> tuple[str, int]:
    """The character that the escape behind a backslash stands for, and where the escape ends."""
    sign = pattern[at : at + 1]
    if not sign:
        raise _Fault("it ends in a backslash")
    if sign in _CONTROLS:
        return _CONTROLS[sign], at + 1
    if sign == "c" and pattern[at + 1 : at + 2].isascii() and pattern[at + 1 : at + 2].isalpha():
        return chr(ord(pattern[at + 1]) % 32), at + 2
    if code := _HEX.match(pattern, at):
        point = int(code[1] or code[2] or code[3], 16)
        if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
            raise _Fault(f"`\\{code[0]}` is no character")
        return chr(point), code.end()
    if sign.isdecimal() or sign == "k":
        raise _Fault("backreferences are not allowed")
    if sign.isalpha() or sign in "<>" or not sign.isascii():
        raise _Fault(f"`\\{sign}` means nothing in ECMA-262")
    return sign, at + 1


def _set(pattern: str, at: int) -> tuple[Tree, int]:
    """A class in brackets, from behind its `[`."""
    negated = pattern[at : at + 1] == "^"
    at += negated
    mask = 0
    sources: list[str | None] = []
    while at < len(pattern) and pattern[at] != "]":
        member, start, at = _member(pattern, at)
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in ("]", ""):
            _, end, at = _member(pattern, at + 1)
            if start is None or end is None:
                raise _Fault("a range inside brackets needs a character at both ends")
            if end < start:
                raise _Fault("a range inside brackets goes from more to less")
            member = _range(start, end)
        mask |= member.mask
        sources.append(member.source)
    if at >= len(pattern):
        raise _Fault("a bracket is not closed")
    if not sources:
        raise _Fault("brackets hold nothing")
    if None in sources:
        return One(None, _EVERY & ~mask | 1 << 128 if negated else mask), at + 1
    source = f"[{'^' if negated else ''}{''.join(filter(None, sources))}]"
    return One(source, _EVERY & ~mask if negated else mask), at + 1


def _member(pattern: str, at: int) -> tuple[One, str | None, int]:
    """One member of a class: what it takes, its character where it is a single one, and where it ends."""
    if pattern[at] != "\\":
        return _literal(pattern[at]), pattern[at], at + 1
    sign = pattern[at + 1 : at + 2]
    if sign and sign in _CLASSES:
        return One(*_CLASSES[sign]), None, at + 2
    if found := _PROPERTY.match(pattern, at + 1):
        return _property(found[0]), None, found.end()
    character, end = _character(pattern, at + 1)
    return _literal(character), character, end


def _range(start: str, end: str) -> One:
    if end.isascii():
        return One(f"{re.escape(start)}-{re.escape(end)}", _ASCII & ((2 << ord(end)) - (1 << ord(start))))
    return One(None, (_ASCII >> ord(start) << ord(start) if start.isascii() else 0) | 1 << 128)


# What Python's `re` may be trusted with.


class _Unsaid(Exception):
    """The pattern has no safe counterpart."""


_MOST_WAYS = 1000
"""How many ways to match one text a pattern may have; a search that fails may try each of them."""

_TOO_MANY = _MOST_WAYS + 1

_UNBOUNDED = 100
"""What one repeat without bound counts as, and a search that may begin anywhere: so there is one of the two at most."""


def branches(node: Tree) -> Iterator[Row]:
    if isinstance(node, Either):
        yield from node.branches
    elif isinstance(node, Row):
        yield node
    else:
        yield Row((node,))


def _top(row: Row) -> str:
    """One alternative of the whole pattern: only here anchors can be said."""
    parts = row.parts
    starts = bool(parts) and parts[0] == Anchor("^")
    parts = parts[1:] if starts else parts
    ends = bool(parts) and parts[-1] == Anchor("$")
    parts = parts[:-1] if ends else parts
    body = Row(parts)
    if not (starts and _is_determined(body)) and _ways(body) * (1 if starts else _UNBOUNDED) > _MOST_WAYS:
        raise _Unsaid
    return f"{'^' if starts else ''}{_write(body)}{chr(92) + 'Z' if ends else ''}"


def _ways(node: Tree) -> int:
    """An upper bound to the number of ways in which `node` matches one text; counting stops behind the most allowed."""
    match node:
        case Row(parts):
            ways = 1
            for part in parts:
                ways = min(ways * _ways(part), _TOO_MANY)
            return ways
        case Either(branches):
            return min(sum(map(_ways, branches)), _TOO_MANY)
        case Repeat(One(), _, None):
            return _UNBOUNDED
        case Repeat(_, _, None):
            return _TOO_MANY
        case Repeat(body, least, int(most)):
            inner, ways = _ways(body), 0
            for count in range(least, most + 1):
                ways += inner ** min(count, _TOO_MANY.bit_length())
                if ways >= _TOO_MANY:
                    return _TOO_MANY
            return ways
    return 1


class _Edges(NamedTuple):
    """`first`: characters a match may begin with. `more`: characters that may go on behind a match. `empty`: takes ""."""

    first: int
    more: int
    empty: bool


def _is_determined(node: Tree) -> bool:
    """Whether the next character alone always says how to go on, so that a failing match has nothing to try again.

    This is what lets `^[a-z]+(_[a-z]+)*$` through and keeps `^(a+)+$` out.
    """
    try:
        _edges(node)
    except _Unsaid:
        return False
    return True


def _edges(node: Tree) -> _Edges:
    match node:
        case One(_, mask):
            return _Edges(mask, 0, False)
        case Row(parts):
            whole = _Edges(0, 0, True)
            for part in map(_edges, parts):
                whole = _joined(whole, part)
            return whole
        case Either(branches):
            first = more = 0
            empty = False
            for branch in map(_edges, branches):
                if first & branch.first or (empty and branch.empty):
                    raise _Unsaid
                first |= branch.first
                more |= branch.more
                empty = empty or branch.empty
            return _Edges(first, more | first if empty else more, empty)
        case Repeat(body, least, most):
            inner = _edges(body)
            if inner.empty or (most != 1 and inner.more & inner.first):
                raise _Unsaid
            return _Edges(inner.first, inner.more | (0 if least == most else inner.first), least == 0)
        case _:
            raise _Unsaid


def _joined(before: _Edges, part: _Edges) -> _Edges:
    if before.more & part.first:
        raise _Unsaid
    first = before.first | part.first if before.empty else before.first
    return _Edges(first, part.more | before.more if part.empty else part.more, before.empty and part.empty)


def _inner(row: Row) -> Row:
    """What stands between `^` and `$`."""
    if len(row.parts) < 2 or row.parts[0] != Anchor("^") or row.parts[-1] != Anchor("$"):
        raise _Unsaid
    return Row(row.parts[1:-1])


def _spelled(node: Tree, most: int) -> set[str]:
    match node:
        case One(str(), mask) if mask <= _ASCII:
            found = {chr(point) for point in range(128) if mask >> point & 1}
        case Row(parts):
            found = {""}
            for part in parts:
                found = _products(found, _spelled(part, most), most)
        case Either(branches):
            found = set().union(*(_spelled(branch, most) for branch in branches))
        case Repeat(body, least, int(last)) if last <= most:
            once, times, found = _spelled(body, most), {""}, set()
            for count in range(last + 1):
                found |= times if count >= least else set()
                times = _products(times, once, most) if count < last else times
        case _:
            raise _Unsaid
    if len(found) > most:
        raise _Unsaid
    return found


def _products(before: set[str], after: set[str], most: int) -> set[str]:
    if len(before) * len(after) > most:
        raise _Unsaid
    return {one + other for one in before for other in after}


def _write(node: Tree) -> str:
    match node:
        case One(str(source), _):
            return source
        case Row(parts):
            return "".join(map(_write, parts))
        case Either(branches):
            return f"(?:{'|'.join(map(_write, branches))})"
        case Repeat(body, least, most):
            inner = _write(body) if isinstance(body, One) else f"(?:{_write(body)})"
            return f"{inner}{{{least},{'' if most is None else most}}}"
    raise _Unsaid


# How long others may take.


@lru_cache(maxsize=1024)
def runs_away(pattern: str) -> bool:
    """Whether an engine that backtracks, as those of Python, JavaScript, Java and Ruby do, can need time exponential in
    the length of a text that does not match: `^(a+)+$` does. `matches` never does.

    Looks at ASCII characters alone. The pattern must be one without a `fault`.
    """
    return any(_is_ambiguous(branch) for branch in branches(tree(pattern)))


class _Chart:
    """Which character of a pattern may follow which, in how many ways: two ways at one place are what a search tries again.

    `masks` holds the characters that each place takes, `follow` for each place the places behind it with the number of ways.
    """

    def __init__(self) -> None:
        self.masks: list[int] = []
        self.follow: list[dict[int, int]] = []

    def add(self, node: Tree) -> tuple[list[int], list[int], bool]:
        """Take a node in; the places it may begin with and end with, and whether it takes nothing as well."""
        match node:
            case One(_, mask):
                if len(self.masks) >= _MOST_PLACES:
                    raise _Unsaid
                self.masks.append(mask)
                self.follow.append({})
                place = len(self.masks) - 1
                return [place], [place], False
            case Either(branches):
                parts = [self.add(branch) for branch in branches]
                firsts, lasts, empties = zip(*parts, strict=True)
                return [place for each in firsts for place in each], [place for each in lasts for place in each], any(empties)
            case Row(parts):
                return self._row(parts)
            case Repeat(body, 0, 1):
                first, last, _ = self.add(body)
                return first, last, True
            case Repeat(body, least, most):
                if most is not None and most <= (_FEW_PLACES if isinstance(body, One) else _FEW_TIMES):
                    return self._row((*[body] * least, *[Repeat(body, 0, 1)] * (most - least)))
                first, last, empty = self.add(body)
                self._join(last, first)
                return first, last, empty or least == 0
        return [], [], True

    def _row(self, parts: tuple[Tree, ...]) -> tuple[list[int], list[int], bool]:
        first: list[int] = []
        last: list[int] = []
        empty = True
        for part in parts:
            begins, ends, takes_nothing = self.add(part)
            self._join(last, begins)
            first = first + begins if empty else first
            last = last + ends if takes_nothing else ends
            empty = empty and takes_nothing
        return first, last, empty

    def _join(self, before: list[int], behind: list[int]) -> None:
        for place in before:
            for other in behind:
                self.follow[place][other] = self.follow[place].get(other, 0) + 1


_MOST_PLACES = 200
"""Places beyond which a pattern is not looked at."""

_FEW_PLACES, _FEW_TIMES = 40, 8
"""Counts up to which one character, and anything longer, is written out; higher ones are taken as without bound."""


def _is_ambiguous(row: Row) -> bool:
    """Whether one text leads from some place back to it in two ways, and the match can still fail behind it."""
    chart = _Chart()
    try:
        _, last, _ = chart.add(row)
    except _Unsaid:
        return False
    is_tied = bool(row.parts) and row.parts[-1] == Anchor("$")
    return any(_comes_back_twice(chart, place) for place in range(len(chart.masks)) if is_tied or place not in last)


def _comes_back_twice(chart: _Chart, start: int) -> bool:
    """Whether two different ways over the same characters lead from a place back to it."""
    reached = {(start, start, False)}
    waiting = [(start, start, False)]
    while waiting:
        one, other, is_apart = waiting.pop()
        for first, ways in chart.follow[one].items():
            for second in chart.follow[other]:
                if not chart.masks[first] & chart.masks[second] & _ASCII:
                    continue
                apart = is_apart or first != second or (one == other and ways > 1)
                if first == second == start and apart:
                    return True
                state = (first, second, apart)
                if state not in reached:
                    reached.add(state)
                    waiting.append(state)
    return False
