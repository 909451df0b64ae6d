"""When a promise falls due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coach.promises import resolve

BASE = datetime(2026, 3, 10, 12, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("time", "due"),
    [
        ("by 16:00", "2026-03-10T16:00"),
        ("by 4 pm", "2026-03-10T16:00"),
        ("on Thursday", "2026-03-12T23:59"),
        ("tomorrow", "2026-03-11T23:59"),
        ("today", "2026-03-10T23:59"),
        ("within 2 hours", "2026-03-10T14:00"),
        ("in 3 days", "2026-03-13T23:59"),
        ("14 May", "2026-05-14T23:59"),
    ],
)
def test_english_times(time: str, due: str) -> None:
    found = resolve(time, BASE, "en")
    assert found is not None
    assert found.isoformat()[:16] == due


def test_no_time_no_due() -> None:
    assert resolve("soonish", BASE, "en") is None
