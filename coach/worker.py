"""A process of its own for full reviews, so that the classifier holds up no key: both would share one interpreter otherwise.

The standard library's process pool tells when a worker has died (`BrokenProcessPool`); it is then started anew and asked once more.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from coach import logs
from coach.pipeline import Coach, warm_coach
from coach.records.case import Conversation
from coach.records.compose import Read, read_case
from coach.types import Draft, Review

START_SECONDS = 120.0
NICE = 5  # keys come first where processors are short

Given = TypeVar("Given")
Answer = TypeVar("Answer")
_coach: Coach | None = None


class Worker:
    """Reviews drafts in `processes` processes. They take seconds to load, which begins at once; `ready` waits for it."""

    def __init__(self, rules: Path | None, classifier: Path | None, processes: int = 1) -> None:
        self._made_of = (rules, classifier)
        self._processes = processes
        self._pool = self._open()
        self._loading = [self._pool.submit(_ready) for _ in range(processes)]  # a pool starts its processes when it is first asked

    def ready(self) -> None:
        """Wait until all processes can review. Raises TimeoutError."""
        done, late = wait(self._loading, START_SECONDS)
        if late:
            raise TimeoutError("the process for full reviews did not start")
        for future in done:
            future.result()

    async def review(self, draft: Draft) -> Review:
        """Review a draft; given up if it is cancelled before its turn comes."""
        return await self._asked(_review, draft)

    async def read_case(self, conversation: Conversation) -> Read | None:
        """Read a finished conversation for its record."""
        return await self._asked(_read_case, conversation)

    def close(self) -> None:
        """End the processes; what waits is given up."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _asked(self, question: Callable[[Given], Answer], given: Given) -> Answer:
        pool = self._pool
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, question, given)
        except BrokenProcessPool:
            if self._pool is pool:
                logs.event("worker_died", logging.WARNING, advice="started anew")
                self._pool = self._open()
            return await asyncio.get_running_loop().run_in_executor(self._pool, question, given)

    def _open(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._processes, multiprocessing.get_context("spawn"), _start, self._made_of)


def _start(rules: Path | None, classifier: Path | None) -> None:
    global _coach
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service ends the worker
    os.nice(NICE)
    end_with_parent()
    _coach = warm_coach(rules, classifier)


def end_with_parent() -> None:
    """Have this process end when the one that started it does, killed or not."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(0)


def _ready() -> bool:
    return _coach is not None


def _review(draft: Draft) -> Review:
    assert _coach is not None
    return _coach.review(draft)


def _read_case(conversation: Conversation) -> Read | None:
    assert _coach is not None
    return read_case(conversation, _coach)
