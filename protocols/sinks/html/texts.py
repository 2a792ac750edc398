"""From texts that nobody vouches for to markup: the one way."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from protocols.sinks.page import short
from protocols.sinks.sink import safe
from protocols.sinks.subject import subject

MOST_OF_A_NAME = 200


def text(of: object) -> str:
    """What HTML obeys is escaped, what is invisible or turns the direction of writing is written out."""
    return html.escape(safe(str(of)))


def marked(of: str) -> str:
    """A text of our own, in which code stands in backticks."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", text(of))


def name(call: str | None, event: str | None, version: int | None = None) -> str:
    """What people call an event, as markup."""
    return text(subject(call, event, version) or "no known call")


def value(of: Any) -> str:
    """A JSON value as markup, cut to a length fit for reading."""
    return text(short(json.dumps(of, ensure_ascii=False), MOST_OF_A_NAME))


def section(id: str, title: str, body: str) -> str:
    return f'<section aria-labelledby="{id}"><h2 id="{id}">{title}</h2>{body}</section>'


def details(summary: str, body: str, *, opened: bool = False) -> str:
    return f"<details{' open' if opened else ''}><summary>{summary}</summary>{body}</details>"
