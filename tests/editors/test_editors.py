"""What somebody sees who writes a plan in an editor, asked from the language server that editors use, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from language_server import PACKAGE, Server
from node import modules, needs_node, program

import protocols
from protocols.cli import run

HEAD = "# yaml-language-server: $schema=./tracking-plan.schema.json\nprotocols: 1\nplan: acme\nversion: 1\n"
"""The first line as `protocols init` writes it, with the schema beside the plan."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    needs_node("editors were not tried")
    folder = tmp_path_factory.mktemp("editor")
    assert run(["init", str(folder), "--from", "protocols==1.0.0"]) == 0
    script = modules(PACKAGE) / "yaml-language-server" / "bin" / "yaml-language-server"
    with Server([program("node"), str(script), "--stdio"], folder) as server:
        yield server


PROPOSED = [
    # the keys of a plan
    ("|", {"extends", "naming", "events", "identify"}, "events", "Track calls by their exact name."),
    # the keys of an event
    (
        "events:\n  Order Paid:\n    |",
        {"description", "properties", "versions"},
        "description",
        "What happened when this is sent, for people.",
    ),
    # the keys of a property: required stands there alone
    (
        "events:\n  Order Paid:\n    properties:\n      total:\n        |",
        {"type", "required", "enum"},
        "required",
        "Whether the member has to be there. (A list of names, as in JSON Schema, is not known here.)",
    ),
    # a property in one word
    ("events:\n  Order Paid:\n    properties:\n      total: |", {"string", "number", "removed"}, "integer", "a whole number"),
    ("identify:\n  traits:\n    email:\n      format: |", {"email", "uri"}, "email", "an e-mail address, such as ada@example.com"),
    ("naming:\n  events:\n    case: |", {"title", "snake"}, "snake", "snake_case, as in order_completed"),
    ("unplanned:\n  events: |", {"error", "note"}, "warning", "is reported, and fails a run with --fail-on warning"),
    ("severity:\n  |", {"naming", "value/not-allowed"}, "value/not-allowed", "A value is none of those that the plan lists."),
    ("extends:\n  - |", {"ecommerce", "calls"}, "ecommerce", ""),
    # a whole event, to be filled in
    ("events:\n  |", {"an event"}, "an event", "An event with one property."),
]


@pytest.mark.parametrize(("text", "labels", "label", "said"), PROPOSED, ids=[row[0].split()[-2:][0] for row in PROPOSED])
def test_completion(server: Server, text: str, labels: set[str], label: str, said: str) -> None:
    proposed = server.completion(f"completion-{abs(hash(text))}.yaml", HEAD + text)
    assert labels <= set(proposed)
    assert proposed[label] == said


SHOWN = [
    # the description of the key, not that of whatever it is made of
    (
        "events: {A: {prop|erties: {a: string}}}",
        "The members of the object. Without this key nothing in it is unplanned; \\{\\} plans none.",
    ),
    ("iden|tify: {traits: {a: string}}", "The identify call: the traits of a user."),
    ("identify: {trai|ts: {a: string}}", "Traits: those that the call carries on identify and group, `traits` of the payload elsewhere."),
    # a name of the plan's own: what stands under such a name
    ("events: {Order| Paid: {}}", "What it means that this is sent, and what it carries."),
    # words, each with its meaning, the one that is written first
    (
        "unplanned: {events: war|ning}",
        "Events that the plan lacks.\n\nAllowed Values:\n\n"
        "* `warning`: is reported, and fails a run with --fail-on warning\n* `error`: fails a run of protocols validate\n"
        '* `note`: is reported as advice\n* `"off"`: is not reported\n',
    ),
]


@pytest.mark.parametrize(("text", "said"), SHOWN, ids=[row[0] for row in SHOWN])
def test_hover(server: Server, text: str, said: str) -> None:
    shown = server.hover(f"hover-{abs(hash(text))}.yaml", HEAD + text)
    assert shown.partition("\n\nSource: ")[0].rstrip("\n") == said.rstrip("\n")


MARKED = [
    ("events: {A: {propertys: {}}}", [(5, 14, "Property propertys is not allowed.")]),
    (
        "events: {A: {properties: {a: strng}}}",
        [(5, 30, "a type such as string, or a mapping such as {type: string}, or removed")],
    ),
    ("events: {A: {properties: {a: {required: [b]}}}}", [(5, 41, "true or false")]),
    ("naming: {events: {case: Title}}", [(5, 25, "title, sentence, snake, camel, pascal, kebab, lower or upper, or a list of them")]),
    # a plan that is right
    ("events: {A: {properties: {a: {type: [string, 'null'], enum: [b]}, c: removed}}, B: removed}", []),
]


@pytest.mark.parametrize(("text", "found"), MARKED, ids=[row[0] for row in MARKED])
def test_diagnostics(server: Server, text: str, found: list[tuple[int, int, str]]) -> None:
    assert server.diagnostics(f"marked-{abs(hash(text))}.yaml", HEAD + text) == found


@pytest.mark.parametrize("plan", ["tracking-plan", *protocols.bundled()])
def test_nothing_is_marked_in_plans_that_load(server: Server, plan: str) -> None:
    path = protocols.bundled().get(plan, server.folder / "tracking-plan.yaml")
    text = Path(path).read_text(encoding="utf-8")
    header = "" if "yaml-language-server" in text else HEAD.partition("\n")[0] + "\n"
    assert server.diagnostics(f"plan-{plan}.yaml", header + text) == []
