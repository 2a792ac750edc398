"""Where results go: one row for each `--format`."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import BinaryIO, NamedTuple

from protocols.sinks import json, jsonl, terminal
from protocols.sinks.sink import Look, Sink

__all__ = ["SINKS", "Entry", "Look", "Sink"]


class Entry(NamedTuple):
    """A format: how to open it, what it is, whether people read it rather than programs, and whether it wants every problem,
    and whether it asks the report when violations happened."""

    open: Callable[[BinaryIO, Look], Sink]
    meaning: str
    human: bool = False
    streams: bool = False
    timeline: bool = False


def _late(module: str, name: str) -> Callable[[BinaryIO, Look], Sink]:
    """Opens a sink whose module is imported by then: together they take 12 ms, which a run without them need not wait for."""

    def opened(out: BinaryIO, look: Look) -> Sink:
        sink: Sink = getattr(importlib.import_module(f"protocols.sinks.{module}"), name)(out, look)
        return sink

    return opened


SINKS: Mapping[str, Entry] = {
    "terminal": Entry(terminal.Terminal, "folded, for reading", human=True),
    "json": Entry(json.Json, "one object with counts and groups, for programs"),
    "jsonl": Entry(jsonl.JsonLines, "every single violation as it is found, one a line", streams=True),
    "sarif": Entry(_late("sarif", "Sarif"), "SARIF 2.1.0, for code scanning"),
    "junit": Entry(_late("junit", "JUnit"), "JUnit XML, one suite for each event, for test reports"),
    "github": Entry(_late("github", "GitHub"), "annotations of GitHub Actions"),
    "gitlab": Entry(_late("gitlab", "GitLab"), "a code quality report of GitLab"),
    "markdown": Entry(_late("markdown", "Markdown"), "a comment on a pull request"),
    "html": Entry(_late("html", "Html"), "one page for a browser, with charts, filter and search", timeline=True),
}
