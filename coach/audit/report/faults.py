"""Which faults the replies carry, how often, the worst of them, and the repeated texts that spread them."""

from __future__ import annotations

from coach.audit.report.data import Data
from coach.audit.report.figures import PER_100, Cell, Kind, Table, table
from coach.audit.report.statistics import Share, clustered_share

EXAMPLES = 3
LISTED = 1000
_RANK = "case severity when 'error' then 0 when 'warning' then 1 else 2 end"


def faults(data: Data) -> Table:
    """By family: findings, replies that carry it, conversations, replies that carry it per 100 with the interval between
    conversations; the most frequent first."""
    replies, squared, clusters = data.row(
        "select coalesce(sum(replies), 0)::bigint, coalesce(sum(replies * replies), 0)::bigint, count(*) from conversations "
        "where replies > 0"
    )
    found = data.rows(
        """
        with carried as (
            select family, conversation, count(*) as findings, count(distinct turn) as replies,
                count(*) filter (severity = 'error') as errors, count(*) filter (severity = 'warning') as warnings
            from findings group by family, conversation
        )
        select family, sum(f.findings)::bigint, sum(f.errors)::bigint, sum(f.warnings)::bigint, sum(f.replies)::bigint, count(*),
            sum(f.replies * f.replies)::bigint, sum(f.replies * c.replies)::bigint
        from carried f join conversations c using (conversation) group by family order by 5 desc, family
        """
    )
    steps = dict(data.rows("select family, min_by(step, rule) from findings group by family"))
    rows: list[tuple[Cell, ...]] = []
    for family, findings, errors, warnings, carrying, conversations, own, cross in found:
        value = clustered_share(carrying, replies, own, cross, squared, clusters)
        rows.append((family, steps[family], findings, errors, warnings, carrying, conversations, *per_100(value)))
    return table(
        "faults",
        {
            "family": "family", "step": "text", "findings": "count", "serious": "count", "caution": "count", "replies": "count",
            "conversations": "count", **PER_100},
        rows,
    )  # fmt: skip


def worst(data: Data) -> Table:
    """For each family its worst findings: the gravest, then those with the angriest customer, then the surest, each from another
    conversation."""
    rows = data.rows(
        f"""
        with one as (
            select family, conversation, min_by(struct_pack(turn, rule, severity, confidence, text),
                ({_RANK}, -confidence, turn, rule)) as it, min({_RANK}) as rank
            from findings group by family, conversation
        )
        select family, row_number() over (partition by family order by rank, -c.peak_heat, -it.confidence, conversation) as nth,
            conversation, it.turn, it.rule, it.severity, it.confidence, it.text
        from one join conversations c using (conversation) qualify nth <= {EXAMPLES} order by family, nth
        """
    )
    return table(
        "worst_examples",
        {
            "family": "family", "place": "count", "conversation": "id", "turn": "count", "rule": "id", "severity": "grade",
            "confidence": "share", "words": "text",
        },
        rows,
    )  # fmt: skip


def origin(data: Data) -> Table:
    """Replies that carry a fault (caution or serious), those of repeated text beside those written for the case."""
    rows: list[tuple[Cell, ...]] = []
    for kind, replies, hits, hits_squared, cross, squared, clusters in data.rows(
        """
        with counted as (
            select t.conversation, r.template_key is not null as again, count(*) as replies, count(f.turn) as hits
            from turns t left join repeated r using (template_key) left join faulty f using (conversation, turn)
            where t.reply is not null group by all
        )
        select case when again then 'repeated' else 'own' end, sum(replies)::bigint, sum(hits)::bigint, sum(hits * hits)::bigint,
            sum(hits * replies)::bigint, sum(replies * replies)::bigint, count(*)
        from counted group by again order by again desc
        """
    ):
        value = clustered_share(hits, replies, hits_squared, cross, squared, clusters)
        rows.append((kind, replies, hits, *per_100(value)))
    kinds: dict[str, Kind] = {"kind": "kind", "replies": "count", "faulty": "count", **PER_100}
    return table("repeated_text_share", kinds, rows)


def repeated(data: Data) -> Table:
    """Repeated texts that carried a fault (caution or serious); what costs most first."""
    rows = data.rows(
        f"""
        with carriers as (
            select t.template_key, f.family, count(distinct (t.conversation, t.turn)) as times
            from findings f join turns t using (conversation, turn) join repeated r using (template_key)
            where f.severity <> 'hint' group by all
        ),
        families as (
            select template_key, string_agg(family, ' ' order by times desc, family) as families from carriers group by template_key
        ),
        sends as (
            select t.template_key, count(*) as faulty,
                min_by(struct_pack(conversation, turn, text), (t.conversation, t.turn)) as first
            from turns t join faulty f using (conversation, turn) where t.template_key in (select template_key from repeated) group by all
        )
        select s.template_key, r.sent, r.conversations, s.faulty, c.families, s.first.conversation, s.first.turn, s.first.text
        from sends s join repeated r using (template_key) join families c using (template_key)
        order by s.faulty desc, s.template_key limit {LISTED}
        """
    )
    return table(
        "repeated_text",
        {
            "template": "id", "sent": "count", "conversations": "count", "faulty": "count", "families": "families",
            "conversation": "id", "turn": "count", "words": "text",
        },
        rows,
    )  # fmt: skip


def prepare(data: Data, least: int) -> None:
    """Keep `faulty`, the replies with a finding of caution or serious, and `repeated`, the texts sent in `least` conversations or more."""
    data.keep("faulty", "select conversation, turn, count(*) as findings from findings where severity <> 'hint' group by all")
    data.keep(
        "repeated",
        "select template_key, count(*) as sent, count(distinct conversation) as conversations from turns "
        f"where reply is not null and template_key is not null group by template_key having count(distinct conversation) >= {least}",
    )


def per_100(value: Share) -> tuple[float | None, float | None, float | None]:
    """The share and its interval as points per 100."""
    return tuple(None if part is None else 100 * part for part in (value.value, value.low, value.high))  # type: ignore[return-value]
