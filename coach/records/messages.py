"""What REST takes and gives about records, as pydantic models."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from coach.messages import Chosen, Name, Text, Time, TurnModel
from coach.records.case import CauseClass, Control, Conversation, Edits, Kept
from coach.types import FailureSeverity, Language, Turn

MOST_EDITED, LONGEST_EDIT = 20, 2_000


_CLASS = r"^[a-z][a-z0-9-]{0,63}$"


def _something(value: str) -> str:
    if not value.strip():
        raise ValueError("must say something")
    return value


def _class(value: str) -> str:
    if not re.fullmatch(_CLASS, value):
        raise ValueError("a class of failure is small letters, digits and hyphens, at most 64")
    return value


Some = Annotated[
    Name,
    AfterValidator(_something),
    WithJsonSchema({"type": "string", "maxLength": 200, "pattern": "^[^\u0000]*[^\\s\u0000][^\u0000]*$"}),
]
FailureClass = Annotated[Name, AfterValidator(_class), WithJsonSchema({"type": "string", "pattern": _CLASS})]
Words = Annotated[str, StringConstraints(pattern=r"^[^\u0000]*$", max_length=LONGEST_EDIT)]
Lines = Annotated[tuple[Words, ...], Field(max_length=MOST_EDITED)]


class _Sent(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class EditsModel(_Sent):
    """What the agent sets right or confirms; what is left out or null stays as it was read."""

    problem: Words | None = None
    failure: FailureClass | None = None
    severity: FailureSeverity | None = None
    cause: CauseClass | None = None
    control: Control | None = None
    because: Words | None = None
    done: Lines | None = None
    extra_mile: Lines | None = None
    prevention: Lines | None = None
    note: Words | None = None
    kept: Annotated[tuple[Annotated[int, Field(ge=0, le=10_000, strict=False)], ...], Field(max_length=100)] | None = None
    confirmed: bool | None = None

    def edits(self) -> Edits:
        """The edits."""
        return Edits(**self.model_dump())


class RecordRequest(_Sent):
    """A finished conversation: the body of `POST /v1/records` and a line of `coach record`. `customer` identifies the customer and is kept
    as a keyed hash only; `names` are masked wherever they stand; `at` is when the conversation is recorded."""

    id: Some
    language: Chosen = "auto"
    conversation: tuple[TurnModel, ...]
    customer: Text | None = Field(None, max_length=500)
    names: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    at: Time = None
    edits: EditsModel = EditsModel()

    def talk(self, turns: tuple[Turn, ...]) -> Conversation:
        """The conversation, with its `turns` as they were checked."""
        return Conversation(self.id, turns, self.language, self.customer, self.names, self.at)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class SaidModel(_Told):
    """Words and where they stand: the number of a turn, null where an agent wrote them for the record."""

    words: str
    turn: int | None
    at: datetime | None


class ActModel(SaidModel):
    """Something that was done about it."""

    remedy: str | None


class FollowUpModel(SaidModel):
    """A promise to come back."""

    number: int
    due: datetime | None
    state: Kept


class CauseModel(_Told):
    """Why it went wrong; null where nobody said."""

    kind: CauseClass | None
    control: Control | None
    said: SaidModel | None


class HeatModel(_Told):
    """How heated the customer was, 0 to 3."""

    first: int
    peak: int
    last: int


class EarlierModel(_Told):
    """An earlier record of the same customer or order."""

    id: str
    failure: str
    closed_at: datetime | None
    by: Literal["customer", "order"]


class SeenModel(_Told):
    """Whether this happened before."""

    in_conversation: bool
    records: list[EarlierModel]


class RecordModel(_Told):
    """A case record with the agent's edits over it. `edited` names the fields that an agent wrote."""

    conversation: str
    language: Language
    failure: str
    topics: list[str]
    severity: FailureSeverity
    problem: SaidModel | None
    cause: CauseModel
    done: list[ActModel]
    extra_mile: list[SaidModel]
    prevention: list[SaidModel]
    promises: list[FollowUpModel]
    wish: str | None
    heat: HeatModel
    satisfied: bool
    seen_before: SeenModel
    has_customer: bool
    orders: list[str]
    steps: dict[str, int | None]
    gaps: list[str]
    opened_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None
    note: str | None
    edited: list[str]
    confirmed: bool


class StoredModel(RecordModel):
    """A case record that is kept."""

    id: str
    created_at: datetime
    updated_at: datetime
    revision: int


class PreviewReply(_Told):
    """What would be stored, and for how long."""

    record: RecordModel
    days: int


class RecordsReply(_Told):
    """Stored records, newest first."""

    records: list[StoredModel]


class DueModel(_Told):
    """A follow-up that was promised and is open."""

    record: str
    number: int
    conversation: str
    language: Language
    failure: str
    words: str
    due: datetime


class DueReply(_Told):
    """Open follow-ups, the earliest first. `next`: more are there, to be had with `after` set to it."""

    follow_ups: list[DueModel]
    next: str | None


class DeletedReply(_Told):
    """How many records were deleted."""

    deleted: int
