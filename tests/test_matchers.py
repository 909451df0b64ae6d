"""Each kind of match, each `unless`, each condition: where a rule fires and where it stays silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coach.situation import continued
from coach.types import Draft, Turn
from tests.small_pack import small_coach

LATE = Turn("customer", "My order 48213 is late.")
ANGRY = Turn("customer", "I'm angry, my wedding dress is late again!")
ABSENT = {"examples": [{"bad": "a", "good": "b"}]}


def fires(tmp_path: Path, rule: dict[str, Any], draft: Draft) -> list[str]:
    """The texts of the rule's findings; `-` where it has no span."""
    coach = small_coach(tmp_path, {"fault": rule})
    return [draft.text[f.span.start : f.span.end] if f.span else "-" for f in coach.review(draft).findings]


@pytest.mark.parametrize(
    ("match", "text", "expected"),
    [
        ({"phrases": ["bad thing"]}, "A bad thing. And a bad thing.", ["bad thing", "bad thing"]),
        ({"phrases": ["bad thing"]}, "A bad thing is a bad thing.", ["bad thing"]),
        ({"phrases": ["bad thing"], "span": "sentence"}, "Well. A bad thing.", ["A bad thing."]),
        ({"phrases": ["bad thing"], "where": "end"}, "A bad thing. One. Two.", []),
        ({"phrases": ["bad thing"], "where": "end"}, "One. A bad thing. Two.", ["bad thing"]),
        ({"phrases": ["bad thing"], "where": "start"}, "One. A bad thing.", []),
        ({"pattern": r"\{\{.*?\}\}"}, "Dear {{name}}, hello.", ["{{name}}"]),
        ({"count": {"move": "question", "over": 2}}, "A? Why? B? So what? No.", ["A? Why? B? So what?"]),
        ({"count": {"move": "question", "over": 2}}, "A? B?", []),
        ({"order": {"first": "question", "before": ["apology"]}}, "Which? Sorry.", ["Which?"]),
        ({"order": {"first": "question", "before": ["apology"]}}, "Sorry. Which?", []),
        ({"order": {"first": "question", "before": ["apology"]}}, "Sorry, which?", []),
        ({"order": {"first": "question", "before": ["apology"]}}, "Fine.", []),
        ({"order": {"first": "question", "before": ["apology"], "apart": ["solution"]}}, "Click which? And why?", ["And why?"]),
        ({"order": {"first": "question", "before": ["apology"], "apart": ["solution"]}}, "Click which? Sorry. And why?", []),
    ],
)
def test_kinds_with_a_place(tmp_path: Path, match: dict[str, Any], text: str, expected: list[str]) -> None:
    assert fires(tmp_path, {"match": [match]}, Draft(text, "en", (LATE,))) == expected


def test_an_earlier_turn_counts_for_order_and_absence(tmp_path: Path) -> None:
    order = {"match": [{"order": {"first": "question", "before": ["apology"]}}]}
    assert fires(tmp_path / "a", order, Draft("Which?", "en", (LATE, Turn("agent", "Sorry.")))) == []
    missing = {"match": [{"missing": ["apology"]}], **ABSENT}
    assert fires(tmp_path / "b", missing, Draft("Fine.", "en", (LATE,))) == ["-"]
    assert fires(tmp_path / "c", missing, Draft("Fine.", "en", (LATE, Turn("agent", "Sorry.")))) == []
    assert fires(tmp_path / "d", missing, Draft("Fine. Sorry.", "en", (LATE,))) == []


def test_absence_waits_for_a_pause_and_for_text(tmp_path: Path) -> None:
    missing = {"match": [{"missing": ["apology"]}], **ABSENT}
    assert fires(tmp_path / "a", missing, Draft("Fine.", "en", (LATE,), typing=True)) == []
    assert fires(tmp_path / "b", missing, Draft("", "en", (LATE,))) == []


@pytest.mark.parametrize(
    ("unless", "text", "expected"),
    [
        ({"phrases": ["nothing"]}, "A bad thing is nothing.", []),
        ({"phrases": ["nothing"]}, "A bad thing. Nothing.", ["bad thing"]),
        ({"phrases": ["nothing"], "where": "draft"}, "A bad thing. Nothing.", []),
        ({"moves": ["apology"]}, "Sorry for a bad thing.", []),
        ({"moves": ["apology"], "where": "before"}, "Sorry. A bad thing.", []),
        ({"moves": ["apology"], "where": "before"}, "A bad thing. Sorry.", ["bad thing"]),
        ({"moves": ["apology"], "where": "before"}, "Sorry, a bad thing.", []),
        ({"moves": ["apology"], "where": "after"}, "Sorry. A bad thing.", ["bad thing"]),
        ({"moves": ["apology"], "where": "after"}, "A bad thing. Sorry.", []),
        ({"moves": ["apology"], "where": "draft"}, "A bad thing. Sorry.", []),
        ({"moves": ["apology"], "where": "conversation"}, "A bad thing. Sorry.", []),
    ],
)
def test_unless(tmp_path: Path, unless: dict[str, Any], text: str, expected: list[str]) -> None:
    assert fires(tmp_path, {"match": [{"phrases": ["bad thing"]}], "unless": [unless]}, Draft(text, "en")) == expected


def test_unless_in_the_conversation(tmp_path: Path) -> None:
    rule = {"match": [{"phrases": ["bad thing"]}], "unless": [{"moves": ["apology"], "where": "conversation"}]}
    assert fires(tmp_path, rule, Draft("A bad thing.", "en", (LATE, Turn("agent", "Sorry.")))) == []


@pytest.mark.parametrize(
    ("condition", "turns", "closing", "holds"),
    [
        ("failure", (LATE,), False, True),
        ("failure", (), False, False),
        ("not failure", (), False, True),
        ("closing", (), True, True),
        ("heat >= 2", (ANGRY,), False, True),
        ("heat >= 2", (LATE,), False, False),
        ("heat <= 1", (LATE,), False, True),
        ("repeat", (ANGRY,), False, True),
        ("severity >= high", (ANGRY,), False, True),
        ("severity >= high", (LATE,), False, False),
        ("first-reply", (LATE,), False, True),
        ("first-reply", (LATE, Turn("agent", "Hi.")), False, False),
        ("G1-open", (LATE,), False, True),
        ("done:apology", (LATE, Turn("agent", "Sorry.")), False, True),
        ("does:apology", (LATE, Turn("agent", "Sorry.")), False, False),
        ("ever:apology", (LATE, Turn("agent", "Sorry.")), False, True),
        ("wish:refund", (Turn("customer", "I want my money back"),), False, True),
    ],
)
def test_conditions(tmp_path: Path, condition: str, turns: tuple[Turn, ...], closing: bool, holds: bool) -> None:
    rule = {"match": [{"phrases": ["bad thing"]}], "when": [condition]}
    assert bool(fires(tmp_path, rule, Draft("A bad thing.", "en", turns, closing))) is holds


def test_severity_changes_with_the_situation(tmp_path: Path) -> None:
    rule = {"match": [{"phrases": ["bad thing"]}], "severity": [{"when": ["heat >= 2"], "to": "error"}]}
    coach = small_coach(tmp_path, {"fault": rule})
    assert [f.severity for f in coach.review(Draft("A bad thing.", "en", (LATE,))).findings] == ["warning"]
    assert [f.severity for f in coach.review(Draft("A bad thing.", "en", (ANGRY,))).findings] == ["error"]


def test_a_half_typed_sentence_gives_no_finding_but_what_it_does_counts(tmp_path: Path) -> None:
    wording = {"match": [{"phrases": ["bad thing"]}]}
    assert fires(tmp_path / "a", wording, Draft("It is a bad thing", "en", typing=True)) == []
    assert fires(tmp_path / "b", wording, Draft("It is a bad thing ", "en", typing=True)) == []
    assert fires(tmp_path / "c", wording, Draft("A bad thing. And", "en", typing=True)) == ["bad thing"]
    order = {"match": [{"order": {"first": "question", "before": ["apology"]}}]}
    assert fires(tmp_path / "d", order, Draft("I'm sorry for t Which one?", "en", (LATE,), typing=True, caret=15)) == []
    assert fires(tmp_path / "e", order, Draft("I'm sorry for t. Which one?", "en", (LATE,), typing=True, caret=15)) == []


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("2/3 then open the lid", True),
        ("(2/2) Then open it.", True),
        ("Then open the lid. 2/2", True),
        ("Then open the lid. ^Ro (3/3)", True),
        ("1/2 Open the lid.", False),
        ("Open the lid. 1/2", False),
        ("Fill 2/3 of the tank.", False),
        ("3/2 is too much", False),
        ("", False),
    ],
)
def test_later_parts_of_a_message(text: str, later: bool) -> None:
    assert continued(text) is later
