"""Brings a database to the schema of this version, under a lock, so that several servers may start at once."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
VERSION_TABLE = "case_records_version"
_LOCK_NUMBER = 5_207_301
_one_at_a_time = threading.Lock()  # alembic's context is one for the process


class MigrationError(ValueError):
    """The database is not one that this version can use."""


def newest() -> str:
    """The newest revision there is."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def current(connection: Connection) -> str | None:
    """The revision of a database; None for one without our tables."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def migrate(engine: Engine, revision: str = "head") -> tuple[str | None, str | None]:
    """Bring a database to `revision` (`base`: no tables); gives the revisions before and after. Raises `MigrationError`."""
    with _one_at_a_time, engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
        before = current(connection)
        if before is not None and before not in _known():
            raise MigrationError(f"the database has the schema {before}, made by a newer version; this one knows {newest()}")
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        try:
            if revision == "base" or (before is not None and revision in _known() and revision < before):
                command.downgrade(config, revision)
            elif before != (newest() if revision == "head" else revision):
                command.upgrade(config, revision)
        except CommandError as error:
            raise MigrationError(f"no revision {revision!r}: {error}") from None
        return before, current(connection)


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
