"""The checks over a conversation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coach.situation import of_past
from coach.types import Draft, Finding, Turn
from tests.small_pack import WORDS, small_coach

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATE = Turn("customer", "My order 48213 is late.", NOW - timedelta(hours=1))


def run(tmp_path: Path, check: str, text: str, *turns: Turn, closing: bool = False) -> tuple[Finding, ...]:
    mark = (
        "[[bad thing]]"
        if check in ("repeated-ask", "ignored-wish", "understated-severity", "unheard-anger", "wrong-name", "repeats-reply")
        else "a"
    )
    rule = {"match": [{"check": check}], "message": "Found.", "examples": [{"bad": mark, "good": "b"}]}
    return small_coach(tmp_path, {"fault": rule}).review(Draft(text, "en", turns, closing), NOW).findings


def test_repeated_ask(tmp_path: Path) -> None:
    found = run(tmp_path / "a", "repeated-ask", "What is your order number?", LATE)
    assert [f.span and (f.span.start, f.span.end) for f in found] == [(13, 25)]
    assert not run(tmp_path / "b", "repeated-ask", "What is your order number?", Turn("customer", "It is late."))
    assert not run(tmp_path / "c", "repeated-ask", "Is your order number 48213?", LATE)
    assert not run(tmp_path / "d", "repeated-ask", "Can you confirm the order number?", LATE)


@pytest.mark.parametrize(
    ("question", "answer", "again"),
    [
        ("What is your order number?", "88-B", True),
        ("What is your order number?", "where do I find 88-B?", False),
        ("What is your order number?", "no idea", False),
        ("What is your order number?", "I bought two of them on the 4th in the shop", False),
        ("It is late, I see.", "88-B", False),
    ],
)
def test_what_was_asked_and_answered_with_a_number_was_given(tmp_path: Path, question: str, answer: str, again: bool) -> None:
    turns = (Turn("customer", "It is late."), Turn("agent", question), Turn("customer", answer))
    assert bool(run(tmp_path, "repeated-ask", "What is your order number?", *turns)) is again


def test_broken_promise(tmp_path: Path) -> None:
    promise = Turn("agent", "Sorry. I will write by 16:00.", NOW - timedelta(hours=22))
    assert run(tmp_path / "a", "broken-promise", "Here is the news.", LATE, promise)
    assert not run(tmp_path / "b", "broken-promise", "I promised to write and did not.", LATE, promise)
    assert run(tmp_path / "c", "broken-promise", "Here is the news.", Turn("customer", "It is late, you promised!"))
    assert not run(tmp_path / "d", "broken-promise", "Here is the news.", LATE)


def test_unmentioned_wait(tmp_path: Path) -> None:
    old = Turn("customer", "It is late.", NOW - timedelta(days=3))
    assert run(tmp_path / "a", "unmentioned-wait", "Hello.", old)
    assert not run(tmp_path / "b", "unmentioned-wait", "Sorry for the wait.", old)
    assert not run(tmp_path / "c", "unmentioned-wait", "Hello.", old, Turn("agent", "Hi.", NOW - timedelta(days=2)))
    assert not run(tmp_path / "d", "unmentioned-wait", "Hello.", LATE)
    assert not run(tmp_path / "e", "unmentioned-wait", "Hello.", Turn("customer", "It is late."))


def test_ignored_wish(tmp_path: Path) -> None:
    wants = Turn("customer", "It is broken. I want my money back.")
    assert run(tmp_path / "a", "ignored-wish", "Here is a voucher.", wants)
    assert not run(tmp_path / "b", "ignored-wish", "I refunded it, and here is a voucher.", wants)
    assert not run(tmp_path / "c", "ignored-wish", "Here is a voucher.", LATE)


def test_understated_severity(tmp_path: Path) -> None:
    grave = Turn("customer", "The dress for my wedding is late.")
    assert run(tmp_path / "a", "understated-severity", "Oops.", grave)
    assert not run(tmp_path / "b", "understated-severity", "Oops.", LATE)


def test_unmentioned_repeat(tmp_path: Path) -> None:
    again = Turn("customer", "It is broken again.")
    assert run(tmp_path / "a", "unmentioned-repeat", "Click here.", again)
    assert not run(tmp_path / "b", "unmentioned-repeat", "It is the second time. Click here.", again)
    assert not run(tmp_path / "c", "unmentioned-repeat", "Click here.", LATE)


def test_unheard_anger(tmp_path: Path) -> None:
    hot = (LATE, Turn("agent", "Sorry."), Turn("customer", "I'm angry!"))
    assert run(tmp_path / "a", "unheard-anger", "Click here.", *hot)
    assert not run(tmp_path / "b", "unheard-anger", "Sorry. Click here.", *hot)
    assert not run(tmp_path / "c", "unheard-anger", "Click here.", LATE, Turn("agent", "Sorry."), Turn("customer", "ok"))


def test_wrong_name(tmp_path: Path) -> None:
    dana = Turn("customer", "Hello, my name is Dana. It is late.")
    found = run(tmp_path / "a", "wrong-name", "Hi Peter, hello.", dana)
    assert [f.span and (f.span.start, f.span.end) for f in found] == [(3, 8)]
    assert not run(tmp_path / "b", "wrong-name", "Hi Dana, hello.", dana)
    assert not run(tmp_path / "c", "wrong-name", "Hi Peter, hello.", LATE)


@pytest.mark.parametrize(("said", "wrong"), [("Anno", False), ("Marku", True)])
def test_an_inflected_name_is_the_customers(tmp_path: Path, said: str, wrong: bool) -> None:
    rule = {"match": [{"check": "wrong-name"}], "message": "Found.", "examples": [{"bad": "[[bad thing]]", "good": "b"}]}
    coach = small_coach(tmp_path, {"fault": rule}, words=WORDS | {"greeting": "(?:Hi|Dear)(?: (?P<called>[A-Z]\\w+))?[,!]?"})
    draft = Draft(f"Dear {said}, hello.", "en", (Turn("customer", "Hello, my name is Anna. It is late."),))
    assert bool(coach.review(draft, NOW).findings) is wrong


def test_repeats_reply(tmp_path: Path) -> None:
    said = "We have looked into this for you and will keep looking."
    assert run(tmp_path / "a", "repeats-reply", said, LATE, Turn("agent", said))
    assert not run(tmp_path / "b", "repeats-reply", said, LATE)


def test_thin_record(tmp_path: Path) -> None:
    note = Turn("agent", "fixed", internal=True)
    assert run(tmp_path / "a", "thin-record", "Done.", LATE, note, closing=True)
    assert not run(tmp_path / "b", "thin-record", "Done.", LATE)


@pytest.mark.parametrize(
    ("condition", "past"),
    [
        *((name, True) for name in ("failure", "not done:apology", "heat >= 2", "wish:refund", "G1-was-open")),
        *((name, False) for name in ("closing", "not does:apology", "ever:solution", "sentences >= 3", "G1-open")),
    ],
)
def test_which_conditions_hang_on_the_earlier_turns_alone(condition: str, past: bool) -> None:
    assert of_past(condition) is past
