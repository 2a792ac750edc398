"""`protocols spec`: the bundled plans in the terminal, as a list, a plan, one event or a search.

`--format json` prints one object, whose shape is an interface:

    {"spec_version": 1, "query": "refund" or null,
     "plans":  [{"name", "version", "description", "events": 40, "calls": 0}],
     "events": [{"plan", "also_in": [], "call", "event", "description", "status", "replaced_by",
                 "properties": {...}, "traits": {...}, "context": {...}, "example": {...}, "found": {...}}]}

Without a query `plans` holds all of them; for a plan it holds that one, and `events` what is in it; for an event or a
search it is empty. `event` is null where the entry is about a call as a whole. `properties`, `traits` and `context` are
there where the plan speaks of them: shapes in the words of the plan format, with every ref written out. `example` is null
for the track call alone. `found` is there for a search alone: `{"in": "property", "path": "products[].sku"}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from protocols.cli.exits import tell
from protocols.cli.options import choices, look, one_of, to_stdout
from protocols.cli.parameters import Argument, Option
from protocols.errors import UsageError
from protocols.sinks.page import BLANK, Line, Span, draw
from protocols.sinks.sink import to_json
from protocols.violations import counted

if TYPE_CHECKING:
    from protocols.plan.model import Shape
    from protocols.spec import Answer, Entry, Hit, Library

FORMATS = ("terminal", "json")

EXAMPLES = """\b
Examples:
  protocols spec                        (the bundled plans)
  protocols spec ecommerce              (the events of one)
  protocols spec "Order Completed"      (one event, its properties and an example)
  protocols spec refund                 (a search)
  protocols spec --search email         (a search for what is the name of a plan, too)
  protocols spec ecommerce --format json

The exit code is 1 where nothing is found.
"""


def spec(
    query: Annotated[
        list[str] | None,
        Argument(metavar="[PLAN|EVENT|WORDS]", help="A plan, an event in any spelling, or words.", show_default=False),
    ] = None,
    search: Annotated[bool, Option("--search", "-s", help="Search, even where a plan or an event has that name.")] = False,
    format: Annotated[
        str, Option("--format", "-f", metavar=choices(FORMATS), callback=one_of(FORMATS), help="What to print.")
    ] = "terminal",
    limit: Annotated[int, Option(min=0, metavar="N", help="Show at most N results of a search; 0 shows all.")] = 20,
) -> int:
    """Show the bundled plans: their events, properties and examples.

    Without arguments it lists the plans. Searches look into names first, then into descriptions.
    """
    from protocols.spec import Library, answer, to_object

    asked = " ".join(query or ()).strip()
    if search and not asked:
        raise UsageError('--search needs words to look for, such as "protocols spec --search email"')
    found = answer(Library(), asked, only_search=search)
    drawn = look(None, limit=limit, quiet=False)
    to_stdout("the spec", to_json(to_object(found), indent=2) if format == "json" else draw(lines(found, limit), drawn).encode())
    if found.is_empty:
        meant = f"did you mean {found.nearest}?" if found.nearest else '"protocols spec" lists what there is'
        tell(f'nothing in the bundled plans is called "{asked}" or speaks of it; {meant}')
    return 1 if found.is_empty else 0


def lines(answer: Answer, limit: int) -> Iterator[Line]:
    """What there is to see, for people; of a search at most `limit` results, 0 for all."""
    if answer.hits:
        yield from _hits(answer.hits, limit)
    elif not answer.entries:
        yield from _plans(answer.library, answer.plans) if answer.plans else ()
    elif answer.plans:
        yield from _plan(answer.library, answer.plans[0], answer.entries)
    else:
        (entry,) = answer.entries  # the bundled plans have each name once
        yield from _one(answer.library, entry)


def _plans(library: Library, names: Sequence[str]) -> Iterator[Line]:
    from protocols.spec import counts

    yield from _table([(name, counted(counts(library, name)[0], "event"), library[name].description or "") for name in names])
    yield BLANK
    yield from _next(
        ("protocols spec ecommerce", "the events of a plan"),
        ('protocols spec "Order Completed"', "one event, its properties and an example"),
        ("protocols spec refund", "a search in all of them"),
    )
    yield BLANK
    yield _text("Your own plan takes them over by name, as in extends: [ecommerce, calls]")


def _plan(library: Library, name: str, entries: Sequence[Entry]) -> Iterator[Line]:
    yield _title(name, _counted(library, name))
    yield _text(library[name].description or "")
    yield BLANK
    yield from _table([(entry.name, _summary(entry, library)) for entry in entries], indent=2)
    yield BLANK
    yield from _next(
        (f"protocols spec {_typed(entries[0].name)}", "one of them, its properties and an example"),
        (f"extends: [{name}]", "takes them over into a plan of your own"),
    )


def _hits(hits: Sequence[Hit], limit: int) -> Iterator[Line]:
    shown = hits[:limit] if limit else hits
    yield from _table([(hit.entry.name, hit.entry.plan, _found(hit)) for hit in shown])
    yield BLANK
    if len(shown) < len(hits):
        yield _text(f"{len(hits) - len(shown)} more not shown; --limit 0 shows all")
    yield from _next((f"protocols spec {_typed(hits[0].entry.name)}", "its properties and an example"))


def _found(hit: Hit) -> str:
    """What is said there; of a property, its path before it."""
    text = hit.text or ""
    said = text if hit.path is None else f"{hit.path}: {text}" if text else hit.path
    return _deprecated(hit.entry, said)


def _one(library: Library, entry: Entry) -> Iterator[Line]:
    from protocols.spec import example

    beside = library.also_in(entry)
    yield _title(entry.name, f"{entry.plan}{f', also in {_and(beside)}' if beside else ''}")
    yield _text(_summary(entry, library))
    if entry.event is not None and "properties" not in entry.parts:
        yield BLANK
        yield _heading("Properties", "not described, so whatever is sent is fine")
    for part, shape in entry.parts.items():
        yield BLANK
        yield from _part(part, shape)
    if entry.event is None and entry.call != "track" and "context" not in entry.parts:
        yield BLANK
        yield _text('Its context is that of every call: "protocols spec track" shows it.')
    meant = library.successor(entry)
    if (payload := example(meant)) is not None:
        yield BLANK
        yield _heading("Example" if meant is entry else f"Example of {meant.name}")
        for row in json.dumps(payload, indent=2, ensure_ascii=False).splitlines():
            yield _raw(row)


def _part(part: str, shape: Shape) -> Iterator[Line]:
    from protocols.spec import kind, rows, sayings

    members = list(rows(shape))
    required = sum(row.shape.required for row in members if not row.depth)
    top = sum(not row.depth for row in members)
    if not members:
        yield _heading(part.capitalize(), "none are planned")
        return
    yield _heading(part.capitalize(), "all optional" if not required else f"{required} of {top} required")
    yield from _table([(f"{'  ' * row.depth}{row.name}", kind(row.shape), " ".join(sayings(row.shape))) for row in members], indent=2)
    if shape.additional is True:
        yield _text("Others are fine beside them.")


def _summary(entry: Entry, library: Library) -> str:
    """The description; where there is none, that of the event that took its place."""
    return _deprecated(entry, entry.description or library.successor(entry).description or "")


def _deprecated(entry: Entry, said: str) -> str:
    if entry.status != "deprecated":
        return said
    instead = f"Deprecated, send {entry.replaced_by}." if entry.replaced_by else "Deprecated."
    return f"{instead} {said}".rstrip()


def _counted(library: Library, name: str) -> str:
    """`1 event, 6 calls`."""
    from protocols.spec import counts

    return ", ".join(counted(number, noun) for number, noun in zip(counts(library, name), ("event", "call"), strict=True) if number)


def _typed(name: str) -> str:
    """A name as it has to be typed into a shell."""
    return f'"{name}"' if " " in name else name


def _and(names: Sequence[str]) -> str:
    return " and ".join(", ".join(names).rsplit(", ", 1))


# -- lines


def _table(rows: Iterable[Sequence[str]], indent: int = 0) -> Iterator[Line]:
    """Rows whose last cell takes the room that the others leave, and is wrapped in it.

    The first column is as wide as it has to be. In a second one, a cell that is much wider than usual moves its own row alone.
    """
    cells = list(rows)
    widths = [max(len(row[column]) for row in cells if not column or len(row[column]) <= _USUAL) for column in range(len(cells[0]) - 1)]
    for *before, last in cells:
        head = " " * indent + "".join(f"{cell:<{width}}  " for cell, width in zip(before, widths, strict=True))
        yield Line(head, [Span(last)], "bold" if len(before) == 1 else "")


_USUAL = len("array of objects")


def _title(name: str, beside: str) -> Line:
    return Line("", [Span(name, "bold"), Span("  "), Span(beside, "dim")])


def _heading(text: str, beside: str = "") -> Line:
    return Line("", [Span(text, "bold cyan"), *([Span(f"  {beside}", "dim")] if beside else [])])


def _next(*rows: tuple[str, str]) -> Iterator[Line]:
    width = max(len(typed) for typed, _ in rows)
    for typed, meaning in rows:
        yield Line(f"{typed:<{width}}  ", [Span(meaning, "dim")], "green")


def _text(text: str) -> Line:
    return Line("", [Span(text)])


def _raw(text: str) -> Line:
    """A line that is never wrapped: somebody will copy it."""
    return Line(text)
