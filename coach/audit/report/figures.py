"""What the report says, as tables: the page and the files are written from these same values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "id", "text", "step", "family", "grade", "channel", "language", "item", "state", "measure", "dimension", "value", "band", "kind",
    "period", "count", "share", "points", "ratio", "p", "date", "ids", "families",
]  # fmt: skip
"""How a column is read: as it stands (`id`, `text`, `ids`), a name to be said in the reader's language (`step` to `kind`, `families`),
or a number: `share` from 0 to 1, `points` per 100, `p` a p-value, `ratio` times."""
Cell = str | int | float | None
OTHER = "(other)"
"""The key of the groups that are too small to be shown, taken together."""

SHARE: dict[str, Kind] = {"share": "share", "low": "share", "high": "share"}
"""The columns of a share and its interval."""
PER_100: dict[str, Kind] = {"per_100": "points", "low": "points", "high": "points"}
"""The same in 100."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the files, and how it is read."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Table:
    """A named table. `hidden`: groups that are too small to be shown."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    hidden: int = 0

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        """The rows by column name."""
        names = [column.name for column in self.columns]
        return (dict(zip(names, row, strict=True)) for row in self.rows)


def table(name: str, columns: Mapping[str, Kind], rows: Sequence[tuple[Cell, ...]], hidden: int = 0) -> Table:
    """A table from its column names and kinds."""
    return Table(name, tuple(Column(key, kind) for key, kind in columns.items()), tuple(rows), hidden)


@dataclass(frozen=True, slots=True)
class Carrier:
    """A repeated text that carries a fault: how often it was sent, how often with it, and the first conversation with it."""

    sent: int
    times: int
    conversation: str


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to coach next: a row of `faults`, the rule that found most of it, the text that spread it most, and the worst of it
    (conversation, turn, words)."""

    family: str
    rule: str
    step: str
    findings: int
    replies: int
    conversations: int
    per_100: float
    low: float
    high: float
    close_call: bool
    template: Carrier | None
    examples: tuple[tuple[str, int, str | None], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the report says. `facts` are single numbers and dates, `tables` by name, in the order of the report."""

    facts: Mapping[str, Cell]
    tables: Mapping[str, Table]
    advice: tuple[Advice, ...]
    with_text: bool
    with_agents: bool
    min_group: int
    zone: str
