"""Groups of a breakdown, and which of them are large enough to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coach.audit.report.figures import OTHER, Cell
from coach.audit.report.statistics import share

UNKNOWN = ""
"""The key of the cases of which it is not known where they belong; no source has it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Independent cases and how many of them are hits; `people`: different agents known behind them."""

    key: str
    cases: int
    hits: int
    people: int


def shown(groups: Sequence[Group], least: int, *, by_people: bool, overlap: bool = False) -> tuple[list[Group], int]:
    """The groups with at least `least` cases (and people, if `by_people`), and how many were left out.

    What is left out is taken together under `OTHER`, and must be large enough itself: else the smallest group that would be shown
    joins it, so that nobody can tell it from a total. Groups that `overlap` have no such total, and no `OTHER`.
    """

    def enough(group: Group) -> bool:
        return group.cases >= least and (group.people >= least or not by_people)

    kept = [group for group in groups if enough(group)]
    small = [group for group in groups if not enough(group)]
    if overlap or not small:
        return kept, len(small)
    while kept and not enough(_together(small)):
        least_one = min(kept, key=lambda group: (group.cases, group.key))
        kept.remove(least_one)
        small.append(least_one)
    rest = _together(small)
    return [*kept, rest] if enough(rest) else kept, len(small)


def row(group: Group) -> tuple[Cell, ...]:
    """key, cases, hits, share, low, high."""
    value = share(group.hits, group.cases)
    return (group.key, group.cases, group.hits, value.value, value.low, value.high)


def _together(groups: Sequence[Group]) -> Group:
    people = max((group.people for group in groups), default=0)
    return Group(OTHER, sum(group.cases for group in groups), sum(group.hits for group in groups), people)
