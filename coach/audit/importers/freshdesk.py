"""Freshdesk: tickets, whose description is the first message, and their conversations."""

from __future__ import annotations

from collections.abc import Iterator

from coach.audit.conversation import Conversation
from coach.audit.importers.build import Case, Message, conversation, messages_of
from coach.audit.importers.documents import AROUND, Value
from coach.audit.importers.fields import BadRecord, Record, flag, ident, record, records, text, time, word, words
from coach.audit.importers.files import Input
from coach.audit.importers.gather import Page, Shape, gather, number
from coach.audit.importers.source import Done, Item, Options
from coach.audit.importers.store import Group, Store

WORDS = frozenset("freshdesk ticket tickets conversation conversations with export".split())
CHANNELS = {"1": "email", "2": "portal", "3": "phone", "7": "chat", "9": "feedback widget", "10": "outbound email"}
OUTBOUND = "10"
FORWARDED = "8"


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """Tickets with their conversations."""
    return gather(SHAPE, files, options, done)


def _take(value: Value, page: Page, store: Store) -> None:
    data = record(value.data)
    if value.name == "conversations" or ("incoming" in data and "requester_id" not in data):
        store.add(word(data, "ticket_id") or page.key, "conversation", data, page.place)
    elif "requester_id" in data:
        key = ident(data, "id")
        for entry in records(data, "conversations"):
            store.add(key, "conversation", entry, page.place)
        store.add(key, "ticket", {name: data[name] for name in data if name != "conversations"}, page.place)
        if store.holds(page.key):
            store.join(key, page.key)
    elif value.name != AROUND:
        raise BadRecord("neither a ticket nor a conversation of one")


def _build(group: Group, store: Store, options: Options) -> Conversation:
    tickets = group.of("ticket")
    if not tickets:
        raise BadRecord("conversations whose ticket is not there")
    ticket = tickets[0].data
    requester, source = ident(ticket, "requester_id"), word(ticket, "source")
    opened_by = word(ticket, "responder_id") if source == OUTBOUND else requester
    body, html = _body(ticket, "description", "description_text")
    first = Message("agent" if source == OUTBOUND else "customer", body, time(ticket, "created_at"), opened_by, html=html)
    later = messages_of(group.once("conversation"), lambda entry: [_message(entry, requester)])
    case = Case(
        group.key,
        tickets[0].place,
        channel=CHANNELS.get(source or "", source),
        tags=words(ticket, "tags"),
        customer=requester,
    )
    return conversation(case, [first, *later], options.language, options.keep_quotes)


def _message(entry: Record, requester: str) -> Message:
    author = word(entry, "user_id")
    customer = flag(entry, "incoming") or author == requester
    internal = flag(entry, "private") or word(entry, "source") == FORWARDED
    body, html = _body(entry, "body", "body_text")
    return Message("customer" if customer else "agent", body, time(entry, "created_at"), author, internal=internal, html=html)


def _body(data: Record, html: str, plain: str) -> tuple[str, bool]:
    """The text and whether it is HTML, which is preferred: it marks what is quoted."""
    marked, bare = text(data, html), text(data, plain)
    if marked is None and bare is None:
        raise BadRecord(f"{html}: is missing")
    return (marked, True) if marked is not None else (bare or "", False)


SHAPE = Shape(
    lists=frozenset({"tickets", "results", "conversations"}),
    take=_take,
    build=_build,
    named=lambda path: number(path, WORDS),
    superseded=("ticket", "updated_at"),
)
