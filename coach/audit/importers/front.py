"""Front: the messages and comments of conversations, newest first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.audit.conversation import Conversation
from coach.audit.importers.build import Case, Message, conversation, messages_of
from coach.audit.importers.documents import Value
from coach.audit.importers.fields import BadRecord, Record, flag, inner, record, records, text, time, word, words
from coach.audit.importers.files import Input
from coach.audit.importers.gather import Page, Shape, gather, stem
from coach.audit.importers.source import Done, Item, Options
from coach.audit.importers.store import Group, Store

WORDS = frozenset("front conversation conversations message messages comment comments export".split())
CONVERSATION = re.compile(r"\bcnv_\w+")
PEOPLE = (None, "user")


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """Conversations put together from their messages and comments."""
    return gather(SHAPE, files, options, done)


def _take(value: Value, page: Page, store: Store) -> None:
    data = record(value.data)
    if value.name in ("_results", "messages", "comments", "") and ("is_inbound" in data or "posted_at" in data):
        kind = "message" if "is_inbound" in data else "comment"
        told = _told(inner(inner(data, "_links"), "related").get("conversation")) or word(data, "conversation_id")
        store.add(told or page.key, kind, data, page.place)
        return
    own = word(data, "id")
    told = own if own and own.startswith("cnv_") else _told(inner(data, "_links").get("self"))
    if told and own == told:
        for kind in ("message", "comment"):
            for part in records(data, f"{kind}s"):
                store.add(told, kind, part, page.place)
        store.add(told, "conversation", {"tags": data.get("tags"), "id": own}, page.place)
    if told and store.holds(page.key):
        store.join(told, page.key)
    elif not told and value.name != ".":
        raise BadRecord("neither a conversation nor a message nor a comment")


def _told(address: object) -> str | None:
    found = CONVERSATION.search(address) if isinstance(address, str) else None
    return found[0] if found else None


def _build(group: Group, store: Store, options: Options) -> Conversation:
    messages, comments = list(reversed(group.once("message"))), list(reversed(group.once("comment")))
    if not messages:
        raise BadRecord("no messages in it")
    told = group.of("conversation")
    found = [*messages_of(messages, _message), *messages_of(comments, lambda comment: [_comment(comment)])]
    handles = (_handle(part.data, "from" if part.data.get("is_inbound") else "to") for part in messages)
    case = Case(
        group.key,
        group.parts[0].place,
        channel=next((kind for part in messages if (kind := word(part.data, "type"))), None),
        tags=words(told[0].data, "tags") if told else (),
        customer=next((handle for handle in handles if handle), None),
    )
    return conversation(case, found, options.language, options.keep_quotes)


def _message(data: Record) -> Iterator[Message]:
    if data.get("draft_mode") is not None or flag(data, "is_draft"):
        return
    inbound, author = flag(data, "is_inbound"), inner(data, "author")
    html, plain = text(data, "body"), text(data, "text")
    if html is None and plain is None:
        raise BadRecord("body: is missing")
    automatic = not inbound and word(author, "type") not in PEOPLE
    name = _handle(data, "from") if inbound else _name(author)
    yield Message(
        "customer" if inbound else "agent",
        html if html is not None else plain or "",
        time(data, "created_at"),
        name,
        automatic,
        html=html is not None,
    )


def _comment(data: Record) -> Message:
    return Message("agent", text(data, "body") or "", time(data, "posted_at"), _name(inner(data, "author")), internal=True)


def _name(author: Record) -> str | None:
    return word(author, "username") or word(author, "email") or word(author, "id")


def _handle(data: Record, role: str) -> str | None:
    return next((word(one, "handle") for one in records(data, "recipients") if one.get("role") == role), None)


SHAPE = Shape(
    lists=frozenset({"_results", "messages", "comments"}),
    take=_take,
    build=_build,
    named=lambda path: _told(path.name) or _told(path.absolute().parent.name) or stem(path, WORDS) or path.name.partition(".")[0],
    superseded=("conversation", "id"),
)
