"""One conversation reviewed: its rows in every table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from coach.audit.conversation import Conversation
from coach.audit.keys import pseudonym, template_key, text_key
from coach.audit.replies import Reply, Skipped, ending, replies, spoken
from coach.audit.tables import step_column
from coach.settle import settle
from coach.situation import Situation
from coach.text import Utf16
from coach.types import GATES, STEPS, Draft, Finding, Turn

Row = dict[str, Any]


class Reviewer(Protocol):
    """What an audit asks of a coach: all of a review but the wordings, which no table holds."""

    def prepare(self, drafts: Iterable[Draft]) -> None:
        """Be told of drafts that will be reviewed."""

    def situation(self, draft: Draft) -> Situation:
        """The draft as it is read, in its conversation."""

    def detected(self, s: Situation) -> list[Finding]:
        """All findings before any is set aside."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What of a conversation may stand in the tables: the words, and the agents' names; `secret` makes the pseudonyms."""

    text: bool = False
    names: bool = False
    secret: bytes = b""


@dataclass(slots=True)
class Rows:
    """The rows of conversations, by table."""

    conversations: list[Row] = field(default_factory=list)
    turns: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)
    promises: list[Row] = field(default_factory=list)
    rejects: list[Row] = field(default_factory=list)

    def extend(self, other: Rows) -> None:
        """Add the rows of `other`."""
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name))


def reviewed(conversation: Conversation, coach: Reviewer, kept: Kept) -> Rows:
    """The conversation's rows: every reply reviewed as of its own time, in its own context."""
    rows = Rows()
    languages: Counter[str] = Counter()
    reached: dict[str, int] = {}
    agents: set[str] = set()
    number = 0
    heard = False
    for index, (item, turn) in enumerate(zip(replies(conversation), conversation.turns, strict=True)):
        agent = _agent(conversation, index, kept) if turn.role == "agent" else None
        if not isinstance(item, Reply):
            rows.turns.append(_skipped(conversation.id, index, turn, item, agent))
            heard = heard or item == "customer"
            continue
        number += 1
        agents |= {agent} if agent is not None else set()
        s = coach.situation(item.draft)
        findings = settle(coach.detected(s), s)
        languages[s.reader.pack.language] += 1
        for step in STEPS:
            if step not in reached and s.sequence.steps[step] != "open":
                reached[step] = number
        rows.turns.append(_reply(conversation.id, item, number, heard and s.past.agent_turns == 0, agent, s, findings, kept))
        rows.findings += [_finding(conversation.id, item, finding, agent, s, kept) for finding in findings]
    left = coach.situation(ending(conversation))
    steps = {step: reached.get(step, number) if left.sequence.steps[step] != "open" else None for step in STEPS}
    language = min(languages, key=lambda name: (-languages[name], name)) if languages else left.reader.pack.language
    rows.conversations.append(_conversation(conversation, language, left, steps, rows, agents, kept))
    rows.promises += _promises(conversation, left, kept)
    return rows


def _skipped(key: str, index: int, turn: Turn, why: Skipped, agent: str | None) -> Row:
    return {"conversation": key, "turn": index, "role": turn.role, "at": _utc(turn.at), "agent": agent, "skipped": why}


def _reply(key: str, reply: Reply, number: int, first: bool, agent: str | None, s: Situation, findings: list[Finding], kept: Kept) -> Row:
    text, layout = reply.draft.text, s.reading.layout
    return {
        "conversation": key,
        "turn": reply.turn,
        "role": "agent",
        "at": _utc(reply.draft.at),
        "agent": agent,
        "reply": number,
        "language": s.reader.pack.language,
        "first_reply": first,
        "closing": reply.draft.closing,
        "failure": s.past.failure,
        "heat": s.past.heat,
        "open_gates": [gate for gate in GATES if s.sequence.gates[gate].state == "open"],
        "moves": list(dict.fromkeys(move.move for move in s.reading.moves())),
        "characters": len(text),
        "findings": len(findings),
        "visible": sum(finding.visible for finding in findings),
        "text_key": text_key(text),
        "template_key": template_key(text, layout.head, layout.tail),
        "text": _words(text, kept),
    }


def _finding(key: str, reply: Reply, finding: Finding, agent: str | None, s: Situation, kept: Kept) -> Row:
    text, span = reply.draft.text, finding.span
    units = int if text.isascii() else Utf16(text).units
    return {
        "conversation": key,
        "turn": reply.turn,
        "language": s.reader.pack.language,
        "rule": finding.rule,
        "family": finding.family,
        "step": finding.step,
        "severity": finding.severity,
        "visible": finding.visible,
        "confidence": finding.confidence,
        "start": units(span.start) if span else None,
        "end": units(span.end) if span else None,
        "agent": agent,
        "at": _utc(reply.draft.at),
        "text": _words(text[span.start : span.end], kept) if span else None,
    }


def _conversation(
    conversation: Conversation, language: str, left: Situation, steps: dict[str, int | None], rows: Rows, agents: set[str], kept: Kept
) -> Row:
    times = [turn.at for turn in conversation.turns if turn.at]
    sequence = left.sequence
    customer = conversation.customer
    return {
        "conversation": conversation.id,
        "file": conversation.place.file,
        "place": conversation.place.where,
        "channel": conversation.channel,
        "language": language,
        "tags": list(conversation.tags),
        "release": conversation.release,
        "rating": conversation.rating,
        "customer": pseudonym(customer, "customer", kept.secret) if customer else None,
        "started": _utc(min(times, default=None)),
        "ended": _utc(max(times, default=None)),
        "turns": len(conversation.turns),
        "replies": sum("skipped" not in row for row in rows.turns),
        "agents": len(agents),
        "findings": len(rows.findings),
        "failure": sequence.failure,
        "heat": sequence.heat,
        "peak_heat": left.past.peak,
        "severity": sequence.severity,
        "repeat": sequence.repeat,
        "wish": sequence.wish,
        **{step_column(step): number for step, number in steps.items()},
        **{gate.lower(): sequence.gates[gate].state for gate in GATES},
        "missing": list(sequence.gates["G4"].missing),
        "next_step": sequence.next.step if sequence.next else None,
        "ended_by": next((turn.role for turn in reversed(conversation.turns) if spoken(turn)), None),
    }


def _promises(conversation: Conversation, left: Situation, kept: Kept) -> list[Row]:
    rows: list[Row] = []
    for promise in left.sequence.promises:
        if promise.turn is None:
            continue
        settled, at = next(((number, at) for number, at in left.past.replies if number > promise.turn), (None, None))
        rows.append(
            {
                "conversation": conversation.id,
                "turn": promise.turn,
                "agent": _agent(conversation, promise.turn, kept),
                "made_at": _utc(conversation.turns[promise.turn].at),
                "due": _utc(promise.due),
                "kept": promise.kept,
                "overdue": promise.overdue,
                "settled_turn": settled,
                "settled_at": _utc(at),
                "what": _words(promise.what, kept),
            }
        )
    return rows


def _agent(conversation: Conversation, index: int, kept: Kept) -> str | None:
    name = conversation.authors[index]
    return name if name is None or kept.names else pseudonym(name, "agent", kept.secret)


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None


def _words(text: str, kept: Kept) -> str | None:
    return text.encode("utf-8", "replace").decode() if kept.text else None
