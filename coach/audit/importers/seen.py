"""Which ids were seen and where, in bounded memory."""

from __future__ import annotations

import sqlite3
from types import TracebackType

from coach.audit.conversation import Conversation, Place, Reject

CACHE_KIB = 32 * 1024


class Seen:
    """Ids and their places, on disk as soon as they are many."""

    def __init__(self) -> None:
        self._files: list[str] = []
        self._rows = temporary()
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

    def only(self, item: Conversation | Reject) -> Conversation | Reject:
        """The item, or a reject where a conversation has an id that was seen before."""
        first = self.first(item.id, item.place) if isinstance(item, Conversation) else None
        if first is None:
            return item
        return Reject(item.place, f"id: the same as on {first.where}" + (f" of {first.file}" if first.file != item.place.file else ""))


def temporary() -> sqlite3.Connection:
    """A database of its own, gone when closed: what fits stays in memory, the rest in an unnamed file of the system's temporary folder."""
    rows = sqlite3.connect("", isolation_level=None)
    for pragma in (
        f"PRAGMA cache_size = -{CACHE_KIB}",
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA temp_store = FILE",
    ):
        rows.execute(pragma)
    return rows
