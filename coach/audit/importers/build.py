"""A conversation put together from its messages, in the order in which they were sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from coach.audit.conversation import Conversation, Place
from coach.audit.importers.fields import BadRecord
from coach.audit.importers.store import Part
from coach.audit.importers.texts import message_text
from coach.inputs import LOCAL
from coach.types import LANGUAGES, Turn

Role = Literal["customer", "agent"]
CHATS = frozenset(
    "chat native_messaging messaging web_messaging whatsapp sms facebook messenger instagram twitter line telegram push in-app".split()
)
"""Channels in which nobody quotes; what looks like a quote there was typed."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the source tells it, before quoted history is left out; `html`: its text is HTML."""

    role: Role
    text: str
    at: datetime | None = None
    author: str | None = None
    automatic: bool = False
    internal: bool = False
    html: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a conversation beside its messages."""

    id: str
    place: Place
    channel: str | None = None
    tags: tuple[str, ...] = ()
    customer: str | None = None
    release: str | None = None
    rating: str | None = None
    language: str | None = None


def conversation(case: Case, messages: Iterable[Message], language: str, keep_history: bool = False) -> Conversation:
    """The conversation; `language` holds where the case tells none. Messages are sorted by time if all have one.

    Raises `BadRecord` where there is none, or more than a review takes.
    """
    found = list(messages)
    if not found:
        raise BadRecord("no message in it")
    if len(found) > LOCAL.turns:
        raise BadRecord(f"more than {LOCAL.turns} messages")
    if all(message.at for message in found):
        found.sort(key=lambda message: message.at.timestamp() if message.at else 0.0)
    keep = keep_history or (case.channel or "").lower() in CHATS
    turns = tuple(_turn(message, keep) for message in found)
    if any(len(turn.text) > LOCAL.turn_chars for turn in turns):
        raise BadRecord(f"a message of more than {LOCAL.turn_chars} characters")
    if sum(len(turn.text) for turn in turns) > LOCAL.conversation_chars:
        raise BadRecord(f"more than {LOCAL.conversation_chars} characters")
    return Conversation(
        case.id,
        turns,
        spoken(case.language) or language,
        case.place,
        channel=case.channel,
        tags=case.tags,
        authors=tuple(message.author for message in found),
        customer=case.customer,
        release=case.release,
        rating=case.rating,
    )


def messages_of(parts: Iterable[Part], made: Callable[[dict[str, Any]], Iterable[Message]]) -> list[Message]:
    """The messages of parts, none or more each. Raises `BadRecord` that tells which part it is."""
    messages: list[Message] = []
    for part in parts:
        try:
            messages += made(part.data)
        except BadRecord as error:
            raise BadRecord(str(error), part.place) from None
    return messages


def spoken(language: str | None) -> str | None:
    """A language of ours from `pl-PL` or `TR`; None for any other."""
    name = (language or "").lower().partition("-")[0].partition("_")[0]
    return name if name in (*LANGUAGES, "auto") else None


def _turn(message: Message, keep_history: bool) -> Turn:
    text = message_text(message.text, message.html, message.role, keep_history or message.automatic)
    return Turn(message.role, text, message.at, message.automatic, message.internal)
