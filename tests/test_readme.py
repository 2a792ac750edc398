"""The README is run: its plan loads, its Python says what it claims to say, its tables are the code's."""

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import protocols
from protocols.violations import FAMILIES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_the_plan_loads():
    plan = protocols.load_text(blocks("yaml")[0])
    assert plan.version == "2.10.0"
    assert "Cart Shared" not in plan.events
    validator = protocols.Validator(plan)
    event = {"type": "track", "event": "Gift Wrapped", "userId": "u", "properties": {"order_id": "o", "paper": None, "price": -1}}
    assert [v.message for v in validator.validate(event).violations] == ["properties.price should be at least 0, got integer -1"]


@pytest.mark.parametrize("code", blocks("python"))
def test_python(code):
    """What the code prints is what the comment lines behind it say."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), {})
    promised = [line.removeprefix("# ") for line in code.splitlines() if line.startswith("# ")]
    assert out.getvalue().splitlines() == promised


def test_all_families_are_named():
    section = README.partition("## What can be wrong")[2].partition("\n## ")[0]
    assert [family for family in FAMILIES if f"`{family}`" not in section] == []


def test_exit_codes_are_the_commands():
    from protocols.cli.app import EXAMPLES

    codes = re.findall(r"^\| (\d+) \|", README, re.MULTILINE)
    assert codes == re.findall(r"^  (\d+) ", EXAMPLES, re.MULTILINE)


def test_the_picture_shows_what_the_command_prints():
    """All but the spaces, which are another width there."""
    picture = ElementTree.parse(ROOT / ".github" / "run.svg")
    shown = "".join("".join(text.text or "" for text in picture.iter("{http://www.w3.org/2000/svg}text")).split())
    arguments = "validate plans/examples/ecommerce/bad.ndjson --plan ecommerce --limit 3"
    assert f".venv/bin/protocols {arguments}\n" in README
    printed = subprocess.run(
        [sys.executable, "-m", "protocols", *arguments.split()], cwd=ROOT, stdout=subprocess.PIPE, check=False, encoding="utf-8"
    ).stdout
    assert shown == "protocols" + "".join(f"$ protocols {arguments} {printed}".split())
