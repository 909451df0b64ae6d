"""The editors by cases: how many of their cells hold, and which do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

CELLS = 96
LEAST = 95
TEST = "test_editors.py::test_editor["


def cell(nodeid: str) -> str | None:
    """The cell that a test is, as in `quill-bold`; None for other tests."""
    return nodeid.partition(TEST)[2].removesuffix("]") if TEST in nodeid else None


def shortfall(selected: Iterable[str], outcomes: Mapping[str, str]) -> list[str]:
    """A line for each cell that does not hold, where all of them were to run and fewer than `LEAST` hold."""
    cells = [name for name in map(cell, selected) if name is not None]
    missed = [f"{name}: {outcomes.get(name, 'not run')}" for name in cells if outcomes.get(name) != "passed"]
    return missed if len(cells) >= CELLS and len(cells) - len(missed) < LEAST else []
