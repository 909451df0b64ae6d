"""The tables of an audit: their columns, types and meaning. Whoever reads an audit needs nothing else.

`conversation` and `turn` (the index in the conversation, from 0, all turns counted) join the tables. Rows stand in the order of the
input. Times are UTC. Text is null unless the audit was made with text. `agent` and `customer` are pseudonyms that hold within one
audit (the same person, the same pseudonym) and that only a secret outside of it can make again, agents by name only where the audit
was made with names.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from coach.types import GATES, STEPS

FORMAT = 1
"""Raised when a column changes its name, type or meaning; stands in `run.json`."""

TIME = pa.timestamp("us", tz="UTC")
WORDS = pa.list_(pa.field("item", pa.string(), nullable=False))


def step_column(step: str) -> str:
    """The column of `conversations` for a step of the sequence."""
    return f"step_{step.replace('-', '_')}"


def _field(name: str, kind: pa.DataType, meaning: str, nullable: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata={"meaning": meaning})


CONVERSATIONS = pa.schema(
    [
        _field("conversation", pa.string(), "its id, unique in the audit"),
        _field("file", pa.string(), "the file it stood in"),
        _field("place", pa.string(), "where in the file"),
        _field("channel", pa.string(), "as the source says: email, chat, twitter, ...", True),
        _field("language", pa.string(), "the language of most of its replies; of the state it was left in where there is none"),
        _field("tags", WORDS, "as the source says; empty where there are none"),
        _field("release", pa.string(), "as the source says", True),
        _field("rating", pa.string(), "the customer's, as the source says", True),
        _field("customer", pa.string(), "pseudonym of the customer", True),
        _field("started", TIME, "the first time known", True),
        _field("ended", TIME, "the last time known", True),
        _field("turns", pa.int32(), "all turns"),
        _field("replies", pa.int32(), "turns that a person wrote to the customer: the ones reviewed"),
        _field("agents", pa.int32(), "different agents known among the replies"),
        _field("findings", pa.int32(), "findings in its replies"),
        _field("failure", pa.bool_(), "something went wrong for the customer"),
        _field("heat", pa.int32(), "0 calm to 3 furious, in the customer's last turn"),
        _field("peak_heat", pa.int32(), "the highest heat of all the customer's turns"),
        _field("severity", pa.string(), "of the failure: trivial, normal, high, grave"),
        _field("repeat", pa.bool_(), "the customer says that it is not the first time"),
        _field("wish", pa.string(), "what the customer asks for: refund, replacement, ...", True),
        *(_field(step_column(s), pa.int32(), f"number of the reply (1: the first) that reached {s}; null: never", True) for s in STEPS),
        *(_field(gate.lower(), pa.string(), f"{gate} at the end: idle, open, passed") for gate in GATES),
        _field("missing", WORDS, "what would have opened the last gate"),
        _field("next_step", pa.string(), "the step that came next when it ended; null without a failure", True),
        _field("ended_by", pa.string(), "who spoke last: customer, agent; null where nobody did", True),
    ]
)

TURNS = pa.schema(
    [
        _field("conversation", pa.string(), "id of the conversation"),
        _field("turn", pa.int32(), "index in the conversation"),
        _field("role", pa.string(), "customer, agent"),
        _field("at", TIME, "when it was sent; of a reply without a time, the last time known before it", True),
        _field("agent", pa.string(), "who wrote it, of the agent's side", True),
        _field("skipped", pa.string(), "why it was not reviewed: customer, automatic, internal, empty; null: a reply, reviewed", True),
        _field(
            "reply", pa.int32(), "number of the reply in the conversation, from 1; null where it is none, as in all columns below", True
        ),
        _field("language", pa.string(), "language it was read in", True),
        _field("first_reply", pa.bool_(), "the first reply to what the customer said", True),
        _field("closing", pa.bool_(), "nothing said follows it", True),
        _field("failure", pa.bool_(), "something had gone wrong when it was written", True),
        _field("heat", pa.int32(), "the customer's heat when it was written", True),
        _field("open_gates", WORDS, "gates that were still open with it: G1 to G4", True),
        _field("moves", WORDS, "what it does, each once: apology, question, solution, ...", True),
        _field("characters", pa.int32(), "its length", True),
        _field("findings", pa.int32(), "its findings", True),
        _field("visible", pa.int32(), "its findings that an agent would have seen", True),
        _field("text_key", pa.string(), "same key, same text but for white space and case", True),
        _field("template_key", pa.string(), "same key, same text but for numbers, addresses, links and the names after a greeting", True),
        _field("text", pa.string(), "its words, with text only", True),
    ]
)

FINDINGS = pa.schema(
    [
        _field("conversation", pa.string(), "id of the conversation"),
        _field("turn", pa.int32(), "index of the reply in the conversation"),
        _field("language", pa.string(), "language of the rule"),
        _field("rule", pa.string(), "id of the rule"),
        _field("family", pa.string(), "the fault's family"),
        _field("step", pa.string(), "the step of the sequence it belongs to"),
        _field("severity", pa.string(), "error, warning, hint"),
        _field("visible", pa.bool_(), "an agent would have seen it: at most three of a reply are shown"),
        _field("confidence", pa.float64(), "0 to 1"),
        _field("start", pa.int32(), "where in the reply, UTF-16 code units; null where something is missing", True),
        _field("end", pa.int32(), "up to where", True),
        _field("agent", pa.string(), "who wrote the reply", True),
        _field("at", TIME, "when the reply was sent", True),
        _field("text", pa.string(), "the words, with text only", True),
    ]
)

PROMISES = pa.schema(
    [
        _field("conversation", pa.string(), "id of the conversation"),
        _field("turn", pa.int32(), "index of the reply that made it"),
        _field("agent", pa.string(), "who made it", True),
        _field("made_at", TIME, "when", True),
        _field("due", TIME, "by when; null where it cannot be told", True),
        _field("kept", pa.bool_(), "the next reply came in time; null where it cannot be told", True),
        _field("overdue", pa.bool_(), "nobody came back, and it was due before the newest time of the team in the whole input"),
        _field("settled_turn", pa.int32(), "index of the next reply, which settled it", True),
        _field("settled_at", TIME, "when that was sent", True),
        _field("what", pa.string(), "its words, with text only", True),
    ]
)

REJECTS = pa.schema(
    [
        _field("file", pa.string(), "the file"),
        _field("place", pa.string(), "where in the file"),
        _field("reason", pa.string(), "why it could not be used; never with its text"),
    ]
)

SCHEMAS: Mapping[str, pa.Schema] = {
    "conversations": CONVERSATIONS,
    "turns": TURNS,
    "findings": FINDINGS,
    "promises": PROMISES,
    "rejects": REJECTS,
}
RUN = "run.json"
"""Beside the tables: {format, version, rules, classifier, secret, inputs: [{file, bytes, sha256}], options: {form, language, full, text,
names}, counts: {conversations, rejected, turns, replies, findings, promises}, earliest, latest, judged}; the last three null where no
time is known. `judged`: the newest time of the team's turns, see `overdue`.
`secret` is a digest of the secret of the pseudonyms."""
REPORT = "report.html"
"""Beside the tables: the report as a page."""
