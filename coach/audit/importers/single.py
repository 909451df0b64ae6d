"""Exports in which each record is a whole conversation: given as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from coach.audit.conversation import Conversation, Place, Reject
from coach.audit.importers.documents import AROUND, Broken, values
from coach.audit.importers.fields import BadRecord
from coach.audit.importers.files import Input
from coach.audit.importers.seen import Seen
from coach.audit.importers.source import Done, Item, Options


def singles(
    files: tuple[Input, ...],
    lists: frozenset[str],
    made: Callable[[Any, Place, Options], Conversation],
    options: Options,
    done: Done,
) -> Iterator[Item]:
    """A conversation or a reject for each record; of an id that comes again only the first."""
    with Seen() as seen:
        for file in files:
            for value in values(file, lists, done):
                if not isinstance(value, Broken) and value.name == AROUND:
                    continue
                place = Place(file.name, value.where)
                if isinstance(value, Broken):
                    yield Reject(place, value.reason)
                    continue
                try:
                    item: Item = made(value.data, place, options)
                except BadRecord as error:
                    item = Reject(place, str(error))
                yield seen.only(item)
