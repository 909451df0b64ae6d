"""Every message of the protocol as a pydantic model: what clients send, what the server answers. See `coach.protocol` for their use.

Clients may send fields that this version does not know: they are ignored. A wrong type or an unknown `type` is an error.
Offsets (`caret`, `start`, `end`) are UTF-16 code units, times are ISO 8601 (without an offset: UTC).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from coach.types import FailureSeverity, Language, Scope, Severity, StepState
from coach.zone import checked_zone

SAFE_INTEGER = 2**53 - 1
Version = Literal[1]


def _known(at: datetime | None) -> datetime | None:
    """`at` with a time zone; None outside the years 1900 to 2999, which stand for "not set" in many systems."""
    if at is None or not 1900 <= at.year <= 2999:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


Text = Annotated[str, StringConstraints(pattern=r"^[^\u0000]*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[^\u0000]*$", max_length=200)]
Time = Annotated[datetime | None, AfterValidator(_known)]
Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(checked_zone)]
Offset = Annotated[int, Field(ge=0, le=SAFE_INTEGER)]
Rev = Annotated[int, Field(ge=0, le=SAFE_INTEGER)]
Chosen = Literal["en", "tr", "pl", "auto"]


class _Sent(BaseModel):
    """What a client sends: exact types, unknown fields ignored."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class TurnModel(_Sent):
    """One message of the conversation."""

    role: Literal["customer", "agent"]
    text: Text
    at: Time = None
    automatic: bool = False
    internal: bool = False


class DismissalModel(_Sent):
    """A finding that the agent does not want to see. `here`: this rule on the wording `text`."""

    rule: Name
    scope: Scope
    text: Text | None = None


class LintRequest(_Sent):
    """One draft with its conversation: the body of `POST /v1/lint` and a line of `coach lint --jsonl`. `interface`: the language of
    messages and advice, if it is not to be the draft's. `zone`: IANA name of the time zone in which times of day are meant where times
    are given in UTC."""

    id: Any = None
    language: Chosen = "auto"
    conversation: tuple[TurnModel, ...] = ()
    draft: Text
    closing: bool = False
    at: Time = None
    dismissed: tuple[DismissalModel, ...] = ()
    interface: Language | None = None
    zone: Zone | None = None


class HelloMessage(_Sent):
    """Opens the talk; sent again it replaces languages, conversation and dismissals. `interface`: the language of messages and advice, if
    it is not to be the draft's. `zone`: IANA name of the time zone in which times of day are meant where times are given in UTC."""

    type: Literal["hello"]
    language: Chosen = "auto"
    interface: Language | None = None
    zone: Zone | None = None
    conversation: tuple[TurnModel, ...] = ()
    dismissed: tuple[DismissalModel, ...] = ()
    key: Name | None = None
    client: Name | None = None


class TurnMessage(TurnModel):
    """Appends a turn to the conversation."""

    type: Literal["turn"]


class DraftMessage(_Sent):
    """The draft as it stands now. `full`: review it as if the agent had paused."""

    type: Literal["draft"]
    rev: Rev
    text: Text
    caret: Offset | None = None
    closing: bool = False
    full: bool = False


class FeedbackMessage(_Sent):
    """What the agent did with a finding. Without `scope`, dismissing means `here` with a text and `conversation` without."""

    type: Literal["feedback"]
    action: Literal["dismiss", "restore", "applied"]
    rule: Name
    scope: Scope | None = None
    text: Text | None = None


ClientMessage = Annotated[HelloMessage | TurnMessage | DraftMessage | FeedbackMessage, Field(discriminator="type")]


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
