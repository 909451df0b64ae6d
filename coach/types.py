"""The words everything else is said in: drafts go in, reviews come out.

All values are frozen. Spans are half-open and count code points of the original text; only `coach.protocol` speaks UTF-16.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Language = Literal["en", "tr", "pl"]
Severity = Literal["error", "warning", "hint"]
Scope = Literal["here", "conversation", "rule"]
StepState = Literal["open", "draft", "done"]
FailureSeverity = Literal["trivial", "normal", "high", "grave"]

LANGUAGES: tuple[Language, ...] = ("en", "tr", "pl")
STEPS = ("acknowledge", "apologise", "understand", "solve", "extra-mile", "follow-up", "satisfaction-check")
GATES = ("G1", "G2", "G3", "G4")
MOVES = (
    "apology",
    "acknowledge",
    "ownership",
    "thanks",
    "question",
    "together",
    "fair-ask",
    "solution",
    "extra-mile",
    "prevention",
    "satisfaction-check",
    "follow-up",
)
FLAGS = (
    "blame-shift",
    "excuse",
    "premature-question",
    "condescending-question",
    "premature-solution",
    "generic-signoff",
    "flat-refusal",
    "favour-framing",
    "hand-off",
    "arguing",
    "weak-apology",
    "minimising",
    "canned",
    "repeated-ask",
)


@dataclass(frozen=True, slots=True)
class Span:
    """`[start, end)` in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation. `automatic` and `internal` turns never count as the agent's side."""

    role: Literal["customer", "agent"]
    text: str
    at: datetime | None = None
    automatic: bool = False
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Dismissal:
    """A finding the agent does not want: `here` (this rule on this wording), in this `conversation`, or the `rule` always."""

    rule: str
    scope: Scope
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What the agent is writing, and all that is known around it.

    `language` may be `auto`. `closing`: the agent is about to solve or close the case. `at`: when the draft is written (None: now).
    `typing`: the agent is in mid-word, so a half-typed sentence and everything about absence is left out. `caret`: a code
    point offset, where the agent types (None: at the end). `interface`: the language that messages and advice are told in (None: the
    draft's). `zone`: the IANA name of the time zone in which the agent means a time of day (None: that of `at`, or UTC); turns tell theirs
    by the offset of their own time.
    """

    text: str
    language: Language | Literal["auto"] = "auto"
    conversation: tuple[Turn, ...] = ()
    closing: bool = False
    at: datetime | None = None
    typing: bool = False
    caret: int | None = None
    dismissed: tuple[Dismissal, ...] = ()
    interface: Language | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `[start, end)` of the draft by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Better wording, ready to apply: all edits refer to the draft as reviewed, sorted, not overlapping."""

    label: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a good coach would say about the draft. `span` is None where something is missing from the whole; `evidence`
    holds the words for the slots of message and wordings, `editable` whether it may have wordings at all."""

    rule: str
    family: str
    step: str
    severity: Severity
    span: Span | None
    message: str
    why: str
    suggestions: tuple[Suggestion, ...] = ()
    confidence: float = 1.0
    visible: bool = True
    evidence: tuple[tuple[str, str], ...] = ()
    editable: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """Something the draft does (`move` is one of `MOVES`), and where."""

    move: str
    span: Span


@dataclass(frozen=True, slots=True)
class Fact:
    """What the customer has given: `slot` (order, email, phone, amount, date, name, ...), the text as written, and the turn's index."""

    slot: str
    value: str
    turn: int
    span: Span


@dataclass(frozen=True, slots=True)
class Promise:
    """What the agent's side committed to. `turn` is None in the draft; `due` and `kept` are None where unknown."""

    what: str
    turn: int | None
    due: datetime | None
    kept: bool | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate of the sequence: `state` is idle while nothing went wrong; `missing` names what would open the way."""

    state: Literal["idle", "open", "passed"]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Next:
    """The step that comes next, and what to do in one sentence."""

    step: str
    advice: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """Where the recovery stands, this draft included."""

    failure: bool
    heat: int
    severity: FailureSeverity
    repeat: bool
    wish: str | None
    steps: Mapping[str, StepState]
    gates: Mapping[str, Gate]
    facts: tuple[Fact, ...]
    promises: tuple[Promise, ...]
    next: Next | None


@dataclass(frozen=True, slots=True)
class Review:
    """The answer to one draft. `full` is False while the agent types: findings of absence and unfinished sentences are left out."""

    language: Language
    full: bool
    findings: tuple[Finding, ...]
    moves: tuple[Move, ...]
    sequence: Sequence


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a rule tells about itself: for `/v1/rules`, the docs and the "why?" link."""

    id: str
    family: str
    step: str
    severity: Severity
    language: Language
    summary: str
    why: str
    source: str
    examples: tuple[Mapping[str, object], ...] = field(default=())
