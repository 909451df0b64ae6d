"""Edits: words put into a draft, taken out or changed so that the text around them still reads right."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coach.reading import Sentence
from coach.rules import Pack
from coach.situation import Situation
from coach.text import capital, fold, norm
from coach.types import Edit, Span

LETTERS = re.compile(r"\w{2,}")
NAME_WORDS = 2
LONGEST_NAME = 40  # with its title
WORTH_KEEPING = frozenset({"solution", "fixed", "scheduled", "extra-mile", "prevention", "ownership", "follow-up", "time"})
_NEXT = re.compile(r"\s*(?P<word>\w{2,})")
_NEXT_ANY = re.compile(r"\s*(?P<word>\w{2,}|\w(?=\s))")
_CLOSING = ".,;:!?…)"
_WORD = re.compile(r"\s*(\w)")
_ENDED = re.compile(r"(?:[.!?…]|[:;=]-?[()DP]|[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?)\Z")
_COMMA = re.compile(r",\s*(\w)")
_AFTER_NAME = re.compile(r",\s+(?=\w)")
_GAP = re.compile(r"\s+(?=\w)")
_FIRST_PERSON = re.compile(r"\s*I\b")
_HANDLE = re.compile(r"@\w+\Z")
_LISTED = re.compile(r"^[ \t]*(?:[-*•·–]|\d{1,2}[.)])\s")


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    """The draft after a suggestion."""
    for edit in reversed(edits):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def replaced(said: str, span: Span, sentences: Sequence[Sentence], s: Situation) -> Edit:
    """`said` for the marked words; large where they began a sentence so. Where it ends one, what followed after a comma begins the next."""
    first, text, language = any(sentence.start == span.start for sentence in sentences), s.draft.text, s.reader.pack.language
    said, comma = cased(said, text[span.start], first, language), _COMMA.match(text, span.end)
    if comma is None or said[-1:] not in ".?!":
        return Edit(span.start, span.end, said)
    return Edit(span.start, comma.end(), f"{said} {comma[1] if s.small else capital(comma[1], language)}")


def instead(said: str, sentences: Sequence[Sentence], s: Situation) -> Edit:
    """`said` for these sentences; whom they speak to by name, it speaks to."""
    text, start, end = s.draft.text, sentences[0].start, sentences[-1].end
    called = called_first(sentences, s)
    if called > start:
        return Edit(called, end, goes_on(said, called, text, s.reader.pack.language))
    at = _called_last(sentences, s)
    mark = said[-1:] if said[-1:] in ".!?…" else ""
    if at is None or not mark:
        return Edit(start, end, goes_on(said, start, text, s.reader.pack.language))
    return Edit(start, end, goes_on(said[:-1], start, text, s.reader.pack.language) + text[at:end].rstrip(_CLOSING) + mark)


def called_first(sentences: Sequence[Sentence], s: Situation) -> int:
    """Where these sentences begin, or go on after a name of the customer ("Mr Okafor, please ...")."""
    text, start, end = s.draft.text, sentences[0].start, sentences[-1].end
    name = _name_at(text, start, end, s)
    comma = _AFTER_NAME.match(text, name, end) if name else None
    return comma.end() if comma else start


def _called_last(sentences: Sequence[Sentence], s: Situation) -> int | None:
    """Where the address that ends these sentences begins ("..., Mr Okafor."); Turkish, whose sentences end in a verb, needs no comma."""
    text, start, end = s.draft.text, sentences[0].start, sentences[-1].end
    words = [match.end() for match in _GAP.finditer(text, max(start, end - LONGEST_NAME), end)]
    for at in words:
        name = _name_at(text, at, end, s)
        if name and not text[name:end].strip(_CLOSING):
            before = text[start:at].rstrip()
            return start + len(before.rstrip(",")) if before.endswith(",") or s.reader.pack.language == "tr" else None
    return None


def _name_at(text: str, at: int, end: int, s: Situation) -> int | None:
    """The end of a name at `at`: one with a title, or one that the customer gave."""
    addressed = s.reader.pack.addressed
    titled = addressed.match(text, at, end) if addressed else None
    if titled:
        return titled.end()
    given = (word for fact in s.past.facts if fact.slot == "name" for word in (fact.value, fact.value.split()[0]))
    return next(
        (at + len(name) for name in given if text.startswith(name, at) and not text[at + len(name) : at + len(name) + 1].isalnum()), None
    )


def before(said: str, sentences: Sequence[Sentence], s: Situation) -> Edit:
    """`said` before these sentences; in a list, where the reply begins."""
    text, start = s.draft.text, sentences[0].start
    listed = _LISTED.search(text, text.rfind("\n", 0, start) + 1, start + 4)
    return opening(said, s) if listed else _put(said, called_first(sentences, s), s)


def after(said: str, sentences: Sequence[Sentence], s: Situation) -> Edit:
    """`said` after these sentences."""
    at = sentences[-1].end
    stop = "" if _ENDED.search(s.draft.text, max(0, at - 3), at) else "."
    return Edit(at, at, f"{stop} {said}")


def opening(said: str, s: Situation) -> Edit:
    """`said` put where the reply begins: after the greeting, if there is one."""
    head, text = s.reading.layout.head, s.draft.text
    at = head or (s.reading.sentences[0].start if s.reading.sentences else 0)
    if not head:
        line = text.rfind("\n", 0, at) + 1
        if _LISTED.match(text, line):
            return Edit(line, line, said + "\n")
        called = called_first(s.reading.sentences[:1], s) if s.reading.sentences else at
        if called > at:
            return _put(said, called, s)
        at = line if not any(map(str.isalnum, text[line:at])) else at
        return Edit(at, at, said + " " if s.reading.sentences else said)
    while at < len(text) and text[at].isspace():
        at += 1
    if at == len(text):
        return Edit(at, at, ("" if text[-1:].isspace() else " ") + said)
    if text[at - 1] == "\n" and _LISTED.match(text[at : at + 4]):
        return Edit(at, at, said + "\n")
    return _put(said, at, s)


def ending(said: str, s: Situation) -> Edit:
    """`said` put where the reply ends: before its goodbye and signature."""
    leaving, text, tail = _goodbye(s), s.draft.text, s.reading.layout.tail
    if leaving is not None:
        body = text[: leaving.start].rstrip()
        if not body or "\n" not in text[len(body) : leaving.start]:
            return _put(said, leaving.start, s)
        tail = len(body)
    body = text[:tail].rstrip()
    if body and body[-1].isalnum():
        return Edit(len(body), len(body), f". {said}")
    return Edit(tail, tail, _apart(text, tail) + said)


def cut(start: int, end: int, sentences: Sequence[Sentence], s: Situation) -> Edit:
    """`[start, end)` taken out; what is left of `sentences` begins as they did."""
    return _begun(_continued(_removed(s.draft.text, start, end), start, s), start, sentences, s)


def first_said(moved: Sentence, s: Situation) -> tuple[Edit, ...]:
    """A sentence of the draft put where the reply begins; none where it stands there already."""
    taken = _removed(s.draft.text, moved.start, moved.end)
    said = moved.core.text
    put = opening(said if said[-1:] in ".!?…" else said + ".", s)
    return (put, taken) if put.start < taken.start else ()


def _name_end(text: str, at: int, pack: Pack) -> int | None:
    """The end of a name in small letters, and its comma, that a greeting without a comma goes on with."""
    word = _NEXT.match(text, at)
    if word is None or pack.agent_index.holds(norm(word["word"], pack.language)):
        return None
    return word.end() + (text[word.end() : word.end() + 1] in (",", "!"))


def _apart(text: str, at: int) -> str:
    return " " if at and not text[at - 1].isspace() else ""


def _goodbye(s: Situation) -> Sentence | None:
    """The first of the sentences at the end that only say goodbye, a name after them apart."""
    first = None
    for sentence in reversed(s.reading.sentences):
        core = sentence.core
        if sentence is s.reading.sentences[-1] and not core.moves and len(LETTERS.findall(core.text)) <= NAME_WORDS:
            continue
        if "says-goodbye" not in core.moves or not WORTH_KEEPING.isdisjoint(core.moves):
            break
        first = sentence
    return first


def goes_on(said: str, at: int, text: str, language: str) -> str:
    """`said` in lower case where it takes the place of a text that went on so after a greeting."""
    single = said[1:2] == " " and language != "en"  # English has its I, other languages words of one letter
    goes_on = text[:at].rstrip().endswith((",", "-", "–")) or text[:at].rstrip(" ")[-1:].isalpha()
    if text[at : at + 1].islower() and goes_on and (said[1:2].islower() or single):
        return fold(said[:1], language) + said[1:]
    return said


def _put(said: str, at: int, s: Situation) -> Edit:
    """`said` as a sentence of its own at `at`. Where the draft goes on in lower case after a greeting's comma, so does `said`, and what
    follows it begins with a capital, unless the agent types without any; so does `said` before a word that is always written large, and in
    Turkish after any comma."""
    text, pack = s.draft.text, s.reader.pack
    before, language = text[:at].rstrip(" "), pack.language
    end, following = (at, "") if s.small else (at + 1, capital(text[at : at + 1], language))
    if text[at : at + 1].islower() and before.rstrip().endswith((",", "-", "–")):
        return Edit(at, end, f"{goes_on(said, at, text, language)} {following}")
    if text[at : at + 1].islower() and before[-1:].isalpha() and not _HANDLE.search(before):
        low = fold(said[:1], language) if said[1:2].islower() else said[:1]
        if s.small and (named := _name_end(text, at, pack)):
            return Edit(named, named, f" {low}{said[1:]}" if text[named - 1] in ",!" else f", {low}{said[1:]}")
        return Edit(len(before), end, f", {low}{said[1:]} {following}")
    if before.endswith(",") and said[1:2].islower() and (language == "tr" or _named(text, at, pack)):
        said = fold(said[:1], language) + said[1:]
    return Edit(at, at, said + " ")


def _named(text: str, at: int, pack: Pack) -> bool:
    """Whether the word at `at` would be written large anywhere: a name, an abbreviation."""
    if pack.language == "en" and _FIRST_PERSON.match(text, at):
        return True
    word = _NEXT.match(text, at)
    if word is None or not word["word"][0].isupper():
        return False
    low = norm(word["word"], pack.language)
    return not word["word"][1:].islower() or low in pack.capitals or not pack.agent_index.holds(low)


def _removed(text: str, start: int, end: int) -> Edit:
    """Cut `[start, end)` with the white space and the comma that would be left double."""
    while start > 0 and text[start - 1] in " \t" and (end >= len(text) or text[end].isspace() or text[end] in _CLOSING):
        start -= 1
    if text[end : end + 1] == "," and (start == 0 or text[start - 1] in ",;:.!?…\n"):
        end += 1
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
    word = _NEXT_ANY.match(text, cut.end)
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


def cased(said: str, before: str, first: bool, language: str) -> str:
    if first and before.isupper():
        return capital(said[:1], language) + said[1:]
    return said
