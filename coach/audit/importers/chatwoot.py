"""Chatwoot: the messages of conversations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from coach.audit.conversation import Conversation
from coach.audit.importers.build import Case, Message, conversation, messages_of
from coach.audit.importers.documents import AROUND, Value
from coach.audit.importers.fields import BadRecord, Record, flag, inner, record, records, text, time, word, words
from coach.audit.importers.files import Input
from coach.audit.importers.gather import Page, Shape, gather, number
from coach.audit.importers.source import Done, Item, Options
from coach.audit.importers.store import Group, Store

WORDS = frozenset("chatwoot message messages conversation conversations export".split())
INCOMING, OUTGOING, ACTIVITY, TEMPLATE = "incoming", "outgoing", "activity", "template"
KINDS = {str(code): kind for code, kind in enumerate((INCOMING, OUTGOING, ACTIVITY, TEMPLATE))}
PEOPLE = (None, "user", "contact")
PAGE = 20
"""So many messages a page of the interface has, the newest first; a shorter one is the last."""


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """Conversations put together from their messages."""
    return gather(SHAPE, files, options, done)


def _take(value: Value, page: Page, store: Store) -> None:
    data = record(value.data)
    if "message_type" in data:
        paged = {"page": page.key} if value.name == "payload" else {}
        if paged:
            store.note("page", page.key, True)
        store.add(word(data, "conversation_id") or page.key, "message", {**data, **paged}, page.place)
    elif "messages" in data or (value.name == AROUND and "id" in data):
        key = word(data, "id") or page.key
        for part in records(data, "messages"):
            store.add(key, "message", part, page.place)
        labels = data.get("labels")
        store.add(key, "conversation", {"labels": labels, "channel": inner(data, "meta").get("channel")}, page.place)
        if store.holds(page.key) and key != page.key:
            store.join(key, page.key)
    elif value.name != AROUND:
        raise BadRecord("neither a message nor a conversation")
    elif "meta" in data and not store.noted("page", page.key) and (named := number(page.file.plain, WORDS)):
        store.note("end", named, True)


def _build(group: Group, store: Store, options: Options) -> Conversation:
    found = group.once("message")
    if group.key.startswith("page "):
        raise BadRecord("conversation_id: is missing, and the name of the file tells none")
    if not found:
        raise BadRecord("no messages in it")
    pages = Counter(part.data["page"] for part in group.of("message") if "page" in part.data)
    if pages and set(pages.values()) == {PAGE} and not store.noted("end", group.key):
        raise BadRecord(f"a page has {PAGE} messages at most, and none here is shorter: older ones may be missing, get them with before=ID")
    told = group.of("conversation")
    about = told[0].data if told else {}
    messages = messages_of(found, _message)
    senders = (word(part.data, "sender_id") or word(inner(part.data, "sender"), "id") for part in found if _kind(part.data) == INCOMING)
    mailed = any(word(part.data, "content_type") == "incoming_email" for part in found)
    case = Case(
        group.key,
        group.parts[0].place,
        channel=(word(about, "channel") or "").removeprefix("Channel::").lower() or ("email" if mailed else "chat"),
        tags=words(about, "labels"),
        customer=next((sender for sender in senders if sender), None),
    )
    return conversation(case, messages, options.language, options.keep_quotes)


def _kind(data: Record) -> str:
    told = word(data, "message_type") or ""
    kind = KINDS.get(told, told)
    if kind not in KINDS.values():
        raise BadRecord("message_type: not known")
    return kind


def _message(data: Record) -> Iterator[Message]:
    kind, sender = _kind(data), inner(data, "sender")
    if kind == ACTIVITY:
        return
    by = (word(data, "sender_type") or word(sender, "type") or "").lower() or None
    automatic = kind == TEMPLATE or (kind == OUTGOING and by not in PEOPLE)
    author = word(sender, "name") or word(sender, "id") or word(data, "sender_id")
    customer = kind == INCOMING
    yield Message(
        "customer" if customer else "agent",
        text(data, "content") or "",
        time(data, "created_at"),
        author,
        automatic,
        flag(data, "private"),
    )


SHAPE = Shape(
    lists=frozenset({"payload", "messages"}),
    take=_take,
    build=_build,
    named=lambda path: number(path, WORDS),
)
