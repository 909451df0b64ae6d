"""Which format files have, by their names and by what stands in their first kilobytes."""

from __future__ import annotations

import io
from collections.abc import Mapping

import ijson

from coach.audit.importers.files import BREAKS, Input
from coach.audit.importers.source import Form
from coach.inputs import InputError

HEAD = 1 << 18
FILES = 8
SUFFIXES: Mapping[str, Form] = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "csv", ".mbox": "mbox", ".eml": "mbox"}
KEYS: Mapping[Form, tuple[frozenset[str], ...]] = {
    "jsonl": (frozenset({"id", "turns"}),),
    "zendesk": (
        frozenset({"tickets", "requester_id", "via"}),
        frozenset({"requester_id", "submitter_id", "via"}),
        frozenset({"comments", "author_id", "public"}),
        frozenset({"ticket_events", "child_events"}),
    ),
    "intercom": (frozenset({"conversation_parts"}), frozenset({"part_type"}), frozenset({"delivered_as"})),
    "freshdesk": (frozenset({"requester_id", "responder_id", "description_text"}), frozenset({"incoming", "private", "body_text"})),
    "helpscout": (frozenset({"_embedded", "threads", "createdBy"}), frozenset({"_embedded", "conversations"})),
    "front": (frozenset({"is_inbound", "recipients"}), frozenset({"_results", "posted_at"})),
    "chatwoot": (frozenset({"message_type", "conversation_id", "private"}), frozenset({"message_type", "content_attributes"})),
    "zammad": (frozenset({"ticket_id", "sender", "internal"}), frozenset({"number", "article_count"})),
    "rt": (frozenset({"Requestor", "EffectiveId"}), frozenset({"TransactionId", "ContentType"}), frozenset({"OldValue", "NewValue"})),
    "django-helpdesk": (frozenset({"followup_set"}),),
}


def detect(files: tuple[Input, ...]) -> Form:
    """The format of the files, by the first of them. Raises `InputError` where it is not clear, or differs."""
    told: dict[Form, Input] = {}
    for file in files[:FILES]:
        form = _form(file)
        if form:
            told.setdefault(form, file)
    if len(told) == 1:
        return next(iter(told))
    names = ", ".join(f"{form} ({file.name})" for form, file in told.items())
    raise InputError(
        files[0].name,
        f"several formats: {names}; read them one by one, or tell which it is (--from)"
        if told
        else "its format cannot be told; tell it (--from)",
    )


def _form(file: Input) -> Form | None:
    if form := SUFFIXES.get(file.plain.suffix.lower()):
        return form
    try:
        with file.opened() as stream:
            head = stream.read(HEAD)
    except BREAKS:
        return None
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"From "):
        return "mbox"
    keys = _keys(head)
    found = [form for form, groups in KEYS.items() if any(group <= keys for group in groups)]
    return found[0] if len(found) == 1 else None


def _keys(head: bytes) -> frozenset[str]:
    """The names of the members of the first JSON values."""
    keys: set[str] = set()
    try:
        for event, value in ijson.basic_parse(io.BytesIO(head.removeprefix(b"\xef\xbb\xbf")), use_float=True, multiple_values=True):
            if event == "map_key":
                keys.add(value)
    except (ijson.JSONError, ValueError, OverflowError):
        pass
    return frozenset(keys)
