"""The phrase notation, and the index over it."""

from __future__ import annotations

import pytest

from coach.notation import PhraseError, compile_phrase
from coach.phrases import PhraseIndex
from coach.tokens import tokenizer

NLP = tokenizer("en", {"u": "you"}, ["approx."])
TR = tokenizer("tr", {}, [])
WORDS = {"team": ["billing", "(the|our) warehouse"], "loop": ["{loop}"]}


def found(phrase: str, text: str, language: str = "en") -> list[str]:
    """The texts that `phrase` matches in `text`."""
    nlp = NLP if language == "en" else TR
    index = PhraseIndex(nlp, [(0, pattern) for pattern in compile_phrase(phrase, WORDS, language)])
    doc = nlp.make_doc(text)
    return sorted(doc[start:end].text for _, start, end in index.find(doc, tuple(token.norm_ for token in doc)))


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("can't help", "We can’t help, we cannot help, we can not help", ["can not help", "cannot help", "can’t help"]),
        ("you (failed|forgot) (to|)", "U failed to", ["U failed to"]),
        ("{team} lost it", "our warehouse lost it; billing lost it", ["billing lost it", "our warehouse lost it"]),
        ("you ... wrong", "you have entered the wrong", ["you have entered the wrong"]),
        ("you ... wrong", "you have now entered the wrong", []),
        ("you ...6 wrong", "you have now entered the wrong", ["you have now entered the wrong"]),
        ("send* it", "sending it", ["sending it"]),
        ("i will *", "I will go", ["I will go"]),
        ("(i will|we will) [!nx]*", "I will not, we will go", ["we will go"]),
        ("(send*|ship*|post) it", "posts it, ships it", ["ships it"]),
        ("order <num>", "order #48213 and order form", []),
        ("order <num>", "order 48213", ["order 48213"]),
        ("^ no", "No, no", ["No"]),
        ("we can't $", "We can't!", ["We can't"]),
        ("we can't $", "We can't do that", []),
        ("no (way|$)", "Out, no way out", ["no way"]),
        ("no (way|$)", "Oh no!", ["no"]),
        ("no (way|$)", "No idea", []),
        ("(^|but) no", "No, but no", ["No", "but no"]),
        ("^ ...2 no", "Well, then no", ["no"]),
        ("^ ...2 no", "Well, then of course no", []),
        ("no ...1 $", "no way!", ["no"]),
        ("no ...1 $", "no way out", []),
        ("(really|) (sorry|very sorry)", "really very sorry", ["really very sorry", "sorry"]),
        ("you ...1 (are|is) ...1 (it|that) (now|)", "you now are that now", ["you now are that now"]),
        ("(to|) the (it|that)", "the it, to the that", ["the it", "to the that"]),
        ("(not|never) st* (a|the)", "never stole the", ["never stole the"]),
    ],
)
def test_notation(phrase: str, text: str, expected: list[str]) -> None:
    assert found(phrase, text) == expected


def test_turkish_is_found_with_and_without_diacritics_and_in_capitals() -> None:
    for text in ("özür dilerim", "ozur dilerim", "ÖZÜR DİLERİM"):
        assert found("özür dile*", text, "tr") == [text]


@pytest.mark.parametrize("phrase", ["", "(a|b", "a|b", "a)", "{none}", "{loop}", "..."])
def test_a_phrase_that_makes_no_sense_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        compile_phrase(phrase, WORDS, "en")


def test_a_phrase_of_too_many_forms_is_refused() -> None:
    with pytest.raises(PhraseError, match="phrases"):
        compile_phrase(f"({' '.join(['(a|b|c|d|e|f|g|h|i|j)'] * 5)})", WORDS, "en")


def test_one_phrase_serves_many_labels() -> None:
    patterns = [(label, pattern) for label in (3, 7) for pattern in compile_phrase("so sorry", WORDS, "en")]
    doc = NLP.make_doc("so sorry")
    assert sorted(PhraseIndex(NLP, patterns).find(doc, ("so", "sorry"))) == [(3, 0, 2), (7, 0, 2)]


@pytest.mark.parametrize(("short", "long"), [("didn't", "did not"), ("Hadn’t", "had not"), ("don't", "do not"), ("haven't", "have not")])
def test_a_contraction_is_its_long_form_in_its_tense(short: str, long: str) -> None:
    nlp = tokenizer("en", {}, ())
    assert [token.norm_ for token in nlp.make_doc(short)] == long.split()
