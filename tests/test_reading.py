"""What sentences and customer turns are read as."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.packs import open_pack
from coach.reader import PlainReader
from coach.types import Draft
from tests.small_pack import write_pack


@pytest.fixture
def reader(tmp_path: Path) -> PlainReader:
    return PlainReader(open_pack("en", write_pack(tmp_path, {"fault": {"match": [{"phrases": ["bad thing"]}]}})))


def moves(reader: PlainReader, text: str) -> set[str]:
    return set(reader.sentence(text).moves)


def test_moves_come_from_phrases_and_question_marks(reader: PlainReader) -> None:
    assert "apology" in moves(reader, "I'm sorry.")
    assert "apology" not in moves(reader, "I'm sorry to say no.")
    assert "question" in moves(reader, "Which one?")
    assert "question" in moves(reader, "Please send it")
    assert "question" not in moves(reader, "Does it work?")
    assert "question" not in moves(reader, "See https://a.b/?c=d")


def test_a_dated_follow_up_is_one_with_a_time(reader: PlainReader) -> None:
    assert "dated-follow-up" in moves(reader, "I will write by 16:00.")
    assert "dated-follow-up" not in moves(reader, "I will write.")


def test_quoted_words_are_not_the_agents(reader: PlainReader) -> None:
    assert not reader.sentence("You wrote “a bad thing happened” to us").hits
    assert reader.sentence("A bad thing happened").hits


@pytest.mark.parametrize(
    ("text", "marked"), [("Yes, I'll call you.", "I'll call"), ("We’ll call you.", "We’ll call"), ("will call", "will call")]
)
def test_a_word_is_marked_whole(tmp_path: Path, text: str, marked: str) -> None:
    calls = PlainReader(open_pack("en", write_pack(tmp_path, {"fault": {"match": [{"phrases": ["will call"]}]}})))
    (hit,) = calls.sentence(text).hits
    assert text[hit.start : hit.end] == marked


def test_a_sentence_is_read_once(reader: PlainReader) -> None:
    for end in range(20):
        reader.read(Draft("It is done. " + "x" * end, "en", typing=True))
    assert reader.sentence.cache_info().misses == 1


def test_a_half_typed_sentence_is_not_read_at_the_end_and_not_closed_elsewhere(reader: PlainReader) -> None:
    text = "It is done. A bad thing"
    assert [s.closed for s in reader.read(Draft(text, "en", typing=True)).sentences] == [True]
    assert [s.closed for s in reader.read(Draft(text + " ", "en", typing=True)).sentences] == [True]
    assert [s.closed for s in reader.read(Draft(text, "en")).sentences] == [True, True]
    assert [s.closed for s in reader.read(Draft(text, "en", typing=True, caret=4)).sentences] == [False, True]


@pytest.mark.parametrize(
    ("text", "problem", "heat"),
    [
        ("It is broken.", True, 0),
        ("It is not broken.", False, 0),
        ("I'm annoyed, it is broken", True, 1),
        ("THIS LAMP CAME BROKEN AND NOBODY CARES", True, 2),
        ("I'm angry!", True, 2),
        ("my lawyer will call", True, 3),
        ("Do you sell lamps?", False, 0),
    ],
)
def test_trouble_and_heat(reader: PlainReader, text: str, problem: bool, heat: int) -> None:
    said = reader.customer(text)
    assert (said.problem, said.heat) == (problem, heat)


def test_facts_keep_their_place(reader: PlainReader) -> None:
    text = "Hi 😀 my name is Dana, order 48213 is late, I want my money back"
    said = reader.customer(text)
    assert [(fact.slot, fact.value, text[fact.span.start : fact.span.end]) for fact in said.facts] == [
        ("name", "Dana", "Dana"),
        ("order", "48213", "48213"),
    ]
    assert said.wish == "refund"
    assert said.topics == ("late",)
