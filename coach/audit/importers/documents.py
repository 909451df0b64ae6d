"""JSON as helpdesks export it, item by item and never a whole file at once: lines, one document, or documents one after another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import ijson

from coach.audit.importers.files import BREAKS, Input, break_reason
from coach.inputs import stream_lines

RECORD_BYTES = 32 * 1024 * 1024
DEPTH = 100
AROUND = "."
"""The name of what stood around the lists of a document."""


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value: an item of the list `name`, what stood `AROUND` the lists, or ("") a record of its own.

    `page` numbers the documents of a file; `where` is for people.
    """

    name: str
    data: Any
    where: str
    page: int


@dataclass(frozen=True, slots=True)
class Broken:
    """Where a document cannot be read on, and why; `page` is lost, or the rest of it."""

    where: str
    reason: str
    page: int


def values(file: Input, lists: frozenset[str], done: Callable[[int], None] | None = None) -> Iterator[Value | Broken]:
    """The records of a file. `lists` are the dotted names of the lists in a document that hold records; items of a list at the top
    are records as well. What a document has beside its lists comes last. A damaged line costs that line, a damaged document its rest.
    """
    with file.opened() as head:
        try:
            lines = _is_lines(head)
        except BREAKS:
            lines = False
    with file.opened(done) as stream:
        yield from _lines(stream, lists) if lines else _documents(stream, lists)


def _is_lines(file: IO[bytes]) -> bool:
    """Whether each line is a value of its own: the first is, or the first is damaged and one of the next is an object."""
    opening = b""
    for number, (_, line) in enumerate(stream_lines(file, RECORD_BYTES)):
        opening = opening or line[:1]
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            if opening != b"{" or line == b"{" or number == 4:
                return False
            continue
        return isinstance(value, dict) if number else isinstance(value, dict | list)
    return False


def _lines(file: IO[bytes], lists: frozenset[str]) -> Iterator[Value | Broken]:
    number = 0
    try:
        for number, line in stream_lines(file, RECORD_BYTES):
            where = f"line {number}"
            if len(line) > RECORD_BYTES:
                yield Broken(where, f"longer than {RECORD_BYTES} bytes", number)
                continue
            try:
                data = json.loads(line)
            except UnicodeDecodeError as error:
                yield Broken(where, f"not UTF-8 text (byte {error.start})", number)
            except json.JSONDecodeError as error:
                yield Broken(where, f"not JSON: {error.msg} (column {error.colno})", number)
            except RecursionError:
                yield Broken(where, "nested too deep", number)
            except ValueError:
                yield Broken(where, "not JSON: a number is too long", number)
            else:
                yield from _split(data, lists, where, number)
    except BREAKS as error:
        yield Broken(f"after line {number}", break_reason(error), number + 1)


def _split(data: Any, lists: frozenset[str], where: str, page: int) -> Iterator[Value]:
    if isinstance(data, list):
        yield from (Value("", item, f"{where}, item {index}", page) for index, item in enumerate(data))
        return
    found = [name for name in sorted(lists) if isinstance(_at(data, name), list)]
    for name in found:
        for index, item in enumerate(_at(data, name)):
            yield Value(name, item, f"{where}, {name} {index}", page)
    if found:
        for name in found:
            *path, last = name.split(".")
            del _at(data, ".".join(path))[last]
        yield Value(AROUND, data, where, page)
    else:
        yield Value("", data, where, page)


def _at(data: Any, name: str) -> Any:
    for key in name.split(".") if name else ():
        data = data.get(key) if isinstance(data, dict) else None
    return data


class _TooLong(Exception):
    """A record that would not fit into the memory that one may have."""


class _Bounded:
    """A file of which only so much may be read between two records."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._left, self._started = file, RECORD_BYTES, False
        self.blank = True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if not self._started and data:
            self._started, data = True, data.removeprefix(b"\xef\xbb\xbf") or self._file.read(size)
        self.blank = self.blank and not data.strip()
        self._left -= len(data)
        if self._left < 0:
            raise _TooLong
        return data

    def next_record(self) -> None:
        self._left = RECORD_BYTES


def _documents(file: IO[bytes], lists: frozenset[str]) -> Iterator[Value | Broken]:
    source = _Bounded(file)
    reader = _Reader(source, lists)
    try:
        yield from reader.read()
    except ijson.IncompleteJSONError:
        if not source.blank:
            yield reader.broken("not JSON from here on: it breaks off or is damaged")
    except _TooLong:
        yield reader.broken(f"a record of more than {RECORD_BYTES} bytes; the rest is not read")
    except _TooDeep:
        yield reader.broken("nested too deep; the rest is not read")
    except BREAKS as error:
        yield reader.broken(break_reason(error))
    except (ijson.JSONError, ValueError, OverflowError, StopIteration, RuntimeError):
        yield reader.broken("not JSON from here on")


class _TooDeep(Exception):
    """A value nested deeper than any record is."""


class _Reader:
    """Puts values together from the events of a parser, each as soon as it is whole."""

    def __init__(self, source: _Bounded, lists: frozenset[str]) -> None:
        self._source, self._lists = source, lists
        self._folders = {name[:dot] for name in lists for dot, letter in enumerate(name) if letter == "."}
        self._events: Iterator[tuple[str, Any]] = iter(ijson.basic_parse(source, use_float=True, multiple_values=True))
        self._page, self._last = 0, "the beginning"

    def broken(self, reason: str) -> Broken:
        """Where reading ended."""
        return Broken(f"after {self._last}", reason, self._page)

    def read(self) -> Iterator[Value]:
        """The values of all documents. Raises what the parser and the file raise."""
        for event, value in self._events:
            self._page += 1
            if event == "start_array":
                yield from self._items("")
            elif event == "start_map":
                members: dict[str, Any] = {}
                page = list[str]()
                yield from self._members("", members, page)
                yield self._given(AROUND if page else "", members, "the document")
            else:
                yield self._given("", value, "the document")

    def _members(self, within: str, members: dict[str, Any], found: list[str]) -> Iterator[Value]:
        """The items of the lists in an object; all else of it is put into `members`, the names of the lists into `found`."""
        for event, key in self._events:
            if event == "end_map":
                return
            name = within + key
            event, value = next(self._events)
            if event == "start_array" and name in self._lists:
                found.append(name)
                yield from self._items(name)
            elif event == "start_map" and name in self._folders:
                members[key] = {}
                yield from self._members(name + ".", members[key], found)
            else:
                members[key] = self._whole(event, value, 1)

    def _items(self, name: str) -> Iterator[Value]:
        """The items of the list that was just opened."""
        for index, (event, value) in enumerate(self._events):
            if event == "end_array":
                return
            yield self._given(name, self._whole(event, value, 1), f"{name or 'item'} {index}")

    def _whole(self, event: str, value: Any, depth: int) -> Any:
        """The value that begins with this event."""
        if depth > DEPTH:
            raise _TooDeep
        if event == "start_map":
            members: dict[str, Any] = {}
            for event, key in self._events:
                if event == "end_map":
                    return members
                event, value = next(self._events)
                members[key] = self._whole(event, value, depth + 1)
        elif event == "start_array":
            items: list[Any] = []
            for event, value in self._events:
                if event == "end_array":
                    return items
                items.append(self._whole(event, value, depth + 1))
        return value

    def _given(self, name: str, data: Any, where: str) -> Value:
        self._last = f"{where} of document {self._page}" if self._page > 1 else where
        self._source.next_record()
        return Value(name, data, self._last, self._page)
