"""A client of `yaml-language-server`, the server behind the YAML support of most editors, over its own protocol."""

from __future__ import annotations

import itertools
import json
import os
import queue
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

PACKAGE = "yaml-language-server@2.0.0"

SETTINGS = {"yaml": {"schemaStore": {"enable": False}, "validate": True, "hover": True, "completion": True}}
"""Nothing is fetched: the schema is the one that the first line of a document names."""

UNREACHABLE = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}

PATIENCE = 60
"""Seconds after which a server that says nothing is broken."""


class Server:
    """A running server. `command` starts it; documents that are opened stand in `folder`."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self.folder = folder
        self._ids = itertools.count(1)
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **UNREACHABLE}
        )

    def __enter__(self) -> Server:
        threading.Thread(target=self._listen, daemon=True).start()
        documents = {
            "hover": {"contentFormat": ["markdown"]},
            "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
        }
        self._ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": self.folder.as_uri(),
                "capabilities": {"textDocument": documents, "workspace": {"configuration": True}},
            },
        )
        self._send({"method": "initialized", "params": {}})
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    def diagnostics(self, name: str, text: str) -> list[tuple[int, int, str]]:
        """Line and column from 1 and message of all that the server marks in a document."""
        uri = self._open(name, text)
        while uri not in self._diagnostics:
            self._note(self._answers.get(timeout=PATIENCE))
        return [_placed(found) for found in self._diagnostics.pop(uri)]

    def hover(self, name: str, text: str) -> str:
        """What is shown over the place in a document that `|` marks."""
        found = self._at("textDocument/hover", name, text)
        return found["contents"]["value"] if found else ""

    def completion(self, name: str, text: str) -> dict[str, str]:
        """What can be written at the place that `|` marks: its documentation by label."""
        found = self._at("textDocument/completion", name, text)
        return {item["label"]: _text(item.get("documentation", "")) for item in found["items"]}

    def _at(self, method: str, name: str, text: str) -> Any:
        before, _, after = text.partition("|")
        uri = self._open(name, before + after)
        place = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return self._ask(method, {"textDocument": {"uri": uri}, "position": place})

    def _open(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return path.as_uri()

    def _ask(self, method: str, params: Any) -> Any:
        id = next(self._ids)
        self._send({"id": id, "method": method, "params": params})
        while True:
            answer = self._answers.get(timeout=PATIENCE)
            if answer.get("id") == id and "method" not in answer:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer)

    def _note(self, message: dict[str, Any]) -> None:
        """Answer what the server asks, and keep what it tells."""
        match message.get("method"):
            case "workspace/configuration":
                settings = [SETTINGS.get(item["section"], {}) for item in message["params"]["items"]]
                self._send({"id": message["id"], "result": settings})
            case "textDocument/publishDiagnostics":
                self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
            case str() if "id" in message:
                self._send({"id": message["id"], "result": None})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while head := stream.readline():
            length = int(head.split(b":")[1])
            while stream.readline().strip():
                pass
            self._answers.put(json.loads(stream.read(length)))


def _placed(found: dict[str, Any]) -> tuple[int, int, str]:
    start = found["range"]["start"]
    return start["line"] + 1, start["character"] + 1, found["message"]


def _text(documentation: str | dict[str, str]) -> str:
    return documentation if isinstance(documentation, str) else documentation["value"]
