"""Intercom: conversations as `GET /conversations/ID` gives them, the first message in `source`, the others as parts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from coach.audit.conversation import Conversation, Place
from coach.audit.importers.build import Case, Message, Role, conversation
from coach.audit.importers.fields import BadRecord, Record, flag, ident, inner, record, records, text, time, word, words
from coach.audit.importers.files import Input
from coach.audit.importers.single import singles
from coach.audit.importers.source import Done, Item, Options

CUSTOMERS, AGENTS, BOTS = ("user", "lead", "contact"), ("admin", "team"), ("bot",)
TALK = ("comment", "open", "close", "quick_reply")
NOTES = ("note", "note_and_reopen", "assignment", "assign_and_reopen", "assign_and_unsnooze", "away_mode_assignment", "default_assignment")
AUTOMATED = ("automated", "campaigns_initiated", "operator_initiated")


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """One conversation a record, alone, in a list, or one a line."""
    return singles(files, frozenset({"conversations", "data"}), _conversation, options, done)


def _conversation(value: object, place: Place, options: Options) -> Conversation:
    data = record(value)
    key = ident(data, "id")
    if "conversation_parts" not in data:
        raise BadRecord("conversation_parts: are missing; lists come without them, get each conversation by its id")
    held = inner(data, "conversation_parts")
    parts, total = records(held, "conversation_parts"), held.get("total_count")
    if isinstance(total, int) and total > len(parts):
        raise BadRecord(f"conversation_parts: not whole, {len(parts)} of {total}")
    messages = list(_opening(inner(data, "source"), time(data, "created_at")))
    for index, part in enumerate(parts):
        try:
            messages += _part(part)
        except BadRecord as error:
            raise BadRecord(f"conversation_parts.{index}.{error}") from None
    contacts = records(inner(data, "contacts"), "contacts")
    case = Case(
        key,
        place,
        channel=word(inner(data, "source"), "type"),
        tags=words(inner(data, "tags"), "tags"),
        customer=word(contacts[0], "id") if contacts else None,
        rating=word(inner(data, "conversation_rating"), "rating"),
    )
    return conversation(case, messages, options.language, options.keep_quotes)


def _opening(source: Record, at: datetime | None) -> Iterator[Message]:
    body = text(source, "body")
    if body:
        role, author, automatic = _author(inner(source, "author"))
        automatic = automatic or word(source, "delivered_as") in AUTOMATED
        yield Message(role, body, at, author, automatic, html=True)


def _part(part: Record) -> Iterator[Message]:
    """The message of a part; none if it tells of an event."""
    body, kind = text(part, "body"), word(part, "part_type")
    if not body:
        return
    if kind not in (*TALK, *NOTES):
        raise BadRecord("part_type: not known, and it has a text")
    role, author, automatic = _author(inner(part, "author"))
    yield Message(role, body, time(part, "created_at"), author, automatic, kind in NOTES, html=True)


def _author(author: Record) -> tuple[Role, str | None, bool]:
    kind = word(author, "type")
    if kind not in (*CUSTOMERS, *AGENTS, *BOTS):
        raise BadRecord("author.type: not known")
    automatic = kind in BOTS or flag(author, "from_ai_agent") or flag(author, "is_ai_answer")
    return "customer" if kind in CUSTOMERS else "agent", word(author, "name") or word(author, "id"), automatic
