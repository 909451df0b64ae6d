"""Checks that need the whole conversation: what was given, promised, wished, said before. Each is one short function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from coach.situation import Situation
from coach.types import Span

ANSWER_NORM = timedelta(hours=24)
NOTE_WORDS = 12
STORY_WORDS = 8
ANSWER_WORDS = 5
SAME_SHARE = 0.9
SENTENCES_KEPT = 4_000
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a check fires (`span` None: something is missing), words for the message's slots, and how sure it is, if it can tell."""

    span: Span | None
    slots: tuple[tuple[str, str], ...] = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A named check; `placed`: it gives spans in the draft."""

    run: Callable[[Situation], Iterator[Evidence]]
    placed: bool


def repeated_ask(s: Situation) -> Iterator[Evidence]:
    """The draft asks for a fact that the customer has given; reading it back to confirm is fine."""
    given: dict[str, str] = {}
    for fact in s.past.facts:
        given.setdefault(fact.slot, fact.value)
    if s.past.failure and len(s.past.words) >= STORY_WORDS:
        given.setdefault("story", "")
    for slot, value in _answered(s):
        given.setdefault(slot, value)
    for sentence in s.reading.sentences:
        for slot, place in sentence.core.asks.items():
            if slot in given and (not given[slot] or given[slot].casefold() not in sentence.core.text.casefold()):
                yield Evidence(Span(sentence.start + place.start, sentence.start + place.end), (("slot", slot), ("value", given[slot])))


def _answered(s: Situation) -> Iterator[tuple[str, str]]:
    """The one thing that an earlier turn asked for, where a short answer with a number followed: its form may be one that no pattern
    of facts knows."""
    asked: Sequence[str] = ()
    for turn in s.draft.conversation:
        if turn.role == "agent" and not turn.internal:
            asked = list({slot for sentence in s.reader.agent(turn.text).sentences for slot in sentence.core.asks})
        elif turn.role == "customer" and len(asked) == 1:
            if "?" not in turn.text and any(map(str.isdigit, turn.text)) and len(turn.text.split()) <= ANSWER_WORDS:
                answer = turn.text.strip(" .,!")
                yield asked[0], "" if " " in answer else answer
            asked = ()


def broken_promise(s: Situation) -> Iterator[Evidence]:
    """A promise is overdue, or the customer says one was broken, and the draft does not speak of it."""
    overdue = [promise for promise in s.sequence.promises if promise.overdue]
    owned = "owns-delay" in s.did or (not overdue and s.did.keys() >= {"apology", "fixed"})
    if (overdue or s.past.broken_promise) and s.reading.sentences and not owned:
        yield Evidence(None, (("promise", overdue[0].what if overdue else ""),))


def unmentioned_wait(s: Situation) -> Iterator[Evidence]:
    """The customer's last message waited longer than the norm, and the draft does not mention it."""
    if s.now is None or s.past.customer_at is None or not s.reading.sentences:
        return
    answered = s.past.agent_at is not None and s.past.agent_at >= s.past.customer_at
    if not answered and s.now - s.past.customer_at > ANSWER_NORM and "owns-delay" not in s.did:
        yield Evidence(None, (("wait", str((s.now - s.past.customer_at).days)),))


def ignored_wish(s: Situation) -> Iterator[Evidence]:
    """The customer asked for one remedy in so many words, the draft gives another and says nothing about the difference."""
    wish = s.past.worded_wish
    offered = [name for name in s.did if name.startswith("remedy-")]
    if wish is None or not offered or f"remedy-{wish}" in s.did or not s.did.keys().isdisjoint(("fair-ask", "refuses", "offers-choice")):
        return
    if f"remedy-{wish}" not in s.reader.pack.cues or f"remedy-{wish}" in s.past.moves:
        return
    for sentence in s.reading.sentences:
        if any(name in sentence.core.moves for name in offered):
            yield Evidence(Span(sentence.start, sentence.end), (("wish", wish),))
            return


def understated_severity(s: Situation) -> Iterator[Evidence]:
    """A grave failure, met with cheer, a coupon or "inconvenience"."""
    if s.past.severity == "grave" and s.past.failure:
        for sentence in s.reading.sentences:
            if "light-tone" in sentence.core.moves or "remedy-credit" in sentence.core.moves:
                yield Evidence(Span(sentence.start, sentence.end))
                return


def unmentioned_repeat(s: Situation) -> Iterator[Evidence]:
    """The same trouble came before, and the draft treats it as the first time."""
    if s.past.repeat and "owns-repeat" not in s.did and "owns-repeat" not in s.past.moves and s.reading.sentences:
        if not s.did.keys().isdisjoint(("solution", "question", "apology", "acknowledge")):
            yield Evidence(None)


def unheard_anger(s: Situation) -> Iterator[Evidence]:
    """The customer is as hot as before or hotter, an earlier turn apologised, and the draft moves on without a new word of care."""
    heard = not s.past.moves.isdisjoint(("apology", "acknowledge", "empathy"))
    if s.past.heat >= 2 and s.past.rising and heard and s.reading.sentences:
        if s.did.keys().isdisjoint(("apology", "acknowledge", "empathy", "names-problem", "fixed", "owns-delay")):
            first = s.reading.sentences[0]
            yield Evidence(Span(first.start, first.end))


def wrong_name(s: Situation) -> Iterator[Evidence]:
    """The greeting names somebody else than the customer. A pack's greeting has a group `name`, or `called` where names are inflected
    ("Pani Anno"): then the beginning of the name is enough."""
    names = [fact.value for fact in s.past.facts if fact.slot == "name"]
    hello = s.reader.pack.greeting.match(s.draft.text) if s.reader.pack.greeting and s.reading.layout.head else None
    found = {group: said for group, said in hello.groupdict().items() if said} if hello is not None else {}
    if not names or hello is None or not found.keys() & {"name", "called"}:
        return
    group = "name" if "name" in found else "called"
    said = found[group].casefold()
    for name in names:
        parts = name.casefold().split()
        if said in parts or parts[0] == said.split()[0] or (group == "called" and any(_begin_alike(said, part) for part in parts)):
            return
    yield Evidence(Span(*hello.span(group)), (("name", names[-1].split()[0]),))


def _begin_alike(one: str, other: str) -> bool:
    shared = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= max(2, min(len(one), len(other)) - 2)


@lru_cache(maxsize=SENTENCES_KEPT)
def _said(sentence: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(sentence.casefold()))


def repeats_reply(s: Situation) -> Iterator[Evidence]:
    """A sentence of eight words or more that an earlier agent turn said in the same words."""
    earlier = [
        _said(sentence.core.text)
        for turn in s.draft.conversation
        if turn.role == "agent" and not turn.internal
        for sentence in s.reader.agent(turn.text).sentences
    ]
    for sentence in s.reading.sentences:
        words = _said(sentence.core.text)
        if len(words) >= 8 and any(len(words & other) >= SAME_SHARE * len(words | other) for other in earlier):
            yield Evidence(Span(sentence.start, sentence.end))
            return


def thin_record(s: Situation) -> Iterator[Evidence]:
    """The case closes with an internal note too short to hold what happened, why, and what was done."""
    notes = [turn.text for turn in s.draft.conversation if turn.internal]
    if s.past.failure and notes and len(_WORDS.findall(notes[-1])) < NOTE_WORDS:
        yield Evidence(None)


CHECKS = {
    "repeated-ask": Check(repeated_ask, True),
    "broken-promise": Check(broken_promise, False),
    "unmentioned-wait": Check(unmentioned_wait, False),
    "ignored-wish": Check(ignored_wish, True),
    "understated-severity": Check(understated_severity, True),
    "unmentioned-repeat": Check(unmentioned_repeat, False),
    "unheard-anger": Check(unheard_anger, True),
    "wrong-name": Check(wrong_name, True),
    "repeats-reply": Check(repeats_reply, True),
    "thin-record": Check(thin_record, False),
}
