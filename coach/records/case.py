"""The words of a case record: a finished conversation goes in, a record comes out, an agent's edits lie over it. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from coach.types import FailureSeverity, Language, Turn

CauseClass = Literal["people", "process", "system", "product", "stock", "capacity", "information", "partner", "customer", "outside"]
Control = Literal["ours", "shared", "outside"]
Kept = Literal["kept", "late", "overdue", "open"]

CAUSES: tuple[CauseClass, ...] = (
    "people",
    "process",
    "system",
    "product",
    "stock",
    "capacity",
    "information",
    "partner",
    "customer",
    "outside",
)
CONTROLS: tuple[Control, ...] = ("ours", "shared", "outside")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A finished conversation. `customer` is whatever identifies the customer (kept only as a keyed hash), `names` are names to mask
    wherever they stand, `at` is when it is recorded (None: at its own last turn)."""

    id: str
    turns: tuple[Turn, ...]
    language: Language | Literal["auto"] = "auto"
    customer: str | None = None
    names: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the conversation: those of turn number `turn`, at that turn's time."""

    words: str
    turn: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why it went wrong, as the agent's side told it; `kind` and `control` are None where nobody said."""

    kind: CauseClass | None = None
    control: Control | None = None
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Something done about it. `remedy` names its kind where that is plain: refund, replacement, credit, cancel, call."""

    said: Said
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A promise to come back: its words, when it falls due (None: no date was given), and what became of it."""

    said: Said
    due: datetime | None
    state: Kept


@dataclass(frozen=True, slots=True)
class Heat:
    """How heated the customer was, 0 to 3: at first, at worst, at last."""

    first: int
    peak: int
    last: int


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What went wrong in one conversation and what was done about it.

    `failure` is the class of what failed (the name of a topic of the rule pack, or `other`), `topics` all of them. `steps` maps each
    step of the sequence to the turn that first reached it (None: never). `orders` are order, booking and case numbers as written.
    `gaps` name what a complete record would still need.
    """

    conversation: str
    language: Language
    failure: str
    topics: tuple[str, ...]
    severity: FailureSeverity
    problem: Said | None
    cause: Cause
    done: tuple[Act, ...]
    extra_mile: tuple[Said, ...]
    prevention: tuple[Said, ...]
    promises: tuple[FollowUp, ...]
    wish: str | None
    heat: Heat
    satisfied: bool
    repeat: bool
    orders: tuple[str, ...]
    steps: Mapping[str, int | None]
    gaps: tuple[str, ...]
    opened_at: datetime | None
    first_reply_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Edits:
    """What an agent set right or confirmed; None leaves what was read. `done`, `extra_mile` and `prevention` replace the lists, `kept`
    holds the numbers of the promises that were kept after all, `confirmed` says that a person stands by the record."""

    problem: str | None = None
    failure: str | None = None
    severity: FailureSeverity | None = None
    cause: CauseClass | None = None
    control: Control | None = None
    because: str | None = None
    done: tuple[str, ...] | None = None
    extra_mile: tuple[str, ...] | None = None
    prevention: tuple[str, ...] | None = None
    note: str | None = None
    kept: tuple[int, ...] | None = None
    confirmed: bool | None = None

    def over(self, earlier: Edits) -> Edits:
        """These edits over `earlier` ones: what is None here stays as it was."""
        return replace(earlier, **self.given())

    def given(self) -> dict[str, Any]:
        """The fields that say something."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name)) is not None}


def state(promise: FollowUp, number: int, edits: Edits) -> Kept:
    """What became of promise `number`, an agent's word included."""
    return "kept" if edits.kept and number in edits.kept else promise.state


def gaps(record: CaseRecord, edits: Edits = Edits()) -> tuple[str, ...]:
    """What a complete record still needs, `edits` included: steps that were never reached, and fields that nobody filled."""
    filled = edits.given()
    missing = list(record.gaps)
    settled = {
        "cause": "cause",
        "control": "control",
        "problem": "problem",
        "prevention": "prevention",
        "extra-mile": "extra_mile",
        "fix": "done",
    }
    states = [state(promise, number, edits) for number, promise in enumerate(record.promises)]
    if "overdue" not in states and "overdue-promise" in missing:
        missing.remove("overdue-promise")
    if "undated-promise" in missing and not any(p.due is None and s == "open" for p, s in zip(record.promises, states, strict=True)):
        missing.remove("undated-promise")
    return tuple(gap for gap in missing if not filled.get(settled.get(gap, gap)))
