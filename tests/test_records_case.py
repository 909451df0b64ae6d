"""A finished conversation becomes a case record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.pipeline import Coach
from coach.records.case import CAUSES, CaseRecord, Cause, Conversation, Edits, Said, gaps
from coach.records.causes import cause_words, told_cause
from coach.records.compose import LONGEST, case_record, known_names
from coach.records.values import edits_from, edits_values, record_from, record_values
from coach.types import LANGUAGES, STEPS, Language, Turn
from tests.records import BROKEN, REPLY, START, record, turn


@pytest.fixture(scope="module")
def coach() -> Coach:
    return Coach()


def made(coach: Coach, *turns: Turn, language: Any = "en", **more: Any) -> CaseRecord:
    found = case_record(Conversation("c", turns, language, **more), coach)
    assert found is not None
    return found


def test_a_whole_case(coach: Coach) -> None:
    case = made(coach, turn("customer", BROKEN), turn("agent", REPLY, 1), turn("customer", "Great, thank you!", 2))
    assert (case.failure, case.severity, case.repeat, case.wish, case.orders) == ("damaged", "normal", True, "refund", ("48213",))
    assert case.problem is not None and case.problem.words == "Hi, my order 48213 came with a cracked lid." and case.problem.turn == 0
    assert (case.cause.kind, case.cause.control) == ("people", "ours") and case.cause.said is not None and case.cause.said.turn == 1
    assert [act.remedy for act in case.done][:1] == ["refund"] and "refunded 20 euros" in case.done[0].said.words
    assert [said.words for said in case.extra_mile] == ["I've added a free month for the trouble."]
    assert [said.words for said in case.prevention] == ["From now on we check every lid before it leaves."]
    [promise] = case.promises
    assert promise.state == "open" and promise.due is not None and promise.due.date() == (START + timedelta(days=3)).date()
    assert case.steps["acknowledge"] == case.steps["solve"] == 1 and case.steps["satisfaction-check"] is None
    assert (case.opened_at, case.first_reply_at, case.closed_at) == (START, START + timedelta(hours=1), START + timedelta(hours=2))
    assert case.satisfied and case.gaps == (), "a customer who says so is satisfied"


def test_without_a_failure_there_is_nothing_to_record(coach: Coach) -> None:
    assert case_record(Conversation("c", (turn("customer", "What are your opening hours?"),), "en"), coach) is None
    assert case_record(Conversation("c", (), "auto"), coach) is None


def test_it_is_a_pure_function(coach: Coach) -> None:
    talk = Conversation("c", (turn("customer", BROKEN), turn("agent", REPLY, 1)), "en")
    assert case_record(talk, coach) == case_record(talk, Coach())
    undated = Conversation("c", (Turn("customer", BROKEN), Turn("agent", REPLY)), "en")
    case = case_record(undated, coach)
    assert case is not None and case == case_record(undated, coach) and case.closed_at is None and case.promises[0].due is None
    assert "undated-promise" in case.gaps


def test_promises_kept_late_overdue_and_open(coach: Coach) -> None:
    said = (turn("customer", BROKEN), turn("agent", "I'm sorry about the lid. I'll write to you tomorrow.", 1))
    assert made(coach, *said).promises[0].state == "open"
    assert made(coach, *said, at=START + timedelta(days=9)).promises[0].state == "overdue"
    assert made(coach, *said, turn("agent", "Here is the news.", 20)).promises[0].state == "kept"
    late = made(coach, *said, turn("agent", "Here is the news.", 24 * 5))
    assert late.promises[0].state == "late" and "overdue-promise" not in late.gaps


def test_automatic_and_internal_turns_are_not_what_was_done(coach: Coach) -> None:
    sorry = "I'm so sorry your order came with a cracked lid. I've refunded it today."
    case = made(coach, turn("customer", BROKEN), turn("agent", sorry, 1, automatic=True), turn("agent", sorry, 2, internal=True))
    assert case.done == () and case.steps == dict.fromkeys(STEPS) and case.first_reply_at is None


def test_an_internal_note_may_tell_the_cause(coach: Coach) -> None:
    case = made(coach, turn("customer", BROKEN), turn("agent", "Root cause: a faulty batch of lids.", 1, internal=True))
    assert (case.cause.kind, case.cause.control) == ("product", "ours") and case.cause.said is not None and case.cause.said.turn == 1


def test_long_words_are_cut(coach: Coach) -> None:
    case = made(coach, turn("customer", "My order came broken " + "and " * 400))
    assert case.problem is not None and len(case.problem.words) <= LONGEST + 1 and case.problem.words.endswith("…")


def test_names_that_the_conversation_tells(coach: Coach) -> None:
    assert {"Ana"} <= set(known_names(Conversation("c", (turn("customer", BROKEN), turn("agent", REPLY, 1)), "en"), coach))


@pytest.mark.parametrize(
    ("language", "text", "kind", "control"),
    [
        ("en", "The courier lost your parcel.", "partner", None),
        ("en", "The courier lost your parcel, and that is on us.", "partner", "ours"),
        ("en", "It was delayed because of the snow storm, which is beyond our control.", "outside", "outside"),
        ("en", "A bug in last night's update charged you twice.", "system", "ours"),
        ("en", "We forgot to book the lift, our mistake.", "people", "ours"),
        ("en", "This happened because we were short-staffed.", "capacity", "ours"),
        ("en", "The website showed the wrong price.", "information", "ours"),
        ("en", "It turned out that the model was sold out.", "stock", "ours"),
        ("en", "That is our mistake.", None, "ours"),
        ("tr", "Kargo firması paketinizi kaybetmiş.", "partner", None),
        ("tr", "Sistem güncellemesi nedeniyle iki kez çekim yapıldı, hata bizde.", "system", "ours"),
        ("tr", "Yanlış ürünü gönderdik, sorumluluk bize ait.", "people", "ours"),
        ("tr", "Hava muhalefeti nedeniyle gecikti.", "outside", "outside"),
        ("pl", "Kurier zgubił paczkę.", "partner", None),
        ("pl", "Przyczyną była awaria serwera po naszej stronie.", "system", "ours"),
        ("pl", "Wysłaliśmy zły rozmiar, to nasz błąd.", "people", "ours"),
        ("pl", "Powodem była wada produkcyjna.", "product", "ours"),
        ("en", "The courier may have lost your parcel.", None, None),
        ("en", "It was not caused by the courier.", None, None),
        ("en", "Was it damaged by the courier?", None, None),
        ("en", "I need your address because the courier asks for it, please.", None, None),
        ("en", "Your parcel is with the courier.", None, None),
        ("en", "I've sent you a new one today.", None, None),
        ("tr", "Kargo firması kaybetmiş olabilir.", None, None),
        ("tr", "Kargonuz bugün yola çıktı.", None, None),
        ("pl", "Prawdopodobnie kurier zgubił paczkę.", None, None),
        ("pl", "Paczka jest u kuriera.", None, None),
    ],
)
def test_causes(language: Language, text: str, kind: str | None, control: str | None) -> None:
    cause = told_cause([Said(text, 1)], language)
    assert (cause.kind, cause.control) == (kind, control)
    assert (cause.said is None) == (kind is None and control is None)


def test_the_last_cause_told_counts_and_none_is_made_up() -> None:
    first, last = Said("The courier lost it.", 1), Said("Root cause: a bug in the address import.", 5)
    assert told_cause([first, last], "en") == Cause("system", "ours", last)
    assert told_cause([], "en") == told_cause([Said("I'm sorry about that.", 1)], "en") == Cause()


def test_every_language_has_every_cause() -> None:
    for language in LANGUAGES:
        assert tuple(cause_words(language).kinds) == CAUSES


def test_edits_lie_over_each_other_and_fill_gaps() -> None:
    earlier, later = Edits(cause="people", note="one", done=("a",)), Edits(note="two", confirmed=False)
    assert later.over(earlier) == Edits(cause="people", note="two", done=("a",), confirmed=False)
    case = record(gaps=("cause", "control", "overdue-promise", "undated-promise", "fix"))
    assert gaps(case) == ("cause", "control", "fix")
    assert gaps(case, Edits(cause="people", control="ours", done=("Sent it.",))) == ()


def test_values_there_and_back(coach: Coach) -> None:
    case = made(coach, turn("customer", BROKEN), turn("agent", REPLY, 1))
    assert record_from(record_values(case)) == case and record_from({**record_values(case), "later": 1}) == case
    edits = Edits(cause="stock", kept=(0, 2), done=("x",), confirmed=True)
    assert edits_from(edits_values(edits)) == edits and edits_values(Edits()) == {}


TEXTS = st.text(max_size=60) | st.sampled_from([BROKEN, REPLY, "", "It broke!", "Siparişim kırık geldi!", "Paczka nie dotarła!"])
TURNS = st.builds(
    Turn,
    role=st.sampled_from(["customer", "agent"]),
    text=TEXTS,
    at=st.none() | st.integers(0, 10_000).map(lambda minutes: START + timedelta(minutes=minutes)),
    automatic=st.booleans(),
    internal=st.booleans(),
)


@given(st.lists(TURNS, max_size=6), st.sampled_from(["en", "tr", "pl", "auto"]))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_conversation_gives_a_record_or_none(coach: Coach, turns: list[Turn], language: Any) -> None:
    case = case_record(Conversation("c", tuple(turns), language), coach)
    if case is not None:
        assert record_from(record_values(case)) == case and set(case.steps) == set(STEPS)
        assert all(said.words for said in (*case.extra_mile, *case.prevention))
