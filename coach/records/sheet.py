"""A record as it is told: what was read with the edits over it, for REST, the command line and the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from coach.records.case import CaseRecord, Conversation, Edits, Said, gaps, state
from coach.records.follow_ups import Due, Place
from coach.records.masking import Hidden, mask_for
from coach.records.seen import Earlier
from coach.records.store import Stored
from coach.records.values import Values, moment

NO_EDITS = Edits()
TEXTS = ("done", "extra_mile", "prevention")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record ready to be kept: its texts masked; `conversation`, `orders`, `customer` and what is `hidden` are plain here and only ever
    kept as keys."""

    record: CaseRecord
    edits: Edits
    conversation: str
    orders: tuple[str, ...]
    customer: str | None
    hidden: tuple[Hidden, ...] = ()


def prepare(
    record: CaseRecord, names: tuple[str, ...], conversation: Conversation, edits: Edits = NO_EDITS, keep_orders: bool = True
) -> Prepared:
    """Mask a record and the edits over it; `names` are those that the conversation tells."""
    mask = mask_for(record, conversation, names, keep_orders)
    return Prepared(mask.record(record), mask.edits(edits), conversation.id, record.orders, conversation.customer, mask.hidden())


def prepared_values(prepared: Prepared, earlier: tuple[Earlier, ...] = ()) -> Values:
    """What would be kept, as JSON values."""
    return _values(prepared.record, prepared.edits, earlier, bool(prepared.customer and prepared.customer.strip()))


def stored_values(stored: Stored) -> Values:
    """What is kept, as JSON values."""
    kept = {"id": stored.id, "created_at": moment(stored.created_at), "updated_at": moment(stored.updated_at), "revision": stored.revision}
    return kept | _values(stored.record, stored.edits, stored.earlier, stored.has_customer)


def page_values(due: Sequence[Due], limit: int) -> Values:
    """A page of `limit` follow-ups, and where the next one begins: null after the last."""
    return {"follow_ups": [due_values(one) for one in due[:limit]], "next": cursor(due[limit - 1].place) if len(due) > limit else None}


def cursor(place: Place) -> str:
    """A place as it is told, like `2026-03-05T22:59:59Z_4f1e..._0`."""
    return f"{moment(place.due)}_{place.record}_{place.number}"


def place_from(cursor: str) -> Place:
    """The place that `cursor` told. Raises `ValueError`."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?)Z_([0-9a-f]{32})_(\d{1,6})", cursor, re.ASCII)
    if not found:
        raise ValueError("not the place of a follow-up")
    return Place(datetime.fromisoformat(found[1]).replace(tzinfo=UTC), found[2], int(found[3]))


def due_values(due: Due) -> Values:
    """A follow-up, as JSON values."""
    return {
        "record": due.record,
        "number": due.number,
        "conversation": due.conversation,
        "language": due.language,
        "failure": due.failure,
        "words": due.words,
        "due": moment(due.due),
    }


def _values(record: CaseRecord, edits: Edits, earlier: tuple[Earlier, ...], has_customer: bool) -> Values:
    cause = record.cause
    because = _by_agent(edits.because) if edits.because is not None else _said(cause.said) if cause.said else None
    lists = {
        "done": [{**_said(act.said), "remedy": act.remedy} for act in record.done],
        "extra_mile": [_said(said) for said in record.extra_mile],
        "prevention": [_said(said) for said in record.prevention],
    }
    for name in TEXTS:
        edited: tuple[str, ...] | None = getattr(edits, name)
        if edited is not None:
            lists[name] = [{**_by_agent(words), **({"remedy": None} if name == "done" else {})} for words in edited]
    return {
        "conversation": record.conversation,
        "language": record.language,
        "failure": edits.failure or record.failure,
        "topics": list(record.topics),
        "severity": edits.severity or record.severity,
        "problem": _by_agent(edits.problem) if edits.problem is not None else _said(record.problem) if record.problem else None,
        "cause": {"kind": edits.cause or cause.kind, "control": edits.control or cause.control, "said": because},
        **lists,
        "promises": [
            {**_said(promise.said), "number": number, "due": moment(promise.due), "state": state(promise, number, edits)}
            for number, promise in enumerate(record.promises)
        ],
        "wish": record.wish,
        "heat": {"first": record.heat.first, "peak": record.heat.peak, "last": record.heat.last},
        "satisfied": record.satisfied,
        "seen_before": {
            "in_conversation": record.repeat,
            "records": [{"id": one.id, "failure": one.failure, "closed_at": moment(one.closed_at), "by": one.by} for one in earlier],
        },
        "has_customer": has_customer,
        "orders": list(record.orders),
        "steps": dict(record.steps),
        "gaps": list(gaps(record, edits)),
        "opened_at": moment(record.opened_at),
        "first_reply_at": moment(record.first_reply_at),
        "closed_at": moment(record.closed_at),
        "note": edits.note,
        "edited": sorted(edits.given()),
        "confirmed": bool(edits.confirmed),
    }


def _said(said: Said) -> dict[str, Any]:
    return {"words": said.words, "turn": said.turn, "at": moment(said.at)}


def _by_agent(words: str) -> dict[str, Any]:
    return {"words": words, "turn": None, "at": None}
