"""A draft becomes a review: read, detect, settle. The one function behind every entrance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Literal

from coach import matchers
from coach.assisted import AssistedReader
from coach.classify import Classifier, open_classifier
from coach.context import Evidence
from coach.edits import applied
from coach.language import detect_language
from coach.lazily import Lazily
from coach.packs import default_packs, open_packs
from coach.reader import PlainReader
from coach.reading import Reader
from coach.rules import Pack, Rule
from coach.sequence import History, clock, history, names_problem
from coach.settle import settle
from coach.situation import Predicate, Situation, continued, of_past, predicate
from coach.spec import Match
from coach.suggest import fill, suggestions
from coach.telling import told
from coach.types import LANGUAGES, Draft, Finding, Language, Review, RuleInfo, Suggestion, Turn
from coach.types import Sequence as Steps

CONFIDENCE = {"phrases": 0.9, "pattern": 0.95, "order": 0.85, "count": 0.8, "check": 0.8, "missing": 0.7, "model": 0.8}
MOST_HELPED = 12
MOST_QUOTED = 80
LIVE_KEPT = 2_000
ATTACKS = frozenset({"blame-shift", "arguing"})  # families
TYPED_KEPT = 4_000


class Coach:
    """Reviews drafts with a pack for each language; full reviews also ask the classifier, if there is one.

    Build once and share: it holds only caches of pure results. A language is read in when a draft first needs it."""

    def __init__(self, packs: Mapping[Language, Pack] | None = None, classifier: Classifier | None = None) -> None:
        packs = default_packs() if packs is None else packs
        self.classifier = classifier
        letters = classifier.letters if classifier else {}
        self._readers: Mapping[Language, PlainReader] = Lazily(
            packs, lambda language: PlainReader(packs[language], self._readers, letters.get(language))
        )
        self._assisted: Mapping[Language, AssistedReader] = (
            Lazily(packs, lambda language: AssistedReader(self._readers[language], classifier)) if classifier else {}
        )
        self._parts = Lazily(
            packs, lambda language: tuple(_part(rule, packs[language], classifier is not None) for rule in packs[language].rules)
        )
        self._rules = Lazily(packs, lambda language: {rule.id: rule for rule in packs[language].rules})
        self._live: dict[History, _Live] = {}
        self._typed: dict[tuple[Hashable, ...], tuple[tuple[Finding, ...], Steps]] = {}

    def review(self, draft: Draft, now: datetime | None = None) -> Review:
        """Review a draft; `now` (default: the clock) measures waits and promises when the draft has no time of its own."""
        situation = self.situation(draft, now)
        findings = self._settled(situation)
        findings[:MOST_HELPED] = self._helped(findings[:MOST_HELPED], situation)
        language = situation.reader.pack.language
        review = Review(language, not draft.typing, tuple(findings), situation.reading.moves(), situation.sequence)
        other = self._readers.get(draft.interface) if draft.interface not in (None, language) else None
        return told(review, situation, other.pack) if other else review

    def read_ahead(self, turn: Turn, language: Language | Literal["auto"]) -> None:
        """Read a message of a conversation that drafts will be typed in, so that none of them has to wait for it."""
        if turn.internal or not turn.text:
            return
        reader = self._readers[detect_language("", (turn,)) if language == "auto" else language]
        if turn.role == "customer":
            reader.customer(turn.text)
        elif not turn.automatic:
            reader.agent(turn.text)

    def prepare(self, drafts: Iterable[Draft]) -> None:
        """Have the classifier read many drafts in their conversations at once, before they are reviewed; only where that saves time."""
        if self.classifier is None or not self.classifier.batches:
            return
        sentences, turns = set[str](), set[str]()
        for draft in drafts:
            said, heard = self._assisted[self.language(draft)].asks(draft)
            sentences.update(said)
            turns.update(heard)
        self.classifier.read_ahead(sentences, turns)

    def situation(self, draft: Draft, now: datetime | None = None) -> Situation:
        """The draft as it is read, in its conversation."""
        language = self.language(draft)
        plain = self._readers[language]
        reader: Reader = plain if draft.typing else self._assisted.get(language, plain)
        past = history(draft.conversation, reader)
        return self._situation(draft, reader, past, clock(draft, past, now or datetime.now(UTC)))

    def detected(self, s: Situation) -> list[Finding]:
        """All findings before any is set aside, without wordings."""
        return list(self._detect(s))

    def rules(self, language: Language) -> tuple[RuleInfo, ...]:
        """What the rules of a language tell about themselves."""
        return tuple(rule.info for rule in self._readers[language].pack.rules)

    def language(self, draft: Draft) -> Language:
        """The draft's language, detected from it and its conversation when it says `auto`."""
        if draft.language != "auto":
            return draft.language
        return detect_language(draft.text, draft.conversation)

    def _situation(self, draft: Draft, reader: Reader, past: History, now: datetime | None) -> Situation:
        reading = reader.read(draft)
        did: dict[str, int] = {}
        for sentence in reading.sentences:
            for name, at in sentence.core.moves.items():
                did.setdefault(name, sentence.start + at)
        if past.words and names_problem(reading, past.words):
            did.setdefault("names-problem", 0)
        return Situation(draft, reader, past, reading, did, now)

    def _settled(self, s: Situation) -> list[Finding]:
        """All findings that stand. Nothing of a half-typed sentence is heard, so what was found before it is kept, and the state of the
        conversation with it, until the sentence ends or the minute does, by which promises fall due."""
        draft, layout = s.draft, s.reading.layout
        if not draft.typing or draft.caret not in (None, len(draft.text)):
            return settle(self.detected(s), s)
        ends = [sentence.end for sentence in s.reading.sentences]
        minute = (s.now.replace(second=0, microsecond=0), s.now.utcoffset()) if s.now else None
        said = draft.text[: max(layout.head, ends[-1] if ends else 0)]
        key = (s.past, said, layout.head, *ends, minute, draft.closing, draft.dismissed, draft.zone, continued(draft.text))
        known = self._typed.get(key)
        if known is None:
            if len(self._typed) >= TYPED_KEPT:
                self._typed.clear()
            known = self._typed[key] = tuple(settle(self.detected(s), s)), s.sequence
        findings, s.__dict__["sequence"] = known
        return list(findings)

    def _detect(self, s: Situation) -> Iterator[Finding]:
        typed = [sentence for sentence in s.reading.sentences if not sentence.closed]
        for finding in self._detected(s):
            span = finding.span
            if span is None or not any(sentence.start < span.end and span.start < sentence.end for sentence in typed):
                yield finding

    def _detected(self, s: Situation) -> Iterator[Finding]:
        rules, live = s.reader.pack.rules, self._alive(s)
        worded: set[tuple[str, int]] = set()
        for sentence in s.reading.sentences:
            for hit in sentence.core.hits:
                when = live.when.get(hit.rule)
                if when is not None and all(holds(s) for holds in when):
                    rule = rules[hit.rule]
                    span = matchers.phrases(rule, sentence, hit, s)
                    match = rule.file.match[hit.part]
                    if span is not None and not matchers.denied(rule.family, match, span, s) and not matchers.silenced(rule, span, s):
                        worded.add((rule.family, sentence.start))
                        yield _finding(rule, match, Evidence(span), s)
        for rule, match, find, waits in live.structural:
            if waits and (s.draft.typing or not s.reading.sentences):
                continue
            for holds in live.when[rule.number]:
                if not holds(s):
                    break
            else:
                for evidence in find(match, s):
                    if match.model and evidence.span and (rule.family, evidence.span.start) in worded:
                        continue
                    if not matchers.denied(rule.family, match, evidence.span, s) and not matchers.silenced(rule, evidence.span, s):
                        if match.check is not None and evidence.span:
                            worded.update((rule.family, at.start) for at in s.reading.sentences if at.start <= evidence.span.start < at.end)
                        yield _finding(rule, match, evidence, s)

    def _alive(self, s: Situation) -> _Live:
        """What the earlier turns of a conversation leave of the rules: most fall away, for a draft and all of its keys."""
        known = self._live.get(s.past)
        if known is None:
            if len(self._live) >= LIVE_KEPT:
                self._live.clear()
            known = self._live[s.past] = _live(s, self._parts[s.reader.pack.language])
        return known

    def _helped(self, findings: list[Finding], s: Situation) -> Iterator[Finding]:
        """The findings with their wordings: in a full review only those that clear theirs and bring up nothing new, and no kind words put
        before an attack that the agent has to reword first."""
        helped = list(self._worded(findings, s))
        attacked = not s.draft.typing and any(map(_attacks, helped))
        for finding in helped:
            yield replace(finding, suggestions=()) if attacked and finding.suggestions and _only_adds(finding) else finding

    def _worded(self, findings: list[Finding], s: Situation) -> Iterator[Finding]:
        clears = None if s.draft.typing else self._clearing(findings, s)
        for finding in findings:
            if finding.editable:
                rule = self._rules[s.reader.pack.language][finding.rule]
                offered = suggestions(rule, finding.span, dict(finding.evidence), s)
                if clears is not None:
                    offered = tuple(suggestion for suggestion in offered if clears(rule.id, suggestion))
                finding = replace(finding, suggestions=offered) if offered else finding
            yield finding

    def _clearing(self, findings: list[Finding], s: Situation) -> Callable[[str, Suggestion], bool]:
        """Tells of a rule's wording whether it clears a finding of the rule, brings up nothing new and repeats no apology."""
        apologies, before = _apologies(s), Counter(finding.rule for finding in findings)
        after: dict[str, tuple[int, Counter[str]]] = {}

        def clears(rule: str, suggestion: Suggestion) -> bool:
            text = applied(s.draft.text, suggestion.edits)
            if text not in after:
                after[text] = self._after(text, s)
            apologising, found = after[text]
            return apologising <= max(1, apologies) and found[rule] < before[rule] and found.keys() <= before.keys()

        return clears

    def _after(self, text: str, s: Situation) -> tuple[int, Counter[str]]:
        """If the draft were `text`: how many sentences would apologise, and how many findings each rule would have."""
        altered = self._situation(replace(s.draft, text=text, caret=None), s.reader, s.past, s.now)
        return _apologies(altered), Counter(finding.rule for finding in settle(self.detected(altered), altered))


def _attacks(finding: Finding) -> bool:
    """Whether a finding marks a severe attack for which there is no wording."""
    return finding.span is not None and finding.severity == "error" and finding.family in ATTACKS and not finding.suggestions


def _only_adds(finding: Finding) -> bool:
    """Whether all wordings only add to the draft, for something that is missing or comes too early."""
    missing = finding.span is None or finding.family.startswith("premature-")
    return missing and all(edit.start == edit.end for suggestion in finding.suggestions for edit in suggestion.edits)


def _apologies(s: Situation) -> int:
    return sum("apology" in sentence.core.moves for sentence in s.reading.sentences)


@dataclass(frozen=True, slots=True)
class _Live:
    """The rules that can still fire after the earlier turns: by number, what of their conditions is left to ask about the draft;
    and the match entries among them that are not found by their words."""

    when: Mapping[int, tuple[Predicate, ...]]
    structural: Sequence[tuple[Rule, Match, matchers.Kind, bool]]


@dataclass(frozen=True, slots=True)
class _Part:
    """A rule's conditions, those on the earlier turns apart, and its match entries that are not found by their words."""

    rule: Rule
    past: tuple[Predicate, ...]
    rest: tuple[Predicate, ...]
    structural: tuple[tuple[Rule, Match, matchers.Kind, bool], ...]


def _part(rule: Rule, pack: Pack, classified: bool) -> _Part:
    past = tuple(predicate(text, pack.cues) for text in rule.file.when if of_past(text))
    rest = tuple(predicate(text, pack.cues) for text in rule.file.when if not of_past(text))
    structural = tuple(
        (rule, match, matchers.KINDS[matchers.kind(match)], matchers.waits(match))
        for match in rule.file.match
        if match.phrases is None and match.pattern is None and (classified or match.model is None)
    )
    return _Part(rule, past, rest, structural)


def _live(s: Situation, parts: Sequence[_Part]) -> _Live:
    when: dict[int, tuple[Predicate, ...]] = {}
    structural: list[tuple[Rule, Match, matchers.Kind, bool]] = []
    told: dict[Predicate, bool] = {}
    for part in parts:
        for holds in part.past:
            if holds not in told:
                told[holds] = holds(s)
            if not told[holds]:
                break
        else:
            when[part.rule.number] = part.rest
            structural += part.structural
    return _Live(when, structural)


def _finding(rule: Rule, match: Match, evidence: Evidence, s: Situation) -> Finding:
    severity = rule.severity
    for change in rule.file.severity:
        if matchers.holds(change.when, s):
            severity = change.to
    slots = dict(evidence.slots)
    if evidence.span is not None:
        slots.setdefault("match", _quoted(s.draft.text[evidence.span.start : evidence.span.end].rstrip(" .!?")))
    message = fill(rule.file.message, slots, s) or rule.file.summary
    return Finding(
        rule=rule.id,
        family=rule.family,
        step=rule.step,
        severity=severity,
        span=evidence.span,
        message=message,
        why=rule.file.why,
        confidence=CONFIDENCE[matchers.kind(match)] if evidence.confidence is None else evidence.confidence,
        editable=not match.advice_only,
        evidence=tuple(slots.items()),
    )


def _quoted(text: str) -> str:
    return text if len(text) <= MOST_QUOTED else text[:MOST_QUOTED].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


@cache
def default_coach() -> Coach:
    """The coach with the shipped packs and, where they are there, the shipped weights."""
    return Coach(classifier=open_classifier())


def warm_coach(rules: Path | None = None, weights: Path | None = None, classified: bool = True) -> Coach:
    """A coach with the packs in `rules` and the weights in `weights` (None: the shipped ones), or without any, that has reviewed in
    each language. Raises `RuleError` and `ClassifierError`."""
    plain = rules is None and weights is None and classified
    coach = default_coach() if plain else Coach(open_packs(rules), open_classifier(weights) if classified else None)
    for language in (*LANGUAGES, "auto"):
        coach.review(Draft("Thank you for telling us.", language))  # type: ignore[arg-type]
    return coach


def review(draft: Draft, now: datetime | None = None) -> Review:
    """Review a draft with the shipped packs."""
    return default_coach().review(draft, now)
