"""The service recovery sequence: the turns of a conversation folded into its state, and the gates. Pure functions of the turns."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from coach.promises import Commitment, commitments, ledger
from coach.reading import GRAVITY, CustomerTurn, Reader, Reading
from coach.types import Draft, Fact, FailureSeverity, Gate, Next, Promise, Sequence, StepState, Turn

HISTORIES_KEPT = 2_000
ARCHIVED_AFTER = timedelta(days=30)

STEP_MOVES: Mapping[str, tuple[str, ...]] = {
    "acknowledge": ("acknowledge", "names-problem"),
    "apologise": ("apology",),
    "understand": ("question", "restate", "fair-ask"),
    "solve": ("solution", "fixed"),
    "extra-mile": ("extra-mile",),
    "follow-up": ("follow-up",),
    "satisfaction-check": ("satisfaction-check",),
}


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What the turns so far come to. `moves`: everything the human agent side did; `fresh`: what it did since the gate last opened.
    The same turns give the same object, so that what hangs on it can be kept by it."""

    failure: bool
    heat: int
    peak: int
    rising: bool
    severity: FailureSeverity
    repeat: bool
    wish: str | None
    worded_wish: str | None
    satisfied: bool
    asks_why: bool
    asks_close: bool
    broken_promise: bool
    topics: tuple[str, ...]
    facts: tuple[Fact, ...]
    moves: frozenset[str]
    fresh: frozenset[str]
    agent_turns: int
    customer_turns: int
    commitments: tuple[Commitment, ...]
    replies: tuple[tuple[int, datetime | None], ...]
    last: CustomerTurn | None
    customer_at: datetime | None
    agent_at: datetime | None
    last_at: datetime | None
    story: str
    words: frozenset[str]


def history(turns: tuple[Turn, ...], reader: Reader) -> History:
    """Fold `turns` (oldest first). Internal turns are skipped; automatic ones are heard but do not count as the agent's side."""
    return _history(turns, tuple([turn.at.utcoffset() if turn.at else None for turn in turns]), reader)


@lru_cache(maxsize=HISTORIES_KEPT)
def _history(turns: tuple[Turn, ...], offsets: tuple[timedelta | None, ...], reader: Reader) -> History:
    """`offsets` of the turns' times: equal moments need not mean the same time of day."""
    failure = repeat = asks_why = asks_close = broken = satisfied = rising = False
    heat = peak = agents = customers = 0
    severity: FailureSeverity = "normal"
    wish: str | None = None
    worded_wish: str | None = None
    topics: list[str] = []
    facts: list[Fact] = []
    moves: set[str] = set()
    fresh: set[str] = set()
    made: list[Commitment] = []
    replies: list[tuple[int, datetime | None]] = []
    last: CustomerTurn | None = None
    customer_at = agent_at = last_at = None
    story: list[str] = []
    words: set[str] = set()
    asked = ""
    for number, turn in enumerate(turns):
        if turn.internal:
            continue
        last_at = turn.at or last_at
        if turn.role == "customer":
            said = reader.customer(turn.text)
            asked = turn.text
            rising = customers > 0 and said.heat >= max(heat, 1) and said.heat > 0
            new_trouble = failure and said.problem and bool(set(said.topics) - set(topics)) and bool(topics)
            if (said.problem and not failure) or said.heat >= heat + 2 or said.broken_promise or new_trouble:
                fresh = set()
            failure = failure or said.problem
            repeat = repeat or (said.repeat and failure)
            satisfied = said.satisfied and not said.problem
            heat, peak = said.heat, max(peak, said.heat)
            if said.problem:
                severity = max(severity, said.severity, key=GRAVITY.index) if story else said.severity
                story.append(turn.text)
                words |= said.words
            wish = said.wish or wish
            worded_wish = said.worded_wish or worded_wish
            asks_why, asks_close = said.asks_why, said.asks_close
            broken = broken or said.broken_promise or (said.unanswered and bool(made))
            topics += [topic for topic in said.topics if topic not in topics]
            facts += [Fact(told.slot, told.value, number, told.span) for told in said.facts]
            customers += 1
            last = said
            customer_at = turn.at or customer_at
        elif not turn.automatic:
            reading = reader.agent(turn.text, asked)
            did = {move for sentence in reading.sentences for move in sentence.core.moves}
            if "automatic" in did:
                continue
            if failure and words and names_problem(reading, words):
                did.add("names-problem")
            moves |= did
            fresh |= did
            agents += 1
            agent_at = turn.at or agent_at
            broken = broken and "owns-delay" not in did
            made += commitments(reading, reader, number, turn.at)
            replies.append((number, turn.at))
    return History(
        failure=failure,
        heat=heat,
        peak=peak,
        rising=rising,
        severity=severity,
        repeat=repeat,
        wish=wish,
        worded_wish=worded_wish,
        satisfied=satisfied,
        asks_why=asks_why,
        asks_close=asks_close,
        broken_promise=broken,
        topics=tuple(topics),
        facts=tuple(facts),
        moves=frozenset(moves),
        fresh=frozenset(fresh),
        agent_turns=agents,
        customer_turns=customers,
        commitments=tuple(made),
        replies=tuple(replies),
        last=last,
        customer_at=customer_at,
        agent_at=agent_at,
        last_at=last_at,
        story="\n".join(story),
        words=frozenset(words),
    )


def names_problem(reading: Reading, words: Set[str]) -> bool:
    """Whether an apology, acknowledgement or restatement uses the customer's own content words."""
    return any(
        not sentence.core.content.isdisjoint(words) and not sentence.core.moves.keys().isdisjoint(("apology", "acknowledge", "restate"))
        for sentence in reading.sentences
    )


def clock(draft: Draft, past: History, now: datetime) -> datetime | None:
    """The moment to measure waits and promises by: the draft's own, else `now`; an archived conversation is read at its own end."""
    at = draft.at or now
    if past.last_at is None:
        return None
    if draft.at is None and at - past.last_at > ARCHIVED_AFTER:
        return past.last_at
    return at.astimezone(ZoneInfo(draft.zone)) if draft.zone else at


def sequence(past: History, reading: Reading, did: frozenset[str], reader: Reader, now: datetime | None) -> Sequence:
    """The state of the conversation with this draft in it; `did` is what the draft does."""
    everything = past.moves | did
    steps: dict[str, StepState] = {}
    for step, names in STEP_MOVES.items():
        steps[step] = "done" if not past.moves.isdisjoint(names) else "draft" if not did.isdisjoint(names) else "open"
    promises = ledger(past.commitments, commitments(reading, reader, None, now), past.replies, now)
    gates = _gates(past, did, everything, promises)
    return Sequence(
        failure=past.failure,
        heat=past.heat,
        severity=past.severity,
        repeat=past.repeat,
        wish=past.wish,
        steps=steps,
        gates=gates,
        facts=past.facts,
        promises=promises,
        next=_next(past, steps, gates, reader),
    )


def _gates(past: History, did: frozenset[str], everything: frozenset[str], promises: tuple[Promise, ...]) -> dict[str, Gate]:
    if not past.failure:
        return dict.fromkeys(("G1", "G2", "G3", "G4"), Gate("idle"))
    fresh = past.fresh | did
    first = []
    if fresh.isdisjoint(("acknowledge", "names-problem", "empathy")):
        first.append("acknowledge")
    if fresh.isdisjoint(("apology", "empathy")):
        first.append("apologise")
    second = list(first)
    if everything.isdisjoint(("names-problem", "restate")):
        second.append("restate")
    third = []
    if past.wish is None and "fair-ask" not in everything:
        third.append("fair-ask")
    if everything.isdisjoint(("fixed", "scheduled", "solution")):
        third.append("fix")
    fourth = []
    if everything.isdisjoint(("fixed", "solution")):
        fourth.append("fix")
    if "satisfaction-check" not in everything and not past.satisfied:
        fourth.append("satisfaction-check")
    if "follow-up" not in everything and not past.satisfied:
        fourth.append("follow-up")
    if any(promise.overdue for promise in promises) and "owns-delay" not in did:
        fourth.append("overdue-promise")
    if "generic-signoff" in did:
        fourth.append("generic-signoff")
    named = {"G1": first, "G2": second, "G3": third, "G4": fourth}
    return {gate: Gate("open" if missing else "passed", tuple(missing)) for gate, missing in named.items()}


def _next(past: History, steps: Mapping[str, StepState], gates: Mapping[str, Gate], reader: Reader) -> Next | None:
    advice = reader.pack.texts.advice
    if not past.failure:
        return None
    if "overdue-promise" in gates["G4"].missing:
        step = "overdue-promise"
    elif gates["G1"].missing:
        step = gates["G1"].missing[0]
    else:
        step = next(
            (name for name in ("understand", "solve", "extra-mile", "satisfaction-check", "follow-up") if steps[name] == "open"), "document"
        )
        if step == "understand" and steps["solve"] != "open":
            step = next((n for n in ("extra-mile", "satisfaction-check", "follow-up") if steps[n] == "open"), "document")
    return Next(step, advice[step])
