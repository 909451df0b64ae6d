"""Help Scout: conversations with their threads, which come newest first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.audit.conversation import Conversation
from coach.audit.importers.build import Case, Message, Role, conversation, messages_of
from coach.audit.importers.documents import Value
from coach.audit.importers.fields import BadRecord, Record, ident, inner, record, records, text, time, word, words
from coach.audit.importers.files import Input
from coach.audit.importers.gather import Page, Shape, gather, stem
from coach.audit.importers.source import Done, Item, Options
from coach.audit.importers.store import Group, Store

WORDS = frozenset("helpscout help scout thread threads conversation conversations export".split())
OF_CONVERSATION = re.compile(r"/conversations/(\d+)")
ROLES: dict[str, Role] = {"customer": "customer", "user": "agent", "system_user": "agent", "ai": "agent"}
BOTS = ("system_user", "ai")
NOTES = ("note", "forwardparent", "forwardchild")
EVENTS = ("lineitem",)
UNSENT = ("draft", "hidden", "underreview")


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """Conversations with their threads."""
    return gather(SHAPE, files, options, done)


def _take(value: Value, page: Page, store: Store) -> None:
    data = record(value.data)
    if value.name == "_embedded.threads":
        store.add(page.key, "thread", data, page.place)
    elif "subject" in data or "primaryCustomer" in data or value.name == "_embedded.conversations":
        key = ident(data, "id")
        for thread in records(inner(data, "_embedded"), "threads"):
            store.add(key, "thread", thread, page.place)
        store.add(key, "conversation", {name: data[name] for name in data if name != "_embedded"}, page.place)
        if store.holds(page.key):
            store.join(key, page.key)
    elif value.name == ".":
        told = OF_CONVERSATION.search(str(inner(inner(data, "_links"), "self").get("href")))
        if told and store.holds(page.key):
            store.join(told[1], page.key)
    else:
        raise BadRecord("neither a conversation nor its threads")


def _build(group: Group, store: Store, options: Options) -> Conversation:
    threads = list(reversed(group.once("thread")))
    if not threads:
        raise BadRecord("no threads: get the conversations with embed=threads")
    held = group.of("conversation")
    about = held[0].data if held else {}
    customers = (inner(part.data, "customer") for part in threads)
    customer = inner(about, "primaryCustomer") or next((customer for customer in customers if customer), {})
    sources = (word(inner(part.data, "source"), "type") for part in threads)
    case = Case(
        group.key,
        group.parts[0].place,
        channel=word(about, "type") or next((source for source in sources if source), None),
        tags=words(about, "tags"),
        customer=word(customer, "id"),
    )
    return conversation(case, messages_of(threads, _message), options.language, options.keep_quotes)


def _message(thread: Record) -> Iterator[Message]:
    kind, body = word(thread, "type"), text(thread, "body")
    if kind in EVENTS or word(thread, "state") in UNSENT or not body:
        return
    author = inner(thread, "createdBy")
    by = word(author, "type")
    if by not in ROLES:
        raise BadRecord("createdBy.type: not known")
    name = " ".join(part for part in (word(author, "first"), word(author, "last")) if part) or word(author, "id")
    yield Message(ROLES[by], body, time(thread, "createdAt"), name, by in BOTS, kind in NOTES, html=True)


def _named(path: object) -> str | None:
    return stem(path, WORDS) or path.name.partition(".")[0]  # type: ignore[attr-defined,arg-type]


SHAPE = Shape(
    lists=frozenset({"_embedded.threads", "_embedded.conversations"}),
    take=_take,
    build=_build,
    named=_named,
    superseded=("conversation", "userUpdatedAt"),
)
