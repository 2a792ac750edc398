"""YAML text as plain values that remember where they stood.

A mapping becomes a `Map` and a sequence a `List`: a dict and a list, so that a JSON Schema validator takes them as they
are, which also hold the place of every key and value. Scalars are plain values; the mapping or sequence around them
knows their places. Keys are always text, so that `no:` and `0:` stay what they look like.

Values are those of YAML 1.2's core schema as far as JSON has them: null, true, false, integers and decimal numbers.
Everything else is the text as written: `yes`, `12:30`, `2024-01-01`, `.inf`, and numbers with leading zeros (`017`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from protocols.plan.kinds import mistake
from protocols.positions import Position
from protocols.problems import Problem

MAX_BYTES = 8 * 1024 * 1024
"""Bytes of one plan file: about 200,000 properties."""

MAX_NODES = 2_000_000
"""Nodes of one file with every alias written out."""

MAX_DEPTH = 100
"""Mappings and sequences inside each other."""

_TOO_DEEP = f"a plan may be nested {MAX_DEPTH} levels deep, and this is one more"


class Map(dict[str, Any]):
    """A mapping. `at` is where it begins; `keys_at` and `values_at` hold the places of its keys and of their values.

    `fresh` says that it replaces whatever it would have inherited, which was taken out before it was written anew.
    """

    __slots__ = ("at", "fresh", "keys_at", "values_at")

    def __init__(self, at: Position) -> None:
        self.at = at
        self.keys_at: dict[str, Position] = {}
        self.values_at: dict[str, Position] = {}
        self.fresh = False

    def put(self, key: str, value: Any, key_at: Position, value_at: Position) -> None:
        """Set one key and its places."""
        self[key] = value
        self.keys_at[key] = key_at
        self.values_at[key] = value_at

    def take(self, key: str, other: Map) -> None:
        """Set one key as `other` has it."""
        self[key] = other[key]
        self.keys_at[key] = other.keys_at[key]
        self.values_at[key] = other.values_at[key]

    def copy(self) -> Map:
        """The same keys, values and places in a mapping of its own."""
        twin = Map(self.at)
        twin.update(self)
        twin.keys_at = dict(self.keys_at)
        twin.values_at = dict(self.values_at)
        twin.fresh = self.fresh
        return twin

    def only(self, keys: Callable[[str], bool]) -> Map:
        """The part of the mapping whose keys the function says yes to."""
        part = Map(self.at)
        for key in self:
            if keys(key):
                part.take(key, self)
        return part


class List(list[Any]):
    """A sequence. `at` is where it begins, `items_at` where each item does."""

    __slots__ = ("at", "items_at")

    def __init__(self, at: Position) -> None:
        self.at = at
        self.items_at: list[Position] = []


class Document(msgspec.Struct, frozen=True):
    """One YAML file as read.

    `root` is None where nothing usable was found. `texts` holds what stood in the file for plain scalars that became
    numbers, booleans or null; `blanks` the places of values that were left out. `problems` are in order of reading.
    """

    root: Any
    texts: dict[Position, str] = {}
    blanks: frozenset[Position] = frozenset()
    problems: tuple[Problem, ...] = ()


def plain(value: Any) -> Any:
    """The value without its places, in dicts and lists of its own."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def parse(text: str, file: str) -> Document:
    """Read one YAML document. Never raises for any text: what is wrong is in `problems`."""
    if len(text) > MAX_BYTES:
        return _refused(
            mistake("file-too-large", Position(file), f"a plan file may hold {MAX_BYTES:,} characters, and this one holds {len(text):,}")
        )
    half = None if text.isascii() else _SURROGATE.search(text)
    if half is not None:
        return _refused(mistake("not-utf-8", _position_of(half.start(), text, file), "the text holds half of a surrogate pair"))
    text = text.removeprefix("\ufeff")
    builder = _Builder(file, _locator(text, file))
    import yaml

    try:
        builder.read(events(text))
    except yaml.reader.ReaderError:
        builder.problems.append(_unreadable_character(text, file))
    except yaml.MarkedYAMLError as error:
        builder.problems.append(_syntax_error(error, text, builder.locate))
    except _Stop as stop:
        builder.problems.append(stop.problem)
    else:
        return Document(builder.root, builder.texts, frozenset(builder.blanks), tuple(builder.problems))
    return Document(None, problems=tuple(builder.problems))


_SURROGATE = re.compile("[\ud800-\udfff]")


def _position_of(offset: int, text: str, file: str) -> Position:
    return Position(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def _refused(problem: Problem) -> Document:
    return Document(None, problems=(problem,))


def events(text: str) -> Iterator[Any]:
    """The events of the parser, libyaml's where the wheel has it: it is about ten times as fast."""
    return iter(_parser(text).get_event, None)


def _parser(text: str) -> Any:
    try:
        from yaml._yaml import CParser
    except ImportError:
        return _python_parser(text)
    return CParser(text)


def _python_parser(text: str) -> Any:
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class PythonParser(Reader, Scanner, Parser):
        def __init__(self, stream: str) -> None:
            Reader.__init__(self, stream)
            Scanner.__init__(self)
            Parser.__init__(self)

    return PythonParser(text)


# -- places


def _locator(text: str, file: str) -> Callable[[Any], Position]:
    """How a mark of the parser becomes a position.

    The parser also ends lines at the breaks of YAML 1.1 (NEL, U+2028, U+2029), which no editor counts: where a text has
    one of these, lines and columns are counted anew from the mark's offset.
    """
    if text.isascii() or not _OLD_BREAKS.search(text):
        return lambda mark: Position(file, mark.line + 1, mark.column + 1)
    from bisect import bisect_right

    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]

    def locate(mark: Any) -> Position:
        line = bisect_right(starts, mark.index)
        return Position(file, line, mark.index - starts[line - 1] + 1)

    return locate


_OLD_BREAKS = re.compile("[\x85\u2028\u2029]")


# -- scalars

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,299})")
_OCTAL = re.compile(r"0o[0-7]{1,100}")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,100}")
_DECIMAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*|(?=[eE]))|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FIRST_OF_NUMBERS = frozenset("0123456789+-.")


def resolve(text: str) -> Any:
    """The value of a plain scalar: null, a boolean, a finite number, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST_OF_NUMBERS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
    if _DECIMAL.fullmatch(text) and abs(number := float(text)) != float("inf"):
        return number
    return text


_TAG = "tag:yaml.org,2002:"
_COLLECTION_TAGS = {"map": "!!map", "seq": "!!seq"}
_SCALAR_TAGS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "null": (type(None),),
}


# -- the tree


class _Stop(Exception):
    """Reading cannot go on."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


class _Frame(msgspec.Struct):
    """A mapping or sequence that is being read; `key` waits for its value."""

    node: Any
    is_map: bool
    anchor: str | None
    began: int
    key: str | None = None
    key_at: Position | None = None
    merges: Sequence[tuple[Any, Position]] = ()


_SKIPPED = object()
"""Stands for a value that was refused, or whose key was."""


class _Builder:
    """Makes the tree from the parser's events, without recursion: the depth of the text is the text's own affair."""

    def __init__(self, file: str, locate: Callable[[Any], Position]) -> None:
        self.file = file
        self.locate = locate
        self.root: Any = None
        self.texts: dict[Position, str] = {}
        self.blanks: set[Position] = set()
        self.problems: list[Problem] = []
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._nodes = 0
        self._documents = 0

    def read(self, events: Iterator[Any]) -> None:
        import yaml

        scalar, open_map, open_list = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
        close_map, close_list, alias, document = yaml.MappingEndEvent, yaml.SequenceEndEvent, yaml.AliasEvent, yaml.DocumentStartEvent
        for event in events:
            kind = event.__class__
            if kind is scalar:
                self._scalar(event)
            elif kind is open_map or kind is open_list:
                self._open(event, kind is open_map)
            elif kind is close_map or kind is close_list:
                self._close()
            elif kind is alias:
                self._alias(event)
            elif kind is document:
                self._begin_document(event)

    def _begin_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            at = self.locate(event.start_mark)
            raise _Stop(mistake("bad-yaml", at, "a plan file holds one YAML document, and a second one begins here"))
        if event.tags or event.version:
            at = self.locate(event.start_mark)
            self.problems.append(mistake("bad-tag", at, "a plan file needs no % directive", hint="take the line out"))

    def _scalar(self, event: Any) -> None:
        """Most scalars are a key that is not there yet, or a plain value: nine in ten of a plan's events, so they come first."""
        at = self.locate(event.start_mark)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._count(0, at)
        text = event.value
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.is_map and frame.key_at is None:
            if event.anchor is None and event.tag is None and text not in _ODD_KEYS and text not in frame.node and text.isascii():
                frame.key, frame.key_at = text, at
            else:
                self._key(frame, event, text, at)
            return
        value: Any = text
        if event.tag is not None and event.tag != "!":
            value = self._tagged(event.tag, text, at)
        elif event.implicit[0]:
            value = resolve(text)
            if value is not text:
                self.texts[at] = text
                if not text:
                    self.blanks.add(at)
        if not text.isascii() and not event.implicit[0] and isinstance(value, str):
            value = self._checked(value, at)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        self._add(value, at)

    def _checked(self, text: str, at: Position) -> Any:
        """The text, unless an escape wrote half a character into it, which no JSON text in UTF-8 can hold."""
        try:
            text.encode()
        except UnicodeEncodeError:
            self.problems.append(mistake("bad-yaml", at, "the text holds half of a surrogate pair", hint="write the character itself"))
            return _SKIPPED
        return text

    def _tagged(self, tag: str, text: str, at: Position) -> Any:
        name = tag.removeprefix(_TAG) if tag.startswith(_TAG) else None
        if name == "str":
            return text
        value = resolve(text)
        if name in _SCALAR_TAGS and isinstance(value, _SCALAR_TAGS[name]) and (name == "bool" or not isinstance(value, bool)):
            return value
        self._refuse_tag(tag, at)
        return _SKIPPED

    def _refuse_tag(self, tag: str, at: Position) -> None:
        written = "!!" + tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag
        self.problems.append(mistake("bad-tag", at, f"the tag {written[:60]} means nothing in a plan", hint="write the value without it"))

    def _key(self, frame: _Frame, event: Any, text: str, at: Position) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = (text, 1)
        if event.tag is not None and event.tag not in ("!", _TAG + "str"):
            self._refuse_tag(event.tag, at)
        if text == "<<" and event.implicit[0]:
            frame.key, frame.key_at = _MERGE, at
            return
        if not text and event.implicit[0]:
            self.problems.append(mistake("bad-key", at, "a key is missing before the colon", hint="write the name it is to have"))
            text = _NO_KEY
        elif not text.isascii() and self._checked(text, at) is _SKIPPED:
            text = _NO_KEY
        elif text in frame.node:
            first = frame.node.keys_at[text]
            self.problems.append(
                mistake("duplicate-key", at, f"{_shown(text)} is already a key here, in line {first.line}", hint="keep one of the two")
            )
            text = _NO_KEY
        frame.key, frame.key_at = text, at

    def _open(self, event: Any, is_map: bool) -> None:
        at = self.locate(event.start_mark)
        self._count(1, at)
        if len(self._stack) >= MAX_DEPTH:
            raise _Stop(mistake("too-deep", at, _TOO_DEEP))
        if self._stack and self._stack[-1].is_map and self._stack[-1].key_at is None:
            wrong = "a mapping" if is_map else "a list"
            raise _Stop(
                mistake("bad-key", at, f"a key should be text, and this one is {wrong}", hint="quote a name that begins with a bracket")
            )
        if event.tag is not None and event.tag not in ("!", _TAG + ("map" if is_map else "seq")):
            self._refuse_tag(event.tag, at)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._stack.append(_Frame(Map(at) if is_map else List(at), is_map, event.anchor, self._nodes - 1))

    def _close(self) -> None:
        frame = self._stack.pop()
        node = frame.node
        for source, at in frame.merges:
            self._merge(node, source, at)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (node, self._nodes - frame.began)
        self._add(node, node.at)

    def _alias(self, event: Any) -> None:
        at = self.locate(event.start_mark)
        name = event.anchor
        if name not in self._anchors:
            raise _Stop(mistake("bad-yaml", at, f"*{name} points to no anchor &{name} above it"))
        found = self._anchors[name]
        if found is None:
            raise _Stop(mistake("cycle", at, f"*{name} stands inside what it points to"))
        value, size = found
        self._count(size, at)
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.is_map and frame.key_at is None:
            if not isinstance(value, str) or not value:
                raise _Stop(mistake("bad-key", at, f"a key should be text, and *{name} is none"))
            self._alias_key(frame, value, at)
            return
        self._add(value, at)

    def _alias_key(self, frame: _Frame, text: str, at: Position) -> None:
        if text in frame.node:
            first = frame.node.keys_at[text]
            self.problems.append(
                mistake("duplicate-key", at, f"{_shown(text)} is already a key here, in line {first.line}", hint="keep one of the two")
            )
            text = _NO_KEY
        frame.key, frame.key_at = text, at

    def _add(self, value: Any, at: Position) -> None:
        if not self._stack:
            self.root = None if value is _SKIPPED else value
            return
        frame = self._stack[-1]
        if not frame.is_map:
            if value is not _SKIPPED:
                frame.node.append(value)
                frame.node.items_at.append(at)
            return
        key, key_at = frame.key, frame.key_at
        frame.key = frame.key_at = None
        if key is _MERGE:
            frame.merges = [*frame.merges, (value, at)]
        elif key is not _NO_KEY and value is not _SKIPPED and key is not None and key_at is not None:
            node = frame.node
            node[key] = value
            node.keys_at[key] = key_at
            node.values_at[key] = at

    def _merge(self, node: Map, source: Any, at: Position) -> None:
        """What `<<` brings: keys that the mapping does not have itself, from earlier sources first."""
        for part in source if isinstance(source, List) else [source]:
            if isinstance(part, Map):
                self._count(len(part), at)
                for key in part:
                    if key not in node:
                        node.take(key, part)
            elif part is not _SKIPPED:
                self.problems.append(mistake("wrong-type", at, "<< should be followed by an alias of a mapping, such as *base"))

    def _count(self, nodes: int, at: Position) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise _Stop(
                mistake("too-large", at, f"a plan file may hold {MAX_NODES:,} values with its aliases written out, and here it holds more")
            )


_ODD_KEYS = frozenset({"", "<<"})
_MERGE = "<<\0"
_NO_KEY = "\0"


def _shown(name: str) -> str:
    from protocols.violations import quoted_if_odd

    return quoted_if_odd(name)


# -- what the parser refuses

_TABS = re.compile(r"[ ]*\t")
_SYNTAX = (
    ("while scanning a block scalar", "text stands behind | or > in the same line", "begin it in the next line, or quote it all"),
    ("while scanning a directive", "a line that begins with % is a directive", "take it out, or put the text in quotes"),
    ("while scanning a tag", "a tag that cannot be read", "quote a text that begins with an exclamation mark"),
    ("while parsing a tag", "a tag that cannot be read", "quote a text that begins with an exclamation mark"),
    ("found unexpected ':'", "a colon stands where none can be", "put the text in quotes"),
    ("mapping keys are not allowed", "a ? stands where no key can be", "put the text in quotes"),
    ("sequence entries are not allowed", "a list item where no list can be", "begin the list on a line of its own"),
    ("unexpected document indicator", "these quotes are never closed", "close them"),
    ("mapping values are not allowed", "a colon stands where no key can be", "put the text in quotes, or begin a new line"),
    (
        "did not find expected key",
        "a key was expected here",
        "check the indentation, and quote a text that begins with a quote or a bracket",
    ),
    ("expected <block end>", "a key was expected here", "check the indentation, and quote a text that begins with a quote or a bracket"),
    ("did not find expected '-' indicator", "a list item was expected here", "check the indentation"),
    ("could not find expected ':'", "a key without its colon", "write a colon and a blank behind it"),
    ("did not find expected ',' or '}'", "this { is not closed, or a comma is missing in it", "write } behind its last value"),
    ("expected ',' or '}'", "this { is not closed, or a comma is missing in it", "write } behind its last value"),
    ("did not find expected ',' or ']'", "this [ is not closed, or a comma is missing in it", "write ] behind its last value"),
    ("expected ',' or ']'", "this [ is not closed, or a comma is missing in it", "write ] behind its last value"),
    ("unexpected end of stream", "these quotes are never closed", "close them"),
    (
        "unknown escape character",
        "a backslash sequence that YAML does not know",
        "use single quotes, in which a backslash is just a backslash",
    ),
    (
        "did not find expected hexdecimal number",
        "a backslash sequence that YAML does not know",
        "use single quotes, in which a backslash is just a backslash",
    ),
    (
        "expected escape sequence",
        "a backslash sequence that YAML does not know",
        "use single quotes, in which a backslash is just a backslash",
    ),
    ("invalid Unicode character escape", "an escape that is no character", "write the character itself"),
    ("block sequence entries are not allowed", "a list item where no list can be", "begin the list on a line of its own"),
    ("did not find expected node content", "a value was expected here", "take out the comma or bracket that is too many"),
    ("expected the node content", "a value was expected here", "take out the comma or bracket that is too many"),
    ("undefined tag handle", "a tag that is not declared", "quote a text that begins with an exclamation mark"),
    ("did not find expected tag", "a tag that cannot be read", "quote a text that begins with an exclamation mark"),
    ("did not find expected alphabetic or numeric", "a * or & without a name", "quote a text that begins with * or &"),
    ("expected alphabetic or numeric", "a * or & without a name", "quote a text that begins with * or &"),
    ("did not find expected <document start>", "text behind the end of the document", "take it out"),
    ("expected '<document start>'", "text behind the end of the document", "take it out"),
    ("duplicate anchor", "an anchor that is already there", "give it a name of its own"),
)


_BEGUN = ("unexpected end of stream", "unexpected document indicator", "could not find expected ':'", "',' or '}'", "',' or ']'")
"""Faults that are better shown where the part began than where it went wrong."""


def _syntax_error(error: Any, text: str, locate: Callable[[Any], Position]) -> Problem:
    said = " ".join(part for part in (error.problem, error.context) if part)
    is_about_start = any(part in said for part in _BEGUN) and error.context_mark is not None
    at = locate(error.context_mark if is_about_start else error.problem_mark or error.context_mark)
    lines = text.splitlines()
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    if _TABS.match(line) or line[at.column - 1 : at.column] == "\t":
        column = line.index("\t") + 1
        return mistake("bad-yaml", Position(at.file, at.line, column), "a tab stands where YAML wants blanks", hint="indent with blanks")
    first = line[at.column - 1 : at.column]
    if "maximum nesting depth" in said:  # the parser's own, which it comes to first where it looks far ahead
        return mistake("too-deep", at, _TOO_DEEP)
    if "cannot start any token" in said:
        return mistake("bad-yaml", at, f"no value can begin with {first}", hint="put the text in quotes")
    for part, message, hint in _SYNTAX:
        if part in said:
            return mistake("bad-yaml", at, message, hint=hint)
    return mistake("bad-yaml", at, f"the text is no YAML: {said}")


_UNREADABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Compiled when it is needed: that takes 7 ms."""


def _unreadable_character(text: str, file: str) -> Problem:
    """Where the first character stands that YAML does not allow."""
    found = re.search(_UNREADABLE, text)
    offset = found.start() if found else 0
    at = _position_of(offset, text, file)
    code = f"U+{ord(text[offset]):04X}" if found else "a control character"
    return mistake(
        "bad-yaml", at, f"the character {code} may not stand in YAML", hint=r'write it as an escape in double quotes, such as "\u0007"'
    )
