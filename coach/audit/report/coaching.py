"""Three things to coach next, drawn from the other tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coach.audit.report.data import Data
from coach.audit.report.figures import Advice, Carrier, Table

THINGS = 3
SERIOUS = 3
"""A serious finding counts as much as so many that call for caution; hints do not count."""


def advice(data: Data, tables: Mapping[str, Table]) -> tuple[Advice, ...]:
    """The faults that cost most, one for each step of the sequence at most.

    Ranked by the lower end of the interval (what is sure, not what may be), times the weight of the findings. `close_call`: its
    interval reaches that of the best one that is not among the three.
    """
    ranked: list[dict[str, Any]] = sorted((row for row in tables["faults"] if _cost(row) > 0), key=lambda row: (-_cost(row), row["family"]))
    chosen: list[dict[str, Any]] = []
    for row in ranked:
        if len(chosen) < THINGS and (row["step"] == "any" or all(row["step"] != one["step"] for one in chosen)):
            chosen.append(row)
    after = max((_cost(row, "high") for row in ranked if row not in chosen), default=0.0)
    return tuple(_one(data, row, tables, _cost(row) < after) for row in chosen)


def _cost(row: Mapping[str, Any], end: str = "low") -> float:
    return float(row[end] * (SERIOUS * row["serious"] + row["caution"]) / row["findings"])


def _one(data: Data, row: Mapping[str, Any], tables: Mapping[str, Table], close: bool) -> Advice:
    family = row["family"]
    rule = data.row("select rule from findings where family = $family group by rule order by count(*) desc, rule limit 1", family=family)[0]
    carriers = data.rows(
        """
        select any_value(r.sent), count(distinct (t.conversation, t.turn)) as times, min(t.conversation)
        from findings f join turns t using (conversation, turn) join repeated r using (template_key)
        where f.family = $family and f.severity <> 'hint' group by template_key order by times desc, template_key limit 1
        """,
        family=family,
    )
    examples: Any = [one for one in tables["worst_examples"] if one["family"] == family]
    return Advice(
        family=family,
        rule=rule,
        step=row["step"],
        findings=row["findings"],
        replies=row["replies"],
        conversations=row["conversations"],
        per_100=row["per_100"],
        low=row["low"],
        high=row["high"],
        close_call=close,
        template=Carrier(*carriers[0]) if carriers else None,
        examples=tuple((one["conversation"], one["turn"], one["words"]) for one in examples),
    )
