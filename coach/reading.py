"""What a text says: the moves of an agent's sentences, the trouble, heat, wish and facts of a customer's turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from coach.rules import Pack
from coach.segment import Layout
from coach.types import Draft, FailureSeverity, Move, Span

SENTENCES_KEPT = 20_000
TURNS_KEPT = 4_000
GRAVITY: tuple[FailureSeverity, ...] = ("trivial", "normal", "high", "grave")


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's phrase in a sentence: `rule` and `part` number the rule and its match entry; the span is relative to the sentence."""

    rule: int
    part: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Core:
    """What one sentence says by itself, spans relative to it. `moves` maps a move or signal to the offset where it shows;
    `listed` are the moves among them, in their order; `content` its content words; `flags` how likely each fault is, where the
    classifier was asked; `heard` the moves that it alone heard, no word shows them."""

    text: str
    moves: dict[str, int]
    hits: tuple[Hit, ...]
    unless: frozenset[tuple[int, int]]
    asks: dict[str, Span]
    content: frozenset[str]
    listed: tuple[str, ...]
    flags: Mapping[str, float] = field(default_factory=dict)
    heard: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence at its place in the draft. While it is being typed `closed` is False: what it does counts, what it says is not judged."""

    start: int
    end: int
    closed: bool
    core: Core


@dataclass(frozen=True, slots=True)
class Reading:
    """The sentences of a draft, and its layout."""

    text: str
    sentences: tuple[Sentence, ...]
    layout: Layout

    def moves(self) -> tuple[Move, ...]:
        """The moves of all sentences, by place."""
        return tuple([Move(move, Span(s.start, s.end)) for s in self.sentences for move in s.core.listed])


@dataclass(frozen=True, slots=True)
class Told:
    """A fact in a customer's turn: slot, value as written, and its span in the turn."""

    slot: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class CustomerTurn:
    """What a customer's message says. `plainly`: the problem is told in so many words; `topics` are names of
    problems, in the order of their place; `worded_wish` is what is wished for in so many words; `words` its content words."""

    problem: bool
    plainly: bool
    heat: int
    severity: FailureSeverity
    repeat: bool
    satisfied: bool
    asks_why: bool
    asks_close: bool
    broken_promise: bool
    unanswered: bool
    wish: str | None
    worded_wish: str | None
    topics: tuple[str, ...]
    facts: tuple[Told, ...]
    words: frozenset[str]


class Reader(Protocol):
    """Reads texts of one language. `bounds`: below which probability the classifier denies a label, from which one it says so by
    itself, and, for what comes too early, below which one it denies that where no words tell it; empty without a classifier."""

    pack: Pack
    bounds: Mapping[str, Sequence[float]]

    def __hash__(self) -> int:
        """Readers are kept by what they are, not by what they hold."""

    def read(self, draft: Draft) -> Reading:
        """Read a draft. While `draft.typing`, the sentence that the caret stands in is not closed, and an unfinished last one is not
        read at all: the next key makes it another."""

    def agent(self, text: str, asked: str = "") -> Reading:
        """Read an earlier turn of the agent's side, sent after the customer said `asked`."""

    def customer(self, text: str) -> CustomerTurn:
        """Read a customer's turn."""

    def content(self, text: str) -> frozenset[str]:
        """The content words of a text, folded and cut to a stem of five letters, which forgives inflection."""

    def unlettered(self, text: str) -> bool:
        """Whether a text was typed without the letters of a Turkish or Polish keyboard."""

    def time(self, text: str) -> str | None:
        """The first point in time that `text` names, as written: "tomorrow at 10:00" is one."""
