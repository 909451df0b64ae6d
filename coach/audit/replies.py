"""A conversation taken apart into the drafts that its agents wrote, each with what was known at its own moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from coach.audit.conversation import Conversation
from coach.types import Draft, Language, Turn

Skipped = Literal["customer", "automatic", "internal", "empty"]


@dataclass(frozen=True, slots=True)
class Reply:
    """An agent's turn as a draft; `turn` is its index in the conversation."""

    turn: int
    draft: Draft


def replies(conversation: Conversation) -> Iterator[Reply | Skipped]:
    """One for every turn: an agent's as a reply; for one that no person of the agent's side wrote to the customer, why it is none.

    A reply is dated by its turn, or by the last dated turn before it. It closes the case if nothing but internal notes and
    automatic messages comes after it.
    """
    turns, language = conversation.turns, cast("Language | Literal['auto']", conversation.language)
    last = max((index for index, turn in enumerate(turns) if spoken(turn)), default=-1)
    at: datetime | None = None
    for index, turn in enumerate(turns):
        at = turn.at or at
        if turn.internal:
            yield "internal"
        elif turn.automatic:
            yield "automatic"
        elif turn.role != "agent":
            yield "customer"
        elif not turn.text.strip():
            yield "empty"
        else:
            yield Reply(index, Draft(turn.text, language, turns[:index], closing=index == last, at=at))


def ending(conversation: Conversation) -> Draft:
    """The empty draft after the last turn: its situation is the state in which the conversation was left."""
    at = next((turn.at for turn in reversed(conversation.turns) if turn.at), None)
    return Draft("", cast("Language | Literal['auto']", conversation.language), conversation.turns, at=at)


def spoken(turn: Turn) -> bool:
    """Whether somebody said it to the other side."""
    return not turn.internal and not turn.automatic
