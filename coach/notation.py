"""The phrase notation of the rule files.

Words by spaces; `(a|b c|)` alternatives, an empty one makes it optional; `{name}` a word list of `words.yml`; `...` a gap of up
to three tokens, `...6` of up to six; `stem*` (or `[a-c]*`) any token that fits; `<num>` a number; a leading `^` or a trailing `$` ties the
phrase to the sentence, with a gap between (`^ ...3 no`) to its first or last words; so does one among the first or last alternatives
(`(now|$)`). Words are compared by spaCy's `NORM` (folded, contractions written out: `can't` is `can not`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, product

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


class PhraseCompiler:
    """Compiles the phrases of one language; a word list is expanded once, however many phrases name it."""

    def __init__(self, words: Mapping[str, Sequence[str]], language: str) -> None:
        self._words, self._language = words, language
        self._lists: dict[str, list[Row]] = {}
        self._parted: dict[int, tuple[frozenset[Row], frozenset[str]]] = {}  # by the identity of a word list's rows

    def compile(self, text: str) -> list[Pattern]:
        """The patterns that a phrase of the notation stands for. Raises `PhraseError`."""
        parsed = self._parse(text.removeprefix("^").removesuffix("$"))
        patterns: list[Pattern] = []
        for items, start, end in _tied(parsed, text.startswith("^"), text.endswith("$")):
            patterns += self._patterns(items, start, end, text)
        if not patterns:
            raise PhraseError(f"{text!r} says nothing")
        return patterns

    def _parse(self, text: str, depth: int = 0) -> list[list[Row]]:
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
                return self._list(piece[1:-1], text, depth)
            return [(piece,)]

        items = []
        while at < len(pieces):
            items.append(item())
        return items

    def _list(self, name: str, text: str, depth: int) -> list[Row]:
        if name not in self._words:
            raise PhraseError(f"no word list {name!r} (in {text!r})")
        rows = self._lists.get(name)
        if rows is None:
            rows = self._lists[name] = [row for entry in self._words[name] for row in _join(self._parse(entry, depth + 1), entry)]
            self._parted[id(rows)] = self._parts(rows)
        return rows

    def _parts(self, rows: list[Row]) -> tuple[frozenset[Row], frozenset[str]]:
        """The rows of plain words, and the globs among the others, which are one word each."""
        known = self._parted.get(id(rows))
        if known is not None:
            return known
        plain = frozenset(row for row in rows if all(map(_plain, row)))
        return plain, frozenset(norm(row[0], self._language) for row in rows if row not in plain)

    def _patterns(self, parsed: list[list[Row]], start: bool, end: bool, text: str) -> list[Pattern]:
        branches: list[list[list[Row]]] = [[]]
        for rows in parsed:
            if all(len(row) == 1 for row in rows) or all(_plain(word) for row in rows for word in row):
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
                items.append(Item(*self._parts(rows), gap))
                gap = 0
            if any(() not in item.rows for item in items):
                patterns.append(Pattern(tuple(items), start, end, items[0].gap, gap))
        return patterns


def compile_phrase(text: str, words: Mapping[str, Sequence[str]], language: str) -> list[Pattern]:
    """The patterns that one phrase of the notation stands for. Raises `PhraseError`."""
    return PhraseCompiler(words, language).compile(text)


def _join(parts: Sequence[list[Row]], text: str) -> list[Row]:
    if len(parts) == 1:
        return parts[0]
    size = math.prod(map(len, parts))
    if size > MOST_FORMS:
        raise PhraseError(f"{text!r} stands for {size} phrases; {MOST_FORMS} are allowed")
    return [tuple(chain.from_iterable(row)) for row in product(*parts)]


@lru_cache(maxsize=100_000)
def _plain(word: str) -> bool:
    return "*" not in word and word != NUMBER and not _GAP.fullmatch(word)


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
