"""The files that `protocols compile` writes: their names, their bytes, the same on every run."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from by_hand import at, event, plan, raw, section, shape

from protocols.errors import UsageError
from protocols.plan.model import Body, Naming, PlanFile, Shape
from protocols.problems import Severity
from protocols.schema import compile_plan, standalone, write
from protocols.schema.files import dump, file_names

NAMES = [
    # event, file
    ("Order Completed", "track/order-completed.json"),
    ("iOS App Opened", "track/ios-app-opened.json"),
    ("checkout.step_viewed", "track/checkout-step-viewed.json"),
    ("  Padded  Name ", "track/padded-name.json"),
    ("Café Öffnet", "track/cafe-offnet.json"),
    ("a/../../b", "track/a-b.json"),
    # nothing that a file name may hold
    ("..", "track/event.5ec1f7e7.json"),
    ("注文完了", "track/event.122818a1.json"),
    ("Con", "track/con.3b6f52aa.json"),  # a device on Windows, whatever the ending
    ("x" * 300, f"track/{'x' * 80}.json"),
    # names that a file name cannot tell apart
    ("Cart Viewed", "track/cart-viewed.9aebf5a7.json"),
    ("cart_viewed", "track/cart-viewed.43157404.json"),
    # an event may look like another's version, and a file never does
    ("Signed Up V1", "track/signed-up-v1.json"),
]


def test_file_names():
    bundle = compile_plan(plan(*[event(name) for name, _ in NAMES]))
    names = file_names(bundle)
    assert {name: names[bundle["x-protocols"]["calls"]["track"]["events"][name]["versions"][0][1]] for name, _ in NAMES} == dict(NAMES)


def test_files_of_a_plan(tmp_path):
    compiled = plan(
        event("Signed Up", bodies={1: Body(), 2: Body()}),
        event("Signed Up V1"),
        event("Order Completed", properties=shape(properties={"é": shape(type="string")})),
        page=section(event("Checkout")),
        screen=section(event("Checkout")),
    )
    bundle = compile_plan(compiled)
    paths = write(bundle, tmp_path / "made" / "on the way")
    assert [path.relative_to(tmp_path / "made" / "on the way").as_posix() for path in paths] == [
        "bundle.json",
        "track.json",
        "track/signed-up.v1.json",
        "track/signed-up.v2.json",
        "track/signed-up-v1.json",
        "track/order-completed.json",
        "identify.json",
        "page.json",
        "page/checkout.json",
        "screen.json",
        "screen/checkout.json",
        "group.json",
        "alias.json",
    ]
    assert json.loads(paths[0].read_bytes()) == bundle
    assert json.loads(paths[5].read_bytes()) == standalone(bundle, "track/Order Completed")
    for path in paths:
        text = path.read_bytes().decode("utf-8")
        assert text.startswith('{\n  "$schema": "https://json-schema.org/draft/2020-12/schema",\n  "title": ')
        assert text.endswith("\n}\n")
        assert "\r" not in text
        jsonschema.Draft202012Validator.check_schema(json.loads(text))
    assert '"é": {' in paths[5].read_text("utf-8")


def test_files_are_written_again_and_others_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    first = {path: path.read_bytes() for path in write(compile_plan(plan(event("A"))), tmp_path)}
    assert {path: path.read_bytes() for path in write(compile_plan(plan(event("A"))), tmp_path)} == first
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_what_cannot_be_written_is_said_in_one_line(tmp_path):
    (tmp_path / "track").write_text("a file where a folder has to be")
    with pytest.raises(UsageError) as error:
        write(compile_plan(plan(event("A"))), tmp_path)
    assert str(error.value) == f"{tmp_path / 'track' / 'a.json'} cannot be written: File exists"


@pytest.mark.parametrize("draft", ["2020-12", "7"])
def test_standalone_has_all_it_refers_to(draft):
    bundle = compile_plan(plan(event("A")), draft)
    definitions = "$defs" if draft == "2020-12" else "definitions"
    schema = standalone(bundle, "track/A")
    assert list(schema) == ["$schema", "title", "type", "x-origin", "allOf", "properties", "required", definitions]
    assert schema["allOf"] == [{"$ref": f"#/{definitions}/envelope"}]
    assert list(schema[definitions]) == ["envelope"]


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from test_schema_files import everything
from protocols.schema import compile_plan
from protocols.schema.files import dump
sys.stdout.buffer.write(dump(compile_plan(everything())))
"""


def everything(chance=None):
    """A plan with a bit of all; `chance` shuffles whatever has no order of its own."""

    def shuffled(mapping):
        items = list(mapping.items())
        if chance is not None:
            chance.shuffle(items)
        return dict(items)

    keywords = {"type": ["string"], "minLength": 1, "maxLength": 9, "pattern": "a", "format": "email", "enum": ["a", "b"]}
    member = Shape(position=at(2), keywords=shuffled(keywords), positions=shuffled({keyword: at(5) for keyword in keywords}))
    base = plan(
        event("A", properties=shape(properties={"m": member}), payloads=(raw({"required": ["messageId"]}),), labels={"b": 1, "a": 2}),
        event("B", bodies={1: Body(), 2: Body()}),
        page=section(event("C"), severity=shuffled({"naming": Severity.note, "value": Severity.off})),
        identify=section(traits=shape(properties={"t": member})),
        files=(PlanFile("plan.yaml", "0" * 64),),
        destinations=frozenset({"Mixpanel", "Amplitude", "Customer.io", "Braze"}),
        naming=shuffled({"events": Naming(cases=("title",), allow=frozenset("zyxabc")), "properties": Naming(pattern="^[a-z]+$")}),
        severity=shuffled({"naming": Severity.note, "value/not-allowed": Severity.warning, "limit": Severity.off}),
    )
    sections = {call: base.sections[call] for call in ("track", "page", "identify")}
    unplanned = shuffled(base.unplanned)
    return plan(
        **{field: getattr(base, field) for field in ("files", "destinations", "naming", "severity")},
        sections=shuffled(sections),
        unplanned=unplanned,
    )


def test_same_bytes_whatever_the_order_of_mappings():
    wanted = dump(compile_plan(everything()))
    assert [dump(compile_plan(everything(random.Random(seed)))) for seed in range(20)] == [wanted] * 20


def test_same_bytes_whatever_the_seed_of_hashes():
    made = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(Path(__file__).parent)],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in (1, 2)
    ]
    assert made == [dump(compile_plan(everything()))] * 2
