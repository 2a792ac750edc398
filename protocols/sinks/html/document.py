"""The frame of the page: what stands at its head, and what may run in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from protocols.sinks.html.charts import CHART
from protocols.sinks.html.texts import text

LIBRARY = "vendor/uplot/"


def document(title: str, parts: Sequence[str]) -> str:
    """The whole page. What draws is in it where one of the parts has a chart."""
    drawn = any(CHART in part for part in parts)
    styles = [*([_file(f"{LIBRARY}uPlot.min.css")] if drawn else []), _file("html/page.css")]
    scripts = [*([_file(f"{LIBRARY}uPlot.iife.min.js"), _file("html/charts.js")] if drawn else []), _file("html/page.js")]
    licence = f"<!-- The charts are drawn by uPlot.\n\n{_file(f'{LIBRARY}LICENSE')}\n-->\n" if drawn else ""
    policy = (
        f"default-src 'none'; style-src {_hashes(styles)}; script-src {_hashes(scripts)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f'<link rel="icon" href="data:,">\n<title>{text(title)}</title>\n'
        + "".join(f"<style>{style}</style>\n" for style in styles)
        + f'</head>\n<body>\n<a class="skip" href="#problems">Skip to the problems</a>\n<header><h1>{text(title)}</h1></header>\n<main>\n'
        + "\n".join(parts)
        + f"\n</main>\n{licence}"
        + "".join(f"<script>{script}</script>\n" for script in scripts)
        + "</body>\n</html>\n"
    )


def _file(name: str) -> str:
    return files("protocols.sinks").joinpath(name).read_text(encoding="utf-8")


def _hashes(sources: Sequence[str]) -> str:
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'" for source in sources)
