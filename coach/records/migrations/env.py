"""How Alembic runs the migrations of the store: on the connection it is given, inside its transaction."""

from __future__ import annotations

from alembic import context

from coach.records.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, version_table="case_records_version")
with context.begin_transaction():
    context.run_migrations()
