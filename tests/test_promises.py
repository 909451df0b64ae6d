"""When a promise falls due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coach.packs import default_packs
from coach.promises import resolve
from coach.reader import PlainReader
from coach.types import Language

BASE = datetime(2026, 3, 10, 12, tzinfo=UTC)  # a Tuesday


TIMES = {
    "en": [
        ("by 16:00", "10T16:00"),
        ("by 4 pm", "10T16:00"),
        ("on Thursday", "12T23:59"),
        ("on Wednesday", "11T23:59"),
        ("tomorrow", "11T23:59"),
        ("today", "10T23:59"),
        ("by the end of the day", "10T23:59"),
        ("tomorrow morning", "11T12:00"),
        ("tomorrow at 10:00", "11T10:00"),
        ("by 10:00 tomorrow", "11T10:00"),
        ("on Thursday at 4 pm", "12T16:00"),
        ("within 2 hours", "10T14:00"),
        ("within an hour", "10T13:00"),
        ("in 3 days", "13T23:59"),
        ("14 March", "14T23:59"),
    ],
}


@pytest.mark.parametrize(("language", "time", "due"), [(language, *case) for language, cases in TIMES.items() for case in cases])
def test_times(language: Language, time: str, due: str) -> None:
    found = resolve(time, BASE, language, default_packs()[language].words.time_forms)
    assert found is not None
    assert found.isoformat()[:16] == f"2026-03-{due}"


@pytest.mark.parametrize("time", ["soonish", "by 3/4"])
def test_no_time_or_one_that_may_be_two_gives_no_due(time: str) -> None:
    assert resolve(time, BASE, "en", default_packs()["en"].words.time_forms) is None


def test_a_time_in_two_parts_is_read_as_one() -> None:
    reader = PlainReader(default_packs()["en"])
    assert reader.time("I'll call you tomorrow at 10:00, or on Friday") == "tomorrow at 10:00"
    assert reader.time("I'll call you by 10:00 tomorrow.") == "by 10:00 tomorrow"
    assert reader.time("I'll call you.") is None
