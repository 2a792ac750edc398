"""Names with a part that varies: an id, a date, an address, a number, written into the name of an event or a property.

What varies, exactly:

- an URL, a path (`/pricing`), an e-mail or IP address, a UUID, a date (a month or quarter with its year too), an index
  (`[0]`, `items.0.price`), and what a template has left unfilled (`${id}`, `<name>`, `[object Object]`);
- a number of three digits or more that stands alone (`Product 123`, also a year), unless a unit follows (`last_180_days`)
  or the number is famous (`Top 100`, `Error 404`, `Form 1040`);
- four digits or more behind letters (`question42981`), unless they name a standard (`iso8601`);
- letters and digits by turns as in ids: seven or more hexadecimal ones (`8f14e45f`), or longer ones of any letters.

All else is honest: one or two digits (`Step 2`, `address_2`), digits with letters of their own (`401k`, `sha256`, `2FA`,
`1080p`), versions (`v2`, `2.10.0`).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

_PLAIN = re.compile(r"[^0-9@/<{\[%]*")
"""Most names: nothing in them can vary."""

_YEAR, _MONTH, _DAY = r"(?:19|20)[0-9]{2}", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12][0-9]|3[01])"


@cache
def _look() -> re.Pattern[str]:
    """What may vary. It is compiled for the first name with a digit or a sign in it: that takes 2 ms."""
    return re.compile(_LOOK, re.VERBOSE)


_LOOK = rf"""
      (?P<address> \b[A-Za-z][A-Za-z0-9+.-]*://\S+ | \bwww\.\S+ | [^\s@]+@[^\s@]+\.[A-Za-z]{{2,}} )
    | (?P<path>    (?<!\S)/\w[^\s]* )
    | (?P<hole>    \$?\{{\{{?[^{{}}]*\}}?\}} | <[A-Za-z_][\w .-]*> | %[sd](?!\w) | \[object\ Object\] )
    | (?P<uuid>    [0-9A-Fa-f]{{8}}(?:-[0-9A-Fa-f]{{4}}){{3}}-[0-9A-Fa-f]{{12}} )
    | (?P<date>    (?<![0-9])
                   (?: {_YEAR}(?P<s>[-_./\ ]?){_MONTH}(?P=s){_DAY} | [0-9]{{1,2}}(?P<t>[-_./])[0-9]{{1,2}}(?P=t){_YEAR}
                     | {_YEAR}[-_]{_MONTH} | {_YEAR}[-_\ ]?[QqHhWw][0-9]{{1,2}} | [QqHh][1-4][-_\ ]?{_YEAR} )
                   (?![0-9A-Za-z]) )
    | (?P<ip>      (?<![0-9.])[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}(?![0-9.]) )
    | (?P<index>   \[[0-9]+\] | (?<=[A-Za-z\]]\.)[0-9]+(?=\.[A-Za-z]) )
    | (?P<number>  (?<![0-9A-Za-z])[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9A-Za-z]) )
    | (?P<version> (?<![0-9A-Za-z])[vV]?[0-9]+(?:\.[0-9]+)+ )
    | (?P<word>    [A-Za-z0-9]+ )
    """
_UNIT = (
    r"(?i)[ _-]?(?:ms|s|sec|seconds?|min|minutes?|h|hours?|d|days?|weeks?|months?|years?|px|[kmgt]b|percent|words?|steps?|points?|km"
    r"|miles?)(?![A-Za-z])"
)
_STATUS_CODES = {
    "200",
    "201",
    "204",
    "301",
    "302",
    "304",
    "400",
    "401",
    "403",
    "404",
    "409",
    "410",
    "422",
    "429",
    "500",
    "502",
    "503",
    "504",
}
_FAMOUS = frozenset({"100", "101", "360", "365", "911", "1000", "1040", "1099", *_STATUS_CODES})
_STANDARDS = frozenset({"iso", "rfc", "ecma", "es", "ieee", "en", "din", "cve", "pep", "ansi"})


@lru_cache(maxsize=4096)
def dynamic_part(name: str) -> str | None:
    """The first part of a name that varies, by the rule above; None where nothing does.

    Nothing is sought behind the first 500 characters: the time it takes grows with their square, to 2 ms.
    """
    if _PLAIN.fullmatch(name):
        return None
    for found in _look().finditer(name, 0, _FARTHEST):
        if found["word"] is None:
            if found["version"] is None:
                return str(found[0])
        elif (part := _varying(found[0])) and not _is_amount(part, name, found.end()):
            return part
    return None


def without_dynamic_part(name: str) -> str:
    """A name without the parts that vary, as words: `Order 8f14e45f Completed` -> `Order Completed`."""
    for _ in range(_MOST_PARTS):
        part = dynamic_part(name)
        if part is None:
            break
        name = name.replace(part, " ", 1).strip(" _-.:/()#")
    return name


_MOST_PARTS = 5
_FARTHEST = 500


def _is_amount(part: str, name: str, end: int) -> bool:
    return part.isdigit() and len(part) < 5 and bool(re.compile(_UNIT).match(name, end))


_RUNS = re.compile(r"[0-9]+|[A-Za-z]+")
_CHUNKS = re.compile(r"[0-9]+|[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_HEX = re.compile(r"[0-9A-Fa-f]{7,}")


def _varying(word: str) -> str | None:
    """The part of a word of letters and digits that varies: the word, or a long number in it."""
    if word.isdigit():
        return word if len(word) > 2 and word not in _FAMOUS else None
    if word.isalpha():
        return None
    runs: list[str] = _RUNS.findall(word)
    digits = sum(len(run) for run in runs if run.isdigit())
    if _HEX.fullmatch(word) and digits > 1 and len(runs) > 2:
        return word
    if len(word) >= 10 and digits >= 4 and len(runs) > 4:
        return word
    if len(word) >= 14 and len(word) / len(_CHUNKS.findall(word)) < 2.5:
        return word
    for at, run in enumerate(runs):
        if run.isdigit() and len(run) >= (4 if at else 5) and (at == 0 or runs[at - 1].lower() not in _STANDARDS):
            return run
    return None
