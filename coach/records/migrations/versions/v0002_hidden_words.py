"""Keys of the words that were masked with a record, so that later edits of it can be masked as well."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Add the column; records kept before have no keys until their conversation is saved again."""
    op.add_column("case_records", sa.Column("hidden", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("case_records", "hidden")
