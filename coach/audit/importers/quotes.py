"""What somebody wrote, without the history that the mail program put under it and without the signature.

quotequail knows how mail programs introduce history in ten languages; it touches nothing else, but knows no Turkish and no Polish,
so the lines of those, blocks of mail headers, and what telephones add are told here.
"""

from __future__ import annotations

import re

import quotequail

LINE = 500
WRAPS = 3
MARKS = (":", ">", "--", "__")
"""Without one of these there is no history and no signature."""
ENDS = (":", ">", "-", "_")
"""What a line ends with that quotequail takes for the beginning of history."""

WROTE = re.compile(
    r"\b(?:wrote|writes|yazd[ıi](?:lar)?|yazmış|pisze|napisa[lł]a?(?:\(a\))?|nades[lł]a[lł]a?(?:\(a\))?)\)?(?: ?\([^()]*\))? ?:$"
    r"|^wiadomość napisana przez .*:$",
    re.IGNORECASE,
)
TIMED = re.compile(r"\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d{2}\b")
DATED = re.compile(TIMED.pattern + r"|\S@\S|^on \w{3,9}, ", re.IGNORECASE)
HEADERS = {
    "from": "from od kimden gönderen",
    "date": "sent date wysłano data gönderildi tarih gönderme_tarihi",
    "to": "to do kime alıcı",
    "copy": "cc dw bilgi",
    "subject": "subject temat konu",
}
HEADER = re.compile(r"^\*?([^\W\d_]+(?: [^\W\d_]+)?)\s?:\*?(?:\s|$)")
RULE = re.compile(
    r"^_{10,}$|^-{3,} ?(?:original message|(?:orijinal|özgün|iletilen) (?:ileti|mesaj)|wiadomość oryginalna|oryginalna wiadomość) ?-{3,}$",
    re.IGNORECASE,
)
SIGNATURE = re.compile(r"^-- ?$")
DEVICE = re.compile(
    r"^(?:sent from (?:my|outlook|yahoo|mail|samsung|the)\b.{0,60}|sent with .{0,40}|get outlook for \w+.{0,60}"
    r"|(?:iphone|ipad|android|outlook|yahoo|samsung|huawei|xiaomi|windows|mobil)\S* ?.{0,40}gönderildi\.?"
    r"|wys[lł]an[eoay] (?:z|ze|za pomocą) .{1,60})$",
    re.IGNORECASE,
)


def reply_of(text: str) -> str:
    """The text without quoted history and signature; empty where it is nothing else."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not any(mark in text for mark in MARKS):
        return "\n".join(_unsigned(lines)).strip()
    cut = _history(lines)
    kept = lines[:cut]
    if cut < len(lines):
        kept += _below(lines[cut:])
    else:
        kept = [line for line in kept if not _quoted(line)]
    return "\n".join(_unsigned(kept)).strip()


def _history(lines: list[str]) -> int:
    """The line with which history begins, or the number of lines."""
    own = next((n for n in range(len(lines)) if _introduces(lines, n)), len(lines))
    short = [line[:LINE] for line in lines[:own]]
    if not any(line.rstrip().endswith(ENDS) for line in short):
        return own
    parts = quotequail.quote("\n".join(short), limit=len(short) + 2, quote_intro_line=True)
    known = parts[0][1].count("\n") + (1 if parts[0][1] else 0) if len(parts) > 1 else own
    return min(own, known)


def _introduces(lines: list[str], n: int) -> bool:
    line = lines[n].strip()
    if not line or len(line) > LINE:
        return False
    if _headers(lines, n) or (RULE.match(line) and _headers(lines, n + 1)):
        return True
    bare = line.lstrip("> ")
    if not DATED.search(bare):
        return False
    if WROTE.search(bare):
        return True
    if bare[-1:] in ".?!":
        return False
    following = [other.strip().lstrip("> ")[:LINE] for other in lines[n + 1 : n + WRAPS]]
    for more in range(1, len(following) + 1):
        if not following[more - 1]:
            return False
        if WROTE.search(following[more - 1]) or WROTE.search(" ".join([bare, *following[:more]])):
            return not (TIMED.search(following[more - 1]) and WROTE.search(following[more - 1]))
    return False


def _headers(lines: list[str], n: int) -> bool:
    """Whether a block of mail headers begins here: who, and at least two others, on lines that follow each other."""
    found: list[str] = []
    for line in lines[n : n + 8]:
        bare = line.strip().lstrip("> ")
        if not bare and not found and n:
            continue
        match = HEADER.match(bare[:LINE])
        name = match and match[1].lower().replace(" ", "_").replace("i̇", "i")
        kind = next((kind for kind, names in HEADERS.items() if name in names.split()), None)
        if kind is None:
            break
        found.append(kind)
    return found[:1] == ["from"] and len(set(found)) >= 3


def _below(lines: list[str]) -> list[str]:
    """What was written under quoted lines: all that is not quoted, if the history is marked line by line."""
    first = next((n for n, line in enumerate(lines) if _quoted(line)), None)
    if first is None or first > WRAPS + 1 or any(_headers(lines, n) for n in range(first)):
        return []
    last = first
    while last < len(lines) and (_quoted(lines[last]) or not lines[last].strip()):
        last += 1
    rest = lines[last:]
    return [line for line in rest[: _history(rest)] if not _quoted(line)] if rest else []


def _quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _unsigned(lines: list[str]) -> list[str]:
    for n, line in enumerate(lines):
        if SIGNATURE.match(line) and any(before.strip() for before in lines[:n]):
            lines = lines[:n]
            break
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    if lines and DEVICE.match(lines[-1].strip()):
        lines = lines[:-1]
    return lines
