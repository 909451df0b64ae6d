"""Transcripts from where teams keep them: helpdesk exports, mail boxes and tables, each record a conversation or a reject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coach.audit.conversation import Conversation, Reject
from coach.audit.importers.detect import detect
from coach.audit.importers.fields import UNSAID, local
from coach.audit.importers.files import Input, inputs, size
from coach.audit.importers.source import Form, Item, Options, StrictError
from coach.audit.importers.sources import SOURCES
from coach.inputs import InputError

__all__ = ["Form", "Input", "Item", "Options", "StrictError", "inputs", "open_source", "size"]


def open_source(
    paths: Iterable[Path | str],
    form: Form = "auto",
    options: Options | None = None,
    *,
    strict: bool = False,
    done: Callable[[int], None] | None = None,
) -> Iterator[Item]:
    """The conversations and rejects of an export, always in the same order; `size(inputs(paths))` tells its bytes.

    `done` hears how many of these bytes stand behind what was given so far. Raises `InputError` at once where `form` or zone is not
    known, a file is not there or its format is not clear, with the first item where a table has not the columns that are needed, later
    where a file cannot be opened; with `strict`, `StrictError` instead of the first reject.
    """
    if form not in ("auto", *SOURCES):
        raise InputError(f"--from {form}", f"no such format; there are auto, {', '.join(SOURCES)}")
    files = inputs(paths)
    read = SOURCES[detect(files) if form == "auto" else form]
    asked = options or Options()
    return _checked(read(files, asked, done or _nothing), strict, _zone(asked.zone))


def _checked(items: Iterator[Item], strict: bool, zone: tzinfo) -> Iterator[Item]:
    for item in items:
        if isinstance(item, Conversation):
            item = _local(item, zone)
        if strict and isinstance(item, Reject):
            raise StrictError(item)
        yield item


def _local(item: Conversation, zone: tzinfo) -> Conversation:
    """With all times as in `zone`; where only some of all times had an offset, in their order as it is then."""
    turns = [replace(turn, at=local(turn.at, zone)) if turn.at else turn for turn in item.turns]
    given = [turn.at.tzinfo is UNSAID for turn in item.turns if turn.at]
    pairs = list(zip(turns, item.authors, strict=True))
    if len(given) == len(turns) and any(given) and not all(given):
        pairs.sort(key=lambda pair: pair[0].at.timestamp() if pair[0].at else 0.0)
    return replace(item, turns=tuple(turn for turn, _ in pairs), authors=tuple(author for _, author in pairs))


def _zone(name: str) -> tzinfo:
    """Raises `InputError` where there is no such time zone."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(name, "no such time zone; name one such as Europe/Warsaw") from None


def _nothing(read: int) -> None:
    """Nobody wants to know."""
