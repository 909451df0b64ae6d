"""The tables of the model card: `python -m models.evaluate`. Sentences of the test part, which neither training nor thresholds saw.

The classifier by itself, a label counting where it is likelier than not; how product and rules decide with it, `coach eval` shows.
Needs no torch.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from coach.classify import Classifier, open_classifier
from coach.evaluate import Score, calibration, total
from coach.types import FLAGS, MOVES
from models.corpus import Item, items, part

HALF = 0.5


def scored(classifier: Classifier, chosen: Sequence[Item]) -> tuple[dict[str, Score], list[tuple[float, bool]]]:
    """Every label's score over the sentences of some items, and what was said of the faults: (probability, right)."""
    scores = {name: Score() for name in (*MOVES, *FLAGS)}
    said: list[tuple[float, bool]] = []
    for item in chosen:
        before = ""
        for sentence in item.draft:
            found = classifier.sentence(sentence.text, item.asked, before)
            wanted = sentence.moves | sentence.flags
            for name, score in scores.items():
                score.add(name in wanted, found[name] >= HALF)
            said += [(found[name], name in wanted) for name in FLAGS if found[name] >= HALF]
            before = sentence.text
    return scores, said


def heard(classifier: Classifier, chosen: Sequence[Item]) -> tuple[Score, int, int]:
    """The score of `problem` on customers' turns, how many heats are right, and how many there are."""
    problem, right, labelled = Score(), 0, 0
    for item in chosen:
        if item.customer is None:
            continue
        said = classifier.turn(item.asked)
        problem.add("problem" in item.customer, said["problem"] >= 0.5)
        levels = [f"heat-{level}" for level in (1, 2, 3)]
        right += sum(said[name] >= 0.5 for name in levels) == sum(name in item.customer for name in levels)
        labelled += 1
    return problem, right, labelled


def table(classifier: Classifier, chosen: Sequence[Item]) -> Iterator[str]:
    """Markdown lines: precision, recall and F1 of every label by language."""
    languages = sorted({item.language for item in chosen})
    by_language = {one: scored(classifier, [item for item in chosen if item.language == one]) for one in languages}
    yield "| label | " + " | ".join(f"{one} P | R | F1 | of" for one in languages) + " |"
    yield "|---" * (1 + 4 * len(languages)) + "|"
    rows: list[tuple[str, Sequence[str]]] = [(name, (name,)) for name in (*FLAGS, *MOVES)]
    rows[len(FLAGS) : len(FLAGS)] = [("**all faults**", FLAGS)]
    rows.append(("**all moves**", MOVES))
    for title, names in rows:
        cells = []
        for one in languages:
            score = total(by_language[one][0][name] for name in names)
            cells += [_shown(score.precision), _shown(score.recall), _shown(score.f1), str(score.support)]
        yield f"| {title} | " + " | ".join(cells) + " |"
    yield ""
    for one in languages:
        problem, right, labelled = heard(classifier, [item for item in chosen if item.language == one])
        yield f"- {one}: customer's problem F1 {_shown(problem.f1)}, heat the same in {right} of {labelled} turns"
    yield ""
    yield "| said | sentences | mean said | right |"
    yield "|---|---|---|---|"
    for low, count, mean, share in calibration([row for one in languages for row in by_language[one][1]]):
        yield f"| from {low:.2f} | {count} | {mean:.2f} | {share:.2f} |"


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, help="another folder of weights")
    parser.add_argument("--part", choices=("dev", "test"), default="test")
    options = parser.parse_args()
    classifier = open_classifier(options.weights)
    if classifier is None:
        raise SystemExit("no weights there")
    for line in table(classifier, [item for item in items() if part(item) == options.part]):
        print(line)


if __name__ == "__main__":
    main()
