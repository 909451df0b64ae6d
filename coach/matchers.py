"""The kinds of match a rule may use, one short function each: they give the places where a rule fires in a situation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from coach.context import CHECKS, Evidence
from coach.reading import Core, Hit, Sentence
from coach.rules import Rule
from coach.situation import Situation, predicate
from coach.spec import Match
from coach.types import Span

END_SENTENCES = 2
Kind = Callable[[Match, Situation], Iterator[Evidence]]


def phrases(rule: Rule, sentence: Sentence, hit: Hit, s: Situation) -> Span | None:
    """The place of a phrase (or of a regular expression), if its match entry wants it there."""
    match = rule.file.match[hit.part]
    if match.where == "end" and sentence not in s.reading.sentences[-END_SENTENCES:]:
        return None
    if match.where == "start" and sentence not in s.reading.sentences[:1]:
        return None
    if match.span == "sentence":
        return Span(sentence.start, sentence.end)
    return Span(sentence.start + hit.start, sentence.start + hit.end)


def order(match: Match, s: Situation) -> Iterator[Evidence]:
    """The first sentence that does one thing before another was done, by earlier turns or earlier text."""
    if match.order is None or not s.past.moves.isdisjoint(match.order.before) or match.order.first not in s.did:
        return
    done = min((s.did[name] for name in match.order.before if name in s.did), default=1 << 30)
    for sentence in s.reading.sentences:
        moves = sentence.core.moves
        at = moves.get(match.order.first)
        if at is None or not moves.keys().isdisjoint(match.order.apart):
            continue
        if done >= sentence.start + at:
            yield Evidence(Span(sentence.start, sentence.end))
        return


def missing(match: Match, s: Situation) -> Iterator[Evidence]:
    """None of these was done, in the conversation or in the draft."""
    if s.reading.sentences and not any(name in s.did or name in s.past.moves for name in match.missing or ()):
        yield Evidence(None)


def count(match: Match, s: Situation) -> Iterator[Evidence]:
    """More sentences do it than allowed; the span reaches from the first of them to the last."""
    if match.count is None or match.count.move not in s.did:
        return
    doing = [sentence for sentence in s.reading.sentences if match.count.move in sentence.core.moves]
    if len(doing) > match.count.over:
        yield Evidence(Span(doing[0].start, doing[-1].end))


def check(match: Match, s: Situation) -> Iterator[Evidence]:
    """A named check over the conversation."""
    return CHECKS[match.check or ""].run(s)


def model(match: Match, s: Situation) -> Iterator[Evidence]:
    """The sentences in which the classifier is sure enough of a fault."""
    label = match.model or ""
    for sentence in s.reading.sentences:
        said = sentence.core.flags.get(label, 0.0)
        if match.moves is not None and sentence.core.moves.keys().isdisjoint(match.moves):
            continue
        if said and said >= (s.reader.bounds[label][1] if match.at_least is None else match.at_least):
            yield Evidence(Span(sentence.start, sentence.end), confidence=said)


def denied(family: str, match: Match, span: Span | None, s: Situation) -> bool:
    """Whether the classifier denies the fault in the sentence where `span` begins."""
    if match.certain or match.check is not None or span is None or family not in s.reader.bounds:
        return False
    here = [sentence.core for sentence in s.reading.sentences if sentence.start <= span.start < sentence.end]
    return any(family in core.flags and core.flags[family] < _least(family, match, core, s) for core in here)


def _least(family: str, match: Match, core: Core, s: Situation) -> float:
    """How likely the classifier must hold a rule's fault: likelier where no words, only the classifier, tell what came too early."""
    bounds = s.reader.bounds[family]
    return bounds[2] if len(bounds) > 2 and match.order is not None and match.order.first in core.heard else bounds[0]


KINDS: dict[str, Kind] = {
    "order": order,
    "missing": missing,
    "count": count,
    "check": check,
    "model": model,
}


def kind(match: Match) -> str:
    """The name of a match entry's kind."""
    return next(name for name in ("phrases", "pattern", *KINDS) if getattr(match, name) is not None)


def waits(match: Match) -> bool:
    """Whether the entry waits for a pause: it is about something that is not there, or asks the classifier."""
    return match.model is not None or match.missing is not None or (match.check is not None and not CHECKS[match.check].placed)


def silenced(rule: Rule, span: Span | None, s: Situation) -> bool:
    """Whether one of the rule's `unless` entries holds for a finding at `span`."""
    for part, unless in enumerate(rule.file.unless):
        for sentence in s.reading.sentences:
            inside = span is not None and sentence.start < span.end and span.start < sentence.end
            if unless.where == "sentence" and not inside and span is not None:
                continue
            if unless.where == "before" and (span is None or sentence.start >= span.end):
                continue
            if unless.where == "after" and (span is None or sentence.end <= span.start):
                continue
            if unless.phrases is not None and (rule.number, part) in sentence.core.unless:
                return True
            for name in unless.moves or ():
                at = sentence.core.moves.get(name)
                if at is not None and not (unless.where == "before" and span and sentence.start + at >= span.start):
                    if not (unless.where == "after" and span and inside and sentence.start + at <= span.start):
                        return True
        if unless.where == "conversation" and unless.moves and not s.past.moves.isdisjoint(unless.moves):
            return True
    return False


def holds(conditions: list[str], s: Situation) -> bool:
    """Whether all of a rule's conditions hold."""
    return all(predicate(text, s.reader.pack.cues)(s) for text in conditions)
