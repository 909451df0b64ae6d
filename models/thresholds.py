"""Chooses from where on a fault counts, for rules and classifier together, on the development part: `python -m models.thresholds`.

For each language and fault two numbers: below the first the classifier denies what a rule found, from the second on it says so by
itself. Both are chosen over whole drafts, as the product reviews them, for an F score that leans to precision and knows that real drafts
show faults far more seldom than this text does. What comes too early has a third, chosen likewise over all languages together, as there
are few: below it the fault is denied where no words, only the classifier, tell the question or the fix.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from coach.classify import CARD, Classifier, open_classifier
from coach.packs import default_packs
from coach.pipeline import Coach
from coach.reading import Core, Sentence
from coach.types import FLAGS, Draft, Finding, Language, Turn
from models.corpus import Item, items, part

FEWEST = 12  # labelled drafts that a language needs for numbers of its own
BETA = 0.75
# How much rarer faults are in real drafts than here: a false alarm that only the classifier raises counts so often, one that a rule
# raises half as often. Turkish and Polish have fewer rules, so that more is left to the classifier.
RARITY = {"en": 4, "tr": 2, "pl": 2}
LOWER = (0.0, 0.01, 0.02, 0.05)
BY_ORDER = {"premature-question": "question", "premature-solution": "solution"}  # these hang on more than their sentence
LOWER_BY_ORDER = (0.0, 0.01, 0.02)
UNWORDED = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
UPPER = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
NEVER, ALWAYS = 1.1, 0.02


@dataclass(frozen=True)
class Seen:
    """A fault on a draft: is it labelled, how likely is it where a rule found it (None: no rule did), and where none did. `unworded`:
    the rule found it by a move that only the classifier heard."""

    labelled: bool
    by_rule: float | None
    by_model: float | None
    unworded: bool = False

    def raised(self, lower: float, upper: float) -> bool:
        """Whether the product would raise it."""
        return (self.by_rule is not None and self.by_rule >= lower) or (self.by_model is not None and self.by_model >= upper)


def as_draft(item: Item) -> Draft:
    """An item as the product sees it."""
    turns = tuple(Turn(turn["role"], turn["text"], None, bool(turn.get("automatic"))) for turn in item.turns)
    languages: Mapping[str, Language] = {"en": "en", "tr": "tr", "pl": "pl"}
    return Draft(" ".join(said.text for said in item.draft), languages[item.language], turns)


def seen(classifier: Classifier, chosen: Sequence[Item]) -> dict[tuple[str, str], list[Seen]]:
    """What rules and classifier say of every fault on every draft, by language and fault."""
    found: dict[tuple[str, str], list[Seen]] = {(item.language, name): [] for item in chosen for name in FLAGS}
    rules, both = (_coach(classifier, upper) for upper in (NEVER, ALWAYS))
    for item in chosen:
        draft = as_draft(item)
        labelled = frozenset[str]().union(*(said.flags for said in item.draft))
        worded = _likeliest(rules, draft)
        heard = _likeliest(both, draft)
        for name in FLAGS:
            own, unworded = worded.get(name, (None, False))
            found[item.language, name].append(Seen(name in labelled, own, heard[name][0] if name in heard else None, unworded))
    return found


def _coach(classifier: Classifier, upper: float) -> Coach:
    bounds = {
        language: {name: ([0.0, upper] if name in FLAGS else two) for name, two in own.items()}
        for language, own in classifier.bounds.items()
    }
    return Coach(default_packs(), classifier.with_bounds(bounds))


def _likeliest(coach: Coach, draft: Draft) -> dict[str, tuple[float, bool]]:
    """Per fault found the largest probability at its places, 1 for what the classifier is not asked about; and whether it hangs on a
    move there that only the classifier heard."""
    situation = coach.situation(draft, NOW)
    likely: dict[str, tuple[float, bool]] = {}
    for finding in coach.detected(situation):
        if finding.family in FLAGS:
            core = _place(finding, situation.reading.sentences)
            at = core.flags.get(finding.family, 1.0) if core else 1.0
            unworded = core is not None and BY_ORDER.get(finding.family) in core.heard
            likely[finding.family] = max(likely.get(finding.family, (0.0, False)), (at, unworded))
    return likely


def _place(finding: Finding, sentences: Sequence[Sentence]) -> Core | None:
    for sentence in sentences:
        if finding.span and sentence.start <= finding.span.start < sentence.end:
            return sentence.core
    return None


def chosen(rows: Sequence[Seen], rarity: int, lowest: Sequence[float] = LOWER) -> tuple[float, float]:
    """The lower number that is best for what rules found, and the upper one that is best with it; of equal ones the most cautious."""
    lower = max(lowest, key=lambda bound: (value(rows, rarity, bound, NEVER), bound))
    return lower, max(UPPER, key=lambda upper: (value(rows, rarity, lower, upper), upper))


def chosen_unworded(rows: Sequence[Seen], rarity: int, lower: float) -> float:
    """The number that is best for what a rule found by a move that only the classifier heard; of equal ones the most cautious."""

    def denied(row: Seen, bound: float) -> Seen:
        least = bound if row.unworded else lower
        return replace(row, by_rule=None if row.by_rule is None or row.by_rule < least else row.by_rule, by_model=None)

    return max(UNWORDED, key=lambda bound: (value([denied(row, bound) for row in rows], rarity, lower, NEVER), bound))


def value(rows: Sequence[Seen], rarity: int, lower: float, upper: float) -> float:
    """An F score of what the product would raise, a false alarm counting as often as real drafts are likely to show it."""
    raised = [row.raised(lower, upper) for row in rows]
    right = sum(up and row.labelled for up, row in zip(raised, rows, strict=True))
    alone = sum(up and not row.labelled and (row.by_rule is None or row.by_rule < lower) for up, row in zip(raised, rows, strict=True))
    worded = sum(raised) - right - alone
    false = rarity * alone + rarity / 2 * worded + 0.5
    missed = sum(row.labelled for row in rows) - right
    return (1 + BETA**2) * right / max(1e-9, (1 + BETA**2) * right + BETA**2 * missed + false)


def main() -> None:
    """Choose, write the card, print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path("models/weights"))
    options = parser.parse_args()
    classifier = open_classifier(options.weights)
    if classifier is None:
        raise SystemExit("no weights there")
    rows = seen(classifier, [item for item in items() if part(item) == "dev"])
    card = json.loads((options.weights / CARD).read_text(encoding="utf-8"))
    for (language, name), own in rows.items():
        enough = sum(row.labelled for row in own) >= FEWEST
        every = [row for (_, other), some in rows.items() if other == name for row in some]
        pooled = own if enough else every
        found = chosen(pooled, RARITY[language], LOWER_BY_ORDER if name in BY_ORDER else LOWER)
        third = [chosen_unworded(every, RARITY[language], found[0])] if name in BY_ORDER else []
        card["bounds"][language][name] = [*found, *third]
        print(f"{language} {name:22} {card['bounds'][language][name]}{'' if enough else '  (all languages)'}")
    (options.weights / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
