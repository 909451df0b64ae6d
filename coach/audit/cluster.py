"""A Dask cluster as the crew: its workers do the pieces; the scheduler asks another when one dies. The only file that knows Dask."""

from __future__ import annotations

import logging
import time
from concurrent.futures import CancelledError, Future
from types import TracebackType
from typing import Any, Self

from coach.audit.crew import CrewLostError, Work, WorkerDiedError

CONNECT_SECONDS = 10
WORKER_SECONDS = 60
_ASK_SECONDS = 5.0


class Cluster:
    """The workers of the scheduler at `address` (`tcp://host:8786`, `tls://...`). Raises `CrewLostError` where none answers."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise CrewLostError('--scheduler needs Dask: pip install "reply-coach[cluster]"') from None
        self._address = address
        _quieten()
        try:
            client: Any = Client
            self._client: Any = client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CrewLostError(f"no Dask scheduler answers at {address} ({type(error).__name__})") from None
        self._size, self._asked = 0, float("-inf")
        self._missed: float | None = None

    def __enter__(self) -> Self:
        try:
            self._client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError:
            self._client.close()
            raise self._deserted() from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.close(timeout=2)

    def size(self) -> int:
        """The threads of all workers, as of some seconds ago. Raises `CrewLostError` where there was none for `WORKER_SECONDS`."""
        now = time.monotonic()
        if now - self._asked >= _ASK_SECONDS:
            try:
                self._size = sum(self._client.nthreads().values())
            except Exception as error:
                raise self._lost() from error
            self._asked = now
            self._missed = None if self._size else now if self._missed is None else self._missed
        if self._missed is not None and now - self._missed >= WORKER_SECONDS:
            raise self._deserted()
        return max(self._size, 1)

    def submit(self, work: Work, piece: bytes) -> Future[bytes]:
        """Have any worker do it."""
        told: Future[bytes] = Future()

        def done(answer: Any) -> None:
            try:
                told.set_result(answer.result())
            except Exception as error:
                told.set_exception(self._told(error))

        try:
            self._client.submit(work, piece, pure=False).add_done_callback(done)
        except Exception as error:
            raise self._lost() from error
        return told

    def _told(self, error: Exception) -> Exception:
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        if isinstance(error, KilledWorker):
            return WorkerDiedError("workers of the cluster ended")
        if isinstance(error, CancelledError | FutureCancelledError | OSError | TimeoutError):
            return self._lost()
        return error

    def _deserted(self) -> CrewLostError:
        return CrewLostError(f"the scheduler at {self._address} has had no worker for {WORKER_SECONDS} seconds")

    def _lost(self) -> CrewLostError:
        return CrewLostError(f"the Dask scheduler at {self._address} is gone")


def _quieten() -> None:
    """Dask logs the end of a scheduler with tracebacks; `CrewLostError` tells it in a line."""
    for name in ("distributed", *(name for name in logging.root.manager.loggerDict if name.startswith("distributed."))):
        logging.getLogger(name).setLevel(logging.CRITICAL)
