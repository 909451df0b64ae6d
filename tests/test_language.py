"""Which language a draft is in."""

from __future__ import annotations

import pytest

from coach.language import detect_language, other_language
from coach.pipeline import Coach, default_coach
from coach.types import Draft, Language, Turn


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I'm sorry your parcel is late, I'm checking it now.", "en"),
        ("Siparişiniz geç ulaştığı için özür dilerim, hemen ilgileniyorum.", "tr"),
        ("Przepraszam, że paczka dotarła uszkodzona, już się tym zajmuję.", "pl"),
        ("Could you send me your order number?", "en"),
        ("Sipariş numaranızı iletir misiniz?", "tr"),
        ("Proszę podać numer zamówienia.", "pl"),
        ("", "en"),
        ("https://example.com 12345", "en"),
    ],
)
def test_detect(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["What is your order number?", "Hi Ayşe, on it!", "Order nr?", "Hi Łukasz"])
def test_short_english_is_english(text: str) -> None:
    assert detect_language(text) == "en"


def test_a_short_plain_draft_keeps_its_own_language() -> None:
    turns = (Turn("customer", "Siparişim üç haftadır gelmedi, artık çok sinirliyim."),)
    assert detect_language("What is your order number?", turns) == "en"


def test_a_short_draft_leans_on_its_conversation() -> None:
    turns = (Turn("customer", "Siparişim üç haftadır gelmedi, artık çok sinirliyim."),)
    assert detect_language("ok", turns) == "tr"
    assert detect_language("", turns) == "tr"


@pytest.mark.parametrize(
    ("sentence", "draft", "other"),
    [
        ("We are really sorry about the delay with your order.", "tr", "en"),
        ("Is there anything else I can help you with?", "pl", "en"),
        ("Bu konuda çok üzgünüz, hemen ilgileniyoruz.", "en", "tr"),
        ("Bardzo przepraszam za kłopot, już się tym zajmuję.", "en", "pl"),
        ("We are really sorry about the delay with your order.", "en", None),
        ("My Account > Track your order kısmına tıklayın.", "tr", None),
        ("Prosze kliknac w My orders i wybrac Track your order.", "pl", None),
        ("Lütfen 'Forgot my password' seçeneğine basın.", "tr", None),
        ("siparisiniz icin uzgunum, hemen bakiyorum", "tr", None),
        ("Her on dakikada bir bakıyorum.", "tr", None),
        ("a na to nie ma", "pl", None),
        ("Best regards", "tr", None),
    ],
)
def test_only_a_sentence_that_is_plainly_in_another_language_is_taken_for_one(sentence: str, draft: Language, other: str | None) -> None:
    assert other_language(sentence, draft) == other


@pytest.mark.parametrize("coach", [Coach(), default_coach()], ids=["rules", "classifier"])
def test_a_sentence_in_another_language_counts_for_what_it_does(coach: Coach) -> None:
    complaint = (Turn("customer", "Siparişim üç haftadır gelmedi, artık çok sinirliyim."),)
    alone, heard = "Sipariş numaranız nedir?", "I understand how frustrating three weeks of waiting must be. Sipariş numaranız nedir?"
    assert "premature-question" in {finding.family for finding in coach.review(Draft(alone, "tr", complaint)).findings}
    found = coach.review(Draft(heard, "tr", complaint))
    assert "premature-question" not in {finding.family for finding in found.findings}
    assert found.sequence.steps["acknowledge"] == "draft"
