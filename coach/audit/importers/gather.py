"""Exports that spread a conversation over several records, pages or files: first all are brought together, then each is put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from coach.audit.conversation import Conversation, Place, Reject
from coach.audit.importers.documents import Broken, Value, values
from coach.audit.importers.fields import BadRecord
from coach.audit.importers.files import Input
from coach.audit.importers.seen import Seen
from coach.audit.importers.source import Done, Item, Options
from coach.audit.importers.store import BROKEN, Group, Store

PAGE = re.compile(r"[-_. ]?p(?:age)?[-_ ]?\d+\b", re.IGNORECASE)
JOINTS = re.compile(r"[-_. ]+")

Build = Callable[[Group, Store, Options], Conversation]


@dataclass(frozen=True, slots=True)
class Page:
    """One document of a file while it is read: `key` gathers what tells no conversation of its own."""

    key: str
    file: Input
    place: Place


@dataclass(frozen=True, slots=True)
class Shape:
    """How a helpdesk writes its exports.

    `lists`: where its records stand in a document. `take` puts a value into the store; what it cannot raises `BadRecord`.
    `named` tells the conversation of a page whose records tell none by the name of its file (None: it cannot be told).
    `build` gives the conversation of a group; `BadRecord` makes it a reject. `superseded`: the kind of part of which one
    conversation has only one, the newest by the named time. `settle` joins, once all is there, what can only be told then.
    """

    lists: frozenset[str]
    take: Callable[[Value, Page, Store], None]
    build: Build
    named: Callable[[Path], str | None]
    superseded: tuple[str, str] | None = None
    settle: Callable[[Store], None] | None = None


def gather(shape: Shape, files: tuple[Input, ...], options: Options, done: Done) -> Iterator[Item]:
    """All records of the files, first those that nothing can be made of, then conversation by conversation."""
    with Store() as store:
        for index, file in enumerate(files):
            yield from _file(shape, file, index, store)
        if shape.settle:
            shape.settle(store)
        yield from assembled(shape.build, store, files, options, done, shape.superseded)


def assembled(
    build: Build, store: Store, files: tuple[Input, ...], options: Options, done: Done, superseded: tuple[str, str] | None = None
) -> Iterator[Item]:
    """What the groups of a store give, in the order of their first parts; `done` hears the share of the parts as bytes."""
    total, given = sum(file.size for file in files), 0
    parts = max(store.count(), 1)
    with Seen() as seen:
        for group in store.groups():
            given += len(group.parts)
            for item in _group(build, group, store, options, superseded):
                yield seen.only(item)
            done(total * given // parts)
    done(total)


def _file(shape: Shape, file: Input, number: int, store: Store) -> Iterator[Reject]:
    open_page: int | None = None
    for value in values(file, shape.lists):
        page = Page(_key(number, value.page), file, Place(file.name, value.where))
        if open_page not in (None, value.page):
            _close(shape, file, _key(number, open_page), store)
        open_page = value.page
        if isinstance(value, Broken):
            if store.holds(page.key):
                store.add(page.key, BROKEN, value.reason, page.place)
            else:
                yield Reject(page.place, value.reason)
            continue
        try:
            shape.take(value, page, store)
        except BadRecord as error:
            yield Reject(page.place, str(error))
    if open_page is not None:
        _close(shape, file, _key(number, open_page), store)


def _close(shape: Shape, file: Input, key: str, store: Store) -> None:
    """At the end of a page: what told no conversation of its own goes to that of the file's name."""
    if store.holds(key) and not store.joined(key):
        named = shape.named(file.plain)
        if named is not None:
            store.join(named, key)


def _group(build: Build, group: Group, store: Store, options: Options, superseded: tuple[str, str] | None) -> Iterator[Item]:
    place = group.parts[0].place
    if not group.whole:
        yield Reject(place, "more than one conversation can have")
        return
    broken = group.of(BROKEN)
    if broken:
        yield Reject(broken[0].place, f"not whole: {broken[0].data}")
        return
    if superseded:
        group, rejects = _newest(group, *superseded)
        yield from rejects
    try:
        yield build(group, store, options)
    except BadRecord as error:
        yield Reject(error.place or place, str(error))


def _newest(group: Group, kind: str, time: str) -> tuple[Group, list[Reject]]:
    """The group with one part of `kind`, the newest, and a reject for each of the others."""
    copies = group.of(kind)
    if len(copies) < 2:
        return group, []
    last = max(range(len(copies)), key=lambda index: (str(copies[index].data.get(time) or ""), index))
    rejects = [
        Reject(copy.place, f"id: the same as in {copies[last].place.where}" + _of(copies[last].place, copy.place))
        for index, copy in enumerate(copies)
        if index != last
    ]
    parts = tuple(part for part in group.parts if part.kind != kind or part is copies[last])
    return Group(group.key, parts), rejects


def _of(place: Place, other: Place) -> str:
    return f" of {place.file}" if place.file != other.file else ""


def _key(file: int, page: int) -> str:
    return f"page {file}.{page}"


def stem(path: Path, words: frozenset[str]) -> str:
    """What a file name says beside these words and a page number; if nothing, what the folder's says, if it has a number."""
    while path.suffix.lower() in (".json", ".jsonl", ".ndjson", ".txt"):
        path = path.with_suffix("")
    kept = _told(path.name, words)
    if not kept and any(letter.isdigit() for letter in path.absolute().parent.name):
        kept = _told(path.absolute().parent.name, words)
    return kept


def number(path: Path, words: frozenset[str]) -> str | None:
    """The number in a file's or its folder's name, if it is the only thing told there."""
    told = stem(path, words)
    return told if told.isdigit() else None


def _told(name: str, words: frozenset[str]) -> str:
    return "-".join(part for part in JOINTS.split(PAGE.sub("", name)) if part and part.lower() not in words)
