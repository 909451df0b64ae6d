"""Tells another program of follow-ups that fell due: signed by the Standard Webhooks scheme, at least once, with back-off.

Only the address in the settings is ever called: no redirect is followed, and nothing of the answer is kept but its status.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
from standardwebhooks import Webhook as Signer

from coach.records.follow_ups import Due
from coach.records.sheet import due_values
from coach.records.store import Store

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
POST_SECONDS = 15.0
LEASE = timedelta(minutes=2)
MOST_A_ROUND = 20
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

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._signer = url, Signer(secret)
        self._secure = httpx.create_ssl_context()

    def post(self, due: Due, now: datetime) -> bool:
        """Post one follow-up; whether it was taken (any 2xx). However slowly the receiver takes or answers, it is broken off after
        `POST_SECONDS`, and counts as not taken. The message's id is the same on every attempt."""
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
        return asyncio.run(self._send(body.encode(), headers))

    async def _send(self, body: bytes, headers: dict[str, str]) -> bool:
        try:
            async with (
                asyncio.timeout(POST_SECONDS),
                httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, verify=self._secure) as client,
                client.stream("POST", self._url, content=body, headers=headers) as answer,
            ):
                return answer.is_success
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            return False


def tell_due(store: Store, webhook: Webhook, clock: Callable[[], datetime], stopped: Callable[[], bool] = lambda: False) -> Outcome:
    """Tell of follow-ups that fell due and that nobody took yet, at most `MOST_A_ROUND`. One that fails waits longer each time, and is
    given up in the end. Each is claimed just before it is posted, for longer than a post may take: no other server posts it meanwhile."""
    told = failed = given_up = 0
    for _ in range(MOST_A_ROUND):
        claimed = [] if stopped() else store.claim(LEASE, 1)
        if not claimed:
            break
        [due] = claimed
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
