"""QA inversion: where a scorecard that rewards an offer of further help, or a solution at once, disagrees with the sequence."""

from __future__ import annotations

from coach.audit.report.data import Data
from coach.audit.report.figures import SHARE, Table, table
from coach.audit.report.statistics import share

LISTED = 200
"""So many conversations are listed for each item at most."""
ITEMS = {
    "offered_help": ("offered", "asked_satisfaction"),
    "instant_solution": ("instant", "acknowledged_first"),
    "one_reply": ("one_reply", "closed_well"),
    "said_sorry": ("said_sorry", "owned_apology"),
}
"""What a scorecard gives a point for, and what the sequence asks for at that place."""


def prepare(data: Data) -> None:
    """Keep `judged`: conversations with a failure, and what either way of judging sees in them."""
    data.keep(
        "judged",
        """
        with carried as (
            select conversation, bool_or(family = 'generic-signoff') as offered, bool_or(family = 'weak-apology') as weak
            from findings where family in ('generic-signoff', 'weak-apology') group by conversation
        ),
        sorry as (select distinct conversation from turns where list_contains(moves, 'apology')),
        first as (
            select conversation, bool_or(list_contains(moves, 'solution')) as instant,
                not bool_or(list_contains(open_gates, 'G1')) as acknowledged
            from firsts group by conversation
        )
        select c.conversation, coalesce(k.offered, false) as offered, c.step_satisfaction_check is not null as asked_satisfaction,
            f.instant as instant, f.acknowledged as acknowledged_first, c.replies = 1 as one_reply, c.g4 = 'passed' as closed_well,
            s.conversation is not null or coalesce(k.weak, false) as said_sorry,
            s.conversation is not null and not coalesce(k.weak, false) as owned_apology
        from conversations c left join carried k using (conversation) left join sorry s using (conversation)
            left join first f using (conversation)
        where c.failure and c.replies > 0
        """,
    )


def items(data: Data) -> Table:
    """By item: conversations, those that would earn the point, those of them that break the sequence there, and those that would lose
    the point although the sequence was kept."""
    rows = []
    for name, (point, sound) in ITEMS.items():
        cases, earned, broken, lost = data.row(
            f"select count(*), count(*) filter ({point}), count(*) filter ({point} and not {sound}), "
            f"count(*) filter (not {point} and {sound}) from judged where {point} is not null"
        )
        value = share(broken, earned)
        if cases:
            rows.append((name, cases, earned, broken, value.value, value.low, value.high, lost))
    return table(
        "qa_inversion",
        {
            "item": "item", "conversations": "count", "earned": "count", "broken": "count", **SHARE, "lost": "count",
        },
        rows,
    )  # fmt: skip


def cases(data: Data) -> Table:
    """The conversations in which the two disagree, by item."""
    rows = []
    for name, (point, sound) in ITEMS.items():
        for state, asked in (("earned", f"{point} and not {sound}"), ("lost", f"not {point} and {sound}")):
            found = data.rows(f"select conversation from judged where {asked} order by conversation limit {LISTED}")
            rows += [(name, state, conversation) for (conversation,) in found]
    return table("qa_inversion_cases", {"item": "item", "state": "state", "conversation": "id"}, rows)
