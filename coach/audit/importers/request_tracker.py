"""Request Tracker 5, REST 2: a ticket, its history and the attachments that hold the texts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from coach.audit.conversation import Conversation
from coach.audit.importers.build import Case, Message, conversation, messages_of
from coach.audit.importers.documents import Value
from coach.audit.importers.fields import BadRecord, Record, ident, inner, record, records, text, time, word
from coach.audit.importers.files import Input
from coach.audit.importers.gather import Page, Shape, gather, stem
from coach.audit.importers.source import Done, Item, Options
from coach.audit.importers.store import Group, Store

WORDS = frozenset({"ticket", "history", "attachments"})
TALK, NOTES = ("Create", "Correspond"), ("Comment", "CommentEmailRecord")
SYSTEM = "RT_System"
TEXTS = ("text/plain", "text/html")


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """Tickets put together from ticket, history and attachments."""
    return gather(SHAPE, files, options, done)


def _take(value: Value, page: Page, store: Store) -> None:
    data = record(value.data)
    if value.name in ("items", "history.items", "attachments.items"):
        kind = "attachment" if "TransactionId" in data or data.get("type") == "attachment" else "transaction"
        store.add(page.key, kind, data, page.place)
        return
    ticket = inner(data, "ticket") or data
    if "Requestor" in ticket:
        store.add(page.key, "ticket", ticket, page.place)
        for name, kind in (("history", "transaction"), ("attachments", "attachment")):
            for part in records(data, name) if isinstance(data.get(name), list) else ():
                store.add(page.key, kind, part, page.place)
        if "ticket" in data:
            store.join(ident(ticket, "id"), page.key)
    elif value.name != ".":
        raise BadRecord("neither a ticket nor its history nor attachments")


def _build(group: Group, store: Store, options: Options) -> Conversation:
    tickets, texts = group.of("ticket"), _texts(group)
    if not tickets:
        raise BadRecord("the ticket itself is not there, which tells whose it is")
    ticket = tickets[0].data
    requestors = [ident(person, "id") for person in records(ticket, "Requestor")] or [ident(inner(ticket, "Creator"), "id")]
    customers = {*requestors, *(ident(person, "id") for person in records(ticket, "Cc"))} - {word(inner(ticket, "Owner"), "id")}
    history = group.once("transaction")
    attached = {
        word(part.data, "TransactionId")
        for part in group.of("attachment")
        if not (word(part.data, "ContentType") or "").startswith("multipart/")
    }
    if not history:
        raise BadRecord("no history in it")
    messages = messages_of(history, lambda data: _message(data, customers, texts, attached))
    case = Case(ident(ticket, "id"), tickets[0].place, channel="email", customer=requestors[0])
    return conversation(case, messages, options.language, options.keep_quotes)


def _texts(group: Group) -> dict[str, tuple[str, bool]]:
    """The text of each transaction and whether it is HTML; plain text is preferred."""
    found: dict[str, tuple[str, bool]] = {}
    for kind in TEXTS:
        for part in group.of("attachment"):
            if word(part.data, "ContentType") == kind and not part.data.get("Filename"):
                content = text(part.data, "Content")
                if content and content.strip():
                    found.setdefault(ident(part.data, "TransactionId"), (content, kind == "text/html"))
    return found


def _message(data: Record, customers: set[str], texts: dict[str, tuple[str, bool]], attached: Collection[str | None]) -> Iterator[Message]:
    """The message of a transaction, empty where all that is `attached` to it is no text; none for an event, and for copies that RT
    sent out."""
    kind, author = word(data, "Type"), ident(inner(data, "Creator"), "id")
    if kind not in (*TALK, *NOTES[:1]):
        return
    key = ident(data, "id")
    if key not in texts and kind == "Create":
        return
    if key not in texts and key not in attached:
        raise BadRecord("a message without its text: export the attachments as well")
    body, html = texts.get(key, ("", False))
    role = "customer" if author in customers and kind in TALK else "agent"
    yield Message(
        "customer" if role == "customer" else "agent",
        body,
        time(data, "Created"),
        author,
        automatic=author == SYSTEM,
        internal=kind not in TALK,
        html=html,
    )


def _named(path: Path) -> str:
    """The folder and what tells the files of one ticket from those of others."""
    return f"{path.absolute().parent}/{stem(path, WORDS)}"


SHAPE = Shape(
    lists=frozenset({"items", "history.items", "attachments.items"}),
    take=_take,
    build=_build,
    named=_named,
)
