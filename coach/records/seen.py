"""What was seen before: the records of other conversations of the same customer or about the same order. All by their keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from coach.records.tables import ORDERS, RECORDS

MOST_SEEN, MOST_LOOKED_AT = 20, 5_000
SEEN = (RECORDS.c.id, RECORDS.c.failure, RECORDS.c.closed_at, RECORDS.c.created_at, RECORDS.c.customer_key, RECORDS.c.conversation_key)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A record of an earlier failure of the same customer, or about the same order."""

    id: str
    failure: str
    closed_at: datetime | None
    by: str


@dataclass(frozen=True, slots=True, order=True)
class When:
    """When a conversation was: its end (one without times: when it was first kept), and of two that ended at once which was kept first."""

    ended: datetime
    kept: datetime

    @classmethod
    def of(cls, closed_at: datetime | None, created_at: datetime) -> When:
        """The place of a record among others; a time without a zone is UTC."""
        ended = closed_at or created_at
        return cls(ended if ended.tzinfo else ended.replace(tzinfo=UTC), created_at)


class Others:
    """The records of some customers or about some orders, newest first, so that each can be asked for those before it."""

    def __init__(self, connection: Connection, customers: set[str], orders: set[str]) -> None:
        self._orders: dict[str, set[str]] = {}
        self._rows: Sequence[Any] = ()
        wanted: list[ColumnElement[bool]] = [RECORDS.c.customer_key.in_(sorted(customers))] if customers else []
        if orders:
            chosen = ORDERS.c.order_key.in_(sorted(orders))
            for id, number in connection.execute(select(ORDERS.c.record_id, ORDERS.c.order_key).where(chosen)):
                self._orders.setdefault(id, set()).add(number)
            wanted.append(RECORDS.c.id.in_(select(ORDERS.c.record_id).where(chosen)))
        if wanted:
            ended = func.coalesce(RECORDS.c.closed_at, RECORDS.c.created_at)
            newest = (ended.desc(), RECORDS.c.created_at.desc(), RECORDS.c.id)
            query = select(*SEEN).where(or_(*wanted)).order_by(*newest).limit(MOST_LOOKED_AT)
            self._rows = connection.execute(query).all()

    def than(self, conversation: str, when: When, customer: str | None, orders: set[str]) -> tuple[Earlier, ...]:
        """Those of this customer or about one of these orders that were before `when`, but for the record of `conversation`."""
        found = []
        for row in self._rows:
            known = customer is not None and row.customer_key == customer
            ours = known or not orders.isdisjoint(self._orders.get(row.id, ()))
            if ours and row.conversation_key != conversation and When.of(row.closed_at, row.created_at) < when:
                found.append(Earlier(row.id, row.failure, row.closed_at, "customer" if known else "order"))
        return tuple(found[:MOST_SEEN])
