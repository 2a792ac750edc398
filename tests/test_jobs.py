"""Work over several processes: the same output for any number of them, and every way to end, with real processes."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

import protocols
from protocols import jobs
from protocols.jobs import Pool, Progress, cores
from protocols.readers import FEW, SLICE
from protocols.report import About, judge
from protocols.sinks import SINKS, Look

PLAN = """
protocols: 1
plan: shop
version: 1
events:
  Order Completed:
    properties:
      order_id: {type: string, required: true}
      total: {type: number, minimum: 0}
"""
GOOD = b'{"type":"track","event":"Order Completed","userId":"u1","properties":{"order_id":"o1","total":5}}'
BAD = b'{"type":"track","event":"Order Completed","userId":"u1","properties":{"order_id":7,"total":"%d"}}'
UNPLANNED = b'{"type":"track","event":"Name %d","userId":"u1","properties":{}}'

BODIES = b"\n".join([GOOD, b"", BAD % 1, b"{", b'{"batch":[%b,%b]}' % (GOOD, BAD % 2), b"[%b,%b]" % (BAD % 3, GOOD), b" ", UNPLANNED % 1])
FILES = {
    "lines.jsonl": (BODIES + b"\n") * 40,
    "carriage.jsonl": BODIES.replace(b"\n", b"\r\n") * 20,
    "bare.jsonl": BODIES.replace(b"\n", b"\r") * 20,
    "mark.jsonl": b"\xef\xbb\xbf" + (GOOD + b"\n" + b'{"a":"' + b"x" * 3000 + b'"}\n') * 10,
    "array.json": b"[" + b",\n".join([GOOD, BAD % 4] * 60) + b"\n",
    "oneline.json": b"[" + b",".join([GOOD, BAD % 5] * 60) + b"]",
    "packed.jsonl.gz": gzip.compress((BODIES + b"\n") * 30, 1),
    "short.jsonl.gz": gzip.compress((BODIES + b"\n") * 30, 1)[:-40],
    "empty.jsonl": b"",
    "zip.jsonl": b"PK\x03\x04" + bytes(9000),
}


@pytest.fixture(scope="module")
def plan():
    return protocols.load_text(PLAN, "shop.yaml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("events")
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


def everything(plan, sources, **options):
    """All that comes of a run: the report as people and programs see it, and each violation."""
    told, sizes, counts = [], [], []
    report = protocols.validate_files(plan, sources, on_problem=told.append, on_bytes=sizes.append, on_events=counts.append, **options)
    return [*map(written, [report] * 2, ("json", "terminal")), list(map(asdict, told)), sum(sizes), sum(counts)]


def written(report, format):
    out = io.BytesIO()
    SINKS[format].open(out, Look(limit=0)).close(report, judge(report))
    return out.getvalue()


@pytest.mark.parametrize("fork", [True, False], ids=["fork", "spawn"])
@pytest.mark.parametrize("slice_bytes", [700, 5000])
def test_any_number_of_processes_says_the_same(plan, folder, slice_bytes, fork, monkeypatch):
    """All kinds of files, alone and together, and standard input in several forms; also where a worker is a new process."""
    monkeypatch.setattr(jobs, "may_fork", lambda: fork)
    inputs = [[str(folder)], [str(folder / "packed.jsonl.gz")], [str(folder / "lines.jsonl")]] if fork else [[str(folder)]]
    for sources in inputs:
        alone = everything(plan, sources, slice_bytes=slice_bytes)
        assert everything(plan, sources, slice_bytes=slice_bytes, jobs=3) == alone
    for name in ("lines.jsonl", "short.jsonl.gz", "array.json") if fork else ("short.jsonl.gz",):
        data = FILES[name]
        alone = everything(plan, ["-"], slice_bytes=slice_bytes, stdin=io.BytesIO(data))
        assert everything(plan, ["-"], slice_bytes=slice_bytes, stdin=io.BytesIO(data), jobs=2) == alone


def test_slices_change_nothing(plan, folder):
    """Where no bound is hit, a report of slices is the report of the whole."""
    whole = everything(plan, [str(folder)])
    assert everything(plan, [str(folder)], slice_bytes=600) == whole


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.sampled_from([*BODIES.split(b"\n"), b"\r", GOOD + b"\r", b"x" * 300, b"[]", b"\xef\xbb\xbf" + GOOD]), max_size=40),
    ends=st.booleans(),
    size=st.integers(1, 2000),
    samples=st.integers(0, 4),
)
def test_slices_of_any_size_change_nothing(plan, tmp_path, lines, ends, size, samples):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join(lines) + (b"\n" if ends else b""))
    whole = everything(plan, [str(path)], samples=samples)
    assert everything(plan, [str(path)], samples=samples, slice_bytes=size) == whole


def test_bounds_are_hit_alike(plan, tmp_path, monkeypatch):
    """More names and groups than a report keeps: which ones stay depends on the cut, and the cut on nothing but the file."""
    monkeypatch.setattr("protocols.validate.About", partial(About, most_groups=50))
    path = tmp_path / "names.jsonl"
    path.write_bytes(b"\n".join(UNPLANNED % (number * 7919 % 120) for number in range(2400)))
    alone = everything(plan, [str(path)], slice_bytes=5000)
    assert everything(plan, [str(path)], slice_bytes=5000, jobs=3) == alone
    assert everything(plan, [str(path)]) != alone
    assert json.loads(alone[0])["summary"]["folded"] > 1000


def shout(task, send):
    """What the tests below have done in a worker."""
    match task:
        case str():
            send(Progress(1, len(task)))
            send(task.upper())
            send(task)
        case float():
            time.sleep(task)
            send(task)
        case int():
            for number in range(task):
                send(number)
        case None:
            os.kill(os.getpid(), signal.SIGKILL)
        case ["exit", code]:
            os._exit(code)
        case error:
            raise error


def shouted(*tasks):
    """What comes of tasks that two workers do."""
    received = []
    with Pool(shout, 2, received.append) as pool:
        for task in tasks:
            pool.give(task)
        pool.finish()
    return received


def test_messages_come_in_the_order_of_their_tasks():
    """A slow task first; messages by the thousand behind it, of which few may wait; and one that is known already."""
    received = []
    with Pool(shout, 3, received.append) as pool:
        for task in (0.3, 2000, 3000, "a"):
            pool.give(task)
        pool.put("known")
        pool.give("b")
        pool.finish()
    progress = [message for message in received if isinstance(message, Progress)]
    assert [message for message in received if message not in progress] == [0.3, *range(2000), *range(3000), "A", "a", "known", "B", "b"]
    assert progress == [Progress(1, 1)] * 2


def test_no_more_processes_than_tasks_or_jobs():
    with Pool(shout, 3, print) as pool:
        assert active_children() == []
        pool.give(0.1)
        pool.give(0.1)
        pool.finish()
        assert len(active_children()) == 2
        for _ in range(8):
            pool.give(0.01)
        assert len(active_children()) == 3
    assert active_children() == []


DEATHS = [
    (None, "None: the worker process was killed (SIGKILL) before all of this was checked; if memory has run out, fewer jobs need less"),
    (["exit", 3], "['exit', 3]: the worker process ended with exit code 3 before all of this was checked"),
]


@pytest.mark.parametrize(("task", "said"), DEATHS, ids=["killed", "ended"])
def test_a_worker_that_dies_is_named(task, said):
    with pytest.raises(protocols.EventsError) as error:
        shouted(5.0, task)
    assert str(error.value) == said
    assert active_children() == []


def test_what_the_work_raises_is_raised_with_its_traceback():
    with pytest.raises(protocols.UsageError, match=r"^wrong$") as error:
        shouted(5.0, protocols.UsageError("wrong"))
    assert "in shout" in str(error.value.__cause__)
    assert active_children() == []


def test_a_process_with_threads_is_not_copied():
    assert jobs.may_fork() == (sys.platform == "linux")
    started, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: (started.set(), over.wait()))
    thread.start()
    started.wait()
    assert not jobs.may_fork()
    over.set()
    thread.join()


def test_cores():
    assert 1 <= cores() <= (os.cpu_count() or 1)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A plan, and more events than one process checks alone; one of a hundred is wrong."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "plan.yaml").write_text(PLAN)
    lines = b"\n".join([GOOD] * 99 + [BAD % 1]) + b"\n"
    (folder / "events.jsonl").write_bytes(lines * ((FEW + 1) * SLICE // len(lines)))
    return folder


BEGIN = """
import sys
import protocols.jobs, protocols.validate
{patch}
from protocols.cli import main
main()
"""


def command(large, *options, patch="", **how):
    """The command over the large file with two workers."""
    arguments = ["validate", "events.jsonl", "--plan", "plan.yaml", "--jobs", "2", *options]
    code = BEGIN.format(patch=patch)
    environment = {**os.environ, "PYTHONPATH": str(Path(protocols.__file__).parents[1])}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=large, env=environment, **how)


FORMS = [["--format", name] for name in SINKS]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form[1])
def test_the_command_writes_the_same(large, form):
    outputs = []
    for more in (["--jobs", "1"], ["--jobs", "2"], []):
        with command(large, *form, *more, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            outputs.append((*process.communicate(), process.returncode))
    assert outputs[0][0].count(b"\n") >= 3
    assert outputs[1:] == outputs[:1] * 2


SPAWNED = "protocols.jobs.may_fork = lambda: False"


def processes():
    """All that run: `{pid: (parent, command line)}`."""
    listed = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 3) for line in listed.splitlines()]
    return {int(row[0]): (int(row[1]), row[3]) for row in rows if row[2][0] != "Z"}


def workers(process):
    """The workers of a command, once there are two."""
    ends = time.monotonic() + 60
    while True:
        found = [pid for pid, (parent, line) in processes().items() if parent == process.pid and "resource_tracker" not in line]
        if len(found) == 2:
            return found
        assert process.poll() is None
        assert time.monotonic() < ends
        time.sleep(0.02)


def gone(pids):
    """Whether none of these processes runs, if not now then soon."""
    ends = time.monotonic() + 20
    while processes().keys() & pids:
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True


PIPES = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
WAYS = pytest.mark.parametrize("way", ["", SPAWNED], ids=["fork", "spawn"])


@WAYS
def test_a_worker_that_is_killed_ends_the_command(large, way):
    with command(large, "--engine", "reference", patch=way, **PIPES) as process:
        found = workers(process)
        os.kill(found[0], signal.SIGKILL)
        out, err = process.communicate(timeout=60)
    assert (out, process.returncode) == ("", 4)
    assert re.fullmatch(
        r"error: events.jsonl, bytes [0-9,]+ to [0-9,]+: the worker process was killed \(SIGKILL\) before all of this was checked; "
        r"if memory has run out, fewer jobs need less\n",
        err,
    )
    assert gone(found)


INTERRUPTED = "Interrupted: the run did not reach its end.\n"

SIGNALS = [
    ("Ctrl-C goes to every process", os.killpg, signal.SIGINT, 130, INTERRUPTED),
    ("SIGINT to the command alone", os.kill, signal.SIGINT, 130, INTERRUPTED),
    ("SIGTERM, as from a CI system", os.kill, signal.SIGTERM, -signal.SIGTERM, ""),
    ("SIGKILL: nothing can be done in the command itself", os.kill, signal.SIGKILL, -signal.SIGKILL, ""),
]


@pytest.mark.parametrize(("reason", "kill", "number", "code", "said"), SIGNALS, ids=[row[0] for row in SIGNALS])
def test_no_worker_outlives_the_command(large, reason, kill, number, code, said):
    with command(large, "--engine", "reference", **PIPES) as process:
        found = workers(process)
        kill(process.pid, number)
        out, err = process.communicate(timeout=60)
    assert (out, err, process.returncode) == ("", said, code)
    assert gone(found)


def test_a_mistake_of_our_own_keeps_its_traceback(large):
    with command(large, patch="protocols.validate._add_batch = lambda *given: 1 / 0", **PIPES) as process:
        out, err = process.communicate(timeout=60)
    assert (out, process.returncode) == ("", 1)
    assert "in __call__\n    _add_batch(" in err
    assert err.endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form[1])
def test_a_full_disk_is_said(large, form):
    with open("/dev/full", "w") as full, command(large, *form, **{**PIPES, "stdout": full}) as process:
        err = process.communicate(timeout=60)[1]
    assert (err, process.returncode) == ("error: the results cannot be written (No space left on device)\n", 2)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")
@pytest.mark.parametrize(("form", "lines"), [("json", 2), ("html", 2), ("jsonl", 0)])  # what streams ends the run at once
def test_a_full_disk_of_one_output_is_said_with_its_name(large, form, lines):
    with command(large, "--quiet", "--output", f"{form}=/dev/full", **PIPES) as process:
        out, err = process.communicate(timeout=60)
    assert out.count("\n") == lines
    assert (err, process.returncode) == ("error: --output /dev/full: it cannot be written (No space left on device)\n", 2)


def test_a_reader_that_has_seen_enough_ends_the_command(large):
    with command(large, "--format", "jsonl", "--engine", "reference", **PIPES) as process:
        found = workers(process)
        assert process.stdout.readline().startswith('{"id": ')
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1
    assert gone(found)
