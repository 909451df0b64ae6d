"""A conversation taken apart into the drafts that its agents wrote, each with what was known at its own moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from coach.audit.read import Conversation
from coach.types import Draft, Language, Turn

Skipped = Literal["automatic", "internal", "empty"]


@dataclass(frozen=True, slots=True)
class Reply:
    """An agent's turn as a draft; `turn` is its index in the conversation."""

    turn: int
    draft: Draft


def replies(conversation: Conversation, language: Language | Literal["auto"]) -> Iterator[Reply | Skipped]:
    """Every agent turn in order; for one that no person wrote to the customer, only why it is skipped.

    A reply is dated by its turn, or by the last dated turn before it. It closes the case if nothing but internal notes and
    automatic messages comes after it.
    """
    turns = conversation.turns
    last = max((index for index, turn in enumerate(turns) if _spoken(turn)), default=-1)
    at: datetime | None = None
    for index, turn in enumerate(turns):
        at = turn.at or at
        if turn.role != "agent":
            continue
        if turn.internal:
            yield "internal"
        elif turn.automatic:
            yield "automatic"
        elif not turn.text.strip():
            yield "empty"
        else:
            yield Reply(index, Draft(turn.text, language, turns[:index], closing=index == last, at=at))


def ending(conversation: Conversation, language: Language | Literal["auto"]) -> Draft:
    """The empty draft after the last turn: its review is the state in which the conversation was left."""
    at = next((turn.at for turn in reversed(conversation.turns) if turn.at), None)
    return Draft("", language, conversation.turns, at=at)


def _spoken(turn: Turn) -> bool:
    return not turn.internal and not turn.automatic
