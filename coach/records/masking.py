"""Personal data out of a text: found by `coach.records.recognisers`, replaced by its kind in brackets. What a case is found by stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from coach.records.case import CaseRecord, Conversation, Edits, Said
from coach.types import Language

SHORTEST_NAME = 3
NOTHING: Any = None
SHORTEST_NUMBER = 4
MOST_WORDS = 6
SURE = ("iban", "card", "email")
_PART = re.compile(r"\w+")
_NUMBER = re.compile(r"(?<![\w.,:/-])#?(?=[\w/-]*\d)(?:[A-Za-z]{1,5}[-/]?)?\d[A-Za-z\d]*(?:[-/][A-Za-z\d]+)*(?![\w/-]|[.,:]\d)")
_TIME = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-/]\d{1,2}[-/](?:\d{4}|\d\d)|(?:19|20)\d\d")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of personal data: `[start, end)` in code points, and its kind."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """A text that is masked wherever it stands as whole words: one of a name, of a customer, of an order."""

    kind: Literal["name", "customer", "order"]
    text: str


Knows = Callable[[str], str | None]


def personal(
    text: str,
    language: Language,
    names: Iterable[str] = (),
    keep: Iterable[str] = (),
    hide: Iterable[str] = (),
    customers: Iterable[str] = (),
    knows: Knows | None = None,
    numbers: bool = False,
) -> list[Found]:
    """The personal data in `text`, by place, none overlapping. `names` are found wherever they stand, and so are `customers` and the order
    numbers in `hide`; those in `keep` stay unless they are plainly an account, a card or an address of mail. `knows` gives the kind of
    some words where they are to be masked; with `numbers` whatever is written like an order number is found."""
    from coach.records.recognisers import recognisers

    found = [Found("name", match.start(), match.end()) for match in _whole(text, names) if not match[0].islower()]
    found += [Found("customer", *match.span()) for match in _whole(text, customers)]
    found += [Found("order", *match.span()) for value in hide if value for match in re.finditer(re.escape(value), text)]
    if knows is not None:
        found += _known(text, knows)
    for kind, recogniser in recognisers(language):
        found += [Found(kind, result.start, result.end) for result in recogniser.analyze(text, recogniser.supported_entities, NOTHING)]
    if numbers:
        told = [Found("order", *match.span()) for match in _NUMBER.finditer(text) if _ordered(match[0])]
        found += [one for one in told if not any(one.start < other.end and other.start < one.end for other in found)]
    kept = [match.span() for value in keep if value for match in re.finditer(re.escape(value), text)]
    return _joined(one for one in found if one.kind in SURE or not any(start <= one.start and one.end <= end for start, end in kept))


def masked(text: str, found: Iterable[Found]) -> str:
    """`text` with each piece replaced by its kind: `[email]`."""
    parts, at = [], 0
    for one in found:
        parts += [text[at : one.start], f"[{one.kind}]"]
        at = one.end
    return "".join((*parts, text[at:]))


@dataclass(frozen=True, slots=True)
class Mask:
    """Masks the texts of one record: its language, the names and the customer known in it, the order numbers that stay and those that go.
    `numbers`: whatever is written like an order number goes. `knows` tells what was masked before, when nobody can say it any more."""

    language: Language
    names: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    numbers: bool = False
    knows: Knows | None = None

    def __call__(self, text: str) -> str:
        """`text` without personal data."""
        return self._masked(text, self.numbers)

    def _masked(self, text: str, numbers: bool) -> str:
        if not text.strip():
            return text
        return masked(text, personal(text, self.language, self.names, self.keep, self.hide, self.customers, self.knows, numbers))

    def hidden(self) -> tuple[Hidden, ...]:
        """What is masked because somebody told it, for those who cannot know it later."""
        told = (
            [("name", name) for name in self.names] + [("customer", one) for one in self.customers] + [("order", one) for one in self.hide]
        )
        return tuple(dict.fromkeys(Hidden(kind, text) for kind, value in told if (text := _edged(value))))  # type: ignore[arg-type]

    def said(self, said: Said) -> Said:
        """Words of the conversation without personal data."""
        return replace(said, words=self(said.words))

    def record(self, record: CaseRecord) -> CaseRecord:
        """A record without personal data in any of its texts."""
        return replace(
            record,
            conversation=self._masked(record.conversation, False),
            problem=self.said(record.problem) if record.problem else None,
            cause=replace(record.cause, said=self.said(record.cause.said) if record.cause.said else None),
            done=tuple(replace(act, said=self.said(act.said)) for act in record.done),
            extra_mile=tuple(map(self.said, record.extra_mile)),
            prevention=tuple(map(self.said, record.prevention)),
            promises=tuple(replace(promise, said=self.said(promise.said)) for promise in record.promises),
            orders=tuple(map(self, record.orders)),
        )

    def edits(self, edits: Edits) -> Edits:
        """Edits without personal data."""

        def texts(values: tuple[str, ...] | None) -> tuple[str, ...] | None:
            return None if values is None else tuple(map(self, values))

        def text(value: str | None) -> str | None:
            return None if value is None else self(value)

        return replace(
            edits,
            problem=text(edits.problem),
            failure=text(edits.failure),
            because=text(edits.because),
            note=text(edits.note),
            done=texts(edits.done),
            extra_mile=texts(edits.extra_mile),
            prevention=texts(edits.prevention),
        )


def mask_for(record: CaseRecord, conversation: Conversation, known: Iterable[str] = (), keep_orders: bool = True) -> Mask:
    """The mask of a conversation's record: `known` are names found in it, beside those it came with. Those it came with are masked however
    short, and each word of them but single letters; and so is the customer, who is a name if written like one."""
    whose = " ".join((conversation.customer or "").split())
    named = len(words := whose.split()) > 1 and all(_WORD.fullmatch(word) and word[0].isupper() for word in words)
    given = [part for name in (*conversation.names, *([whose] if named else [])) for part in (name, *_longer(name, 2))]
    found = [part for name in known for part in _longer(name, SHORTEST_NAME, name)]
    names = dict.fromkeys(text for name in (*given, *found) if (text := _edged(name)))
    short = whose.isdigit() and len(whose) < SHORTEST_NUMBER
    customers = () if named or short or not _edged(whose) else (whose,)
    keep, hide = (record.orders, ()) if keep_orders else ((), record.orders)
    return Mask(record.language, tuple(names), keep, hide, customers, not keep_orders)


def _longer(name: str, letters: int, *more: str) -> list[str]:
    """The words of a name, and `more`, that have so many letters or more."""
    return [part for part in (*more, *name.split()) if len(_edged(part)) >= letters]


def _edged(text: str) -> str:
    """`text` from its first letter or digit to its last, blanks made one."""
    return re.sub(r"^\W+|\W+$", "", " ".join(text.split()))


def _whole(text: str, values: Iterable[str]) -> Iterable[re.Match[str]]:
    """Where one of the values stands as whole words."""
    wanted = [r"\s+".join(map(re.escape, value.split())) for value in sorted(set(map(_edged, values)), key=len, reverse=True) if value]
    return re.finditer(rf"(?<!\w)(?:{'|'.join(wanted)})(?!\w)", text, re.IGNORECASE) if wanted else ()


def _known(text: str, knows: Knows) -> Iterable[Found]:
    """What `knows` knows of up to `MOST_WORDS` words in a row, the longest first."""
    parts = list(_PART.finditer(text))
    at = 0
    while at < len(parts):
        for last in range(min(len(parts), at + MOST_WORDS) - 1, at - 1, -1):
            span = text[parts[at].start() : parts[last].end()]
            kind = knows(span)
            if kind is not None and not (kind == "name" and span.islower()):
                yield Found(kind, parts[at].start(), parts[last].end())
                at = last
                break
        at += 1


def _ordered(token: str) -> bool:
    """Whether a token may be an order number: four digits or more, and neither a date nor a year."""
    return sum(sign.isdigit() for sign in token) >= SHORTEST_NUMBER and not _TIME.fullmatch(token)


def _joined(found: Iterable[Found]) -> list[Found]:
    """Overlapping pieces as one, of the kind found surest."""
    joined: list[Found] = []
    rank: Callable[[str], int] = _rank
    for one in sorted(found, key=lambda piece: (piece.start, -piece.end)):
        if joined and one.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Found(min(last.kind, one.kind, key=rank), last.start, max(last.end, one.end))
        else:
            joined.append(one)
    return joined


def _rank(kind: str) -> int:
    from coach.records.recognisers import KINDS

    return KINDS.index(kind)
