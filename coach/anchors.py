"""Patterns made ready to be verified: from the rarest of their items, the anchor, outwards."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from itertools import islice

from coach.notation import NUMBER, Pattern, Row

FITTING_KEPT = 5_000
NUMBER_WORD = re.compile(r"#?\d[\d.,:/-]*\w{0,3}")


class Place:
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


class Anchored:
    """A pattern made ready: verified from its anchor item outwards, after a look at the tokens next to it, which is all there is to
    look at for one of fixed `width` (tokens before and after the anchor)."""

    __slots__ = ("after", "before", "end", "follows", "label", "needs", "precedes", "start", "width")

    def __init__(self, label: int, places: list[Place], anchor: int, pattern: Pattern) -> None:
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
            one = place.one
            if place.plain:
                if gap:
                    ends = {index + 1 for at in ends for index in range(at, min(at + gap + 1, size)) if norms[index] in one}
                else:
                    ends = [at + 1 for at in ends if at < size and norms[at] in one]
            else:
                found: list[int] = []
                for at in ends:
                    for index in range(at, min(at + gap + 1, size)):
                        word = norms[index]
                        if word in one or (place.globs and place.fits(word)):
                            found.append(index + 1)
                        if word in place.forwards:
                            for length in place.forwards[word]:
                                if index + length <= size and norms[index : index + length] in place.rows:
                                    found.append(index + length)
                    if place.optional:
                        found += range(at, min(at + gap, size) + 1)
                ends = set(found) if len(found) > 1 else found
            if not ends:
                break
        return ends

    def _starts(self, norms: Row, start: int) -> Collection[int]:
        starts: Collection[int] = (start,)
        for place, gap in self.before:
            one = place.one
            if place.plain:
                if gap:
                    starts = {index for at in starts for index in range(max(at - gap - 1, 0), at) if norms[index] in one}
                else:
                    starts = [at - 1 for at in starts if at and norms[at - 1] in one]
            else:
                found: list[int] = []
                for at in starts:
                    for index in range(max(at - gap - 1, 0), at):
                        word = norms[index]
                        if word in one or (place.globs and place.fits(word)):
                            found.append(index)
                        if word in place.backwards:
                            for length in place.backwards[word]:
                                if length <= index + 1 and norms[index + 1 - length : index + 1] in place.rows:
                                    found.append(index + 1 - length)
                    if place.optional:
                        found += range(max(at - gap, 0), at + 1)
                starts = set(found) if len(found) > 1 else found
            if not starts:
                break
        return starts


class AnchorGroup:
    """The patterns of one anchor, by a token that must stand after it, before it or anywhere: few of them are ever looked at."""

    __slots__ = ("after", "always", "before", "near")

    def __init__(self, patterns: Iterable[Anchored]) -> None:
        self.always: list[Anchored] = []
        self.after: dict[str, list[Anchored]] = {}
        self.before: dict[str, list[Anchored]] = {}
        self.near: dict[str, list[Anchored]] = {}
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

    def batches(self, following: str, preceding: str, seen: frozenset[str]) -> list[list[Anchored]]:
        """The patterns that these neighbours of the anchor and the tokens of its text allow."""
        found = [self.always] if self.always else []
        if following in self.after:
            found.append(self.after[following])
        if preceding in self.before:
            found.append(self.before[preceding])
        if self.near:
            found += [self.near[token] for token in self.near.keys() & seen]
        return found


def _lengths(rows: Iterable[Row], side: int) -> dict[str, list[int]]:
    """The lengths of the rows of several words, by their first (`side` 0) or last (-1) word."""
    found: dict[str, set[int]] = {}
    for row in rows:
        if len(row) > 1:
            found.setdefault(row[side], set()).add(len(row))
    return {word: sorted(lengths) for word, lengths in found.items()}


def _rarity(rows: frozenset[Row], globs: frozenset[str], stop: frozenset[str]) -> int:
    """How seldom an item stands in a text: 0 for one that may be absent; more for long words, stop words count little."""
    if globs:
        return 2 + min(len(glob) if glob.strip("*")[:1] not in ("", "[") else -2 for glob in globs)
    if () in rows:
        return 0
    return min(max([0 if word in stop or not word[:1].isalnum() else 2 + len(word) for word in row]) + len(row) for row in rows)


def _edge(places: Sequence[tuple[Place, int]], side: int) -> frozenset[str] | None:
    """The tokens one of which must stand next to the anchor (`side` 0: after it, -1: before it); None where any may."""
    tokens: set[str] = set()
    for place, gap in places:
        if gap or place.globs:
            return None
        tokens.update(row[side] for row in place.rows if row)
        if not place.optional:
            return frozenset(tokens)
    return None


def _fits(word: str, glob: str) -> bool:
    if glob == NUMBER:
        return bool(NUMBER_WORD.fullmatch(word))
    if "[" in glob:
        return fnmatchcase(word, glob)
    stem, _, rest = glob.partition("*")
    return word.startswith(stem) and (not rest or fnmatchcase(word, glob))


def _more(norms: Sequence[str], most: int) -> bool:
    """Whether there are more than `most` words among the tokens."""
    return any(islice((True for word in norms if any(c.isalnum() for c in word)), most, None))
