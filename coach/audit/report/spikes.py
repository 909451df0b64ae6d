"""Where failures, or faulty first replies, are more frequent than elsewhere, by more than chance."""

from __future__ import annotations

from coach.audit.report.data import Data
from coach.audit.report.figures import SHARE, Cell, Kind, Table, table
from coach.audit.report.groups import Group
from coach.audit.report.statistics import adjusted, greater, share

CALLED = 0.05
"""Called a spike from this corrected p-value down."""
DIMENSIONS = {
    "hour": "strftime({at}, '%H')",
    "weekday": "isodow({at})::varchar",
    "day": "strftime({at}, '%Y-%m-%d')",
    "tag": "tag",
    "release": "release",
    "channel": "channel",
}
MEASURES = {
    "failure": ("conversations", "started", "failure", "0"),
    "faulty_first": ("firsts", "sent", "not good", "count(distinct agent)"),
}
"""What is counted: the table, its time, what a hit is, and the people whose work it shows."""


def spikes(data: Data, least: int, agents: int) -> Table:
    """Every group that was tested against the rest of its kind, the surest first. Groups that are too small are not tested."""
    tested: list[tuple[Cell, ...]] = []
    values: list[float] = []
    hidden = 0
    for measure, (source, at, hit, people) in MEASURES.items():
        for dimension, asked in DIMENSIONS.items():
            key = asked.format(at=at)
            columns = f"{key} as key, count(*), count(*) filter ({hit}), {people}"
            of = f"(select *, unnest(list_distinct(tags)) as tag from {source})" if dimension == "tag" else source
            found = [Group(*one) for one in data.rows(f"select {columns} from {of} where {key} is not null group by key order by key")]
            whole = f"{source} where {at} is not null" if dimension in ("hour", "weekday", "day") else source
            if dimension in ("release", "channel"):
                whole = f"{source} where {dimension} is not null"
            cases, hits = data.row(f"select count(*), count(*) filter ({hit}) from {whole}")
            for group in found:
                enough = group.cases >= least and (measure == "failure" or not agents or group.people >= least)
                hidden += not enough
                if not enough or group.cases == cases:
                    continue
                rest = (hits - group.hits, cases - group.cases)
                values.append(greater(group.hits, group.cases, *rest))
                here, elsewhere = share(group.hits, group.cases), rest[0] / rest[1]
                ratio = group.hits / group.cases / elsewhere if elsewhere else None
                tested.append((measure, dimension, group.key, group.cases, group.hits, here.value, here.low, here.high, elsewhere, ratio))
    corrected = adjusted(values)
    rows = [(*one, p, q) for one, p, q in zip(tested, values, corrected, strict=True)]
    rows.sort(key=lambda one: (one[11], one[10], one[:3]))
    before: dict[str, Kind] = {"measure": "measure", "dimension": "dimension", "value": "value", "conversations": "count", "hits": "count"}
    after: dict[str, Kind] = {"elsewhere": "share", "ratio": "ratio", "p": "p", "p_corrected": "p"}
    return table("spikes", {**before, **SHARE, **after}, rows, hidden)
