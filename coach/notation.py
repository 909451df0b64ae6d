"""The phrase notation of the rule files.

Words by spaces; `(a|b c|)` alternatives, an empty one makes it optional; `{name}` a word list of `words.yml`; `...` a gap of up
to three tokens, `...6` of up to six; `stem*` (or `[a-c]*`) any token that fits; `<num>` a number; a leading `^` or a trailing `$` ties the
phrase to the sentence, with a gap between (`^ ...3 no`) to its first or last words; so does one among the first or last alternatives
(`(now|$)`). Words are compared by spaCy's `NORM` (folded, contractions written out: `can't` is `can not`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from coach.text import norm

MOST_FORMS = 20_000
NUMBER = "<num>"
_LEX = re.compile(r"\(|\)|\||\{[\w-]+\}|\.\.\.\d*|<num>|[^\s(){}|]+")
_GAP = re.compile(r"\.\.\.(\d*)")

Row = tuple[str, ...]


class PhraseError(ValueError):
    """A phrase that the notation does not allow; the text says why."""


@dataclass(frozen=True, slots=True)
class Item:
    """A place in a phrase: one of `rows` (words; an empty row makes it optional) or one token by `globs`, at most `gap` tokens after
    the item before it."""

    rows: frozenset[Row]
    globs: frozenset[str]
    gap: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """Items in order, tied to the sentence's start or end on demand, with up to `head` and `tail` words between."""

    items: tuple[Item, ...]
    start: bool
    end: bool
    head: int = 0
    tail: int = 0


def _parse(text: str, words: Mapping[str, Sequence[str]], depth: int = 0) -> list[list[Row]]:
    """The items of a phrase in order, each as the rows (token tuples) that it may be."""
    if depth > 6:
        raise PhraseError(f"word lists nest too deep in {text!r}")
    pieces = _LEX.findall(text)
    at = 0

    def group() -> list[Row]:
        nonlocal at
        rows: list[Row] = []
        parts: list[list[Row]] = []
        while True:
            if at >= len(pieces):
                raise PhraseError(f"unclosed ( in {text!r}")
            if pieces[at] in "|)":
                rows.extend(_join(parts, text))
                parts = []
                at += 1
                if pieces[at - 1] == ")":
                    return rows
            else:
                parts.append(item())

    def item() -> list[Row]:
        nonlocal at
        piece = pieces[at]
        at += 1
        if piece == "(":
            return group()
        if piece in "|)":
            raise PhraseError(f"{piece!r} outside of ( ) in {text!r}")
        if piece.startswith("{"):
            name = piece[1:-1]
            if name not in words:
                raise PhraseError(f"no word list {name!r} (in {text!r})")
            return [row for entry in words[name] for row in _join(_parse(entry, words, depth + 1), entry)]
        return [(piece,)]

    items = []
    while at < len(pieces):
        items.append(item())
    return items


def _join(parts: Sequence[Sequence[Row]], text: str) -> list[Row]:
    size = 1
    for part in parts:
        size *= len(part)
    if size > MOST_FORMS:
        raise PhraseError(f"{text!r} stands for {size} phrases; {MOST_FORMS} are allowed")
    return [tuple(word for part in row for word in part) for row in product(*parts)]


@lru_cache(maxsize=100_000)
def _plain(word: str) -> bool:
    return "*" not in word and word != NUMBER and not _GAP.fullmatch(word)


def compile_phrase(text: str, words: Mapping[str, Sequence[str]], language: str) -> list[Pattern]:
    """The patterns that a phrase of the notation stands for. Raises `PhraseError`."""
    parsed = _parse(text.removeprefix("^").removesuffix("$"), words)
    patterns: list[Pattern] = []
    for items, start, end in _tied(parsed, text.startswith("^"), text.endswith("$")):
        patterns += _patterns(items, start, end, text, language)
    if not patterns:
        raise PhraseError(f"{text!r} says nothing")
    return patterns


def _tied(parsed: list[list[Row]], start: bool, end: bool) -> Iterator[tuple[list[list[Row]], bool, bool]]:
    """The items with the ties that a `^` among the first alternatives, or a `$` among the last, stands for; and without."""
    if len(parsed) > 1 and ("^",) in parsed[0]:
        yield from _tied(parsed[1:], True, end)
        parsed = [[row for row in parsed[0] if row != ("^",)], *parsed[1:]]
    if len(parsed) > 1 and ("$",) in parsed[-1]:
        yield parsed[:-1], start, True
        parsed = [*parsed[:-1], [row for row in parsed[-1] if row != ("$",)]]
    if all(parsed):
        yield parsed, start, end


def _patterns(parsed: list[list[Row]], start: bool, end: bool, text: str, language: str) -> list[Pattern]:
    branches: list[list[list[Row]]] = [[]]
    for rows in parsed:
        if all(_plain(word) for row in rows for word in row) or all(len(row) == 1 for row in rows):
            branches = [[*branch, rows] for branch in branches]
        else:
            branches = [branch + [[(word,)] for word in row] for branch in branches for row in rows]
        if len(branches) > MOST_FORMS or len(rows) > MOST_FORMS:
            raise PhraseError(f"{text!r} stands for more than {MOST_FORMS} phrases")
    patterns = []
    for branch in branches:
        items: list[Item] = []
        gap = 0
        for rows in branch:
            gapped = _GAP.fullmatch(rows[0][0]) if len(rows) == 1 and rows[0] else None
            if gapped:
                gap = int(gapped[1] or 3)
                continue
            plain = frozenset(row for row in rows if all(map(_plain, row)))
            globs = frozenset(norm(row[0], language) for row in rows if row not in plain)
            items.append(Item(plain, globs, gap))
            gap = 0
        if any(() not in item.rows for item in items):
            patterns.append(Pattern(tuple(items), start, end, items[0].gap, gap))
    return patterns
