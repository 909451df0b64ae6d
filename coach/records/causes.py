"""Why it went wrong, if somebody of the agent's side said so. The words that decide it are language data (`words/`); nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from coach.records.case import CAUSES, Cause, CauseClass, Control, Said
from coach.text import norm
from coach.types import Language

FOLDER = Path(__file__).resolve().parent / "words"
IN_OUR_HANDS: Mapping[CauseClass, Control] = {
    "people": "ours",
    "process": "ours",
    "system": "ours",
    "product": "ours",
    "stock": "ours",
    "capacity": "ours",
    "information": "ours",
    "outside": "outside",
}
"""Who could have prevented a cause of this class. Of partners and customers the words must say so."""


@dataclass(frozen=True, slots=True)
class CauseWords:
    """How a cause is told in one language: expressions for a sentence that was folded by `norm`."""

    because: re.Pattern[str]
    unsure: re.Pattern[str]
    kinds: Mapping[CauseClass, re.Pattern[str]]
    plain: Mapping[CauseClass, re.Pattern[str]]
    ours: re.Pattern[str]
    outside: re.Pattern[str]


@cache
def cause_words(language: Language) -> CauseWords:
    """The words of a language."""
    data = yaml.safe_load((FOLDER / f"{language}.yml").read_text("utf-8"))

    def any_of(expressions: Sequence[str]) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{expression})" for expression in expressions))

    def by_class(named: Mapping[str, Sequence[str]]) -> Mapping[CauseClass, re.Pattern[str]]:
        return {kind: any_of(named[kind]) for kind in CAUSES if kind in named}

    return CauseWords(
        any_of(data["because"]),
        any_of(data["unsure"]),
        by_class(data["kinds"]),
        by_class(data["plain"]),
        any_of(data["ours"]),
        any_of(data["outside"]),
    )


def told_cause(sentences: Iterable[Said], language: Language) -> Cause:
    """The cause that the agent's `sentences` tell, in their order; the last that tells one counts, as it is the best informed."""
    words = cause_words(language)
    kind: CauseClass | None = None
    said: Said | None = None
    control: Control | None = None
    for sentence in sentences:
        text = norm(sentence.words, language)
        if words.unsure.search(text):
            continue
        found = _kind(text, words)
        if found:
            kind, said = found, sentence
        if words.ours.search(text):
            control, said = "ours", said or sentence
        elif words.outside.search(text):
            control, said = "outside", said or sentence
    return Cause(kind, control or (IN_OUR_HANDS.get(kind) if kind else None), said)


def _kind(text: str, words: CauseWords) -> CauseClass | None:
    because = words.because.search(text)
    if because:
        placed = [(_distance(found, because), kind) for kind, expression in words.kinds.items() if (found := expression.search(text))]
        if placed:
            return min(placed, key=lambda one: one[0])[1]
    return next((kind for kind, expression in words.plain.items() if expression.search(text)), None)


def _distance(found: re.Match[str], because: re.Match[str]) -> int:
    """How far a kind stands from the word that makes it a cause."""
    return (
        found.start() - because.end()
        if found.start() >= because.end()
        else because.start() - found.end()
        if found.end() <= because.start()
        else 0
    )
