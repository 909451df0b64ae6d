"""A draft becomes a review: read, detect, settle. The one function behind every entrance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache

from coach import matchers
from coach.context import Evidence
from coach.language import detect_language
from coach.packs import default_packs
from coach.reading import Reader
from coach.rules import Pack, Rule
from coach.sequence import clock, history, names_problem, sequence
from coach.settle import settle
from coach.situation import Predicate, Situation, predicate
from coach.spec import Match
from coach.suggest import applied, fill, suggestions
from coach.types import Draft, Finding, Language, Review, RuleInfo, Span

CONFIDENCE = {"phrases": 0.9, "pattern": 0.95, "order": 0.85, "count": 0.8, "check": 0.8, "missing": 0.7}
VERIFIED_KEPT = 2_000
MOST_HELPED = 12
SELECTIVE = ("closing", "heat >= 3", "heat >= 2", "repeat", "wish", "asks-why", "G1-was-open", "first-reply", "failure")


class Coach:
    """Reviews drafts with a pack for each language. Build once and share: it holds only caches of pure results."""

    def __init__(self, packs: Mapping[Language, Pack] | None = None) -> None:
        self._readers = {language: Reader(pack) for language, pack in (packs or default_packs()).items()}
        self._when = {language: _conditions(reader.pack) for language, reader in self._readers.items()}
        self._structural = {language: _structural(reader.pack) for language, reader in self._readers.items()}
        self._rules = {(language, rule.id): rule for language, reader in self._readers.items() for rule in reader.pack.rules}
        self._ids = lru_cache(maxsize=VERIFIED_KEPT)(self._rule_ids)

    def review(self, draft: Draft, now: datetime | None = None) -> Review:
        """Review a draft; `now` (default: the clock) measures waits and promises when the draft has no time of its own."""
        language = self.language(draft)
        situation = self._situation(draft, language, now or datetime.now(UTC))
        findings = settle(list(self._detect(situation)), situation)
        findings[:MOST_HELPED] = [self._helped(finding, situation) for finding in findings[:MOST_HELPED]]
        return Review(language, not draft.typing, tuple(findings), situation.reading.moves(), situation.sequence)

    def rules(self, language: Language) -> tuple[RuleInfo, ...]:
        """What the rules of a language tell about themselves."""
        return tuple(rule.info for rule in self._readers[language].pack.rules)

    def language(self, draft: Draft) -> Language:
        """The draft's language, detected from it and its conversation when it says `auto`."""
        if draft.language != "auto":
            return draft.language
        return detect_language(draft.text, draft.conversation)

    def _situation(self, draft: Draft, language: Language, now: datetime) -> Situation:
        reader = self._readers[language]
        past = history(draft.conversation, reader)
        reading = reader.read(draft)
        did: dict[str, int] = {}
        for sentence in reading.sentences:
            for name, at in sentence.core.moves.items():
                did.setdefault(name, sentence.start + at)
        if past.words and names_problem(reading, past.words):
            did.setdefault("names-problem", 0)
        moment = clock(draft, past, now)
        state = sequence(past, reading, frozenset(did), reader, moment)
        return Situation(draft, reader, past, reading, did, state, moment)

    def _detect(self, s: Situation) -> Iterator[Finding]:
        typed = [sentence for sentence in s.reading.sentences if not sentence.closed]
        for finding in self._detected(s):
            span = finding.span
            if span is None or not any(sentence.start < span.end and span.start < sentence.end for sentence in typed):
                yield finding

    def _detected(self, s: Situation) -> Iterator[Finding]:
        rules, when = s.reader.pack.rules, self._when[s.reader.pack.language]
        for sentence in s.reading.sentences:
            for hit in sentence.core.hits:
                rule = rules[hit.rule]
                if all(holds(s) for holds in when[hit.rule]):
                    span = matchers.phrases(rule, sentence, hit, s)
                    if span is not None and not matchers.silenced(rule, span, s):
                        yield _finding(rule, rule.file.match[hit.part], Evidence(span), s)
        for condition, group in self._structural[s.reader.pack.language]:
            if not condition(s):
                continue
            for rule, match, find, waits in group:
                if waits and (s.draft.typing or not s.reading.sentences):
                    continue
                for holds in when[rule.number]:
                    if not holds(s):
                        break
                else:
                    for evidence in find(match, s):
                        if not matchers.silenced(rule, evidence.span, s):
                            yield _finding(rule, match, evidence, s)

    def _helped(self, finding: Finding, s: Situation) -> Finding:
        """The finding with its wordings: in a full review only those that clear it and bring up nothing new."""
        rule = self._rules[s.reader.pack.language, finding.rule]
        offered = suggestions(rule, finding.span, dict(finding.evidence), s)
        if not offered or s.draft.typing:
            return replace(finding, suggestions=offered) if offered else finding
        before = self._ids(s.draft, s.reader.pack.language, s.now)
        kept = []
        for suggestion in offered:
            text = applied(s.draft.text, suggestion.edits)
            if _apologies(s.reader, text) > max(1, _apologies(s.reader, s.draft.text)):
                continue
            after = self._ids(replace(s.draft, text=text, caret=None), s.reader.pack.language, s.now)
            same = [span for rule, span in after if rule == finding.rule]
            if len(same) < sum(rule == finding.rule for rule, _ in before) and {r for r, _ in after} <= {r for r, _ in before}:
                kept.append(suggestion)
        return replace(finding, suggestions=tuple(kept))

    def _rule_ids(self, draft: Draft, language: Language, now: datetime | None) -> tuple[tuple[str, Span | None], ...]:
        situation = self._situation(replace(draft, at=now or draft.at), language, now or datetime.now(UTC))
        return tuple((finding.rule, finding.span) for finding in settle(list(self._detect(situation)), situation))


def _conditions(pack: Pack) -> list[tuple[Predicate, ...]]:
    return [tuple(predicate(text, pack.cues) for text in rule.file.when) for rule in pack.rules]


def _apologies(reader: Reader, text: str) -> int:
    return sum("apology" in sentence.core.moves for sentence in reader.agent(text).sentences)


Structural = tuple[Rule, Match, matchers.Kind, bool]


def _structural(pack: Pack) -> list[tuple[Predicate, list[Structural]]]:
    """The rules without phrases, by their most selective condition, so that most are passed over together."""
    groups: dict[str, list[Structural]] = {}
    for rule in pack.rules:
        for match in rule.file.match:
            if match.phrases is None and match.pattern is None:
                first = min(rule.file.when, key=lambda text: SELECTIVE.index(text) if text in SELECTIVE else len(SELECTIVE), default="")
                groups.setdefault(first, []).append((rule, match, matchers.KINDS[matchers.kind(match)], matchers.absent(match)))
    return [(predicate(text, pack.cues) if text else lambda s: True, group) for text, group in groups.items()]


def _finding(rule: Rule, match: Match, evidence: Evidence, s: Situation) -> Finding:
    severity = rule.severity
    for change in rule.file.severity:
        if matchers.holds(change.when, s):
            severity = change.to
    slots = dict(evidence.slots)
    if evidence.span is not None:
        slots.setdefault("match", s.draft.text[evidence.span.start : evidence.span.end].rstrip(" .!?"))
    message = fill(rule.file.message, slots, s) or rule.file.summary
    return Finding(
        rule=rule.id,
        family=rule.family,
        step=rule.step,
        severity=severity,
        span=evidence.span,
        message=message,
        why=rule.file.why,
        confidence=CONFIDENCE[matchers.kind(match)],
        evidence=tuple(slots.items()),
    )


@cache
def default_coach() -> Coach:
    """The coach with the shipped packs."""
    return Coach()


def review(draft: Draft, now: datetime | None = None) -> Review:
    """Review a draft with the shipped packs."""
    return default_coach().review(draft, now)
