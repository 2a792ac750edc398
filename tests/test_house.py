"""The house: rooms stand in a line and may only look back, and nothing imports the command line."""

import ast
from pathlib import Path

import protocols

PACKAGE = Path(protocols.__file__).parent

MAY_IMPORT = {
    # room: the rooms it may import; whatever is not named here may not be
    "errors": {"problems"},  # for the type of PlanError's problems alone
    "positions": set(),
    "problems": {"positions"},
    "names": set(),
    "patterns": set(),
    "globs": set(),
    "formats": {"patterns"},
    "automata": {"patterns"},
    "native": {"_kernel"},  # which is compiled
    "violations": {"problems"},
    "weights": {"errors", "problems", "violations", "names", "globs"},
    "plan": {"errors", "positions", "problems", "violations", "names", "patterns", "formats"},
    "schema": {"errors", "positions", "problems", "violations", "names", "patterns", "formats", "plan"},
    "exchange": {"errors", "positions", "problems", "violations", "names", "patterns", "formats", "plan", "schema"},
    "rules": {"errors", "positions", "problems", "violations", "names", "patterns", "formats", "plan", "schema", "report"},
    "config": {"errors", "problems", "violations", "names", "globs", "weights", "rules", "report", "selector", "scope", "sinks"},
    "engine": {"errors", "positions", "problems", "violations", "names", "patterns", "formats", "automata", "native"},
    "readers": {"errors", "positions", "problems", "violations", "names", "native"},
    "jobs": {"errors"},
    "selector": {"errors", "violations", "globs"},
    "shares": {"errors", "violations"},
    "scope": {"errors", "violations", "names", "formats", "engine", "selector", "shares"},
    "report": {"errors", "positions", "problems", "violations", "names", "globs", "selector", "shares"},
    "explanations": {"problems", "violations", "plan", "report"},
    "sinks": {"errors", "positions", "problems", "violations", "report", "explanations"},
    "spec": {"violations", "names", "formats", "plan"},
    "validate": {"errors", "positions", "problems", "violations", "plan", "schema", "engine", "readers", "report", "scope", "jobs"},
    "starter": {"plan", "spec", "validate"},
    "cli": {"*"},
    "__main__": {"cli"},
    "__init__": {"*"},
}


def rooms():
    """`{room: {imported room: first place}}`, read from the import statements alone, lazy ones in functions too."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        imports = found.setdefault(room, {})
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
                names = [f"{node.module}.{alias.name}" if node.module == "protocols" else node.module for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                if name.startswith("protocols.") and name.split(".")[1] != room:
                    imports.setdefault(name.split(".")[1], f"{path.relative_to(PACKAGE.parent)}:{node.lineno}")
    return found


def test_every_room_has_its_arrows():
    assert set(rooms()) == set(MAY_IMPORT)


def test_rooms_only_look_back():
    wrong = [
        f"{place}: {room} may not import {other}"
        for room, imports in rooms().items()
        for other, place in imports.items()
        if "*" not in MAY_IMPORT[room] and other not in MAY_IMPORT[room]
    ]
    assert wrong == []


def test_nothing_imports_the_command_line():
    importers = {room for room, imports in rooms().items() if "cli" in imports}
    assert importers == {"__main__"}


def test_importing_the_package_is_free():
    """A guard in front of every event is imported by every process: nothing heavy comes with the name alone."""
    import subprocess
    import sys

    heavy = {"jsonschema", "jsonschema_rs", "msgspec", "rich", "typer", "yaml"}
    code = f"import protocols, sys; print(sorted({{name.split('.')[0] for name in sys.modules}} & {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
