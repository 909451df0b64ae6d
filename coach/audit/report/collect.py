"""All figures of a report from the tables of an audit."""

from __future__ import annotations

from pathlib import Path

from coach.audit.report import faults, first_replies, inversion, sequence
from coach.audit.report.coaching import advice
from coach.audit.report.data import Data, opened
from coach.audit.report.figures import Cell, Figures, Table, table
from coach.audit.report.spikes import CALLED, spikes

FEW = 30
"""Fewer conversations with a failure than this are called few."""


def collect(folder: Path, *, least: int = 5, agents: bool = False, zone: str = "UTC") -> Figures:
    """The figures of the audit in `folder`. `least`: the smallest group that is shown; `agents`: say how much agents differ;
    `zone`: the time zone of hours and days. Raises `InputError` where there is no finished audit, or no such zone."""
    with opened(folder, zone) as data:
        faults.prepare(data, least)
        first_replies.prepare(data)
        inversion.prepare(data)
        made = [
            _languages(data),
            sequence.funnel(data),
            faults.faults(data),
            faults.worst(data),
            first_replies.over_time(data, least),
            *(first_replies.by(data, dimension, least) for dimension in first_replies.DIMENSIONS),
        ]
        chance: float | None = None
        if agents:
            by_agents, chance = first_replies.by_agents(data, least)
            made.append(by_agents)
        known = first_replies.agents_known(data)
        made += [
            faults.origin(data),
            faults.repeated(data),
            sequence.promises(data),
            sequence.promises_by_month(data),
            sequence.promises_broken(data),
            sequence.repeats(data),
            sequence.repeat_customers(data),
            spikes(data, least, known),
            inversion.items(data),
            inversion.cases(data),
        ]
        tables = {one.name: one for one in made}
        return Figures(
            facts={**_facts(data, tables), "agents": known, "agents_p": chance},
            tables=tables,
            advice=advice(data, tables),
            with_text=bool(data.run.get("options", {}).get("text")),
            with_agents=agents,
            min_group=least,
            zone=zone,
        )


def _languages(data: Data) -> Table:
    rows = data.rows(
        "select language, count(*), sum(replies)::bigint, count(*) filter (failure) from conversations group by language order by 2 desc, 1"
    )
    return table("languages", {"language": "language", "conversations": "count", "replies": "count", "failures": "count"}, rows)


def _facts(data: Data, tables: dict[str, Table]) -> dict[str, Cell]:
    names = ("conversations", "turns", "replies", "findings", "failures")
    counted = data.row(
        "select count(*), coalesce(sum(turns), 0)::bigint, coalesce(sum(replies), 0)::bigint, coalesce(sum(findings), 0)::bigint, "
        "count(*) filter (failure) from conversations"
    )
    firsts = data.row("select count(*), count(*) filter (good) from firsts")
    skipped = dict(data.rows("select skipped, count(*) from turns where role = 'agent' and skipped is not null group by skipped"))
    earliest, latest = data.row("select strftime(min(started), '%Y-%m-%d'), strftime(max(ended), '%Y-%m-%d') from conversations")
    called = [one for one in tables["spikes"] if isinstance(one["p_corrected"], float) and one["p_corrected"] <= CALLED]
    return {
        **dict(zip(names, counted, strict=True)),
        "quiet_replies": counted[2] - data.row("select count(*) from (select distinct conversation, turn from findings)")[0],
        "rejected": data.row("select count(*) from rejects")[0],
        "automatic": skipped.get("automatic", 0),
        "internal": skipped.get("internal", 0),
        "first_replies": firsts[0],
        "good_first_replies": firsts[1],
        "earliest": earliest,
        "latest": latest,
        "tests": len(tables["spikes"].rows),
        "spikes": len(called),
        "few": int(counted[4] < FEW),
    }
