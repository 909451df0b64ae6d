"""What a service does about records by itself: purges old ones at its start and daily, and tells of follow-ups that fell due."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from coach import logs
from coach.records.store import Store, utc_now
from coach.records.webhook import Webhook, tell_due

ROUND_SECONDS = 60.0
PURGE_EVERY = timedelta(days=1)


class Keeper:
    """Runs in a thread of its own: nothing here holds up a request. `round` does what is to be done now."""

    def __init__(self, store: Store, days: int, webhook: Webhook | None = None, clock: Callable[[], datetime] = utc_now) -> None:
        self._store, self._days, self._webhook, self._clock = store, days, webhook, clock
        self._purged: datetime | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="records", daemon=True)

    def start(self) -> None:
        """Begin; the first round comes at once."""
        self._thread.start()

    def stop(self, seconds: float = 20.0) -> None:
        """End after what is under way, a post of the webhook included; wait at most so long."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def round(self) -> None:
        """Purge if a day has passed since the last time, erase what was replaced, and tell of what fell due. Raises `StoreError`."""
        now = self._clock()
        if self._purged is None or now - self._purged >= PURGE_EVERY:
            purged = self._store.purge(self._days)
            self._purged = now
            if purged:
                logs.event("records_purged", records=purged, days=self._days)
        self._store.erase()
        if self._webhook is not None:
            outcome = tell_due(self._store, self._webhook, self._clock, self._stop.is_set)
            if outcome.told or outcome.failed or outcome.given_up:
                logs.event("follow_ups_told", told=outcome.told, failed=outcome.failed, given_up=outcome.given_up)

    def _run(self) -> None:
        while True:
            try:
                self.round()
            except Exception as error:
                logs.failure("records_round_failed", error)
            if self._stop.wait(ROUND_SECONDS):
                return
