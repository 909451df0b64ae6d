"""Drafts from files and streams: text files, lint requests as JSON or JSON Lines, and JSON Lines as they are."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from coach.messages import LintRequest
from coach.protocol import Limits, ProtocolError, parse_lint, to_draft
from coach.types import Draft

LOCAL = Limits(
    message_bytes=8 * 1024 * 1024,
    draft_chars=100_000,
    turn_chars=100_000,
    turns=5_000,
    conversation_chars=4_000_000,
)
"""What one draft or conversation may be when it comes from a file or a pipe: roomier than for a client on the net."""


STDIN = "stdin"


class InputError(Exception):
    """Input that cannot be used; the text says what and where."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where, self.message = where, message


@dataclass(frozen=True, slots=True)
class Source:
    """A draft and where it came from. `line`: its line in a JSON Lines file; `whole_file`: the file's text is the draft."""

    name: str
    path: str
    draft: Draft
    id: Any = None
    line: int | None = None
    whole_file: bool = False


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for a request that does not say otherwise: fields of `LintRequest`."""

    fields: tuple[tuple[str, Any], ...] = ()

    def draft(self, request: LintRequest) -> Draft:
        """The draft of a request, completed. Raises `ProtocolError`."""
        missing = {name: value for name, value in self.fields if name not in request.model_fields_set}
        return to_draft(request.model_copy(update=missing) if missing else request, LOCAL)


def defaults(language: str | None, closing: bool, conversation: str | None) -> Defaults:
    """The defaults that the options of `coach lint` stand for; `conversation` names a JSON file. Raises `InputError`."""
    fields: list[tuple[str, Any]] = []
    if language is not None:
        fields.append(("language", language))
    if closing:
        fields.append(("closing", True))
    if conversation is not None:
        turns = _json(read_text(conversation), conversation)
        if not isinstance(turns, list):
            raise InputError(conversation, 'not a conversation: a JSON list of {"role", "text"} is needed')
        request = _request(json.dumps({"draft": "", "conversation": turns}), conversation)
        fields.append(("conversation", request.conversation))
    return Defaults(tuple(fields))


def read(path: str, given: Defaults = Defaults()) -> Iterator[Source | InputError]:
    """The drafts of one file (`-`: standard input), by its suffix; what cannot be used comes as an `InputError` among them."""
    suffix, told = Path(path).suffix.lower(), STDIN if path == "-" else path
    try:
        if suffix == ".jsonl":
            for number, line in lines(path):
                yield _source(line, f"{path}:{number}", path, given, number)
            return
        text = read_text(path)
        if suffix != ".json":
            source = _source(json.dumps({"draft": text}), told, path, given)
            yield Source(told, path, source.draft, whole_file=True) if isinstance(source, Source) else source
            return
        data = _json(text, path)
    except InputError as error:
        yield error
        return
    if isinstance(data, list):
        for number, item in enumerate(data):
            yield _source(json.dumps(item), f"{path}[{number}]", path, given)
    else:
        yield _source(json.dumps(data), path, path, given)


def read_text(path: str) -> str:
    """The text of a file (`-`: standard input), line ends as they are. Raises `InputError`."""
    try:
        with opened(path) as file:
            data = file.read()
    except OSError as error:
        raise InputError(path, _reason(error)) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(path, f"not UTF-8 text (byte {error.start})") from None


def lines(path: str) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each line of a file that is not blank. Raises `InputError`."""
    try:
        with opened(path) as file:
            yield from stream_lines(file)
    except OSError as error:
        raise InputError(path, _reason(error)) from None


def stream_lines(file: IO[bytes], limit: int = LOCAL.message_bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each line that is not blank; of one longer than `limit` only so much that it is seen to be too long."""
    number = 0
    while line := file.readline(limit + 2):
        number += 1
        rest = line
        while not rest.endswith(b"\n") and len(rest) > limit:
            rest = file.readline(limit + 2)
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield number, line.strip()


def opened(path: str) -> AbstractContextManager[IO[bytes]]:
    """A file for reading bytes; `-` is standard input, which stays open."""
    return nullcontext(sys.stdin.buffer) if path == "-" else Path(path).open("rb")


def request_id(line: bytes) -> Any:
    """The `id` of a request that may be broken elsewhere; None where it cannot be told."""
    try:
        data = json.loads(line)
        return data.get("id") if isinstance(data, dict) else None
    except (ValueError, RecursionError):
        return None


def _source(data: str | bytes, where: str, path: str, given: Defaults, line: int | None = None) -> Source | InputError:
    try:
        request = _request(data, where)
        name = where if request.id is None else f"{where} ({request.id})"
        return Source(name, path, given.draft(request), request.id, line)
    except InputError as error:
        return error
    except ProtocolError as error:
        return InputError(where, error.message)


def _request(data: str | bytes, where: str) -> LintRequest:
    try:
        return parse_lint(data, LOCAL)
    except ProtocolError as error:
        raise InputError(where, error.message) from None


def _json(text: str, path: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}:{error.colno}", f"not JSON: {error.msg}") from None
    except RecursionError:
        raise InputError(path, "not usable: nested too deep") from None


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    return (error.strerror or str(error)).lower()
