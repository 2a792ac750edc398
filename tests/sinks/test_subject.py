"""How an event is called in headings, in every format alike."""

from __future__ import annotations

import io
import json
import re
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from protocols.report import Builder, Report, judge
from protocols.sinks import SINKS, Look
from protocols.sinks.subject import subject
from protocols.violations import violation

SUBJECTS = [
    # as people call it
    (("track", "Order Completed", None), "Order Completed"),
    (("track", "Signed Up", 2), "Signed Up (version 2)"),
    (("page", "Checkout", None), "page Checkout"),
    # calls without names, and nothing at all
    (("identify", None, None), "identify"),
    ((None, None, None), ""),
    # a name that would not be seen
    (("track", "", None), '""'),
    (("track", "   ", None), '"   "'),
    (("track", " Order", 3), '" Order" (version 3)'),
    (("page", "", None), 'page ""'),
    # a name that would be two lines, or obeyed
    (("track", "a\nb", None), '"a\\nb"'),
    (("track", "a\x1b[2J", None), '"a\\u001b[2J"'),
    (("track", "a\u202eb", None), '"a\\u202eb"'),
    (("track", "a\ud800", None), '"a\\ud800"'),
    # a name that would hide all else
    (("track", "x" * 60, None), "x" * 60),
    (("track", "x" * 300, None), f'"{"x" * 59}…"'),
]


@pytest.mark.parametrize(("key", "said"), SUBJECTS)
def test_subjects(key: tuple[str | None, str | None, int | None], said: str) -> None:
    assert subject(*key) == said


class Route(NamedTuple):
    event: str
    call: str = "track"
    version: int | None = None
    assumed: bool = False


def report(name: str) -> Report:
    builder = Builder()
    builder.add([violation("type/null-value", "/properties/a", expected="a text", value=None, call="track", event=name)], Route(name))
    return builder.report()


def heading(format: str, name: str) -> str:
    """The heading of the only fault."""
    out = io.BytesIO()
    outcome = report(name)
    SINKS[format].open(out, Look()).close(outcome, judge(outcome))
    said = out.getvalue().decode()
    match format:
        case "sarif":
            return str(json.loads(said)["runs"][0]["results"][0]["message"]["text"]).partition(": properties")[0]
        case "gitlab":
            return str(json.loads(said)[0]["description"]).partition(": properties")[0]
        case "junit":
            return str(ElementTree.fromstring(said)[0].get("name"))
    found = re.search(_HEADINGS[format], said)
    assert found is not None, said
    return found[1]


_HEADINGS = {
    "terminal": r"^error  (.*)  type/null-value\n",
    "github": r"^::error title=(.*)%3A type/null-value::",
    "markdown": r"1\. \*\*(.*)\*\* `type/null-value`",
    "html": r"<strong>((?!Failed).*?)</strong> <a",
}


HEADINGS = [
    # what would not be seen, where nothing is escaped and where quotes are
    ("", {"": '""', "html": "&quot;&quot;"}),
    ("  ", {"": '"  "', "html": "&quot;  &quot;"}),
    # a backslash is escaped in Markdown
    ("a\nb", {"": r'"a\nb"', "html": r"&quot;a\nb&quot;", "markdown": r'"a\\nb"'}),
    ("a\x1b", {"": r'"a\u001b"', "html": r"&quot;a\u001b&quot;", "markdown": r'"a\\u001b"'}),
    ("x" * 300, {"": f'"{"x" * 59}…"', "html": f"&quot;{'x' * 59}…&quot;"}),
]


@pytest.mark.parametrize("format", ["terminal", "sarif", "junit", "github", "gitlab", "markdown", "html"])
@pytest.mark.parametrize(("name", "said"), HEADINGS)
def test_headings(format: str, name: str, said: dict[str, str]) -> None:
    assert heading(format, name) == said.get(format, said[""])
