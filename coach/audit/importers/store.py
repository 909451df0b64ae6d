"""Messages of one conversation brought together from wherever they stand in an export, in bounded memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from coach.audit.conversation import Place
from coach.audit.importers.fields import BadRecord
from coach.audit.importers.seen import temporary

GROUP_BYTES = 64 * 1024 * 1024
BROKEN = "broken"
"""The kind of a part that could not be read: its conversation is not whole."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a conversation: what it is, its JSON value, and where it stood."""

    kind: str
    data: Any
    place: Place


@dataclass(frozen=True, slots=True)
class Group:
    """All parts with one key, in the order in which they stood; `whole` is false where they are too many for one conversation."""

    key: str
    parts: tuple[Part, ...]
    whole: bool = True

    def of(self, kind: str) -> list[Part]:
        """The parts of one kind."""
        return [part for part in self.parts if part.kind == kind]

    def once(self, kind: str) -> list[Part]:
        """The parts of one kind; of those with the same `id`, as pages that overlap have them, the last, in the place of the first."""
        found: dict[str, Part] = {}
        for number, part in enumerate(self.of(kind)):
            given = part.data.get("id")
            found[f"id {given}" if isinstance(given, str | int) else f"number {number}"] = part
        return list(found.values())


class Store:
    """Parts by the key of their conversation, on disk as soon as they are many; groups come in the order of their first parts."""

    def __init__(self) -> None:
        self._files: list[str] = []
        self._rows = temporary()
        self._rows.execute("CREATE TABLE cases (id INTEGER PRIMARY KEY, key TEXT UNIQUE, parent INTEGER, position INTEGER)")
        self._rows.execute("CREATE TABLE parts (id INTEGER PRIMARY KEY, owner INTEGER, kind TEXT, data TEXT, file INTEGER, place TEXT)")
        self._rows.execute("CREATE TABLE facts (kind TEXT, key TEXT, data TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID")
        self._rows.execute("BEGIN")

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._rows.close()

    def add(self, key: str, kind: str, data: Any, place: Place) -> None:
        """Keep a part. Raises `BadRecord` for what cannot be kept."""
        try:
            kept = json.dumps(data)
        except (RecursionError, ValueError):
            raise BadRecord("nested too deep") from None
        if not self._files or self._files[-1] != place.file:
            self._files.append(place.file)
        row = (self._case(key), kind, kept, len(self._files) - 1, place.where)
        self._rows.execute("INSERT INTO parts (owner, kind, data, file, place) VALUES (?, ?, ?, ?, ?)", row)

    def join(self, key: str, other: str) -> None:
        """Put what `other` has, now and later, to `key`; the place in the order is that of the one that came first."""
        root, child = self._root(self._case(key)), self._root(self._case(other))
        if root != child:
            self._rows.execute("UPDATE cases SET parent = ? WHERE id = ?", (root, child))
            self._rows.execute(
                "UPDATE cases SET position = min(position, (SELECT position FROM cases WHERE id = ?)) WHERE id = ?", (child, root)
            )

    def holds(self, key: str) -> bool:
        """Whether there is anything with this key."""
        return self._rows.execute("SELECT 1 FROM cases WHERE key = ?", (_safe(key),)).fetchone() is not None

    def joined(self, key: str) -> bool:
        """Whether what has this key was put to another."""
        row = self._rows.execute("SELECT parent FROM cases WHERE key = ?", (_safe(key),)).fetchone()
        return row is not None and row[0] is not None

    def pages(self) -> list[tuple[str, Part]]:
        """The keys of pages that nothing was joined with, each with its first part."""
        rows = self._rows.execute(
            "SELECT key, kind, data, file, place FROM cases JOIN parts ON parts.id = (SELECT min(id) FROM parts WHERE owner = cases.id) "
            "WHERE parent IS NULL AND key GLOB 'page *' ORDER BY position"
        )
        return [(key, Part(kind, json.loads(data), Place(self._files[file], place))) for key, kind, data, file, place in rows]

    def note(self, kind: str, key: str, data: Any) -> None:
        """Keep a fact; the last one told holds."""
        self._rows.execute("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", (kind, _safe(key), json.dumps(data)))

    def noted(self, kind: str, key: str) -> Any:
        """A fact; None if it is not known."""
        row = self._rows.execute("SELECT data FROM facts WHERE kind = ? AND key = ?", (kind, _safe(key))).fetchone()
        return json.loads(row[0]) if row else None

    def count(self) -> int:
        """How many parts there are."""
        return int(self._rows.execute("SELECT count(*) FROM parts").fetchone()[0])

    def groups(self) -> Iterator[Group]:
        """All conversations with their parts."""
        self._rows.execute("CREATE INDEX parts_owner ON parts (owner, id)")
        for (child,) in self._rows.execute("SELECT id FROM cases WHERE parent IS NOT NULL").fetchall():
            self._rows.execute("UPDATE parts SET owner = ? WHERE owner = ?", (self._root(child), child))
        for number, key in self._rows.execute("SELECT id, key FROM cases WHERE parent IS NULL ORDER BY position"):
            group = self._one(number, key)
            if group.parts:
                yield group

    def _one(self, number: int, key: str) -> Group:
        parts: list[Part] = []
        left = GROUP_BYTES
        for kind, data, file, place in self._rows.execute(
            "SELECT kind, data, file, place FROM parts WHERE owner = ? ORDER BY id", (number,)
        ):
            left -= len(data)
            if left < 0:
                return Group(key, tuple(parts), whole=False)
            parts.append(Part(kind, json.loads(data), Place(self._files[file], place)))
        return Group(key, tuple(parts))

    def _case(self, key: str) -> int:
        name = _safe(key)
        row = self._rows.execute("SELECT id FROM cases WHERE key = ?", (name,)).fetchone()
        if row:
            return int(row[0])
        number = int(self._rows.execute("INSERT INTO cases (key) VALUES (?)", (name,)).lastrowid or 0)
        self._rows.execute("UPDATE cases SET position = id WHERE id = ?", (number,))
        return number

    def _root(self, number: int) -> int:
        while (parent := self._rows.execute("SELECT parent FROM cases WHERE id = ?", (number,)).fetchone()[0]) is not None:
            number = int(parent)
        return number


def _safe(key: str) -> str:
    return key.encode("utf-8", "backslashreplace").decode("utf-8")
