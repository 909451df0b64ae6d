"""The numbers of the report as files: each table as CSV and Parquet, and the single figures as `facts`."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from coach.audit.cells import harmless
from coach.audit.report.figures import Cell, Column, Figures, Kind, Table, table

_TYPES: dict[Kind, pa.DataType] = {
    "count": pa.int64(), "share": pa.float64(), "points": pa.float64(), "ratio": pa.float64(), "p": pa.float64(),
}  # fmt: skip


def files(figures: Figures) -> list[Table]:
    """Every table that is written: those of the report, and its facts."""
    facts = [(name, None if value is None else str(value)) for name, value in figures.facts.items()]
    return [table("facts", {"fact": "id", "value": "text"}, facts), *figures.tables.values()]


def export(figures: Figures, folder: Path) -> list[Path]:
    """Write every table into `folder`, as `NAME.csv` and `NAME.parquet`; the paths written. A file is whole or not there."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one in files(figures):
        for suffix, write in ((".csv", _csv), (".parquet", _parquet)):
            path = folder / f"{one.name}{suffix}"
            part = path.with_suffix(f"{suffix}.part")
            write(one, part)
            part.replace(path)
            written.append(path)
    return written


def _csv(one: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in one.columns)
        writer.writerows([_cell(value) for value in row] for row in one.rows)


def _parquet(one: Table, path: Path) -> None:
    schema = pa.schema([(column.name, _type(column)) for column in one.columns])
    columns = [pa.array([row[index] for row in one.rows], field.type) for index, field in enumerate(schema)]
    pq.write_table(pa.table(columns, schema=schema), path)


def _type(column: Column) -> pa.DataType:
    return _TYPES.get(column.kind, pa.string())


def _cell(value: Cell) -> Cell:
    return harmless(value) if isinstance(value, str) else value
