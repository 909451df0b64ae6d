"""Which ids were seen and where, in bounded memory."""

from __future__ import annotations

import sqlite3
from types import TracebackType

from coach.audit.conversation import Place

CACHE = "PRAGMA cache_size = -16384"


class Seen:
    """Ids and their places, on disk as soon as they are many."""

    def __init__(self, scratch: str | None = None) -> None:
        self._files: list[str] = []
        self._rows = temporary(scratch)
        self._rows.execute("CREATE TABLE seen (id BLOB PRIMARY KEY, file INTEGER, place TEXT) WITHOUT ROWID")

    def __enter__(self) -> Seen:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._rows.close()

    def first(self, key: str, place: Place) -> Place | None:
        """Where `key` was seen before; None if it is new, which it is not any more from now on."""
        if not self._files or self._files[-1] != place.file:
            self._files.append(place.file)
        name = key.encode("utf-8", "surrogatepass")
        if self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (name, len(self._files) - 1, place.where)).rowcount:
            return None
        file, where = self._rows.execute("SELECT file, place FROM seen WHERE id = ?", (name,)).fetchone()
        return Place(self._files[file], where)


def temporary(scratch: str | None) -> sqlite3.Connection:
    """A database of its own in an unnamed file of `scratch`, gone when closed; what fits stays in memory."""
    rows = sqlite3.connect("", isolation_level=None)
    for pragma in (CACHE, "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA temp_store = FILE"):
        rows.execute(pragma)
    return rows
