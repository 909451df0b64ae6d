from __future__ import annotations

import json
from pathlib import Path

import pytest

from coach.evaluate import FAMILIES, Evaluation, Labelled, Score, evaluate, read_labelled, told_apart, total, without_diacritics
from coach.inputs import InputError
from coach.score_report import as_text, as_values
from coach.types import Draft, Review, Turn
from tests.reviews import finding, review


def item(text: str, *families: str, id: str = "1", pair: str | None = None) -> Labelled:
    return Labelled(id, Draft(text), tuple((family, text) for family in families), pair=pair)


def run(items: list[Labelled], answers: dict[str, Review], visible_only: bool = False) -> Evaluation:
    return evaluate(items, lambda draft: answers.get(draft.text, review()), visible_only)


def test_score() -> None:
    score = Score(right=3, false=1, missed=2)
    assert (score.precision, score.recall, score.support) == (0.75, 0.6, 5)
    assert score.f1 == pytest.approx(2 / 3)
    empty = Score()
    assert (empty.precision, empty.recall, empty.f1) == (None, None, None)


def test_the_unit_is_draft_times_family() -> None:
    answers = {"a": review(finding("excuse"), finding("excuse", (2, 3)), finding("canned"))}
    result = run([item("a", "excuse", "arguing"), item("b", "canned")], answers)
    assert result.families["excuse"] == Score(right=1)
    assert result.families["canned"] == Score(false=1, missed=1)
    assert result.families["arguing"] == Score(missed=1)
    assert total(result.families.values()) == Score(right=1, false=1, missed=2)


def test_only_the_families_of_the_guide_count() -> None:
    answers = {"a": review(finding("tone"), finding("overdue-promise"))}
    result = run([item("a", "tone")], answers)
    assert set(result.families) == set(FAMILIES)
    assert total(result.families.values()) == Score()
    assert result.clean == (1, 1)


def test_a_draft_as_typed_without_diacritics() -> None:
    draft = Draft("Özür dilerim.", "tr", (Turn("customer", "Sipariş gelmedi"),))
    plain = without_diacritics(Labelled("1", draft, (("weak-apology", "Özür"),), complaint=True))
    assert plain.draft == Draft("Ozur dilerim.", "tr", (Turn("customer", "Siparis gelmedi"),))
    assert plain.flags == (("weak-apology", "Ozur"),) and plain.complaint


def test_clean_drafts_left_quiet() -> None:
    answers = {"a": review(finding("excuse")), "b": review()}
    assert run([item("a"), item("b"), item("c", "excuse")], answers).clean == (1, 2)


def test_visible_only() -> None:
    answers = {"a": review(finding("excuse", visible=False))}
    assert run([item("a", "excuse")], answers).families["excuse"].right == 1
    assert run([item("a", "excuse")], answers, visible_only=True).families["excuse"].missed == 1


def test_moves_and_complaint() -> None:
    labelled = Labelled("1", Draft("a"), complaint=True, moves=frozenset({"apology", "thanks"}))
    result = run([labelled, item("b")], {"a": review(moves=("apology", "question"), failure=True)})
    assert (result.moves["apology"], result.moves["thanks"], result.moves["question"]) == (Score(right=1), Score(missed=1), Score(false=1))
    assert result.complaint == (1, 1)


def test_pairs() -> None:
    excuse, none = frozenset({"excuse"}), frozenset[str]()
    assert told_apart([(excuse, excuse), (none, none)]) is True
    assert told_apart([(excuse, excuse), (none, excuse)]) is False
    assert told_apart([(excuse, none), (none, none)]) is False
    assert told_apart([(excuse, excuse), (none, frozenset({"canned"}))]) is True, "only families that differ count"
    assert told_apart([(excuse, none), (excuse, none)]) is None
    items = [item("a", "excuse", pair="p"), item("b", pair="p"), item("c", "excuse", pair="q"), item("d", pair="q"), item("e")]
    result = run(items, {"a": review(finding("excuse")), "c": review(finding("excuse")), "d": review(finding("excuse"))})
    assert result.pairs == (1, 2)


def test_worst_errors_first() -> None:
    answers = {
        "a": review(finding("canned", confidence=0.5), finding("excuse", confidence=0.9), finding("arguing", visible=False, confidence=1)),
        "b": review(finding("canned")),
    }
    items = [item("a"), item("b", "excuse", "canned", id="2"), item("c", "arguing", id="3"), item("d", "excuse", id="4")]
    result = run(items, answers)
    assert [alarm.family for alarm in result.alarms] == ["excuse", "canned", "arguing"]
    assert [(miss.id, miss.silent) for miss in result.misses] == [("4", True), ("3", True), ("2", False)]
    text = list(as_text(result, 1))
    assert "worst false alarms (1 of 3)" in text
    assert any("excuse-rule 0.90: “a”" in line for line in text)
    assert any(line.endswith("excuse: “d”") for line in text)


def test_report_values_and_text_agree() -> None:
    result = run([item("a", "excuse", pair="p"), item("b", pair="p")], {"a": review(finding("excuse"))})
    values = json.loads(json.dumps(as_values(result, 5)))
    assert values["families"]["excuse"] == {"precision": 1, "recall": 1, "f1": 1, "support": 1, "right": 1, "false": 0, "missed": 0}
    assert values["families"]["canned"]["precision"] is None
    assert values["pairs"] == {"right": 1, "total": 1, "share": 1}
    assert (values["false_alarms"], values["misses"]) == ([], [])
    text = list(as_text(result))
    assert any(line.split() == ["excuse", "1.000", "1.000", "1.000", "1", "1", "0", "0"] for line in text)
    assert "minimal pairs told apart  1/1 (100.0%)" in text


def test_read_labelled(tmp_path: Path) -> None:
    line = {
        "id": "x",
        "language": "en",
        "conversation": [{"role": "customer", "text": "Broken."}],
        "draft": "We're busy.",
        "complaint": True,
        "flags": [{"flag": "excuse", "quote": "busy"}, {"flag": "unknown", "quote": "We"}],
        "moves": ["apology"],
        "note": "hard",
        "pair": "p1",
    }
    file = tmp_path / "labelled.jsonl"
    file.write_text(json.dumps(line) + "\n\n" + json.dumps({"draft": "", "flags": []}) + "\n")
    first, second = read_labelled(str(file))
    assert (first.id, first.pair, first.complaint) == ("x", "p1", True)
    assert first.families == frozenset({"excuse"}) and first.moves == frozenset({"apology"})
    assert first.draft.conversation[0].text == "Broken."
    assert (second.id, second.moves, second.complaint) == ("3", None, None)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ('{"draft": "x"}', "flags: field required"),
        ('{"draft": "x", "flags": [{"quote": "x"}]}', "flags.0.flag: field required"),
        ('{"flags": []}', "draft: field required"),
    ],
)
def test_bad_labels_are_told_with_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text('{"draft": "x", "flags": []}\n' + line + "\n")
    with pytest.raises(InputError) as caught:
        list(read_labelled(str(file)))
    assert str(caught.value).startswith(f"{file}:2: {message}")


def test_a_missing_file() -> None:
    with pytest.raises(InputError, match=r"nowhere\.jsonl: no such file"):
        list(read_labelled("nowhere.jsonl"))
