"""Where failures, or faulty first replies, are more frequent than elsewhere, by more than chance."""

from __future__ import annotations

from coach.audit.report.data import Data
from coach.audit.report.figures import OTHER, SHARE, Cell, Kind, Table, table
from coach.audit.report.groups import UNKNOWN, Group, shown
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
    """Every group that was tested against the rest of its kind, the surest first.

    Tested are those that `groups.shown` shows: nobody can tell a group that is too small by taking the others from the total. Where a
    value is not known is a group as well, which is never tested. A tag is not tested either where the rest is too small.
    """
    tested: list[tuple[Cell, ...]] = []
    values: list[float] = []
    hidden = 0
    for measure, (source, at, hit, people) in MEASURES.items():
        by_people = measure != "failure" and agents > 0
        for dimension, asked in DIMENSIONS.items():
            key, tag = asked.format(at=at), dimension == "tag"
            of = f"(select *, unnest(list_distinct(tags)) as tag from {source})" if tag else source
            columns = f"coalesce({key}, '{UNKNOWN}') as key, count(*), count(*) filter ({hit}), {people}"
            found = [Group(*one) for one in data.rows(f"select {columns} from {of} group by all order by key")]
            kept, left = shown(found, least, by_people=by_people, overlap=tag)
            hidden += left
            cases, hits = data.row(f"select count(*), count(*) filter ({hit}) from {source}{'' if tag else f' where {key} is not null'}")
            others = _others(data, of, source) if tag and by_people else {}
            for group in kept:
                if group.key in (OTHER, UNKNOWN) or group.cases == cases:
                    continue
                rest = (hits - group.hits, cases - group.cases)
                if tag and (rest[1] < least or (by_people and others.get(group.key, 0) < least)):
                    hidden += 1
                    continue
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


def _others(data: Data, tagged: str, source: str) -> dict[str, int]:
    """For each tag how many people have a case without it."""
    return dict(
        data.rows(
            f"""
            with whole as (select agent, count(*) as n from {source} where agent is not null group by agent),
                part as (select tag, agent, count(*) as n from {tagged} where agent is not null group by all)
            select tag, (select count(*) from whole) - count(*) filter (part.n = whole.n)
            from part join whole using (agent) group by tag
            """
        )
    )
