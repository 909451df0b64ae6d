"""Transcripts from where teams keep them: helpdesk exports, mail boxes and tables, each record a conversation or a reject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from coach.audit.conversation import Reject
from coach.audit.importers.detect import detect
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

    `done` hears how many of these bytes stand behind what was given so far. Raises `InputError` at once where `form` is not known, a
    file is not there or its format is not clear, with the first item where a table has not the columns that are needed, later where a
    file cannot be opened; with `strict`, `StrictError` instead of the first reject.
    """
    if form not in ("auto", *SOURCES):
        raise InputError(f"--from {form}", f"no such format; there are auto, {', '.join(SOURCES)}")
    files = inputs(paths)
    read = SOURCES[detect(files) if form == "auto" else form]
    return _checked(read(files, options or Options(), done or _nothing), strict)


def _checked(items: Iterator[Item], strict: bool) -> Iterator[Item]:
    for item in items:
        if strict and isinstance(item, Reject):
            raise StrictError(item)
        yield item


def _nothing(read: int) -> None:
    """Nobody wants to know."""
