"""The tables of the report as a page shows them: which columns, how many rows, each cell as text with the number behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coach.audit.report.figures import Cell, Table
from coach.audit.report.wording import Wording

ROWS = 20
_NUMBERS = frozenset({"count", "share", "points", "ratio", "p"})
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "languages": ("language", "conversations", "replies", "failures"),
    "funnel": ("step", "reached", "share", "with_all_before", "broke_off"),
    "faults": ("family", "step", "per_100", "replies", "conversations", "serious", "caution"),
    "worst_examples": ("family", "severity", "conversation", "turn", "words"),
    "first_replies_by_agents": ("band", "people", "conversations", "share"),
    "repeated_text_share": ("kind", "replies", "faulty", "per_100"),
    "repeated_text": ("sent", "conversations", "faulty", "families", "conversation", "turn", "words"),
    "promises": ("state", "promises", "share"),
    "promises_by_month": ("period", "promises", "kept", "late", "overdue", "open", "undated", "unknown"),
    "promises_broken": ("conversation", "turn", "state", "due", "what"),
    "repeats": ("kind", "conversations", "again", "share"),
    "repeat_customers": ("failures", "first", "last", "said_so", "conversation_ids"),
    "spikes": ("measure", "dimension", "value", "conversations", "share", "elsewhere", "ratio", "p_corrected"),
    "qa_inversion": ("item", "conversations", "earned", "broken", "share", "lost"),
    "qa_inversion_cases": ("item", "state", "conversation"),
}
"""What is shown of a table; the files have every column. Tables that are not named: their first column, cases and share."""


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell: its text, the number behind it as it stands in the files, and the range with its two numbers."""

    text: str
    number: str | None = None
    low: tuple[str, str] | None = None
    high: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class HeadingView:
    """The heading of a column."""

    name: str
    text: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """A table ready to be drawn. `total`: all its rows, those not shown among them."""

    name: str
    headings: tuple[HeadingView, ...]
    rows: tuple[tuple[CellView, ...], ...]
    total: int
    hidden: int


def view(table: Table, wording: Wording, *, where: Callable[[dict[str, Cell]], bool] | None = None, rows: int = ROWS) -> TableView:
    """The first rows of a table for which `where` holds. Columns with no value at all are left out."""
    chosen = [row for row in table if where is None or where(row)]
    kinds = {column.name: column.kind for column in table.columns}
    names = COLUMNS.get(table.name, (table.columns[0].name, "conversations", "share"))
    names = tuple(name for name in names if name == names[0] or any(row[name] not in (None, 0) for row in chosen))

    def cell(row: dict[str, Cell], name: str) -> CellView:
        value, kind = row[name], kinds[name]
        dimension = str(row["dimension"]) if "dimension" in row else table.columns[0].name
        if name == "turn" and isinstance(value, int):
            return CellView(wording.count(value + 1), str(value))
        if name == "step" and kind == "text":
            return CellView(wording.name("stage", str(value)))
        text = wording.cell(kind, value, dimension)
        number = _number(value) if kind in _NUMBERS and value is not None else None
        if kind not in ("share", "points") or "low" not in row or row["low"] is None or name not in ("share", "per_100"):
            return CellView(text, number)
        ends = [(wording.cell(kind, row[end]), _number(row[end])) for end in ("low", "high")]
        return CellView(text, number, ends[0], ends[1])

    return TableView(
        table.name,
        tuple(HeadingView(name, wording.say(f"column.{name}"), kinds[name] in _NUMBERS) for name in names),
        tuple(tuple(cell(row, name) for name in names) for row in chosen[:rows]),
        len(chosen),
        table.hidden,
    )


def _number(value: Cell) -> str:
    return repr(value)
