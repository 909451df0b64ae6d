"""One draft in its conversation: all that a rule may ask about, and the conditions (`when:`) it may ask with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from itertools import islice

from coach.reading import GRAVITY, Reader, Reading, Sentence
from coach.segment import HANDLES
from coach.sequence import History, sequence
from coach.types import Draft
from coach.types import Sequence as Steps

Predicate = Callable[["Situation"], bool]
Beside = Callable[[Sequence[Sentence], "Situation"], bool]
_PART_FIRST = re.compile(r"\W{0,2}(\d)\s?/\s?(\d)\b")
_PART_LAST = re.compile(r"\s\W?(\d)\s?/\s?(\d)\W*\Z")
PART_WITHIN = 12
SMALL_WORDS = 3


def continued(text: str) -> bool:
    """Whether a message is a later part of a longer one, as people number them on channels for short texts: "2/3 ..." or "... (2/2)"."""
    found = _PART_FIRST.match(text) or _PART_LAST.search(text[-PART_WITHIN:])
    return found is not None and 1 < int(found[1]) <= int(found[2])


@dataclass(frozen=True)
class Situation:
    """A draft, what came before, and what it does: `did` maps each move or signal of the draft to its first offset."""

    draft: Draft
    reader: Reader
    past: History
    reading: Reading
    did: Mapping[str, int]
    now: datetime | None

    @cached_property
    def sequence(self) -> Steps:
        """The state of the conversation with this draft in it, worked out when it is first asked for."""
        return sequence(self.past, self.reading, frozenset(self.did), self.reader, self.now)

    @cached_property
    def small(self) -> bool:
        """Whether the agent types without capitals: neither the draft nor any of its sentences begins with one."""
        begun = (HANDLES.sub("", self.draft.text, count=1), *(sentence.core.text for sentence in self.reading.sentences))
        firsts = [first for text in begun if (first := next(filter(str.isalnum, text), "")).isalpha()]
        letters = firsts or list(filter(str.isalpha, self.draft.text))
        return len(self.draft.text.split()) >= SMALL_WORDS and all(map(str.islower, letters))

    @cached_property
    def plain(self) -> bool:
        """Whether the agent types without the letters of a Turkish or Polish keyboard."""
        return self.reader.unlettered(self.draft.text)


SIMPLE: Mapping[str, Predicate] = {
    "failure": lambda s: s.past.failure,
    "closing": lambda s: s.draft.closing or "closes" in s.did,
    "repeat": lambda s: s.past.repeat,
    "rising": lambda s: s.past.rising,
    "wish": lambda s: s.past.wish is not None,
    "satisfied": lambda s: s.past.satisfied,
    "asks-why": lambda s: s.past.asks_why,
    "asks-close": lambda s: s.past.asks_close,
    "first-reply": lambda s: s.past.agent_turns == 0 and s.past.customer_turns > 0,
    "conversation": lambda s: s.past.customer_turns > 0,
    "G1-open": lambda s: s.sequence.gates["G1"].state == "open",
    "G1-was-open": lambda s: (
        s.past.failure
        and (s.past.fresh.isdisjoint(("acknowledge", "names-problem", "empathy")) or s.past.fresh.isdisjoint(("apology", "empathy")))
    ),
    "continued": lambda s: continued(s.draft.text),
    "one-liner": lambda s: len(s.past.words) <= 6,
}
_OF_DRAFT = re.compile(r"(?:not\s+)*(?:closing|continued|G1-open|sentences\b.*|does:.*|ever:.*)")
_BESIDE = re.compile(r"(not\s+)?(rest|next):\s*(\S+)")
_COMPARED = re.compile(r"(heat|peak|sentences)\s*(>=|<=)\s*(\d+)")


def predicate(text: str, cues: frozenset[str]) -> Predicate:
    """The condition `text` says: a name of `SIMPLE`, `heat >= 2`, `severity >= high`, `wish:refund`, `does:MOVE` (this draft),
    `done:MOVE` (an earlier turn), `ever:MOVE` (either), each also after `not`. Raises ValueError."""
    return _predicate(text.strip(), cues)


@cache
def beside(text: str, cues: frozenset[str]) -> Beside | None:
    """The condition on the sentences around a finding's own that `text` says: `rest:MOVE` (any other sentence of the draft does it),
    `next:MOVE` (the one that follows), each also after `not`; None where it says none. Raises ValueError."""
    found = _BESIDE.fullmatch(text.strip())
    if found is None:
        return None
    wanted, following, name = found[1] is None, found[2] == "next", found[3]
    if name not in cues:
        raise ValueError(f"no move or signal {name!r}")

    def holds(here: Sequence[Sentence], s: Situation) -> bool:
        around: Iterable[Sentence] = (sentence for sentence in s.reading.sentences if sentence not in here)
        if following:
            around = islice((sentence for sentence in around if here and sentence.start > here[-1].start), 1)
        return any(name in sentence.core.moves for sentence in around) is wanted

    return holds


def of_past(text: str) -> bool:
    """Whether the condition hangs on the earlier turns alone, so that it need not be asked again for every key."""
    return not _OF_DRAFT.fullmatch(text.strip())


@cache
def _predicate(text: str, cues: frozenset[str]) -> Predicate:
    if text.startswith("not "):
        inner = _predicate(text[4:].strip(), cues)
        return lambda s: not inner(s)
    if text in SIMPLE:
        return SIMPLE[text]
    compared = _COMPARED.fullmatch(text)
    if compared:
        name, sign, bound = compared[1], compared[2], int(compared[3])
        value: Callable[[Situation], int] = {
            "heat": lambda s: s.past.heat,
            "peak": lambda s: s.past.peak,
            "sentences": lambda s: len(s.reading.sentences),
        }[name]
        return (lambda s: value(s) >= bound) if sign == ">=" else (lambda s: value(s) <= bound)
    if text.startswith("severity >= ") and text[12:] in GRAVITY:
        rank = GRAVITY.index(text[12:])
        return lambda s: s.past.failure and GRAVITY.index(s.past.severity) >= rank
    kind, _, name = text.partition(":")
    if kind == "wish" and name:
        return lambda s: s.past.wish == name
    if kind in ("does", "done", "ever") and name in cues:
        if kind == "does":
            return lambda s: name in s.did
        if kind == "done":
            return lambda s: name in s.past.moves
        return lambda s: name in s.did or name in s.past.moves
    raise ValueError(f"no condition {text!r}")
