"""Case records, the keys they are found by, and their follow-ups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "case_records",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("conversation_key", sa.String(64), nullable=False, unique=True),
        sa.Column("customer_key", sa.String(64)),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("failure", sa.String(100), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("cause", sa.String(20)),
        sa.Column("control", sa.String(10)),
        sa.Column("closed_at", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("record", sa.JSON, nullable=False),
        sa.Column("edits", sa.JSON, nullable=False),
    )
    op.create_index("case_records_customer", "case_records", ["customer_key"])
    op.create_index("case_records_created", "case_records", ["created_at"])
    op.create_table(
        "case_orders",
        sa.Column("record_id", sa.String(32), sa.ForeignKey("case_records.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("order_key", sa.String(64), primary_key=True),
    )
    op.create_index("case_orders_key", "case_orders", ["order_key"])
    op.create_table(
        "case_follow_ups",
        sa.Column("record_id", sa.String(32), sa.ForeignKey("case_records.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("due", moment, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("told_at", moment),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt", moment),
    )
    op.create_index("case_follow_ups_due", "case_follow_ups", ["done", "due"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("case_follow_ups")
    op.drop_table("case_orders")
    op.drop_table("case_records")
