"""How well personal data are found: `python -m tests.masking` prints precision and recall on the labelled sample, by kind and set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from coach.records.masking import Found, personal
from coach.types import Language

SAMPLE = Path(__file__).parent / "data" / "personal.txt"
SETS = ("dev", "test", "hard")
_MARK = re.compile(r"\{\{(\w+):([^}]*)\}\}")
_SUFFIX = re.compile(r"['’](?=[a-zıüöşçğ]+$)")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and the personal data in it."""

    part: str
    language: Language
    text: str
    data: tuple[Found, ...]


@dataclass(slots=True)
class Score:
    """Counts by kind. Found: all letters and digits of a piece are masked, and part of it as its own kind."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def precision(self, kind: str) -> float:
        """The share of what was masked that is personal."""
        return self.found[kind] / max(1, self.found[kind] + self.false[kind])

    def recall(self, kind: str) -> float:
        """The share of what is personal that was masked."""
        return self.found[kind] / max(1, self.found[kind] + self.missed[kind])


def sample() -> Iterator[Labelled]:
    """The labelled texts."""
    for line in SAMPLE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        part, language, marked = line.split("|", 2)
        text, data, at = "", [], 0
        for mark in _MARK.finditer(marked):
            text += marked[at : mark.start()]
            data.append(Found(mark[1], len(text), len(text) + len(mark[2])))
            text, at = text + mark[2], mark.end()
        assert language in ("en", "tr", "pl") and part in SETS
        yield Labelled(part, language, text + marked[at:], tuple(data))  # type: ignore[arg-type]


def score(items: Iterator[Labelled]) -> Score:
    """Compare what is found with what is labelled; the ending after the apostrophe of a Turkish name need not be masked."""
    result = Score()
    for item in items:
        found = personal(item.text, item.language)
        covered = {place for one in found for place in range(one.start, one.end)}
        for piece in item.data:
            value = item.text[piece.start : piece.end]
            end = piece.start + len(_SUFFIX.split(value)[0]) if piece.kind == "name" else piece.end
            same = any(one.kind == piece.kind and _meet(one, piece) for one in found)
            if same and all(place in covered for place in range(piece.start, end) if item.text[place].isalnum()):
                result.found[piece.kind] += 1
            else:
                result.missed[piece.kind] += 1
                result.wrong.append(f"missed {piece.kind}: {value}")
        for one in found:
            if not any(one.kind == piece.kind and _meet(one, piece) for piece in item.data):
                result.false[one.kind] += 1
                result.wrong.append(f"false {one.kind}: {item.text[one.start : one.end]}")
    return result


def _meet(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end


def main() -> None:
    """Print the table."""
    items = list(sample())
    for part in SETS:
        chosen = [item for item in items if item.part == part]
        result = score(iter(chosen))
        print(f"{part}: {len(chosen)} texts, {sum(len(item.data) for item in chosen)} pieces")
        for kind in sorted({*result.found, *result.missed, *result.false}):
            counts = f"{result.found[kind]:>3} found {result.missed[kind]:>3} missed {result.false[kind]:>3} false"
            print(f"  {kind:<8} {counts}   precision {result.precision(kind):.2f}  recall {result.recall(kind):.2f}")
        for line in result.wrong:
            print(f"    {line}")


if __name__ == "__main__":
    main()
