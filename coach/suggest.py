"""Suggestions: a rule's wordings, their slots filled from draft and conversation, as edits ready to apply."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from coach.problem import clause
from coach.reading import Core, Sentence
from coach.rules import Pack, Rule
from coach.situation import Situation, beside, predicate
from coach.spec import Suggest
from coach.text import capital, fold, norm
from coach.types import Edit, Span, Suggestion

SLOT = re.compile(r"\{(\w+)\}")
MOST_SUGGESTIONS = 3
FEWEST_LEFT = 1
_LABEL = 80
_LETTERS = re.compile(r"\w{2,}")
_NEXT = re.compile(r"\s*(?P<word>\w{2,})")
_CLOSING = ".,;:!?…)"
_WORD = re.compile(r"\s*(\w)")
_LISTED = re.compile(r"^[ \t]*(?:[-*•·–]|\d{1,2}[.)])\s")
_HANDLES = re.compile(r"(?:@\w+[\s,:]+)+")
_CLAUSE = re.compile(r"[,;:—–]\s|\s-\s")
COURTESIES = frozenset({"thanks", "bare-thanks", "greets", "appreciation", "says-goodbye"})
LEANING = ("points-back", "leans-back")
COURTESY_WORDS = 1
NAME_WORDS = 2
WORTH_KEEPING = frozenset({"solution", "fixed", "scheduled", "extra-mile", "prevention", "ownership", "follow-up", "time"})


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


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    """The draft after a suggestion."""
    for edit in reversed(edits):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _edits(rule: Rule, wording: Suggest, span: Span | None, slots: Mapping[str, str], s: Situation) -> tuple[Edit, ...]:
    text = s.draft.text
    sentences = _sentences(span, s)
    if wording.move:
        return _apology_first(s)
    if wording.delete:
        if span is None or not sentences:
            return ()
        whole = wording.delete == "sentence"
        if whole and (_lost(sentences, span, "", s) or not _says_more(sentences, rule, s) or _leant_on(sentences, s)):
            return ()
        place = (sentences[0].start, sentences[-1].end) if whole else (span.start, span.end)
        cut = _begun(_continued(_removed(text, *place), place[0], s), place[0], sentences, s)
        left = applied(text, (cut,))
        return (cut,) if len(_LETTERS.findall(left)) >= FEWEST_LEFT else ()
    template = wording.replace or wording.sentence or wording.before or wording.after or wording.start or wording.end or ""
    said = fill(template, slots, s)
    if said is None:
        return ()
    if wording.replace is not None:
        if span is None:
            return ()
        first = any(sentence.start == span.start for sentence in sentences)
        return (Edit(span.start, span.end, _cased(said, text[span.start], first, s.reader.pack.language)),)
    if wording.start is not None:
        return (_opening(said, s),)
    if wording.end is not None:
        leaving = _goodbye(s)
        if leaving is not None:
            return (_put(said, leaving.start, text, s.reader.pack),)
        tail = s.reading.layout.tail
        body = text[:tail].rstrip()
        stop = "." if body and body[-1].isalnum() else ""
        return (Edit(len(body), len(body), f"{stop} {said}") if stop else Edit(tail, tail, _apart(text, tail) + said),)
    if not sentences:
        return ()
    if wording.sentence is not None:
        if span is None or _lost(sentences, span, said, s):
            return ()
        return (Edit(sentences[0].start, sentences[-1].end, _goes_on(said, sentences[0].start, text, s.reader.pack.language)),)
    if wording.before is not None:
        listed = _LISTED.search(text, text.rfind("\n", 0, sentences[0].start) + 1, sentences[0].start + 4)
        return (_opening(said, s) if listed else _put(said, sentences[0].start, text, s.reader.pack),)
    at = sentences[-1].end
    return (Edit(at, at, ("" if text[at - 1 : at] in (".", "!", "?", "…") else ".") + " " + said),)


def _lost(sentences: Sequence[Sentence], span: Span, said: str, s: Situation) -> frozenset[str]:
    """What the sentences do for the customer outside the clause of the marked span, and `said` in their place would not: a remedy, a
    promise, a day."""
    first, last = sentences[0].start, sentences[-1].end
    start = max((stop.end() for stop in _CLAUSE.finditer(s.draft.text, first, span.start)), default=first)
    stop = _CLAUSE.search(s.draft.text, span.end, last)
    end = stop.start() if stop else last
    done = {
        move
        for sentence in sentences
        for move in sentence.core.moves.keys() & WORTH_KEEPING
        if not start <= sentence.start + sentence.core.moves[move] < end
    }
    return frozenset(done - {move for new in s.reader.agent(said).sentences for move in new.core.moves}) if done else frozenset()


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
    return not COURTESIES.isdisjoint(core.moves) or (not core.moves and len(_LETTERS.findall(core.text)) <= COURTESY_WORDS)


def _goodbye(s: Situation) -> Sentence | None:
    """The first of the sentences at the end that only say goodbye, a name after them apart."""
    first = None
    for sentence in reversed(s.reading.sentences):
        core = sentence.core
        if sentence is s.reading.sentences[-1] and not core.moves and len(_LETTERS.findall(core.text)) <= NAME_WORDS:
            continue
        if "says-goodbye" not in core.moves or not WORTH_KEEPING.isdisjoint(core.moves):
            break
        first = sentence
    return first


def _opening(said: str, s: Situation) -> Edit:
    """`said` put where the reply begins: after the greeting, if there is one."""
    head, text = s.reading.layout.head, s.draft.text
    at = head or (s.reading.sentences[0].start if s.reading.sentences else 0)
    if not head:
        line = text.rfind("\n", 0, at) + 1
        if _LISTED.match(text, line):
            return Edit(line, line, said + "\n")
        at = line if not any(map(str.isalnum, text[line:at])) else at
        named = _HANDLES.match(text, at)
        at = named.end() if named else at
        return Edit(at, at, said + " " if s.reading.sentences else said)
    while at < len(text) and text[at].isspace():
        at += 1
    if at == len(text):
        return Edit(at, at, ("" if text[-1:].isspace() else " ") + said)
    if text[at - 1] == "\n" and _LISTED.match(text[at : at + 4]):
        return Edit(at, at, said + "\n")
    return _put(said, at, text, s.reader.pack)


def _apart(text: str, at: int) -> str:
    return " " if at and not text[at - 1].isspace() else ""


def _goes_on(said: str, at: int, text: str, language: str) -> str:
    """`said` in lower case where it takes the place of a text that went on so after a greeting."""
    single = said[1:2] == " " and language != "en"  # English has its I, other languages words of one letter
    goes_on = text[:at].rstrip().endswith((",", "-", "–")) or text[:at].rstrip(" ")[-1:].isalpha()
    if text[at : at + 1].islower() and goes_on and (said[1:2].islower() or single):
        return fold(said[:1], language) + said[1:]
    return said


def _put(said: str, at: int, text: str, pack: Pack) -> Edit:
    """`said` as a sentence of its own at `at`. Where the draft goes on in lower case after a greeting's comma, so does `said`, and what
    follows it begins with a capital; so does `said` before a word that is always written large, and in Turkish after any comma."""
    before, language = text[:at].rstrip(" "), pack.language
    if text[at : at + 1].islower() and before.rstrip().endswith((",", "-", "–")):
        return Edit(at, at + 1, f"{_goes_on(said, at, text, language)} {capital(text[at], language)}")
    if text[at : at + 1].islower() and before[-1:].isalpha():
        low = fold(said[:1], language) if said[1:2].islower() else said[:1]
        return Edit(len(before), at + 1, f", {low}{said[1:]} {capital(text[at], language)}")
    if before.endswith(",") and said[1:2].islower() and (language == "tr" or _named(text, at, pack)):
        said = fold(said[:1], language) + said[1:]
    return Edit(at, at, said + " ")


def _named(text: str, at: int, pack: Pack) -> bool:
    """Whether the word at `at` would be written large anywhere: a name, an abbreviation."""
    word = _NEXT.match(text, at)
    if word is None or not word["word"][0].isupper():
        return False
    low = norm(word["word"], pack.language)
    return not word["word"][1:].islower() or low in pack.capitals or not pack.agent_index.holds(low)


def _apology_first(s: Situation) -> tuple[Edit, ...]:
    moved = next((sentence for sentence in s.reading.sentences if "apology" in sentence.core.moves), None)
    if moved is None or moved is s.reading.sentences[0]:
        return ()
    cut = _removed(s.draft.text, moved.start, moved.end)
    said = moved.core.text
    put = _opening(said if said[-1:] in ".!?…" else said + ".", s)
    return (put, cut) if put.start < cut.start else ()


def _removed(text: str, start: int, end: int) -> Edit:
    """Cut `[start, end)` with the white space that would be left double."""
    while start > 0 and text[start - 1] in " \t" and (end >= len(text) or text[end].isspace() or text[end] in _CLOSING):
        start -= 1
    if start == 0 or text[start - 1] == "\n":
        while end < len(text) and text[end].isspace():
            end += 1
        if end >= len(text):
            while start > 0 and text[start - 1].isspace():
                start -= 1
    return Edit(start, end, "")


def _continued(cut: Edit, start: int, s: Situation) -> Edit:
    """`cut`, which begins at `start` or before; where the text went on in lower case after a greeting's comma, so does what is left."""
    text, pack = s.draft.text, s.reader.pack
    small = text[start : start + 1].islower() or _named(text, start, pack)
    went_on = small and text[:start].rstrip().endswith((",", "-", "–"))
    word = _NEXT.match(text, cut.end)
    if not (went_on and word and word["word"][0].isupper()) or _named(text, word.start("word"), pack):
        return cut
    at = word.start("word")
    return Edit(cut.start, at + 1, text[cut.end : at] + fold(text[at], pack.language))


def _begun(cut: Edit, start: int, sentences: Sequence[Sentence], s: Situation) -> Edit:
    """`cut`; where the first words of a sentence went, what is left of it begins as large as they did."""
    text, first = s.draft.text, next((sentence for sentence in sentences if sentence.start == start), None)
    word = _WORD.match(text, cut.end)
    if first is None or cut.text or not (text[start].isupper() and word and word[1].islower() and word.start(1) < first.end):
        return cut
    return Edit(cut.start, word.end(), text[cut.end : word.start(1)] + capital(word[1], s.reader.pack.language))


def _cased(said: str, before: str, first: bool, language: str) -> str:
    if first and before.isupper():
        return capital(said[:1], language) + said[1:]
    return said


def _label(edits: tuple[Edit, ...], s: Situation) -> str:
    said = " … ".join(text for edit in edits if (text := _said(edit, s.draft.text))) or s.reader.pack.texts.labels["remove"]
    return said if len(said) <= _LABEL else said[: _LABEL - 1].rstrip() + "…"


def _said(edit: Edit, text: str) -> str:
    """What an edit puts in, without a first letter that it only made a capital or small."""
    recased = edit.end == edit.start + 1 and edit.text[-1:] in (text[edit.start].upper(), "İ") and len(edit.text) > 1
    said = (edit.text[:-1] if recased else edit.text).strip()
    if len(said) == 1 and said.lower() == text[edit.end - 1 : edit.end].lower():
        return ""
    return said[2:] if said[:2] in (". ", ", ") else said
