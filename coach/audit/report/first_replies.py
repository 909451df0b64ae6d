"""How good the first reply to a customer with a failure is: over time, by where it came from, and how much agents differ."""

from __future__ import annotations

from coach.audit.report.data import Data
from coach.audit.report.figures import OTHER, SHARE, Cell, Kind, Table, table
from coach.audit.report.groups import UNKNOWN, Group, row, shown
from coach.audit.report.statistics import alike

DIMENSIONS = {
    "channel": "channel",
    "tag": "tag",
    "release": "release",
    "hour": "strftime(sent, '%H')",
    "weekday": "isodow(sent)::varchar",
    "language": "language",
    "rating": "rating",
}
"""What replies are broken down by, and how it is asked of `firsts`."""
BANDS = 4
_COUNTS = "count(*), count(*) filter (good), count(distinct agent)"


def prepare(data: Data) -> None:
    """Keep `firsts`: the first replies to customers with a failure; `good`: nothing in it but hints, and what is missing at the close
    (steps 4 and 5), which no first reply owes."""
    data.keep(
        "firsts",
        """
        with amiss as (
            select distinct conversation, turn from findings
            where severity <> 'hint' and not (step in ('4', '5') and start is null)
        )
        select t.conversation, t.turn, t."at" as sent, t.agent, t.open_gates, t.moves, f.turn is null as good,
            c.channel, c.tags, c.release, c.language, c.rating
        from turns t join conversations c using (conversation) left join amiss f using (conversation, turn)
        where t.first_reply and t.failure
        """,
    )


def agents_known(data: Data) -> int:
    """How many agents are known."""
    return int(data.row("select count(distinct agent) from turns where reply is not null")[0])


def over_time(data: Data, least: int) -> Table:
    """Good first replies by day, week or month, whichever gives a readable number of points."""
    days = data.row("select coalesce(date_diff('day', min(sent), max(sent)), 0) from firsts")[0]
    period = "%Y-%m-%d" if days <= 21 else "%G-W%V" if days <= 182 else "%Y-%m"
    return _broken_down(data, "period", f"strftime(sent, '{period}')", least, "firsts")


def by(data: Data, dimension: str, least: int) -> Table:
    """Good first replies by one of `DIMENSIONS`."""
    source = "(select *, unnest(tags) as tag from firsts)" if dimension == "tag" else "firsts"
    return _broken_down(data, dimension, DIMENSIONS[dimension], least, source)


def by_agents(data: Data, least: int) -> tuple[Table, float | None]:
    """Agents in bands of at least `least` people, the best first, never a single one; and the p-value of `alike` (None: too few).

    No intervals: sorted by their result, bands of agents who are all alike would differ as well.
    """
    found = data.rows("select count(*), count(*) filter (good) from firsts where agent is not null group by agent order by agent")
    found.sort(key=lambda one: (-(one[1] + 1) / (one[0] + 2), -one[0]))
    bands = min(BANDS, len(found) // least)
    rows: list[tuple[Cell, ...]] = []
    for band in range(bands):
        part = found[len(found) * band // bands : len(found) * (band + 1) // bands]
        n, k = sum(n for n, _ in part), sum(k for _, k in part)
        rows.append((str(band + 1), len(part), n, k, k / n))
    kinds: dict[str, Kind] = {"band": "band", "people": "count", "conversations": "count", "good": "count", "share": "share"}
    bands_shown = table("first_replies_by_agents", kinds, rows, 0 if rows else len(found))
    return bands_shown, alike(found) if rows else None


def _broken_down(data: Data, dimension: str, key: str, least: int, source: str) -> Table:
    found = [Group(*one) for one in data.rows(f"select coalesce({key}, '{UNKNOWN}') as key, {_COUNTS} from {source} group by all")]
    kept, hidden = shown(found, least, by_people=agents_known(data) > 0, overlap=dimension == "tag")
    kept = [group for group in kept if group.key != UNKNOWN]
    ordered = sorted(kept, key=lambda group: (group.key == OTHER, -group.cases if dimension in ("channel", "tag") else 0, group.key))
    kinds: dict[str, Kind] = {dimension: "period" if dimension == "period" else "value", "conversations": "count", "good": "count"}
    return table(f"first_replies_by_{dimension}", kinds | SHARE, [row(group) for group in ordered], hidden)
