"""Every message that clients send as a pydantic model. See `coach.answers` for what the server answers, `coach.protocol` for their use.

Clients may send fields that this version does not know: they are ignored. A wrong type or an unknown `type` is an error.
Offsets (`caret`, `start`, `end`) are UTF-16 code units, times are ISO 8601 (without an offset: UTC).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from coach.types import Language, Scope
from coach.zone import checked_zone

SAFE_INTEGER = 2**53 - 1


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
