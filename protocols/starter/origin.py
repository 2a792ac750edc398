"""Where this tool was installed from, so that hooks and CI install the same."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit
from urllib.request import url2pathname

NAME = "protocols"


class Origin(NamedTuple):
    """What pip is given to install it, and the git address and commit, where that is what it came from."""

    requirement: str
    url: str | None = None
    rev: str | None = None

    @property
    def action(self) -> str | None:
        """What a GitHub workflow `uses`, where GitHub has the repository."""
        found = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?", self.url or "")
        return f"{found[1]}@{self.rev}" if found else None

    def __str__(self) -> str:
        return self.url or self.requirement

    def is_in(self, text: str) -> bool:
        """Whether a file names it."""
        return str(self) in text

    @property
    def is_local(self) -> bool:
        """Whether only this machine has it."""
        return "file:" in self.requirement


def named(address: str) -> Origin:
    """The origin that somebody names: a git address or a folder, with `@` and a commit, tag or branch behind it, or what pip takes."""
    if not re.match(r"(?:[a-z+]+://|git@|[./~])", address):
        return Origin(address)
    found = re.fullmatch(r"(?P<url>.+?[/:.][^@]*)@(?P<rev>[^@/:]+)", address)
    url, rev = (found["url"], found["rev"]) if found else (address, None)
    if url[0] not in "./~":
        return _git(url.removeprefix("git+"), rev or "main")
    folder = Path(url).expanduser().resolve()
    return _git(str(folder), rev) if rev else _folder(folder)


def installed() -> Origin:
    """The origin of the package that runs: what pip noted of it, or the folder that it stands in."""
    try:
        distribution = importlib.metadata.distribution(NAME)
    except importlib.metadata.PackageNotFoundError:
        return _folder(Path(__file__).parents[2])
    noted = distribution.read_text("direct_url.json")
    direct: dict[str, Any] = json.loads(noted) if noted else {}
    match direct:
        case {"url": str(url), "vcs_info": {"vcs": "git", "commit_id": str(commit)}}:
            return _git(url, commit)
        case {"url": str(url), "dir_info": dict()}:
            return _folder(Path(url2pathname(urlsplit(url).path)))
        case {"url": str(url)}:
            return Origin(f"{NAME} @ {without_secrets(url)}")
        case _:
            return Origin(f"{NAME}=={distribution.version}")


def _git(url: str, rev: str) -> Origin:
    """An address and a commit, tag or branch there."""
    public = without_secrets(url)
    pip = Path(public).as_uri() if public.startswith("/") else re.sub(r"^git@([^:/]+):", r"ssh://git@\1/", public)
    return Origin(f"{NAME} @ git+{pip}@{rev}", public, rev)


def _folder(folder: Path) -> Origin:
    """A checkout: the repository that it was cloned from, else the folder itself."""
    commit = _ask_git(folder, "rev-parse", "HEAD")
    if commit is None:
        return Origin(f"{NAME} @ {folder.as_uri()}")
    return _git(_ask_git(folder, "remote", "get-url", "origin") or str(folder), commit)


def _ask_git(folder: Path, *question: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(folder), *question], capture_output=True, text=True, check=False)
    except OSError:  # git is not installed
        return None
    return done.stdout.strip() if done.returncode == 0 and done.stdout.strip() else None


def without_secrets(url: str) -> str:
    """An address without the user and the token that some have in it; that of GitHub's for ssh as the one for everybody."""
    ssh = re.fullmatch(r"(?:ssh://)?git@github\.com[:/](.+)", url)
    if ssh:
        return f"https://github.com/{ssh[1]}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
