"""The official JSON Schema test suite, as the source distribution of `jsonschema` carries it under `json/tests`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pytest

RELEASE = "4.26.0"
_DOWNLOAD = ("-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "jsonschema", f"jsonschema=={RELEASE}")


class Case(NamedTuple):
    """One value and whether it is valid by the schema. `name` says file, group and test as the suite does."""

    name: str
    schema: Any
    value: Any
    valid: bool


def cases(draft: str, file: str) -> Iterator[Case]:
    """The cases of one file, such as `cases("draft2020-12", "optional/format/date.json")`."""
    path = _folder() / draft / file
    for group in json.loads(path.read_text(encoding="utf-8")):
        for test in group["tests"]:
            yield Case(f"{file}: {group['description']}: {test['description']}", group["schema"], test["data"], test["valid"])


@cache
def _folder() -> Path:
    """The folder that PROTOCOLS_JSON_SCHEMA_SUITE names, or one that is fetched once for this machine."""
    named = os.environ.get("PROTOCOLS_JSON_SCHEMA_SUITE")
    if named:
        return Path(named)
    home = Path(tempfile.gettempdir()) / f"protocols-json-schema-suite-{RELEASE}"
    if not home.exists():
        _fetch(home)
    return home


def _fetch(home: Path) -> None:
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        run = subprocess.run([sys.executable, *_DOWNLOAD, "--dest", scratch], capture_output=True, text=True, check=False)
        archives = list(Path(scratch).glob("*.tar.gz"))
        if run.returncode != 0 or not archives:
            pytest.fail(
                f"pip could not download the sources of jsonschema {RELEASE}, which hold the official JSON Schema test suite; "
                f"set PROTOCOLS_JSON_SCHEMA_SUITE to a folder json/tests of them\n{run.stderr}"
            )
        unpacked = Path(scratch) / "tests"
        with tarfile.open(archives[0]) as archive:
            for member in archive:
                parts = PurePosixPath(member.name).parts
                if member.isfile() and parts[1:3] == ("json", "tests") and ".." not in parts:
                    target = unpacked.joinpath(*parts[3:])
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.extractfile(member).read())  # type: ignore[union-attr]  # it is a file
        unpacked.rename(home)
