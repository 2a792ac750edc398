"""Builds the kernel along with the package, where there is Rust; without it the package is pure Python and works, more slowly.

`PROTOCOLS_KERNEL=yes` makes it a mistake not to build it, `no` leaves it out.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CRATE = Path("protocols/engine/kernel")
MODULE = "protocols/_kernel.abi3.so"
SYSTEMS = {
    "Linux": ("lib_kernel.so", ""),
    "Darwin": ("lib_kernel.dylib", "-C link-arg=-undefined -C link-arg=dynamic_lookup"),  # what Python has is found at run time
}
"""What cargo calls the library, and what its linker has to be told."""


class NotBuilt(Exception):
    """Why there is no kernel."""


class KernelHook(BuildHookInterface[Any]):
    """Puts the kernel into wheels, and beside the sources where these are installed as they lie there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        wanted = os.environ.get("PROTOCOLS_KERNEL", "")
        if wanted == "no":
            return
        try:
            library = build(Path(self.root) / CRATE)
        except NotBuilt as reason:
            if wanted == "yes":
                raise
            self.app.display_warning(f"The kernel was not built: {reason}. Events are checked without it, at a third of the speed.")
            return
        if version == "editable":
            beside = Path(self.root) / MODULE
            beside.unlink(missing_ok=True)  # a process that has the old one keeps it
            shutil.copyfile(library, beside)
        else:
            build_data["force_include"][str(library)] = MODULE
        build_data["pure_python"] = False
        build_data["tag"] = f"cp310-abi3-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


def build(crate: Path) -> Path:
    """The library of a crate. Raises NotBuilt."""
    cargo = os.environ.get("CARGO") or shutil.which("cargo")
    if cargo is None:
        raise NotBuilt("there is no cargo here")
    if platform.system() not in SYSTEMS or sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise NotBuilt("it was never tried on this system or this Python")
    name, flags = SYSTEMS[platform.system()]
    target = os.environ.get("CARGO_TARGET_DIR") or tempfile.mkdtemp(prefix="protocols-kernel-")
    environment = {**os.environ, "CARGO_TARGET_DIR": target, "RUSTFLAGS": f"{os.environ.get('RUSTFLAGS', '')} {flags}".strip()}
    command = [cargo, "build", "--release", "--locked", "--offline", "--quiet"]
    done = subprocess.run(command, cwd=crate, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotBuilt(f"cargo says: {(done.stderr.strip() or 'nothing').splitlines()[0]}")
    return Path(target) / "release" / name
