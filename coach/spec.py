"""What may stand in the catalogue and in a rule's file."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from coach.packfile import Strict
from coach.types import Severity

Where = Literal["sentence", "before", "after", "draft", "conversation"]
MoveName = str


class CatalogueEntry(Strict):
    """One line of `catalog.yml`. `explains`: rules that stay silent on a draft where this one fires."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    family: str
    step: str
    severity: Severity
    source: str
    explains: list[str] = Field(default_factory=list)


class Order(Strict):
    """The first sentence that does `first` stands before any of `before` was done, in earlier turns or earlier text; sentences that do
    any of `apart` are passed over."""

    first: MoveName
    before: list[MoveName]
    apart: list[MoveName] = Field(default_factory=list)


class Count(Strict):
    """More than `over` sentences of the draft do `move`."""

    move: MoveName
    over: int


class Match(Strict):
    """One way for a rule to fire: exactly one of the kinds. `where: end` keeps phrases to the last two sentences. A
    `pattern` with `signs` is tried only where one of those characters stands. `model` names a fault of the classifier; it fires from
    the shipped threshold on, or from `at_least`, in sentences that make one of `moves`, if any are named. `certain`: the classifier
    is not asked whether it agrees. `advice_only`: no wordings."""

    phrases: list[str] | None = None
    pattern: str | None = None
    signs: str = ""
    order: Order | None = None
    missing: list[MoveName] | None = None
    count: Count | None = None
    check: str | None = None
    model: str | None = None
    at_least: float | None = Field(default=None, ge=0, le=1)
    moves: list[MoveName] | None = None
    certain: bool = False
    advice_only: bool = False
    where: Literal["anywhere", "start", "end"] = "anywhere"
    span: Literal["match", "sentence"] = "match"

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [k for k in ("phrases", "pattern", "order", "missing", "count", "check", "model") if getattr(self, k) is not None]
        if len(kinds) != 1:
            raise ValueError(f"needs exactly one of phrases, pattern, order, missing, count, check, model; has {kinds or 'none'}")
        if self.model is None and (self.at_least is not None or self.moves is not None):
            raise ValueError("at_least and moves go with model only")
        return self


class Unless(Strict):
    """What keeps a rule silent: phrases in the same sentence (or `where`), or moves; `before` and `after` mean the draft around it."""

    phrases: list[str] | None = None
    moves: list[MoveName] | None = None
    where: Where = "sentence"

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.phrases is None) == (self.moves is None):
            raise ValueError("needs phrases or moves")
        return self


class Change(Strict):
    """Another severity for the rule, when all of `when` holds."""

    when: list[str]
    to: Severity


class Suggest(Strict):
    """One wording: exactly one of the kinds. Used only if every `{slot}` can be filled from draft and conversation."""

    replace: str | None = None
    sentence: str | None = None
    before: str | None = None
    after: str | None = None
    first: str | None = None
    start: str | None = None
    end: str | None = None
    delete: Literal["match", "sentence", "marks"] | None = None
    move: Literal["apology-first"] | None = None
    label: str | None = None
    when: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [
            k for k in ("replace", "sentence", "before", "after", "first", "start", "end", "delete", "move") if getattr(self, k) is not None
        ]
        if len(kinds) != 1:
            raise ValueError(
                f"needs exactly one of replace, sentence, before, after, first, start, end, delete, move; has {kinds or 'none'}"
            )
        return self


class ExampleTurn(Strict):
    """A turn of an example's conversation: `customer: text` or `agent: text`."""

    customer: str | None = None
    agent: str | None = None
    at: str | None = None
    automatic: bool = False
    internal: bool = False


class Example(Strict):
    """`bad` (with the expected span in `[[ ]]`, unless the rule is about something missing) and `good`, or a text that is `ok`."""

    bad: str | None = None
    good: str | None = None
    ok: str | None = None
    conversation: list[ExampleTurn] = Field(default_factory=list)
    closing: bool = False
    at: str | None = None

    @model_validator(mode="after")
    def _shape(self) -> Self:
        if (self.ok is None) == (self.bad is None):
            raise ValueError("needs bad (and good), or ok")
        if self.bad is not None and self.good is None:
            raise ValueError("bad needs a good beside it")
        return self


class RuleFile(Strict):
    """`rules/<language>/<id>.yml`."""

    summary: str
    message: str
    why: str
    match: list[Match] = Field(min_length=1)
    unless: list[Unless] = Field(default_factory=list)
    when: list[str] = Field(default_factory=list)
    severity: list[Change] = Field(default_factory=list)
    suggest: list[Suggest] = Field(default_factory=list)
    examples: list[Example] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_bad(self) -> Self:
        if not any(example.bad for example in self.examples):
            raise ValueError("examples: at least one bad")
        return self
