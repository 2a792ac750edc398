"""Whole events in the HTML report: the faulty place marked, nothing shown that is not to be."""

from __future__ import annotations

import html
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from protocols.plan import load_text
from protocols.report import judge, merge
from protocols.report.builder import MOST_OF_A_PAYLOAD
from protocols.report.report import Report
from protocols.sinks import SINKS, Look
from protocols.validate import validate_files

PLAN = load_text("""
protocols: 1
plan: shop
version: 1.0.0
events:
  Order Completed:
    properties:
      order_id: {type: string, required: true}
      total: number
      email: {type: string, personal: true}
      products: {type: array, items: {type: object, properties: {price: number}}}
""")


def checked(folder: Path, *properties: dict[str, Any], **options: Any) -> Report:
    lines = [json.dumps({"type": "track", "event": "Order Completed", "userId": "u", "properties": each}) for each in properties]
    (folder / "e.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return validate_files(PLAN, [str(folder / "e.jsonl")], timeline=True, **options)


def page(report: Report) -> str:
    out = io.BytesIO()
    SINKS["html"].open(out, Look()).close(report, judge(report))
    return out.getvalue().decode()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("slice_bytes", [None, 1, 90])
def test_an_event_has_no_line_end(tmp_path: Path, end: str, slice_bytes: int | None) -> None:
    """However it was read, and whatever stands beside it."""
    line = '{"type":"track","event":"Order Completed","userId":"u","properties":{"order_id":5}}'
    (tmp_path / "e.jsonl").write_text(end.join([line, line, "[1]", ""]), encoding="utf-8", newline="")
    report = validate_files(PLAN, [str(tmp_path / "e.jsonl")], timeline=True, slice_bytes=slice_bytes)
    assert report.groups[0].payload == line


def test_the_faulty_place_is_marked(tmp_path: Path) -> None:
    shown = page(checked(tmp_path, {"order_id": "o1", "products": [{"price": 1}, {"price": "</pre><script>"}]}))
    assert "&quot;price&quot;: 1\n" in shown
    assert "&quot;price&quot;: <mark>&quot;&lt;/pre&gt;&lt;script&gt;&quot;</mark>\n" in shown


def test_what_is_missing_is_marked_where_it_would_stand(tmp_path: Path) -> None:
    shown = page(checked(tmp_path, {"total": 5}))
    assert "    &quot;total&quot;: 5\n    <mark>&quot;order_id&quot;: nothing</mark>\n  }" in shown


def test_what_is_personal_is_hidden_and_redacted_events_are_not_there(tmp_path: Path) -> None:
    events = {"order_id": "order-one", "total": "5", "email": "ada@acme.example"}, {"order_id": "o2", "email": 5}
    shown = page(checked(tmp_path, *events))
    assert "ada@acme" not in shown
    assert "&quot;email&quot;: string of 16 characters\n" in shown
    redacted = page(checked(tmp_path, *events, redact=True))
    assert "The event" not in redacted
    assert "order-one" not in redacted


def test_large_events_are_not_kept_and_none_where_nobody_asks(tmp_path: Path) -> None:
    large = checked(tmp_path, {"order_id": "x" * MOST_OF_A_PAYLOAD, "total": "5"}, {"order_id": 5})
    assert [bool(group.payload) for group in large.groups] == [False, True]
    assert [group.payload for group in validate_files(PLAN, [str(tmp_path / "e.jsonl")]).groups] == ["", ""]


def test_nested_without_end(tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_text('{"type": "track", "event": "Order Completed", "properties": ' + "[" * 1500 + "]" * 1500 + "}\n")
    assert page(validate_files(PLAN, [str(tmp_path / "e.jsonl")], timeline=True)).endswith("</html>\n")  # not every Python reads it


def test_however_the_input_is_cut(tmp_path: Path) -> None:
    events = [{"order_id": str(number), "total": "x"} if number % 3 else {"order_id": number} for number in range(200)]
    whole = checked(tmp_path, *events)
    assert checked(tmp_path, *events, slice_bytes=500) == whole
    assert [json.loads(group.payload)["properties"]["order_id"] for group in whole.groups] == [0, "1"]
    assert merge(whole, whole).groups[0].payload == whole.groups[0].payload


def test_of_a_long_event_the_faulty_place_and_what_it_is_in_is_shown(tmp_path: Path) -> None:
    products = [{"sku": str(number), "price": "free" if number == 40 else number} for number in range(60)]
    shown = page(checked(tmp_path, {"order_id": "o1", "products": products}))
    event = html.unescape(re.findall("<pre.*?>(.*?)</pre>", shown, re.DOTALL)[0])
    assert event.splitlines() == [
        "{",
        '  "type": "track",',
        '  <span class="cut">… 2 lines</span>',
        '  "properties": {',
        '    "order_id": "o1",',
        '    "products": [',
        '      <span class="cut">… 157 lines</span>',
        '        "sku": "39",',
        '        "price": 39',
        "      },",
        "      {",
        '        "sku": "40",',
        '        "price": <mark>"free"</mark>',
        "      },",
        "      {",
        '        "sku": "41",',
        '        "price": 41',
        "      },",
        '  <span class="cut">… 74 lines</span>',
        "}",
    ]


def test_a_short_event_is_whole_and_json(tmp_path: Path) -> None:
    properties = {"order_id": 5, "total": 1.5, "products": [{"price": 1}, {}, []]}
    event = re.findall("<pre.*?>(.*?)</pre>", page(checked(tmp_path, properties)), re.DOTALL)[0]
    assert json.loads(html.unescape(re.sub("</?mark>", "", event)))["properties"] == properties
