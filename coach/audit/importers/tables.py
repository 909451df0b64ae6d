"""CSV and Parquet with one message a row, in any order of rows; columns and values go by our names or by those that are told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from coach.audit.conversation import Conversation, Place, Reject
from coach.audit.importers.build import Case, Message, conversation
from coach.audit.importers.fields import UNSAID, BadRecord, Record, ident, storable, text, time, word
from coach.audit.importers.files import Input
from coach.audit.importers.gather import assembled
from coach.audit.importers.rows import Row, csv_rows, parquet_rows
from coach.audit.importers.source import Done, Item, Options
from coach.audit.importers.store import BROKEN, Group, Store
from coach.audit.importers.texts import looks_html
from coach.inputs import InputError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "conversation": ("conversation", "conversation_id", "ticket_id", "ticket", "thread_id", "case_id"),
    "role": ("role", "sender_type", "author_type", "sender_role", "author_role", "speaker"),
    "text": ("text", "body", "message", "content", "comment"),
    "time": ("time", "at", "ts", "timestamp", "created_at", "sent_at", "date"),
    "author": ("author", "agent", "author_id", "sender_id", "sender", "user_id"),
    "internal": ("internal", "private", "is_internal"),
    "public": ("public", "is_public"),
    "automatic": ("automatic", "is_bot", "is_automatic"),
    "channel": ("channel",),
    "tags": ("tags", "labels"),
    "customer": ("customer", "customer_id", "requester_id", "contact_id"),
    "release": ("release", "version"),
    "rating": ("rating", "csat", "satisfaction"),
    "language": ("language", "lang", "locale"),
}
NEEDED = ("conversation", "role", "text")
ROLES: Mapping[str, tuple[str, ...]] = {
    "customer": ("customer", "user", "end-user", "end_user", "enduser", "client", "contact", "visitor", "requester", "lead", "consumer"),
    "agent": ("agent", "admin", "staff", "operator", "representative", "support", "employee", "advisor"),
    "automatic": ("automatic", "bot", "system", "chatbot"),
    "internal": ("internal", "note", "internal_note", "private_note"),
}
YES, NO = ("true", "1", "yes", "y", "t"), ("false", "0", "no", "n", "f", "")


def read_csv(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """Conversations put together from the rows of CSV or TSV files. Raises `InputError` where needed columns are not there."""
    return _read(files, options, done, csv_rows)


def read_parquet(files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """Conversations put together from the rows of Parquet files. Raises `InputError` where needed columns are not there."""
    return _read(files, options, done, parquet_rows)


def chosen(columns: Iterable[str], given: Mapping[str, str], file: str) -> dict[str, str]:
    """Our name of each column that is read, to its own name. Raises `InputError` where a needed one is not there."""
    own = list(columns)
    unknown = [name for name in given if name not in COLUMNS]
    if unknown:
        raise InputError(file, f"--column: no column of ours is called {unknown[0]!r}; there are {', '.join(COLUMNS)}")
    lost = [name for name in given.values() if name not in own]
    if lost:
        raise InputError(file, f"has no column {lost[0]!r}")
    small = {name.strip().lower().replace(" ", "_"): name for name in own}
    found = {ours: small[name] for ours, names in COLUMNS.items() for name in reversed(names) if name in small} | dict(given)
    if "conversation" not in found and "id" in small and "role" in found:
        found["conversation"] = small["id"]
    missing = [ours for ours in NEEDED if ours not in found]
    if missing:
        raise InputError(file, f"has no column for {missing[0]}; tell which it is: --column {missing[0]}=COLUMN")
    return found


def _read(files: tuple[Input, ...], options: Options, done: Done, rows: Any) -> Iterator[Item]:
    unknown = [role for role in options.values if role not in ROLES]
    if unknown:
        raise InputError(f"--role {unknown[0]}", f"no such role; there are {', '.join(ROLES)}")
    for file in files:
        header = next((row.header for row in rows(file) if row.header is not None), None)
        if header is not None:
            chosen(header, options.columns, file.name)
    with Store() as store:
        for file in files:
            columns: dict[str, str] | None = None
            for row in rows(file):
                place = Place(file.name, row.where)
                if row.header is not None:
                    columns = chosen(row.header, options.columns, file.name)
                    continue
                if row.reason is not None or columns is None:
                    yield Reject(place, row.reason or "a row before the names of the columns")
                    continue
                reject = _take(row, columns, place, options, store)
                if reject:
                    yield reject
        yield from assembled(_build, store, files, options, done)


def _take(row: Row, columns: Mapping[str, str], place: Place, options: Options, store: Store) -> Reject | None:
    data = {ours: row.cells.get(theirs) for ours, theirs in columns.items()}
    try:
        key = ident(data, "conversation")
    except BadRecord as error:
        return Reject(place, str(error))
    try:
        store.add(key, "row", _kept(data, options), place)
    except BadRecord as error:
        store.add(key, BROKEN, str(error), place)
    return None


def _kept(data: Record, options: Options) -> dict[str, Any]:
    """A row as JSON values. Raises `BadRecord`."""
    at = time(data, "time", options.time_format)
    role = _role(data, options.values)
    return {
        "role": "customer" if role == "customer" else "agent",
        "text": text(data, "text") or "",
        "at": at.replace(tzinfo=None if at.tzinfo is UNSAID else at.tzinfo).isoformat() if at else None,
        "author": word(data, "author"),
        "automatic": _yes(data, "automatic") or role == "automatic",
        "internal": _yes(data, "internal")
        or role == "internal"
        or ("public" in data and data["public"] not in (None, "") and not _yes(data, "public")),
        "tags": _tags(data.get("tags")),
        **{name: word(data, name) for name in ("channel", "customer", "release", "rating", "language")},
    }


def _role(data: Record, given: Mapping[str, tuple[str, ...]]) -> str:
    """One of `ROLES`. Raises `BadRecord`."""
    value = data.get("role")
    told = str(value).strip().lower() if isinstance(value, str | bool | int) else ""
    for names in (given, ROLES):
        for role, values in names.items():
            if told and told in (value.lower() for value in values):
                return role
    raise BadRecord("role: not known; tell what it stands for: --role customer=VALUE, agent=VALUE, automatic=VALUE or internal=VALUE")


def _yes(data: Record, name: str) -> bool:
    value = data.get(name)
    told = "" if value is None else str(value).strip().lower().removesuffix(".0")
    if told not in (*YES, *NO):
        raise BadRecord(f"{name}: neither true nor false")
    return told in YES


def _tags(value: Any) -> list[str]:
    """Tags of a list, of a JSON list, or of words between commas, semicolons or bars."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise BadRecord("tags: not a list") from None
    if isinstance(value, str):
        value = value.replace(";", ",").replace("|", ",").split(",")
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(tag, str) and storable(tag) for tag in value):
        raise BadRecord("tags: a list of strings is needed")
    return [tag.strip() for tag in value if tag.strip()]


def _build(group: Group, store: Store, options: Options) -> Conversation:
    rows = [part.data for part in group.of("row")]

    def told(name: str) -> str | None:
        return next((row[name] for row in rows if row[name]), None)

    case = Case(
        group.key,
        group.parts[0].place,
        channel=told("channel"),
        tags=tuple(dict.fromkeys(tag for row in rows for tag in row["tags"])),
        customer=told("customer"),
        release=told("release"),
        rating=told("rating"),
        language=told("language"),
    )
    messages = [
        Message(
            row["role"],
            row["text"],
            time(row, "at"),
            row["author"],
            row["automatic"],
            row["internal"],
            html=looks_html(row["text"]),
        )
        for row in rows
    ]
    return conversation(case, messages, options.language, options.keep_quotes)
