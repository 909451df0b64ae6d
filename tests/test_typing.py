"""While an agent types, what is kept from key to key must never change a review."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coach.pipeline import Coach
from coach.promises import GRACE
from coach.types import Dismissal, Draft, Turn

NOW = datetime(2026, 3, 10, 12, 0, 30, tzinfo=UTC)
LATE = Turn("customer", "My order 48213 is late and nobody answers!", NOW - timedelta(days=2))
PROMISE = Turn("agent", "I'm sorry it is late. I will write by 12:01.", NOW - timedelta(hours=1))
COACH = Coach()


@pytest.mark.parametrize(
    "text",
    [
        "Hi Jan, what is your order number? You should have read the terms. Is there anything else?",
        "@jan Our policy does not allow it.\n\nThanks\nKim\nSent from the shop. Our policy says no.",
        "unfortunately we can't. please click https://help.example/a.b and tell us. ^KM",
        "Hello!! Calm down. It is 3.5 kg, e.g. two parcels. (1/2)",
    ],
)
@pytest.mark.parametrize("draft", [Draft("", "en", (LATE,)), Draft("", "en", (LATE, PROMISE), closing=True), Draft("", "en")])
def test_every_key_gets_the_review_it_would_get_alone(text: str, draft: Draft) -> None:
    for end in (*range(1, len(text) + 1), *range(len(text), 0, -7)):
        typed = replace(draft, text=text[:end], typing=True)
        kept = COACH.review(typed, NOW)
        COACH._typed.clear()
        assert COACH.review(typed, NOW) == kept


def test_what_an_agent_dismisses_while_typing_is_gone_at_once() -> None:
    draft = Draft("Our policy does not allow it. And", "en", (LATE,), typing=True)
    found = COACH.review(draft, NOW).findings
    assert found
    dismissed = replace(draft, dismissed=tuple(Dismissal(finding.rule, "conversation") for finding in found))
    assert not COACH.review(dismissed, NOW).findings


def test_a_promise_falls_due_between_two_keys() -> None:
    draft = Draft("Here is the news. And", "en", (LATE, PROMISE), typing=True)
    overdue = [
        COACH.review(replace(draft, text=text), at).sequence.promises[0].overdue
        for text, at in (("Here is the news. A", NOW + GRACE), ("Here is the news. An", NOW + GRACE + timedelta(minutes=1)))
    ]
    assert overdue == [False, True]


def test_a_caret_in_the_middle_is_heeded() -> None:
    text = "Our policy does not allow it. Fine."
    draft = Draft(text, "en", (LATE,), typing=True)
    assert COACH.review(draft, NOW).findings
    assert not COACH.review(replace(draft, caret=12), NOW).findings
