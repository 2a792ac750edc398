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
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CRATE = Path("protocols/engine/kernel")
MODULE = Path("protocols/_kernel.abi3.so")
SYSTEMS = {
    "Linux": ("lib_kernel.so", ()),
    "Darwin": ("lib_kernel.dylib", ("-C", "link-arg=-undefined", "-C", "link-arg=dynamic_lookup")),  # Python is found at run time
}
"""What cargo calls the library, and what its linker has to be told."""


class NotBuilt(Exception):
    """Why there is no kernel."""


class KernelHook(BuildHookInterface[Any]):
    """Puts the kernel into wheels, and beside the sources where these are installed as they lie there."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        self._scratch = TemporaryDirectory(prefix="protocols-kernel-")
        library = self._library()
        beside = Path(self.root) / MODULE
        if version == "editable":
            beside.unlink(missing_ok=True)  # it is of other sources, and a process that has it keeps it
        if library is None:
            return
        if version == "editable":
            shutil.copyfile(library, beside)
        else:
            build_data["force_include"][str(library)] = str(MODULE)
        build_data["pure_python"] = False
        build_data["tag"] = f"cp310-abi3-{self.build_config.builder.get_best_matching_tag().split('-')[-1]}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        self._scratch.cleanup()

    def _library(self) -> Path | None:
        wanted = os.environ.get("PROTOCOLS_KERNEL")
        if wanted == "no":
            return None
        try:
            return build(Path(self.root) / CRATE, os.environ.get("CARGO_TARGET_DIR") or self._scratch.name)
        except NotBuilt as reason:
            if wanted == "yes":
                raise
            self.app.display_warning(f"The kernel was not built: {reason}. Events are checked by msgspec, at half the speed.")
            return None


def build(crate: Path, target: str) -> Path:
    """The library of a crate, somewhere in the folder `target`. Raises NotBuilt."""
    cargo = os.environ.get("CARGO") or shutil.which("cargo")
    if cargo is None:
        raise NotBuilt("there is no cargo here")
    if platform.system() not in SYSTEMS or sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise NotBuilt("it was never tried on this system or this Python")
    name, flags = SYSTEMS[platform.system()]
    options = ["--release", "--locked", "--offline", "--quiet", "--target-dir", target]
    try:
        done = subprocess.run([cargo, "rustc", *options, "--", *flags], cwd=crate, capture_output=True, text=True, check=False)
    except OSError as error:
        raise NotBuilt(f"cargo could not be started: {error}") from None
    if done.returncode:
        raise NotBuilt(f"cargo says: {complaint(done.stderr)}")
    library = crate / target / "release" / name
    if not library.exists():
        raise NotBuilt(f"cargo made no {name}")
    try_to_load(library)
    return library


def try_to_load(library: Path) -> None:
    """Cargo may build for another processor or C library than those of this Python, whose wheel it would be. Raises NotBuilt."""
    done = subprocess.run([sys.executable, "-c", LOAD, str(library)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotBuilt(f"what cargo has built is not for this Python: {(done.stderr.strip().splitlines() or ['it crashes'])[-1]}")


LOAD = """
import sys
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
module_from_spec(spec_from_file_location("_kernel", sys.argv[1], loader=ExtensionFileLoader("_kernel", sys.argv[1])))
"""


def complaint(said: str) -> str:
    """The first line that is no warning."""
    lines = said.strip().splitlines() or ["nothing"]
    return next((line for line in lines if line.startswith("error")), lines[0])
