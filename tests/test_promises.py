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
    "tr": [
        ("yarın 10:00'da", "11T10:00"),
        ("perşembe günü", "12T23:59"),
        ("carsamba gunu", "11T23:59"),
        ("pazartesiye kadar", "16T23:59"),
        ("saat 16:00'ya kadar", "10T16:00"),
        ("16.00'ya kadar", "10T16:00"),
        ("saat 17'ye kadar", "10T17:00"),
        ("2 saat içinde", "10T14:00"),
        ("iki gün içinde", "12T23:59"),
        ("üç iş günü içinde", "13T23:59"),
        ("bugün akşama kadar", "10T23:59"),
        ("mesai bitimine kadar", "10T23:59"),
        ("yarın sabah", "11T12:00"),
        ("12 Mart'a kadar", "12T23:59"),
        ("cuma günü saat 14:30", "13T14:30"),
    ],
    "pl": [
        ("w czwartek", "12T23:59"),
        ("w srode", "11T23:59"),
        ("do poniedziałku", "16T23:59"),
        ("do 16:00", "10T16:00"),
        ("do godziny 16", "10T16:00"),
        ("o 15.30", "10T15:30"),
        ("dzisiaj do 18", "10T18:00"),
        ("jutro o 10:00", "11T10:00"),
        ("do jutra", "11T23:59"),
        ("jutro rano", "11T12:00"),
        ("w ciągu 2 godzin", "10T14:00"),
        ("za dwa dni", "12T23:59"),
        ("w ciągu trzech dni roboczych", "13T23:59"),
        ("do końca dnia", "10T23:59"),
        ("do 12.03", "12T23:59"),
        ("w piątek o 14:30", "13T14:30"),
    ],
}


@pytest.mark.parametrize(("language", "time", "due"), [(language, *case) for language, cases in TIMES.items() for case in cases])
def test_times(language: Language, time: str, due: str) -> None:
    found = resolve(time, BASE, language, default_packs()[language].words.time_forms)
    assert found is not None
    assert found.isoformat()[:16] == f"2026-03-{due}"


@pytest.mark.parametrize(
    ("language", "said", "time"),
    [
        ("tr", "Yarın 10:00'da arayacağım.", "Yarın 10:00"),
        ("tr", "Perşembe günü yazarım.", "Perşembe"),
        ("pl", "Zadzwonię w czwartek.", "w czwartek"),
        ("pl", "Odpiszę do 16:00.", "do 16:00"),
        ("pl", "Dam znać do końca dnia.", "do końca dnia"),
    ],
)
def test_times_are_found_where_they_are_said(language: Language, said: str, time: str) -> None:
    assert PlainReader(default_packs()[language]).time(said) == time


@pytest.mark.parametrize("time", ["soonish", "by 3/4", "on 3/4/2026"])
def test_no_time_or_one_that_may_be_two_gives_no_due(time: str) -> None:
    assert resolve(time, BASE, "en", default_packs()["en"].words.time_forms) is None


def test_a_time_in_two_parts_is_read_as_one() -> None:
    reader = PlainReader(default_packs()["en"])
    assert reader.time("I'll call you tomorrow at 10:00, or on Friday") == "tomorrow at 10:00"
    assert reader.time("I'll call you by 10:00 tomorrow.") == "by 10:00 tomorrow"
    assert reader.time("I'll call you.") is None
