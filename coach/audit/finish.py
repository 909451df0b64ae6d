"""From parts to tables: in the order of the input, a part at a time, whole files put in place under their names."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from coach.audit.cells import harmless
from coach.audit.folder import SUMMARY, Folder
from coach.audit.part import summary_of, tables_of
from coach.audit.summary import Summary
from coach.audit.tables import RUN, SCHEMAS
from coach.promises import GRACE
from coach.protocol import encode

Format = Literal["parquet", "jsonl", "csv"]
ROWS = 50_000  # of a row group


class _Writer(Protocol):
    def write(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


def finish(folder: Folder, parts: int, formats: Sequence[Format], until: datetime, told: Callable[[int], None] | None = None) -> Summary:
    """Write the tables, the summary and, last, `run.json`, then take the parts away. `until`: times after it come of a wrong clock.
    `told` hears how many parts are written."""
    total = Summary()
    latest: datetime | None = None
    for number in range(parts):
        part = folder.part(number)
        total.add(summary_of(part))
        newest, wrong = _newest(tables_of(part)["turns"], until)
        latest = max(filter(None, (latest, newest)), default=None)
        total.wrong_times += wrong
    total.judged = latest.isoformat() if latest else None
    made: list[tuple[Path, Path]] = []
    with ExitStack() as open_files:
        writers: dict[str, list[_Writer]] = {}
        for name, schema in SCHEMAS.items():
            writers[name] = []
            for form in dict.fromkeys(("parquet", *formats)):
                path = folder.work / f"{name}.{form}"
                writer = _FORMS[form](path, schema)
                open_files.callback(writer.close)
                writers[name].append(writer)
                made.append((path, folder.path / path.name))
        for number in range(parts):
            for name, table in tables_of(folder.part(number)).items():
                for writer in writers[name]:
                    writer.write(_overdue(table, latest) if name == "promises" else table)
            if told:
                told(number + 1)
    for path, place in made:
        path.replace(place)
    _put(folder, SUMMARY, total.values())
    _put(
        folder,
        RUN,
        {
            **folder.plan,
            "counts": total.counts(),
            "earliest": total.earliest,
            "latest": total.latest,
            "judged": total.judged,
            "totals": total.raw(),
        },
    )
    folder.finish()
    return total


def finished(folder: Folder) -> Summary:
    """The summary of an audit that was finished before."""
    return Summary.of_raw(json.loads((folder.path / RUN).read_text("utf-8"))["totals"])


def _newest(turns: pa.Table, until: datetime) -> tuple[datetime | None, int]:
    """The newest time of the team's turns, none after `until`, and how many times of any turns lie after it."""
    wrong = pc.fill_null(pc.greater(turns["at"], pa.scalar(until, turns["at"].type)), False)
    own = turns["at"].filter(pc.and_(pc.equal(turns["role"], "agent"), pc.invert(wrong)))
    newest = pc.max(own).as_py()
    return newest.astimezone(UTC) if newest else None, int(pc.sum(wrong).as_py() or 0)


def _overdue(table: pa.Table, latest: datetime | None) -> pa.Table:
    """With every promise that nobody came back to judged by `latest`, the newest time of the team's turns in the whole input."""
    if latest is None or not table.num_rows:
        return table
    late = pc.and_(pc.is_null(table["settled_turn"]), pc.less(table["due"], pa.scalar(latest - GRACE, table["due"].type)))
    late = pc.fill_null(late, False)
    kept = pc.if_else(late, pa.scalar(False), table["kept"])
    overdue = pc.or_(table["overdue"], late)
    schema = table.schema
    for name, column in (("kept", kept), ("overdue", overdue)):
        table = table.set_column(schema.get_field_index(name), schema.field(name), column)
    return table


class _Parquet:
    """Row groups of `ROWS` rows, so that the file does not depend on the size of the parts alone and memory stays flat."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._kept: list[pa.Table] = []

    def write(self, table: pa.Table) -> None:
        self._kept.append(table)
        if sum(each.num_rows for each in self._kept) >= ROWS:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._kept:
            self._writer.write_table(pa.concat_tables(self._kept), row_group_size=2 * ROWS)
        self._kept = []


class _Jsonl:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file: IO[bytes] = path.open("wb")

    def write(self, table: pa.Table) -> None:
        for row in table.to_pylist():
            self._file.write(encode({name: _plain(value) for name, value in row.items()}) + b"\n")

    def close(self) -> None:
        self._file.close()


class _Csv:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(schema.names)

    def write(self, table: pa.Table) -> None:
        for row in table.to_pylist():
            self._rows.writerow(_cell(_plain(value)) for value in row.values())

    def close(self) -> None:
        self._file.close()


_FORMS: dict[str, Callable[[Path, pa.Schema], _Writer]] = {"parquet": _Parquet, "jsonl": _Jsonl, "csv": _Csv}


def _plain(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; lists are joined by blanks."""
    if isinstance(value, list):
        value = " ".join(value)
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value


def _put(folder: Folder, name: str, values: dict[str, Any]) -> None:
    written = folder.work / name
    written.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", "utf-8")
    written.replace(folder.path / name)
