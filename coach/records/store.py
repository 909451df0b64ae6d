"""Keeps case records: one per conversation, found by keyed hashes of customer and order. Every call is one transaction and blocks."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, delete, exists, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from coach.records.case import CaseRecord, Edits
from coach.records.engine import READS, StoreError, Transaction, open_engine, truncate_log, unusable
from coach.records.follow_ups import Due, Place, after_place, due_of, follow_up, open_follow_ups, write_follow_ups
from coach.records.keys import Keys, Kind
from coach.records.masking import Hidden, Knows
from coach.records.migrate import MigrationError, migrate
from coach.records.seen import Earlier, Others, When
from coach.records.tables import FOLLOW_UPS, ORDERS, RECORDS
from coach.records.values import edits_from, edits_values, record_from, record_values

NO_EDITS = Edits()
HIDDEN: Mapping[str, Kind] = {"name": "hidden name", "customer": "hidden customer", "order": "hidden order"}


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it is kept: what was read, the edits over it, and earlier records of the same customer or order. `hidden`
    are the keys of what was masked."""

    id: str
    record: CaseRecord
    edits: Edits
    created_at: datetime
    updated_at: datetime
    revision: int
    has_customer: bool
    earlier: tuple[Earlier, ...] = ()
    hidden: frozenset[str] = frozenset()


def utc_now() -> datetime:
    """The moment."""
    return datetime.now(UTC)


def bring(url: str, revision: str = "head") -> tuple[str | None, str | None]:
    """Bring the database at `url` to a revision of the schema (`base`: no tables, all records are lost); gives the revisions before and
    after, None for no schema. Raises `StoreError`."""
    engine = open_engine(url)
    try:
        return _bring(engine, revision)
    finally:
        engine.dispose()


class Store:
    """The records in one database. Raises `StoreError` where it cannot be reached; `close` when done."""

    def __init__(self, engine: Engine, keys: Keys, clock: Callable[[], datetime] = utc_now) -> None:
        self._engine, self._keys, self._clock = engine, keys, clock
        self._reader = engine.execution_options(**{READS: True})
        self._traces = False
        self._insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert

    @classmethod
    def open(cls, url: str, secret: str, clock: Callable[[], datetime] = utc_now) -> Store:
        """The store at `url`, its schema brought up to date. Raises `StoreError`."""
        engine = open_engine(url)
        try:
            _bring(engine, "head")
        except StoreError:
            engine.dispose()
            raise
        return cls(engine, Keys(secret), clock)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def save(
        self,
        conversation: str,
        record: CaseRecord,
        orders: Iterable[str],
        customer: str | None,
        edits: Edits = NO_EDITS,
        hidden: Iterable[Hidden] = (),
    ) -> tuple[Stored, bool]:
        """Keep a masked record, with the plain id of its conversation, orders, customer and what is hidden, which are kept as keys only;
        gives what is kept, and whether it is new. For a conversation that has one the record is replaced, and edits go over the earlier
        ones."""
        now = self._clock()
        key = self._keys.of("conversation", conversation)
        whose = self._keys.of("customer", customer) if customer and customer.strip() else None
        with self._transaction() as connection:
            fresh = secrets.token_hex(16)
            empty: dict[str, Any] = {"language": record.language, "failure": "", "severity": "", "revision": 0, "record": {}, "edits": {}}
            made = self._insert(RECORDS).values(id=fresh, conversation_key=key, created_at=now, updated_at=now, **empty)
            connection.execute(made.on_conflict_do_nothing(index_elements=["conversation_key"]))
            row = connection.execute(select(RECORDS).where(RECORDS.c.conversation_key == key).with_for_update()).one()
            merged = edits.over(edits_from(row.edits))
            columns = {"customer_key": whose or row.customer_key, "language": record.language, "record": record_values(record)}
            columns["hidden"] = sorted({*row.hidden, *(self._keys.of(HIDDEN[one.kind], one.text) for one in hidden)})
            self._write(connection, row, record, merged, columns, now)
            connection.execute(delete(ORDERS).where(ORDERS.c.record_id == row.id))
            numbers = sorted({self._keys.of("order", order) for order in orders if order.strip()})
            if numbers:
                connection.execute(insert(ORDERS), [{"record_id": row.id, "order_key": number} for number in numbers])
            return self._stored(connection, [self._row(connection, row.id)])[0], row.id == fresh

    def edit(self, id: str, edits: Edits) -> Stored | None:
        """Put masked edits over a record's earlier ones; None where there is no such record."""
        with self._transaction() as connection:
            row = connection.execute(select(RECORDS).where(RECORDS.c.id == id).with_for_update()).one_or_none()
            if row is None:
                return None
            self._write(connection, row, record_from(row.record), edits.over(edits_from(row.edits)), {}, self._clock())
            return self._stored(connection, [self._row(connection, id)])[0]

    def knows(self, stored: Stored) -> Knows:
        """What tells the kind of words that were masked with a record: `name`, `customer`, `order`; None for others."""

        def kind(words: str) -> str | None:
            return next((one for one, key in HIDDEN.items() if self._keys.of(key, words) in stored.hidden), None)

        return kind

    def get(self, id: str) -> Stored | None:
        """One record."""
        with self._reading() as connection:
            row = connection.execute(select(RECORDS).where(RECORDS.c.id == id)).one_or_none()
            return None if row is None else self._stored(connection, [row])[0]

    def find(self, customer: str | None = None, due_before: datetime | None = None, limit: int = 100, offset: int = 0) -> list[Stored]:
        """Records, newest first: of one customer, and with an open follow-up due by then, where asked for."""
        query = select(RECORDS).order_by(RECORDS.c.created_at.desc(), RECORDS.c.id).limit(limit).offset(offset)
        if customer is not None:
            query = query.where(RECORDS.c.customer_key == self._keys.of("customer", customer))
        if due_before is not None:
            ours = and_(FOLLOW_UPS.c.record_id == RECORDS.c.id, FOLLOW_UPS.c.done == 0, FOLLOW_UPS.c.due <= due_before)
            query = query.where(exists().where(ours))
        with self._reading() as connection:
            return self._stored(connection, connection.execute(query).all())

    def before(
        self, conversation: str, orders: Iterable[str], customer: str | None, closed_at: datetime | None = None
    ) -> tuple[Edits, tuple[Earlier, ...]]:
        """What is known before a conversation that ended at `closed_at` (None: it has no times) is kept: the edits of its record, if it
        has one, and the records of other conversations before it, of the same customer or about one of the orders, newest first."""
        key = self._keys.of("conversation", conversation)
        whose = self._keys.of("customer", customer) if customer and customer.strip() else None
        numbers = {self._keys.of("order", order) for order in orders if order.strip()}
        with self._reading() as connection:
            known = connection.execute(select(RECORDS).where(RECORDS.c.conversation_key == key)).one_or_none()
            others = Others(connection, {whose} if whose else set(), numbers)
            when = When.of(closed_at, known.created_at if known else self._clock())
            return edits_from(known.edits if known else {}), others.than(key, when, whose, numbers)

    def delete(self, id: str) -> bool:
        """Delete one record; whether there was one."""
        return self._delete(RECORDS.c.id == id) == 1

    def forget(self, customer: str) -> int:
        """Delete all records of a customer; how many there were."""
        return self._delete(RECORDS.c.customer_key == self._keys.of("customer", customer))

    def purge(self, days: int) -> int:
        """Delete the records first kept more than `days` days ago; how many there were."""
        return self._delete(RECORDS.c.created_at < self._clock() - timedelta(days=days))

    def erase(self) -> bool:
        """Erase what was deleted or replaced from SQLite's log too, if that is still to be done; False where somebody reads it: ask again
        later. Deleting asks by itself."""
        if self._traces:
            self._traces = not truncate_log(self._engine)
        return not self._traces

    def _delete(self, chosen: ColumnElement[bool]) -> int:
        with self._transaction() as connection:
            count = connection.execute(delete(RECORDS).where(chosen)).rowcount
        self._traces = True
        self.erase()
        return count

    def due(self, before: datetime, since: datetime | None = None, after: Place | None = None, limit: int = 1000) -> list[Due]:
        """The open follow-ups due from `since` to `before`, both included, the earliest first: the first `limit` of them, or of those
        after the place of another."""
        query = open_follow_ups().where(FOLLOW_UPS.c.due <= before).limit(limit)
        if since is not None:
            query = query.where(FOLLOW_UPS.c.due >= since)
        if after is not None:
            query = query.where(after_place(after))
        with self._reading() as connection:
            return [due_of(row) for row in connection.execute(query)]

    def every_due(self, before: datetime, since: datetime | None = None, at_once: int = 1000) -> Iterator[Due]:
        """All that `due` has, however many, so many in one transaction."""
        after: Place | None = None
        while page := self.due(before, since, after, at_once):
            yield from page
            after = page[-1].place

    def claim(self, lease: timedelta, limit: int = 20) -> list[Due]:
        """Follow-ups that fell due and that nobody was told of yet, for the caller alone until `lease` is over; each is one attempt."""
        now = self._clock()
        ripe = and_(
            FOLLOW_UPS.c.due <= now,
            FOLLOW_UPS.c.told_at.is_(None),
            or_(FOLLOW_UPS.c.next_attempt.is_(None), FOLLOW_UPS.c.next_attempt <= now),
        )
        with self._transaction() as connection:
            rows = connection.execute(open_follow_ups().where(ripe).limit(limit).with_for_update(of=FOLLOW_UPS, skip_locked=True)).all()
            for row in rows:
                changed = {"attempts": row.attempts + 1, "next_attempt": now + lease}
                connection.execute(update(FOLLOW_UPS).where(follow_up(row.record_id, row.number)).values(changed))
            return [replace(due_of(row), attempts=row.attempts + 1) for row in rows]

    def told(self, due: Due) -> None:
        """Somebody was told of a follow-up: it is not claimed again."""
        with self._transaction() as connection:
            connection.execute(update(FOLLOW_UPS).where(follow_up(due.record, due.number)).values(told_at=self._clock()))

    def retry(self, due: Due, at: datetime) -> None:
        """Telling failed: it may be claimed again from `at` on, unless somebody else has claimed it since."""
        mine = and_(follow_up(due.record, due.number), FOLLOW_UPS.c.attempts == due.attempts)
        with self._transaction() as connection:
            connection.execute(update(FOLLOW_UPS).where(mine).values(next_attempt=at))

    def _write(
        self, connection: Connection, row: Row[Any], record: CaseRecord, edits: Edits, columns: dict[str, Any], now: datetime
    ) -> None:
        columns |= {
            "failure": edits.failure or record.failure,
            "severity": edits.severity or record.severity,
            "cause": edits.cause or record.cause.kind,
            "control": edits.control or record.cause.control,
            "closed_at": record.closed_at,
            "updated_at": now,
            "revision": row.revision + 1,
            "edits": edits_values(edits),
        }
        connection.execute(update(RECORDS).where(RECORDS.c.id == row.id).values(columns))
        self._traces = True
        write_follow_ups(connection, row.id, record, edits)

    def _row(self, connection: Connection, id: str) -> Row[Any]:
        return connection.execute(select(RECORDS).where(RECORDS.c.id == id)).one()

    def _stored(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Stored]:
        """Rows as they are told, with the earlier records of them all in one go."""
        numbers: dict[str, set[str]] = {row.id: set() for row in rows}
        for id, number in connection.execute(select(ORDERS.c.record_id, ORDERS.c.order_key).where(ORDERS.c.record_id.in_(sorted(numbers)))):
            numbers[id].add(number)
        others = Others(connection, {row.customer_key for row in rows if row.customer_key}, set().union(*numbers.values()))
        return [
            Stored(
                row.id,
                record_from(row.record),
                edits_from(row.edits),
                row.created_at,
                row.updated_at,
                row.revision,
                row.customer_key is not None,
                others.than(row.conversation_key, When.of(row.closed_at, row.created_at), row.customer_key, numbers[row.id]),
                frozenset(row.hidden),
            )
            for row in rows
        ]

    def _transaction(self) -> Transaction:
        return Transaction(self._engine)

    def _reading(self) -> Transaction:
        return Transaction(self._reader)


def _bring(engine: Engine, revision: str) -> tuple[str | None, str | None]:
    try:
        return migrate(engine, revision)
    except MigrationError as error:
        raise StoreError(str(error)) from None
    except SQLAlchemyError as error:
        raise unusable(error) from None
