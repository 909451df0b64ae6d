"""The tables of an audit, asked with DuckDB: it streams Parquet, spills to disk and stays within the memory it is given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow.parquet as pq

from coach.audit.tables import FORMAT, RUN, SCHEMAS
from coach.inputs import InputError
from coach.zone import checked_zone

MEMORY = "256MB"
THREADS = 2


class Data:
    """An audit that can be asked in SQL; its tables are there under their names."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, run: dict[str, Any]) -> None:
        self._connection = connection
        self.run = run

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """The answer to a query; `$name` in it stands for a value."""
        return self._connection.execute(sql, values or None).fetchall()

    def row(self, sql: str, **values: Any) -> tuple[Any, ...]:
        """The one row of an answer."""
        return self.rows(sql, **values)[0]

    def keep(self, name: str, sql: str) -> None:
        """Compute a query once and keep its answer as a table of that name."""
        self._connection.execute(f"create temp table {name} as {sql}")


def check_zone(zone: str) -> None:
    """Raises `InputError` where there is no such time zone."""
    try:
        checked_zone(zone)
    except ValueError as error:
        raise InputError(zone, str(error)) from None


@contextmanager
def opened(folder: Path, zone: str = "UTC") -> Iterator[Data]:
    """The audit in `folder`, with hours and days as in `zone`. Raises `InputError` if there is none, or an unknown zone."""
    check_zone(zone)
    run = _run(folder)
    for name in SCHEMAS:
        _check(folder, name)
    with TemporaryDirectory(prefix="coach-report-") as spill:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "threads": THREADS,
            "temp_directory": spill,
            "autoinstall_known_extensions": False,
        }
        with duckdb.connect(config=settings) as connection:
            connection.execute("set preserve_insertion_order = false")
            connection.execute(f"set TimeZone = {_quoted(zone)}")
            link = Path(spill) / "audit"  # a path in which nothing reads as a wildcard
            link.symlink_to(folder.resolve(), target_is_directory=True)
            connection.execute(f"set allowed_directories = [{_quoted(str(folder.resolve()))}, {_quoted(spill)}]")
            connection.execute("set enable_external_access = false")
            for name in SCHEMAS:
                connection.execute(f"create temp view {name} as select * from read_parquet({_quoted(str(link / f'{name}.parquet'))})")
            yield Data(connection, run)


def _run(folder: Path) -> dict[str, Any]:
    path = folder / RUN
    try:
        run = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(str(folder), f"no finished audit there ({RUN} is missing)") from None
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None
    if not isinstance(run, dict) or run.get("format") != FORMAT:
        raise InputError(str(path), f"not an audit of format {FORMAT}: made by another version")
    return run


def _check(folder: Path, name: str) -> None:
    path = folder / f"{name}.parquet"
    try:
        there = set(pq.read_schema(path).names)
    except FileNotFoundError:
        raise InputError(str(path), "is missing") from None
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"is no Parquet file: {error}") from None
    lacking = [column for column in SCHEMAS[name].names if column not in there]
    if lacking:
        raise InputError(str(path), f"columns missing: {', '.join(lacking)}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
