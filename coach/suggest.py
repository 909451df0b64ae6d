"""Suggestions: a rule's wordings, their slots filled from draft and conversation, as edits ready to apply."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from coach.edits import LETTERS, WORTH_KEEPING, after, applied, before, called_first, cut, ending, first_said, instead, opening, replaced
from coach.problem import clause
from coach.reading import Core, Sentence
from coach.rules import Rule
from coach.situation import Situation, beside, predicate
from coach.spec import Suggest
from coach.text import fold, unaccented
from coach.types import Edit, Span, Suggestion

SLOT = re.compile(r"\{(\w+)\}")
MOST_SUGGESTIONS = 3
FEWEST_LEFT = 1
_LABEL = 80
_FIGURE = re.compile(r"\d+")
_CLAUSE = re.compile(r"[,;:—–]\s|\s-\s|\sand\s(?=(?:I|we|you)\b)", re.IGNORECASE)
COURTESIES = frozenset({"thanks", "bare-thanks", "greets", "appreciation", "says-goodbye", "introduces", "names-self"})
LEANING = ("points-back", "leans-back")
COURTESY_WORDS = 1


def suggestions(rule: Rule, span: Span | None, slots: Mapping[str, str], s: Situation) -> tuple[Suggestion, ...]:
    """At most three wordings of the rule that can be said here, in the order of the file."""
    made: list[Suggestion] = []
    here = _sentences(span, s)
    for wording in rule.file.suggest:
        if len(made) == MOST_SUGGESTIONS:
            break
        if not _fits(wording.when, here, s):
            continue
        edits = _edits(rule, wording, span, slots, s)
        if edits and all(edits != other.edits for other in made):
            made.append(Suggestion(wording.label or _label(edits, s), edits))
    return tuple(made)


def _sentences(span: Span | None, s: Situation) -> list[Sentence]:
    """The sentences that `span` touches."""
    return [sentence for sentence in s.reading.sentences if span and sentence.start < span.end and span.start < sentence.end]


def _fits(conditions: list[str], here: list[Sentence], s: Situation) -> bool:
    """Whether all of a wording's conditions hold for a finding in the sentences `here`."""
    cues = s.reader.pack.cues
    for text in conditions:
        around = beside(text, cues)
        if not (around(here, s) if around else predicate(text, cues)(s)):
            return False
    return True


def fill(text: str, slots: Mapping[str, str], s: Situation) -> str | None:
    """`text` with its slots filled, or None where one has no value."""
    values: dict[str, str] = {}
    for name in SLOT.findall(text):
        value = slots.get(name) or _slot(name, s)
        if not value:
            return None
        values[name] = value
    return SLOT.sub(lambda match: values[match[1]], text) if values else text


def _slot(name: str, s: Situation) -> str | None:
    if name == "problem":
        return clause(s.past, s.reader)
    if name == "wish":
        return s.past.wish
    return next((fact.value for fact in reversed(s.past.facts) if fact.slot == name), None)


def _edits(rule: Rule, wording: Suggest, span: Span | None, slots: Mapping[str, str], s: Situation) -> tuple[Edit, ...]:
    sentences = _sentences(span, s)
    if wording.move:
        return _apology_first(s)
    if wording.delete:
        return _deletion(wording.delete, rule, span, sentences, s) if span else ()
    template = wording.replace or wording.sentence or wording.before or wording.after or wording.first or wording.start or wording.end or ""
    said = fill(fold(template, s.reader.pack.language) if s.small else template, slots, s)
    if said is None:
        return ()
    said = unaccented(said) if s.plain else said
    if wording.start is not None:
        return (opening(said, s),)
    if wording.end is not None:
        return (ending(said, s),)
    if wording.replace is not None:
        return (replaced(said, span, sentences, s),) if span else ()
    if not sentences:
        return ()
    if wording.sentence is not None:
        if span is None or _only_marks(span, s):
            return ()
        return _clause_for(said, sentences, span, s) if _lost(sentences, span, said, s) else (instead(said, sentences, s),)
    if wording.first is not None:
        return (before(said, [_first_that_acts(sentences, s)], s),)
    return (before(said, sentences, s) if wording.before is not None else after(said, sentences, s),)


def _first_that_acts(here: Sequence[Sentence], s: Situation) -> Sentence:
    """The first sentence of the draft whose words do more than be polite, at the latest the first of `here`."""
    return next(each for each in s.reading.sentences if each is here[0] or each.core.moves.keys() - each.core.heard - COURTESIES)


def _deletion(what: str, rule: Rule, span: Span, sentences: Sequence[Sentence], s: Situation) -> tuple[Edit, ...]:
    """The marked words or their sentences taken out, unless that would lose too much; of a run of marks (!!!) one is left."""
    if not sentences:
        return ()
    if _only_marks(span, s):
        marked = s.draft.text[span.start : span.end]
        return (Edit(span.start, span.end, "?" if "?" in marked else marked[0]),) if what == "marks" and len(marked) > 1 else ()
    if what == "marks":
        return ()
    whole = what == "sentence"
    if whole and _lost(sentences, span, "", s):
        return _clause_for("", sentences, span, s)
    if whole and (not _says_more(sentences, rule, s) or _leant_on(sentences, s)):
        return ()
    start, end = (called_first(sentences, s), sentences[-1].end) if whole else (span.start, span.end)
    taken = cut(start, end, sentences, s)
    left = applied(s.draft.text, (taken,))
    return (taken,) if len(LETTERS.findall(left)) >= FEWEST_LEFT else ()


def _only_marks(span: Span, s: Situation) -> bool:
    """Whether only punctuation is marked: then no words are at fault."""
    return not any(map(str.isalnum, s.draft.text[span.start : span.end]))


def _lost(sentences: Sequence[Sentence], span: Span, said: str, s: Situation) -> bool:
    """Whether the sentences tell the customer something outside the clause of the marked span that `said` in their place would not: a
    figure, a remedy, a promise, a day, the only apology."""
    text = s.draft.text
    first, last = sentences[0].start, sentences[-1].end
    start = max((stop.end() for stop in _CLAUSE.finditer(text, first, last) if stop.end() <= span.start), default=first)
    joined = s.reader.pack.joined
    start = max((stop.end() for stop in joined.finditer(text, start, span.start)), default=start) if joined else start
    stop = _CLAUSE.search(text, span.end, last)
    end = stop.start() if stop else last
    if not set(_FIGURE.findall(f"{text[first:start]} {text[end:last]}")) <= set(_FIGURE.findall(said)):
        return True
    apologies = [sentence for sentence in s.reading.sentences if "apology" in sentence.core.moves]
    only = frozenset(("apology",) if apologies and all(sentence in sentences for sentence in apologies) else ())
    done = {
        move
        for sentence in sentences
        for move in sentence.core.moves.keys() & (WORTH_KEEPING | only)
        if not start <= sentence.start + sentence.core.moves[move] < end
    }
    return bool(done) and not done <= {move for new in s.reader.agent(said).sentences for move in new.core.moves}


def _joined(sentences: Sequence[Sentence], span: Span, s: Situation) -> int | None:
    """Where the clause of the marked span ends off from a main clause before it ("..., and is there anything else?"), both in one sentence
    that the span ends; None where it does not."""
    text, pack = s.draft.text, s.reader.pack
    start, end = sentences[-1].start, sentences[-1].end
    if span.start <= start or any(map(str.isalnum, text[span.end : end])) or (pack.hanging and pack.hanging.match(text, start)):
        return None
    found = [stop.start() for stop in pack.joined.finditer(text, start, span.start) if stop.end() == span.start] if pack.joined else []
    found += [stop.start() for stop in pack.contrasted.finditer(text, start, span.start)] if pack.contrasted else []
    return max(found, default=None)


def _clause_for(said: str, sentences: Sequence[Sentence], span: Span, s: Situation) -> tuple[Edit, ...]:
    """`said` for the clause of the marked span where the clause before it tells what must stay; none where both cannot be parted."""
    at, sentence = _joined(sentences, span, s), sentences[-1]
    if at is None or len(sentences) > 1 or not set(_FIGURE.findall(s.draft.text[at : sentence.end])) <= set(_FIGURE.findall(said)):
        return ()
    if any(at <= sentence.start + sentence.core.moves[move] < span.start for move in sentence.core.moves.keys() & WORTH_KEEPING):
        return ()
    return (Edit(at, sentence.end, f". {said}".rstrip()),)


def _says_more(cut: Sequence[Sentence], rule: Rule, s: Situation) -> bool:
    """Whether more than a greeting, thanks and the same fault once more would be left: these alone are no reply."""
    left = [sentence.core for sentence in s.reading.sentences if sentence not in cut]
    return not all(_courteous(core) or any(hit.rule == rule.number for hit in core.hits) for core in left)


def _leant_on(cut: Sequence[Sentence], s: Situation) -> bool:
    """Whether the sentence that follows would lose what it speaks of."""
    following = next((sentence for sentence in s.reading.sentences if sentence.start > cut[-1].start), None)
    return following is not None and any(name in following.core.moves for name in LEANING)


def _courteous(core: Core) -> bool:
    if not WORTH_KEEPING.isdisjoint(core.moves):
        return False
    return not COURTESIES.isdisjoint(core.moves) or (not core.moves and len(LETTERS.findall(core.text)) <= COURTESY_WORDS)


def _apology_first(s: Situation) -> tuple[Edit, ...]:
    moved = next((sentence for sentence in s.reading.sentences if "apology" in sentence.core.moves), None)
    return () if moved is None or moved is s.reading.sentences[0] else first_said(moved, s)


def _label(edits: tuple[Edit, ...], s: Situation) -> str:
    said = " … ".join(text for edit in edits if (text := _said(edit, s.draft.text))) or s.reader.pack.texts.labels["remove"]
    return said if len(said) <= _LABEL else said[: _LABEL - 1].rstrip() + "…"


def _said(edit: Edit, text: str) -> str:
    """What an edit puts in, without a first letter that it only made a capital or small."""
    last = text[edit.end - 1 : edit.end]
    recased = (
        edit.end > edit.start and len(edit.text) > 1 and edit.text[-2].isspace() and edit.text[-1] in (last.upper(), last.lower(), "İ")
    )
    said = (edit.text[:-1] if recased else edit.text).strip()
    if len(said) == 1 and said.lower() in (last.lower(), "."):
        return ""
    return said[2:] if said[:2] in (". ", ", ") else said
