"""One kind of work in several processes: tasks go to whoever is free, and what they send comes back in their order.

A worker that dies ends the run, and is named: nothing is skipped in silence. No worker outlives the run: it ends where
its pipe ends, whatever has become of the process that started it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from protocols.errors import EventsError

if TYPE_CHECKING:  # 9 ms, which a run in one process need not wait for
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Send = Callable[[Any], None]
Work = Callable[[Any, Send], None]
"""Does one task and sends what comes of it, in as many messages as it likes. It is pickled, and so are tasks and messages."""

_MOST_HELD = 4
"""Messages for each worker that may wait here for an earlier task to end; workers that have more to say wait themselves."""

_BREATH = 0.1
"""Seconds between two messages of progress from one worker."""


class Progress(NamedTuple):
    """How much has been done since the last one. It is received as soon as it comes, in no order."""

    events: int
    bytes: int


class Pool:
    """Up to `jobs` worker processes, each started when there is something to do for it, gone when the pool is left.

    `receive` is called in this process with the messages of all tasks, in the order in which the tasks were given. What
    the work raises is raised here. Raises EventsError where a worker dies; a task's `str()` says in it which one that was.
    """

    def __init__(self, work: Work, jobs: int, receive: Send) -> None:
        self._work = work
        self._jobs = jobs
        self._receive = receive
        self._workers: list[_Worker] = []
        self._queue: deque[_Entry] = deque()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *ended: object) -> None:
        for worker in self._workers:
            worker.process.kill()  # nothing that is still in it is wanted
        for worker in self._workers:
            worker.process.join()
            worker.pipe.close()

    def give(self, task: Any) -> None:
        """Have a task done. Waits until a worker is free for it."""
        while (worker := self._free()) is None:
            self._listen()
        entry = worker.entry = _Entry(task)
        self._queue.append(entry)
        try:
            worker.pipe.send(task)
        except OSError:
            raise _end_of(worker) from None

    def put(self, message: Any) -> None:
        """Have a message received when all tasks that have been given are done."""
        self._queue.append(_Entry(None, deque([message]), done=True))
        self._deliver()

    def finish(self) -> None:
        """Wait until all tasks that have been given are done."""
        while self._queue:
            self._listen()

    def _free(self) -> _Worker | None:
        for worker in self._workers:
            if worker.entry is None:
                return worker
        if len(self._workers) < self._jobs:
            self._workers.append(_started(self._work, [worker.pipe for worker in self._workers]))
            return self._workers[-1]
        return None

    def _listen(self) -> None:
        """Wait until a worker speaks or dies; take in what there is, and hand on what is next in order."""
        from multiprocessing import connection

        full = sum(len(entry.messages) for entry in self._queue) >= _MOST_HELD * self._jobs
        busy = [worker for worker in self._workers if worker.entry is not None]
        heard = [worker.pipe for worker in busy if not full or worker.entry is self._queue[0]]
        ready = connection.wait([*heard, *(worker.process.sentinel for worker in busy)])
        for worker in busy:
            if worker.pipe in ready:
                self._hear(worker)
            elif worker.process.sentinel in ready:
                raise _end_of(worker)
        self._deliver()

    def _hear(self, worker: _Worker) -> None:
        assert worker.entry is not None
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            raise _end_of(worker) from None
        match message:
            case Progress():
                self._receive(message)
            case _Done():
                worker.entry.done = True
                worker.entry = None
            case _Failed():
                raise message.error from _InWorker(message.told)
            case _:
                worker.entry.messages.append(message)

    def _deliver(self) -> None:
        while self._queue:
            first = self._queue[0]
            while first.messages:
                self._receive(first.messages.popleft())
            if not first.done:
                break
            self._queue.popleft()


@dataclass(slots=True, eq=False)
class _Entry:
    """A task on its way, and its messages that nobody has received yet."""

    task: Any
    messages: deque[Any] = field(default_factory=deque)
    done: bool = False


@dataclass(slots=True, eq=False)
class _Worker:
    process: BaseProcess
    pipe: Connection
    entry: _Entry | None = None
    """What it is busy with."""


class _Done(NamedTuple):
    """The worker has come to the end of its task."""


class _Failed(NamedTuple):
    """The work has raised this; `told` is the traceback, which does not travel with it."""

    error: BaseException
    told: str


class _InWorker(Exception):
    """Where in a worker an exception comes from."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


def _end_of(worker: _Worker) -> BaseException:
    """Why a worker is no more: what its work raised, or else that it has died."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            message = worker.pipe.recv()
            if isinstance(message, _Failed):
                message.error.__cause__ = _InWorker(message.told)
                return message.error
    worker.process.join()
    code = worker.process.exitcode or 0
    how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended with exit code {code}"
    advice = "; if memory has run out, fewer jobs need less" if code < 0 else ""
    task = worker.entry.task if worker.entry is not None else "an idle worker"
    return EventsError(f"{task}: the worker process {how} before all of this was checked{advice}")


def cores() -> int:
    """How many cores this process may use: those it is bound to, and no more than its container is granted."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:
            quota, period = file.read().split()
        return max(1, min(bound, int(quota) // int(period)))
    except (OSError, ValueError):  # no such system, or no quota: "max"
        return bound


def may_fork() -> bool:
    """Whether a copy of this process is sound: threads are not copied, but the locks that they hold are.

    A copy is there in 5 ms and has all that is compiled; a fresh process takes 150. Only Linux is sure to have no
    threads of its own in a process, and tells of those that Python does not know.
    """
    try:
        return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return sys.platform == "linux" and threading.active_count() == 1


def _started(work: Work, others: Sequence[Connection]) -> _Worker:
    from multiprocessing import get_context, resource_tracker

    forked = may_fork()
    context = get_context("fork") if forked else get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(work, theirs, [*others, ours] if forked else []), daemon=True)
    if not forked:
        resource_tracker.ensure_running()  # else the first start does it, and lets signals through again
    with _uninterrupted():
        process.start()
    theirs.close()
    return _Worker(process, ours)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C goes to all processes at a terminal; in here it waits, so that a worker is not hit before it can ignore it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(work: Work, pipe: Connection, others: Sequence[Connection]) -> None:
    """What a worker does. `others` are copies of ends of pipes that would keep those pipes open."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in others:
        other.close()
    send = _Speaking(pipe)
    with contextlib.suppress(_Orphaned):
        while True:
            task = send.next_task()
            try:
                work(task, send)
            except _Orphaned:
                raise
            except BaseException as error:  # ours or not, it is raised again where the run can be ended
                send(_Failed(error, "".join(traceback.format_exception(error))))
                return
            send.finish()


class _Orphaned(BaseException):
    """Nobody is there any more to work for."""


class _Speaking:
    """A worker's end of the pipe. Progress is gathered for a moment."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._progress = Progress(0, 0)
        self._since = time.monotonic()

    def next_task(self) -> Any:
        try:
            return self._pipe.recv()
        except (EOFError, OSError):
            raise _Orphaned from None

    def __call__(self, message: Any) -> None:
        if not isinstance(message, Progress):
            self._send(message)
            return
        self._progress = Progress(self._progress.events + message.events, self._progress.bytes + message.bytes)
        if self._pipe.poll():  # there is nothing to be read in the middle of a task but the end
            raise _Orphaned
        if time.monotonic() - self._since > _BREATH:
            self._tell_progress()

    def finish(self) -> None:
        self._tell_progress()
        self._send(_Done())

    def _tell_progress(self) -> None:
        progress, self._progress, self._since = self._progress, Progress(0, 0), time.monotonic()
        if any(progress):
            self._send(progress)

    def _send(self, message: Any) -> None:
        try:
            self._pipe.send(message)
        except OSError:
            raise _Orphaned from None
