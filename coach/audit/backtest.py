"""What a rule would have done: how often it would have fired in past replies, and a sample to judge by."""

from __future__ import annotations

import heapq
import pickle
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import Any

from coach.audit.conversation import Conversation, Place, Reject
from coach.audit.crew import Crew
from coach.audit.engine import Engine, opened
from coach.audit.importers import StrictError
from coach.audit.replies import Reply, replies
from coach.audit.reviewed import Reviewer
from coach.audit.run import ENDED, Errands, chunks
from coach.audit.work import Item, announce, reject_row
from coach.inputs import InputError
from coach.settle import settle
from coach.situation import Situation
from coach.types import LANGUAGES, Finding

Fire = dict[str, Any]
REJECTS_TOLD = 20


@dataclass(slots=True)
class Backtest:
    """`detected`: findings of the rule; `kept`: those that no stronger finding explains; `visible`: those an agent would have seen.
    `replies`: read in a language that has the rule; `replies_fired` and `replies_visible`: those that carry it, and visibly. `rejects`:
    file, place and reason of each record that was rejected. `days`: visible findings of each agent on each day with replies."""

    rule: str
    conversations: int = 0
    replies: int = 0
    replies_fired: int = 0
    replies_visible: int = 0
    detected: int = 0
    kept: int = 0
    visible: int = 0
    severities: Counter[str] = field(default_factory=Counter)
    days: Counter[tuple[str, str]] = field(default_factory=Counter)
    sample: list[tuple[str, Fire]] = field(default_factory=list)
    rejects: list[dict[str, str]] = field(default_factory=list)

    def add(self, other: Backtest, sample: int) -> None:
        """Count what `other` counted as well, and keep `sample` of all fires: the same ones in whatever order they come."""
        for name in ("conversations", "replies", "replies_fired", "replies_visible", "detected", "kept", "visible"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.severities.update(other.severities)
        for key, count in other.days.items():
            self.days[key] += count
        self.rejects += other.rejects
        self.sample = heapq.nsmallest(sample, self.sample + other.sample, key=lambda fire: fire[0])

    def values(self) -> dict[str, Any]:
        """The figures as JSON values; rates are null where there is nothing to divide by."""
        seen = sum(self.days.values())
        return {
            "rule": self.rule,
            "conversations": self.conversations,
            "rejected": len(self.rejects),
            "replies": self.replies,
            "fired": {
                "detected": self.detected,
                "kept": self.kept,
                "visible": self.visible,
                "replies": self.replies_fired,
                "replies_visible": self.replies_visible,
            },
            "per_100_replies": _rate(100 * self.replies_fired, self.replies),
            "visible_per_100_replies": _rate(100 * self.replies_visible, self.replies),
            "per_agent_and_day": {
                "agents": len({agent for agent, _ in self.days}),
                "agent_days": len(self.days),
                "mean": _rate(seen, len(self.days)),
                "most": max(self.days.values(), default=None),
            },
            "severities": dict(sorted(self.severities.items())),
            "rejects": self.rejects,
            "sample": [fire for _, fire in sorted(self.sample, key=lambda fire: fire[0])],
        }

    def text(self) -> Iterator[str]:
        """The figures for people."""
        told = self.values()
        days = told["per_agent_and_day"]
        yield f"{self.rule}: {self.replies:,} replies of {self.conversations:,} conversations"
        if self.rejects:
            yield f"{len(self.rejects):,} records rejected:"
            yield from (f"  {each['file']}, {each['place']}: {each['reason']}" for each in self.rejects[:REJECTS_TOLD])
            if len(self.rejects) > REJECTS_TOLD:
                yield f"  and {len(self.rejects) - REJECTS_TOLD:,} more; --format json tells all"
        yield f"{'findings of the rule':<34} {self.detected:>9,}"
        yield f"{'  not explained by a stronger one':<34} {self.kept:>9,} {_told(told['per_100_replies'])} of 100 replies"
        yield f"{'  seen by an agent':<34} {self.visible:>9,} {_told(told['visible_per_100_replies'])} of 100 replies"
        if days["agent_days"]:
            most = f"at most {days['most']} ({days['agents']} agents, {days['agent_days']:,} days)"
            yield f"{'  seen per agent and day':<34} {days['mean']:>9.2f}, {most}"
        else:
            yield "  per agent and day: the transcripts do not say who wrote when"
        for fire in told["sample"]:
            mark = "" if fire["visible"] else " (not visible)"
            yield f"{fire['file']}, {fire['place']}, turn {fire['turn']}, {fire['start']}-{fire['end']}: {fire['severity']}{mark}"
            if fire["text"] is not None:
                yield f"    {fire['text']}"


def backtest(
    rule: str,
    items: Iterable[Item],
    crew: Crew,
    engine: Engine,
    *,
    text: bool = False,
    sample: int = 20,
    strict: bool = False,
    told: Callable[[int], None] | None = None,
) -> Backtest:
    """Try `rule` on the conversations. `text`: the sentences stand in the sample; `strict`: stop at the first record that is rejected;
    `told` hears the replies done.

    Raises what the crew raises, and `StrictError`.
    """
    total = Backtest(rule)
    rejects: dict[int, list[dict[str, str]]] = {}

    def keep(number: int, answer: bytes) -> None:
        found: Backtest = pickle.loads(answer)
        if strict and found.rejects:
            first = found.rejects[0]
            raise StrictError(Reject(Place(first["file"], first["place"]), first["reason"]))
        rejects[number], found.rejects = found.rejects, []
        total.add(found, sample)
        if told:
            told(total.replies)

    def joined(answers: Sequence[bytes]) -> bytes:
        made = Backtest(rule)
        for answer in answers:
            made.add(pickle.loads(answer), 1 << 30)
        return pickle.dumps(made)

    def lost(item: Item) -> bytes:
        return pickle.dumps(Backtest(rule, rejects=[reject_row(item.place, ENDED)]))

    errands = Errands(crew, partial(work, engine, rule, text), keep, joined, lost)
    for number, chunk in enumerate(chunks(items)):
        errands.ask(number, chunk)
    errands.finish()
    total.rejects = [each for number in sorted(rejects) for each in rejects[number]]
    return total


def check(rule: str, engine: Engine) -> None:
    """Raises `InputError` where no language has such a rule."""
    known = sorted({info.id for language in LANGUAGES for info in opened(engine).rules(language)})
    if rule not in known:
        near = [name for name in known if rule in name or name in rule]
        raise InputError(rule, "no such rule" + (f"; there is {', '.join(near)}" if near else "; `coach rules` lists them"))


def work(engine: Engine, rule: str, text: bool, chunk: bytes) -> bytes:
    """What a worker does with a chunk."""
    coach = opened(engine)
    speaks = {language for language in LANGUAGES if any(info.id == rule for info in coach.rules(language))}
    return pickle.dumps(tried(rule, pickle.loads(chunk), coach, speaks, text))


def tried(rule: str, items: Sequence[Item], coach: Reviewer, languages: Set[str], text: bool) -> Backtest:
    """The rule on some conversations; one whose review fails counts as rejected."""
    announce(items, coach)
    total = Backtest(rule)
    for item in items:
        if not isinstance(item, Conversation):
            total.rejects.append(reject_row(item.place, item.reason))
            continue
        try:
            total.add(_conversation(rule, item, coach, languages, text), 1 << 30)
        except Exception as error:
            total.rejects.append(reject_row(item.place, f"the review failed: {type(error).__name__}"))
    return total


def _conversation(rule: str, conversation: Conversation, coach: Reviewer, languages: Set[str], text: bool) -> Backtest:
    made = Backtest(rule, conversations=1)
    for item in replies(conversation):
        if not isinstance(item, Reply):
            continue
        s = coach.situation(item.draft)
        if s.reader.pack.language not in languages:
            continue
        detected = coach.detected(s)
        kept = [finding for finding in settle(detected, s) if finding.rule == rule]
        made.replies += 1
        made.replies_fired += bool(kept)
        made.replies_visible += any(finding.visible for finding in kept)
        made.detected += sum(finding.rule == rule for finding in detected)
        made.kept += len(kept)
        made.visible += sum(finding.visible for finding in kept)
        made.severities.update(finding.severity for finding in kept)
        agent = conversation.authors[item.turn]
        if agent is not None and item.draft.at is not None:
            made.days[agent, item.draft.at.date().isoformat()] += sum(finding.visible for finding in kept)
        made.sample += [_fire(conversation, item, finding, s, text) for finding in kept]
    return made


def _fire(conversation: Conversation, reply: Reply, finding: Finding, s: Situation, text: bool) -> tuple[str, Fire]:
    span, place = finding.span, conversation.place
    shown = s.draft.text
    if span is not None:
        near = [sentence for sentence in s.reading.sentences if sentence.start < span.end and span.start < sentence.end]
        shown = s.draft.text[near[0].start : near[-1].end] if near else s.draft.text[span.start : span.end]
    fire: Fire = {
        "file": place.file,
        "place": place.where,
        "conversation": conversation.id,
        "turn": reply.turn,
        "start": span.start if span else None,
        "end": span.end if span else None,
        "severity": finding.severity,
        "visible": finding.visible,
        "text": " ".join(shown.split()) if text else None,
    }
    key = repr((conversation.id, reply.turn, fire["start"])).encode("utf-8", "backslashreplace")
    return blake2b(key, digest_size=8).hexdigest(), fire


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _told(rate: float | None) -> str:
    return f"{rate:>9.2f}" if rate is not None else f"{'-':>9}"
