"""The promise ledger: what the agent's side committed to, by when, and whether that time has passed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from coach.reading import Reader, Reading
from coach.types import Promise

GRACE = timedelta(hours=1)
_CLOCK = re.compile(r"\d{1,2}\s*[:.h]\s*\d{2}|\d\s*(am|pm)\b", re.IGNORECASE)
_LEAD = re.compile(r"^(?:by|on|at|before|until|till|no later than|within|around|about|do|na|w|we|o|około|en geç)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise as it was made: its sentence, the turn (None: the draft), and when it falls due, if that can be told."""

    what: str
    turn: int | None
    due: datetime | None


def commitments(reading: Reading, reader: Reader, turn: int | None, made_at: datetime | None) -> list[Commitment]:
    """The promises to come back in an agent's text; a due time needs `made_at` to count from."""
    found = []
    for sentence in reading.sentences:
        if "follow-up" in sentence.core.moves:
            time = reader.time(sentence.core.text)
            due = resolve(time, made_at, reader.pack.language, reader.pack.words.time_forms) if time and made_at else None
            found.append(Commitment(sentence.core.text, turn, due))
    return found


def ledger(
    made: Sequence[Commitment], drafted: Sequence[Commitment], replies: Sequence[tuple[int, datetime | None]], now: datetime | None
) -> tuple[Promise, ...]:
    """All promises, earlier ones first. `replies`: the turn numbers and times of the human agent side's messages."""
    promises = []
    for promise in made:
        later = [at for number, at in replies if promise.turn is not None and number > promise.turn]
        kept: bool | None = None
        overdue = False
        if promise.due is not None and later and later[0] is not None:
            kept = later[0] <= promise.due + GRACE
        elif later:
            kept = True if promise.due is None else None
        elif promise.due is not None and now is not None and now > promise.due + GRACE:
            kept, overdue = False, True
        promises.append(Promise(promise.what, promise.turn, promise.due, kept, overdue))
    promises += [Promise(promise.what, None, promise.due, None, False) for promise in drafted]
    return tuple(promises)


def resolve(time: str, base: datetime, language: str, forms: tuple[tuple[str, str], ...] = ()) -> datetime | None:
    """The moment, in UTC, that `time` ("by 16:00", "on Thursday") means when said at `base`, whose offset is that of the clock meant (none:
    UTC), after `forms` (regular expressions and what stands for them) were put in; a day without a clock ends at midnight. None where it
    cannot be told."""
    meant = _meant(time, base.replace(tzinfo=None), language, forms)
    return meant.replace(tzinfo=base.tzinfo or UTC).astimezone(UTC) if meant else None


@lru_cache(maxsize=4096)
def _meant(time: str, base: datetime, language: str, forms: tuple[tuple[str, str], ...]) -> datetime | None:
    """As `resolve`, on a clock without a time zone."""
    import dateparser

    for expression, said in forms:
        time = re.sub(expression, said, time, flags=re.IGNORECASE)
    time = " ".join(time.split())
    parsed: datetime | None = None
    settings = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "future", "RETURN_AS_TIMEZONE_AWARE": False, "DATE_ORDER": "DMY"}
    bare = _LEAD.sub("", time.strip())
    for text in (time.strip(), bare, f"in {bare}"):
        parsed = dateparser.parse(text, languages=[language], settings=settings)
        if parsed:
            break
    if parsed is None:
        return None
    midnight = parsed.hour == parsed.minute == 0
    if not _CLOCK.search(time) and (midnight or (parsed - base) > timedelta(hours=20)):
        parsed = parsed.replace(hour=23, minute=59, second=59, microsecond=0)
    elif not _CLOCK.search(time) and parsed.date() == base.date() and abs(parsed - base) < timedelta(seconds=1):
        parsed = parsed.replace(hour=23, minute=59, second=59, microsecond=0)
    return parsed
