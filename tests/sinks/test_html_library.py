"""The library that draws: what is in the package is what was published, and the page says whose it is."""

from __future__ import annotations

import hashlib
import io
from importlib.resources import files
from typing import NamedTuple

from protocols.report import Builder, Findings, Report, judge
from protocols.sinks import SINKS, Look

FOLDER = files("protocols.sinks").joinpath("vendor/uplot")


class Route(NamedTuple):
    call: str | None
    event: str | None = None
    version: int | None = None
    assumed: bool = False


def written(outcome: Report | Findings) -> str:
    out = io.BytesIO()
    SINKS["html"].open(out, Look()).close(outcome, judge(outcome, "error"))
    return out.getvalue().decode()


def test_files_are_those_that_were_published() -> None:
    version, *sums = FOLDER.joinpath("ORIGIN").read_text(encoding="utf-8").splitlines()
    assert version.startswith("uplot 1.6.32 ")
    named = {name: digest for digest, name in map(str.split, sums)}
    assert named == {each: hashlib.sha256(FOLDER.joinpath(each).read_bytes()).hexdigest() for each in named}
    assert {each.name for each in FOLDER.iterdir()} == {*named, "ORIGIN"}


def test_a_page_with_charts_has_the_licence_and_one_without_no_library() -> None:
    builder = Builder()
    builder.add_valid(Route("page"), 3)
    licence = FOLDER.joinpath("LICENSE").read_text(encoding="utf-8")
    assert "var uPlot=" in written(builder.report())
    assert licence in written(builder.report())
    for empty in (Findings(problems=(), files=("plan.yaml",)), Builder().report()):
        assert "uPlot" not in written(empty)
