"""Every answer of the server as a pydantic model, over the socket and by REST. See `coach.messages` for what clients send.

Offsets (`start`, `end`) are UTF-16 code units, times are ISO 8601.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from coach.messages import Offset, Rev
from coach.types import FailureSeverity, Language, Severity, StepState

Version = Literal[1]


class _Answer(BaseModel):
    """What the server answers."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class SpanModel(_Answer):
    """A part of the draft, `[start, end)`."""

    start: Offset
    end: Offset


class EditModel(SpanModel):
    """Replace `[start, end)` of the draft by `text`."""

    text: str


class SuggestionModel(_Answer):
    """Better wording: apply all edits at once."""

    label: str
    edits: list[EditModel]


class FindingModel(_Answer):
    """One thing that a good coach would say. `span` is null where something is missing."""

    rule: str
    family: str
    step: str
    severity: Severity
    span: SpanModel | None
    message: str
    why: str
    suggestions: list[SuggestionModel]
    confidence: Annotated[float, Field(ge=0, le=1)]
    visible: bool


class MoveModel(SpanModel):
    """Something that the draft does."""

    move: str


class GateModel(_Answer):
    """A gate of the sequence and what would open the way."""

    state: Literal["idle", "open", "passed"]
    missing: list[str]


class FactModel(_Answer):
    """What the customer has given, and where: turn number `turn` of the conversation, `[start, end)` of its text."""

    slot: str
    value: str
    turn: int
    start: Offset
    end: Offset


class PromiseModel(_Answer):
    """What the agent's side committed to; `turn` is null in the draft."""

    what: str
    turn: int | None
    due: datetime | None
    kept: bool | None
    overdue: bool


class NextModel(_Answer):
    """The step that comes next."""

    step: str
    advice: str


class SequenceModel(_Answer):
    """Where the recovery stands, this draft included."""

    failure: bool
    heat: Annotated[int, Field(ge=0, le=3)]
    severity: FailureSeverity
    repeat: bool
    wish: str | None
    steps: dict[str, StepState]
    gates: dict[str, GateModel]
    facts: list[FactModel]
    promises: list[PromiseModel]
    next: NextModel | None


class ReviewModel(_Answer):
    """The answer to one draft. `full` is false while the agent types."""

    language: Language
    full: bool
    findings: list[FindingModel]
    moves: list[MoveModel]
    sequence: SequenceModel


class LimitsModel(_Answer):
    """What the server takes."""

    message_bytes: int
    draft_chars: int
    turns: int
    messages_per_second: float
    idle_seconds: float


class WelcomeMessage(_Answer):
    """Answers each hello. `records`: a closed case can be recorded (`POST /v1/records`)."""

    type: Literal["welcome"]
    version: str
    protocol: Version
    languages: list[Language]
    classifier: bool
    records: bool = False
    limits: LimitsModel


class ReviewMessage(ReviewModel):
    """The review of draft `rev`."""

    type: Literal["review"]
    rev: Rev


class ErrorMessage(_Answer):
    """Something was wrong. After `unauthorized`, `rate` and `idle` the server closes."""

    type: Literal["error"]
    code: str
    message: str
    rev: Rev | None = None


ServerMessage = Annotated[WelcomeMessage | ReviewMessage | ErrorMessage, Field(discriminator="type")]


class ErrorBody(_Answer):
    """The inside of a REST error."""

    code: str
    message: str


class ErrorReply(_Answer):
    """Every REST error."""

    error: ErrorBody


class RuleModel(_Answer):
    """What a rule tells about itself."""

    id: str
    family: str
    step: str
    severity: Severity
    language: Language
    summary: str
    why: str
    source: str
    examples: list[dict[str, Any]]


class RulesReply(_Answer):
    """The answer of `GET /v1/rules`."""

    rules: list[RuleModel]


class HealthReply(_Answer):
    """The answer of `GET /healthz`."""

    status: Literal["ok"]
    version: str
