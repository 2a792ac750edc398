"""The page, in a real browser: nothing from an event runs in it, and search, filter, keyboard, phone and print work."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from protocols.positions import Position
from protocols.problems import Problem, Severity
from protocols.report import About, Builder, Findings, Planned, Report, judge
from protocols.report.expectations import Expectation
from protocols.sinks import SINKS, Look
from protocols.violations import violation

NEEDED = "PROTOCOLS_NEED_CHROMIUM" in os.environ
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
HOSTILE = [
    "</script><script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 1'>",
    "'\"><svg onload=window.broken=1>",
    "</style></pre></option><h1>broken</h1>",
    "\u2028\u202e\ud800\x00\x1b[31m",
    "__proto__",
    "javascript:window.broken=1",
    "x" * 100_000,
]


FIRST_BAR = """colour => {
    const drawn = document.querySelector("canvas");
    const copy = new OffscreenCanvas(1, 1).getContext("2d");
    copy.drawImage(drawn, drawn.width - 60, 20, 1, 1, 0, 0, 1, 1);
    return copy.getImageData(0, 0, 1, 1).data.join() === colour;
}"""


class Route(NamedTuple):
    call: str | None
    event: str | None = None
    version: int | None = None
    assumed: bool = False


def wrong(event: str, value: Any, **fields: Any) -> Problem:
    return violation("type/wrong-type", f"/properties/{event}", expected="a number", value=value, call="track", event=event, **fields)


def hostile() -> Report:
    planned = tuple(Planned(call="track", event=text, owners=(text,)) for text in HOSTILE)
    builder = Builder(About(name=HOSTILE[0], planned=(*planned, Planned(call="track", event=f"unseen {HOSTILE[1]}")), timeline=True))
    for text in HOSTILE:
        builder.add_moments([text])
        builder.look_at(json.dumps({"event": text, "properties": {text: [text]}}).encode(), text, Severity.error)
        builder.add([wrong(text, text, file=text, line=1)], Route("track", text))
    builder.add_moments(["2024-01-15T10:30:00Z", "2024-01-15T10:32:00Z"])
    builder.look_at(None, "2024-01-15T10:30:00Z", Severity.error)
    builder.add_fault(HOSTILE[1])
    return builder.report()


def many_groups() -> Report:
    builder = Builder()
    for number in range(10_000):
        severity = Severity.error if number % 2 else Severity.warning
        builder.add([wrong(f"property {number}", "1", severity=severity)], Route("track", f"Event {number % 2_000}"))
    return builder.report()


def written(outcome: Report | Findings) -> bytes:
    out = io.BytesIO()
    SINKS["html"].open(out, Look()).close(outcome, judge(outcome, "error"))
    return out.getvalue()


def test_a_page_says_what_was_cut_and_stays_small() -> None:
    page = written(many_groups())
    assert b"9,500 violations of less weight not shown; --format json has more." in page
    assert b"1,800 healthier kinds not shown." in page
    assert len(page) < 800_000
    assert len(written(hostile())) < 500_000  # an owner and a file have names of 100,000 characters; the event's are cut


def test_what_a_run_lacks_has_neither_a_number_nor_a_place() -> None:
    builder = Builder(About(expectations=(Expectation.parse("Signed Up"),)))
    builder.add_valid(Route("page"))
    page = written(builder.report()).decode()
    row = page.partition("<ol")[2].partition("</ol>")[0]
    assert "Signed Up was expected at least once and never came" in row
    assert "at an unknown place" not in page
    assert "1 time" not in row


def test_a_page_says_what_its_ids_mean() -> None:
    """Each once, in the words of `protocols explain`; of a rule what the findings bring, of an id that nobody knows the id."""
    ids = ("plan/no-plan-files", "lint/odd-name", "lint/odd-name", "type/null-value", "coverage/too-low", "my/own")
    problems = tuple(Problem(id=id, severity=Severity.error, message="x") for id in ids)
    page = written(Findings(problems=problems, files=("p.yaml",), explained={"lint/odd-name": ("Odd.", "Odd.\n\nNames & more.")})).decode()
    glossary = page.partition('<dl class="glossary">')[2].partition("</dl>")[0]
    assert re.findall('<dt id="([^"]*)', glossary) == [
        "coverage/too-low",
        "lint/odd-name",
        "my/own",
        "plan/no-plan-files",
        "type/null-value",
    ]
    assert "<dd><p>Odd.</p><p>Names &amp; more.</p></dd>" in glossary
    assert "<dd><p>my/own</p></dd>" in glossary
    assert (
        "<dd><p>A folder or a glob in <code>extends</code> finds no plan file.</p>"
        "<p>Why it matters: A folder that is empty by mistake would make a plan without events, and every event unplanned.</p>"
        "<p>How to mend it: Correct the path, which is sought from the file that names it. Files of a plan end in .yaml or .yml.</p></dd>"
    ) in glossary
    assert '<a href="#plan/no-plan-files"><code>plan/no-plan-files</code></a>' in page


def test_a_page_needs_nothing_from_elsewhere() -> None:
    page = written(hostile()).decode()
    assert " src=" not in page.replace("&lt;img src=", "")
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        assert not NEEDED, "chromium is needed here and not installed"
        pytest.skip("no chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        found = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens a page; what its console says, and whatever it asks the network for, fails the test."""
    said: list[str] = []
    opened: list[Any] = []

    def show(outcome: Report | Findings, **context: Any) -> Any:
        (tmp_path / "page.html").write_bytes(written(outcome))
        page = browser.new_page(**context)
        opened.append(page)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield show
    for page in opened:
        page.close()
    assert said == []


def test_nothing_from_an_event_runs(show: Any) -> None:
    page = show(hostile())
    assert page.evaluate("window.broken") is None
    assert page.locator("h1").count() == 1
    assert page.locator("script").count() == 3
    assert page.locator("img").count() == 0
    assert page.locator(".problems > li").count() == len(HOSTILE)


def test_search_and_filter_by_keyboard(show: Any) -> None:
    page = show(hostile())
    page.focus("#search")
    page.keyboard.type("ONERROR")
    assert page.locator("#shown").text_content() == "1 of 8 shown"
    page.fill("#search", "")
    page.select_option("[data-filter=event]", "__proto__")
    assert page.locator("#shown").text_content() == "1 of 8 shown"
    page.select_option("[data-filter=event]", "")
    page.select_option("[data-filter=owner]", HOSTILE[2])
    assert page.locator("#shown").text_content() == "1 of 8 shown"


def comes(page: Any, condition: str) -> None:
    """Waits for a page to redraw. Playwright's own way to wait needs `eval`, which the page forbids."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def test_charts_say_what_their_tables_say(show: Any) -> None:
    page = show(hostile())
    assert page.locator(".chart canvas").count() == 3
    assert page.locator("[style*=url], .chart :is(script, img, svg, h1)").count() == 0
    labels = [chart.get_attribute("aria-label") for chart in page.locator(".chart").all()]
    assert labels[0] == "For each event the share that has errors, warnings alone, or neither. Of 8 kinds of events 0 had no error."
    assert (
        labels[1] == "Events from 2024-01-15 10:30:00 to 2024-01-15 10:32:10 UTC by their worst violation: 1 event with violations among 2."
    )
    for chart in page.locator(".chart").all():
        readout = chart.locator("xpath=../p[@role='status']")
        rows = chart.locator("xpath=..//tbody/tr").count()
        chart.focus()
        for _ in range(rows):
            page.keyboard.press("ArrowDown")
            assert ": " in readout.inner_text()
        assert page.evaluate("window.broken") is None
    chart = page.locator(".chart").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 60, box["y"] + 20)
    first = page.locator("#health ~ figure tbody tr").first.locator("th").inner_text()
    assert chart.locator("xpath=../p[@role='status']").inner_text() == f"{first}: 1 errors, 0 warnings alone, 0 neither"


def test_a_chart_follows_the_width_and_the_scheme(show: Any) -> None:
    page = show(hostile(), viewport={"width": 1000, "height": 800}, color_scheme="light")

    def is_drawn(colour: str) -> None:
        comes(page, f"({FIRST_BAR})('{colour}')")

    is_drawn("207,34,46,255")
    page.emulate_media(color_scheme="dark")
    is_drawn("255,123,114,255")
    page.set_viewport_size({"width": 390, "height": 800})
    comes(page, "document.querySelector('canvas').clientWidth < 390")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    is_drawn("207,34,46,255")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    is_drawn("255,123,114,255")


def test_without_a_script_the_figures_are_there(show: Any) -> None:
    page = show(hostile(), java_script_enabled=False)
    assert not page.locator(".chart, .key, .readout, .filter").filter(visible=True).count()
    assert page.locator("#health ~ figure tbody tr").count() == len(HOSTILE)
    assert page.locator("#timeline ~ figure tbody tr").count() == 2


def test_on_paper_nothing_is_folded_and_nothing_is_cut(show: Any) -> None:
    page = show(hostile(), viewport={"width": 718, "height": 1000})
    assert not page.locator(".problems pre").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator(".problems pre").first.bounding_box()["height"] > 20
    assert page.evaluate("document.documentElement.scrollWidth") <= 718


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_scrolls_one_way(show: Any, scheme: str) -> None:
    page = show(hostile(), viewport={"width": 320, "height": 640}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_light_dark_and_print(show: Any) -> None:
    page = show(hostile(), color_scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(13, 17, 23)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    assert not page.locator(".filter").is_visible()


def test_nothing_to_fix_and_findings(show: Any) -> None:
    builder = Builder()
    builder.add_valid(Route("page"), 3)
    assert "Nothing to fix: no event has a violation." in show(builder.report()).inner_text("main")
    finding = Problem(id="naming/x", severity=Severity.warning, message="<b>no</b>", file="p.yaml", line=3, plan=Position("p.yaml", 3, 1))
    assert "<b>no</b>" in show(Findings(problems=(finding,), files=("p.yaml",))).inner_text("main")
