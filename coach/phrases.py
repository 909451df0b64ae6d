"""The phrase notation of the rule files, and the index that finds every phrase of a pack in one pass over the tokens.

Notation: words by spaces; `(a|b c|)` alternatives, an empty one makes it optional; `{name}` a word list of `words.yml`;
`...` a gap of up to three tokens, `...6` of up to six; `stem*` any token that fits; `<num>` a number; a leading `^` or a
trailing `$` ties the phrase to the sentence. Words are compared by spaCy's `NORM` (folded, contractions written out: `can't` is `can not`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
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
_LEX = re.compile(r"\(|\)|\||\{[\w-]+\}|\.\.\.\d*|<num>|[^\s(){}|]+")
_GAP = re.compile(r"\.\.\.(\d*)")
_NUMBER = re.compile(r"#?\d[\d.,:/-]*\w{0,3}")

Row = tuple[str, ...]


class PhraseError(ValueError):
    """A phrase that the notation does not allow; the text says why."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of tokens without a gap: literal `forms`, or single tokens by `globs`."""

    forms: frozenset[str]
    globs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Segments in order, segment i at most `gaps[i]` tokens after the one before it; tied to the sentence's start or end on demand."""

    segments: tuple[Segment, ...]
    gaps: tuple[int, ...]
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


def _plain(word: str) -> bool:
    return "*" not in word and word != "<num>" and not _GAP.fullmatch(word)


def compile_phrase(text: str, words: Mapping[str, Sequence[str]], language: str) -> list[Pattern]:
    """The patterns that a phrase of the notation stands for. Raises `PhraseError`."""
    items = _parse(text.removeprefix("^").removesuffix("$"), words)
    branches: list[list[list[Row]]] = [[]]
    for rows in items:
        if all(_plain(word) for row in rows for word in row) or all(len(row) == 1 for row in rows):
            branches = [[*branch, rows] for branch in branches]
        else:
            branches = [branch + [[(word,)] for word in row] for branch in branches for row in rows]
    patterns = []
    for branch in branches:
        run = _Run(text, language)
        for rows in branch:
            run.take(rows)
        run.close()
        if run.segments:
            patterns.append(Pattern(tuple(run.segments), tuple(run.gaps), text.startswith("^"), text.endswith("$")))
    if not patterns:
        raise PhraseError(f"{text!r} says nothing")
    return patterns


class _Run:
    """Collects items into segments: literal ones are joined until a gap or a glob comes."""

    def __init__(self, text: str, language: str) -> None:
        self.text, self.language = text, language
        self.segments: list[Segment] = []
        self.gaps: list[int] = []
        self._gap = 0
        self._literal: list[list[Row]] = []

    def take(self, rows: list[Row]) -> None:
        gap = _GAP.fullmatch(rows[0][0]) if len(rows) == 1 and rows[0] else None
        if gap:
            self.close()
            self._gap = int(gap[1] or 3)
        elif all(_plain(word) for row in rows for word in row):
            self._literal.append(rows)
        else:
            self.close()
            tokens = {row[0] for row in rows}
            globs = frozenset(norm(word, self.language) for word in tokens if not _plain(word))
            self._add(Segment(frozenset(word for word in tokens if _plain(word)), globs))

    def close(self) -> None:
        forms = frozenset(" ".join(row) for row in _join(self._literal, self.text) if row)
        self._literal = []
        if forms:
            self._add(Segment(forms, frozenset()))

    def _add(self, segment: Segment) -> None:
        self.segments.append(segment)
        self.gaps.append(self._gap)
        self._gap = 0


class PhraseIndex:
    """Finds patterns by label: one `PhraseMatcher` pass for all literal segments, then joins only where every segment was seen.

    `labelled` gives (label, pattern) pairs; labels are any hashable values.
    """

    def __init__(self, nlp: Language, labelled: Iterable[tuple[int, Pattern]]) -> None:
        self._vocab = nlp.vocab
        self._matcher = PhraseMatcher(nlp.vocab, attr="NORM")
        ids: dict[Segment, int] = {}
        by_form: dict[str, list[int]] = defaultdict(list)
        self._globs: list[tuple[str, int]] = []
        self._seen_globs: dict[str, tuple[int, ...]] = {}
        self._by_segment: dict[int, list[tuple[int, tuple[int, ...], Pattern]]] = defaultdict(list)
        for label, pattern in labelled:
            numbers = []
            for segment in pattern.segments:
                if segment not in ids:
                    ids[segment] = len(ids)
                    for form in segment.forms:
                        by_form[form].append(ids[segment])
                    self._globs.extend((glob, ids[segment]) for glob in segment.globs)
                numbers.append(ids[segment])
            rarest = max(range(len(numbers)), key=[_rarity(segment) for segment in pattern.segments].__getitem__)
            self._by_segment[numbers[rarest]].append((label, tuple(numbers), pattern))
        # one matcher key per distinct set of segments, so that a phrase shared by many rules is looked for once
        self._keys: dict[int, tuple[int, ...]] = {}
        docs: dict[tuple[int, ...], list[Doc]] = defaultdict(list)
        merged: dict[tuple[str, ...], set[int]] = defaultdict(set)
        texts: dict[tuple[str, ...], Doc] = {}
        for form, numbers in by_form.items():
            doc = nlp.make_doc(form)
            norms = tuple(token.norm_ for token in doc)
            merged[norms].update(numbers)
            texts[norms] = doc
        for norms, found in merged.items():
            docs[tuple(sorted(found))].append(texts[norms])
        for numbers_key, group in docs.items():
            name = "+".join(map(str, numbers_key))
            self._matcher.add(name, group)
            self._keys[nlp.vocab.strings[name]] = numbers_key

    def find(self, doc: Doc, norms: Sequence[str]) -> list[tuple[int, int, int]]:
        """(label, start token, end token) of every pattern in `doc`, whose token norms are `norms`; may overlap, in no order."""
        at: dict[int, list[tuple[int, int]]] = {}
        for key, start, end in self._matcher(doc):
            for number in self._keys[key]:
                if number in at:
                    at[number].append((start, end))
                else:
                    at[number] = [(start, end)]
        if self._globs:
            for index, word in enumerate(norms):
                fits = self._seen_globs.get(word)
                if fits is None:
                    fits = tuple({n for glob, n in self._globs if _fits(word, glob)})
                    if len(self._seen_globs) < 100_000:
                        self._seen_globs[word] = fits
                for number in fits:
                    at.setdefault(number, []).append((index, index + 1))
        found = []
        for number in at:
            for label, numbers, pattern in self._by_segment.get(number, ()):
                if len(numbers) == 1:
                    spans = at[number]
                elif all(n in at for n in numbers):
                    spans = _spans(at, numbers, pattern.gaps)
                else:
                    continue
                for start, end in spans:
                    if (pattern.start and not _first(norms, start)) or (pattern.end and not _last(norms, end)):
                        continue
                    found.append((label, start, end))
        return found


def _rarity(segment: Segment) -> int:
    if segment.globs:
        return -1
    return min(form.count(" ") * 4 + len(form) for form in segment.forms)


def _fits(word: str, glob: str) -> bool:
    return bool(_NUMBER.fullmatch(word)) if glob == "<num>" else fnmatchcase(word, glob)


def _first(norms: Sequence[str], start: int) -> bool:
    return all(not any(c.isalnum() for c in word) for word in norms[:start])


def _last(norms: Sequence[str], end: int) -> bool:
    return all(not any(c.isalnum() for c in word) for word in norms[end:])


def _spans(at: Mapping[int, list[tuple[int, int]]], numbers: Sequence[int], gaps: Sequence[int]) -> list[tuple[int, int]]:
    spans = at[numbers[0]]
    for number, gap in zip(numbers[1:], gaps[1:], strict=True):
        spans = [(s, f) for s, e in spans for b, f in at[number] if 0 <= b - e <= gap]
        if not spans:
            break
    return list(dict.fromkeys(spans))
