"""Which language a draft is in."""

from __future__ import annotations

import pytest

from coach.language import detect_language
from coach.types import Turn


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
