"""django-helpdesk: tickets as `GET /api/tickets/` gives them, their description the first message, the others as follow-ups."""

from __future__ import annotations

from collections.abc import Iterator

from coach.audit.conversation import Conversation, Place
from coach.audit.importers.build import Case, Message, Role, conversation
from coach.audit.importers.fields import BadRecord, Record, flag, ident, record, records, text, time, word
from coach.audit.importers.files import Input
from coach.audit.importers.single import singles
from coach.audit.importers.source import Done, Item, Options

ESCALATED = "Ticket Escalated"


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """One ticket a record, alone, in a page of results, or one a line."""
    return singles(files, frozenset({"results"}), _conversation, options, done)


def _conversation(value: object, place: Place, options: Options) -> Conversation:
    data = record(value)
    key, customer = ident(data, "id"), word(data, "submitter_email")
    if "followup_set" not in data:
        raise BadRecord("followup_set: is missing")
    messages: list[Message] = []
    opening = text(data, "description")
    if opening:
        messages.append(Message("customer", opening, time(data, "created"), customer))
    later: list[Message] = []
    for index, entry in enumerate(records(data, "followup_set")):
        try:
            later += _followup(entry, customer)
        except BadRecord as error:
            raise BadRecord(f"followup_set.{index}.{error}") from None
    if all(message.at for message in later):
        later.sort(key=lambda message: message.at.timestamp() if message.at else 0.0)
    return conversation(Case(key, place, customer=customer), [*messages, *later], options.language, options.keep_quotes)


def _followup(entry: Record, customer: str | None) -> Iterator[Message]:
    """The message of a follow-up; none if it tells of a change only."""
    body, user = text(entry, "comment"), word(entry, "user")
    if not body or not body.strip():
        return
    automatic, internal = entry.get("title") == ESCALATED, not flag(entry, "public")
    role: Role = "customer" if user is None and not automatic and not internal else "agent"
    yield Message(role, body, time(entry, "date"), user or (None if automatic else customer), automatic, internal)
