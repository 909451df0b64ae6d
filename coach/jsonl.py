"""`coach lint --jsonl`: requests in, reviews out, one line each, in order, in constant memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

from coach.inputs import LOCAL, Defaults, request_id, stream_lines
from coach.protocol import ProtocolError, Wire, encode, parse_lint, to_wire
from coach.types import Draft, Review


def converse(source: IO[bytes], sink: IO[bytes], review: Callable[[Draft], Review], given: Defaults = Defaults()) -> None:
    """Answer every line of `source` that is not blank by one line of `sink`, flushed at once; a bad line by an `error`."""
    for number, line in stream_lines(source):
        sink.write(answer(line, number, review, given) + b"\n")
        sink.flush()


def answer(line: bytes, number: int, review: Callable[[Draft], Review], given: Defaults = Defaults()) -> bytes:
    """The answer to one line, without its end; never raises. `number` is told in errors."""
    try:
        request = parse_lint(line, LOCAL)
    except ProtocolError as error:
        readable = len(line) <= LOCAL.message_bytes
        return _error(request_id(line) if readable else None, error.code, f"line {number}: {error.message}")
    try:
        draft = given.draft(request)
        reviewed: Wire = {"id": request.id, "review": to_wire(review(draft), draft)}
    except ProtocolError as error:
        return _error(request.id, error.code, f"line {number}: {error.message}")
    except Exception as error:
        return _error(request.id, "internal", f"line {number}: {type(error).__name__}")
    try:
        return encode(reviewed)
    except TypeError:
        return _error(None, "bad_message", f"line {number}: id: cannot be sent back")


def _error(id: Any, code: str, message: str) -> bytes:
    answered: Wire = {"id": id, "error": {"code": code, "message": message}}
    try:
        return encode(answered)
    except TypeError:
        return encode({**answered, "id": None})
