"""Readings by the cues of a pack. Reading a sentence depends on its text alone, so it is kept by text: a key costs one sentence."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import lru_cache

from coach.language import other_language
from coach.letters import Letters
from coach.phrases import PhraseIndex
from coach.reading import GRAVITY, SENTENCES_KEPT, TURNS_KEPT, Core, CustomerTurn, Hit, Reading, Sentence, Told
from coach.rules import Pack, Target
from coach.screen import digits, folded, screen
from coach.segment import layout
from coach.text import norm, unaccented
from coach.tokens import WORDS_KEPT, tokens
from coach.types import MOVES, Draft, FailureSeverity, Language, Span

STEM = 5
_QUOTED = re.compile(r"\"[^\"\n]{4,}\"|“[^”\n]{4,}”|„[^”\"\n]{4,}[”\"]|«[^»\n]{4,}»")
_ASKS = re.compile(r"\?[)\]\"'”’»*_!?\s]*(?:[^\w\s]|\s)*$")
_WORD = re.compile(r"\w+")
_RUN = re.compile(r"\S{201,}|(?:\d[ .-]?){41,}")  # no word and no number; regular expressions and tokenizers grow slow on it
_DIGITS = re.compile(r"(?:\d[ .-]?){41}")
_FEWEST, _LONG = 41, 201  # characters of a run
_NEAR = re.compile(r"[\s,]*")
FACTS_WITHIN = 6_000
PLAIN_LETTERS = {"tr": 40, "pl": 60}  # every eighth and every fifteenth letter is one of their own


class PlainReader:
    """Reads by the cues of a pack alone. Safe to share between threads: all state is caches of pure results.

    Sentences that are plainly in another language are read by its reader (`beside`) as well, for their moves."""

    def __init__(self, pack: Pack, beside: Mapping[Language, PlainReader] | None = None, letters: Letters | None = None) -> None:
        self.pack = pack
        self._letters = letters
        self.bounds: Mapping[str, Sequence[float]] = {}
        self._lock = threading.Lock()
        self._words: dict[int, str] = {}
        self._others = beside or {}
        self.sentence = lru_cache(maxsize=SENTENCES_KEPT)(self._core)
        self.customer = lru_cache(maxsize=TURNS_KEPT)(self._customer)
        self._turn = lru_cache(maxsize=TURNS_KEPT)(self._agent)
        stop = {*pack.nlp.Defaults.stop_words, *pack.words.stop}
        self._stop = frozenset(norm(word, pack.language) for word in stop)
        self._time_words = frozenset(norm(word, pack.language) for word in pack.words.time_words)
        patterns = [
            (rule.number, part, re.compile(match.pattern), frozenset(match.signs))
            for rule in pack.rules
            for part, match in enumerate(rule.file.match)
            if match.pattern is not None
        ]
        self._patterns = [(*row, screen(row[2])) for row in patterns]
        self._times = re.compile("|".join(pack.words.times) or r"(?!)", re.IGNORECASE)
        times = [re.compile(time, re.IGNORECASE) for time in pack.words.times]
        self._timed = [(time, screen(time)) for time in times]
        values = [(name, re.compile(v, re.IGNORECASE)) for name, slot in pack.facts.slots.items() for v in slot.values]
        cues = (*pack.agent.moves.items(), *pack.agent.signals.items())
        self._marked = [(name, cue) for name, cue in cues if cue.mark]
        self._tied = [(name, cue) for name, cue in pack.agent.moves.items() if cue.certain or cue.never]
        self._values = [(name, pattern, screen(pattern)) for name, pattern in values]

    def read(self, draft: Draft) -> Reading:
        """Read a draft."""
        if not draft.typing:
            return self._turn(draft.text)
        return self._read(draft.text, draft.caret if draft.caret is not None else len(draft.text), draft.typing)

    def agent(self, text: str, asked: str = "") -> Reading:
        """Read an earlier turn of the agent's side; what was `asked` changes nothing here."""
        return self._turn(text)

    def unlettered(self, text: str) -> bool:
        """Whether a text was typed without the letters of a Turkish or Polish keyboard: by its words where they are known, else because
        so long a text would have some."""
        if self._letters is not None:
            return self._letters.missing(text)
        fewest = PLAIN_LETTERS.get(self.pack.language)
        return fewest is not None and text == unaccented(text) and sum(map(str.isalpha, text)) >= fewest

    def content(self, text: str) -> frozenset[str]:
        """The content words of a text."""
        words = _WORD.findall(norm(text, self.pack.language))
        return frozenset(word[:STEM] for word in words if len(word) > 2 and word not in self._stop)

    def time(self, text: str) -> str | None:
        """The first point in time that `text` names."""
        start = end = None
        for found in self._times.finditer(text):
            if end is not None and not _NEAR.fullmatch(text, end, found.start()):
                break
            start = found.start() if start is None else start
            end = found.end()
        return text[start:end] if start is not None else None

    def _agent(self, text: str) -> Reading:
        return self._read(text, len(text), False)

    def _read(self, text: str, caret: int, typing: bool) -> Reading:
        placed = layout(text, self.pack.abbreviations, self.pack.greeting)
        sentences = []
        for piece in placed.pieces:
            half = typing and (piece.start < caret < piece.end or (not piece.closed and caret >= piece.start))
            if half and not piece.closed and piece is placed.pieces[-1]:
                continue
            sentences.append(Sentence(piece.start, piece.end, not half, self.sentence(text[piece.start : piece.end])))
        return Reading(text, tuple(sentences), placed)

    def _core(self, text: str) -> Core:
        own = self._sentence(text)
        language = other_language(text, self.pack.language)
        if language is None or language not in self._others:
            return own
        moves = own.moves | self._others[language]._sentence(text).moves
        return replace(own, moves=moves, listed=tuple(move for move in MOVES if move in moves))

    def _sentence(self, text: str) -> Core:
        pack = self.pack
        found, offsets, norms = self._find(text, pack.agent_index)
        question = bool(_ASKS.search(text))
        vetoed: set[str] = set()
        no_ask: set[str] = set()
        unless: set[tuple[int, int]] = set()
        moves: dict[str, int] = {}
        asks: dict[str, Span] = {}
        hits: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for label, first, last in found:
            target: Target = pack.agent_targets[label]
            start, end = offsets[first][0], offsets[last - 1][1]
            if target.kind == "move":
                moves[target.name] = min(start, moves.get(target.name, start))
            elif target.kind == "veto":
                vetoed.add(target.name)
            elif target.kind == "match":
                hits[target.rule, target.part].append((_word_start(text, start), end))
            elif target.kind == "unless":
                unless.add((target.rule, target.part))
            elif target.kind == "ask":
                known = asks.get(target.name)
                asks[target.name] = Span(min(start, known.start), max(end, known.end)) if known else Span(start, end)
            else:
                no_ask.add(target.name)
        for name in vetoed:
            moves.pop(name, None)
        if question:
            for name, cue in self._marked:
                if name not in moves and name not in vetoed and not any(other in moves for other in cue.mark_unless):
                    moves[name] = max(0, len(text) - 1)
        for name, cue in self._tied:
            shown = next((moves[signal] for signal in cue.certain if signal in moves), None)
            if shown is not None:
                moves.setdefault(name, shown)
            if cue.never and not moves.keys().isdisjoint(cue.never):
                moves.pop(name, None)
        for name in no_ask:
            asks.pop(name, None)
        if question:
            moves["question-mark"] = max(0, len(text) - 1)
        signs, low, digit = frozenset(text), folded(text), digits(text)
        timed = self._timed_at(text, low, digit, norms)
        if timed is not None:
            moves["time"] = timed
            if "follow-up" in moves:
                moves["dated-follow-up"] = moves["follow-up"]
        for rule, part, pattern, needed, screened in self._patterns:
            if (needed and signs.isdisjoint(needed)) or not screened.lets(low, digit):
                continue
            matched = pattern.search(text)
            if matched:
                hits[rule, part].append(matched.span())
        merged = tuple(Hit(rule, part, *span) for (rule, part), spans in hits.items() for span in _merge(spans))
        return Core(text, moves, merged, frozenset(unless), asks, self.content(text), tuple(move for move in MOVES if move in moves))

    def _find(self, text: str, index: PhraseIndex) -> tuple[list[tuple[int, int, int]], list[tuple[int, int]], tuple[str, ...]]:
        nlp = self.pack.nlp
        if len(text) >= _LONG or (len(text) >= _FEWEST and _DIGITS.search(text)):
            text = _RUN.sub(_blank, text)
        with self._lock, nullcontext() if len(nlp.vocab) < WORDS_KEPT else nlp.memory_zone():
            doc = nlp.make_doc(text)
            norms, offsets = tokens(doc, self._words)
            found = index.find(doc, norms)
            del doc
        if found and ('"' in text or "“" in text or "„" in text or "«" in text):
            quoted = [match.span() for match in _QUOTED.finditer(text)]
            found = [f for f in found if not any(a <= offsets[f[1]][0] and offsets[f[2] - 1][1] <= b for a, b in quoted)]
        return found, offsets, norms

    def _timed_at(self, text: str, low: str, digit: bool, norms: tuple[str, ...]) -> int | None:
        """Where the first point in time begins."""
        if not digit and self._time_words and self._time_words.isdisjoint(norms):
            return None
        found = (expression.search(text) for expression, screened in self._timed if screened.lets(low, digit))
        return min((match.start() for match in found if match), default=None)

    def _customer(self, text: str) -> CustomerTurn:
        customer = self.pack.customer
        cues: dict[str, int] = {}
        problem = plainly = no_problem = False
        for piece in layout(text, self.pack.abbreviations).pieces:
            sentence = text[piece.start : piece.end]
            found, offsets, _ = self._find(sentence, self.pack.customer_index)
            here: dict[str, int] = {}
            vetoed: set[str] = set()
            for label, first, _ in found:
                target = self.pack.customer_targets[label]
                if target.kind == "cue":
                    here[target.name] = min(offsets[first][0], here.get(target.name, 1 << 30))
                else:
                    vetoed.add(target.name)
            for name, start in here.items():
                if name not in vetoed:
                    cues.setdefault(name, piece.start + start)
            if "problem" in here and "problem" not in vetoed:
                problem = True
            if "plain_problem" in here and "plain_problem" not in vetoed:
                problem = plainly = True
            if "no_problem" in here and "no_problem" not in vetoed:
                no_problem = True
        heat = max((level for level in customer.heat if f"heat:{level}" in cues), default=0)
        heat = max(heat, _loudness(text))
        topics = tuple(sorted((n.removeprefix("topic:") for n in cues if n.startswith("topic:")), key=lambda n: cues[f"topic:{n}"]))
        grave: list[FailureSeverity] = [level for level in GRAVITY if f"severity:{level}" in cues]
        grave += [customer.topics[topic].severity for topic in topics]
        problem = problem or bool(topics) or heat >= 2
        if no_problem and not plainly and not topics and heat < 2:
            problem = False
        wishes = sorted((n for n in cues if n.startswith("wish:")), key=lambda n: cues[n])
        wish = wishes[0].removeprefix("wish:") if wishes else None
        return CustomerTurn(
            problem=problem,
            plainly=plainly and problem,
            heat=heat,
            severity=max(grave, key=GRAVITY.index, default="normal"),
            repeat="repeat" in cues,
            satisfied="satisfied" in cues,
            asks_why="asks_why" in cues,
            asks_close="asks_close" in cues,
            broken_promise="broken_promise" in cues,
            unanswered="unanswered" in cues,
            wish=wish,
            worded_wish=wish,
            topics=topics,
            facts=self._facts(text),
            words=self.content(text),
        )

    def _facts(self, text: str) -> tuple[Told, ...]:
        told: dict[tuple[str, str], Told] = {}
        text = _RUN.sub(_blank, text[:FACTS_WITHIN])
        low, digit = folded(text), digits(text)
        for slot, pattern, screened in self._values:
            if not screened.lets(low, digit):
                continue
            for match in pattern.finditer(text):
                group = "value" if "value" in pattern.groupindex and match["value"] is not None else 0
                told.setdefault((slot, match[group]), Told(slot, match[group], Span(*match.span(group))))
        return tuple(sorted(told.values(), key=lambda fact: fact.span.start))


def _blank(run: re.Match[str]) -> str:
    return " " * len(run[0])


def _word_start(text: str, start: int) -> int:
    """Where the word begins that is marked from its apostrophe on: "'ll call" marks "I'll call"."""
    if text[start] in "'’":
        while start and text[start - 1].isalnum():
            start -= 1
    return start


def _merge(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    spans.sort()
    merged = [spans[0]]
    for start, end in spans[1:]:
        if start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _loudness(text: str) -> int:
    """Heat that is in the typing: several words in capitals, or runs of exclamation marks."""
    words: list[str] = re.findall(r"[^\W\d_]{4,}", text)
    loud = sum(word.isupper() for word in words)
    return 2 if loud >= 3 and loud * 3 >= len(words) else 1 if loud >= 2 or re.search(r"!{2,}|[?!]{3,}", text) else 0
