"""Words typed without their letters are read as they are spelled; everything else stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.letters import Letters
from coach.packs import default_packs
from coach.pipeline import default_coach
from models.corpus import items, part
from models.letters import spellings

TURKISH = Letters({"ilgilenecegim": "ilgileneceğim", "iade": "iade", "ozur": "özür", "ic": "iç"}, "tr")


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ("ozur dilerim", "özür dilerim"),
        ("Ozur OZUR ozurlu", "Özür ÖZÜR ozurlu"),
        ("Ic IC", "İç İÇ"),
        ("48213 ozur!", "48213 özür!"),
    ],
)
def test_known_words_are_restored(text: str, restored: str) -> None:
    assert TURKISH.lost(text)
    assert TURKISH.restored(text) == restored


@pytest.mark.parametrize("text", ["", "Tamam.", "ozur dileriz, çok"])
def test_nothing_is_lost(text: str) -> None:
    assert not TURKISH.lost(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_offsets_stay(text: str) -> None:
    assert len(TURKISH.restored(text)) == len(text)


def test_the_shipped_words_are_those_of_the_training_text() -> None:
    classifier = default_coach().classifier
    assert classifier is not None and set(classifier.letters) == {"tr", "pl"} <= set(default_packs())
    made = spellings(item for item in items() if part(item) == "train")
    for language, letters in classifier.letters.items():
        assert all(letters.restored(plain) == word for plain, word in made[language].items())
    assert "cok" in made["tr"] and "prosze" in made["pl"]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("pl", "prosze podac numer zamowienia", True),
        ("pl", "Nasi handlowcy nic nam nie przekazali, dlatego rabatu nie ma na fakturze.", False),
        ("pl", "Proszę podac numer zamowienia", False),
        ("tr", "siparis numaranizi yazar misiniz", True),
        ("tr", "fatura donemini yazar misiniz lutfen", True),
        ("pl", "Do kiedy potrzebuje Pani czystego raportu?", False),
        ("tr", "Ekip yolda, saat 15'te sizde olacak.", False),
    ],
)
def test_only_who_surely_lacks_the_letters_is_taken_to_type_without_them(language: str, text: str, expected: bool) -> None:
    classifier = default_coach().classifier
    assert classifier is not None
    assert classifier.letters[language].missing(text) is expected
