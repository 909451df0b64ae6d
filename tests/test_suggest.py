"""Wordings become edits: slots are filled or the wording is not offered, and each is checked by reviewing the result."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from coach.edits import after, applied, cased, goes_on
from coach.pipeline import Coach
from coach.text import unaccented
from coach.types import Draft, Language, Turn
from tests.small_pack import small_coach

LATE = Turn("customer", "My order 48213 is late.")


def results(tmp_path: Path, suggest: list[dict[str, Any]], text: str, *turns: Turn, **rule: Any) -> list[str]:
    """The drafts that the first finding's suggestions lead to."""
    whole = {"match": [{"phrases": ["bad thing"]}], "suggest": suggest, **rule}
    findings = small_coach(tmp_path, {"fault": whole}).review(Draft(text, "en", turns)).findings
    return [applied(text, suggestion.edits) for suggestion in findings[0].suggestions]


@pytest.mark.parametrize(
    ("suggest", "text", "result"),
    [
        ({"replace": "good thing"}, "It is a bad thing.", "It is a good thing."),
        ({"replace": "good thing"}, "Bad thing here.", "Good thing here."),
        ({"sentence": "All is well."}, "One. It is a bad thing. Two.", "One. All is well. Two."),
        ({"sentence": "All is well."}, "Hi Sam, it is a bad thing.", "Hi Sam, all is well."),
        ({"delete": "match"}, "One. Bad thing as it is, two.", "One. As it is, two."),
        ({"delete": "match"}, "one. bad thing as it is, two.", "one. as it is, two."),
        (
            {"delete": "sentence"},
            "This is the first one. A bad thing. This is the second one.",
            "This is the first one. This is the second one.",
        ),
        ({"delete": "sentence"}, "This is the first one. A bad thing.", "This is the first one."),
        ({"delete": "sentence"}, "A bad thing. This is the second one.", "This is the second one."),
        ({"delete": "sentence"}, "This is the first one.\n\nA bad thing.", "This is the first one."),
        ({"delete": "sentence"}, "Hi Sam, it is a bad thing. It is here.", "Hi Sam, it is here."),
        ({"delete": "sentence"}, "Hi Sam,\n\nit is a bad thing. It is here.", "Hi Sam,\n\nit is here."),
        ({"delete": "sentence"}, "Hi Sam, it is a bad thing. Netflux is here.", "Hi Sam, Netflux is here."),
        ({"delete": "sentence"}, "Hi Sam, it is a bad thing. I am here for you now.", "Hi Sam, I am here for you now."),
        ({"delete": "sentence"}, "Hi Sam, It is a bad thing. It is here.", "Hi Sam, It is here."),
        ({"delete": "match"}, "It is a bad thing now.", "It is a now."),
        ({"delete": "match"}, "Bad thing it is here.", "It is here."),
        ({"delete": "match"}, "It is here. Bad thing it is here.", "It is here. It is here."),
        ({"delete": "match"}, "bad thing it is here.", "it is here."),
        ({"delete": "match"}, "Here it is, as a bad thing.", "Here it is, as a."),
    ],
)
def test_edits(tmp_path: Path, suggest: dict[str, Any], text: str, result: str) -> None:
    assert results(tmp_path, [suggest], text) == [result]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Hi Sam, this is Kim. Does it work now? Click here.", "Hi Sam, this is Kim. Sorry. Does it work now? Click here."),
        ("This is Kim. Click here. Is it on?", "This is Kim. Sorry. Click here. Is it on?"),
        ("Hi Sam, is it on? Click here.", "Hi Sam, sorry. Is it on? Click here."),
    ],
)
def test_first_is_before_the_first_sentence_that_does_something(tmp_path: Path, text: str, result: str) -> None:
    order = {
        "match": [{"order": {"first": "solution", "before": ["apology"]}}],
        "examples": [{"bad": "[[Click.]]", "good": "Sorry. Click."}],
    }
    assert results(tmp_path, [{"first": "Sorry."}], text, LATE, **order) == [result]


@pytest.mark.parametrize(
    ("language", "asked", "draft", "plain"),
    [
        ("tr", "Paketim kayboldu!", "Merhaba, lutfen siparis numaranizi ve adresinizi bizimle paylasir misiniz?", True),
        ("tr", "Paketim kayboldu!", "Merhaba, lütfen sipariş numaranızı ve adresinizi bizimle paylaşır mısınız?", False),
        ("tr", "Paketim kayboldu!", "Numara nedir?", False),
        ("pl", "Paczka zaginęła!", "Dzien dobry, prosze podac numer zamowienia i adres, na ktory miala byc dostarczona paczka.", True),
        ("pl", "Paczka zaginęła!", "Dzień dobry, proszę podać numer zamówienia i adres, na który miała być dostarczona paczka.", False),
    ],
)
def test_who_types_without_letters_of_the_language_gets_wordings_without_them(
    language: Language, asked: str, draft: str, plain: bool
) -> None:
    found = Coach().review(Draft(draft, language, (Turn("customer", asked),))).findings
    texts = [edit.text for finding in found for suggestion in finding.suggestions for edit in suggestion.edits]
    assert texts
    assert all(text == unaccented(text) for text in texts) is plain


def test_text_for_something_missing(tmp_path: Path) -> None:
    missing = {"match": [{"missing": ["apology"]}], "examples": [{"bad": "a", "good": "b"}], "message": "Missing."}
    for folder, suggest, text, expected in (
        ("a", {"start": "Sorry."}, "Hi Sam,\n\nIt is here.", "Hi Sam,\n\nSorry. It is here."),
        ("b", {"start": "Sorry."}, "It is here.", "Sorry. It is here."),
        ("c", {"end": "Sorry."}, "It is here.\n\nBest regards,\nAva", "It is here. Sorry.\n\nBest regards,\nAva"),
        ("e", {"start": "Sorry."}, "@dana It is here.", "@dana Sorry. It is here."),
        ("f", {"start": "Sorry."}, "1. Open it.\n2. Close it.", "Sorry.\n1. Open it.\n2. Close it."),
        ("g", {"start": "Sorry."}, "- Open it.\n- Close it.", "Sorry.\n- Open it.\n- Close it."),
        ("j", {"start": "Sorry."}, "Hi Sam,\n\nit is here.", "Hi Sam,\n\nsorry. It is here."),
        ("d", {"end": "Sorry."}, "It is here. ^AB", "It is here. Sorry. ^AB"),
        ("h", {"end": "Sorry."}, "It is here", "It is here. Sorry."),
        ("i", {"end": "Sorry."}, "It is here :)", "It is here :) Sorry."),
    ):
        assert results(tmp_path / folder, [suggest], text, LATE, **missing) == [expected]


def test_slots_come_from_the_conversation_or_the_wording_is_left_out(tmp_path: Path) -> None:
    wordings = [{"before": "Sorry {problem}."}, {"before": "Sorry about order {order}."}, {"before": "Sorry."}]
    text = "A bad thing."
    order = {"match": [{"order": {"first": "question", "before": ["apology"]}}], "examples": [{"bad": "[[Which?]]", "good": "b"}]}
    told = results(tmp_path / "a", wordings, "Which?", LATE, **order)
    assert told == ["Sorry your order is late. Which?", "Sorry about order 48213. Which?", "Sorry. Which?"]
    assert results(tmp_path / "b", wordings, "Which?", Turn("customer", "It is late!"), **order)[-1:] == ["Sorry. Which?"]
    assert results(tmp_path / "c", wordings, text) == []


def test_a_wording_that_does_not_help_is_not_offered(tmp_path: Path) -> None:
    assert results(tmp_path / "a", [{"before": "Sorry."}, {"replace": "bad thing too"}], "A bad thing.") == []
    other = {"match": [{"phrases": ["worse thing"]}], "examples": [{"bad": "[[worse thing]]", "good": "b"}]}
    rules = {
        "fault": {"match": [{"phrases": ["bad thing"]}], "suggest": [{"replace": "worse thing"}, {"replace": "good thing"}]},
        "other": other,
    }
    findings = small_coach(tmp_path / "b", rules).review(Draft("A bad thing.", "en")).findings
    assert [suggestion.label for suggestion in findings[0].suggestions] == ["good thing"]


def test_the_apology_moves_to_the_front(tmp_path: Path) -> None:
    order = {"match": [{"order": {"first": "solution", "before": ["apology"]}}], "examples": [{"bad": "[[Click it.]]", "good": "b"}]}
    assert results(tmp_path, [{"move": "apology-first"}], "Hi Sam, click it. I'm sorry. Bye.", LATE, **order) == [
        "Hi Sam, I'm sorry. Click it. Bye."
    ]


def test_a_label_is_what_is_said_and_not_the_letter_made_a_capital(tmp_path: Path) -> None:
    order = {"match": [{"order": {"first": "question", "before": ["apology"]}}], "examples": [{"bad": "[[Which?]]", "good": "b"}]}
    coach = small_coach(tmp_path, {"fault": {**order, "suggest": [{"before": "Sorry."}]}})
    suggestion = coach.review(Draft("Hi Sam, which?", "en", (LATE,))).findings[0].suggestions[0]
    assert suggestion.label == "sorry."
    assert applied("Hi Sam, which?", suggestion.edits) == "Hi Sam, sorry. Which?"


def test_a_second_apology_is_never_offered(tmp_path: Path) -> None:
    wordings = [{"sentence": "Sorry about that."}, {"sentence": "All is well."}]
    assert results(tmp_path / "a", wordings, "Sorry. It is a bad thing.") == ["Sorry. All is well."]
    assert results(tmp_path / "b", wordings, "It is a bad thing.") == ["Sorry about that.", "All is well."]


def test_a_wording_may_depend_on_the_sentences_around_the_finding(tmp_path: Path) -> None:
    wordings = [
        {"sentence": "Now I do.", "when": ["not rest:solution"]},
        {"sentence": "Or so.", "when": ["next:solution"]},
        {"sentence": "Never after it.", "when": ["not next:solution"]},
    ]
    assert results(tmp_path / "a", wordings, "A bad thing. It is here.") == ["Now I do. It is here.", "Never after it. It is here."]
    assert results(tmp_path / "b", wordings, "A bad thing. Click it.") == ["Or so. Click it."]
    assert results(tmp_path / "c", wordings, "Click it. It is here. A bad thing.") == ["Click it. It is here. Never after it."]
    assert results(tmp_path / "d", wordings, "A bad thing to click.") == ["Now I do.", "Never after it."]


def test_what_is_added_at_the_end_stands_before_the_goodbye(tmp_path: Path) -> None:
    missing = {"match": [{"missing": ["apology"]}], "examples": [{"bad": "a", "good": "b"}], "message": "Missing."}
    for folder, text, expected in (
        ("a", "It is here. Bye now! Take care.", "It is here. Sorry. Bye now! Take care."),
        ("b", "Bye now, it was refunded.", "Bye now, it was refunded. Sorry."),
        ("c", "Bye now!", "Sorry. Bye now!"),
    ):
        assert results(tmp_path / folder, [{"end": "Sorry."}], text, LATE, **missing) == [expected]


def test_no_comma_is_left_double(tmp_path: Path) -> None:
    for folder, text, expected in (
        ("a", "Hi Sam, bad thing, it is here.", "Hi Sam, it is here."),
        ("b", "Fine. Bad thing, it is here.", "Fine. It is here."),
        ("c", "It is, bad thing, here.", "It is, here."),
    ):
        assert results(tmp_path / folder, [{"delete": "match"}], text) == [expected]


def test_after_a_greeting_s_comma_text_goes_on_small_before_a_word_that_is_always_large(tmp_path: Path) -> None:
    missing = {"match": [{"missing": ["apology"]}], "examples": [{"bad": "a", "good": "b"}], "message": "Missing."}
    for folder, text, expected in (
        ("a", "Hi Sam, IBAN is here.", "Hi Sam, sorry. IBAN is here."),
        ("b", "Hi Sam, Netflux is here.", "Hi Sam, sorry. Netflux is here."),
        ("c", "Hi Sam, It is here.", "Hi Sam, Sorry. It is here."),
        ("d", "Hi Sam! IBAN is here.", "Hi Sam! Sorry. IBAN is here."),
        ("e", "Hi Sam, I saw it.", "Hi Sam, sorry. I saw it."),
    ):
        assert results(tmp_path / folder, [{"start": "Sorry."}], text, LATE, **missing) == [expected]


def test_a_sentence_goes_on_small_after_a_greeting_without_a_comma() -> None:
    assert goes_on("Bu bizde.", 8, "merhaba ekip gelmedi.", "tr") == "bu bizde."
    assert goes_on("Bu bizde.", 8, "merhaba Ekip gelmedi.", "tr") == "Bu bizde."


def test_who_types_without_capitals_gets_wordings_without_them(tmp_path: Path) -> None:
    missing = {"match": [{"missing": ["apology"]}], "examples": [{"bad": "a", "good": "b"}], "message": "Missing."}
    for folder, text, expected in (
        ("a", "hi, it is here.", "hi, sorry. it is here."),
        ("b", "@dana it is here.", "@dana sorry. it is here."),
        ("c", "@dana It is here.", "@dana Sorry. It is here."),
        ("e", "hi, it is here. It works.", "hi, sorry. It is here. It works."),
        ("f", "Hi, it is here.", "Hi, sorry. It is here."),
        ("g", "hi, here.", "hi, sorry. Here."),
        ("k", "7 of them are here.", "sorry. 7 of them are here."),
        ("l", "7 of Sam's are here.", "Sorry. 7 of Sam's are here."),
    ):
        assert results(tmp_path / folder, [{"start": "Sorry."}], text, LATE, **missing) == [expected], text
    instead = [{"sentence": "Is IBAN or I wrong?"}]
    assert results(tmp_path / "h", instead, "a bad thing is here.") == ["is iban or i wrong?"]
    assert results(tmp_path / "i", instead, "A bad thing is here.") == ["Is IBAN or I wrong?"]


@pytest.mark.parametrize(
    ("draft", "begins"),
    [
        ("hey sam what model is it?", "hey sam, i'm sorry"),
        ("hey sam, what model is it?", "hey sam, i'm sorry"),
        ("hey what model is it?", "hey, i'm sorry"),
        ("@ana_1 Hi Sam, what model is it?", "@ana_1 Hi Sam, I'm sorry"),
        ("@ana_1 what model is it?", "@ana_1 i'm sorry"),
        ("Hey Sam, what model is it?", "Hey Sam, I'm sorry"),
    ],
)
def test_a_name_in_small_letters_stays_with_its_greeting(draft: str, begins: str) -> None:
    asked = Draft(draft, "en", (Turn("customer", "The router you sent is dead."),))
    found = next(finding for finding in Coach().review(asked).findings if finding.rule == "premature-question")
    assert any(applied(draft, suggestion.edits).startswith(begins) for suggestion in found.suggestions)


def test_a_turkish_greeting_may_begin_with_the_name() -> None:
    asked = Draft("Selin merhaba, hangi model kullanıyorsun?", "tr", (Turn("customer", "Gönderdiğiniz modem çalışmıyor."),))
    found = next(finding for finding in Coach().review(asked).findings if finding.rule == "premature-question")
    assert found.suggestions
    assert all(applied(asked.text, suggestion.edits).startswith("Selin merhaba, ") for suggestion in found.suggestions)


def test_of_a_run_of_marks_one_is_left_and_no_words_go(tmp_path: Path) -> None:
    loud = {"match": [{"pattern": "[!?]{3,}", "signs": "!?"}], "examples": [{"bad": "a[[!!!]]", "good": "b"}], "message": "Loud."}
    wordings = [{"sentence": "It is calm."}, {"delete": "sentence"}, {"delete": "marks"}]
    assert results(tmp_path / "a", wordings, "I call at 4!!! It is here.", **loud) == ["I call at 4! It is here."]
    assert results(tmp_path / "b", wordings, "Do I call at 4?!?! It is here.", **loud) == ["Do I call at 4? It is here."]
    assert results(tmp_path / "c", [{"delete": "marks"}], "A bad thing. It is here.") == []


def test_a_word_of_one_letter_goes_on_small_after_a_greeting(tmp_path: Path) -> None:
    assert results(tmp_path / "a", [{"delete": "sentence"}], "Hi, a bad thing. A way is here.") == ["Hi, a way is here."]
    assert results(tmp_path / "b", [{"delete": "sentence"}], "Hi, a bad thing. I is a letter.") == ["Hi, I is a letter."]


@pytest.mark.parametrize(("text", "expected"), [("A cake 🍰", " It is calm."), ("A cake", ". It is calm."), ("Love ❤️", " It is calm.")])
def test_an_emoji_ends_a_sentence(text: str, expected: str) -> None:
    situation = Coach().situation(Draft(text, "en"))
    assert after("It is calm.", situation.reading.sentences, situation).text == expected


def test_words_that_end_a_sentence_end_it(tmp_path: Path) -> None:
    assert results(tmp_path / "a", [{"replace": "Is it calm?"}], "Bad thing, we are here.") == ["Is it calm? We are here."]
    assert results(tmp_path / "b", [{"replace": "a calm day"}], "Bad thing, we are here.") == ["A calm day, we are here."]


def test_what_a_sentence_does_after_and_is_not_lost(tmp_path: Path) -> None:
    cut = [{"delete": "sentence"}]
    assert results(tmp_path / "a", cut, "It is here. I have refunded it and I saw a bad thing.") == []
    assert results(tmp_path / "b", cut, "It is here. I saw it and I saw a bad thing.") == ["It is here."]


def test_the_clause_that_the_fault_begins_with_is_a_clause_of_its_own(tmp_path: Path) -> None:
    cut, match = [{"delete": "sentence"}], [{"phrases": ["i saw a bad thing"]}]
    assert results(tmp_path, cut, "It is here. I have refunded it and I saw a bad thing.", match=match) == [
        "It is here. I have refunded it."
    ]


def test_the_only_apology_is_not_lost(tmp_path: Path) -> None:
    cut = [{"delete": "sentence"}]
    assert results(tmp_path / "a", cut, "It is here. Sorry for the wait, as it is a bad thing.") == []
    assert results(tmp_path / "b", cut, "Sorry, it is here. Sorry for the wait, but it is a bad thing.") == ["Sorry, it is here."]
    assert results(tmp_path / "c", [{"sentence": "Sorry for it."}], "It is here. Sorry for the wait, but it is a bad thing.") == [
        "It is here. Sorry for it."
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("It is here. I have refunded it and bad thing.", "It is here. I have refunded it."),
        ("It is here. I have refunded it, but it is a bad thing", "It is here. I have refunded it."),
        ("It is here. When I have refunded it and bad thing.", None),
        ("It is here. I have refunded it and it is a bad thing.", None),
        ("It is here. I have refunded it and bad thing is here.", None),
        ("It is here. I have refunded it, but I will call, as it is a bad thing.", None),
        ("It is here. I have refunded it, but the 14 is a bad thing.", None),
        ("It is here. Sorry for the wait, but it is a bad thing.", "It is here. Sorry for the wait."),
    ],
)
def test_a_clause_joined_to_one_that_must_stay_goes_alone(tmp_path: Path, text: str, left: str | None) -> None:
    assert results(tmp_path / "a", [{"delete": "sentence"}], text) == ([left] if left else [])
    said = f"{left} All is well." if left else None
    assert results(tmp_path / "b", [{"sentence": "All is well."}], text) == ([said] if said else [])


@pytest.mark.parametrize(
    ("suggest", "text", "result"),
    [
        ({"sentence": "All is well."}, "It is a bad thing, Mr Oak.", "All is well, Mr Oak."),
        ({"sentence": "Is all well?"}, "It is a bad thing, Mr Oak!", "Is all well, Mr Oak?"),
        ({"sentence": "All is well."}, "Mr Oak, it is a bad thing.", "Mr Oak, all is well."),
        ({"sentence": "All is well."}, "It is a bad thing, Oak.", "All is well."),
        ({"sentence": "All is well."}, "It is a bad thing, Kim.", "All is well, Kim."),
        ({"sentence": "All is well."}, "It is a bad thing for Mr Oak.", "All is well."),
        ({"delete": "sentence"}, "Mr Oak, it is a bad thing. It is here.", "Mr Oak, it is here."),
    ],
)
def test_who_is_spoken_to_by_name_still_is(tmp_path: Path, suggest: dict[str, Any], text: str, result: str) -> None:
    assert results(tmp_path, [suggest], text, Turn("customer", "My name is Kim.")) == [result]


def test_what_comes_first_is_said_after_the_name() -> None:
    asked = Draft("Mr Oak, what model is it?", "en", (Turn("customer", "The router you sent is dead."),))
    found = next(finding for finding in Coach().review(asked).findings if finding.rule == "premature-question")
    said = [applied(asked.text, suggestion.edits) for suggestion in found.suggestions]
    assert said and all(text.startswith("Mr Oak, I") and text.endswith(". What model is it?") for text in said)


def test_a_turkish_address_at_the_end_needs_no_comma() -> None:
    asked = Draft(
        "Lütfen sakin olun Ayşe Hanım. İki çekimi bugün iade ediyorum.", "tr", (Turn("customer", "Üç kere para çektiniz, rezalet!"),)
    )
    found = next(finding for finding in Coach().review(asked).findings if finding.rule == "calm-down")
    assert any(" Ayşe Hanım. İki" in applied(asked.text, suggestion.edits) for suggestion in found.suggestions)


def test_what_comes_first_is_said_after_a_turkish_salutation() -> None:
    turns = (Turn("customer", "Hesabım kapanmış, giremiyorum."),)
    text = "Kıymetli misafirimiz, hesabınız inceleme altındadır."
    found = Coach().review(Draft(text, "tr", turns)).findings
    made = [
        applied(text, wording.edits) for finding in found if finding.rule == "missing-acknowledgement" for wording in finding.suggestions
    ]
    assert made and all(result.startswith("Kıymetli misafirimiz, ") for result in made)


@pytest.mark.parametrize(("attack", "offered"), [("", True), ("Havalimanında ekranları takip etmek sizin sorumluluğunuzdadır. ", False)])
def test_no_apology_is_put_before_an_attack_that_has_no_wording(attack: str, offered: bool) -> None:
    turns = (Turn("customer", "Uçağımı kaçırdım, kapı değişmiş kimse söylemedi."),)
    found = {finding.rule: finding for finding in Coach().review(Draft(f"{attack}Ekranları açın.", "tr", turns)).findings}
    assert bool(found["premature-solution"].suggestions) is offered
    assert offered or not found["blame-customer"].suggestions


def test_a_turkish_i_is_made_a_capital_with_its_dot() -> None:
    assert cased("isterseniz", "Y", True, "tr") == "İsterseniz"


def test_no_sentence_is_struck_out_that_the_next_one_leans_on(tmp_path: Path) -> None:
    assert results(tmp_path / "a", [{"delete": "sentence"}], "It is here. A bad thing. That is why I ask.") == []
    assert results(tmp_path / "b", [{"delete": "sentence"}], "A bad thing. It is here. That is why I ask.") == [
        "It is here. That is why I ask."
    ]


def test_the_same_fault_once_more_is_nothing_that_could_be_left(tmp_path: Path) -> None:
    assert results(tmp_path, [{"delete": "sentence"}], "This is a bad thing. That is one more bad thing.") == []


def test_a_draft_is_never_emptied(tmp_path: Path) -> None:
    assert results(tmp_path, [{"delete": "sentence"}], "A bad thing.") == []


@pytest.mark.parametrize(
    ("language", "customer", "draft", "rule", "kept"),
    [
        ("en", "The heating is dead!!", "Calm down, the plumber will be with you at 16:00.", "calm-down", "16:00"),
        ("pl", "W łazience leje się woda!!", "Proszę się nie denerwować, hydraulik jest już w drodze.", "calm-down", "w drodze"),
        (
            "pl",
            "Fotel przyszedł połamany.",
            "Przepraszam. Wyślemy nowy, ale proszę usunąć negatywną opinię.",
            "discouraged-complaint",
            "nowy",
        ),
        ("en", "The mower broke!!", "I'm sorry. As I already said, the notice period is 30 days.", "arguing", "30 days"),
        ("tr", "Ürün kırık geldi!!", "Sakin olun, yenisini bugün gönderiyorum.", "calm-down", "gönderiyorum"),
    ],
)
def test_no_remedy_and_no_promise_is_lost_with_the_sentence(language: str, customer: str, draft: str, rule: str, kept: str) -> None:
    asked = Draft(draft, cast(Language, language), (Turn("customer", customer),))
    found = [finding for finding in Coach().review(asked).findings if finding.rule == rule]
    assert found
    assert all(kept in applied(draft, suggestion.edits) for finding in found for suggestion in finding.suggestions)


@pytest.mark.parametrize(
    ("language", "customer", "agent", "draft", "rule"),
    [
        (
            "tr",
            "Siparişim 8 gündür gelmedi.",
            "Özür dilerim, bugün kargoya verdik.",
            "Anketimizi doldurmanızı rica ederiz. Teşekkür ederiz.",
            "survey-dump",
        ),
        (
            "pl",
            "Paczka nie doszła.",
            "Przepraszam, wysłałam ją dziś.",
            "Proszę ocenić naszą rozmowę w skali od 1 do 5. Dziękujemy!",
            "survey-dump",
        ),
        ("en", "My order is 8 days late.", "I'm sorry, it went out today.", "Please take a minute for our survey. Thanks!", "survey-dump"),
    ],
)
def test_what_would_leave_nothing_but_courtesies_is_not_struck_out(language: str, customer: str, agent: str, draft: str, rule: str) -> None:
    asked = Draft(draft, cast(Language, language), (Turn("customer", customer), Turn("agent", agent)))
    found = [finding for finding in Coach().review(asked).findings if finding.rule == rule]
    assert found
    left = [applied(draft, suggestion.edits) for finding in found for suggestion in finding.suggestions]
    assert draft.rsplit(". ", 1)[1] not in left
