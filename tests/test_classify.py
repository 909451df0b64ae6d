"""The shipped weights: checked, calibrated probabilities, a small fixed evaluation; and reviews with and without them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from coach.assisted import AssistedReader
from coach.classify import AGENT, CARD, CUSTOMER, Classifier, ClassifierError, OnnxEncoder, Vector, open_classifier, weights_dir
from coach.evaluate import total
from coach.language_spec import AgentCues
from coach.letters import Letters
from coach.packs import default_packs
from coach.pipeline import Coach, default_coach
from coach.reader import PlainReader
from coach.types import FLAGS, LANGUAGES, MOVES, Draft, Language, Turn
from models.corpus import items, part
from models.evaluate import heard, scored

LARGEST = 30_000_000


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    found = default_coach().classifier
    assert found is not None
    return found


def test_the_weights_are_small_and_all_named() -> None:
    files = sorted(path.name for path in weights_dir().iterdir())
    card = json.loads((weights_dir() / CARD).read_text("utf-8"))
    assert files == sorted([CARD, *card["files"]])
    assert sum(path.stat().st_size for path in weights_dir().iterdir()) <= LARGEST
    for language in LANGUAGES:
        assert set(card["bounds"][language]) == set(AGENT)
        assert all(0 <= lower <= upper < 1 for lower, upper, *_ in card["bounds"][language].values())
        assert {name for name, numbers in card["bounds"][language].items() if len(numbers) == 3} == TOO_EARLY


def test_a_changed_or_missing_file_is_refused(tmp_path: Path) -> None:
    shutil.copytree(weights_dir(), tmp_path / "weights")
    heads = tmp_path / "weights" / "heads.npz"
    heads.write_bytes(heads.read_bytes()[:-1] + b"x")
    with pytest.raises(ClassifierError, match=r"heads\.npz: not the file"):
        open_classifier(tmp_path / "weights")
    heads.unlink()
    with pytest.raises(ClassifierError, match=r"heads\.npz: missing"):
        open_classifier(tmp_path / "weights")


def test_no_weights_is_no_error_unless_they_were_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_classifier(tmp_path) is None
    monkeypatch.setenv("COACH_CLASSIFIER", "off")
    assert open_classifier() is None
    monkeypatch.setenv("COACH_CLASSIFIER", str(tmp_path))
    with pytest.raises(ClassifierError, match=r"no classifier\.json"):
        open_classifier()


@pytest.mark.parametrize("text", ["", " ", "x", "Paketiniz kayboldu.", "😀" * 300, "a" * 20_000, "\ud7ff\u0301", "Zażółć gęślą jaźń?"])
def test_any_text_gets_probabilities(classifier: Classifier, text: str) -> None:
    said = classifier.sentence(text, text, text)
    assert tuple(said) == AGENT and all(0 <= value <= 1 for value in said.values())
    told = classifier.turn(text)
    assert tuple(told) == CUSTOMER and all(0 <= value <= 1 for value in told.values())


def test_what_is_read_ahead_changes_nothing_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, ahead = open_classifier(), open_classifier()
    assert plain is not None and ahead is not None
    asked: list[int] = []
    encode = OnnxEncoder.__call__

    def counted(self: OnnxEncoder, texts: Sequence[Sequence[int]]) -> list[Vector]:
        asked.append(len(texts))
        return encode(self, texts)

    monkeypatch.setattr(OnnxEncoder, "__call__", counted)
    monkeypatch.setattr(ahead._encoder, "batch", 4)
    turns = (Turn("customer", "Cok bekledim, paketim nerede?"), Turn("agent", "Bakıyorum."), Turn("customer", "Hâlâ bekliyorum!"))
    drafts = [Draft("Ozur dilerim. Hemen bakiyorum, yarin arariz.", "tr", turns), Draft("Sipariş numaranız nedir?", "tr", turns[:1])]
    coach = Coach(classifier=ahead)
    coach.prepare(drafts)
    assert max(asked) == 4
    asked.clear()
    told = [coach.review(draft) for draft in drafts]
    assert not asked or set(asked) == {1}
    encoded = sum(asked)
    assert told == [Coach(classifier=plain).review(draft) for draft in drafts]
    assert encoded < sum(asked) - encoded


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_fixed_evaluation(classifier: Classifier, language: str) -> None:
    chosen = [item for item in items() if part(item) == "test" and item.language == language][:80]
    scores, _ = scored(classifier, chosen)
    flags, moves = total(scores[name] for name in FLAGS), total(scores[name] for name in MOVES)
    problem, _, _ = heard(classifier, chosen)
    assert (flags.precision or 0) >= FLOORS["precision"], flags
    assert (flags.f1 or 0) >= FLOORS["flags"], flags
    assert (moves.f1 or 0) >= FLOORS["moves"], moves
    assert (problem.f1 or 0) >= FLOORS["problem"], problem


TOO_EARLY = {"premature-question", "premature-solution"}
FLOORS = {"precision": 0.7, "flags": 0.5, "moves": 0.7, "problem": 0.9}


class Fixed:
    """A classifier that says what it is told to."""

    def __init__(self, **said: float) -> None:
        self.said = {name.replace("_", "-"): value for name, value in said.items()}
        self.bounds = {language: {name: [0.2, 0.8] for name in AGENT} for language in LANGUAGES}
        self.letters = {"tr": Letters({"cok": "çok", "ozur": "özür"}, "tr")}
        self.heard: list[tuple[str, str, str]] = []

    def sentence(self, text: str, asked: str, before: str) -> dict[str, float]:
        self.heard.append((text, asked, before))
        return {name: self.said.get(name, 0.5) for name in AGENT}

    def turn(self, text: str) -> dict[str, float]:
        return {name: self.said.get(name, 0.5) for name in CUSTOMER}


def assisted(**said: float) -> AssistedReader:
    classifier: Any = Fixed(**said)
    return AssistedReader(PLAIN, classifier)


PLAIN = PlainReader(default_packs()["en"])


def test_a_draft_typed_without_its_letters_is_heard_as_it_is_spelled() -> None:
    fixed: Any = Fixed()
    reader = AssistedReader(PlainReader(default_packs()["tr"]), fixed)
    draft = "Cok bekledik. Ozur dilerim."
    reading = reader.read(Draft(draft, "tr", (Turn("customer", "cok kotu"),)))
    assert fixed.heard == [("Çok bekledik.", "çok kotu", ""), ("Özür dilerim.", "çok kotu", "Çok bekledik.")]
    assert [sentence.core.text for sentence in reading.sentences] == ["Cok bekledik.", "Ozur dilerim."], "what is shown stays as typed"
    fixed.heard.clear()
    reader.read(Draft("Cok bekledik. Özür dilerim.", "tr"))
    assert fixed.heard[0][0] == "Cok bekledik.", "who has the letters means what is typed"


def test_what_came_too_early_and_only_the_classifier_heard_must_be_likely() -> None:
    late = (Turn("customer", "My parcel never arrived."),)

    def early(draft: str, **said: float) -> bool:
        fixed: Any = Fixed(**{**dict.fromkeys((*MOVES, *FLAGS), 0.3), "problem": 0.9, **said})
        fixed.bounds["en"]["premature-solution"] = [0.0, 0.9, 0.6]
        findings = Coach(classifier=fixed).review(Draft(draft, "en", late)).findings
        return any(finding.family == "premature-solution" for finding in findings)

    unworded, worded = "Parcels of that size go by sea.", "Please restart the tracking page."
    assert not early(unworded, premature_solution=0.7), "nobody heard a solution"
    assert early(unworded, solution=0.9, premature_solution=0.7)
    assert not early(unworded, solution=0.9, premature_solution=0.5)
    assert early(worded, solution=0.9, premature_solution=0.5), "its words tell it"


def test_what_is_heard_is_added_and_what_is_denied_left_out() -> None:
    draft = Draft("I am sorry about that.", "en")
    assert [move.move for move in PLAIN.read(draft).moves()] == ["apology"]
    assert [move.move for move in assisted().read(draft).moves()] == ["apology"]
    assert [move.move for move in assisted(apology=0.1).read(draft).moves()] == []
    assert [move.move for move in assisted(thanks=0.9).read(draft).moves()] == ["apology", "thanks"]


def test_some_signals_are_certain_and_some_rule_a_move_out() -> None:
    form = Draft("Please create a ticket here.", "en")
    assert [move.move for move in PLAIN.read(form).moves()] == ["question"]
    assert [move.move for move in assisted(question=0.0).read(form).moves()] == ["question"], "asked for, whatever the classifier says"
    assert [move.move for move in assisted(solution=0.99).read(form).moves()] == ["question"], "a form is no fix"
    assert [move.move for move in assisted(question=0.0).read(Draft("Which model is it?", "en")).moves()] == []


def test_where_a_number_stands_is_no_fix_but_what_is_on_its_way_is() -> None:
    assert "solution" in [move.move for move in assisted(solution=0.9).read(Draft("It's on its way to you.", "en")).moves()]
    assert [move.move for move in assisted(solution=0.9).read(Draft("It's printed on the back.", "en")).moves()] == []


def test_certain_and_never_name_signals() -> None:
    moves: dict[str, Any] = {name: {} for name in MOVES}
    AgentCues.model_validate({"moves": moves | {"question": {"certain": ["form"]}}, "signals": {"form": {}}})
    with pytest.raises(ValidationError, match=r"moves\.question: certain and never name signals; there is no form"):
        AgentCues.model_validate({"moves": moves | {"question": {"certain": ["form"]}}})
    with pytest.raises(ValidationError, match=r"moves\.solution: .* there is no from"):
        AgentCues.model_validate({"moves": moves | {"solution": {"never": ["from"]}}, "signals": {"form": {}}})


def test_a_customer_is_read_by_words_and_classifier() -> None:
    calm, upset = "How do I change my plan?", "My parcel never came."
    assert not PLAIN.customer(calm).problem and PLAIN.customer(upset).problem
    assert not assisted().customer(calm).problem and assisted().customer(upset).problem
    assert assisted(problem=0.9).customer(calm).problem
    assert not assisted(problem=0.04).customer(upset).problem
    again = "My parcel is late again."
    assert PLAIN.customer(again).repeat and assisted(repeat=0.6).customer(again).repeat
    assert not assisted(repeat=0.4).customer(again).repeat
    assert assisted(repeat=0.95).customer(upset).repeat


def test_anger_that_no_word_shows_must_be_sure() -> None:
    calm, upset = "My parcel never came.", "My parcel never came, that is annoying."
    assert (PLAIN.customer(calm).heat, PLAIN.customer(upset).heat) == (0, 1)
    said = {"heat_1": 0.9, "heat_2": 0.9, "heat_3": 0.1}
    assert assisted(**said).customer(calm).heat == 1
    assert assisted(**said).customer(upset).heat == 2
    assert assisted(**{**said, "heat_2": 0.98}).customer(calm).heat == 2


def test_a_wish_that_only_the_classifier_hears_is_not_one_in_so_many_words() -> None:
    heard, said = "My ticket is gone.", "My ticket is gone, I want my money back."
    for text, worded in ((heard, None), (said, "refund")):
        turn = assisted(wish_refund=0.9).customer(text)
        assert (turn.wish, turn.worded_wish) == ("refund", worded)


@pytest.mark.parametrize(
    ("plain", "not_plain"),
    [
        ("I'm having issues signing in to my account.", "Tell me whom to ask if I'm having issues signing in."),
        ("The app keeps crashing when I save.", "I was having problems, but it works fine now."),
        ("How can I stop this? I keep getting an error when I save.", "How can I find out which version I have?"),
        ("The site says it is unable to connect to the shop.", "Wanted to ask if there are plans for a darker menu."),
    ],
)
def test_a_problem_told_in_plain_words_is_one_whatever_the_classifier_says(plain: str, not_plain: str) -> None:
    assert assisted(problem=0.0).customer(plain).problem
    assert not assisted(problem=0.0).customer(not_plain).problem


@pytest.mark.parametrize(
    ("language", "plain", "not_plain"),
    [
        ("tr", "Kombi dünden beri çalışmıyor.", "Kombi çalışmıyorsa kimi aramam gerekir?"),
        ("pl", "Paczka nie dotarła, a miała być w piątek.", "Do kogo mam pisać, jeśli paczka nie dotarła?"),
    ],
)
def test_plain_words_for_a_problem_in_turkish_and_polish(language: Language, plain: str, not_plain: str) -> None:
    reader = PlainReader(default_packs()[language])
    assert reader.customer(plain).plainly
    assert not reader.customer(not_plain).plainly


def reviewed(text: str, **said: float) -> list[str]:
    classifier: Any = Fixed(**said)
    return [finding.rule for finding in Coach(PACKS, classifier).review(Draft(text, "en")).findings]


PACKS = default_packs()


def test_the_model_is_a_kind_of_match() -> None:
    assert "minimising" not in reviewed("A week is soon over.")
    assert "minimising" in reviewed("A week is soon over.", minimising=0.95)


def test_a_match_by_model_can_ask_for_a_move_as_well() -> None:
    assert "repeated-ask" in reviewed("And the number of the frame?", repeated_ask=0.95)
    assert "repeated-ask" not in reviewed("The number of the frame is on file.", repeated_ask=0.95)


def test_what_the_classifier_denies_is_not_flagged() -> None:
    text = "Is there anything else on your mind?"
    assert "generic-signoff" in reviewed(text)
    assert "generic-signoff" not in reviewed(text, generic_signoff=0.01)


def test_unmistakable_words_are_not_put_to_the_classifier() -> None:
    text = "Is there anything else I can help you with?"
    assert "generic-signoff" in reviewed(text, generic_signoff=0.01)


def test_the_classifier_is_not_asked_while_the_agent_types() -> None:
    class Silent(Fixed):
        def sentence(self, text: str, asked: str, before: str) -> dict[str, float]:
            raise AssertionError

        def turn(self, text: str) -> dict[str, float]:
            raise AssertionError

    classifier: Any = Silent()
    turns = (Turn("customer", "My parcel never came."),)
    assert Coach(PACKS, classifier).review(Draft("What is your order number? ", "en", turns, typing=True)).findings
