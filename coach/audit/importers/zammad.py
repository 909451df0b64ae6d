"""Zammad: ticket articles with expanded names, and the tickets themselves where they are there."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parseaddr

from coach.audit.conversation import Conversation
from coach.audit.importers.build import Case, Message, conversation, messages_of
from coach.audit.importers.documents import AROUND, Value
from coach.audit.importers.fields import BadRecord, Record, flag, ident, record, records, text, time, word, words
from coach.audit.importers.files import Input
from coach.audit.importers.gather import Page, Shape, gather
from coach.audit.importers.source import Done, Item, Options
from coach.audit.importers.store import Group, Store

CUSTOMER, AGENT, SYSTEM = "Customer", "Agent", "System"
SENDERS = {"1": AGENT, "2": CUSTOMER, "3": SYSTEM}
"""The ids that every installation begins with."""


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """Tickets put together from their articles."""
    return gather(SHAPE, files, options, done)


def _take(value: Value, page: Page, store: Store) -> None:
    data = record(value.data)
    if "ticket_id" in data:
        store.add(ident(data, "ticket_id"), "article", data, page.place)
    elif "number" in data or "articles" in data:
        key = ident(data, "id")
        for article in records(data, "articles"):
            store.add(key, "article", article, page.place)
        store.add(key, "ticket", {name: data[name] for name in data if name != "articles"}, page.place)
    elif value.name != AROUND:
        raise BadRecord("neither an article nor a ticket")


def _build(group: Group, store: Store, options: Options) -> Conversation:
    articles = group.once("article")
    if not articles:
        raise BadRecord("no articles in it")
    tickets = group.of("ticket")
    ticket = tickets[0].data if tickets else {}
    messages = messages_of(articles, lambda article: [_message(article)])
    senders = (parseaddr(text(part.data, "from") or "")[1] for part in articles if _sender(part.data) == CUSTOMER)
    case = Case(
        group.key,
        group.parts[0].place,
        channel=next((kind for part in articles if (kind := word(part.data, "type")) and kind != "note"), None),
        tags=words(ticket, "tags"),
        customer=word(ticket, "customer") or word(ticket, "customer_id") or next((sender for sender in senders if sender), None),
    )
    return conversation(case, messages, options.language, options.keep_quotes)


def _sender(data: Record) -> str:
    sender = word(data, "sender") or SENDERS.get(word(data, "sender_id") or "")
    if sender is None or sender not in SENDERS.values():
        raise BadRecord("sender: not known; export with expand=true")
    return sender


def _message(data: Record) -> Message:
    sender, body = _sender(data), text(data, "body")
    if body is None:
        raise BadRecord("body: is missing")
    name, address = parseaddr(text(data, "from") or "")
    return Message(
        "customer" if sender == CUSTOMER else "agent",
        body,
        time(data, "created_at"),
        name or address or word(data, "created_by"),
        sender == SYSTEM,
        flag(data, "internal"),
        html=word(data, "content_type") == "text/html",
    )


SHAPE = Shape(
    lists=frozenset({"articles", "tickets"}),
    take=_take,
    build=_build,
    named=lambda path: None,
    superseded=("ticket", "updated_at"),
)
