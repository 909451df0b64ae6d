"""What tests of importers share: reading a sample, and a conversation as a golden is written down by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from coach.audit.conversation import Conversation, Reject
from coach.audit.importers import Form, Item, Options, open_source

SAMPLES = Path(__file__).parent / "data" / "imports"
SHARED = Path(__file__).parent.parent.parent / "shared"
OWN = Options(own=("kettles.example", "shop.example"))


def read(*names: str | Path, form: Form = "auto", options: Options = OWN) -> list[Item]:
    """All that is read of samples."""
    return list(open_source([SAMPLES / name for name in names], form, options))


def golden(item: Item) -> Any:
    """A conversation as (id, what is known of it, its turns), a turn as (who, when, author, text); a reject as (where, why)."""
    if isinstance(item, Reject):
        return item.place.where, item.reason
    known = {name: getattr(item, name) for name in ("channel", "tags", "customer", "release", "rating") if getattr(item, name)}
    if item.language != "auto":
        known["language"] = item.language
    return item.id, known, [turn(item, index) for index in range(len(item.turns))]


def turn(item: Conversation, index: int) -> tuple[str, str | None, str | None, str]:
    """One turn as it is written in goldens."""
    one = item.turns[index]
    kind = one.role + (" automatic" if one.automatic else "") + (" internal" if one.internal else "")
    return kind, one.at.isoformat().replace("+00:00", "Z") if one.at else None, item.authors[index], one.text
