"""Where sentences lie in a draft, and which parts are nobody's business: quoted mail, code, signatures.

spaCy's sentencizer needs the whole draft tokenised, three times the price of a keystroke; boundaries here come from one
regular expression, so that only a sentence not seen before is ever tokenised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from coach.text import ADDRESS

_UPPER = "A-ZÇĞİÖŞÜĄĆĘŁŃÓŚŹŻ"
_LOWER = "a-zçğıöşüąćęłńóśźż"
_LINK = rf"(?<![^\s(]){ADDRESS}(?=\s++[{_UPPER}][{_LOWER}'’ ])"  # people put no full stop after a link
_EMOTICON = r"(?<=\s)[:;=]-?[()DP](?=\s+\w)"
_END = re.compile(rf"{_LINK}|{_EMOTICON}|[.!?…]+(?:[)\]\"'”’»*_]*(?=\s|$)|(?=[{_UPPER}][{_LOWER}]))")
_QUOTE_HEAD = re.compile(
    r"^\s*(-{3,}\s*\w.*-|_{5,}|(On|Le|Am) .{8,120} (wrote|said):"
    r"|.{0,60}\btarihinde .{0,80} (yazdı|şunları yazdı):|(W dniu|Dnia) .{4,120} (pisze|napisał|napisała|napisał\(a\)):)\s*$",
    re.IGNORECASE,
)
_REGARDS = re.compile(
    r"^\s*((kind|best|warm|warmest|kindest|with kind|many)\s+)?(regards|wishes|thanks)\s*[,.!]?\s*$"
    r"|^\s*(yours\s+)?(sincerely|faithfully|truly|cheers|best|thanks|thank you|love)(\s+yours)?\s*[,.!]?\s*$"
    r"|^\s*(en\s+)?(iyi çalışmalar|iyi günler|sağlıklı günler|saygılar|saygılarımla|saygılarımızla|sevgiler|teşekkürler|"
    r"teşekkür ederi[mz])(\s+dileri[mz])?\s*[,.!]?\s*$"
    r"|^\s*(z\s+)?(poważaniem|wyrazami szacunku|serdeczne pozdrowienia|pozdrowieniami|((serdecznie|łączę)\s+)?(pozdrawiam|pozdrawiamy|"
    r"pozdrowienia))(\s+serdecznie)?\s*[,.!]?\s*$"
    r"|^\s*(życz(ę|ymy)\s+)?(miłego|udanego|spokojnego|dobrego)\s+(dnia|wieczoru|popołudnia|weekendu)\s*[,.!]?\s*$",
    re.IGNORECASE,
)
_LIGHT = re.compile(
    r"(many\s+)?(thanks|thank you|cheers|best|love|teşekkür\w*( ederi[mz])?|.*\b(dnia|wieczoru|popołudnia|weekendu))\W*$", re.IGNORECASE
)  # often not the end yet
_INITIALS = re.compile(rf"[\^/*~-] ?(?:[{_UPPER}]{{1,3}}|[{_UPPER}][{_LOWER}]{{1,14}})\s*$")
HANDLES = re.compile(r"(?<!\S)(?:@\w+[\s,:]+)+")  # of the people a public reply is for
_SKIP = re.compile(r"[\s\-–—•*·>|,;:)\]]*")
_SAYS = re.compile(r"[^\W_]|\{")
SIGNATURE_LINES, SIGNATURE_WIDTH = 6, 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence's place in the draft. `closed`: it ended in punctuation or a line end, so nobody is still typing it."""

    start: int
    end: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The sentences of a draft, and where text can be put: after handles and a greeting (`head`), before the signature (`tail`)."""

    pieces: tuple[Piece, ...]
    head: int
    tail: int


def layout(text: str, abbreviations: frozenset[str] = frozenset(), greeting: re.Pattern[str] | None = None) -> Layout:
    """Split `text` into sentences, leaving out what must never be analysed."""
    pieces: list[Piece] = []
    fenced = False
    signing = 0
    at = 0
    tail: int | None = None
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        body = line.rstrip()
        bare = body.lstrip()
        if bare.startswith("```"):
            fenced = not fenced
            continue
        if fenced or not bare or bare.startswith((">", "|")):
            continue
        if bare in ("--", "—") or (body[-1] in ":-_" and _QUOTE_HEAD.match(body)):
            if tail is None:
                tail = start
            break
        if signing:
            if signing <= SIGNATURE_LINES and len(bare) <= SIGNATURE_WIDTH and not bare.endswith("?"):
                signing += 1
                continue
            signing, tail = 0, None
        if pieces and len(bare) <= SIGNATURE_WIDTH and _REGARDS.match(body):
            if tail is None:
                tail = start
            if not _LIGHT.match(bare):
                break
            signing = 1
            continue
        _split(text, start, start + len(body), len(line) > len(line.rstrip("\r\n")), abbreviations, pieces)
    head = 0
    if pieces and greeting is not None:
        named = HANDLES.match(text, pieces[0].start)
        begin = named.end() if named else pieces[0].start
        hello = greeting.match(text, begin)
        if hello or named:
            head = hello.end() if hello else begin
            first = pieces.pop(0)
            rest: list[Piece] = []
            if hello and hello.re.groupindex.get("faceless") and hello["faceless"]:
                _add(text, begin, head, True, rest)
            if head < first.end:
                _add(text, head, first.end, first.closed, rest)
            pieces[:0] = rest
    if pieces and tail is None:
        tail = pieces[-1].end
        signed = _INITIALS.search(text, max(pieces[-1].start, tail - 18), tail)
        if signed:
            mark = signed.start()
            last = pieces.pop()
            if text[last.start : mark].strip():
                pieces.append(Piece(last.start, len(text[:mark].rstrip()), True))
            tail = pieces[-1].end if pieces else 0
    elif pieces and tail is not None:
        tail = pieces[-1].end
    return Layout(tuple(pieces), head, tail or 0)


def _split(text: str, start: int, end: int, ended: bool, abbreviations: frozenset[str], pieces: list[Piece]) -> None:
    begin = start
    for match in _END.finditer(text, start, end):
        stop = match.end()
        if match[0] == "." and _kept_together(text, begin, match.start(), stop, end, abbreviations):
            continue
        if stop < end and not text[stop].isspace() and not text[match.start() - 1].islower():
            continue
        _add(text, begin, stop, True, pieces)
        begin = stop
    _add(text, begin, end, ended, pieces)


def _kept_together(text: str, begin: int, dot: int, stop: int, end: int, abbreviations: frozenset[str]) -> bool:
    first = dot
    while first > begin and not text[first - 1].isspace():
        first -= 1
    word = text[first:dot]
    if word.isdigit() and len(word) <= 2:
        before = text[begin:first].lstrip()
        if not before or (before[0].isupper() and stop + 1 < end and text[stop] == " " and text[stop + 1].islower()):
            return True
    return stop < end and (word.lower() in abbreviations or (len(word) == 1 and word.isupper() and word != "I"))


def _add(text: str, start: int, end: int, closed: bool, pieces: list[Piece]) -> None:
    skipped = _SKIP.match(text, start, end)
    start = skipped.end() if skipped else start
    while end > start and text[end - 1].isspace():
        end -= 1
    if _SAYS.search(text, start, end):
        pieces.append(Piece(start, end, closed))
