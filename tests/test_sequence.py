"""Turns fold into a state; gates open and pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.pipeline import Coach
from coach.types import GATES, STEPS, Draft, Sequence, Turn
from tests.small_pack import small_coach

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATE = Turn("customer", "My order 48213 is late.")


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Coach:
    return small_coach(tmp_path_factory.mktemp("pack"))


def state(coach: Coach, *turns: Turn, draft: str = "", at: datetime | None = None, closing: bool = False) -> Sequence:
    return coach.review(Draft(draft, "en", turns, closing, at), NOW).sequence


def test_without_trouble_the_gates_are_idle(coach: Coach) -> None:
    calm = state(coach, Turn("customer", "Do you sell lamps?"))
    assert not calm.failure
    assert {gate.state for gate in calm.gates.values()} == {"idle"}
    assert calm.next is None


def test_a_reported_failure_opens_the_first_gate(coach: Coach) -> None:
    told = state(coach, LATE)
    assert told.failure
    assert told.gates["G1"].missing == ("acknowledge", "apologise")
    assert told.next is not None
    assert told.next.step == "acknowledge"
    assert [fact.value for fact in told.facts] == ["48213"]


def test_draft_and_earlier_turns_count_apart(coach: Coach) -> None:
    drafted = state(coach, LATE, draft="I see your order is late, and I'm sorry.")
    assert drafted.steps["acknowledge"] == drafted.steps["apologise"] == "draft"
    assert drafted.gates["G1"].state == "passed"
    done = state(coach, LATE, Turn("agent", "I see your order is late, and I'm sorry."))
    assert done.steps["acknowledge"] == done.steps["apologise"] == "done"


def test_automatic_and_internal_turns_do_not_count(coach: Coach) -> None:
    sorry = "I see your order, sorry."
    for turn in (Turn("agent", sorry, automatic=True), Turn("agent", sorry, internal=True), Turn("agent", f"Automatic reply. {sorry}")):
        assert state(coach, LATE, turn).gates["G1"].state == "open"


def test_a_jump_of_heat_opens_the_first_gate_again(coach: Coach) -> None:
    calmed = (LATE, Turn("agent", "I see your order, sorry."))
    assert state(coach, *calmed, Turn("customer", "ok")).gates["G1"].state == "passed"
    assert state(coach, *calmed, Turn("customer", "I'm angry, it is late again!")).gates["G1"].state == "open"


def test_the_last_gate_wants_fix_check_and_follow_up(coach: Coach) -> None:
    assert state(coach, LATE, closing=True).gates["G4"].missing == ("fix", "satisfaction-check", "follow-up")
    closed = state(coach, LATE, draft="I refunded it. Does it work? I will write tomorrow.", closing=True)
    assert closed.gates["G4"].state == "passed"


def test_severity_wish_and_repeat_are_kept(coach: Coach) -> None:
    told = state(coach, Turn("customer", "The dress for my wedding is late again. I want my money back."))
    assert (told.severity, told.wish, told.repeat) == ("grave", "refund", True)


def test_a_promise_falls_due(coach: Coach) -> None:
    promise = Turn("agent", "Sorry. I will write by 16:00.", NOW - timedelta(hours=22))
    turns = (LATE, promise)
    overdue = state(coach, *turns).promises
    assert [(p.turn, p.overdue) for p in overdue] == [(1, True)]
    assert overdue[0].due == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert "overdue-promise" in state(coach, *turns).gates["G4"].missing
    early = state(coach, *turns, at=NOW - timedelta(hours=21)).promises
    assert not early[0].overdue
    kept = state(coach, *turns, Turn("agent", "Here I am.", NOW - timedelta(hours=20))).promises
    assert kept[0].kept
    late = state(coach, *turns, Turn("agent", "Here I am.", NOW - timedelta(hours=1))).promises
    assert (late[0].kept, late[0].overdue) == (False, False)


def test_an_archived_conversation_is_read_at_its_own_end(coach: Coach) -> None:
    old = NOW - timedelta(days=400)
    turns = (Turn("customer", "It is late.", old), Turn("agent", "Sorry. I will write by 16:00.", old))
    assert not state(coach, *turns).promises[0].overdue


TURNS = st.lists(
    st.builds(
        Turn,
        st.sampled_from(["customer", "agent"]),
        st.sampled_from(
            ["It is late", "Sorry", "I see your order", "angry", "works now", "I refunded it", "Which?", "", "again broken", "lawyer"]
        ),
        st.none(),
        st.booleans(),
        st.booleans(),
    ),
    max_size=8,
).map(tuple)


@settings(max_examples=200, deadline=None)
@given(TURNS, st.sampled_from(["", "Sorry.", "I refunded it. Does it work?"]))
def test_state_is_pure_and_whole(coach: Coach, turns: tuple[Turn, ...], draft: str) -> None:
    first, second = state(coach, *turns, draft=draft), state(coach, *turns, draft=draft)
    assert first == second
    assert tuple(first.steps) == STEPS
    assert tuple(first.gates) == GATES
    assert first.failure or all(gate.state == "idle" for gate in first.gates.values())
    for gate in first.gates.values():
        assert (gate.state == "open") == bool(gate.missing)


@settings(max_examples=100, deadline=None)
@given(TURNS)
def test_internal_turns_change_nothing(coach: Coach, turns: tuple[Turn, ...]) -> None:
    open_turns = tuple(turn for turn in turns if not turn.internal)
    with_notes, without = state(coach, *turns), state(coach, *open_turns)
    assert with_notes.steps == without.steps
    assert with_notes.gates == without.gates


def test_heat_follows_the_newest_customer_turn(coach: Coach) -> None:
    assert state(coach, Turn("customer", "I'm angry, it is late"), Turn("customer", "thanks")).heat == 0
