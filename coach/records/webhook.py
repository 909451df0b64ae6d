"""Tells another program of follow-ups that fell due: signed by the Standard Webhooks scheme, at least once, with back-off.

Only the address in the settings is ever called: no redirect is followed, and nothing of the answer is kept but its status.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
from standardwebhooks import Webhook as Signer

from coach.records.sheet import due_values
from coach.records.store import Due, Store

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
LEASE = timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
MOST_ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a round: how many receivers took, failed, and were given up."""

    told: int = 0
    failed: int = 0
    given_up: int = 0


class Webhook:
    """Posts due follow-ups to `url`, signed with `secret` (base64, also with `whsec_` before it)."""

    def __init__(self, url: str, secret: str, client: httpx.Client | None = None) -> None:
        self._url, self._signer = url, Signer(secret)
        self._client = client or httpx.Client(timeout=TIMEOUT, follow_redirects=False)

    def post(self, due: Due, now: datetime) -> bool:
        """Post one follow-up; whether it was taken (any 2xx). The message's id is the same on every attempt."""
        body = json.dumps(
            {"type": "follow_up.due", "timestamp": now.astimezone(UTC).isoformat().replace("+00:00", "Z"), "data": due_values(due)},
            ensure_ascii=False,
        )
        id = f"{due.record}-{due.number}-{int(due.due.timestamp())}"
        headers = {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(id, now, body),
        }
        try:
            with self._client.stream("POST", self._url, content=body.encode(), headers=headers) as answer:
                return answer.is_success
        except (httpx.HTTPError, httpx.InvalidURL):
            return False

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def tell_due(store: Store, webhook: Webhook, clock: Callable[[], datetime], stopped: Callable[[], bool] = lambda: False) -> Outcome:
    """Tell of every follow-up that fell due and that nobody took yet; one that fails waits longer each time, and is given up in the end."""
    told = failed = given_up = 0
    for due in store.claim(LEASE):
        if stopped():
            break
        if webhook.post(due, clock()):
            store.told(due)
            told += 1
        elif due.attempts >= MOST_ATTEMPTS:
            store.told(due)
            given_up += 1
        else:
            store.retry(due, clock() + wait(due.attempts))
            failed += 1
    return Outcome(told, failed, given_up)


def wait(attempts: int) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, up to a bound, and never at the same moment as others."""
    longer: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 20)
    return min(longer, LONGEST_WAIT) * random.uniform(0.8, 1.2)
