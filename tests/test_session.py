"""The websocket conversation without a socket or a clock."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.protocol import Limits, Wire
from coach.session import Greeting, Session
from coach.types import Dismissal, Turn

LIMITS = Limits()
NEVER_RATE = replace(LIMITS, rate=1e9, burst=10**9)


def session(limits: Limits = NEVER_RATE, key: str | None = None) -> Session:
    return Session(0.0, limits, Greeting("1.2.3", classifier=True), None if key is None else key.__eq__)


def say(to: Session, now: float = 0.0, **message: Any) -> list[Wire]:
    return to.receive(json.dumps(message), now)


def draft(to: Session, rev: int, text: str = "Hello.", now: float = 0.0, **fields: Any) -> list[Wire]:
    return say(to, now, type="draft", rev=rev, text=text, **fields)


def codes(messages: list[Wire]) -> list[str]:
    return [str(message.get("code", message["type"])) for message in messages]


def test_hello_is_welcomed_with_the_limits() -> None:
    [welcome] = say(session(), type="hello")
    assert welcome == {
        "type": "welcome",
        "version": "1.2.3",
        "protocol": 1,
        "languages": ["en", "tr", "pl"],
        "classifier": True,
        "records": False,
        "limits": {"message_bytes": 262144, "draft_chars": 20000, "turns": 200, "messages_per_second": 1e9, "idle_seconds": 1800.0},
    }


def test_hello_says_which_language_the_agent_reads() -> None:
    talk = session()
    say(talk, type="hello", language="en", interface="tr")
    draft(talk, 1)
    job = talk.job()
    assert job is not None and (job.draft.language, job.draft.interface) == ("en", "tr")
    assert codes(say(talk, type="hello", interface="xx")) == ["bad_message"]


def test_a_draft_is_reviewed_at_once_and_in_full_after_the_pause() -> None:
    talk = session()
    assert draft(talk, 1, now=10.0) == []
    job = talk.job()
    assert job is not None and (job.rev, job.draft.typing, job.since) == (1, True, 10.0)
    assert talk.job() is None
    assert talk.due() == 10.5
    assert talk.tick(10.49) == [] and talk.job() is None
    assert talk.tick(10.5) == []
    job = talk.job()
    assert job is not None and (job.rev, job.draft.typing, job.draft.text) == (1, False, "Hello.")
    assert talk.tick(99.0) == [] and talk.job() is None
    assert talk.due() == 10.0 + LIMITS.idle_seconds


def test_typing_on_puts_the_full_review_off() -> None:
    talk = session()
    for key in range(10):
        draft(talk, key, "x" * key, now=key * 0.2)
        assert talk.tick(key * 0.2 + 0.19) == []
        job = talk.job()
        assert job is not None and job.draft.typing
    assert talk.due() == pytest.approx(9 * 0.2 + 0.5)


def test_a_full_draft_is_reviewed_once() -> None:
    talk = session()
    draft(talk, 1, full=True)
    job = talk.job()
    assert job is not None and not job.draft.typing
    assert talk.tick(10.0) == [] and talk.job() is None


def test_a_full_draft_after_typing_takes_the_pause_away() -> None:
    talk = session()
    draft(talk, 1)
    draft(talk, 2, full=True)
    assert talk.due() == LIMITS.idle_seconds


def test_the_newest_draft_wins() -> None:
    talk = session()
    for rev in range(1, 6):
        draft(talk, rev, f"draft {rev}", now=rev)
    job = talk.job()
    assert job is not None and (job.rev, job.draft.text, job.since) == (5, "draft 5", 5)
    assert not talk.waiting
    assert talk.superseded == 4


def test_rev_must_rise() -> None:
    talk = session()
    draft(talk, 7)
    for rev in (7, 6, 0):
        [error] = draft(talk, rev, "later")
        assert (error["code"], error["rev"]) == ("stale_rev", rev)
    job = talk.job()
    assert job is not None and job.draft.text == "Hello."
    assert draft(talk, 8) == []
    say(talk, type="hello")
    assert codes(draft(talk, 8)) == ["stale_rev"]


def test_a_draft_sees_the_conversation_as_it_was_when_it_came() -> None:
    talk = session()
    say(talk, type="turn", role="customer", text="It broke.")
    draft(talk, 1, "We are sorry.")
    say(talk, type="turn", role="agent", text="We are sorry.")
    job = talk.job()
    assert job is not None and job.draft.conversation == (Turn("customer", "It broke."),)
    draft(talk, 2, "")
    job = talk.job()
    assert job is not None and len(job.draft.conversation) == 2


def test_sending_the_draft_as_a_turn_ends_the_wait_for_the_pause() -> None:
    talk = session()
    draft(talk, 1, "We are sorry.")
    talk.job()
    say(talk, type="turn", role="agent", text="a note", internal=True)
    say(talk, type="turn", role="customer", text="Well?")
    assert talk.due() == 0.5
    say(talk, type="turn", role="agent", text="We are sorry.")
    assert talk.due() == LIMITS.idle_seconds


def test_hello_sets_language_conversation_and_dismissals_and_again_replaces_them() -> None:
    talk = session()
    say(
        talk,
        type="hello",
        language="tr",
        conversation=[{"role": "customer", "text": "a"}, {"role": "agent", "text": "b", "automatic": True}],
        dismissed=[{"rule": "r", "scope": "rule"}],
    )
    draft(talk, 1, "x😀y", caret=3, closing=True)
    job = talk.job()
    assert job is not None
    assert (job.draft.language, job.draft.closing, job.draft.caret) == ("tr", True, 2)
    assert job.draft.conversation == (Turn("customer", "a"), Turn("agent", "b", automatic=True))
    assert job.draft.dismissed == (Dismissal("r", "rule"),)
    say(talk, type="hello")
    draft(talk, 2)
    job = talk.job()
    assert job is not None
    assert (job.draft.language, job.draft.conversation, job.draft.dismissed) == ("auto", (), ())


def test_hello_alone_reviews_nothing() -> None:
    talk = session()
    say(talk, type="hello", conversation=[{"role": "customer", "text": "a"}])
    assert talk.job() is None
    assert talk.due() == LIMITS.idle_seconds


def test_dismissing_and_restoring_review_the_newest_draft_again() -> None:
    talk = session()
    draft(talk, 1, "Calm down.")
    talk.job()
    assert say(talk, type="feedback", action="dismiss", rule="r", scope="here", text="Calm down") == []
    job = talk.job()
    assert job is not None and job.rev == 1 and job.draft.typing
    assert job.draft.dismissed == (Dismissal("r", "here", "Calm down"),)
    talk.tick(1.0)
    talk.job()
    say(talk, type="feedback", action="dismiss", rule="s")
    job = talk.job()
    assert job is not None and not job.draft.typing, "after the full review the next one is full too"
    assert job.draft.dismissed == (Dismissal("r", "here", "Calm down"), Dismissal("s", "conversation"))
    say(talk, type="feedback", action="restore", rule="r", scope="here", text="Calm down")
    job = talk.job()
    assert job is not None and job.draft.dismissed == (Dismissal("s", "conversation"),)


@pytest.mark.parametrize(
    ("restore", "left"),
    [
        ({}, []),
        ({"scope": "rule"}, ["here a", "here b", "conversation None"]),
        ({"scope": "here"}, ["conversation None", "rule None"]),
        ({"scope": "here", "text": "a"}, ["here b", "conversation None", "rule None"]),
        ({"scope": "here", "text": "c"}, ["here a", "here b", "conversation None", "rule None"]),
    ],
)
def test_restoring_takes_back_what_it_names(restore: dict[str, Any], left: list[str]) -> None:
    talk = session()
    dismissed = [{"scope": "here", "text": "a"}, {"scope": "here", "text": "b"}, {"scope": "conversation"}, {"scope": "rule"}]
    say(talk, type="hello", dismissed=[{"rule": "r", **dismissal} for dismissal in dismissed] + [{"rule": "other", "scope": "rule"}])
    say(talk, type="feedback", action="restore", rule="r", **restore)
    draft(talk, 1)
    job = talk.job()
    assert job is not None
    assert [f"{d.scope} {d.text}" for d in job.draft.dismissed if d.rule == "r"] == left
    assert Dismissal("other", "rule") in job.draft.dismissed


def test_feedback_without_a_draft_or_about_applying_answers_nothing() -> None:
    talk = session()
    assert say(talk, type="feedback", action="dismiss", rule="r") == [] and talk.job() is None
    draft(talk, 1)
    talk.job()
    assert say(talk, type="feedback", action="applied", rule="r") == [] and talk.job() is None
    assert [message.action for message in talk.feedback] == ["dismiss", "applied"]


def test_dismissals_of_before_and_again_count_once_and_are_limited() -> None:
    talk = session(replace(NEVER_RATE, dismissals=2))
    for rule in "aabb":
        assert say(talk, type="feedback", action="dismiss", rule=rule) == []
    assert codes(say(talk, type="feedback", action="dismiss", rule="c")) == ["too_long"]
    assert codes(say(talk, type="hello", dismissed=[{"rule": r, "scope": "rule"} for r in "abc"])) == ["too_long"]


def test_conversation_limits_leave_the_session_usable() -> None:
    talk = session(replace(NEVER_RATE, turns=2, turn_chars=10, conversation_chars=15, draft_chars=5))
    assert say(talk, type="turn", role="agent", text="x" * 10) == []
    assert codes(say(talk, type="turn", role="agent", text="x" * 6)) == ["too_long"]
    assert codes(say(talk, type="turn", role="agent", text="x" * 11)) == ["too_long"]
    assert say(talk, type="turn", role="agent", text="x") == []
    assert codes(say(talk, type="turn", role="agent", text="x")) == ["too_long"]
    [error] = draft(talk, 1, "xxxxxx")
    assert (error["code"], error["rev"]) == ("too_long", 1)
    assert draft(talk, 1, "xxxxx") == []
    job = talk.job()
    assert job is not None and len(job.draft.conversation) == 2


def test_a_hello_that_is_too_long_changes_nothing() -> None:
    talk = session(replace(NEVER_RATE, turns=1))
    say(talk, type="hello", language="pl", conversation=[{"role": "agent", "text": "a"}])
    assert codes(say(talk, type="hello", conversation=[{"role": "agent", "text": "b"}] * 2)) == ["too_long"]
    draft(talk, 1)
    job = talk.job()
    assert job is not None and (job.draft.language, job.draft.conversation) == ("pl", (Turn("agent", "a"),))


def test_messages_that_are_too_long_or_binary_or_no_json() -> None:
    talk = session(replace(NEVER_RATE, message_bytes=100))
    assert codes(talk.receive("x" * 101, 0.0)) == ["too_long"]
    assert codes(talk.receive(b'{"type":"hello"}', 0.0)) == ["bad_frame"]
    assert codes(talk.receive("{", 0.0)) == ["bad_json"]
    assert codes(say(talk, type="hello")) == ["welcome"]


def test_what_the_engine_has_not_seen_is_counted() -> None:
    talk = session()
    say(talk, type="hello", conversation=[{"role": "agent", "text": "x" * 100}])
    say(talk, type="turn", role="agent", text="x" * 10)
    draft(talk, 1, "x" * 5)
    job = talk.job()
    assert job is not None and job.fresh == 115
    draft(talk, 2, "x" * 6)
    job = talk.job()
    assert job is not None and job.fresh == 1
    talk.tick(5.0)
    job = talk.job()
    assert job is not None and job.fresh == 0


def test_what_was_said_is_to_be_read_ahead_once() -> None:
    talk = session()
    assert talk.unread(100) == ("auto", ())
    said = [{"role": "customer", "text": "It broke."}, {"role": "agent", "text": "Oh no."}]
    say(talk, type="hello", language="en", conversation=said)
    assert [turn.text for turn in talk.unread(100)[1]] == ["It broke.", "Oh no."]
    assert talk.unread(100) == ("en", ())
    say(talk, type="turn", role="customer", text="Still.")
    assert [turn.text for turn in talk.unread(100)[1]] == ["Still."]
    say(talk, type="turn", role="customer", text="x" * 101)
    assert talk.unread(100) == ("en", ()) == talk.unread(1000), "too much to read in between"


def test_rate() -> None:
    talk = session(replace(LIMITS, rate=10.0, burst=5))
    now = 100.0
    for rev in range(5):
        assert draft(talk, rev, now=now) == []
    assert codes(draft(talk, 5, now=now)) == ["rate"]
    assert talk.closed == "rate" and not talk.waiting
    assert draft(talk, 6, now=now + 100) == [] and talk.tick(now + 100) == []


def test_twenty_keys_a_second_are_never_too_many() -> None:
    talk = session(LIMITS)
    for rev in range(20 * 60):
        assert draft(talk, rev, now=rev / 20) == []
    for rev in range(1200, 1310):
        assert draft(talk, rev, now=70.0) == [], "nor what piled up while the line was slow"


def test_garbage_counts_against_the_rate_too() -> None:
    talk = session(replace(LIMITS, burst=3))
    assert [codes(talk.receive("{", 0.0)) for _ in range(5)] == [["bad_json"]] * 3 + [["rate"], []]


def test_idle() -> None:
    talk = session(replace(NEVER_RATE, idle_seconds=60.0))
    draft(talk, 1, now=50.0)
    assert talk.tick(109.9) == []
    assert talk.due() == 110.0
    assert codes(talk.tick(110.0)) == ["idle"]
    assert talk.closed == "idle"
    assert talk.tick(200.0) == [] and draft(talk, 2, now=200.0) == []


KEY = "a-key-of-this-service"


def test_a_key_opens() -> None:
    talk = session(key=KEY)
    assert codes(say(talk, type="hello", key=KEY)) == ["welcome"]
    assert draft(talk, 1) == [] and talk.waiting
    assert codes(say(talk, type="hello")) == ["welcome"], "it is asked for once"
    assert codes(say(talk, type="hello", key="wrong")) == ["unauthorized"]


@pytest.mark.parametrize(
    "first",
    [
        {"type": "hello"},
        {"type": "hello", "key": "wrong"},
        {"type": "hello", "key": ""},
        {"type": "draft", "rev": 1, "text": "x"},
        {"type": "turn", "role": "agent", "text": "x"},
        {"type": "feedback", "action": "dismiss", "rule": "x"},
    ],
)
def test_without_the_key_nothing_opens(first: dict[str, Any]) -> None:
    talk = session(key=KEY)
    assert codes(say(talk, **first)) == ["unauthorized"]
    assert talk.closed == "unauthorized" and not talk.waiting
    assert say(talk, type="hello", key=KEY) == []


def test_who_presents_no_key_is_not_kept() -> None:
    talk = session(key=KEY)
    for second in range(9):
        talk.receive("{", float(second))
    assert talk.due() == LIMITS.hello_seconds
    assert codes(talk.tick(LIMITS.hello_seconds)) == ["unauthorized"]


def test_without_keys_a_key_is_not_looked_at() -> None:
    assert codes(say(session(), type="hello", key="any")) == ["welcome"]


TEXTS = st.text(alphabet="ab😀İ\n", max_size=8)
TURNS = st.fixed_dictionaries({"role": st.sampled_from(["agent", "customer"]), "text": TEXTS})
MESSAGES = st.one_of(
    st.builds(lambda turns: {"type": "hello", "conversation": turns}, st.lists(TURNS, max_size=3)),
    TURNS.map(lambda turn: {"type": "turn", **turn}),
    st.builds(lambda rev, text, full: {"type": "draft", "rev": rev, "text": text, "full": full}, st.integers(-1, 9), TEXTS, st.booleans()),
    st.builds(
        lambda action, rule: {"type": "feedback", "action": action, "rule": rule},
        st.sampled_from(["dismiss", "restore", "applied"]),
        st.sampled_from("xyz"),
    ),
    st.just({"type": "nonsense"}),
)


@given(st.lists(st.tuples(MESSAGES, st.floats(0, 2), st.booleans()), max_size=30))
def test_whatever_is_said_drafts_are_answered_in_order(said: list[tuple[dict[str, Any], float, bool]]) -> None:
    talk, now, answered, sent = session(replace(LIMITS, idle_seconds=1e6, rate=1e9)), 0.0, -1, -1
    for message, wait, look in said:
        now += wait
        assert talk.tick(now) == []
        errors = say(talk, now, **message)
        if message["type"] == "draft" and not errors:
            sent = message["rev"]
        assert talk.due() > now - 1e-9
        if look and (job := talk.job()):
            assert answered <= job.rev == sent
            answered = job.rev
    talk.tick(now + 1)
    if job := talk.job():
        answered = job.rev
    assert answered == sent, "the newest draft never stays unanswered"
