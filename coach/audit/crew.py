"""Who does the work of an audit: this process, or processes on this machine that are started anew when they die.

A pool of many processes gives up all it holds when one dies, and does not tell whose fault it was. So every process is a pool of its
own: what it held is told as lost, the others go on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Protocol, Self

from coach.worker import end_with_parent

Work = Callable[[bytes], bytes]


class WorkerDiedError(RuntimeError):
    """The process that did a piece of work ended; the piece can be asked for again."""


class CrewLostError(RuntimeError):
    """Nobody is left to do the work, and nobody will come; the text says why."""


class Crew(Protocol):
    """Does pieces of work. What is not done raises `WorkerDiedError`, `CrewLostError`, or what the work itself raised."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def size(self) -> int:
        """How many pieces are done at the same time. Raises `CrewLostError` where nobody has been left for a while."""

    def submit(self, work: Work, piece: bytes) -> Future[bytes]:
        """Have a piece of work done."""


class Alone:
    """This process does it, while `submit` is waited for."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def size(self) -> int:
        """One."""
        return 1

    def submit(self, work: Work, piece: bytes) -> Future[bytes]:
        """Do it now."""
        future: Future[bytes] = Future()
        try:
            future.set_result(work(piece))
        except Exception as error:
            future.set_exception(error)
        return future


class Processes:
    """Processes of this machine, one pool each. They end with this one, however it ends."""

    def __init__(self, count: int) -> None:
        self._pools = [_pool() for _ in range(count)]
        self._held = [0] * count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for pool in self._pools:
            if kind is not None:
                _end(pool)
            pool.shutdown(wait=True, cancel_futures=True)

    def size(self) -> int:
        """The number of processes."""
        return len(self._pools)

    def submit(self, work: Work, piece: bytes) -> Future[bytes]:
        """Have the process do it that holds the least."""
        place = min(range(len(self._pools)), key=self._held.__getitem__)
        try:
            asked = self._pools[place].submit(work, piece)
        except BrokenProcessPool:
            self._pools[place].shutdown(wait=False)
            self._pools[place] = _pool()
            asked = self._pools[place].submit(work, piece)
        self._held[place] += 1
        told: Future[bytes] = Future()

        def done(answer: Future[bytes]) -> None:
            self._held[place] -= 1
            if answer.cancelled():
                told.cancel()
                return
            error = answer.exception()
            if isinstance(error, BrokenProcessPool):
                told.set_exception(WorkerDiedError("a worker process ended"))
            elif error is not None:
                told.set_exception(error)
            else:
                told.set_result(answer.result())

        asked.add_done_callback(done)
        return told


def crew_of(processes: int | None = None) -> Crew:
    """This process for one, else so many processes (default: one for each processor that may be used)."""
    count = len(os.sched_getaffinity(0)) if processes is None else processes
    return Alone() if count == 1 else Processes(count)


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _start)


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run ends its workers
    end_with_parent()


def _end(pool: ProcessPoolExecutor) -> None:
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()
