"""The result of one chunk as bytes: its summary and its rows in every table, with a digest that tells a damaged file."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import IO

import pyarrow as pa

from coach.audit.reviewed import Rows
from coach.audit.summary import Summary
from coach.audit.tables import SCHEMAS

_MAGIC = b"coach audit part 1\n"
_DIGEST = 16


class DamagedError(ValueError):
    """A part that was not written to its end, or was changed."""


def packed(rows: Rows) -> bytes:
    """The rows and their summary: a magic line, a digest of the rest, the summary's length and JSON, an Arrow stream a table."""
    summary = json.dumps(Summary.of(rows).raw()).encode()
    sink = pa.BufferOutputStream()
    sink.write(len(summary).to_bytes(8, "big") + summary)
    for name, schema in SCHEMAS.items():
        with pa.ipc.new_stream(sink, schema) as stream:
            stream.write_table(pa.Table.from_pylist(getattr(rows, name), schema))
    body: bytes = sink.getvalue().to_pybytes()
    return _MAGIC + blake2b(body, digest_size=_DIGEST).digest() + body


def summary_of(data: bytes) -> Summary:
    """The summary of a part. Raises `DamagedError`."""
    body = _body(data)
    return Summary.of_raw(json.loads(body[8 : 8 + int.from_bytes(body[:8], "big")]))


def tables_of(data: bytes) -> dict[str, pa.Table]:
    """The rows of a part, by table. Raises `DamagedError`."""
    body = _body(data)
    source: IO[bytes] = pa.BufferReader(body)
    source.seek(8 + int.from_bytes(body[:8], "big"))
    return {name: pa.ipc.open_stream(source).read_all() for name in SCHEMAS}


def rows_of(data: bytes) -> Rows:
    """The rows of a part as they went in. Raises `DamagedError`."""
    return Rows(**{name: table.to_pylist() for name, table in tables_of(data).items()})


def _body(data: bytes) -> bytes:
    start = len(_MAGIC) + _DIGEST
    body = data[start:]
    if not data.startswith(_MAGIC) or blake2b(body, digest_size=_DIGEST).digest() != data[len(_MAGIC) : start]:
        raise DamagedError("not a whole part")
    return body
