"""Opens a database: SQLite or PostgreSQL, by SQLAlchemy's URL."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError

BUSY_SECONDS = 15
READS = "coach_reads"
DIALECTS = ("sqlite", "postgresql")


class StoreError(Exception):
    """The store cannot be used; the text says why and holds no password."""


def checked_url(url: str) -> URL:
    """The URL of a database that can be one of ours. Raises `StoreError`."""
    try:
        made = make_url(url)
        name = made.get_backend_name()
    except (ArgumentError, ValueError):
        raise StoreError(
            "not the URL of a database, like sqlite:////var/lib/coach/records.db or postgresql+psycopg://user@host/name"
        ) from None
    if name not in DIALECTS:
        raise StoreError(f"{name}: only {' and '.join(DIALECTS)} are known")
    if name == "sqlite" and made.database in (None, "", ":memory:"):
        raise StoreError("sqlite: name a file, like sqlite:////var/lib/coach/records.db")
    return made.set(drivername="postgresql+psycopg") if made.drivername == "postgresql" else made


def default_url() -> str:
    """Where records are kept where no place is named: in the user's data folder."""
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return f"sqlite:///{data / 'reply-coach' / 'records.db'}"


def open_engine(url: str) -> Engine:
    """An engine for `url`; a new SQLite file can be read by its owner only. Raises `StoreError`."""
    place = checked_url(url)
    if place.get_backend_name() == "sqlite":
        assert place.database is not None
        _make_file(Path(place.database))
        engine = create_engine(place, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine
    try:
        return create_engine(place, pool_pre_ping=True, pool_size=4, max_overflow=4, connect_args={"connect_timeout": BUSY_SECONDS})
    except (NoSuchModuleError, ImportError):
        raise StoreError(f"{place.drivername}: this driver is not installed; install reply-coach[postgres]") from None


def unusable(error: SQLAlchemyError) -> StoreError:
    """What is wrong with a database in one line, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    lines = str(cause).strip().splitlines() if isinstance(error, OperationalError) and cause else []
    return StoreError(f"the database of the records cannot be used: {lines[0] if lines else type(cause or error).__name__}")


def truncate_log(engine: Engine) -> bool:
    """Empty SQLite's write-ahead log, in which what was deleted still stands; False where a reader or writer is in the way."""
    if engine.dialect.name != "sqlite":
        return True
    try:
        with closing(engine.raw_connection()) as connection:
            busy: int = connection.cursor().execute("pragma wal_checkpoint(truncate)").fetchone()[0]
            return not busy
    except (sqlite3.OperationalError, SQLAlchemyError):
        return False


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"{path}: {(error.strerror or str(error)).lower()}") from None


def _prepare(connection: Any, _: Any) -> None:
    """Whole transactions by ourselves, readers beside a writer, and what is deleted is overwritten."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = wal", "foreign_keys = on", "secure_delete = on", "synchronous = normal"):
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once, so that two never read the same row and then both write it."""
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(READS) else "BEGIN IMMEDIATE")


class Transaction:
    """A transaction whose faults are told as `StoreError`."""

    def __init__(self, engine: Engine) -> None:
        self._begun = engine.begin()

    def __enter__(self) -> Connection:
        try:
            return self._begun.__enter__()
        except SQLAlchemyError as error:
            raise unusable(error) from None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        try:
            self._begun.__exit__(kind, error, trace)
        except SQLAlchemyError as failed:
            raise unusable(failed) from None
        if isinstance(error, DBAPIError):
            raise unusable(error) from None
