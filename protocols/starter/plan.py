"""The first plan: it says what every plan should say, and shows what a plan can say."""

from __future__ import annotations

from pathlib import Path

from protocols.plan.write import dump
from protocols.starter import schema
from protocols.starter.part import Start

ABOUT = "the plan: make it yours"

_TEXT = """\
# yaml-language-server: $schema={schema}
#
# Which analytics events are sent, and what they carry.
#
#   protocols validate recordings/    checks recorded events against this plan
#   protocols lint                    says what can be better in it
#   protocols spec                    shows the standard events that it can take over
protocols: 1
{name}
version: 0.1.0
description: {description}
owners: [analytics]      # teams or addresses: whom to ask

extends: [{extends}]      # bundled plans; take over only what is sent

naming: {{events: {{case: title, order: object-action}}, properties: {{case: snake}}, traits: {{case: [snake, camel]}}}}
unplanned: {{events: warning, properties: warning}}

events:
  # Each event says when it is sent. `required` has to be there; everything else is checked where it is there.
  Report Exported:
    description: Somebody saved a report as a file.
    properties:
      report_id: {{type: string, required: true, description: Which report., examples: [r-1001]}}
      file_type: {{enum: [pdf, csv], required: true, description: What it was saved as.}}
      row_count: {{type: integer, minimum: 0, description: How many rows it has., examples: [250]}}
"""


def path(start: Start) -> Path:
    return start.folder / start.plan


def text(start: Start) -> str:
    return _TEXT.format(
        schema=f"./{schema.NAME}",
        name=dump({"plan": start.name}).strip(),
        description=dump({"description": f"Analytics events of {start.name}"}).strip().partition(": ")[2],
        extends=", ".join(start.extends),
    )


def addition(start: Start, there: str) -> str | None:
    return None if "yaml-language-server:" in there else _TEXT.partition("\n")[0].format(schema=f"./{schema.NAME}") + "\n"
