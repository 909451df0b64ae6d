"""When a promise falls due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coach.packs import default_packs
from coach.promises import resolve
from coach.reading import Reader

BASE = datetime(2026, 3, 10, 12, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("time", "due"),
    [
        ("by 16:00", "2026-03-10T16:00"),
        ("by 4 pm", "2026-03-10T16:00"),
        ("on Thursday", "2026-03-12T23:59"),
        ("tomorrow", "2026-03-11T23:59"),
        ("today", "2026-03-10T23:59"),
        ("tomorrow at 10:00", "2026-03-11T10:00"),
        ("by 10:00 tomorrow", "2026-03-11T10:00"),
        ("on Thursday at 4 pm", "2026-03-12T16:00"),
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


def test_a_time_in_two_parts_is_read_as_one() -> None:
    reader = Reader(default_packs()["en"])
    assert reader.time("I'll call you tomorrow at 10:00, or on Friday") == "tomorrow at 10:00"
    assert reader.time("I'll call you by 10:00 tomorrow.") == "by 10:00 tomorrow"
    assert reader.time("I'll call you.") is None
