"""How far the recovery got: the funnel, repeated failures, and what became of promises."""

from __future__ import annotations

from coach.audit.report.data import Data
from coach.audit.report.figures import SHARE, Cell, Kind, Table, table
from coach.audit.report.statistics import share
from coach.audit.tables import step_column
from coach.types import STEPS

LISTED = 1000
"""So many cases are listed at most."""
STATES = ("kept", "late", "overdue", "open", "undated", "unknown")
_STATE = """case when due is null then 'undated' when overdue then 'overdue' when kept then 'kept' when kept = false then 'late'
    when settled_turn is null then 'open' else 'unknown' end"""


def funnel(data: Data) -> Table:
    """By step: conversations with a failure that reached it, with all steps before it, and that broke off there (the first step
    they did not reach)."""
    columns = [step_column(step) for step in STEPS]
    reached = ", ".join(f"count({column})" for column in columns)
    whole = ", ".join(
        f"count(*) filter ({' and '.join(f'{column} is not null' for column in columns[: index + 1])})" for index in range(len(columns))
    )
    cases, *counts = data.row(f"select count(*), {reached}, {whole} from conversations where failure and replies > 0")
    rows: list[tuple[Cell, ...]] = []
    before = cases
    for index, step in enumerate(STEPS):
        got, through = counts[index], counts[len(STEPS) + index]
        value = share(got, cases)
        rows.append((step, cases, got, value.value, value.low, value.high, through, before - through))
        before = through
    return table(
        "funnel",
        {"step": "step", "conversations": "count", "reached": "count", **SHARE, "with_all_before": "count", "broke_off": "count"},
        rows if cases else [],
    )


def promises(data: Data) -> Table:
    """Promises by what became of them."""
    found = dict(data.rows(f"select {_STATE}, count(*) from promises group by all"))
    total = sum(found.values())
    values = {state: share(found.get(state, 0), total) for state in STATES if found.get(state)}
    rows = [(state, found[state], value.value, value.low, value.high) for state, value in values.items()]
    return table("promises", {"state": "state", "promises": "count", **SHARE}, rows)


def promises_by_month(data: Data) -> Table:
    """Promises by the month in which they were made."""
    counts = ", ".join(f"count(*) filter (state = '{state}')" for state in STATES)
    rows = data.rows(
        f"with stated as (select strftime(made_at, '%Y-%m') as month, {_STATE} as state from promises where made_at is not null) "
        f"select month, count(*), {counts} from stated group by month order by month"
    )
    kinds: dict[str, Kind] = {"period": "period", "promises": "count"}
    return table("promises_by_month", kinds | dict.fromkeys(STATES, "count"), rows)


def promises_broken(data: Data) -> Table:
    """The promises that nobody kept in time, those overdue first, the oldest first."""
    rows = data.rows(
        f"select conversation, turn, state, strftime(due, '%Y-%m-%d'), what from (select *, {_STATE} as state from promises) "
        f"where state in ('overdue', 'late') order by state desc, due, conversation, turn limit {LISTED}"
    )
    return table("promises_broken", {"conversation": "id", "turn": "count", "state": "state", "due": "date", "what": "text"}, rows)


def repeats(data: Data) -> Table:
    """Repeated failures among conversations with a failure: where the customer says so, where no reply took it up, where the customer
    stands in more than one."""
    cases, said, ignored, known = data.row(
        "select count(*), count(*) filter (repeat), count(*) filter (repeat and conversation in "
        "(select conversation from findings where family = 'unmentioned-repeat')), count(customer) from conversations where failure"
    )
    again = data.row(
        "select coalesce(sum(failures), 0)::bigint from (select count(*) as failures from conversations "
        "where failure and customer is not null group by customer having count(*) > 1)"
    )[0]
    rows = []
    for name, hits, among in (("said", said, cases), ("unmentioned", ignored, said), ("customer", again, known)):
        value = share(hits, among)
        if among:
            rows.append((name, among, hits, value.value, value.low, value.high))
    return table("repeats", {"kind": "kind", "conversations": "count", "again": "count", **SHARE}, rows)


def repeat_customers(data: Data) -> Table:
    """Customers with more than one conversation with a failure, the most first."""
    rows = data.rows(
        "select count(*) as failures, strftime(min(started), '%Y-%m-%d'), strftime(max(started), '%Y-%m-%d'), "
        "count(*) filter (repeat), string_agg(conversation, ' ' order by started, conversation) from conversations "
        f"where failure and customer is not null group by customer having count(*) > 1 order by failures desc, 5 limit {LISTED}"
    )
    kinds: dict[str, Kind] = {"failures": "count", "first": "date", "last": "date", "said_so": "count", "conversation_ids": "ids"}
    return table("repeat_customers", kinds, rows)
