"""What may stand in a rule file, a cue file and the catalogue; anything else is an error that names file, line and key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from coach.types import MOVES, FailureSeverity, Severity

Where = Literal["sentence", "before", "after", "draft", "conversation"]


Model = TypeVar("Model", bound=BaseModel)


class RuleError(ValueError):
    """A rule pack that cannot be used; the text starts with `file:line:`."""


MoveName = str


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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
    apart: list[MoveName] = []


class Count(Strict):
    """More than `over` sentences of the draft do `move`."""

    move: MoveName
    over: int


class Match(Strict):
    """One way for a rule to fire: exactly one of the kinds. `where: end` keeps phrases to the last two sentences. A
    `pattern` with `signs` is tried only where one of those characters stands. `model` names a fault of the classifier; it fires from
    the shipped threshold on, or from `at_least`. `certain`: the classifier is not asked whether it agrees. `advice_only`: no wordings."""

    phrases: list[str] | None = None
    pattern: str | None = None
    signs: str = ""
    order: Order | None = None
    missing: list[MoveName] | None = None
    count: Count | None = None
    check: str | None = None
    model: str | None = None
    at_least: float | None = Field(default=None, ge=0, le=1)
    certain: bool = False
    advice_only: bool = False
    where: Literal["anywhere", "start", "end"] = "anywhere"
    span: Literal["match", "sentence"] = "match"

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [k for k in ("phrases", "pattern", "order", "missing", "count", "check", "model") if getattr(self, k) is not None]
        if len(kinds) != 1:
            raise ValueError(f"needs exactly one of phrases, pattern, order, missing, count, check, model; has {kinds or 'none'}")
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
    start: str | None = None
    end: str | None = None
    delete: Literal["match", "sentence"] | None = None
    move: Literal["apology-first"] | None = None
    label: str | None = None
    when: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [k for k in ("replace", "sentence", "before", "after", "start", "end", "delete", "move") if getattr(self, k) is not None]
        if len(kinds) != 1:
            raise ValueError(f"needs exactly one of replace, sentence, before, after, start, end, delete, move; has {kinds or 'none'}")
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


class Cue(Strict):
    """Phrases that show something, unless a veto stands in the same sentence. `mark`: a closing question mark shows it too,
    unless the sentence shows one of `mark_unless`."""

    phrases: list[str] = Field(default_factory=list)
    unless: list[str] = Field(default_factory=list)
    mark: bool = False
    mark_unless: list[str] = Field(default_factory=list)


class AgentCues(Strict):
    """What is read in an agent's sentence: the moves of `coach.types.MOVES`, and further signals that rules and gates use."""

    moves: dict[str, Cue]
    signals: dict[str, Cue] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _all_moves(self) -> Self:
        if set(self.moves) != set(MOVES):
            raise ValueError(f"moves: must be exactly {', '.join(MOVES)}; differs in {sorted(set(self.moves) ^ set(MOVES))}")
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
    """What is read in a customer's turn. `heat`: by level 1 to 3; `wish`: by class (refund, replacement, ...)."""

    problem: Cue
    no_problem: Cue = Field(default_factory=Cue)
    heat: dict[int, Cue]
    repeat: Cue
    severity: dict[FailureSeverity, Cue]
    wish: dict[str, Cue]
    satisfied: Cue
    asks_why: Cue = Field(default_factory=Cue)
    broken_promise: Cue = Field(default_factory=Cue)
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
    subject_you: Mapping[str, str]
    swap: Mapping[str, str]
    dangling: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return id(self)


class SequenceTexts(Strict):
    """What to do next, by step, in the language of the draft."""

    advice: dict[str, str]
    labels: dict[str, str]


class Words(Strict):
    """Word lists for `{name}` in phrases, chat spellings, abbreviations that end in a full stop, a regular expression for greetings,
    and regular expressions for points in time ("by 16:00", "on Thursday"), looked
    for only where a digit or one of `time_words` stands. `time_forms`: pairs of a regular expression and what stands for it,
    by which a time is put into words that dateparser reads. `stop`: words that name no problem, beside spaCy's stop words."""

    lists: dict[str, list[str]] = Field(default_factory=dict)
    norms: dict[str, str] = Field(default_factory=dict)
    abbreviations: list[str] = Field(default_factory=list)
    greeting: str = ""
    times: list[str] = Field(default_factory=list)
    time_words: list[str] = Field(default_factory=list)
    time_forms: tuple[tuple[str, str], ...] = ()
    stop: list[str] = Field(default_factory=list)

    @field_validator("time_forms")
    @classmethod
    def _compile(cls, value: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        for expression, _ in value:
            try:
                re.compile(expression)
            except re.error as error:
                raise ValueError(f"{expression}: {error}") from None
        return value


def load(path: Path, model: type[Model]) -> Model:
    """Read a YAML file as `model`. Raises `RuleError` with file, line and key."""
    return parse(path.read_text("utf-8"), path, model)


def parse(text: str, path: Path, model: type[Model]) -> Model:
    """Read YAML text as `model`; `path` is only named in errors."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise RuleError(f"{path}:{mark.line + 1 if mark else 1}: {getattr(error, 'problem', error)}") from None
    twice = _duplicate(root)
    if twice:
        raise RuleError(f"{path}:{twice[0]}: key {twice[1]!r} stands twice")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        message = first["msg"].removeprefix("Value error, ")
        raise RuleError(f"{path}:{line_of(root, first['loc'])}: {where}: {message}") from None


def line_of(node: yaml.Node | None, loc: tuple[int | str, ...]) -> int:
    """The 1-based line of the key at `loc`, or of its nearest parent."""
    if node is None:
        return 1
    line = int(node.start_mark.line) + 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, node = int(key.start_mark.line) + 1, value
                    break
            else:
                break
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = int(node.start_mark.line) + 1
        else:
            break
    return line


def _duplicate(node: yaml.Node | None) -> tuple[int, str] | None:
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                return int(key.start_mark.line) + 1, str(key.value)
            seen.add(key.value)
            found = _duplicate(value)
            if found:
                return found
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            found = _duplicate(child)
            if found:
                return found
    return None
