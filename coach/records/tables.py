"""The tables of the store: records, the numbers they are found by, and their follow-ups. Times are UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, ForeignKey, Index, Integer, MetaData, String, Table, TypeDecorator

METADATA = MetaData()
DIGEST = 64


class Utc(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What is stored; a time without a zone is UTC."""
        return None if value is None else value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """What was stored."""
        return None if value is None else value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


RECORDS = Table(
    "case_records",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("conversation_key", String(DIGEST), nullable=False, unique=True),
    Column("customer_key", String(DIGEST)),
    Column("language", String(2), nullable=False),
    Column("failure", String(100), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("cause", String(20)),
    Column("control", String(10)),
    Column("closed_at", Utc),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("record", JSON, nullable=False),
    Column("edits", JSON, nullable=False),
    Column("hidden", JSON, nullable=False, server_default="[]"),
    Index("case_records_customer", "customer_key"),
    Index("case_records_created", "created_at"),
)
ORDERS = Table(
    "case_orders",
    METADATA,
    Column("record_id", String(32), ForeignKey("case_records.id", ondelete="CASCADE"), primary_key=True),
    Column("order_key", String(DIGEST), primary_key=True),
    Index("case_orders_key", "order_key"),
)
FOLLOW_UPS = Table(
    "case_follow_ups",
    METADATA,
    Column("record_id", String(32), ForeignKey("case_records.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("words", String, nullable=False),
    Column("due", Utc, nullable=False),
    Column("done", Integer, nullable=False),
    Column("told_at", Utc),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt", Utc),
    Index("case_follow_ups_due", "done", "due"),
)
