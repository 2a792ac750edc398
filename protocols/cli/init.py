"""`protocols init`: a first plan, sample events, hooks and CI for a repository."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from protocols.cli.options import PLAN_NAMES, choices, listed, look, one_of, to_stdout
from protocols.cli.parameters import Argument, Option
from protocols.errors import UsageError
from protocols.names import nearest
from protocols.sinks.page import BLANK, Line, Span, draw

if TYPE_CHECKING:
    from protocols.starter import Part, Start

CHOICES = ("github", "gitlab", "none")
"""The CI that there are parts for, or none."""

EXAMPLES = """\b
Examples:
  protocols init
  protocols init shop --extends ecommerce
  protocols init --extends ecommerce,video --plan-name acme-shop --ci gitlab

"protocols spec" lists the bundled plans that a plan can extend. What is there already is kept; --force writes over it.
"""


def init(
    folder: Annotated[str, Argument(metavar="DIR", help="Where the plan goes.")] = ".",
    extends: Annotated[list[str] | None, Option(metavar="PLANS", help="Bundled plans to take over: names, with commas between.")] = None,
    plan_name: Annotated[str | None, Option(metavar="NAME", help="Name of the plan; that of the folder without it.")] = None,
    ci: Annotated[
        str | None,
        Option(
            metavar=choices(CHOICES), callback=one_of(CHOICES), help="Which CI it runs in; gitlab where .gitlab-ci.yml lies, else github."
        ),
    ] = None,
    pre_commit: Annotated[bool, Option("--pre-commit/--no-pre-commit", help="Whether to write hooks for pre-commit.")] = True,
    source: Annotated[
        str | None,
        Option(
            "--from",
            metavar="ADDRESS",
            help="Where hooks and CI install protocols from: git address@revision, or what pip takes. Without it, where this one is from.",
        ),
    ] = None,
    force: Annotated[bool, Option("--force", help="Write over what is there already.")] = False,
) -> int:
    """Begin a tracking plan: the plan, sample events, hooks for pre-commit and a CI workflow.

    Hooks and CI go to the root of the git repository around the folder.
    """
    from protocols.starter import CI, PARTS, USUAL_PLAN, Start, origin

    home = _folder(folder)
    root = _root(home.resolve())
    there = [name for name in PLAN_NAMES if (home / name).is_file()]
    start = Start(
        folder=home,
        root=root,
        name=plan_name or home.resolve().name or "events",
        extends=tuple(_bundled(listed(extends))),
        origin=origin.named(source) if source else origin.installed(),
        plan=there[0] if there else USUAL_PLAN,
        keeps_plan=bool(there) and not force,
    )
    if start.keeps_plan and (extends or plan_name):
        raise UsageError(f"{start.plan} is there already: write into it what it extends and its name, or write over it with --force")
    chosen = ci or ("gitlab" if (root / ".gitlab-ci.yml").exists() else "github")
    parts = ["plan", "schema", "events", *(["pre-commit"] if pre_commit else []), *([chosen] if chosen in CI else [])]
    files = [_file(PARTS[name], start, force=force) for name in parts]
    for file in files:
        _write(file)
    shown = draw(_lines(start, files), look(None, limit=0, quiet=False))
    to_stdout("what was written", shown.encode())
    return 0


class File(NamedTuple):
    """A file to write; `text` is None where it is kept as it stands, and `addition` what is to be added to it then."""

    path: Path
    about: str
    text: str | None
    addition: str | None = None


def _file(part: Part, start: Start, *, force: bool) -> File:
    path = part.path(start)
    if force or not path.exists():
        return File(path, part.ABOUT, part.text(start))
    return File(path, part.ABOUT, None, part.addition(start, path.read_text(encoding="utf-8", errors="replace")))


def _write(file: File) -> None:
    if file.text is None:
        return
    try:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_bytes(file.text.encode())
    except OSError as error:
        raise UsageError(f"{file.path} cannot be written ({error.strerror})") from None


def _folder(folder: str) -> Path:
    path = Path(folder)
    if path.exists() and not path.is_dir():
        raise UsageError(f"{folder} is a file; name the folder that the plan goes to")
    return path


def _root(folder: Path) -> Path:
    """The root of the git repository that a folder is in, else the folder itself."""
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder)


def _bundled(names: Sequence[str]) -> Iterator[str]:
    """The plans that are named, then that of the calls, which every plan needs."""
    from protocols.plan import bundled

    known = list(bundled())
    for name in names:
        if name not in known:
            near = nearest(name, known)
            raise UsageError(f"no bundled plan is called {name}; {f'did you mean {near}?' if near else 'protocols spec lists them'}")
    yield from dict.fromkeys([*names, *([] if "whole-spec" in names else ["calls"])])


def _lines(start: Start, files: Sequence[File]) -> Iterator[Line]:
    shown = [_shown(file.path) for file in files]
    width = max(map(len, shown))
    for file, path in zip(files, shown, strict=True):
        yield Line(f"{'wrote' if file.text is not None else 'kept '}  {path:<{width}}  ", [Span(_said(file), "dim")])
    for file, path in zip(files, shown, strict=True):
        if file.addition is not None:
            yield BLANK
            yield Line(f"Add to {path}:")
            yield BLANK
            yield from (Line(line) for line in file.addition.splitlines())
    yield BLANK
    yield Line("Next:")
    yield from _next(start)
    if start.origin.is_local and any(start.origin.is_in(file.text or file.addition or "") for file in files):
        yield BLANK
        yield Line(
            "", [Span(f"Hooks and CI install protocols from {start.origin}, which only this machine has; --from names another place.")]
        )


def _said(file: File) -> str:
    if file.text is not None:
        return file.about
    return "is there already; what stands below is to be added" if file.addition else "is there already; --force writes over it"


def _next(start: Start) -> Iterator[Line]:
    from protocols.starter import SAMPLES

    rows = [
        *([(f"cd {shlex.quote(_shown(start.folder))}", "")] if start.folder.resolve() != Path.cwd().resolve() else []),
        (f"protocols validate {SAMPLES}", "check events against the plan"),
        ("protocols lint", "what can be better in the plan"),
        *([("pre-commit install", "do both before each commit")] if (start.root / ".git").exists() else []),
    ]
    width = max(len(typed) for typed, _ in rows)
    for typed, meaning in rows:
        yield Line(f"  {typed:<{width}}  ", [Span(meaning, "dim")], "green")


def _shown(path: Path) -> str:
    """A path as it is seen from the working directory."""
    return os.path.relpath(path).replace(os.sep, "/")
