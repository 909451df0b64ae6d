"""Promised follow-ups as they are kept: those still open, in the order in which they fall due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, insert, or_, select

from coach.records.case import CaseRecord, Edits, state
from coach.records.tables import FOLLOW_UPS, RECORDS


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list of follow-ups: they go by when they are due, then by record and number."""

    due: datetime
    record: str
    number: int


@dataclass(frozen=True, slots=True)
class Due:
    """A promised follow-up that is open. `revision` rises with each change of its record."""

    record: str
    number: int
    words: str
    due: datetime
    conversation: str
    language: str
    failure: str
    revision: int
    updated_at: datetime
    attempts: int = 0

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.due, self.record, self.number)


def open_follow_ups() -> Select[Any]:
    """The query of all open follow-ups, by place."""
    joined = FOLLOW_UPS.join(RECORDS, RECORDS.c.id == FOLLOW_UPS.c.record_id)
    columns = (RECORDS.c.language, RECORDS.c.failure, RECORDS.c.revision, RECORDS.c.updated_at)
    conversation = RECORDS.c.record["conversation"].as_string().label("conversation")
    found = select(FOLLOW_UPS, *columns, conversation).select_from(joined).where(FOLLOW_UPS.c.done == 0)
    return found.order_by(FOLLOW_UPS.c.due, FOLLOW_UPS.c.record_id, FOLLOW_UPS.c.number)


def after_place(place: Place) -> ColumnElement[bool]:
    """Those after a place."""
    due, record, number = FOLLOW_UPS.c.due, FOLLOW_UPS.c.record_id, FOLLOW_UPS.c.number
    later = or_(record > place.record, and_(record == place.record, number > place.number))
    return or_(due > place.due, and_(due == place.due, later))


def due_of(row: Row[Any]) -> Due:
    """A row of that query."""
    return Due(
        row.record_id,
        row.number,
        row.words,
        row.due,
        row.conversation,
        row.language,
        row.failure,
        row.revision,
        row.updated_at,
        row.attempts,
    )


def follow_up(record: str, number: int) -> ColumnElement[bool]:
    """The one of a record with this number."""
    return and_(FOLLOW_UPS.c.record_id == record, FOLLOW_UPS.c.number == number)


def write_follow_ups(connection: Connection, id: str, record: CaseRecord, edits: Edits) -> None:
    """Put a record's promises in the place of those kept before; one that is due as before stays as often told of as it was."""
    known = {one.number: one for one in connection.execute(select(FOLLOW_UPS).where(FOLLOW_UPS.c.record_id == id))}
    connection.execute(delete(FOLLOW_UPS).where(FOLLOW_UPS.c.record_id == id))
    for number, promise in enumerate(record.promises):
        if promise.due is None:
            continue
        done = int(state(promise, number, edits) in ("kept", "late"))
        before = known.get(number)
        same = before is not None and before.due == promise.due
        told = {name: getattr(before, name) for name in ("told_at", "attempts", "next_attempt")} if same else {"attempts": 0}
        values = {"record_id": id, "number": number, "words": promise.said.words, "due": promise.due, "done": done, **told}
        connection.execute(insert(FOLLOW_UPS).values(values))
