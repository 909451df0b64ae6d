"""Conversations and records that the tests of the case records share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from coach.records.case import Act, CaseRecord, Cause, FollowUp, Heat, Said
from coach.types import STEPS, Turn

SECRET = "a-secret-for-tests-only"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
BROKEN = "Hi, my order 48213 came with a cracked lid. This is the second time! I want my money back. My name is Ana Smith."
REPLY = (
    "Hi Ana, I'm so sorry your order came with a cracked lid. Someone in our warehouse used the wrong packaging, and that is our mistake. "
    "I've refunded 20 euros today to DE63020146201684934072. I've added a free month for the trouble. "
    "From now on we check every lid before it leaves. I'll write to you on Thursday, Ana, to check that all is well."
)


def turn(role: Any, text: str, hours: int = 0, **more: Any) -> Turn:
    """A turn so many hours after the start."""
    return Turn(role, text, START + timedelta(hours=hours), **more)


def request(id: str = "case-1", **more: Any) -> dict[str, Any]:
    """The body of a request to record a broken lid."""
    said = [("customer", BROKEN, 0), ("agent", REPLY, 1)]
    conversation = [{"role": role, "text": text, "at": (START + timedelta(hours=hours)).isoformat()} for role, text, hours in said]
    return {"id": id, "language": "en", "conversation": conversation, **more}


def record(conversation: str = "case-1", due: datetime | None = START + timedelta(days=3), **more: Any) -> CaseRecord:
    """A record made by hand, with one promise."""
    values: dict[str, Any] = {
        "conversation": conversation,
        "language": "en",
        "failure": "damaged",
        "topics": ("damaged",),
        "severity": "normal",
        "problem": Said("My order 48213 came broken.", 0, START),
        "cause": Cause(),
        "done": (Act(Said("I've sent a new one.", 1, START), "replacement"),),
        "extra_mile": (),
        "prevention": (),
        "promises": (FollowUp(Said("I'll write on Thursday.", 1, START), due, "open"),),
        "wish": "replacement",
        "heat": Heat(1, 2, 0),
        "satisfied": False,
        "repeat": False,
        "orders": ("48213",),
        "steps": {step: 1 if step == "solve" else None for step in STEPS},
        "gaps": ("acknowledge", "cause", "control", "prevention"),
        "opened_at": START,
        "first_reply_at": START,
        "closed_at": START,
    }
    return CaseRecord(**(values | more))
