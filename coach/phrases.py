"""Finds every phrase of a pack in one pass over the tokens of a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase, translate
from itertools import islice

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from coach.notation import NUMBER, Item, Pattern, Row
from coach.text import norm
from coach.tokens import WORDS_KEPT

FITTING_KEPT = 5_000
_NUMBER = re.compile(r"#?\d[\d.,:/-]*\w{0,3}")


class _Place:
    """An item made ready: its rows as norms (`one` word; the lengths of longer ones by first and by last word), its globs, and
    whether it may be absent."""

    __slots__ = ("_fitting", "backwards", "forwards", "gap", "globs", "one", "optional", "plain", "rarity", "rows")

    def __init__(self, rows: Iterable[Row], globs: frozenset[str], gap: int, stop: frozenset[str]) -> None:
        self.rows = frozenset(rows)
        self.globs, self.gap = globs, gap
        self.rarity = _rarity(self.rows, globs, stop)
        self.optional = () in self.rows
        self.one = frozenset(row[0] for row in self.rows if len(row) == 1)
        self.plain = not self.optional and not globs and all(len(row) == 1 for row in self.rows)
        self.forwards = _lengths(self.rows, 0)
        self.backwards = _lengths(self.rows, -1)
        self._fitting: dict[str, bool] = {}

    def fits(self, word: str) -> bool:
        """Whether one of the globs fits."""
        known = self._fitting.get(word)
        if known is None:
            known = any(_fits(word, glob) for glob in self.globs)
            if len(self._fitting) < FITTING_KEPT:
                self._fitting[word] = known
        return known


def _lengths(rows: Iterable[Row], side: int) -> dict[str, list[int]]:
    """The lengths of the rows of several words, by their first (`side` 0) or last (-1) word."""
    found: dict[str, set[int]] = {}
    for row in rows:
        if len(row) > 1:
            found.setdefault(row[side], set()).add(len(row))
    return {word: sorted(lengths) for word, lengths in found.items()}


class _Ready:
    """A pattern made ready: verified from its anchor item outwards, after a look at the tokens next to it, which is all there is to
    look at for one of fixed `width` (tokens before and after the anchor)."""

    __slots__ = ("after", "before", "end", "follows", "label", "needs", "precedes", "start", "width")

    def __init__(self, label: int, places: list[_Place], anchor: int, pattern: Pattern) -> None:
        self.label = label
        self.start, self.end = pattern.head if pattern.start else None, pattern.tail if pattern.end else None
        self.before = [(places[index], places[index + 1].gap) for index in range(anchor - 1, -1, -1)]
        self.after = [(place, place.gap) for place in places[anchor + 1 :]]
        self.follows = _edge(self.after, 0)
        self.precedes = _edge(self.before, -1)
        required = [place for index, place in enumerate(places) if index != anchor and not place.globs and not place.optional]
        self.needs = tuple(frozenset(row[0] for row in place.rows) for place in required)
        beside = all(len(side) < 2 and all(place.plain and not gap for place, gap in side) for side in (self.before, self.after))
        self.width = (len(self.before), len(self.after)) if beside and self.start is None and self.end is None else None

    def span(self, norms: Row, start: int, end: int) -> tuple[int, int] | None:
        """The longest span of the pattern around its anchor at [start, end), or None."""
        ends = self._ends(norms, end)
        starts = self._starts(norms, start) if ends else None
        if not ends or not starts:
            return None
        first, last = min(starts), max(ends)
        if (self.start is not None and _more(norms[:first], self.start)) or (self.end is not None and _more(norms[last:], self.end)):
            return None
        return first, last

    def _ends(self, norms: Row, end: int) -> Collection[int]:
        size = len(norms)
        ends: Collection[int] = (end,)
        for place, gap in self.after:
            if place.plain:
                one = place.one
                if gap:
                    ends = {index + 1 for at in ends for index in range(at, min(at + gap + 1, size)) if norms[index] in one}
                else:
                    ends = [at + 1 for at in ends if at < size and norms[at] in one]
            else:
                found: set[int] = set()
                for at in ends:
                    for index, word in enumerate(norms[at : at + gap + 1], at + 1):
                        if word in place.one:
                            found.add(index)
                        for length in place.forwards.get(word, ()):
                            if index - 1 + length <= size and norms[index - 1 : index - 1 + length] in place.rows:
                                found.add(index - 1 + length)
                        if place.globs and place.fits(word):
                            found.add(index)
                    if place.optional:
                        found.update(range(at, min(at + gap, size) + 1))
                ends = found
            if not ends:
                break
        return ends

    def _starts(self, norms: Row, start: int) -> Collection[int]:
        starts: Collection[int] = (start,)
        for place, gap in self.before:
            if place.plain:
                one = place.one
                if gap:
                    starts = {index for at in starts for index in range(max(at - gap - 1, 0), at) if norms[index] in one}
                else:
                    starts = [at - 1 for at in starts if at and norms[at - 1] in one]
            else:
                found: set[int] = set()
                for at in starts:
                    low = max(at - gap - 1, 0)
                    for index, word in enumerate(norms[low:at], low):
                        if word in place.one:
                            found.add(index)
                        for length in place.backwards.get(word, ()):
                            if length <= index + 1 and norms[index + 1 - length : index + 1] in place.rows:
                                found.add(index + 1 - length)
                        if place.globs and place.fits(word):
                            found.add(index)
                    if place.optional:
                        found.update(range(low + 1 if at > gap else 0, at + 1))
                starts = found
            if not starts:
                break
        return starts


def _rarity(rows: frozenset[Row], globs: frozenset[str], stop: frozenset[str]) -> int:
    """How seldom an item stands in a text: 0 for one that may be absent; more for long words, stop words count little."""
    if globs:
        return 2 + min(len(glob) if glob.strip("*")[:1] not in ("", "[") else -2 for glob in globs)
    if () in rows:
        return 0
    return min(max([0 if word in stop or not word[:1].isalnum() else 2 + len(word) for word in row]) + len(row) for row in rows)


def _edge(places: Sequence[tuple[_Place, int]], side: int) -> frozenset[str] | None:
    """The tokens one of which must stand next to the anchor (`side` 0: after it, -1: before it); None where any may."""
    tokens: set[str] = set()
    for place, gap in places:
        if gap or place.globs:
            return None
        tokens.update(row[side] for row in place.rows if row)
        if not place.optional:
            return frozenset(tokens)
    return None


class _Group:
    """The patterns of one anchor, by a token that must stand after it, before it or anywhere: few of them are ever looked at."""

    __slots__ = ("after", "always", "before", "near")

    def __init__(self, patterns: Iterable[_Ready]) -> None:
        self.always: list[_Ready] = []
        self.after: dict[str, list[_Ready]] = {}
        self.before: dict[str, list[_Ready]] = {}
        self.near: dict[str, list[_Ready]] = {}
        for ready in patterns:
            if ready.follows is not None:
                table, tokens = self.after, ready.follows
            elif ready.precedes is not None:
                table, tokens = self.before, ready.precedes
            elif ready.needs:
                table, tokens = self.near, min(ready.needs, key=len)
            else:
                self.always.append(ready)
                continue
            for token in tokens:
                table.setdefault(token, []).append(ready)

    def batches(self, following: str, preceding: str, seen: frozenset[str]) -> list[list[_Ready]]:
        """The patterns that these neighbours of the anchor and the tokens of its text allow."""
        found = [self.always] if self.always else []
        if following in self.after:
            found.append(self.after[following])
        if preceding in self.before:
            found.append(self.before[preceding])
        if self.near:
            found += [self.near[token] for token in self.near.keys() & seen]
        return found


class PhraseIndex:
    """Finds labelled patterns in one `PhraseMatcher` pass.

    Only the rarest item of each pattern, its anchor, is looked for; where it stands, the items around it are verified. So the
    cost hangs on the anchors that the text holds, not on the number of phrases.
    """

    def __init__(self, nlp: Language, labelled: Iterable[tuple[int, Pattern]]) -> None:
        self._nlp = nlp
        self._norms: dict[str, Row] = {}
        self._matcher = PhraseMatcher(nlp.vocab, attr="NORM")
        self._stop = frozenset(norm(word, str(nlp.lang)) for word in nlp.Defaults.stop_words)
        self._known: dict[Item, _Place] = {}
        self._stems: dict[str, list[_Ready]] = defaultdict(list)
        self._globs: dict[str, list[_Ready]] = defaultdict(list)
        self._glob_hits: dict[str, _Group | None] = {}
        by_row: dict[Row, list[_Ready]] = defaultdict(list)
        for label, pattern in labelled:
            places = [self._place(item) for item in pattern.items]
            anchor = max(range(len(places)), key=[place.rarity for place in places].__getitem__)
            ready = _Ready(label, places, anchor, pattern)
            for row in places[anchor].rows:
                by_row[row].append(ready)
            for glob in places[anchor].globs:
                simple = glob.endswith("*") and glob.count("*") == 1 and "[" not in glob
                (self._stems[glob[:-1]] if simple else self._globs[glob]).append(ready)
        expressions = {glob: _NUMBER.pattern + r"\Z" if glob == NUMBER else translate(glob) for glob in self._globs}
        self._any_glob = re.compile("|".join(expressions.values()) or r"(?!)")
        self._tests = [(re.compile(expressions[glob]), patterns) for glob, patterns in self._globs.items()]
        self._words = frozenset(word for row in self._norms.values() for word in row)
        self._groups: dict[int, _Group] = {}
        self._grouped: dict[tuple[int, ...], _Group] = {}
        for row, found in by_row.items():
            name = " ".join(row)
            self._matcher.add(name, [self._doc(row)])
            self._groups[nlp.vocab.strings[name]] = self._group(found)

    def _place(self, item: Item) -> _Place:
        known = self._known.get(item)
        if known is None:
            known = self._known[item] = _Place({self._row(row) for row in item.rows}, item.globs, item.gap, self._stop)
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

    def find(self, doc: Doc, norms: Row) -> list[tuple[int, int, int]]:
        """(label, start token, end token) of every pattern in `doc`, whose token norms are `norms`; may overlap, in no order."""
        found: list[tuple[int, int, int]] = []
        anchors = [(self._groups[key], start, end) for key, start, end in self._matcher(doc)]
        if self._stems or self._globs:
            anchors += [(fits, index, index + 1) for index, word in enumerate(norms) if (fits := self._globbed(word))]
        seen = frozenset(norms)
        ring = ("", *norms, "")
        for group, start, end in anchors:
            preceding = ring[start]
            for batch in group.batches(ring[end + 1], preceding, seen):
                for ready in batch:
                    if ready.precedes is not None and preceding not in ready.precedes:
                        continue
                    if ready.width:
                        found.append((ready.label, start - ready.width[0], end + ready.width[1]))
                        continue
                    for need in ready.needs:
                        if seen.isdisjoint(need):
                            break
                    else:
                        span = ready.span(norms, start, end)
                        if span is not None:
                            found.append((ready.label, *span))
        return list(dict.fromkeys(found))

    def holds(self, word: str) -> bool:
        """Whether this norm is a plain word of the language: a stop word, or a word of a phrase."""
        return word in self._stop or word in self._words or self._globbed(word) is not None

    def _group(self, patterns: list[_Ready]) -> _Group:
        same = tuple(map(id, patterns))
        if same not in self._grouped:
            self._grouped[same] = _Group(patterns)
        return self._grouped[same]

    def _globbed(self, word: str) -> _Group | None:
        """The patterns whose anchor is a glob that `word` fits."""
        if word in self._glob_hits:
            return self._glob_hits[word]
        fits = [ready for length in range(len(word) + 1) for ready in self._stems.get(word[:length], ())]
        if self._any_glob.match(word):
            fits += [ready for test, patterns in self._tests if test.match(word) for ready in patterns]
        group = self._group(fits) if fits else None
        if len(self._glob_hits) < WORDS_KEPT:
            self._glob_hits[word] = group
        return group


def _fits(word: str, glob: str) -> bool:
    if glob == NUMBER:
        return bool(_NUMBER.fullmatch(word))
    if "[" in glob:
        return fnmatchcase(word, glob)
    stem, _, rest = glob.partition("*")
    return word.startswith(stem) and (not rest or fnmatchcase(word, glob))


def _more(norms: Sequence[str], most: int) -> bool:
    """Whether there are more than `most` words among the tokens."""
    return any(islice((True for word in norms if any(c.isalnum() for c in word)), most, None))
