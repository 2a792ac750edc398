"""What a repository begins with: a first plan, sample events, the hooks that run before a commit, and CI.

Every part is a file of its own: its path, what it is for, and its text.
"""

from __future__ import annotations

from collections.abc import Mapping

from protocols.starter import events, github, gitlab, plan, pre_commit, schema
from protocols.starter.part import SAMPLES, USUAL_PLAN, Part, Start

__all__ = ["CI", "PARTS", "SAMPLES", "USUAL_PLAN", "Part", "Start"]

PARTS: Mapping[str, Part] = {
    "plan": plan,
    "schema": schema,
    "events": events,
    "pre-commit": pre_commit,
    "github": github,
    "gitlab": gitlab,
}
"""Part -> its module, in the order in which they are written. Of CI a repository gets one or none."""

CI = ("github", "gitlab")
