"""The kernel as Python meets it: what it takes, what it raises, that it gives back what it took, and that all works without it."""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from random_bundles import bundle

import protocols
from protocols.engine.program import program
from protocols.native import Kernel, kernel

NEEDED = "PROTOCOLS_NEED_KERNEL" in os.environ
WORDS, TEXT, ROUTES, _ = program(bundle(random.Random(1)))
WORD = struct.Struct("=q")
LINE = b'{"type":"track","event":"a","userId":"u","properties":{"a":1}}'


@pytest.fixture
def built() -> Kernel:
    found = kernel()
    if found is None:
        assert not NEEDED, "the kernel is needed here and was not built"
        pytest.skip("the kernel was not built: it takes Rust")
    return found


class Strange:
    def __bool__(self) -> bool:
        raise KeyError("asked")


WRONG: list[tuple[str, tuple[Any, ...], str]] = [
    ("program", (), "program() takes words and text"),
    ("program", (WORDS, TEXT, b""), "program() takes words and text"),
    ("program", (WORDS.hex(), TEXT), "expected bytes, str found"),
    ("program", (WORDS, None), "expected bytes, NoneType found"),
    ("accept", (b"{}",), "accept() takes a program and a line"),
    ("accept", (b"{}", b"{}"), "expected what program() gives"),
    ("accept", (..., bytearray(b"{}")), "expected bytes, bytearray found"),
    ("accept", (..., "{}"), "expected bytes, str found"),
    ("check", (..., b"{}"), "check() takes a program, a text, a flag and counts"),
    ("check", (None, b"{}", True, bytearray()), "expected what program() gives"),
    ("check", (..., memoryview(b"{}"), True, bytearray()), "expected bytes, memoryview found"),
    ("check", (..., b"{}", 1, bytearray()), "expected True or False"),
    ("check", (..., b"{}", Strange(), bytearray()), "expected True or False"),  # its own code does not run
    ("check", (..., b"{}", True, bytes(8 * len(ROUTES))), "expected a bytearray with eight bytes for each route"),
    ("check", (..., b"{}", True, bytearray(8 * len(ROUTES) + 8)), "expected a bytearray with eight bytes for each route"),
    ("lines", (), "lines() takes a text"),
    ("lines", ("{}",), "expected bytes, str found"),
]
"""`...` stands for a program."""


@pytest.mark.parametrize(("name", "arguments", "message"), WRONG)
def test_wrong_arguments_are_told(built: Kernel, name: str, arguments: tuple[Any, ...], message: str) -> None:
    given = [built.program(WORDS, TEXT) if each is ... else each for each in arguments]
    with pytest.raises(TypeError) as raised:
        getattr(built, name)(*given)
    assert str(raised.value) == message


def test_the_capsule_of_somebody_else_is_no_program(built: Kernel) -> None:
    from datetime import datetime_CAPI  # type: ignore[attr-defined]

    with pytest.raises(TypeError, match=r"^expected what program\(\) gives$"):
        built.accept(datetime_CAPI, b"{}")


BAD: list[tuple[bytes, bytes, str]] = [
    (b"", b"", "a program breaks off"),
    (WORDS[:-8], TEXT, "a program breaks off"),
    (WORDS + bytes(8), TEXT, "a program goes on behind its end"),
    (WORDS, b"", "a string lies outside of the text"),
    (WORDS[:8] + WORD.pack(-1) + WORDS[16:], TEXT, "a size is below zero"),
    (WORDS[:16] + WORD.pack(501) + WORDS[24:], TEXT, "events may be nested too deep for the stack"),
]


@pytest.mark.parametrize(("words", "text", "message"), BAD)
def test_a_program_that_is_not_whole_is_refused(built: Kernel, words: bytes, text: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        built.program(words, text)


def test_no_damaged_program_does_harm(built: Kernel) -> None:
    """It is refused, or judges in some way; where the kernel runs into a wall, that is an exception."""
    rng = random.Random(7)
    for _ in range(5_000):
        words = bytearray(WORDS)
        at = rng.randrange(len(words) // 8) * 8
        words[at : at + 8] = rng.choice((-1, 0, 1, 3, 2**31, 2**32 - 2, 2**62, rng.getrandbits(62))).to_bytes(8, sys.byteorder, signed=True)
        with suppress(ValueError, RuntimeError):
            made = built.program(bytes(words), TEXT)
            assert built.accept(made, LINE) >= -2
            with suppress(TypeError):  # its routes may have become more or fewer
                assert len(built.check(made, LINE, True, bytearray(8 * len(ROUTES)))) >= 24
    assert built.lines(LINE) == 1  # the lock is held again


@pytest.mark.usefixtures("built")
def test_programs_are_freed() -> None:
    """In a process of its own, whose peak of memory is not that of other tests."""
    said = python(
        f"""
        import random, resource
        from protocols.native import kernel
        words, text = bytes.fromhex({WORDS.hex()!r}), bytes.fromhex({TEXT.hex()!r})
        def make(count):
            for _ in range(count):
                made = kernel().program(words, text)
                kernel().accept(made, b"{{}}")
                kernel().check(made, b"{{}}\\n" * 100, True, bytearray({8 * len(ROUTES)}))
                try:
                    kernel().program(words[:-8], text)
                except ValueError:
                    pass
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        before = make(500)
        print(make(10_000) / before < 1.1)
        """
    )
    assert said == "True\n"


@pytest.mark.usefixtures("built")
def test_a_thread_that_outlives_the_interpreter_ends_quietly() -> None:
    """Python before 3.14 unwinds such a thread when it asks for the lock again."""
    said = python(
        """
        import sys, threading, time
        from protocols.native import kernel
        class Slow:
            sleep = time.sleep
            def __del__(self):
                self.sleep(0.3)
        def forever(text):
            while True:
                kernel().lines(text)
        for _ in range(4):
            threading.Thread(target=forever, args=[b"{}\\n" * 10_000], daemon=True).start()
        sys.slow = Slow()  # goes when the interpreter is ending
        time.sleep(0.1)
        print("all is well")
        """
    )
    assert said == "all is well\n"


ABSENT = {
    "not wanted": "import os; os.environ['PROTOCOLS_KERNEL'] = 'no'",
    "not built": "import sys; sys.modules['protocols._kernel'] = None",
}


@pytest.mark.parametrize("why", ABSENT)
def test_all_works_without_it(why: str) -> None:
    said = python(
        f"""
        {ABSENT[why]}
        from protocols import Validator, native
        from protocols.engine.compiled import Compiled
        print(native.kernel(), Compiled.of({{}}))
        result = Validator("ecommerce").validate({{"type": "track", "event": "order completed", "userId": "u1"}})
        print(*(violation.id for violation in result.violations))
        """
    )
    assert said == "None None\nnaming/event-name-case\n"


def test_one_that_was_not_built_is_not_missed(tmp_path: Path) -> None:
    """Not even where warnings are errors."""
    package = Path(protocols.__file__).parent
    shutil.copytree(package, tmp_path / "protocols", ignore=shutil.ignore_patterns("_kernel*", "kernel", "plans", "__pycache__"))
    said = python(f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from protocols import native; print(native.kernel())", "-W", "error")
    assert said == "None\n"


def test_one_that_cannot_be_loaded_is_told() -> None:
    said = python(
        """
        import os, sys, warnings
        os.environ.pop("PROTOCOLS_KERNEL", None)
        class Broken:
            def find_spec(self, name, path, target=None):
                if name == "protocols._kernel":
                    raise ImportError("wrong ELF class")
        sys.meta_path.insert(0, Broken())
        from protocols import native
        with warnings.catch_warnings(record=True) as told:
            print(native.kernel(), native.kernel())
        print(*(f"{each.category.__name__}: {each.message}" for each in told))
        """
    )
    assert said == (
        "None None\nRuntimeWarning: the kernel cannot be loaded, so events are checked more slowly; install the package again, or set "
        "PROTOCOLS_KERNEL=no to do without it: wrong ELF class\n"
    )


def python(code: str, *options: str) -> str:
    command = [sys.executable, *options, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
