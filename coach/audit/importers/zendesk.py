"""Zendesk: incremental exports of tickets, their comments, and ticket events with comments; users tell who is an agent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.audit.conversation import Conversation
from coach.audit.importers.build import Case, Message, conversation, messages_of
from coach.audit.importers.documents import Value
from coach.audit.importers.fields import BadRecord, Record, flag, ident, inner, record, records, text, time, word, words
from coach.audit.importers.files import Input
from coach.audit.importers.gather import Page, Shape, gather, number
from coach.audit.importers.source import Done, Item, Options
from coach.audit.importers.store import Group, Store

WORDS = frozenset("zendesk ticket tickets comment comments incremental export".split())
OF_TICKET = re.compile(r"/tickets/(\d+)/comments")
CUSTOMERS, AGENTS = ("end-user",), ("agent", "admin")
RULES = ("rule", "system")
RATED = ("good", "bad")


def read(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """Tickets with their comments."""
    return gather(SHAPE, files, options, done)


def _take(value: Value, page: Page, store: Store) -> None:
    data = record(value.data)
    if value.name == "users":
        store.note("user", ident(data, "id"), {"role": word(data, "role"), "name": word(data, "name")})
    elif value.name == "comments":
        key = word(data, "ticket_id")
        store.add(key or page.key, "comment", data, page.place)
    elif value.name == "ticket_events":
        for event in records(data, "child_events"):
            if event.get("event_type", event.get("type")) == "Comment":
                store.add(ident(data, "ticket_id"), "comment", {"created_at": data.get("created_at"), **event}, page.place)
    elif value.name == "tickets" or "requester_id" in data or "ticket" in data:
        ticket = inner(data, "ticket") or data
        key = ident(ticket, "id")
        for comment in records(ticket, "comments"):
            store.add(key, "comment", comment, page.place)
        _opening(ticket, key, store)
        store.add(key, "ticket", {name: ticket[name] for name in ticket if name != "comments"}, page.place)
        if value.name == ".":
            store.join(key, page.key)
    elif value.name == ".":
        told = word(data, "ticket_id") or next(
            (found[1] for name in ("next_page", "previous_page", "url") if (found := OF_TICKET.search(str(data.get(name))))), None
        )
        if told and store.holds(page.key):
            store.join(told, page.key)
    else:
        raise BadRecord("neither a ticket nor comments nor users")


def _opening(ticket: Record, key: str, store: Store) -> None:
    """Keep how the ticket began: its first comment is its description. Where two began alike, neither can be told by it."""
    mark = _mark(ticket, "description")
    if mark is not None:
        known = store.noted("opening", mark)
        store.note("opening", mark, key if known in (None, key) else "")


def _mark(data: Record, name: str) -> str | None:
    """When something was said and its words; None if either is not there."""
    at, words = data.get("created_at"), data.get(name)
    return f"{at} {' '.join(words.split())}" if at and isinstance(words, str) and words.strip() else None


def _settle(store: Store) -> None:
    """Pages of comments that tell no ticket belong to the one that began like them."""
    for key, part in store.pages():
        mark = (_mark(part.data, "plain_body") or _mark(part.data, "body")) if part.kind == "comment" else None
        ticket = mark and store.noted("opening", mark)
        if ticket:
            store.join(ticket, key)


def _build(group: Group, store: Store, options: Options) -> Conversation:
    tickets = group.of("ticket")
    if not tickets:
        raise BadRecord(
            "comments whose ticket is not there" if not group.key.startswith("page ") else "comments of nobody knows which ticket"
        )
    ticket, comments = tickets[0].data, group.once("comment")
    if not comments:
        raise BadRecord("no comments: tickets come without them, export these as well")
    requester = ident(ticket, "requester_id")
    rating = word(inner(ticket, "satisfaction_rating"), "score")
    case = Case(
        group.key,
        tickets[0].place,
        channel=word(inner(ticket, "via"), "channel"),
        tags=words(ticket, "tags"),
        customer=requester,
        rating=rating if rating in RATED else None,
    )
    messages = messages_of(comments, lambda comment: [_message(comment, requester, store)])
    return conversation(case, messages, options.language, options.keep_quotes)


def _message(comment: Record, requester: str, store: Store) -> Message:
    author = ident(comment, "author_id")
    user = store.noted("user", author) or {}
    customer = user.get("role") in CUSTOMERS or (author == requester and user.get("role") not in AGENTS)
    via = inner(comment, "via")
    plain = text(comment, "plain_body")
    html = text(comment, "html_body") if plain is None else None
    body = next((found for found in (plain, html, text(comment, "body")) if found is not None), None)
    if body is None:
        raise BadRecord("body: is missing")
    automatic = word(via, "channel") in RULES or author == "-1" or comment.get("type") == "VoiceComment"
    shown = flag(comment, "public") if "public" in comment else True
    at = time(comment, "created_at")
    return Message("customer" if customer else "agent", body, at, user.get("name") or author, automatic, not shown, html=html is not None)


SHAPE = Shape(
    lists=frozenset({"tickets", "users", "comments", "ticket_events"}),
    take=_take,
    build=_build,
    named=lambda path: number(path, WORDS),
    superseded=("ticket", "updated_at"),
    settle=_settle,
)
