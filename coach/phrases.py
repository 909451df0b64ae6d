"""The phrase notation of the rule files, and the index that finds every phrase of a pack in one pass over the tokens.

Notation: words by spaces; `(a|b c|)` alternatives, an empty one makes it optional; `{name}` a word list of `words.yml`;
`...` a gap of up to three tokens, `...6` of up to six; `stem*` any token that fits; `<num>` a number; a leading `^` or a
trailing `$` ties the phrase to the sentence. Words are compared by spaCy's `NORM` (folded, contractions written out: `can't` is `can not`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import product
from typing import Any

import spacy
from spacy.attrs import NORM
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.symbols import ORTH
from spacy.tokens import Doc

from coach.text import norm

MOST_FORMS = 20_000
MOST_JOINED = 1_000
COMMON = 6  # the rarity below which an anchor is joined with its neighbours
WORDS_KEPT = 100_000
_LEX = re.compile(r"\(|\)|\||\{[\w-]+\}|\.\.\.\d*|<num>|[^\s(){}|]+")
_GAP = re.compile(r"\.\.\.(\d*)")
_NUMBER = re.compile(r"#?\d[\d.,:/-]*\w{0,3}")

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
    """Items in order, tied to the sentence's start or end on demand."""

    items: tuple[Item, ...]
    start: bool
    end: bool


def tokenizer(language: str, norms: Mapping[str, str], abbreviations: Iterable[str]) -> Language:
    """A blank spaCy pipeline whose tokens' NORM is folded by `language`; `norms` maps chat spellings to plain words."""
    nlp = spacy.blank(language)

    def fold(text: str) -> str:
        plain = norm(text, language)
        return norms.get(plain, plain)

    vocab: Any = nlp.vocab
    vocab.lex_attr_getters = {NORM: fold}
    for lexeme in vocab:
        lexeme.norm_ = fold(lexeme.orth_)
    splitter: Any = nlp.tokenizer
    for word in abbreviations:
        splitter.add_special_case(word, [{ORTH: word}])
    return nlp


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
    return "*" not in word and word != "<num>" and not _GAP.fullmatch(word)


def compile_phrase(text: str, words: Mapping[str, Sequence[str]], language: str) -> list[Pattern]:
    """The patterns that a phrase of the notation stands for. Raises `PhraseError`."""
    parsed = _parse(text.removeprefix("^").removesuffix("$"), words)
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
            patterns.append(Pattern(tuple(items), text.startswith("^"), text.endswith("$")))
    if not patterns:
        raise PhraseError(f"{text!r} says nothing")
    return patterns


class _Place:
    """An item made ready: its rows as tuples of norms by length, its globs, and every token that can begin or be it."""

    __slots__ = ("gap", "globs", "rows")

    def __init__(self, rows: Iterable[Row], globs: frozenset[str], gap: int) -> None:
        by_length: dict[int, set[Row]] = defaultdict(set)
        for row in rows:
            by_length[len(row)].add(row)
        self.rows = tuple(sorted(by_length.items()))
        self.globs, self.gap = globs, gap

    def ends(self, norms: Sequence[str], at: int) -> list[int]:
        """Where the item ends when it begins at `at`."""
        found = [at + length for length, rows in self.rows if tuple(norms[at : at + length]) in rows]
        if self.globs and at < len(norms) and any(_fits(norms[at], glob) for glob in self.globs):
            found.append(at + 1)
        return found

    def starts(self, norms: Sequence[str], at: int) -> list[int]:
        """Where the item begins when it ends at `at`."""
        found = [at - length for length, rows in self.rows if length <= at and tuple(norms[at - length : at]) in rows]
        if self.globs and at and any(_fits(norms[at - 1], glob) for glob in self.globs):
            found.append(at - 1)
        return found


class _Ready:
    """A pattern made ready: verified from its anchor item outwards, after a look at the tokens next to it."""

    __slots__ = ("after", "before", "end", "follows", "label", "needs", "precedes", "start")

    def __init__(self, label: int, places: list[_Place], anchor: int, pattern: Pattern) -> None:
        self.label, self.start, self.end = label, pattern.start, pattern.end
        self.before = [(places[index], places[index + 1].gap) for index in range(anchor - 1, -1, -1)]
        self.after = places[anchor + 1 :]
        self.follows = _edge([(place, place.gap) for place in self.after], 0)
        self.precedes = _edge(self.before, -1)
        required = [place for index, place in enumerate(places) if index != anchor and not place.globs and place.rows[0][0]]
        self.needs = tuple(frozenset(row[0] for _, rows in place.rows for row in rows) for place in required)

    def possible(self, following: str, preceding: str, seen: Set[str]) -> bool:
        """Whether the tokens next to the anchor and those anywhere in the text allow the pattern at all."""
        if self.follows is not None and following not in self.follows:
            return False
        if self.precedes is not None and preceding not in self.precedes:
            return False
        return not any(seen.isdisjoint(need) for need in self.needs)

    def span(self, norms: Sequence[str], start: int, end: int) -> tuple[int, int] | None:
        """The longest span of the pattern around its anchor at [start, end), or None."""
        ends = {end}
        for place in self.after:
            ends = {stop for at in ends for begin in range(at, min(at + place.gap, len(norms)) + 1) for stop in place.ends(norms, begin)}
            if not ends:
                return None
        starts = {start}
        for place, gap in self.before:
            starts = {begin for at in starts for stop in range(at, max(at - gap, 0) - 1, -1) for begin in place.starts(norms, stop)}
            if not starts:
                return None
        first, last = min(starts), max(ends)
        if (self.start and not _first(norms, first)) or (self.end and not _last(norms, last)):
            return None
        return first, last


def _joined(first: _Place, second: _Place) -> _Place | None:
    """Two neighbouring items as one, where that stands for few enough rows."""
    if second.gap or first.globs or second.globs or not first.rows[0][0] or not second.rows[0][0]:
        return None
    left, right = ([row for _, rows in place.rows for row in rows] for place in (first, second))
    if len(left) * len(right) > MOST_JOINED:
        return None
    return _Place([a + b for a in left for b in right], frozenset(), first.gap)


def _edge(places: Sequence[tuple[_Place, int]], side: int) -> frozenset[str] | None:
    """The tokens one of which must stand next to the anchor (`side` 0: after it, -1: before it); None where any may."""
    tokens: set[str] = set()
    for place, gap in places:
        if gap or place.globs:
            return None
        tokens.update(row[side] for _, rows in place.rows for row in rows if row)
        if place.rows[0][0]:
            return frozenset(tokens)
    return None


class PhraseIndex:
    """Finds labelled patterns in one `PhraseMatcher` pass.

    Only the rarest item of each pattern, its anchor, is looked for; where it stands, the items around it are verified. So the
    cost hangs on the anchors that the text holds, not on the number of phrases.
    """

    def __init__(self, nlp: Language, labelled: Iterable[tuple[int, Pattern]]) -> None:
        self._nlp = nlp
        self._norms: dict[str, Row] = {}
        self._matcher = PhraseMatcher(nlp.vocab, attr="NORM")
        self._stop = frozenset(norm(word, nlp.lang) for word in nlp.Defaults.stop_words)
        self._known: dict[Item, _Place] = {}
        self._stems: dict[str, list[_Ready]] = defaultdict(list)
        self._globs: dict[str, list[_Ready]] = defaultdict(list)
        self._glob_hits: dict[str, tuple[_Ready, ...]] = {}
        by_row: dict[Row, list[_Ready]] = defaultdict(list)
        for label, pattern in labelled:
            places, anchor = self._anchored([self._place(item) for item in pattern.items])
            ready = _Ready(label, places, anchor, pattern)
            for _, rows in places[anchor].rows:
                for row in rows:
                    by_row[row].append(ready)
            for glob in places[anchor].globs:
                simple = glob.endswith("*") and glob.count("*") == 1
                (self._stems[glob[:-1]] if simple else self._globs[glob]).append(ready)
        self._ready: dict[int, tuple[_Ready, ...]] = {}
        for row, found in by_row.items():
            name = " ".join(row)
            self._matcher.add(name, [self._doc(row)])
            self._ready[nlp.vocab.strings[name]] = tuple(found)

    def _anchored(self, places: list[_Place]) -> tuple[list[_Place], int]:
        """The places, and which one is the anchor; one that is common by itself is joined with its neighbours."""
        anchor = max(range(len(places)), key=[self._rarity(place) for place in places].__getitem__)
        while self._rarity(places[anchor]) < COMMON:
            for left in (anchor, anchor - 1):
                if 0 <= left < len(places) - 1:
                    joined = _joined(places[left], places[left + 1])
                    if joined is not None:
                        places, anchor = [*places[:left], joined, *places[left + 2 :]], left
                        break
            else:
                break
        return places, anchor

    def _place(self, item: Item) -> _Place:
        known = self._known.get(item)
        if known is None:
            known = self._known[item] = _Place({self._row(row) for row in item.rows}, item.globs, item.gap)
        return known

    def _row(self, row: Row) -> Row:
        return tuple(word for text in row for word in self._norms_of(text))

    def _norms_of(self, text: str) -> Row:
        known = self._norms.get(text)
        if known is None:
            known = self._norms[text] = tuple(token.norm_ for token in self._nlp.make_doc(text))
        return known

    def _doc(self, row: Row) -> Doc:
        doc = Doc(self._nlp.vocab, words=list(row))
        for token, word in zip(doc, row, strict=True):
            token.norm_ = word
        return doc

    def _rarity(self, place: _Place) -> int:
        """How seldom an item stands in a text: 0 for one that may be absent; more for long words, stop words count little."""
        if place.globs:
            return 2 + min(len(glob) for glob in place.globs)
        if place.rows[0][0] == 0:
            return 0
        return min(
            max(0 if word in self._stop or not word[:1].isalnum() else 2 + len(word) for word in row) + len(row)
            for _, rows in place.rows
            for row in rows
        )

    def find(self, doc: Doc, norms: Sequence[str]) -> list[tuple[int, int, int]]:
        """(label, start token, end token) of every pattern in `doc`, whose token norms are `norms`; may overlap, in no order."""
        found: list[tuple[int, int, int]] = []
        anchors = [(self._ready[key], start, end) for key, start, end in self._matcher(doc)]
        if self._stems or self._globs:
            anchors += [(fits, index, index + 1) for index, word in enumerate(norms) if (fits := self._globbed(word))]
        seen = frozenset(norms)
        ring = ["", *norms, ""]
        for ready_here, start, end in anchors:
            following, preceding = ring[end + 1], ring[start]
            for ready in ready_here:
                if ready.possible(following, preceding, seen):
                    span = ready.span(norms, start, end)
                    if span is not None:
                        found.append((ready.label, *span))
        return list(dict.fromkeys(found))

    def _globbed(self, word: str) -> tuple[_Ready, ...]:
        """The patterns whose anchor is a glob that `word` fits."""
        fits: tuple[_Ready, ...] | None = self._glob_hits.get(word)
        if fits is None:
            stems = [ready for length in range(1, len(word) + 1) for ready in self._stems.get(word[:length], ())]
            fits = (*stems, *(ready for glob, group in self._globs.items() if _fits(word, glob) for ready in group))
            if len(self._glob_hits) < WORDS_KEPT:
                self._glob_hits[word] = fits
        return fits


def _fits(word: str, glob: str) -> bool:
    if glob == "<num>":
        return bool(_NUMBER.fullmatch(word))
    stem, _, rest = glob.partition("*")
    return word.startswith(stem) and (not rest or fnmatchcase(word, glob))


def _first(norms: Sequence[str], start: int) -> bool:
    return all(not any(c.isalnum() for c in word) for word in norms[:start])


def _last(norms: Sequence[str], end: int) -> bool:
    return all(not any(c.isalnum() for c in word) for word in norms[end:])
