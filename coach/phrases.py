"""Finds every phrase of a pack in one pass over the tokens of a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from fnmatch import translate

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from coach.anchors import NUMBER_WORD, Anchored, AnchorGroup, Place
from coach.notation import NUMBER, Item, Pattern, Row
from coach.text import norm
from coach.tokens import WORDS_KEPT


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
        self._known: dict[Item, Place] = {}
        self._stems: dict[str, list[Anchored]] = defaultdict(list)
        self._globs: dict[str, list[Anchored]] = defaultdict(list)
        self._glob_hits: dict[str, AnchorGroup | None] = {}
        by_row: dict[Row, list[Anchored]] = defaultdict(list)
        for label, pattern in labelled:
            places = [self._place(item) for item in pattern.items]
            anchor = max(range(len(places)), key=[place.rarity for place in places].__getitem__)
            ready = Anchored(label, places, anchor, pattern)
            for row in places[anchor].rows:
                by_row[row].append(ready)
            for glob in places[anchor].globs:
                simple = glob.endswith("*") and glob.count("*") == 1 and "[" not in glob
                (self._stems[glob[:-1]] if simple else self._globs[glob]).append(ready)
        expressions = {glob: NUMBER_WORD.pattern + r"\Z" if glob == NUMBER else translate(glob) for glob in self._globs}
        self._any_glob = re.compile("|".join(expressions.values()) or r"(?!)")
        self._tests = [(re.compile(expressions[glob]), patterns) for glob, patterns in self._globs.items()]
        self._words = frozenset(word for row in self._norms.values() for word in row)
        self._groups: dict[int, AnchorGroup] = {}
        self._grouped: dict[tuple[int, ...], AnchorGroup] = {}
        for row, found in by_row.items():
            name = " ".join(row)
            self._matcher.add(name, [self._doc(row)])
            self._groups[nlp.vocab.strings[name]] = self._group(found)

    def _place(self, item: Item) -> Place:
        known = self._known.get(item)
        if known is None:
            known = self._known[item] = Place({self._row(row) for row in item.rows}, item.globs, item.gap, self._stop)
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

    def _group(self, patterns: list[Anchored]) -> AnchorGroup:
        same = tuple(map(id, patterns))
        if same not in self._grouped:
            self._grouped[same] = AnchorGroup(patterns)
        return self._grouped[same]

    def _globbed(self, word: str) -> AnchorGroup | None:
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
