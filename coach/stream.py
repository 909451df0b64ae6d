"""A websocket driven by a `Session`: reads without waiting for reviews, so that the newest draft wins and memory stays flat."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from coach import logs
from coach.metrics import Metrics
from coach.pipeline import Coach
from coach.protocol import ProtocolError, Wire, encode, error_message, review_message
from coach.records.case import Conversation
from coach.records.compose import Read, read_case
from coach.rota import Rota
from coach.session import Job, Session
from coach.types import Draft, Review
from coach.worker import Worker

BACKLOG = 32
FLUSH_SECONDS = 5.0
INLINE_CHARS = 4_000
PIECE_SECONDS = 0.002
_CLOSE_CODES = {"unauthorized": 1008, "rate": 1008, "idle": 1000}


@dataclass(frozen=True)
class Desk:
    """What reviews drafts and counts them. Long unseen texts are read in `pool`, so that nobody else waits for them, and full reviews
    in the `worker`'s process, where there is one."""

    coach: Coach
    metrics: Metrics
    pool: Executor
    worker: Worker | None = None
    rota: Rota = field(default_factory=Rota)
    clock: Callable[[], float] = field(default=time.monotonic)

    @property
    def classified(self) -> bool:
        """Whether full reviews ask the classifier."""
        return self.worker is not None or self.coach.classifier is not None

    def inline(self, draft: Draft, fresh: int) -> bool:
        """Whether a review takes so little time that it can be done in between; one that asks the classifier does not."""
        return short(draft, fresh) and (draft.typing or not self.classified)

    async def review(self, draft: Draft, fresh: int, entrance: str, since: float) -> Review:
        """Review a draft that holds about `fresh` characters not seen before and came at `since`."""
        if self.inline(draft, fresh):
            return self.reviewed(draft, entrance, since)
        if self.worker is not None and not draft.typing:
            review = await self.worker.review(draft)
        else:
            review = await asyncio.get_running_loop().run_in_executor(self.pool, self.coach.review, draft)
        self.metrics.reviewed(review, entrance, self.clock() - since)
        return review

    def reviewed(self, draft: Draft, entrance: str, since: float) -> Review:
        """Review a draft at once."""
        review = self.coach.review(draft)
        self.metrics.reviewed(review, entrance, self.clock() - since)
        return review

    async def read_case(self, conversation: Conversation) -> Read | None:
        """Read a finished conversation for its record, where full reviews are made."""
        if self.worker is not None:
            return await self.worker.read_case(conversation)
        return await asyncio.get_running_loop().run_in_executor(self.pool, read_case, conversation, self.coach)


def short(draft: Draft, fresh: int) -> bool:
    """Whether a review takes so little time that it can be done in between."""
    return fresh <= INLINE_CHARS and (draft.typing or len(draft.text) <= INLINE_CHARS)


class Stream:
    """One accepted connection. One task reads and keeps only the newest draft, another reviews and sends."""

    def __init__(self, socket: WebSocket, session: Session, desk: Desk) -> None:
        self._socket, self._session, self._desk = socket, session, desk
        self._out: deque[Wire] = deque()
        self._wake, self._room = asyncio.Event(), asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._slow: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Talk until either side closes."""
        self._arm()
        writer = asyncio.create_task(self._write())
        try:
            await self._read(writer)
            if self._session.closed:
                await asyncio.wait([writer], timeout=FLUSH_SECONDS)
        finally:
            if self._timer is not None:
                self._timer.cancel()
            if self._slow is not None:
                self._slow.cancel()
            writer.cancel()

    async def _read(self, writer: asyncio.Task[None]) -> None:
        session, clock, receive = self._session, self._desk.clock, self._socket.receive
        while not session.closed and not writer.done():
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return
            data = event.get("text")
            superseded = session.superseded
            self._out.extend(session.receive(event["bytes"] if data is None else data, clock()))
            self._wake.set()
            if session.superseded > superseded:
                self._desk.metrics.superseded.inc()
            while session.feedback:
                said = session.feedback.pop()
                self._desk.metrics.fed_back(said.action, said.rule)
            while len(self._out) >= BACKLOG and not writer.done():
                self._room.clear()
                await self._room.wait()

    async def _write(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._out:
                    await self._send(self._out.popleft())
                self._room.set()
                if self._session.closed:
                    await self._socket.close(_CLOSE_CODES[self._session.closed])
                    return
                if self._session.waiting:
                    await self._read_ahead()
                    await self._next()
                    self._wake.set()
        except (WebSocketDisconnect, OSError):
            pass
        except Exception as error:
            logs.failure("stream_failed", error)
        finally:
            self._room.set()

    async def _read_ahead(self) -> None:
        """Read what was said so far in pieces: together it would hold up everybody's keys."""
        language, unread = self._session.unread(INLINE_CHARS)
        until = 0.0
        for turn in unread:
            if time.monotonic() >= until:
                await self._desk.rota.slot()
                until = time.monotonic() + PIECE_SECONDS
            self._desk.coach.read_ahead(turn, language)

    async def _next(self) -> None:
        """Review the newest draft, when this connection has its slot."""
        desk, session = self._desk, self._session
        await desk.rota.slot()
        job = session.job()
        if job is None:
            return
        self._arm()
        if self._slow is not None:
            self._slow.cancel()
        if not short(job.draft, job.fresh):
            await self._answer(job)
        elif desk.inline(job.draft, job.fresh):
            await self._send(self._answered(job))
        else:
            self._slow = asyncio.create_task(self._answer(job))

    def _answered(self, job: Job) -> Wire:
        """The answer to a draft whose review takes no time to speak of."""
        try:
            return review_message(job.rev, self._desk.reviewed(job.draft, "stream", job.since), job.draft)
        except Exception as error:
            return self._failed(job, error)

    def _failed(self, job: Job, error: Exception) -> Wire:
        logs.failure("review_failed", error)
        return error_message(ProtocolError("internal", "this draft could not be reviewed"), job.rev)

    async def _answer(self, job: Job) -> None:
        try:
            review = await self._desk.review(job.draft, job.fresh, "stream", job.since)
        except asyncio.CancelledError:
            self._desk.metrics.superseded.inc()
            raise
        except Exception as error:
            await self._send(self._failed(job, error))
            return
        if not self._session.waiting:
            await self._send(review_message(job.rev, review, job.draft))

    async def _send(self, message: Wire) -> None:
        if message["type"] == "error":
            self._desk.metrics.errors.labels("stream", message["code"]).inc()
        await self._socket.send({"type": "websocket.send", "text": encode(message).decode()})

    def _arm(self) -> None:
        """Have `_tick` called when the session is due; an earlier call is only put off when it comes."""
        delay = max(self._session.due() - self._desk.clock(), 0.001)
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            if self._timer.when() <= loop.time() + delay:
                return
            self._timer.cancel()
        self._timer = loop.call_later(delay, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._out.extend(self._session.tick(self._desk.clock()))
        if self._out or self._session.waiting:
            self._wake.set()
        if not self._session.closed:
            self._arm()
