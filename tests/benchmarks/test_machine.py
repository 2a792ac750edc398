"""Where figures come from, and what a process is and holds."""

import platform
import re
import sys

import pytest

import protocols
from benchmarks import memory
from benchmarks.machine import cpu, describe
from benchmarks.process import Failed, run


def test_the_machine():
    machine = describe({"orjson": "3.13.0", "ajv": "8.20.0"})
    assert list(machine) == ["date", "cpu", "cores", "load", "system", "python", "protocols", "versions"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", machine["date"])
    assert machine["cores"] >= 1
    assert machine["python"] == platform.python_version()
    assert re.fullmatch(rf"{re.escape(protocols.__version__)}( \([0-9a-f]+(, changed)?\))?( without its kernel)?", machine["protocols"])
    assert list(machine["versions"].items()) == [("ajv", "8.20.0"), ("orjson", "3.13.0")]


@pytest.mark.parametrize(
    ("cpuinfo", "model"),
    [
        ("processor\t: 0\nmodel name\t: Abacus 3000 @ 2 Hz\nmodel\t: 7\n", "Abacus 3000 @ 2 Hz"),
        # Linux on ARM names no model there
        ("processor\t: 0\nBogoMIPS\t: 50.00\n", platform.machine()),
    ],
)
def test_the_processor(cpuinfo, model, tmp_path):
    (tmp_path / "cpuinfo").write_text(cpuinfo, encoding="utf-8")
    assert cpu(tmp_path / "cpuinfo") == model


def test_memory_is_that_of_the_tree(tmp_path, monkeypatch):
    """1 started 2 from its second thread, and 2 started 3, which has ended meanwhile."""
    monkeypatch.setattr(memory, "PROC", tmp_path)
    for path, text in {
        "1/task/1/children": "",
        "1/task/11/children": "2 ",
        "1/smaps_rollup": "Rss:  900 kB\nPss:  100 kB\n",
        "2/task/2/children": "3 ",
        "2/smaps_rollup": "Rss:  900 kB\nPss:   20 kB\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert list(memory.tree(1)) == [1, 2, 3]
    assert [memory.share(pid) for pid in memory.tree(1)] == [102_400, 20_480, 0]


def test_a_command_that_does_its_job():
    finished = run([sys.executable, "-c", "print('said'); raise SystemExit(1)"], codes=(0, 1))
    assert (finished.out, finished.err, finished.peak) == (b"said\n", b"", None)


def test_a_command_that_does_not():
    with pytest.raises(Failed) as raised:
        run([sys.executable, "-c", "raise SystemExit('first\\nlast')"])
    assert re.fullmatch(r"python\S* ended with 1: last", str(raised.value))
