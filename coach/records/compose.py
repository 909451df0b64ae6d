"""A finished conversation becomes a case record: a pure function of its turns, by the same reading that reviews drafts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from coach.pipeline import Coach
from coach.reading import Reader, Reading
from coach.records.case import OTHER, Act, CaseRecord, Cause, Conversation, FollowUp, Heat, Kept, Said
from coach.records.causes import told_cause
from coach.segment import layout
from coach.sequence import STEP_MOVES, History, names_problem
from coach.situation import Situation
from coach.types import STEPS, Draft, Promise, Turn

LONGEST = 300
MOST = 10
CASE_SLOTS = ("order", "booking", "ticket", "invoice", "tracking", "reference")
NAME_SLOTS = ("name", "fullname")
DOING = frozenset(("fixed", "scheduled", "solution"))
REMEDY = "remedy-"


def case_record(conversation: Conversation, coach: Coach) -> CaseRecord | None:
    """The record of a conversation; None where nothing went wrong in it. Nothing is masked yet (`coach.records.masking`)."""
    turns = conversation.turns
    ended = max((turn.at for turn in turns if turn.at), default=None)
    at = conversation.at or ended
    s = coach.situation(Draft("", conversation.language, turns, closing=True, at=at), at)
    past, reader = s.past, s.reader
    if not past.failure:
        return None
    replies = list(_replies(turns, reader))
    acts, extra, prevention = _acts(replies), _with("extra-mile", replies), _with("prevention", replies)
    notes = [Said(short(line), number, turn.at) for number, turn in enumerate(turns) if _note(turn) for line in _sentences(turn, reader)]
    spoken = [Said(short(line), reply.turn, reply.at) for reply in replies for line in reply.lines]
    cause = told_cause(sorted([*spoken, *notes], key=lambda said: said.turn), reader.pack.language)
    steps = _steps(replies, past)
    promises = tuple(
        FollowUp(Said(short(promise.what), promise.turn or 0, turns[promise.turn or 0].at), promise.due, _state(promise))
        for promise in s.sequence.promises
    )
    heats = [reader.customer(turn.text).heat for turn in turns if turn.role == "customer" and not turn.internal]
    return CaseRecord(
        conversation=conversation.id,
        language=reader.pack.language,
        failure=past.topics[0] if past.topics else OTHER,
        topics=past.topics,
        severity=past.severity,
        problem=_problem(turns, reader),
        cause=cause,
        done=acts,
        extra_mile=extra,
        prevention=prevention,
        promises=promises,
        wish=past.wish,
        heat=Heat(heats[0], past.peak, past.heat),
        satisfied=past.satisfied,
        repeat=past.repeat,
        orders=tuple(dict.fromkeys(fact.value for fact in past.facts if fact.slot in CASE_SLOTS)),
        steps=steps,
        gaps=tuple(gap for gap in _gaps(s, cause, promises, extra, prevention) if not (acts and gap == "fix")),
        opened_at=min((turn.at for turn in turns if turn.at), default=None),
        first_reply_at=replies[0].at if replies else None,
        closed_at=ended,
    )


@dataclass(frozen=True, slots=True)
class Read:
    """The record of a conversation, and the names that the conversation tells: those are for masking only."""

    record: CaseRecord
    names: tuple[str, ...]


def read_case(conversation: Conversation, coach: Coach) -> Read | None:
    """What `case_record` and `known_names` give; None where nothing went wrong."""
    record = case_record(conversation, coach)
    return None if record is None else Read(record, known_names(conversation, coach))


def known_names(conversation: Conversation, coach: Coach) -> tuple[str, ...]:
    """The names that the conversation itself tells: the customer's own, and whom the agents greet."""
    s = coach.situation(Draft("", conversation.language, conversation.turns))
    names = [fact.value for fact in s.past.facts if fact.slot in NAME_SLOTS]
    greeting = s.reader.pack.greeting
    for turn in conversation.turns:
        hello = greeting.match(turn.text) if greeting and turn.role == "agent" else None
        names += [said for group, said in hello.groupdict().items() if said and group in ("name", "called")] if hello else []
    return tuple(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))


def short(text: str) -> str:
    """`text` on one line, cut at a word where it is very long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rsplit(' ', 1)[0]}…"


@dataclass(frozen=True, slots=True)
class _Reply:
    """A human reply of the agent's side as it is read."""

    turn: int
    at: datetime | None
    reading: Reading

    @property
    def lines(self) -> list[str]:
        return [sentence.core.text for sentence in self.reading.sentences]


def _replies(turns: tuple[Turn, ...], reader: Reader) -> Iterator[_Reply]:
    asked = ""
    for number, turn in enumerate(turns):
        if turn.internal:
            continue
        if turn.role == "customer":
            asked = turn.text
        elif not turn.automatic:
            reading = reader.agent(turn.text, asked)
            if not any("automatic" in sentence.core.moves for sentence in reading.sentences):
                yield _Reply(number, turn.at, reading)


def _note(turn: Turn) -> bool:
    return turn.internal and turn.role == "agent"


def _sentences(turn: Turn, reader: Reader) -> list[str]:
    return [sentence.core.text for sentence in reader.agent(turn.text).sentences]


def _problem(turns: tuple[Turn, ...], reader: Reader) -> Said | None:
    """The customer's first sentence that names the trouble, else the first that tells of some, else the message that does."""
    troubled = [(number, turn) for number, turn in enumerate(turns) if _tells(turn, reader)]
    plain: Said | None = None
    for number, turn in troubled:
        for piece in layout(turn.text, reader.pack.abbreviations).pieces:
            line = turn.text[piece.start : piece.end]
            said = reader.customer(line)
            if said.topics:
                return Said(short(line), number, turn.at)
            if said.problem and plain is None:
                plain = Said(short(line), number, turn.at)
    return plain or next((Said(short(turn.text), number, turn.at) for number, turn in troubled), None)


def _tells(turn: Turn, reader: Reader) -> bool:
    return turn.role == "customer" and not turn.internal and reader.customer(turn.text).problem


def _acts(replies: list[_Reply]) -> tuple[Act, ...]:
    found: dict[str, Act] = {}
    for reply in replies:
        for sentence in reply.reading.sentences:
            moves = sentence.core.moves
            remedy = next((name.removeprefix(REMEDY) for name in moves if name.startswith(REMEDY)), None)
            if not DOING.isdisjoint(moves) or (remedy and moves.keys().isdisjoint(("question-mark", "follow-up"))):
                found.setdefault(sentence.core.text, Act(Said(short(sentence.core.text), reply.turn, reply.at), remedy))
    return tuple(found.values())[:MOST]


def _with(move: str, replies: list[_Reply]) -> tuple[Said, ...]:
    found: dict[str, Said] = {}
    for reply in replies:
        for sentence in reply.reading.sentences:
            if move in sentence.core.moves:
                found.setdefault(sentence.core.text, Said(short(sentence.core.text), reply.turn, reply.at))
    return tuple(found.values())[:MOST]


def _steps(replies: list[_Reply], past: History) -> dict[str, int | None]:
    steps: dict[str, int | None] = dict.fromkeys(STEPS)
    for reply in replies:
        did = {move for sentence in reply.reading.sentences for move in sentence.core.moves}
        if past.words and names_problem(reply.reading, past.words):
            did.add("names-problem")
        for step in STEPS:
            if steps[step] is None and not did.isdisjoint(STEP_MOVES[step]):
                steps[step] = reply.turn
    return steps


def _state(promise: Promise) -> Kept:
    if promise.kept is None:
        return "open"
    return "kept" if promise.kept else "overdue" if promise.overdue else "late"


def _gaps(
    s: Situation, cause: Cause, promises: tuple[FollowUp, ...], extra: tuple[Said, ...], prevention: tuple[Said, ...]
) -> Iterator[str]:
    gates = s.sequence.gates
    yield from dict.fromkeys(
        missing for gate in ("G2", "G3", "G4") for missing in gates[gate].missing if missing not in ("overdue-promise", "generic-signoff")
    )
    if any(promise.state == "overdue" for promise in promises):
        yield "overdue-promise"
    if any(promise.due is None and promise.state == "open" for promise in promises):
        yield "undated-promise"
    if not extra:
        yield "extra-mile"
    if not prevention:
        yield "prevention"
    if cause.kind is None:
        yield "cause"
    if cause.control is None:
        yield "control"
