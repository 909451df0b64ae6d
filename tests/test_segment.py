"""Sentences, and the parts of a draft that are nobody's business."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.segment import layout

SECOND = "Now to the second thing that you asked about: it took us longer."
HELLO = re.compile(r"Hi \w+,")


def sentences(text: str) -> list[str]:
    return [text[piece.start : piece.end] for piece in layout(text, frozenset({"approx"}), HELLO).pieces]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("Broken.Please wait", ["Broken.", "Please wait"]),
        ("See https://a.b/c.d?e=f for more. Bye", ["See https://a.b/c.d?e=f for more.", "Bye"]),
        ("It costs 12.50 today", ["It costs 12.50 today"]),
        ("About approx. 3 days. Yes.", ["About approx. 3 days.", "Yes."]),
        ("J. Smith is here. OK", ["J. Smith is here.", "OK"]),
        ("1. Open it.\n2. Close it.", ["1. Open it.", "2. Close it."]),
        ("Now go to the 4. step. Then stop.", ["Now go to the 4. step.", "Then stop."]),
        ("We have 4. Step in.", ["We have 4.", "Step in."]),
        ("we have 4. step in.", ["we have 4.", "step in."]),
        ("hi\ncan u send it", ["hi", "can u send it"]),
        ("sorry :) it is on its way :D bye", ["sorry :)", "it is on its way :D", "bye"]),
        ("At 5:P or (see: D) it ends :)", ["At 5:P or (see: D) it ends :)"]),
        ("@ana_1 @bo: Hi Ana, it is here. @carl knows.", ["it is here.", "@carl knows."]),
        ("@ana_1 it is here.", ["it is here."]),
        ("- first\n- second", ["first", "second"]),
        ("Wait... what?! ok", ["Wait...", "what?!", "ok"]),
        ("> you said this\nNo.", ["No."]),
        ("Sure.\n```\nrm -rf .\n```\nDone.", ["Sure.", "Done."]),
        ("Sure.\n-- \nAva\nWe never blame you.", ["Sure."]),
        ("Sure.\n\nKind regards,\nAva Stone\nSupport", ["Sure."]),
        (
            "Sure.\n\nBest regards,\nAva\n\nThis mail is confidential. You failed to read it if you are not the one it was sent to, sorry.",
            ["Sure."],
        ),
        (
            "Sure.\nThanks!\nNow to the second thing that you asked about, which took us a little longer.",
            ["Sure.", "Now to the second thing that you asked about, which took us a little longer."],
        ),
        ("Sprawdzam to.\n\nMiłego dnia!\nAnna Lis", ["Sprawdzam to."]),
        ("Sprawdzam to.\nSerdecznie pozdrawiam,\nAnna Lis\nDział obsługi", ["Sprawdzam to."]),
        (
            "Sprawdzam to.\nMiłego dnia!\nJeszcze jedno w sprawie zwrotu, o który pytał Pan wczoraj: pieniądze są już na koncie.",
            ["Sprawdzam to.", "Jeszcze jedno w sprawie zwrotu, o który pytał Pan wczoraj: pieniądze są już na koncie."],
        ),
        ("Miłego dnia życzy cały nasz zespół z salonu.", ["Miłego dnia życzy cały nasz zespół z salonu."]),
        ("Sure.\nOn Mon, 3 May 2026 Sam wrote:\nyou failed", ["Sure."]),
        ("Sure. ^AB", ["Sure."]),
        ("More at https://a.example/x.y/z?b=1 Let us know.", ["More at https://a.example/x.y/z?b=1", "Let us know."]),
        ("See www.a.example and write to us.", ["See www.a.example and write to us."]),
        ("Sure. /SQ", ["Sure."]),
        ("Hi Sam, it is here.", ["it is here."]),
        ("Hi Sam,\nIt is here.", ["It is here."]),
        ("", []),
        ("  \n ", []),
        ("😀 😀", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "closed"),
    [("One. Two", [True, False]), ("One\nTwo.", [True, True]), ("One\n", [True]), ("One ", [False]), ("We can't ", [False])],
)
def test_only_what_ended_is_closed(text: str, closed: list[bool]) -> None:
    assert [piece.closed for piece in layout(text).pieces] == closed


def test_text_goes_in_after_the_greeting_and_before_the_signature() -> None:
    text = "Hi Sam,\n\nIt is here.\n\nBest regards,\nAva"
    placed = layout(text, greeting=HELLO)
    assert text[: placed.head] == "Hi Sam,"
    assert text[: placed.tail].endswith("It is here.")


def test_a_greeting_without_a_face_is_read_as_well() -> None:
    text = "Dear valued customer, it is here. Bye now."
    faceless = re.compile(r"(?:hi|dear)(?: (?P<faceless>valued customer)| Sam)?,?", re.IGNORECASE)
    placed = layout(text, greeting=faceless)
    assert text[: placed.head] == "Dear valued customer,"
    assert [text[piece.start : piece.end] for piece in placed.pieces] == ["Dear valued customer,", "it is here.", "Bye now."]
    assert [piece.start for piece in layout("Dear Sam, it is here.", greeting=faceless).pieces] == [10]


@given(st.text())
def test_pieces_lie_in_order_inside_the_text(text: str) -> None:
    end = 0
    for piece in layout(text, frozenset({"approx"}), HELLO).pieces:
        assert end <= piece.start < piece.end <= len(text)
        assert text[piece.start : piece.end].strip() == text[piece.start : piece.end]
        end = piece.end


@pytest.mark.parametrize("text", ["http://" * 3_000, "www." * 5_000, "https://a " * 2_000])
def test_runs_of_addresses_stay_cheap(text: str) -> None:
    started = time.process_time()
    layout(text)
    assert time.process_time() - started < 0.5
