"""What may stand in the files of a language beside its rules: the cues of agent and customer, facts, words, texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Self

from pydantic import Field, field_validator, model_validator

from coach.packfile import Strict
from coach.types import MOVES, FailureSeverity


class Cue(Strict):
    """Phrases that show something, unless a veto stands in the same sentence. `mark`: a closing question mark shows it too,
    unless the sentence shows one of `mark_unless`. `certain`: signals that show it whatever the classifier says; `never`: signals
    beside which it is not shown, whoever says so."""

    phrases: list[str] = Field(default_factory=list)
    unless: list[str] = Field(default_factory=list)
    mark: bool = False
    mark_unless: list[str] = Field(default_factory=list)
    certain: list[str] = Field(default_factory=list)
    never: list[str] = Field(default_factory=list)


class AgentCues(Strict):
    """What is read in an agent's sentence: the moves of `coach.types.MOVES`, and further signals that rules and gates use."""

    moves: dict[str, Cue]
    signals: dict[str, Cue] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _all_moves(self) -> Self:
        if set(self.moves) != set(MOVES):
            raise ValueError(f"moves: must be exactly {', '.join(MOVES)}; differs in {sorted(set(self.moves) ^ set(MOVES))}")
        for name, cue in self.moves.items():
            unknown = {*cue.certain, *cue.never} - self.signals.keys()
            if unknown:
                raise ValueError(f"moves.{name}: certain and never name signals; there is no {', '.join(sorted(unknown))}")
        return self


class Slot(Strict):
    """A kind of fact: `values` are regular expressions over the customer's text (group `value`, else the whole match); `asks` is
    how agents ask for it, `unless` how they read it back."""

    values: list[str] = Field(default_factory=list)
    asks: list[str] = Field(default_factory=list)
    unless: list[str] = Field(default_factory=list)


class Facts(Strict):
    """`facts.yml`: the slots that customers fill. `story` (what happened) has asks only."""

    slots: dict[str, Slot]


class Topic(Strict):
    """A problem by name: customer phrases, and the clause an agent can say after "I'm sorry" and "I can see"."""

    phrases: list[str]
    unless: list[str] = Field(default_factory=list)
    clause: str
    severity: FailureSeverity = "normal"


class CustomerCues(Strict):
    """What is read in a customer's turn. `heat`: by level 1 to 3; `wish`: by class (refund, replacement, ...). `plain_problem`: words so
    plain that the classifier is not asked whether it agrees; `unanswered`: that nobody came back, a broken promise where one was made."""

    problem: Cue
    plain_problem: Cue = Field(default_factory=Cue)
    no_problem: Cue = Field(default_factory=Cue)
    heat: dict[int, Cue]
    repeat: Cue
    severity: dict[FailureSeverity, Cue]
    wish: dict[str, Cue]
    satisfied: Cue
    asks_why: Cue = Field(default_factory=Cue)
    broken_promise: Cue = Field(default_factory=Cue)
    unanswered: Cue = Field(default_factory=Cue)
    asks_close: Cue = Field(default_factory=Cue)
    topics: dict[str, Topic] = Field(default_factory=dict)


class ProblemWords(Strict):
    """`problem.yml`: how a customer's sentence is turned into a clause for the agent (see `coach.problem`), and the topics
    that are too wide to be named."""

    lead: tuple[str, ...]
    cut: tuple[str, ...]
    start: tuple[str, ...]
    finite: tuple[str, ...]
    unsafe: tuple[str, ...]
    trouble: tuple[str, ...] = ()
    subject_you: Mapping[str, str]
    swap: Mapping[str, str]
    dangling: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()

    @field_validator("trouble")
    @classmethod
    def _compile(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for expression in value:
            try:
                re.compile(expression)
            except re.error as error:
                raise ValueError(f"{expression}: {error}") from None
        return value

    def __hash__(self) -> int:
        return id(self)


class SequenceTexts(Strict):
    """What to do next, by step, in the language of the draft."""

    advice: dict[str, str]
    labels: dict[str, str]


class Words(Strict):
    """Word lists for `{name}` in phrases, chat spellings, abbreviations that end in a full stop, a regular expression for greetings
    (what its group `faceless` finds is no person's name, and stays a sentence of its own), and regular expressions for points in time
    ("by 16:00", "on Thursday"), looked for only where a digit or one of `time_words` stands. `time_forms`: pairs of a regular
    expression and what stands for it, by which a time is put into words that dateparser reads. `stop`: words that name no problem,
    beside spaCy's stop words. `addressed`: a regular expression for a person spoken to by title ("Mr Okafor"). `joins`: words that join
    two main clauses, `contrasts`: those of them that join nothing else; `hangs`: words that begin a clause which cannot stand alone.
    `capitals`: words that may keep a capital in mid-sentence, out of courtesy."""

    lists: dict[str, list[str]] = Field(default_factory=dict)
    norms: dict[str, str] = Field(default_factory=dict)
    abbreviations: list[str] = Field(default_factory=list)
    greeting: str = ""
    addressed: str = ""
    joins: list[str] = Field(default_factory=list)
    contrasts: list[str] = Field(default_factory=list)
    hangs: list[str] = Field(default_factory=list)
    times: list[str] = Field(default_factory=list)
    time_words: list[str] = Field(default_factory=list)
    time_forms: tuple[tuple[str, str], ...] = ()
    stop: list[str] = Field(default_factory=list)
    capitals: list[str] = Field(default_factory=list)

    @field_validator("time_forms")
    @classmethod
    def _compile(cls, value: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        for expression, _ in value:
            try:
                re.compile(expression)
            except re.error as error:
                raise ValueError(f"{expression}: {error}") from None
        return value
