"""Rows of CSV and Parquet files, a batch at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from coach.audit.importers.files import BREAKS, Input, break_reason
from coach.inputs import InputError

DELIMITERS = ",;\t|"
LINE_CHARS = 1 << 22
BATCH = 1024


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its cells by the names of their columns; `header`: only these names; `reason`: why it cannot be used."""

    where: str
    cells: dict[str, Any] = field(default_factory=dict)
    header: tuple[str, ...] | None = None
    reason: str | None = None


def csv_rows(file: Input) -> Iterator[Row]:
    """The names of the columns, then row after row. The delimiter is the one that stands most often in the first line."""
    line = 0
    try:
        with file.opened() as raw, io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="") as lines:
            opening = lines.readline(LINE_CHARS)
            delimiter = max(DELIMITERS, key=opening.count)
            rows = csv.reader(_chain(opening, lines), delimiter=delimiter)
            header: tuple[str, ...] = ()
            while True:
                try:
                    cells = next(rows)
                except StopIteration:
                    return
                except csv.Error:
                    line = rows.line_num
                    yield Row(f"line {line}", reason="not a row of a table: a cell is too long, or its quotes are not closed")
                    continue
                line = rows.line_num
                if not header:
                    header = tuple(cells)
                    yield Row(f"line {line}", header=header)
                elif cells and len(cells) != len(header):
                    yield Row(f"line {line}", reason=f"has {len(cells)} cells instead of {len(header)}")
                elif any("\udc80" <= letter <= "\udcff" for cell in cells if not cell.isascii() for letter in cell):
                    yield Row(f"line {line}", reason="not UTF-8 text")
                elif cells:
                    yield Row(f"line {line}", dict(zip(header, cells, strict=True)))
    except BREAKS as error:
        yield Row(f"after line {line}", reason=break_reason(error))


def _chain(opening: str, lines: io.TextIOWrapper) -> Iterator[str]:
    """The lines of a file, of an overlong one piece by piece."""
    if opening:
        yield opening
    while line := lines.readline(LINE_CHARS):
        yield line


def parquet_rows(file: Input) -> Iterator[Row]:
    """The names of the columns, then row after row, a batch of them in memory. Raises `InputError` for a packed file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if file.packed:
        raise InputError(file.name, "Parquet is packed in itself; unpack the .gz first")
    number = 0
    try:
        with pq.ParquetFile(file.path) as table:
            yield Row("the schema", header=tuple(table.schema_arrow.names))
            for batch in table.iter_batches(BATCH):
                for cells in batch.to_pylist():
                    number += 1
                    yield Row(f"row {number}", cells)
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        yield Row(f"after row {number}", reason="not Parquet, or damaged: the rest cannot be read")
