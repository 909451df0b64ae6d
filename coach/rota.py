"""Short work on the event loop, a few pieces for each round of it: in between, what came over the sockets is taken in, so that a review
is made of the newest draft, however many agents wait for theirs."""

from __future__ import annotations

import asyncio
from collections import deque

AT_ONCE = 8


class Rota:
    """Hands out slots, first come first served, `AT_ONCE` for each round of the loop. What the caller does from `await rota.slot()` up to
    its next `await` is its piece."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._left = AT_ONCE
        self._armed = False
        self._loop: asyncio.AbstractEventLoop | None = None

    async def slot(self) -> None:
        """Wait for a slot."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._left, self._armed = loop, AT_ONCE, False
            self._waiting.clear()
        if not self._armed:
            self._armed = True
            loop.call_soon(self._round)
        if self._left and not self._waiting:
            self._left -= 1
            return
        mine: asyncio.Future[None] = loop.create_future()
        self._waiting.append(mine)
        await mine

    def _round(self) -> None:
        self._left = AT_ONCE
        while self._left and self._waiting:
            first = self._waiting.popleft()
            if not first.done():
                first.set_result(None)
                self._left -= 1
        self._armed = self._left < AT_ONCE
        if self._armed and self._loop is not None:
            self._loop.call_soon(self._round)
