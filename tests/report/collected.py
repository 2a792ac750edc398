"""Reports made of a few events, for tests of what is decided over them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from protocols.problems import Problem, Severity
from protocols.report import About, Builder, Report
from protocols.report.report import Excuse
from protocols.violations import violation


class Route(NamedTuple):
    call: str | None
    event: str | None = None
    version: int | None = None
    assumed: bool = False


ORDER, CART, SIGNED_UP = Route("track", "Order Completed"), Route("track", "Cart Viewed"), Route("track", "Signed Up", 1)


def wrong(pointer: str = "/properties/total", id: str = "type/wrong-type", **fields: Any) -> Problem:
    return violation(id, pointer, expected="a number", value="1", **fields)


def collected(events: Iterable[tuple[Route | None, Iterable[Problem]]], excuse: Excuse | None = None, **about: Any) -> Report:
    """A report of these events; one without a route could not be read."""
    builder = Builder(About(**about), excuse=excuse)
    for route, problems in events:
        found = list(problems)
        if found or route is None:
            builder.add(found, route, unreadable=route is None)
        else:
            builder.add_valid(route)
    return builder.report()


NAMES = st.one_of(
    st.none(), st.sampled_from(["Order Completed", "Cart [x]", 'say "hi": #1\n']), st.text(st.characters(codec="utf-8"), max_size=4)
)
ROUTES = st.one_of(
    st.none(),
    st.builds(Route, st.sampled_from(["track", "page"]), NAMES, st.sampled_from([None, 1, 2])),
    st.builds(Route, st.just("identify"), st.none(), st.sampled_from([None, 1, 2])),
)
PROBLEMS = st.builds(
    lambda id, severity, pointer: wrong(pointer, id, severity=severity),
    st.sampled_from(["type/wrong-type", "value/not-allowed", "payload/malformed-json"]),
    st.sampled_from([Severity.error, Severity.warning, Severity.note]),
    st.one_of(
        st.sampled_from(["", "/properties/total", "/properties/products/0/price", "/properties/products/1/price"]),
        st.text(st.characters(codec="utf-8"), max_size=4).map(lambda name: f"/properties/{name}"),
    ),
)
EVENTS = st.lists(st.tuples(ROUTES, st.lists(PROBLEMS, max_size=3)), max_size=8)
