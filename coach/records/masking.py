"""Personal data out of a text: found by `coach.records.recognisers`, replaced by its kind in brackets. What a case is found by stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from coach.records.case import CaseRecord, Conversation, Edits, Said
from coach.types import Language

SHORTEST_NAME = 3
NOTHING: Any = None
SURE = ("iban", "card", "email")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of personal data: `[start, end)` in code points, and its kind."""

    kind: str
    start: int
    end: int


def personal(text: str, language: Language, names: Iterable[str] = (), keep: Iterable[str] = (), hide: Iterable[str] = ()) -> list[Found]:
    """The personal data in `text`, by place, none overlapping. `names` are found wherever they stand, and so are the order numbers in
    `hide`; those in `keep` stay unless they are plainly an account, a card or an address of mail."""
    from coach.records.recognisers import recognisers

    found = [Found("name", match.start(), match.end()) for match in _named(text, names)]
    found += [Found("order", *match.span()) for value in hide if value for match in re.finditer(re.escape(value), text)]
    for kind, recogniser in recognisers(language):
        found += [Found(kind, result.start, result.end) for result in recogniser.analyze(text, recogniser.supported_entities, NOTHING)]
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
    """Masks the texts of one record: its language, the names known in it, the order numbers that stay and those that go."""

    language: Language
    names: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()

    def __call__(self, text: str) -> str:
        """`text` without personal data."""
        return masked(text, personal(text, self.language, self.names, self.keep, self.hide)) if text.strip() else text

    def said(self, said: Said) -> Said:
        """Words of the conversation without personal data."""
        return replace(said, words=self(said.words))

    def record(self, record: CaseRecord) -> CaseRecord:
        """A record without personal data in any of its texts."""
        return replace(
            record,
            conversation=self(record.conversation),
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
    """The mask of a conversation's record: `known` are names found in it, beside those it came with."""
    names = dict.fromkeys(part for name in (*conversation.names, *known) for part in (name, *name.split()) if len(part) >= SHORTEST_NAME)
    return Mask(record.language, tuple(names), *((record.orders, ()) if keep_orders else ((), record.orders)))


def _named(text: str, names: Iterable[str]) -> Iterable[re.Match[str]]:
    wanted = [re.escape(name) for name in sorted(set(names), key=len, reverse=True) if _WORD.search(name)]
    if not wanted:
        return ()
    expression = re.compile(rf"(?<!\w)(?:{'|'.join(wanted)})(?!\w)", re.IGNORECASE)
    return (match for match in expression.finditer(text) if not match[0].islower())


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
