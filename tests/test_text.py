"""Folding keeps length for every code point; UTF-16 offsets agree with the encoder."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.text import Utf16, capital, fold, norm, unaccented, unlinked

ANY = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize("language", ["en", "tr", "pl"])
def test_folding_keeps_the_length_of_every_code_point(language: str) -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert len(fold(everything, language)) == len(everything)
    assert len(norm(everything, language)) == len(everything)


@pytest.mark.parametrize(
    ("text", "language", "folded", "plain"),
    [
        ("İade", "tr", "iade", "iade"),
        ("IŞIK", "tr", "ışık", "isik"),
        ("ÖZÜR dilerim", "tr", "özür dilerim", "ozur dilerim"),
        ("ŁÓDŹ", "pl", "łódź", "lodz"),
        ("I’m SORRY", "en", "i'm sorry", "i'm sorry"),
        ("naïve — yes", "en", "naïve - yes", "naive - yes"),
    ],
)
def test_folding_follows_the_language(text: str, language: str, folded: str, plain: str) -> None:
    assert fold(text, language) == folded
    assert norm(text, language) == plain


@given(ANY)
def test_without_diacritics_the_length_stays(text: str) -> None:
    assert len(unaccented(text)) == len(text)


def test_without_diacritics_a_text_matches_as_before() -> None:
    assert unaccented("İğne, ıŞIK; Źdźbło, ŻÓŁĆ!") == "Igne, iSIK; Zdzblo, ZOLC!"
    for text, language in (("özür dilerim, çok şık ağır", "tr"), ("zażółć gęślą jaźń", "pl")):
        assert norm(unaccented(text), language) == norm(text, language)


@given(ANY)
def test_units_agree_with_the_encoder(text: str) -> None:
    offsets = Utf16(text)
    for point in range(len(text) + 1):
        assert offsets.units(point) == len(text[:point].encode("utf-16-le")) // 2
    assert offsets.length == len(text.encode("utf-16-le")) // 2


@given(ANY)
def test_points_undo_units(text: str) -> None:
    offsets = Utf16(text)
    for point in range(len(text) + 1):
        assert offsets.point(offsets.units(point)) == point


def test_an_offset_inside_a_pair_gives_its_start() -> None:
    assert Utf16("a😀b").point(2) == 1


def test_a_capital_is_that_of_the_language() -> None:
    assert [capital("i", language) for language in ("en", "tr", "pl")] == ["I", "İ", "I"]
    assert capital("ı", "tr") == "I"


def test_an_address_is_one_word_to_the_classifier() -> None:
    assert unlinked("See https://a.example/b?c=d%20e and www.b.example/x.") == "See link and link"
    assert unlinked("Either/or, at a.example") == "Either/or, at a.example"
