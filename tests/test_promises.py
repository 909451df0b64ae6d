"""When a promise falls due."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from coach.packs import default_packs
from coach.pipeline import Coach
from coach.promises import Commitment, ledger, resolve
from coach.protocol import ProtocolError, parse_lint, to_draft
from coach.reader import PlainReader
from coach.types import Language

BASE = datetime(2026, 3, 10, 12, tzinfo=UTC)  # a Tuesday


TIMES = {
    "en": [
        ("by 16:00", "10T16:00"),
        ("by 4 pm", "10T16:00"),
        ("on 10 March 2026 by 16:00", "10T16:00"),
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


def test_a_time_of_day_is_meant_where_it_was_said() -> None:
    there = timezone(timedelta(hours=3))
    late = datetime(2026, 3, 3, 1, 30, tzinfo=there)
    forms = default_packs()["en"].words.time_forms
    assert resolve("by 16:00", late, "en", forms) == datetime(2026, 3, 3, 13, tzinfo=UTC)
    assert resolve("tomorrow by 16:00", late, "en", forms) == datetime(2026, 3, 4, 13, tzinfo=UTC)
    assert resolve("by tomorrow", late, "en", forms) == datetime(2026, 3, 4, 20, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(("zone", "due"), [(None, 16), ("Europe/Istanbul", 13)])
def test_times_in_utc_are_read_in_the_zone_that_the_client_names(zone: str | None, due: int) -> None:
    turn = {"role": "agent", "text": "I will call you back today by 16:00.", "at": "2026-03-03T09:00:00Z"}
    customer = {"role": "customer", "text": "My parcel never came.", "at": "2026-03-03T08:00:00Z"}
    body = {
        "language": "en",
        "conversation": [customer, turn],
        "draft": "",
        "at": "2026-03-03T09:30:00Z",
        **({"zone": zone} if zone else {}),
    }
    draft = to_draft(parse_lint(json.dumps(body)))
    (promise,) = Coach().review(draft).sequence.promises
    assert promise.due == datetime(2026, 3, 3, due, tzinfo=UTC)


def test_a_zone_that_does_not_exist_is_told() -> None:
    with pytest.raises(ProtocolError, match=r"zone.*no such time zone"):
        parse_lint(json.dumps({"draft": "", "zone": "Europe/Atlantis"}))


def test_whether_a_dated_promise_was_kept_is_unknown_without_times() -> None:
    made = [Commitment("I'll call by 16:00.", 1, datetime(2026, 3, 3, 16, tzinfo=UTC)), Commitment("I'll keep you posted.", 1, None)]
    dated, undated = ledger(made, [], [(1, None), (3, None)], None)
    assert (dated.kept, dated.overdue) == (None, False)
    assert undated.kept is True
